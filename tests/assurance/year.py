"""YEAR: the demo district lives through a year by clock jumps in one run (`make assure ID=YEAR`, not in `make test`).

The real load on Monday 29 December 2025; then the office's clock goes from one working day to the next, sometimes
over several, once over two weeks, and the worker does what a worker does. In the mornings people act at the pages
(year_people). Every night and every morning everything is compared with what the oracle says time must bring
(year_dates): each due date, each line of the ladder once for everybody it concerns and none besides, receipts that
count as given, ratings that lapse, what is late. Once a month somebody must find the button for every open item on
its page. In the end no job has failed, nothing has stumbled, and the log is whole.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import func, select

from portal import commands
from portal.accounts import permissions as p
from portal.audit.verify import verify
from portal.congress import deadlines
from portal.core import clock
from portal.core.db import db
from portal.demo.loading import load
from portal.jobs import night, worker
from portal.jobs import queries as jobs
from portal.notifications.models import Notification
from portal.suggestions import lateness, nightly
from portal.suggestions.models import Suggestion
from tests.assurance import harness, oracle, year_dates
from tests.assurance.year_dates import Line, Standing, Wall, standing
from tests.assurance.year_people import Act, District, Post, under_way
from tests.support.html import Page

FIRST, NIGHTS, QUICK_NIGHTS, CONTROL_NIGHTS = date(2025, 12, 29), 365, 45, 16
KINDS = ("unit_task.remind", "suggestion.remind", "unit_task.urge_rating", "unit_task.first_contact")
ACTS_A_DAY, NEW_A_WEEK = 14, 2
MOST_FAULTS = 12
PUBLISHED = date(2026, 11, 10)
NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
三、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。"""
RESTS = ((date(2027, 1, 1), 3), (date(2027, 2, 5), 7), (date(2027, 5, 1), 5))
WORKED = frozenset({date(2027, 2, 14), date(2027, 5, 8)})


class Stumbles(logging.Handler):
    """What the worker and the night complain of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, line: logging.LogRecord) -> None:
        self.said.append(f"{line.getMessage()} {line.exc_info[1] if line.exc_info else ''}"[:300])


class Year:
    """One run: the district, the clock, what was found."""

    def __init__(self, app: Flask, now: Path, seed: int):
        self.app, self.now, self.chance = app, now, random.Random(seed)
        self.people, self.staff = District(app, seed), year_dates.staff()
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.faults: list[str] = []
        self.due_lines: Counter[tuple[date, Line]] = Counter()
        self.last_line = db.session.scalar(select(func.max(Notification.id))) or 0
        self.before: Standing | None = None

    def live(self, nights: int) -> None:
        """From FIRST until that many nights have passed."""
        day, last = FIRST, FIRST + timedelta(days=nights)
        self._morning(day)
        while day < last and len(self.faults) < MOST_FAULTS:
            month, day = day.month, min(self._next(day), last)
            self._nights(day)
            self._morning(day)
            if day.month != month or day == last:
                self.faults += self._stuck()

    def _next(self, day: date) -> date:
        """The next day on which somebody is there: mostly the next working day, sometimes days later."""
        gone = 16 if (day.month, day.day) == (8, 3) else self.chance.choice((1,) * 9 + (4,))
        day += oracle.A_DAY * gone
        while not oracle.office_works(day):
            day += oracle.A_DAY
        return day

    def _set(self, day: date, hour: int) -> None:
        self.now.write_text(datetime(day.year, day.month, day.day, hour).isoformat(), encoding="utf-8")

    def _nights(self, day: date) -> None:
        """What the worker does when it looks up on that morning."""
        self._set(day, 9)
        works = list(commands.NIGHTLY)
        works.insert(works.index(nightly.remind), self._expect)
        self.counts["nights"] += night.run_due((self._remember, *works))
        worker.run_all(commands.HANDLERS)
        self._compare_lines()

    def _remember(self, _day: date) -> None:
        self.before = standing()

    def _expect(self, day: date) -> None:
        """Between what lapses and what is said: look at the one, count up the other."""
        after = standing()
        assert self.before is not None
        self.faults += year_dates.lapses(day, self.before, after, self.counts)
        lines = year_dates.reminders(day, after, self.staff)
        self.due_lines.update({(day, line): number for line, number in lines.items()})
        self.counts["reminders"] += sum(lines.values())

    def _compare_lines(self) -> None:
        told: Counter[tuple[date, Line]] = Counter()
        new = select(Notification).where(Notification.id > self.last_line).order_by(Notification.id)
        for line in db.session.scalars(new):
            self.last_line = line.id
            if line.kind in KINDS:
                told[clock.office(line.at).date(), (line.kind, line.url, line.person_id)] += 1
        for name, found in (("missing", self.due_lines - told), ("too many", told - self.due_lines)):
            self.faults += [f"{day}: {name} {number} × {line}" for (day, line), number in found.items()]
        self.due_lines.clear()
        db.session.rollback()

    def _morning(self, day: date) -> None:
        """People act; afterwards every date is right, what is late is late, and no job is left."""
        self._set(day, 10)
        stand = standing()
        late = len(db.session.scalars(select(Suggestion.id).where(lateness.late())).all())
        if late != year_dates.late(stand, day):
            self.faults.append(f"{day}: {late} are late, not {year_dates.late(stand, day)}")
        if day >= PUBLISHED and year_dates.WALL.changed is None:
            self._next_year_is_known(day)
        acts = self.people.todo(day)
        self.chance.shuffle(acts)
        for act in acts[:ACTS_A_DAY]:
            self._count(day, self.people.do(act), act.page)
        for _ in range(NEW_A_WEEK if day.weekday() == 0 else 0):
            self.counts["new"] += 1
            self._count(day, self.people.propose(self.counts["new"]), "new")
        worker.run_all(commands.HANDLERS)
        self._compare_lines()
        self.faults += [f"{day}: {said}" for said in year_dates.wrong_dates(under_way(), self.counts)]
        load_now = jobs.load()
        if load_now.waiting or load_now.parked:
            self.faults.append(f"{day}: {load_now.waiting} jobs are left, {load_now.parked} were given up")
        db.session.rollback()

    def _next_year_is_known(self, day: date) -> None:
        """One clerk enters the arrangement of 2027, another confirms it; every open date is counted anew."""
        source, path = {"source": "关于2027年部分节假日安排的通知"}, f"/rules/calendar/{day.year + 1}"
        one, other = self.people.clerks
        for act in (
            Act(one, path, "/notice", {**source, "text": NOTICE}),
            Act(other, path, "/source", {**source, "confirmed": "y"}),
        ):
            self._count(day, self.people.do(act), act.action)
        worker.run_all(commands.HANDLERS)
        wall = year_dates.WALL
        wall.rest = frozenset(first + oracle.A_DAY * n for first, days in RESTS for n in range(days))
        wall.worked, wall.changed, oracle.LAST_KNOWN = WORKED, day, day.year + 1

    def _count(self, day: date, fault: str, page: str) -> None:
        self.counts["acts"] += 1
        self.kinds[page.rpartition("/")[2].partition("?")[0]] += 1
        self.faults += [f"{day}: {fault}"] if fault else []

    def _stuck(self) -> Iterator[str]:
        """Every open item whose next step nobody finds on its page, and for which no clock runs."""
        unhappy = standing().unhappy
        movers = [(one.called, one.address, list(self._movers(one, unhappy))) for one in under_way()]
        db.session.rollback()
        for called, address, needed in movers:
            for who, step in needed:
                self.counts["buttons"] += 1
                page: Page = self.people.client(who).page(address)
                places = [*page.links, *(form.action for form in page.forms)]
                if not any(place.partition("?")[0].endswith(f"/steps/{step}") for place in places):
                    yield f"{clock.today()}: {called} is stuck, {who} finds no {step}"

    def _movers(self, suggestion: Suggestion, unhappy: Collection[int]) -> Iterator[tuple[Post, str]]:
        """Who must find which button now."""
        post, congress = self.people.post, suggestion.congress_id
        clerk = post(p.CLERK, congress)
        checked = not suggestion.session_id or suggestion.checked_at
        if suggestion.state == "submitted":
            yield (clerk, "admit") if checked else (post(p.DELEGATION, suggestion.delegation_id or 0), "check")
        elif suggestion.state == "admitted" and not suggestion.merged_into_id:
            yield clerk, "assign"
        elif suggestion.state == "second_dissatisfied":
            yield clerk, "close" if suggestion.facts_of("convened") else "convene"
        for task in suggestion.tasks if suggestion.state in year_dates.UNDER_WAY else ():
            if not task.live:
                continue
            own = {"pending": "receive", "handling": "draft_reply" if task.answers else "give_opinion"}
            if task.state in own:
                yield post(p.HANDLER, task.unit_id), own[task.state]
            elif task.state == "reply_drafted":
                waits = [one for one in task.siblings if one.role == "assist" and one.state != "opinion_given"]
                if not any(one.due >= clock.today() for one in waits):
                    yield post(p.SIGNER, task.unit_id), "bounce_reply"
            elif task.state == "return_requested":
                yield clerk, "approve_return"
            elif task.state == "replied" and task.feedback_due >= clock.today():
                seat = suggestion.lead_seat
                yield (seat.person_id, seat.id), "rate"  # type: ignore[union-attr]
            elif task.state == "done" and task.id in unhappy and task.round == 1:
                yield clerk, "rehandle"


@contextmanager
def district(engine: str) -> Iterator[tuple[Flask, Path]]:
    """The demo district as of FIRST, loaded as `flask demo` does."""
    with harness.application(engine) as app:
        now = Path(app.config["SETTINGS"].clock_file)
        now.write_text(f"{FIRST}T09:00", encoding="utf-8")
        load(clock.now())
        night.run_due(commands.NIGHTLY)
        worker.run_all(commands.HANDLERS)
        access = logging.getLogger("portal.access")
        access.disabled = True
        try:
            yield app, now
        finally:
            access.disabled = False


def run(engine: str, quick: bool, seed: int, nights: int = 0) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    nights, began, stumbles = nights or (QUICK_NIGHTS if quick else NIGHTS), time.monotonic(), Stumbles()
    known = mock.patch.multiple(oracle, LAST_KNOWN=oracle.LAST_KNOWN), mock.patch.object(year_dates, "WALL", Wall())
    with district(engine) as (app, now), known[0], known[1]:
        logging.getLogger("portal.jobs").addHandler(stumbles)
        try:
            year = Year(app, now, seed)
            year.live(nights)
        finally:
            logging.getLogger("portal.jobs").removeHandler(stumbles)
        report = verify()
        open_left = len(under_way())
        db.session.rollback()
    faults = [*year.faults, *stumbles.said, *([] if report.ok else [report.said])]
    minutes = f"{(time.monotonic() - began) / 60:.1f} minutes on {engine}"
    figure = f"{_figures(year.counts)} of {len(year.kinds)} kinds, {open_left} open at the end, {minutes}"
    return f"{figure}: {len(faults)} faults" + _first(faults), not faults and year.counts["nights"] == nights


def _figures(counts: Counter[str]) -> str:
    told = ("nights", "reminders", "dates", "deemed receipts", "lapses", "buttons", "acts")
    return ", ".join(f"{counts[name]} {name}" for name in told)


def _first(faults: Collection[str]) -> str:
    return f"; first: {next(iter(faults))}" if faults else ""


def negative_control() -> str:
    """Rest days are forgotten at the end of a period; then a rung of the ladder is left out."""
    unmoved = mock.patch.object(deadlines, "_moved", lambda day, _calendar: (day, (), ()))
    with unmoved:
        figure, ok = run("sqlite", True, 1, CONTROL_NIGHTS)
    assert not ok, figure
    ladder = deadlines.ladder_step
    skipping = mock.patch.object(
        deadlines, "ladder_step", lambda *asked: None if (step := ladder(*asked)) == "7" else step
    )
    with skipping:
        silent, ok = run("sqlite", True, 1, CONTROL_NIGHTS)
    assert not ok, silent
    return f"{figure}; without one rung: {silent.partition('; first: ')[2]}"
