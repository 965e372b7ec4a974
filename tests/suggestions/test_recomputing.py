"""A calendar that changes while suggestions are being handled (J4): counted anew, on record, told, never backwards."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.queries import history
from portal.commands import HANDLERS
from portal.congress import calendar_actions
from portal.congress.pack_models import CalendarYear
from portal.core.db import db
from portal.jobs import worker
from portal.notifications.models import Notification
from portal.suggestions.handling_models import DueDate, UnitTask
from portal.suggestions.models import Suggestion
from portal.suggestions.recomputing import recompute
from tests.suggestions.living import JOINT, Life, life

__all__ = ["life"]

# 2 June 2026, three months after 2 March, is a Tuesday.
DUE = date(2026, 6, 2)
SOURCE = "区人民政府通知〔2026〕5号"


def change(life: Life, day: date, kind: str, who: str = "clerk") -> None:
    """One edit of the calendar, and everything it sets going."""
    values = {"day": day, "kind": kind, "name": "区庆" if kind == "rest" else "", "source": SOURCE}
    calendar_actions.set_day(life.actor(who), day.year, values)
    db.session.commit()
    work()


def work() -> None:
    while worker.run_once(HANDLERS):
        pass
    db.session.expire_all()


def reload(one: Any) -> Any:
    return db.session.get_one(type(one), one.id)


def dues(task: UnitTask, rule: str = "reply") -> list[date | None]:
    return [row.due for row in task.due_dates if row.rule == rule]


def lines(person: int) -> list[str]:
    found = select(Notification.title).where(
        Notification.person_id == person, Notification.kind == "suggestion.recomputed"
    )
    return list(db.session.scalars(found))


def test_a_new_holiday_moves_the_date_on_record_and_everybody_is_told(app: Flask, life: Life) -> None:
    with app.app_context():
        suggestion = life.assigned(JOINT)
        task = life.task(suggestion)
        assert task.due == DUE
        change(life, DUE, "rest")
        task = reload(task)
        assert task.due == date(2026, 6, 3) and dues(task) == [DUE, date(2026, 6, 3)], "the old date stays readable"
        assert task.due_dates[-1].why == "2026年6月2日改为放假"
        said = "区住建局的期限由2026年6月2日（周二）改为2026年6月3日（周三）"
        assert any(said in line.said for line in history(suggestion.audit_subject))
        for name in ("zhang", "housing", "water", "clerk"):
            assert [said in line for line in lines(life.people[name])] == [True], name
        assert lines(life.people["education"]) == [] == lines(life.people["li"])


def test_an_earlier_result_never_binds(app: Flask, life: Life, set_clock: Callable[[str], None]) -> None:
    with app.app_context():
        change(life, DUE, "rest")
        task = life.task(life.assigned())
        assert task.due == date(2026, 6, 3)
        db.session.commit()
        set_clock("2026-06-03T09:00")
        change(life, DUE, "plain")
        task = reload(task)
        assert task.due == date(2026, 6, 3), "on the last day nobody is late backwards"
        assert lines(life.people["housing"]) == []


def test_doing_it_twice_changes_nothing_more(app: Flask, life: Life) -> None:
    with app.app_context():
        suggestion = life.assigned()
        change(life, DUE, "rest")
        recompute({"edition": "again", "said": "再算一遍", "suggestions": [suggestion.id]})
        assert len(dues(reload(life.task(reload(suggestion))))) == 2
        assert len(lines(life.people["housing"])) == 1


def test_the_days_for_rating_move_too_and_what_is_closed_does_not(app: Flask, life: Life) -> None:
    with app.app_context():
        replied, closed = life.assigned(), life.closed()
        task = life.replied(life.task(replied))
        before = task.feedback_due, life.task(closed).feedback_due
        assert before[0] == before[1] == date(2026, 3, 23)
        change(life, date(2026, 3, 23), "rest")
        task, other = reload(task), reload(life.task(reload(closed)))
        assert task.feedback_due == date(2026, 3, 24) and len(dues(task, "feedback")) == 2
        assert other.feedback_due == date(2026, 3, 23) and len(dues(other, "feedback")) == 1
        assert any("评价期限由2026年3月23日" in line for line in lines(life.people["zhang"]))
        assert len(dues(task)) == 1, "the reply is given: its date is history"


def test_the_offices_own_date_to_assign_moves_too(app: Flask, life: Life) -> None:
    with app.app_context():
        waiting = life.admitted()
        assert waiting.assign_due == date(2026, 3, 9)
        change(life, date(2026, 3, 9), "rest")
        assert reload(waiting).assign_due == date(2026, 3, 10)
        assert any("交办期限" in line for line in lines(life.people["clerk"]))


def test_a_year_that_becomes_known_takes_the_provisional_mark_away(
    app: Flask, life: Life, set_clock: Callable[[str], None]
) -> None:
    with app.app_context():
        set_clock("2026-11-09T09:00")
        suggestion = life.assigned()
        task = life.task(suggestion)
        assert (task.due, task.due_provisional) == (date(2027, 2, 9), True)
        db.session.commit()
        change(life, date(2027, 2, 9), "rest")
        assert reload(task).due == date(2027, 2, 9), "what nobody has confirmed does not count yet"
        assert reload(task).due_provisional
        calendar_actions.set_year(life.actor("clerk2"), 2027, SOURCE, confirmed=True)
        db.session.commit()
        work()
        task = reload(task)
        assert (task.due, task.due_provisional) == (date(2027, 2, 10), False)
        assert any("由2027年2月9日（周二）改为2027年2月10日（周三）" in line for line in lines(life.people["housing"]))
        rows = db.session.scalars(select(DueDate).where(DueDate.task_id == task.id)).all()
        assert [row.record["provisional"] for row in rows if row.record] == [True, False]


def test_a_date_that_holds_is_said_to_be_sure(app: Flask, life: Life, set_clock: Callable[[str], None]) -> None:
    with app.app_context():
        set_clock("2026-11-09T09:00")
        task = life.task(life.assigned())
        change(life, date(2027, 1, 1), "rest")
        calendar_actions.set_year(life.actor("clerk2"), 2027, SOURCE, confirmed=True)
        db.session.commit()
        work()
        assert (reload(task).due, reload(task).due_provisional) == (date(2027, 2, 9), False)
        assert any("不再是暂定" in line for line in lines(life.people["housing"]))


def test_a_year_put_back_to_provisional_marks_the_open_dates(app: Flask, life: Life) -> None:
    with app.app_context():
        task = life.task(life.assigned())
        known = db.session.get_one(CalendarYear, 2026)
        calendar_actions.set_year(life.actor("clerk"), 2026, known.source, confirmed=False)
        db.session.commit()
        work()
        assert (reload(task).due, reload(task).due_provisional) == (DUE, True)


@pytest.mark.parametrize("many", [60])
def test_more_than_a_handful_are_all_reached(app: Flask, life: Life, many: int) -> None:
    with app.app_context():
        first = life.assigned()
        for number in range(many):
            life.submitted(title=f"关于第{number}处停车位的建议")
        db.session.commit()
        change(life, date(2026, 3, 9), "rest")
        waiting = db.session.scalars(select(Suggestion.assign_due).where(Suggestion.state == "submitted"))
        assert set(waiting) == {date(2026, 3, 10)}
        assert reload(first).state == "assigned"


def test_a_part_whose_return_is_being_decided_is_counted_anew(app: Flask, life: Life) -> None:
    with app.app_context():
        task = life.act("housing", life.task(life.assigned()), "receive")
        life.act("housing", task, "request_return", unit=life.bodies["education"], reason="这件不属于本单位职责范围。")
        change(life, DUE, "rest")
        assert reload(task).due == date(2026, 6, 3)


def test_a_part_that_another_unit_took_over_is_left_alone(app: Flask, life: Life) -> None:
    with app.app_context():
        suggestion = life.assigned()
        old = life.task(suggestion)
        life.take("clerk", suggestion, "adjust", replaces=old.public_id, unit=life.bodies["education"], reason="分工调整。")
        change(life, DUE, "rest")
        fresh = life.task(reload(suggestion), "education")
        assert (reload(old).due, fresh.due) == (DUE, date(2026, 6, 3))
        assert not any("区住建局的期限" in line for line in lines(life.people["clerk"]))
