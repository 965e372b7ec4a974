"""How rules of the office's own come into force: one person prepares and proposes them, another approves."""

from typing import Any

from portal.accounts.permissions import KEEP_RULES
from portal.core.fields import Field
from portal.core.workflow import NEW, STAYS, Step, Workflow

OWN_PROPOSAL = "这一稿是您提交的，要请另一位同事核对后批准。"
SEND_BACK = (Field("reason", "退回的原因", "text", least=2, most=300, hint="写明哪一条要改、为什么"),)


def keeps(actor: Any, _draft: Any) -> bool:
    """Whoever keeps the rules of the congress."""
    return bool(actor.may(KEEP_RULES))


def second_person(actor: Any, draft: Any) -> str | None:
    """Nobody approves or sends back what they proposed themselves."""
    return OWN_PROPOSAL if draft.proposed_by_id == actor.person_id else None


# fmt: off
RULE_DRAFT = Workflow("rule_draft", "规则草稿", {
    **{"draft": "正在改", "proposed": "等待核对", "approved": "已批准", "dropped": "已作废"},
}, [
    Step("begin",     (NEW,),                "draft",    keeps, "开始改", "从{base}开始改"),
    Step("edit",      ("draft",),            STAYS,      keeps, "修改", "改了{what}：{words}"),
    Step("propose",   ("draft",),            "proposed", keeps, "提交核对", "提交核对，{day}起用", tell=("keepers",)),
    Step("approve",   ("proposed",),         "approved", keeps, "批准", "核对无误，批准，{day}起用",
         guard=second_person, tell=("keepers",)),
    Step("send_back", ("proposed",),         "draft",    keeps, "退回修改", "退回修改：{reason}", SEND_BACK,
         guard=second_person, tell=("keepers",)),
    Step("drop",      ("draft", "proposed"), "dropped",  keeps, "作废", "作废了这一稿"),
])
# fmt: on
