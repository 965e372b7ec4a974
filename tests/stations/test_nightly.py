"""What the night does: plans a year ahead, follows the calendar, tells each deputy once in time, marks the missed."""

from datetime import date

import pytest
from flask import Flask

from portal import commands
from portal.congress import calendar_actions
from portal.congress.pack_models import CalendarDay, CalendarYear
from portal.core.db import db
from portal.jobs import night, worker
from portal.notifications.models import Notification
from portal.stations.models import DutySlot, Reception
from portal.stations.nightly import tend
from tests.stations.conftest import Place


@pytest.fixture
def office(app: Flask, place: Place):
    """12 May 2026, every month's 15th, told three days ahead."""
    with app.app_context():
        place.rule()
        yield place
        db.session.rollback()


def live(set_clock, day: str) -> list[str]:
    """The night of a day, and the jobs it leaves."""
    set_clock(f"{day}T00:05")
    said = list(night.run((tend,), date.fromisoformat(day)))
    worker.run_all(commands.HANDLERS)
    return said


def told(place: Place, username: str) -> list[str]:
    mine = db.select(Notification).where(Notification.person_id == place.people[username])
    lines = db.session.scalars(mine.where(Notification.kind == "duty_slot.notice").order_by(Notification.id))
    return [one.title for one in lines]


def test_each_deputy_hears_once_the_rules_days_ahead(office: Place, set_clock):
    """15 May less three days is 12 May; 15 June is a Monday, three days before is Friday, 12 June (A17)."""
    live(set_clock, "2026-05-12")
    assert told(office, "zhang") == ["请您5月15日周五上午9:00–11:30到清河街道人大代表联络站接待群众"]
    live(set_clock, "2026-05-12")
    live(set_clock, "2026-05-13")
    assert len(told(office, "zhang")) == 1 and told(office, "wang") == []
    live(set_clock, "2026-06-12")
    assert len(told(office, "wang")) == 1 and len(told(office, "zhang")) == 1


def test_a_notice_due_on_a_rest_day_comes_the_working_day_before(app: Flask, place: Place, set_clock):
    """Wednesday 20 May less three days is Sunday, 17 May: told on Friday the 15th."""
    with app.app_context():
        place.rule(words="每月20日")
        live(set_clock, "2026-05-15")
        assert len(told(place, "zhang")) == 1
        live(set_clock, "2026-05-17")
        assert len(told(place, "zhang")) == 1


def test_who_is_on_leave_hears_nothing(app: Flask, office: Place, set_clock):
    client = app.test_client()
    client.sign_in("zhang")
    client.submit(f"/duty-slots/{office.slot('zhang').public_id}/steps/take_leave", {"reason": "住院"})
    live(set_clock, "2026-05-12")
    assert told(office, "zhang") == [] and len(told(office, "li")) == 1


def test_who_did_not_come_is_marked_the_day_after(office: Place, set_clock):
    live(set_clock, "2026-05-15")
    assert office.slot("zhang").state == "planned"
    said = live(set_clock, "2026-05-16")
    assert "张建国　2026-05-15没有登记到站" in said
    db.session.expire_all()
    assert (office.slot("zhang").state, office.slot("li").state) == ("missed", "missed")
    assert not any("没有登记到站" in one for one in live(set_clock, "2026-05-17"))


def test_the_plan_always_reaches_a_year_ahead(office: Place, set_clock):
    assert office.receptions()[-1].ruled_on == date(2027, 4, 15)
    live(set_clock, "2026-05-14")
    assert office.receptions()[-1].ruled_on == date(2027, 4, 15)
    said = live(set_clock, "2026-05-15")
    assert any("排到2027-05-15，接待1次" in one for one in said)
    assert office.receptions()[-1].ruled_on == date(2027, 5, 15)
    before = len(office.receptions())
    live(set_clock, "2026-05-15")
    assert len(office.receptions()) == before


def test_the_calendar_moves_a_reception_and_tells_who_sits_there(app: Flask, office: Place, set_clock):
    """The office enters 15 June 2026 as a rest day: the reception moves to the 16th; people are told."""
    clerk = office.actor("clerk")
    values = {"day": date(2026, 6, 15), "kind": "rest", "name": "抗旱放假", "source": "区政府通知"}
    calendar_actions.set_day(clerk, 2026, values)
    db.session.commit()
    live(set_clock, "2026-05-13")
    moved = db.session.scalars(db.select(Reception).where(Reception.ruled_on == date(2026, 6, 15))).one()
    assert moved.day == date(2026, 6, 16)
    changed = db.select(Notification).where(Notification.kind == "duty_slot.changed")
    assert len({one.person_id for one in db.session.scalars(changed)}) == 2
    assert not [one for one in live(set_clock, "2026-05-13") if "按日历" in one]


def test_provisional_receptions_settle_when_the_year_is_known(office: Place, set_clock):
    assert [one.provisional for one in office.receptions()][-1]
    db.session.add(CalendarYear(year=2027, source="通知", confirmed=True))
    db.session.flush()
    db.session.add(CalendarDay(year=2027, day=date(2027, 1, 1), working=False, name="元旦", source=""))
    db.session.commit()
    live(set_clock, "2026-05-13")
    db.session.expire_all()
    assert not any(one.provisional for one in office.receptions())


def test_two_slots_of_one_reception_are_two_people(office: Place):
    for one in office.receptions():
        assert len({slot.person_id for slot in one.slots}) == 2
    counts = db.session.execute(db.select(DutySlot.person_id, db.func.count()).group_by(DutySlot.person_id)).all()
    assert sorted(number for _, number in counts) == [6, 6, 6, 6]
