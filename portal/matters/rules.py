"""Pure rules of the matter: who is who to it, and the words of its sources, outcomes and ways of telling."""

from typing import Any

from portal.accounts import permissions as p

SOURCES = {"message": "群众留言", "reception": "站里接待", "visit": "走访", "contact": "联系群众"}
BY_HAND = ("reception", "visit")
OUTCOMES = {"solved": "已经解决", "planned": "列入计划，逐步解决", "explained": "暂时不能解决，已作说明"}
OUTCOME_TAGS = {"solved": ("已办成", "green"), "planned": ("列入计划", "blue"), "explained": ("已说明", "grey")}
HOWS = {
    **{"code": "在查询页答复（凭查询码看）", "phone": "打电话", "visit": "上门", "face": "当面"},
    **{"message": "微信或短信", "unreachable": "联系不上（写明试过哪些办法）"},
}
# Where to go with what deputies and stations do not take (domain §4).
GROUNDS = {
    "court": "正在诉讼、复议或仲裁",
    "personal": "纯属个人的具体诉求，有专门的渠道",
    "petition": "申诉、控告、检举",
    "beyond": "不属于本级的事情",
    "secret": "涉及国家秘密，不能在这里办",
    "unclear": "内容不清楚，也联系不上本人",
}
STAFF_ROLES = (p.HANDLER, p.SIGNER)


def is_clerk(actor: Any, matter: Any) -> bool:
    """Staff of the commission of the matter's own congress."""
    return actor.role == p.CLERK and actor.congress_id == matter.congress_id


def keeps(actor: Any, matter: Any) -> bool:
    """Staff of the station on whose desk it lies, or the commission's clerk."""
    return is_clerk(actor, matter) or (actor.role == p.STATION and actor.body_id == matter.keeper_id)


def raised_it(actor: Any, matter: Any) -> bool:
    """Whoever wrote it down, in the same capacity."""
    return actor.capacity_id is not None and actor.capacity_id == matter.raised_by_id and actor.seat_active


def holds(actor: Any, matter: Any) -> bool:
    """Whom it was passed on to: the deputy, staff of the organ, of the street or of the township."""
    if matter.with_seat_id is not None:
        return actor.role == p.DEPUTY and actor.seat_active and actor.capacity_id == matter.with_seat_id
    if matter.with_body_id is None:
        return False
    if actor.role in STAFF_ROLES:
        return actor.unit_id == matter.with_body_id
    return actor.role in (p.CLERK, p.STATION, p.DELEGATION) and actor.body_id == matter.with_body_id


def answers_there(actor: Any, matter: Any) -> bool:
    """Its keeper, or whoever heard it and answered there and then."""
    return keeps(actor, matter) or raised_it(actor, matter)


def tells_back(actor: Any, matter: Any) -> bool:
    """Its keeper, whoever wrote it down, or the deputy who has it: one of them owes the word back."""
    deputy = actor.role == p.DEPUTY and holds(actor, matter)
    return keeps(actor, matter) or raised_it(actor, matter) or deputy


def writes_it(actor: Any, matter: Any) -> bool:
    """The deputy who has it or heard it, while the seat is active (代表法 31: deputies settle nothing themselves)."""
    return actor.role == p.DEPUTY and actor.seat_active and (holds(actor, matter) or raised_it(actor, matter))


def takes_up_again(actor: Any, matter: Any) -> bool:
    """Who tells back; or whoever raised it without an account, through the tracking code."""
    return tells_back(actor, matter) or is_system(actor, matter)


def closes(actor: Any, matter: Any) -> bool:
    """Its keeper; or whoever raised it by saying that it is solved."""
    return keeps(actor, matter) or is_system(actor, matter)


def is_system(actor: Any, _matter: Any) -> bool:
    """The portal itself."""
    return actor.role == "system"


def is_source(_actor: Any, _matter: Any) -> bool:
    """The domain in which the voice was heard."""
    return True
