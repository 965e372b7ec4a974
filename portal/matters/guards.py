"""What stands in the way of a step of the matter: the sentence, or None."""

from typing import Any

from portal.matters import seams

NOT_ANSWERED = "这件意见写成的建议还没有答复，答复后再回告群众。群众凭查询码看得到现在办到哪一步。"
GIVEN_UP = "这件意见写的建议草稿已经放弃，请重新转交。"
STILL_THERE = "这件意见已写成建议，正在按建议办理，不用再转交。"


def something_to_tell(_actor: Any, matter: Any) -> str | None:
    """There is an answer to be told; a suggestion has to be answered, or over, first."""
    if matter.state != "converted":
        return None
    became = seams.became(matter)
    if became is None or became.gone:
        return GIVEN_UP
    return None if became.answered_on or became.over else NOT_ANSWERED


def not_a_suggestion(_actor: Any, matter: Any) -> str | None:
    """What is being handled as a suggestion is passed on no further, unless the draft was given up."""
    if matter.state != "converted":
        return None
    became = seams.became(matter)
    return None if became is None or became.gone else STILL_THERE
