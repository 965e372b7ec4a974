"""J4: an unknown year is marked and reported, a changed calendar moves open dates later only, on record, and is told.

Missing, empty and unconfirmed years; a wrong table (a festival two days late) corrected while tasks are open; a
notice entered by one person and confirmed by another. Negative control: unknown years silently counted as weekends.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import Select, func, select

from portal.audit.queries import history
from portal.commands import HANDLERS
from portal.congress import calendar_actions, rulepacks
from portal.congress.calendar_nightly import warn_of_calendar
from portal.congress.deadlines import deadline
from portal.congress.pack import PERIODS
from portal.congress.pack_models import CalendarDay, CalendarYear
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.workdays import Calendar, span
from portal.jobs import worker
from portal.jobs.models import Job
from portal.notifications.models import Notification
from portal.suggestions.handling_models import UnitTask
from tests.assurance.harness import application
from tests.suggestions.living import Life
from tests.support.office import stand

FULL, QUICK = 2000, 300
TASKS_FULL, TASKS_QUICK = 40, 6
# The National Day of 2026 two days late, as a public table once had the Spring Festival; the make-up day left out.
LATE = [*span(date(2026, 10, 3), date(2026, 10, 9))]
MOMENTS = ("2026-07-01T09:00", "2026-07-02T09:00", "2026-07-03T09:00", "2026-07-06T09:00", "2026-07-13T09:00")
# Unconfirmed, missing, and confirmed but empty.
UNKNOWN = (2026, 2027, 2028)
SOURCE = "国办发明电〔2025〕7号"
HOLIDAY = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。"


class Count:
    """How many things were looked at."""

    def __init__(self) -> None:
        self.checks = 0

    def __call__(self, holds: bool, line: str) -> Iterator[str]:
        self.checks += 1
        if not holds:
            yield line


def unknown_years(count: Count, cases: int, chance: random.Random) -> Iterator[str]:
    """Every date that leans on a missing, empty or unconfirmed year is 暂定, and the office is told the same night."""
    db.session.get_one(CalendarYear, 2026).confirmed = False
    db.session.add(CalendarYear(year=2028, source=SOURCE, confirmed=True))
    db.session.commit()
    for number in range(cases):
        year = UNKNOWN[number % len(UNKNOWN)]
        start = date(year, 1, 1) + timedelta(days=chance.randrange(365))
        rule = chance.choice(sorted(PERIODS))
        due = deadline(rulepacks.shipped_pack("Q"), rule, start, rulepacks.calendar())
        if due.due.year == year:
            yield from count(due.provisional, f"{rule} from {start} is due {due.due} and not marked 暂定")
    for year in UNKNOWN:
        for errand in warn_of_calendar(date(year, 3, 2)):
            errand.do()  # type: ignore[operator]
        found = db.session.scalars(select(Job.payload).where(Job.kind == "notify")).all()
        warned = [one for one in found if one.get("kind") == "calendar.unknown" and f"{year}年" in one["title"]]
        yield from count(
            len(warned) == 2, f"{year} is unknown and {len(warned)} of keepers and administrators are told"
        )
    db.session.rollback()


def corrected(count: Count, life: Life, clock: Path, tasks: int) -> Iterator[str]:
    """Open tasks keep the later of both dates; a fact, an entry in the log and a line say so; closed ones stay."""
    clock.write_text(MOMENTS[0], encoding="utf-8")
    year = db.session.get_one(CalendarYear, 2026)
    october = select(CalendarDay).where(CalendarDay.day.between(date(2026, 10, 1), date(2026, 10, 31)))
    right = [(one.day, one.working, one.name) for one in db.session.scalars(october)]
    _replace(october, [(day, False, "国庆节") for day in LATE])
    year.source = "某网站"
    db.session.commit()
    opened = []
    for number in range(tasks):
        clock.write_text(MOMENTS[number % len(MOMENTS)], encoding="utf-8")
        opened.append(life.assigned(title=f"关于第{number}件事的建议"))
    closed = life.closed()
    was = {life.task(one).id: life.task(one).due for one in (*opened, closed)}
    db.session.commit()
    _replace(october, right)
    calendar_actions.set_year(life.actor("clerk"), 2026, SOURCE, confirmed=True)
    db.session.commit()
    while worker.run_once(HANDLERS):
        pass
    db.session.expire_all()
    for one in opened:
        yield from _moved_later(count, life, db.session.get_one(UnitTask, life.task(one).id), was)
    now = db.session.get_one(UnitTask, life.task(closed).id)
    yield from count(now.due == was[now.id] and len(now.due_dates) == 2, "a closed task was computed anew")


def _replace(chosen: Select[tuple[CalendarDay]], days: list[tuple[date, bool, str]]) -> None:
    for one in db.session.scalars(chosen):
        db.session.delete(one)
    db.session.flush()
    db.session.add_all(CalendarDay(year=2026, day=day, working=working, name=name) for day, working, name in days)
    db.session.flush()


def _moved_later(count: Count, life: Life, task: UnitTask, was: dict[int, date | None]) -> Iterator[str]:
    old, record = was[task.id], task.due_dates[0].record or {}
    start = date.fromisoformat(record["start"])
    fresh = deadline(task.suggestion.pack, "reply", start, rulepacks.calendar()).due
    yield from count(
        old is not None and task.due == max(old, fresh), f"from {start}: {old} became {task.due}, not {fresh}"
    )
    moved = task.due != old
    said = any("期限由" in line.said for line in history(task.suggestion.audit_subject))
    told = db.session.scalar(
        select(func.count()).where(
            Notification.kind == "suggestion.recomputed",
            Notification.person_id == life.people["housing"],
            Notification.url == task.suggestion.address,
        )
    )
    yield from count(moved == said == (told == 1) and len(task.due_dates) == 1 + moved, f"from {start}: not on record")


def two_people(count: Count, life: Life) -> Iterator[str]:
    """Who entered a year cannot confirm it; until somebody else does, it is not known."""
    calendar_actions.enter_notice(life.actor("clerk"), 2027, SOURCE, HOLIDAY)
    try:
        calendar_actions.set_year(life.actor("clerk"), 2027, SOURCE, confirmed=True)
        yield from count(False, "one person entered and confirmed a year")
    except Invalid:
        yield from count(rulepacks.calendar().provisional(date(2027, 3, 1)), "an unconfirmed year is known")
    calendar_actions.set_year(life.actor("clerk2"), 2027, SOURCE, confirmed=True)
    yield from count(not rulepacks.calendar().provisional(date(2027, 3, 1)), "a confirmed year is not known")


def faults(app: Flask, count: Count, cases: int, tasks: int, seed: int) -> Iterator[str]:
    """One line per broken promise."""
    clock = Path(app.config["SETTINGS"].clock_file)
    clock.write_text("2026-03-02T09:00", encoding="utf-8")
    life = Life(stand())
    yield from corrected(count, life, clock, tasks)
    clock.write_text("2026-03-02T09:00", encoding="utf-8")
    yield from two_people(count, life)
    db.session.rollback()
    yield from unknown_years(count, cases, random.Random(seed))


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Broken promises among all looked at."""
    count = Count()
    with application(engine) as app:
        found = list(faults(app, count, QUICK if quick else FULL, TASKS_QUICK if quick else TASKS_FULL, seed))
    first = f"; first: {found[0]}" if found else ""
    return f"{len(found)} of {count.checks} promises broken{first}", not found


def negative_control() -> str:
    """An unknown year silently treated as weekends only must be noticed; returns the first red line."""
    never = mock.Mock(return_value=False)
    with mock.patch.multiple(Calendar, provisional=never, any_provisional=never), application("sqlite") as app:
        for line in faults(app, Count(), 30, 1, 1):
            return line
    raise AssertionError("J4 stayed green with unknown years treated as weekends only")
