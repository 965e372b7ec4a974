"""What stands in the way of a step: the state, an old page, or a sentence of its own; and when nothing does."""

from datetime import date, timedelta
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import Conflict, OutOfTurn, Stale
from portal.suggestions.guards import Late, Moot
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK
from tests.suggestions.fakes import (
    PEOPLE,
    TODAY,
    Rules,
    fact,
    feedback_until,
    names,
    rated,
    signature,
    suggestion,
    task,
    with_part,
)

YESTERDAY = TODAY - timedelta(days=1)


def day(one: date) -> str:
    return f"{one.month}月{one.day}日"


@pytest.mark.parametrize(
    ("flow", "who", "item", "name", "told"),
    [
        (SUGGESTION, "lead", suggestion("submitted"), "submit", "当前状态为“已提交”，不能提交。"),
        (SUGGESTION, "clerk", suggestion("assigned"), "admit", "当前状态为“已交办”，不能立案并编号。"),
        (SUGGESTION, "clerk", suggestion("replied"), "send_back", "当前状态为“已答复”，不能退回补充。"),
        (SUGGESTION, "clerk", suggestion("closed"), "assign", "当前状态为“已办结”，不能交办。"),
        (SUGGESTION, "clerk", suggestion("draft"), "not_admit", "当前状态为“草稿”，不能不予立案。"),
        (SUGGESTION, "lead", suggestion("replied"), "request_withdrawal", "当前状态为“已答复”，不能撤回。"),  # message 15
        (SUGGESTION, "lead", suggestion("rehandling"), "request_withdrawal", "当前状态为“重新办理”，不能撤回。"),
        (SUGGESTION, "clerk", suggestion("replied"), "adjust", "当前状态为“已答复”，不能调整单位。"),
        (SUGGESTION, "clerk", suggestion("assigned"), "split", "当前状态为“已交办”，不能拆分。"),
        (SUGGESTION, "clerk", suggestion("replied"), "merge", "当前状态为“已答复”，不能并案。"),
        (SUGGESTION, "clerk", suggestion("closed"), "unmerge", "当前状态为“已办结”，不能取消并案。"),
        (SUGGESTION, "clerk", suggestion("replied"), "convene", "当前状态为“已答复”，不能召集双方。"),
        (SUGGESTION, "clerk", suggestion("replied"), "close", "当前状态为“已答复”，不能办结。"),
        (SUGGESTION, "clerk", suggestion("second_dissatisfied"), "rehandle", "当前状态为“再次不满意”，不能重新办理。"),
        (SUGGESTION, "clerk", suggestion("rehandling"), "explain", "当前状态为“重新办理”，不能说明办结。"),
        (SUGGESTION, "clerk", suggestion("replied"), "open_coordination", "当前状态为“已答复”，不能提请协调。"),
        (SIGNATURE, "co-signer", signature("declined"), "confirm", "当前状态为“不联名”，不能确认联名。"),
        (SIGNATURE, "lead", signature("confirmed"), "invite", "当前状态为“已确认”，不能邀请联名。"),
        (UNIT_TASK, "handler", task("handling"), "receive", "当前状态为“办理中”，不能签收。"),
        (UNIT_TASK, "handler", task("replied"), "draft_reply", "当前状态为“已答复”，不能送签。"),
        (UNIT_TASK, "signer", task("handling"), "sign_reply", "当前状态为“办理中”，不能签发答复。"),
        (UNIT_TASK, "lead", task("done"), "rate", "当前状态为“已评价”，不能评价答复。"),
        (UNIT_TASK, "handler", task("opinion_given", "assist"), "give_opinion", "当前状态为“已交意见”，不能交会办意见。"),
        (UNIT_TASK, "handler", task("reply_drafted"), "request_return", "当前状态为“待签发”，不能申请退办。"),
        (UNIT_TASK, "handler", task("return_requested"), "request_return", "当前状态为“申请退办”，不能申请退办。"),
        (UNIT_TASK, "handler", task("return_requested"), "draft_reply", "当前状态为“申请退办”，不能送签。"),
        (UNIT_TASK, "clerk", task("handling"), "approve_return", "当前状态为“办理中”，不能同意退办。"),
        (UNIT_TASK, "handler", task("pending"), "request_extension", "当前状态为“待签收”，不能申请延期。"),
        (UNIT_TASK, "handler", task("replied"), "request_extension", "当前状态为“已答复”，不能申请延期。"),
        (UNIT_TASK, "government office", task("handling"), "dispatch", "当前状态为“办理中”，不能转交。"),
        (UNIT_TASK, "government office", task("handling"), "check_reply", "当前状态为“办理中”，不能核对答复。"),
        (UNIT_TASK, "clerk", task("replied"), "urge", "当前状态为“已答复”，不能催办。"),
    ],
)
def test_a_step_out_of_turn_is_told_in_chinese(flow, who, item, name, told):
    with pytest.raises(OutOfTurn) as refused:
        flow.checked(PEOPLE[who], item, name)
    assert (refused.value.status, refused.value.message) == (409, told)


def test_an_old_page_is_told_before_the_state():
    with pytest.raises(Stale) as refused:
        SUGGESTION.checked(PEOPLE["clerk"], suggestion("assigned", version=3), "admit", expected_version=2)
    assert refused.value.status == 409


# --- what a guard says; None where nothing stands in the way -------------------------------------------------------


def contact(answer: str | None) -> Thing:
    return Thing(answer=answer)


def assisting(state: str, due: date) -> Thing:
    return Thing(state=state, role="assist", due=due, unit=Thing(called="区水务局"))


def waits_for(state: str, due: date) -> Any:
    """A lead unit's draft beside an assist that stands so."""
    return task("reply_drafted", contacts=[contact("true")], siblings=[assisting(state, due)])


def signed(*states: str) -> dict[str, Any]:
    return {"signatures": [Thing(state=state) for state in states]}


def replied(*parts: dict[str, Any]) -> Any:
    """An answered suggestion with these parts."""
    item = suggestion("replied")
    item.tasks = [task(**{"state": "done", "suggestion": item, **part}) for part in parts]
    return item


def second(**part: Any) -> dict[str, Any]:
    return {"unit": Thing(organ="government", called="区水务局"), **part}


def under(state: str = "reply_drafted", contacts: tuple[str | None, ...] = ("true",), **flags: Any) -> Any:
    """A part under pack Q with these policies changed."""
    more = flags.pop("part", {})
    item = suggestion("assigned", pack=Rules(**flags))
    return task(state, suggestion=item, contacts=[contact(one) for one in contacts], **more)


BAD, GOOD = {"ratings": rated("satisfied", "dissatisfied")}, {"ratings": rated("satisfied", "basically")}
REPLIED = {"facts": (fact("reply"),)}
COURT = {"unit": Thing(organ="court", called="区法院")}
NO_CONTACT = "还没有与代表联系过，或代表说没有联系过。请先联系代表，登记后再签发。"
WAITING = "区水务局的会办意见还没有到，也没有逾期，请等意见到齐再签发。"
MERGED = "这件已经并案，随主件办理；要单独办理，请先取消并案。"
ANSWERED = "已经有单位答复，不能再这样调整。"
NOTHING_BAD = "没有等待研究的“不满意”评价。"
BOTH_BAD = "有几家单位的答复都等待研究，请先决定重新办理的，最后再说明。"
RETURN_OVER = f"退办应在签收后5个工作日内提出，已于{day(YESTERDAY)}截止。请继续办理；确有困难的，请联系代表工委。"
EXTENSION_OVER = f"办理期限已于{day(YESTERDAY)}届满，延期应在届满前申请。请尽快答复代表。"
FEEDBACK_OVER = f"评价期限已于{day(YESTERDAY)}届满。仍要评价的，请联系代表工委重新开放。"

CO_SIGNING = [
    (SUGGESTION, "lead", suggestion("draft", **signed("invited", "invited")), "submit")
    + ("还有2位联名代表未确认，请等待确认，或移除后再提交。",),
    (SUGGESTION, "lead", suggestion("draft", **signed("void", "invited")), "submit")
    + ("内容已修改，原有联名确认已失效，请重新邀请确认。",),
    (SUGGESTION, "lead", suggestion("draft", **signed("confirmed", "declined")), "submit", None),
    (SIGNATURE, "co-signer", signature("invited", suggestion=suggestion("submitted")), "confirm")
    + ("这件建议已经提交，不能再联名。",),
]
SCREENING = [
    (SUGGESTION, "clerk", suggestion("submitted"), "admit", "这件会上建议还没有经代表团核对，核对后才能立案。"),
    (SUGGESTION, "clerk", suggestion("submitted", checked_at=clock.now()), "admit", None),
    (SUGGESTION, "clerk", suggestion("submitted", session_id=None), "admit", None),
    (SUGGESTION, "clerk", suggestion("admitted", merged_into_id=9), "assign", MERGED),
    (SUGGESTION, "clerk", suggestion("admitted", merged_into_id=9), "split", MERGED),
    (SUGGESTION, "clerk", suggestion("admitted", merged_into_id=9), "merge", MERGED),
    (SUGGESTION, "clerk", suggestion("assigned", merged_into_id=9), "adjust", MERGED),
    (SUGGESTION, "clerk", suggestion("assigned", **REPLIED), "merge", ANSWERED),
    (SUGGESTION, "clerk", suggestion("assigned"), "merge", None),
    (SUGGESTION, "clerk", suggestion("assigned"), "unmerge", "这件没有并案。"),
    (SUGGESTION, "clerk", suggestion("assigned", merged_into_id=9), "unmerge", None),
    (SUGGESTION, "clerk", suggestion("assigned", merged_into_id=9, **REPLIED), "unmerge")
    + ("这件自己的答复已经签发，不能再取消并案。",),
]
WITHDRAWING = [
    (SUGGESTION, "lead", suggestion("submitted"), "request_withdrawal", None),
    (SUGGESTION, "lead", suggestion("assigned", assigned_on=date(2026, 3, 2)), "request_withdrawal", None),
    (SUGGESTION, "lead", suggestion("assigned", **REPLIED), "request_withdrawal", "已经有单位答复，不能撤回。"),
    (SUGGESTION, "lead", suggestion("assigned", asked_to_withdraw=fact("withdrawal")), "request_withdrawal")
    + ("已经提出撤回，正等联名代表同意。",),
    (SUGGESTION, "lead", suggestion("assigned", merged_items=[fact("merger")]), "request_withdrawal")
    + ("有别的建议并入这一件办理，请先联系代表工委取消并案，再撤回。",),
    (SUGGESTION, "lead", suggestion("admitted", pack=Rules(withdraw_until="assignment")), "request_withdrawal", None),
    (
        *(SUGGESTION, "lead"),
        suggestion("assigned", assigned_on=date(2026, 3, 2), pack=Rules(withdraw_until="assignment")),
        *("request_withdrawal", "已于3月2日交办，按本地规定交办后不能撤回。"),
    ),
    (SUGGESTION, "lead", suggestion("assigned", pack=Rules(withdraw_until="any"), **REPLIED), "request_withdrawal")
    + ("已经有单位答复，不能撤回。",),  # A33: never after the first reply
]
DISPUTES = [
    (UNIT_TASK, "handler", task("pending"), "request_return", "请先签收，再申请退办。"),
    (UNIT_TASK, "handler", task("pending", return_due=TODAY), "request_return", None),  # counted from assignment
    (UNIT_TASK, "handler", task("handling", return_due=TODAY), "request_return", None),
    (UNIT_TASK, "handler", task("handling", return_due=YESTERDAY), "request_return", RETURN_OVER),
    (UNIT_TASK, "handler", task("handling", due=TODAY), "request_extension", None),
    (UNIT_TASK, "handler", task("handling", due=YESTERDAY), "request_extension", EXTENSION_OVER),
    (UNIT_TASK, "handler", task("handling", asked_to_extend=fact("extension")), "request_extension")
    + ("延期申请正在等待决定。",),
    (UNIT_TASK, "clerk", task("handling"), "grant_extension", "没有等待决定的延期申请。"),
    (UNIT_TASK, "clerk", task("handling"), "refuse_extension", "没有等待决定的延期申请。"),
    (UNIT_TASK, "clerk", task("reply_drafted", asked_to_extend=fact("extension")), "grant_extension", None),
    (SUGGESTION, "handler", with_part("assigned", open_coordination=fact("coord")), "open_coordination")
    + ("已经在协调，请先作出决定。",),
    (SUGGESTION, "clerk", with_part("assigned"), "decide_coordination", "没有正在协调的事项。"),
    (SUGGESTION, "government office", with_part("rehandling", open_coordination=fact("coord")), "decide_coordination")
    + (None,),
]
REWORK = [
    (SUGGESTION, "clerk", replied(GOOD), "rehandle", NOTHING_BAD),
    (SUGGESTION, "clerk", replied(GOOD), "explain", NOTHING_BAD),
    (SUGGESTION, "clerk", replied({"state": "replied"}), "explain", NOTHING_BAD),
    (SUGGESTION, "clerk", replied(BAD), "rehandle", None),
    (SUGGESTION, "clerk", replied(BAD), "explain", None),
    (SUGGESTION, "clerk", replied({**BAD, "round": 2}), "rehandle", NOTHING_BAD),
    (SUGGESTION, "clerk", replied({**BAD, "live": False}), "rehandle", NOTHING_BAD),
    (SUGGESTION, "clerk", replied({"ratings": rated("satisfied", "dissatisfied", explained=True)}), "rehandle")
    + (NOTHING_BAD,),
    (SUGGESTION, "clerk", replied(BAD, second(**GOOD)), "explain", None),
    (SUGGESTION, "clerk", replied(BAD, second(state="replied", **feedback_until(YESTERDAY))), "explain", None),
    (SUGGESTION, "clerk", replied(BAD, second(state="replied")), "explain")
    + ("区水务局的部分还没有办完，办完后才能说明办结。",),
    (SUGGESTION, "clerk", replied(BAD, second(**BAD)), "explain", BOTH_BAD),
    (SUGGESTION, "clerk", replied(BAD, second(**BAD)), "rehandle", None),
    (SUGGESTION, "clerk", suggestion("second_dissatisfied"), "close", "还没有召集双方，请先登记召集情况，再办结。"),
    (SUGGESTION, "clerk", suggestion("second_dissatisfied", facts=(fact("convened"),)), "close", None),
]
DISPATCHING = [
    (UNIT_TASK, "handler", task("pending"), "receive", None),
    (UNIT_TASK, "handler", under("pending", dispatch_first=True), "receive", "政府办还没有转交，转交后才能签收。"),
    (UNIT_TASK, "handler", under("pending", dispatch_first=True, part={"dispatched_on": TODAY}), "receive", None),
    (UNIT_TASK, "handler", under("pending", dispatch_first=True, part=COURT), "receive", None),
    (UNIT_TASK, "time", under("pending", dispatch_first=True), "receive", "政府办还没有转交，转交后才能签收。"),
]
CONTACTS = [
    (UNIT_TASK, "lead", task("handling"), "confirm_contact", "单位还没有登记新的联系。"),
    (UNIT_TASK, "lead", task("handling", contacts=[contact("true")]), "confirm_contact", "单位还没有登记新的联系。"),
    (UNIT_TASK, "lead", task("handling", contacts=[contact("true"), contact(None)]), "confirm_contact", None),
]
SIGNING = [
    (UNIT_TASK, "signer", task("reply_drafted"), "sign_reply", NO_CONTACT),
    (UNIT_TASK, "signer", under(contacts=("untrue", "none")), "sign_reply", NO_CONTACT),
    (UNIT_TASK, "signer", under(contacts=(None,)), "sign_reply", None),
    (UNIT_TASK, "signer", waits_for("handling", TODAY), "sign_reply", WAITING),
    (UNIT_TASK, "signer", waits_for("handling", YESTERDAY), "sign_reply", None),
    (UNIT_TASK, "signer", waits_for("opinion_given", TODAY), "sign_reply", None),
    (UNIT_TASK, "signer", under(reply_check=True), "sign_reply", "政府办还没有核对这份答复，核对后才能签发。"),
    (UNIT_TASK, "signer", under(reply_check=True, part={"checked_at": clock.now()}), "sign_reply", None),
    (UNIT_TASK, "signer", under(reply_check=True, part=COURT), "sign_reply", None),
    (UNIT_TASK, "government office", under(part={"checked_at": clock.now()}), "check_reply", "这份答复已经核过。"),
    (UNIT_TASK, "government office", under(), "check_reply", None),
]
RATING = [
    (UNIT_TASK, "lead", task("replied", **feedback_until(TODAY)), "rate", None),
    (UNIT_TASK, "lead", task("replied", **feedback_until(YESTERDAY)), "rate", FEEDBACK_OVER),
    (UNIT_TASK, "lead", task("replied", **feedback_until(YESTERDAY, provisional=True)), "rate", None),  # A27
]


@pytest.mark.parametrize(
    ("flow", "who", "item", "name", "told"),
    [
        *(*CO_SIGNING, *SCREENING, *WITHDRAWING, *DISPUTES, *REWORK),
        *(*DISPATCHING, *CONTACTS, *SIGNING, *RATING),
    ],
)
def test_what_stands_in_the_way_says_so(flow, who, item, name, told):
    if told is None:
        assert flow.checked(PEOPLE[who], item, name).name == name
        return
    with pytest.raises(Conflict) as refused:
        flow.checked(PEOPLE[who], item, name)
    assert (refused.value.status, refused.value.message) == (409, told)
    waiting = names(flow.waiting(PEOPLE[who], item))
    assert name not in waiting, "what nobody can do yet waits for nobody"


def test_an_opinion_is_sent_back_only_before_the_lead_has_answered():
    lead = PEOPLE["handler"]
    for answered, told in ((None, None), (YESTERDAY, "主办单位已经答复，不能再退回意见。")):
        siblings = [task("handling", answered_on=answered)]
        opinion = task("opinion_given", "assist", unit_id=99, siblings=siblings)
        step = UNIT_TASK.steps["bounce_opinion"]
        assert step.who(lead, opinion) and step.guard(lead, opinion) == told


def obstacle(flow: Any, who: str, item: Any, name: str) -> Any:
    return flow.steps[name].guard(PEOPLE[who], item)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (task("handling", return_due=YESTERDAY), "request_return"),
        (task("handling", due=YESTERDAY), "request_extension"),
        (task("replied", **feedback_until(YESTERDAY)), "rate"),
    ],
)
def test_what_came_too_late_is_of_the_kind_that_stays_on_record(item, name):
    """A37: returns, extensions and ratings."""
    assert isinstance(obstacle(UNIT_TASK, "handler", item, name), Late)


@pytest.mark.parametrize(
    ("item", "name"),
    [(replied({"state": "replied"}), "explain"), (replied(GOOD), "rehandle"), (with_part("assigned"), "unmerge")],
)
def test_a_button_with_nothing_behind_it_is_not_shown(item, name):
    assert isinstance(obstacle(SUGGESTION, "clerk", item, name), Moot)
