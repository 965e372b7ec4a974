"""退办 by pages, on both engines: inside the window and the day after, twice, refused, and what becomes of the clock."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.core.db import db
from tests.suggestions.living import JOINT, SOLE
from tests.suggestions.walking import Item, Walk, walking

SetClock = Callable[[str], None]
WHY = "电梯使用监管不属于本单位职责，应由教育部门办理。"
LEADER = "3月18日副区长决定改由区水务局办理。"
OVER = "退办应在签收后5个工作日内提出，已于3月9日截止。请继续办理；确有困难的，请联系代表工委。"


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


def asked(walk: Walk, item: Item, unit: str = "housing", to: str = "区教育局") -> None:
    walk.submit(unit, f"/tasks/{item.task(unit)}/steps/request_return", unit=to, reason=WHY)


def approved(walk: Walk, item: Item, unit: str = "housing", to: str = "区教育局", who: str = "clerk", **more: str) -> None:
    walk.submit(who, f"/tasks/{item.task(unit)}/steps/approve_return", unit=to, **more)


def late_entries(app: Flask) -> int:
    with app.app_context():
        late = AuditEntry.code == "unit_task.request_return_late"
        return db.session.scalar(select(func.count()).select_from(AuditEntry).where(late)) or 0


def test_on_the_last_day_a_part_goes_to_another_unit_and_keeps_its_date(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    item.received()
    assert item.part("housing", "return_due") == date(2026, 3, 9)
    set_clock("2026-03-09T23:59")
    asked(walk, item)
    assert (item.state, item.part("housing", "state")) == ("assigned", "return_requested")
    assert "区住建局申请退办，建议改由区教育局办理" in walk.told("clerk")
    assert "申请退办" in walk.told("govoffice") and "申请退办" in walk.told("zhang")

    set_clock("2026-03-12T10:00")
    assert "申请退办，待决定" in walk.page("clerk", item.address).text
    approved(walk, item)
    assert item.units == [
        ("区教育局", "lead", "pending", date(2026, 6, 2)),
        ("区水务局", "assist", "pending", date(2026, 4, 2)),
    ]
    said = "同意区住建局退办，改由区教育局办理，期限不变，仍在6月2日前答复"
    for who in ("zhang", "education", "education-signer", "housing", "housing-signer", "water", "govoffice"):
        assert said in walk.told(who), who
    walk.page("housing", item.address, 404)
    walk.page("education", item.address)

    set_clock("2026-03-13T10:00")
    item.received("education")
    assert item.part("education", "return_due") == date(2026, 3, 20), "a window of its own, from its own receipt"


def test_the_day_after_is_too_late_and_the_try_stays_on_record(walk: Walk, set_clock: SetClock) -> None:
    """A13, A37. Seen red with Late's entry left out: 0 == 1."""
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    path = f"/tasks/{item.task('housing')}/steps/request_return"
    set_clock("2026-03-10T00:00")
    assert OVER in walk.page("housing", path, 409).text
    assert late_entries(walk.app) == 0, "looking is no try"
    page = walk.press("housing", path, 409, unit="区教育局", reason=WHY)
    assert OVER in page.text
    assert late_entries(walk.app) == 1
    assert (item.state, item.part("housing", "state")) == ("assigned", "handling")
    assert "想申请退办，被拒绝" in walk.page("clerk", item.address).text
    assert "想申请退办" not in walk.page("zhang", item.address).text, "between the offices"
    walk.press("housing", path, 409, unit="区教育局", reason=WHY)
    assert late_entries(walk.app) == 2, "every try"


def test_before_it_is_received_there_is_nothing_to_return(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    page = walk.page("housing", f"/tasks/{item.task('housing')}/steps/request_return", 409)
    assert "请先签收，再申请退办。" in page.text


def test_a_second_return_is_asked_for_but_needs_a_leader(walk: Walk, set_clock: SetClock) -> None:
    """A11 (b), S1.3."""
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    asked(walk, item)
    approved(walk, item)
    set_clock("2026-03-12T10:00")
    item.received("education")
    set_clock("2026-03-19T10:00")
    asked(walk, item, "education", "区水务局")
    path = f"/tasks/{item.task('education')}/steps/approve_return"
    page = walk.submit("clerk", path, 422, unit="区水务局", note="同意")
    assert "本件已经退办过一次，再次退办须由领导决定" in page.text
    assert page.form(path).fields["note"] == "同意"
    assert item.part("education", "state") == "return_requested"
    approved(walk, item, "education", "区水务局", leader_decision=LEADER)
    assert [unit for unit, *_ in item.units] == ["区水务局"]
    assert item.see(lambda s: s.open_coordination.why) == "return"
    shown = walk.page("clerk", item.address).text
    assert LEADER in shown and "第二次退办" in shown


def test_where_the_office_itself_decides_no_leader_is_asked_for(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, second_return_approver="commission")
    item = walk.begin(lambda life: life.assigned(SOLE))
    for unit, to, name in (("housing", "education", "区教育局"), ("education", "water", "区水务局")):
        item.received(unit)
        asked(walk, item, unit, name)
        approved(walk, item, unit, name)
        assert [one for one, *_ in item.units] == [name], to


def test_counted_from_assignment_a_part_goes_back_unreceived(both_engines_app: Flask, set_clock: SetClock) -> None:
    """Pack CQ: 10 working days from assignment; the new unit's window runs from the re-assignment (A11 a)."""
    walk = walking(both_engines_app, set_clock, "CQ")
    item, other = (walk.begin(lambda life: life.assigned(SOLE)) for _ in range(2))
    assert item.part("housing", "return_due") == date(2026, 3, 16)
    set_clock("2026-03-16T23:00")
    asked(walk, item)
    path = f"/tasks/{other.task('housing')}/steps/request_return"
    set_clock("2026-03-17T00:01")
    page = walk.press("housing", path, 409, unit="区教育局", reason=WHY)
    assert "退办应在交办后10个工作日内提出，已于3月16日截止" in page.text
    approved(walk, item)
    assert item.part("education", "return_due") == date(2026, 3, 31)


def test_where_the_pack_restarts_the_clock_everybody_is_told(both_engines_app: Flask, set_clock: SetClock) -> None:
    """A10: restart, never silently; the day of the change is 12 March."""
    walk = walking(both_engines_app, set_clock, reassign_keeps_due=False)
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    set_clock("2026-03-09T10:00")
    asked(walk, item)
    set_clock("2026-03-12T10:00")
    approved(walk, item, who="govoffice")
    assert item.part("education", "due") == date(2026, 6, 12)
    said = "期限重新计算，由6月2日改为6月12日"
    assert all(said in walk.told(who) for who in ("zhang", "education", "housing"))
    assert "原为2026年6月2日" in walk.page("clerk", item.address).text, "both dates stand in the explanation"


def test_an_assist_that_takes_over_is_not_later_than_the_lead(walk: Walk, set_clock: SetClock) -> None:
    """A23: a period of its own, at most to the lead's due date."""
    item = walk.begin(lambda life: life.assigned(JOINT))
    set_clock("2026-05-18T10:00")
    item.received("water")
    asked(walk, item, "water")
    approved(walk, item, "water")
    assert ("区教育局", "assist", "pending", date(2026, 6, 2)) in item.units


def test_refused_means_the_unit_goes_on(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    asked(walk, item)
    why = "加装电梯是本单位职责，请继续办理。"
    walk.submit("clerk", f"/tasks/{item.task('housing')}/steps/refuse_return", reason=why)
    assert item.units == [("区住建局", "sole", "handling", date(2026, 6, 2))]
    assert "不同意区住建局退办，请继续办理" in walk.told("housing")
    assert "不同意区住建局退办" in walk.told("housing-signer") and "不同意区住建局退办" in walk.told("zhang")
    assert why in walk.page("housing", item.address).text
    item.replied()
    assert item.state == "replied"


def test_while_a_return_waits_the_unit_does_nothing_else(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    asked(walk, item)
    for step in ("draft_reply", "request_return", "log_contact", "request_extension"):
        assert "当前状态为“申请退办”" in walk.page("housing", f"/tasks/{item.task('housing')}/steps/{step}", 409).text


def test_no_unit_hands_a_part_on_and_no_stranger_decides(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    asked(walk, item)
    for who in ("housing", "housing-signer", "education", "zhang", "delegation1", "leader1"):
        for step in ("approve_return", "refuse_return"):
            walk.press(who, f"/tasks/{item.task('housing')}/steps/{step}", 404, unit="区教育局", reason=WHY)
    assert item.part("housing", "state") == "return_requested"


def test_the_government_office_settles_only_among_its_own(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned((("court", "sole"),)))
    item.received("court")
    asked(walk, item, "court")
    path = f"/tasks/{item.task('court')}/steps/approve_return"
    walk.press("govoffice", path, 404, unit="区教育局")
    approved(walk, item, "court")
    item.received("education")
    asked(walk, item, "education", "区法院")
    path = f"/tasks/{item.task('education')}/steps/approve_return"
    page = walk.submit("govoffice", path, 422, unit="区法院", leader_decision=LEADER)
    assert "没有找到“区法院”，请从列表里选。" in page.text


def test_who_opens_a_decision_that_fell_meanwhile_is_told_so(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    asked(walk, item)
    path = f"/tasks/{item.task('housing')}/steps/refuse_return"
    approved(walk, item, who="govoffice")
    page = walk.page("clerk", path, 409)
    assert "这家单位的部分已经结束（退办改由别的单位），不能再办“不同意退办”。" in page.text
    walk.page("housing", path, 404)
