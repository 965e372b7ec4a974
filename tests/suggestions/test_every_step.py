"""Every step of every table at its page: who may not does not find it (404), out of turn says the state (409), from an
old page says who was faster and keeps what was typed (409); then it is taken. What is wrong with its form (422) is in
the tables of test_bad_decisions and test_bad_input, of which the last test here sees that none is missing."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from portal.congress.models import Seat
from portal.core.db import db
from portal.suggestions import actions
from portal.suggestions.models import Suggestion
from portal.suggestions.workflow import FLOWS
from tests.suggestions import test_bad_decisions as begun
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.suggestions.test_bad_input import STEPS, TASKS
from tests.suggestions.walking import CONTACT, Item, Walk, walking
from tests.support.html import Page

WHY = "职责已经调整，按新的分工办理。"
EVERYBODY = (
    *("zhang", "li", "zhao", "clerk", "delegation1", "govoffice", "leader1", "committee-urban", "auditor"),
    *("housing", "housing-signer", "water", "water-signer"),
)
KEPT = "您的操作未执行。您填写的内容已保留"


@dataclass(frozen=True)
class Taking:
    """One step: where it may be taken, by whom (the first one takes it here), with what, and where it is too early or
    too late for it; `gone` when nobody has that step any more once it is taken."""

    make: Callable[[Life], Suggestion]
    may: tuple[str, ...]
    out_of_turn: Callable[[Life], Suggestion]
    state: str
    sent: dict[str, Any] = field(default_factory=dict)
    unit: str = "housing"


# --- where items stand ------------------------------------------------------------------------------------------------


def received(life: Life) -> Suggestion:
    """Lead and assist have signed for it."""
    item = life.assigned(JOINT)
    for unit in ("housing", "water"):
        life.act(unit, life.task(item, unit), "receive")
    return item


def joint(life: Life) -> Suggestion:
    return life.assigned(JOINT)


def sole(life: Life) -> Suggestion:
    return life.assigned(SOLE)


def cosigned(life: Life) -> Suggestion:
    """Assigned, and signed by two more, who have to be asked before it is withdrawn."""
    item = life.draft()
    life.signed_by(item, "li", "wang")
    life.take("zhang", item, "submit")
    life.take("clerk", item, "admit", category="0101")
    return life.take("clerk", item, "assign", units=life.rows(SOLE))


def checked(life: Life) -> Suggestion:
    item = begun.in_session(life)
    life.take("delegation1", item, "check")
    return life.take("clerk", item, "admit", category="0101")


def invited(life: Life) -> Suggestion:
    item = life.draft()
    actions.invite(life.actor("zhang"), item, [db.session.get_one(Seat, life.seats["li"])])
    return item


def signed(life: Life) -> Suggestion:
    item = life.draft()
    life.signed_by(item, "li")
    return item


def told(life: Life) -> Suggestion:
    item = sole(life)
    life.contacted(life.task(item))
    return item


def replied(life: Life) -> Suggestion:
    item = sole(life)
    life.replied(life.task(item))
    return item


CLERKS = ("clerk", "clerk2")
OVERSEERS = (*CLERKS, "govoffice")
UNIT = {"units-0-unit": "区住建局", "units-0-role": "sole"}
SPLIT = {"title": "关于改造供水立管的建议", "request": "请水务局改造供水立管。", "reason": WHY}
DECIDED = {"minutes": "召集两家单位听取了意见。", "decision": "由水务局办理。"}
ADDED = {"unit": "区教育局", "role": "assist", "reason": WHY}
CLOSED = {"text": "请单位继续跟踪，年底报告。", "reported_on": "2026-03-02"}
CONTACTED = {**CONTACT, "happened_on": "2026-03-02"}
OPINION = {"text": "同意由住建局牵头，管线同步改造。"}
NOT_ADMITTED = {"disposition": "letter", "explanation": "属于个人诉求，作来信处理。"}
BY_LEAD, BY_HANDLER, BY_SIGNER = ("zhang",), ("housing",), ("housing-signer",)
OF_SUGGESTION = {
    "submit": Taking(Life.draft, BY_LEAD, Life.submitted, "已提交"),
    "check": Taking(begun.in_session, ("delegation1",), checked, "已立案", {"note": "核对无误。"}),
    "send_back": Taking(Life.submitted, CLERKS, Life.admitted, "已立案", {"reason": "请写清具体的地点。"}),
    "not_admit": Taking(Life.submitted, CLERKS, Life.admitted, "已立案", NOT_ADMITTED),
    "admit": Taking(Life.submitted, CLERKS, sole, "已交办", {"category": "0101"}),
    "assign": Taking(Life.admitted, CLERKS, Life.submitted, "已提交", UNIT),
    "merge": Taking(begun.two, CLERKS, replied, "已答复", {"into": begun.FIRST, "reason": WHY}),
    "unmerge": Taking(begun.merged, CLERKS, Life.closed, "已办结", {"reason": WHY}),
    "split": Taking(Life.admitted, CLERKS, sole, "已交办", SPLIT),
    "adjust": Taking(sole, CLERKS, replied, "已答复", ADDED),
    "open_coordination": Taking(joint, (*OVERSEERS, "housing"), replied, "已答复", {"reason": WHY}),
    "decide_coordination": Taking(begun.coordinating, OVERSEERS, replied, "已答复", DECIDED),
    "request_withdrawal": Taking(cosigned, BY_LEAD, replied, "已答复", {"reason": WHY}),
    "consent_withdrawal": Taking(begun.withdrawing, ("li", "wang"), replied, "", {"answer": "agreed", "note": "同意。"}),
    "rehandle": Taking(begun.dissatisfied, CLERKS, begun.twice, "再次不满意", {"text": "请当面听取意见。"}),
    "explain": Taking(begun.dissatisfied, CLERKS, sole, "已交办", {"text": "受国家标准限制，本期不能改造。"}),
    "convene": Taking(begun.twice, CLERKS, begun.dissatisfied, "已答复", begun.MET),
    "close": Taking(begun.convened, CLERKS, begun.dissatisfied, "已答复", CLOSED),
}
ASKED = {"unit": "区教育局", "reason": "不属于本单位的职责范围。"}
LONGER = {"asked": "2026-08-03", "reason": "施工期较长，需要延期。"}
GOOD = {"attitude": "satisfied", "result": "satisfied", "reason": "办得很好。"}
OF_TASK = {
    "dispatch": Taking(sole, ("govoffice",), begun.handling, "办理中"),
    "receive": Taking(sole, BY_HANDLER, begun.handling, "办理中"),
    "request_return": Taking(begun.handling, BY_HANDLER, begun.drafted, "待签发", ASKED),
    "approve_return": Taking(begun.return_asked, OVERSEERS, begun.handling, "办理中", {**ASKED, "note": "同意退办。"}),
    "refuse_return": Taking(begun.return_asked, OVERSEERS, begun.handling, "办理中", {"reason": WHY}),
    "log_contact": Taking(begun.handling, BY_HANDLER, sole, "待签收", CONTACTED),
    "confirm_contact": Taking(told, BY_LEAD, sole, "待签收", {"answer": "true", "note": "见过面。"}),
    "request_extension": Taking(begun.handling, BY_HANDLER, sole, "待签收", LONGER),
    "grant_extension": Taking(begun.extension_asked, CLERKS, replied, "已答复", {"note": "同意延期。"}),
    "refuse_extension": Taking(begun.extension_asked, CLERKS, replied, "已答复", {"reason": WHY}),
    "give_opinion": Taking(received, ("water",), begun.opinion_given, "已交意见", OPINION, "water"),
    "bounce_opinion": Taking(begun.opinion_given, BY_HANDLER, received, "办理中", {"reason": WHY}, "water"),
    "draft_reply": Taking(begun.handling, BY_HANDLER, sole, "待签收", LETTER),
    "bounce_reply": Taking(begun.drafted, (*BY_SIGNER, "govoffice"), begun.handling, "办理中", {"reason": WHY}),
    "check_reply": Taking(begun.drafted, ("govoffice",), begun.handling, "办理中", {"note": "核对无误。"}),
    "sign_reply": Taking(begun.drafted, BY_SIGNER, begun.handling, "办理中"),
    "rate": Taking(replied, BY_LEAD, begun.dissatisfied, "已评价", GOOD),
    "urge": Taking(begun.handling, OVERSEERS, replied, "已答复", {"text": "请于本周内联系代表。"}),
}
OF_SIGNATURE = {
    "confirm": Taking(invited, ("li",), signed, "已确认"),
    "decline": Taking(invited, ("li",), signed, "已确认"),
}
ALL = {
    **{f"suggestion.{name}": taking for name, taking in OF_SUGGESTION.items()},
    **{f"unit_task.{name}": taking for name, taking in OF_TASK.items()},
    **{f"signature.{name}": taking for name, taking in OF_SIGNATURE.items()},
}


@pytest.fixture
def walk(app: Flask, set_clock: Callable[[str], None]) -> Walk:
    made = walking(app, set_clock)
    made.life.on = set_clock  # type: ignore[attr-defined]
    return made


def address(item: Item, step: str) -> str:
    """Where the step is sent to."""
    flow, name = step.split(".")
    if flow == "suggestion":
        return f"{item.address}/steps/{name}"
    if flow == "unit_task":
        return f"/tasks/{item.task(ALL[step].unit)}/steps/{name}"
    return f"/signatures/{item.see(lambda s: s.signatures[0].public_id)}/steps/{name}"


def form_of(walk: Walk, who: str, item: Item, step: str) -> dict[str, Any]:
    """The form of the step as this person's page has it, not filled in."""
    path, place = address(item, step), address(item, step)
    if step.startswith("signature."):
        place = item.address
    if step == "unit_task.confirm_contact":
        place = f"{path}?contact={item.part('housing', 'contacts')[0].public_id}"
    return walk.page(who, place).form(path).fields


def standing(item: Item) -> Any:
    """All that a step could change."""
    return item.see(
        lambda s: (
            *(s.state, s.version, len(s.facts)),
            *[(t.state, t.version, t.due, t.live, len(t.facts)) for t in s.tasks],
            *[(one.state, one.version) for one in s.signatures],
        )
    )


def words(sent: dict[str, Any]) -> list[str]:
    """What was typed in Chinese."""
    return [value for value in sent.values() if re.search("[\u4e00-\u9fff]", value)]


@pytest.mark.parametrize("step", ALL)
def test_who_may_not_does_not_find_it_and_an_old_page_is_told(walk: Walk, step: str) -> None:
    taking = ALL[step]
    item = walk.begin(taking.make)
    path, before = address(item, step), standing(item)
    for who in EVERYBODY:
        if who not in taking.may:
            assert "没有找到该内容，或您没有查看权限。" in walk.press(who, path, 404, **taking.sent).text, who
    assert standing(item) == before

    slow, fast = taking.may[0], taking.may[1 % len(taking.may)]
    old, new = form_of(walk, slow, item, step), form_of(walk, fast, item, step)
    referer = {"Referer": f"http://localhost{path}"}
    taken = walk.client(fast).post(path, data={**new, **taking.sent}, headers=referer)
    assert taken.status_code == 303, Page(taken.text).text[:400]
    now = standing(item)
    assert now != before
    late = walk.client(slow).post(path, data={**old, **taking.sent}, headers=referer)
    text = Page(late.text).text
    if step.startswith("signature."):  # a button with nothing typed; who declined does not see the draft any more
        assert (late.status_code, "当前状态为" in text) in ((409, True), (404, False)), text[:400]
    else:
        assert (late.status_code, KEPT in text) == (409, True), text[:400]
        assert all(one in late.text for one in words(taking.sent)), "typed, and shown again"
    assert standing(item) == now


@pytest.mark.parametrize("step", ALL)
def test_out_of_turn_the_state_is_told(walk: Walk, step: str) -> None:
    taking = ALL[step]
    item = walk.begin(taking.out_of_turn)
    path, before = address(item, step), standing(item)
    page = walk.press(taking.may[0], path, 409 if taking.state else 404, **taking.sent)
    assert not taking.state or f"当前状态为“{taking.state}”，不能" in page.text
    assert standing(item) == before


def test_every_step_is_among_them() -> None:
    known = {f"{flow.name}.{step.name}" for flow in FLOWS for step in flow.steps.values() if not step.by_itself}
    assert known - set(ALL) == {"signature.invite"}, "the form that invites is in test_bad_input"


def test_every_form_that_can_be_filled_in_wrong_is_tried() -> None:
    """A form asks for something, or measures or reads what it is given."""
    tried = {case[3] for case in begun.CASES.values()} | {row[2] for row in STEPS.values()}
    tried |= {row[1] for row in TASKS.values()} | {"rate", "confirm_contact"}  # tests of their own
    asked = {step.name for flow in FLOWS for step in flow.steps.values() if step.fields and not step.by_itself}
    assert asked - tried == set()
