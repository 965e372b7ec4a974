"""撤回 by pages, on both engines: who must agree by the pack, until when, and what stays (S8, A33, A34)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from portal.congress.models import Seat
from portal.core.db import db
from tests.suggestions.living import JOINT, Life
from tests.suggestions.walking import Item, Walk, walking

SetClock = Callable[[str], None]
WHY = "情况已经解决，不需要再办理。"
TWO = (("housing", "separate"), ("water", "separate"))


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


def joint(life: Life, upto: str = "assigned", units: tuple[tuple[str, str], ...] = JOINT):
    """zhang's item, co-signed by li and wang."""
    item = life.draft()
    life.signed_by(item, "li", "wang")
    life.take("zhang", item, "submit")
    if upto == "submitted":
        return item
    life.take("clerk", item, "admit", category="0101")
    return life.take("clerk", item, "assign", units=life.rows(units)) if upto == "assigned" else item


def ask(item: Item) -> None:
    item.walk.submit("zhang", f"{item.address}/steps/request_withdrawal", reason=WHY)


def answer(item: Item, who: str, verdict: str = "agreed") -> None:
    item.walk.submit(who, f"{item.address}/steps/consent_withdrawal", answer=verdict, note="")


@pytest.mark.parametrize("upto", ["submitted", "admitted", "assigned"])
def test_all_signers_agree_in_person(walk: Walk, upto: str) -> None:
    item = walk.begin(lambda life: joint(life, upto))
    number = item.see(lambda s: s.number_text)
    ask(item)
    assert item.state == upto
    assert all("提出撤回" in walk.told(who) for who in ("li", "wang", "clerk"))
    assert upto != "assigned" or "提出撤回" in walk.told("water")
    assert "领衔代表想撤回，请您答复" in walk.page("li", item.address).text
    answer(item, "li")
    assert item.state == upto
    answer(item, "wang")
    assert (item.state, item.closed_as, item.see(lambda s: s.number_text)) == ("closed", "withdrawn", number)
    assert item.units == [], "nobody has it any more"
    assert item.see(lambda s: {(t.ended_as, t.due) for t in s.tasks}) <= {("withdrawn", None)}
    offices = ("housing", "housing-signer", "water", "govoffice") if upto == "assigned" else ()
    assert all("建议已撤回" in walk.told(who) for who in ("zhang", "li", "clerk", *offices))
    assert WHY in walk.page("clerk", item.address).text


def test_numbers_are_not_used_again(walk: Walk) -> None:
    item = walk.begin(lambda life: joint(life, "admitted"))
    refused = walk.begin(lambda life: life.submitted())
    walk.submit(
        "clerk", f"{refused.address}/steps/not_admit", disposition="reference", explanation="不属于本级职权，转有关方面参考。"
    )
    ask(item)
    answer(item, "li")
    answer(item, "wang")
    later = walk.begin(lambda life: life.admitted())
    first, second = (one.see(lambda s: s.number) for one in (item, later))
    assert (refused.see(lambda s: s.number), second) == (None, first + 1)


def test_one_refusal_keeps_it_and_it_may_be_asked_again(walk: Walk) -> None:
    item = walk.begin(joint)
    ask(item)
    page = walk.page("zhang", f"{item.address}/steps/request_withdrawal", 409)
    assert "已经提出撤回，正等联名代表同意。" in page.text
    answer(item, "wang", "refused")
    assert "王海代表不同意撤回" in walk.told("zhang")
    assert (item.state, item.closed_as) == ("assigned", None)
    assert item.part("housing", "due") == date(2026, 6, 2)
    walk.press("li", f"{item.address}/steps/consent_withdrawal", 404, answer="agreed")
    ask(item)
    answer(item, "wang")
    answer(item, "li")
    assert item.closed_as == "withdrawn"


def test_each_signer_answers_alone_and_once(walk: Walk) -> None:
    item = walk.begin(joint)
    path = f"{item.address}/steps/consent_withdrawal"
    walk.press("li", path, 404, answer="agreed")
    ask(item)
    for who in ("zhang", "zhao", "clerk", "housing"):
        walk.press(who, path, 404, answer="agreed")
    answer(item, "li")
    walk.press("li", path, 404, answer="agreed")
    assert item.state == "assigned"
    for who in ("li", "clerk", "housing", "zhao"):
        walk.press(who, f"{item.address}/steps/request_withdrawal", 404, reason=WHY)


def test_where_the_lead_decides_it_falls_at_once(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, "SD")
    item = walk.begin(joint)
    ask(item)
    assert (item.state, item.closed_as) == ("closed", "withdrawn")
    assert all("建议已撤回" in walk.told(who) for who in ("li", "wang", "housing", "water", "clerk"))


def test_an_item_of_one_deputy_falls_at_once(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned())
    ask(item)
    assert item.closed_as == "withdrawn"


def test_where_assignment_ends_it(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, withdraw_until="assignment")
    item = walk.begin(joint)
    page = walk.page("zhang", f"{item.address}/steps/request_withdrawal", 409)
    assert "已于3月2日交办，按本地规定交办后不能撤回。" in page.text
    early = walk.begin(lambda life: joint(life, "admitted"))
    ask(early)
    assert early.state == "admitted"


def test_assigned_before_the_last_consent(both_engines_app: Flask, set_clock: SetClock) -> None:
    """Before assignment only: what was assigned meanwhile is not withdrawn by a consent that comes later."""
    walk = walking(both_engines_app, set_clock, withdraw_until="assignment")
    item = walk.begin(lambda life: joint(life, "admitted"))
    ask(item)
    answer(item, "li")
    walk.submit("clerk", f"{item.address}/steps/assign", **{"units-0-unit": "区住建局", "units-0-role": "sole"})
    page = walk.page("wang", f"{item.address}/steps/consent_withdrawal", 409)
    assert "按本地规定交办后不能撤回" in page.text
    assert item.state == "assigned"


def test_never_after_the_first_reply(walk: Walk) -> None:
    """A33: one of two units answered, so the item is still 已交办."""
    item = walk.begin(lambda life: joint(life, units=TWO))
    item.replied()
    page = walk.page("zhang", f"{item.address}/steps/request_withdrawal", 409)
    assert "已经有单位答复，不能撤回。" in page.text
    item.replied("water")
    page = walk.page("zhang", f"{item.address}/steps/request_withdrawal", 409)
    assert "当前状态为“已答复”，不能撤回。" in page.text


def test_a_reply_signed_while_consent_is_awaited_ends_the_withdrawal(walk: Walk) -> None:
    """A33. Seen red without the guard of consent_withdrawal: closed as withdrawn after a reply."""
    item = walk.begin(lambda life: joint(life, units=TWO))
    ask(item)
    answer(item, "li")
    item.replied()
    page = walk.page("wang", f"{item.address}/steps/consent_withdrawal", 409)
    assert "已经有单位答复，不能撤回。" in page.text
    assert "请您答复" not in walk.page("wang", item.address).text
    assert (item.state, item.closed_as) == ("assigned", None)


def leave(walk: Walk, who: str, day: str) -> None:
    """The clerk records that the deputy has moved away."""
    with walk.app.app_context():
        seat = db.session.get(Seat, walk.life.seats[who])
        assert seat is not None
        place = f"/deputies/{seat.public_id}/changes"
    left = {"kind": "moved", "day": day, "note": ""}
    done = walk.client("clerk").submit(place, left, action="/changes/end")
    assert done.status_code == 303, done.text


def test_who_is_no_deputy_any_more_is_not_asked_and_is_listed(walk: Walk, set_clock: SetClock) -> None:
    """A34: judged when the last consent is given."""
    item = walk.begin(joint)
    ask(item)
    leave(walk, "wang", "2026-03-03")
    set_clock("2026-03-04T09:00")
    walk.press("wang", f"{item.address}/steps/consent_withdrawal", 404, answer="refused")
    answer(item, "li")
    assert item.closed_as == "withdrawn"
    assert "建议已撤回（王海代表已不在任，没有征求意见）" in item.said


def test_nobody_is_left_to_be_asked(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(joint)
    leave(walk, "li", "2026-03-03")
    leave(walk, "wang", "2026-03-03")
    set_clock("2026-03-04T09:00")
    ask(item)
    assert item.closed_as == "withdrawn"
    assert "李秀英、王海代表已不在任" in item.said


def test_what_is_withdrawn_stands_still(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    item.received()
    task = item.task("housing")
    ask(item)
    for who, step in (("housing", "draft_reply"), ("housing", "log_contact"), ("zhang", "rate")):
        walk.press(who, f"/tasks/{task}/steps/{step}", 404)
    page = walk.press("clerk", f"/tasks/{task}/steps/urge", 409, text="请抓紧办理这件建议。")
    assert "改为“已办结”" in page.text, "the office is told who was faster"
    assert "当前状态为“已办结”，不能调整单位。" in walk.page("clerk", f"{item.address}/steps/adjust", 409).text
