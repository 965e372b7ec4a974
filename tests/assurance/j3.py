"""J3: the office's day is Shanghai's, wherever the server stands, and its clock may stumble.

For the zones UTC, Asia/Shanghai and America/Los_Angeles: acts at 23:59:59 and at 00:00:00 get the due dates of their
own days; the ladder says each rung once, also when the clock goes back two hours after every night or jumps a day
ahead; no line bears a moment that is still to come. The dates are written down by hand.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import select

from portal import commands
from portal.core import clock
from portal.core.db import db
from portal.core.errors import PortalError
from portal.jobs import night, worker
from portal.notifications.models import Notification
from portal.suggestions import lateness, queries
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.nightly import remind
from tests.assurance import harness
from tests.suggestions.living import SOLE, Life
from tests.support import apps
from tests.support.office import stand

ZONES = ("UTC", "Asia/Shanghai", "America/Los_Angeles")
# (moment of assigning, due): the day of the event is not counted; 5 June 2026 is a Friday, 6 June a Saturday
BOUNDARIES = (
    ("2026-03-02T23:59:59", date(2026, 6, 2)),
    ("2026-03-03T00:00:00", date(2026, 6, 3)),
    ("2026-03-05T23:59:59", date(2026, 6, 5)),
    ("2026-03-06T00:00:00", date(2026, 6, 8)),
)
WATCHED = BOUNDARIES[0]
RUNGS = ("05-18", "05-26", "05-30", "06-02", "06-03", "06-04")
FIRST, LAST = date(2026, 5, 15), date(2026, 6, 4)
CLOCKS = ("steady", "two hours back", "a day ahead")


@contextmanager
def zone(name: str) -> Iterator[None]:
    """The machine stands in that zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
        time.tzset()


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    wrong: list[str] = []
    ways = [(name, way) for name in ZONES for way in CLOCKS]
    for name, way in ways:
        with zone(name), harness.folder() as data, harness.engine_url(engine) as url:
            now = data / "clock.txt"
            now.write_text("2026-03-02T09:00", encoding="utf-8")
            app = apps.build(data, now, database_url=url)
            apps.make_tables(app)
            with app.app_context():
                try:
                    wrong += [f"{name}, {way}: {fault}" for fault in faults(app, now, way)]
                except PortalError as refusal:
                    wrong.append(f"{name}, {way}: refused, {refusal.fields or refusal.message}")
                db.session.remove()
                db.engine.dispose()
    first = f"; first: {wrong[0]}" if wrong else ""
    figure = f"{len(ZONES)} zones × {len(CLOCKS)} clocks, {len(BOUNDARIES)} boundaries, {len(RUNGS)} rungs on {engine}"
    return f"{figure}: {len(wrong)} faults{first}", not wrong


def faults(app: Flask, now: Path, way: str) -> Iterator[str]:
    """What is wrong with due dates, reminders and ages under this clock."""
    life = Life(stand())
    for moment, due in BOUNDARIES:
        now.write_text(moment, encoding="utf-8")
        suggestion = life.assigned(SOLE)
        db.session.commit()
        if life.task(suggestion).due != due:
            yield f"assigned at {moment}: due {life.task(suggestion).due}, not {due}"
    watched = db.session.scalars(select(UnitTask.due).order_by(UnitTask.id)).first()
    for moment in moments(way):
        now.write_text(moment.isoformat(), encoding="utf-8")
        night.run_due((remind,))
        worker.run_all(commands.HANDLERS)
        late = db.session.scalars(select(Notification).where(Notification.at > clock.now())).all()
        if late and way != "two hours back":
            yield f"at {moment} there are {len(late)} lines of a later moment"
        db.session.rollback()
    yield from _ladder(life, watched)
    yield from _red(now)


def moments(way: str) -> Iterator[datetime]:
    """When the runner looks: the last second of each day, its first, and when the night is due; and the stumbles."""
    day = FIRST
    while day <= LAST:
        midnight = datetime.combine(day, datetime.min.time())
        looks = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(minutes=5)]
        yield from looks
        if way == "two hours back":
            yield looks[-1] - timedelta(hours=2)
            yield looks[-1]
        day += timedelta(days=2 if way == "a day ahead" else 1)
    yield datetime.combine(LAST, datetime.min.time()) + timedelta(hours=9)


def _ladder(life: Life, due: date | None) -> Iterator[str]:
    """Each rung of the first item once and on its own day."""
    mine = Notification.person_id == life.people["housing"], Notification.kind == "unit_task.remind"
    said = Notification.effect.startswith(f"remind:1:{due}:")
    lines = db.session.scalars(select(Notification.at).where(*mine, said)).all()
    found = Counter(clock.office(at).strftime("%m-%d") for at in lines)
    if due != WATCHED[1] or found != Counter(RUNGS):
        yield f"reminders {sorted(found.items())}, not {RUNGS}"


def _red(now: Path) -> Iterator[str]:
    """Red from 00:00:00 of the day after, not a second earlier."""
    for moment, expected in (("2026-06-02T23:59:59", 0), ("2026-06-03T00:00:00", 1)):
        now.write_text(moment, encoding="utf-8")
        found = len(db.session.scalars(select(queries.Suggestion.id).where(lateness.late())).all())
        if found != expected:
            yield f"at {moment} {found} items are late, not {expected}"


def negative_control() -> str:
    """The day is the machine's own: a naive now()."""
    with mock.patch.object(clock, "today", lambda: clock.now().astimezone().date()):
        figure, ok = run("sqlite", True, 1)
    assert not ok, figure
    return figure
