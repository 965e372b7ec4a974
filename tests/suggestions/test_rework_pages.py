"""After 不满意, by pages and on both engines: rework by review and by itself, an explanation instead, the second time,
and time to rate that goes by (S3, S10, A19, A20, A45)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.suggestions import handling_actions, reworking
from portal.suggestions.models import Suggestion
from tests.suggestions.living import LETTER, SOLE
from tests.suggestions.walking import CONTACT, Item, Walk, walking

SetClock = Callable[[str], None]
TWO = (("education", "separate"), ("water", "separate"))
BAD = {"attitude": "satisfied", "result": "dissatisfied", "reason": "窗口还没有开。"}
GOOD = {"attitude": "satisfied", "result": "satisfied", "reason": ""}
TASKED = "请当面听取意见，落实窗口和时限。"
TOLD = "受国家标准限制，本期不能改造，已列入明年论证。"
MET = {"happened_on": "2026-07-20", "who": "代表、住建局负责人、工委", "place": "区人大会议室", "text": "双方当面说明了情况，形成一致意见。"}
WORDS = "建议单位继续跟踪，年底前书面反馈代表。"


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


def rate(item: Item, form: dict[str, str], unit: str = "housing", status: int = 303) -> str:
    """The deputy's form, on the item's own page."""
    path = f"/tasks/{item.task(unit)}/steps/rate"
    answer = item.walk.client("zhang").submit(item.address, form, action=path)
    assert answer.status_code == status, answer.text[:300]
    return answer.text


def answered(walk: Walk, set_clock: SetClock, day: str = "2026-05-20") -> Item:
    """One unit's answer, grade B, on that day."""
    item = walk.begin(lambda life: life.assigned(SOLE))
    set_clock(f"{day}T10:00")
    item.replied(grade="B")
    return item


def rehandled(item: Item, unit: str = "housing", **more: str) -> None:
    item.walk.submit("clerk", f"{item.address}/steps/rehandle", task=item.task(unit), text=TASKED, **more)


def follow(item: Item) -> None:
    """What the night does."""
    with item.walk.app.app_context():
        found = db.session.scalars(select(Suggestion).where(Suggestion.public_id == item.id)).one()
        handling_actions.follow(found)
        db.session.commit()


def test_dissatisfied_twice(walk: Walk, set_clock: SetClock) -> None:
    """S3 with its dates."""
    item = answered(walk, set_clock)
    assert "请写明理由" in rate(item, {**BAD, "reason": ""}, status=422)
    rate(item, BAD)
    assert item.state == "replied" and "代表不满意，待研究" in walk.page("clerk", item.address).text
    set_clock("2026-06-10T10:00")
    rehandled(item)
    assert (item.state, item.units) == ("rehandling", [("区住建局", "sole", "pending", date(2026, 7, 10))])
    assert all("区住建局重新办理，7月10日前答复" in walk.told(who) for who in ("zhang", "housing", "govoffice"))
    assert TASKED in walk.page("housing", item.address).text
    task = f"/tasks/{item.task('housing')}"
    walk.submit("housing", f"{task}/steps/receive")
    set_clock("2026-07-08T10:00")
    walk.submit("housing", f"{task}/steps/draft_reply", **LETTER)
    page = walk.page("housing-signer", f"{task}/steps/sign_reply", 409)
    assert "还没有与代表联系过" in page.text, "the first talk does not count"
    walk.submit("housing", f"{task}/steps/log_contact", happened_on="2026-07-07", late_reason="补", **CONTACT)
    walk.submit("housing-signer", f"{task}/steps/sign_reply")
    assert item.state == "replied"
    letters = item.see(lambda s: [(one.round, one.grade) for one in s.facts_of("reply")])
    assert letters == [(1, "B"), (2, "A")], "the first letter stays"
    rate(item, BAD)
    assert item.state == "second_dissatisfied"
    assert all("仍不满意" in walk.told(who) for who in ("clerk", "housing", "govoffice"))
    assert "当前状态为“再次不满意”，不能重新办理。" in walk.page("clerk", f"{item.address}/steps/rehandle", 409).text

    set_clock("2026-07-20T10:00")
    close = f"{item.address}/steps/close"
    assert "还没有召集双方" in walk.page("clerk", close, 409).text
    walk.submit("clerk", f"{item.address}/steps/convene", **MET)
    assert "召集双方当面沟通" in walk.told("zhang") and MET["text"] in walk.page("housing", item.address).text
    page = walk.submit("clerk", close, 422, text=WORDS)
    assert "按本地规定要报主任会议，请填写报告日期。" in page.text and page.form(close).fields["text"] == WORDS
    page = walk.submit("clerk", close, 422, text=WORDS, reported_on="2026-07-21")
    assert "日期不能晚于今天" in page.text
    walk.submit("clerk", close, text=WORDS, reported_on="2026-07-20")
    assert (item.state, item.closed_as) == ("closed", "opinion")
    assert WORDS in walk.page("zhang", item.address).text
    assert len(item.see(lambda s: s.facts_of("rating"))) == 2


def test_where_nothing_is_reported_no_day_is_asked_for(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, second_dissatisfied_report=False)
    item = answered(walk, set_clock)
    rate(item, BAD)
    rehandled(item)
    item.replied()
    rate(item, BAD)
    walk.submit("clerk", f"{item.address}/steps/convene", **{**MET, "happened_on": "2026-05-20"})
    walk.submit("clerk", f"{item.address}/steps/close", text=WORDS)
    assert item.closed_as == "opinion"


def test_the_second_time_good_closes_it_as_rated(walk: Walk, set_clock: SetClock) -> None:
    item = answered(walk, set_clock)
    rate(item, BAD)
    rehandled(item)
    item.replied()
    rate(item, GOOD)
    assert (item.state, item.closed_as) == ("closed", "rated")


def test_rework_by_itself(both_engines_app: Flask, set_clock: SetClock) -> None:
    """Pack SD: with the form, in one transaction, without a clerk."""
    walk = walking(both_engines_app, set_clock, "SD")
    item = answered(walk, set_clock)
    rate(item, BAD)
    assert (item.state, item.units) == ("rehandling", [("区住建局", "sole", "pending", date(2026, 6, 22))])
    assert item.see(lambda s: s.facts_of("rework")[0].text) == BAD["reason"], "the deputy's own words are the task"
    assert "区住建局重新办理" in walk.told("zhang") and "区住建局重新办理" in walk.told("housing")
    item.replied()
    rate(item, BAD)
    assert item.state == "second_dissatisfied"


def test_another_unit_works_again(walk: Walk, set_clock: SetClock) -> None:
    item = answered(walk, set_clock)
    rate(item, BAD)
    path, asked = f"{item.address}/steps/rehandle", {"task": item.task("housing"), "text": TASKED}
    page = walk.submit("clerk", path, 422, **asked, unit="没有局")
    assert "没有找到“没有局”，请从列表里选。" in page.text
    walk.submit("clerk", path, **asked, unit="区教育局")
    assert [unit for unit, *_ in item.units] == ["区教育局"]
    assert walk.page("housing", item.address).heading, "who answered once still reads what became of it"
    walk.press("housing", f"/tasks/{item.task('housing', live=False)}/steps/log_contact", 404)


def test_only_the_unit_concerned_works_again(walk: Walk, set_clock: SetClock) -> None:
    """S10: the other part is rated and stays so; the item closes when both are over."""
    item = walk.begin(lambda life: life.assigned(TWO))
    set_clock("2026-05-20T10:00")
    item.replied("education")
    rate(item, GOOD, "education")
    item.replied("water", "C")
    rate(item, BAD, "water")
    path = f"{item.address}/steps/rehandle"
    page = walk.submit("clerk", path, 422, task=item.task("water"), text=TASKED, unit="区教育局")
    assert "区教育局已经在办这件建议，请选别的单位。" in page.text
    rehandled(item, "water")
    assert item.state == "rehandling"
    assert [(unit, state) for unit, _, state, _ in item.units] == [("区教育局", "done"), ("区水务局", "pending")]
    item.replied("water", "B")
    assert item.state == "replied"
    rate(item, GOOD, "water")
    assert (item.state, item.closed_as) == ("closed", "rated")


def test_one_part_is_reworked_while_the_other_is_at_work(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(TWO))
    set_clock("2026-05-20T10:00")
    item.replied("education")
    rate(item, BAD, "education")
    assert item.state == "assigned"
    rehandled(item, "education")
    assert item.state == "rehandling"
    item.replied("water")
    assert item.state == "rehandling"
    item.replied("education")
    assert item.state == "replied"


def test_an_explanation_instead(walk: Walk, set_clock: SetClock) -> None:
    item = answered(walk, set_clock)
    path = f"{item.address}/steps/explain"
    assert "没有等待研究的“不满意”评价。" in walk.page("clerk", path, 409).text
    assert "说明办结" not in walk.page("clerk", item.address).text, "nothing to explain, no button"
    rate(item, BAD)
    page = walk.submit("clerk", path, 422, task=item.task("housing"), text="不行。")
    assert "向代表说明太短" in page.text
    walk.submit("clerk", path, task=item.task("housing"), text=TOLD)
    assert (item.state, item.closed_as) == ("closed", "explained")
    assert f"不再重新办理，向代表说明：{TOLD}" in walk.told("zhang")
    assert "没有等待研究的“不满意”评价。" in walk.page("clerk", f"{item.address}/steps/rehandle", 409).text


def test_nothing_is_explained_while_another_part_is_open(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(TWO))
    set_clock("2026-05-20T10:00")
    item.replied("education")
    item.replied("water")
    rate(item, BAD, "education")
    path = f"{item.address}/steps/explain"
    assert "区水务局的部分还没有办完，办完后才能说明办结。" in walk.page("clerk", path, 409).text
    rate(item, BAD, "water")
    assert "请先决定重新办理的，最后再说明。" in walk.page("clerk", path, 409).text
    rehandled(item, "water")
    item.replied("water")
    rate(item, GOOD, "water")
    walk.submit("clerk", path, task=item.task("education"), text=TOLD)
    assert item.closed_as == "explained"


@pytest.mark.parametrize("step", ["rehandle", "explain", "convene", "close"])
def test_only_the_commission_decides(walk: Walk, set_clock: SetClock, step: str) -> None:
    item = answered(walk, set_clock)
    rate(item, BAD)
    for who in ("zhang", "housing", "housing-signer", "govoffice", "leader1"):
        walk.press(who, f"{item.address}/steps/{step}", 404, text=TOLD)


# --- time to rate goes by -------------------------------------------------------------------------------------------


def test_a_form_that_never_came_and_then_came(walk: Walk, set_clock: SetClock) -> None:
    item = answered(walk, set_clock)
    assert item.part("housing", "feedback_due") == date(2026, 6, 10)
    path = f"/tasks/{item.task('housing')}/steps/rate"
    set_clock("2026-06-10T23:59")
    follow(item)
    assert item.state == "replied", "until the end of the last day"
    set_clock("2026-06-11T00:00")
    said = "评价期限已于6月10日届满。仍要评价的，请联系代表工委重新开放。"
    assert said in walk.press("zhang", path, 409, **GOOD).text, "by the date, whether a night was run or not"
    assert "想评价答复，被拒绝" in item.said
    follow(item)
    assert (item.state, item.closed_as) == ("closed", "lapsed")
    assert all("评价期限届满" in walk.told(who) for who in ("zhang", "clerk", "housing"))

    reopen(item, "clerk", "代表住院，未能按期评价。")
    assert item.part("housing", "feedback_due") == date(2026, 7, 3)
    rate(item, GOOD)
    assert (item.state, item.closed_as) == ("closed", "rated")


def reopen(item: Item, who: str, reason: str, unit: str = "housing") -> None:
    wanted = item.task(unit)
    with item.walk.app.app_context():
        found = db.session.scalars(select(Suggestion).where(Suggestion.public_id == item.id)).one()
        task = next(one for one in found.tasks if one.public_id == wanted)  # type: ignore[attr-defined]
        reworking.reopen_rating(item.walk.life.actor(who), task, reason)
        db.session.commit()


def test_reopening_is_the_commissions_and_has_a_reason(walk: Walk, set_clock: SetClock) -> None:
    item = answered(walk, set_clock)
    with pytest.raises(Conflict, match="评价期限还没有届满"):
        reopen(item, "clerk", "代表要求。")
    set_clock("2026-06-11T09:00")
    for who in ("zhang", "housing", "govoffice"):
        with pytest.raises(NotAllowed):
            reopen(item, who, "代表要求。")
    with pytest.raises(Invalid):
        reopen(item, "clerk", "  ")


@pytest.mark.parametrize(("step", "state"), [("rehandle", "rehandling"), ("explain", "closed")])
def test_a_late_bad_form_is_still_reworked_or_explained(
    walk: Walk, set_clock: SetClock, step: str, state: str
) -> None:
    item = answered(walk, set_clock)
    set_clock("2026-06-11T09:00")
    follow(item)
    reopen(item, "clerk", "代表住院，未能按期评价。")
    rate(item, BAD)
    walk.submit("clerk", f"{item.address}/steps/{step}", task=item.task("housing"), text=TOLD)
    assert item.state == state


def test_one_form_given_and_one_not_is_rated(walk: Walk, set_clock: SetClock) -> None:
    """A45: lapsed only if nobody gave one."""
    item = walk.begin(lambda life: life.assigned(TWO))
    set_clock("2026-05-20T10:00")
    item.replied("education")
    item.replied("water")
    rate(item, GOOD, "education")
    set_clock("2026-06-11T09:00")
    follow(item)
    assert (item.state, item.closed_as) == ("closed", "rated")


def test_nothing_lapses_on_a_provisional_day(walk: Walk, set_clock: SetClock) -> None:
    """A27: the arrangement of 2027 is not known."""
    item = answered(walk, set_clock, "2026-12-15")
    set_clock("2027-06-01T09:00")
    follow(item)
    assert item.state == "replied"
    rate(item, GOOD)
    assert item.closed_as == "rated"
