"""J5: reminders exactly once per (item, kind, due, day) under four runners of which twenty are killed.

The office clock goes from one rung of pack Q's ladder to the next, over skipped days; runners are killed while the
night is under way or while its jobs are. Every handler must have each rung in the inbox once, and one letter for each
jump (settled A14, A75). The ladder is written down here by hand, not asked of the engine.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.core import clock
from portal.core.db import db
from portal.jobs import leases
from portal.jobs import queries as jobs
from portal.jobs.models import Job
from portal.notifications.models import Notification, Wish
from portal.suggestions import nightly
from portal.suggestions.handling_models import UnitTask
from tests.assurance import harness, runners
from tests.suggestions.living import SOLE, Life
from tests.support import apps
from tests.support.browser import environment_for
from tests.support.gateways import MailServer, mail_server
from tests.support.office import stand

FULL, QUICK = (40, 20), (8, 6)
DUE = date(2026, 6, 2)
# (until when the clock goes, the rungs that lie in between, what the letter of that jump says)
JUMPS = (
    ("2026-05-18T09:00", ("05-18",), "还有15天"),
    ("2026-05-27T10:00", ("05-26",), "还有7天"),
    ("2026-06-01T09:30", ("05-30",), "还有3天"),
    ("2026-06-04T09:00", ("06-02", "06-03", "06-04"), "逾期2天"),
)
FIRST_NIGHT = "2026-05-10"


@contextmanager
def office(engine: str, items: int, server: MailServer) -> Iterator[tuple[Flask, dict[str, str], Path, Life]]:
    """Items assigned on 2 March 2026, all due on 2 June; nights done until FIRST_NIGHT."""
    with harness.folder() as data, harness.engine_url(engine) as url:
        now = data / "clock.txt"
        now.write_text("2026-03-02T09:00", encoding="utf-8")
        app = apps.build(data, now, database_url=url)
        apps.make_tables(app)
        more = {**server.environment(), **({"DATABASE_URL": url} if url else {})}
        with app.app_context():
            life = Life(stand())
            db.session.add(Wish(person_id=life.people["housing"], mail_address="housing@example.cn", mail="reminders"))
            for _ in range(items):
                life.assigned(SOLE)
            db.session.commit()
            assert set(db.session.scalars(select(UnitTask.due))) == {DUE}
            leases.write(jobs.NIGHTLY, FIRST_NIGHT)
            db.session.commit()
            now.write_text(f"{FIRST_NIGHT}T09:00", encoding="utf-8")
            try:
                yield app, environment_for(data, "test", **more), now, life
            finally:
                db.session.remove()
                db.engine.dispose()


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    return trial(engine, *(QUICK if quick else FULL), seed, runners.WORK)


def trial(engine: str, items: int, kills: int, seed: int, command: tuple[str, ...]) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    chance = random.Random(seed)
    with mail_server() as server, office(engine, items, server) as (app, environment, now, life):
        with runners.running(app, environment, command) as pool:
            settled = pool.settle(FIRST_NIGHT)
            for number, (moment, _, _) in enumerate(JUMPS):
                now.write_text(moment, encoding="utf-8")
                for _ in range(kills * (number + 1) // len(JUMPS) - kills * number // len(JUMPS)):
                    _kill_at_night(pool, moment[:10], chance)
                settled = pool.settle(moment[:10]) and settled
        wrong = [*_inbox(life, items), *_letters(server, items)]
        figure = (
            f"{items} items, {sum(len(rungs) for _, rungs, _ in JUMPS)} rungs, 4 runners, {pool.kills} kills "
            f"({pool.hits} met work under way) on {engine}: {len(wrong)} missed or repeated"
        )
    return figure + (f"; first: {wrong[0]}" if wrong else ""), settled and not wrong


def _kill_at_night(pool: runners.Runners, day: str, chance: random.Random) -> None:
    """Kill whoever is at the night, right after it has said something; when nobody is, anybody."""
    until, said = time.monotonic() + 3, _said()
    while time.monotonic() < until:
        holder = pool.night_holder(day)
        if holder and _said() > said:
            pool.kill(chance, holder)
            pool.as_if_time_had_passed()
            return
        time.sleep(0.002)
    pool.kill(chance)


def _said() -> int:
    """How many reminders have been written down so far."""
    asked = select(func.count()).select_from(Job).where(Job.once.startswith("notify:remind:"))
    count = db.session.scalar(asked) or 0
    db.session.rollback()
    return count


def _inbox(life: Life, items: int) -> Iterator[str]:
    """Every rung of every item, once, with its own day."""
    mine = Notification.person_id == life.people["housing"], Notification.kind == "unit_task.remind"
    lines = db.session.execute(select(Notification.url, Notification.at).where(*mine)).all()
    found = Counter((url, clock.office(at).strftime("%m-%d")) for url, at in lines)
    days = [day for _, rungs, _ in JUMPS for day in rungs]
    for url in {url for url, _ in found} or {"no item"}:
        yield from (f"inbox {url} {day}: {found[url, day]} times" for day in days if found[url, day] != 1)
    if len(found) != items * len(days) or sum(found.values()) != items * len(days):
        yield f"{sum(found.values())} lines instead of {items * len(days)}"


def _letters(server: MailServer, items: int) -> Iterator[str]:
    """One letter an item and jump."""
    found = Counter(str(letter["Subject"]).partition("：")[2] for _, letter in server.letters)
    subjects = Counter(str(letter["Subject"]) for _, letter in server.letters)
    yield from (f"letter {one}: {n} times" for one, n in subjects.items() if n != 1 and "还没有登记" not in one)
    for _, _, left in JUMPS:
        if (sent := found[f"{left}，请登录办理。"]) != items:
            yield f"letters {left}: {sent} instead of {items}"


def careless() -> None:
    """A runner whose reminders have no key."""
    told = nightly.tell

    def keyless(persons: Any, kind: str, title: str, url: str, effect: str, *rest: Any, **more: Any) -> None:
        told(persons, kind, title, url, f"{effect}:{uuid.uuid4().hex[:8]}", *rest, **more)

    nightly.tell = keyless  # type: ignore[assignment]
    runners.work()


def negative_control() -> str:
    """Without a key a night that is begun again says everything twice."""
    figure, ok = trial("sqlite", 15, 4, 1, runners.careless(__name__))
    assert not ok, figure
    return figure
