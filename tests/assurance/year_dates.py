"""What time must bring, by the oracle and by the days on which things happened: due dates, reminders, receipts that
count as given, forms that nobody gave. Nothing is asked of the engine; the periods are written down again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, Body
from portal.congress.models import Congress, Seat, Unit
from portal.core import clock
from portal.core.db import db
from portal.suggestions.fact_models import Fact
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.assurance import oracle

OPEN = ("pending", "handling", "reply_drafted", "return_requested")
ANSWERING = ("sole", "lead", "separate")
UNDER_WAY = ("assigned", "replied", "rehandling", "second_dissatisfied")
ALSO: dict[str, oracle.Rule] = {"deemed_received": (3, "working days"), "assign_session": (1, "months")}
URGED_BEFORE = 3  # working days before the time to rate ends
BAD = "dissatisfied"

Line = tuple[str, str, int]
"""(kind of notice, address, person)."""


def place_of(suggestion: Suggestion) -> str:
    """Whose rules it began under: the demo district's own, its townships'."""
    return "TW" if suggestion.congress.level == "township" else "Q"


@dataclass
class Wall:
    """The calendar on the office's wall, once it has entered next year's arrangement on `changed`."""

    rest: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    changed: date | None = None

    def works(self, day: date) -> bool:
        return oracle.office_works(day, self.rest, self.worked)


WALL = Wall()


def counted(place: str, rule: str, start: date) -> tuple[date, bool]:
    """(the day that binds, whether it leans on an arrangement not yet published). What was counted before the day on
    which the arrangement became known is counted anew; the later date binds (settled A28)."""
    _, binding, unsure = oracle.count(place, rule, start, ALSO, WALL.rest, WALL.worked)
    if WALL.changed and start < WALL.changed:
        binding = max(binding, oracle.count(place, rule, start, ALSO)[1])
    return binding, unsure


def due_of(task: UnitTask, before: int | None = None) -> tuple[date, bool]:
    """The date of a part, from what is on record; with `before`, as it was when that fact was recorded."""
    known = [one for one in task.suggestion.facts if before is None or one.id < before]
    mine = [one for one in known if one.task_id == task.id]
    place = place_of(task.suggestion)
    longer = [one.asked for one in mine if one.kind == "extended" and one.verdict == "granted"]
    if longer:
        return longer[-1], oracle.unsettled(longer[-1])
    bounced = [one.happened_on for one in mine if one.kind == "bounce"]
    if bounced:
        return counted(place, "assist_redo", bounced[-1])
    passed_on = _passed_on(task, known)
    if task.role == "assist":
        own = counted(place, "assist", task.assigned_on)
        return min(own, due_of(_answering(task), passed_on.id)) if passed_on else own
    if passed_on:
        return due_of(passed_on.task, passed_on.id)
    again = [one.happened_on for one in known if one.kind == "rework" and one.task_id == task.follows_id]
    return counted(place, "redo", again[-1]) if again else counted(place, "reply", task.handling.assigned_on)


def _passed_on(task: UnitTask, known: list[Any]) -> Any:
    """The decision by which another unit's part came to this one."""
    began = min((one.id for one in known if one.kind == "due" and one.task_id == task.id), default=0)
    found = [one for one in known if one.kind == "returned" and one.verdict == "granted" and one.id < began]
    here = (one for one in reversed(found) if one.task.handling_id == task.handling_id and one.task_id != task.id)
    return next((one for one in here if one.unit_id == task.unit_id), None)


def _answering(task: UnitTask) -> UnitTask:
    """The part that answers in the same round, whatever became of it."""
    return next(one for one in task.suggestion.tasks if one.answers and one.handling_id == task.handling_id)


def wrong_dates(suggestions: Collection[Suggestion], checked: Counter[str]) -> Iterator[str]:
    """Every date that is not the oracle's; `checked` counts those that were compared."""
    for suggestion in suggestions:
        place, name = place_of(suggestion), suggestion.called
        if suggestion.state in ("submitted", "admitted") and suggestion.submitted_at:
            session = suggestion.session
            start = session.closes_on if session else clock.office(suggestion.submitted_at).date()
            wanted = counted(place, "assign_session" if session else "assign", start)[0]
            checked["dates"] += 1
            if suggestion.assign_due != wanted:
                yield f"{name}: to be assigned by {suggestion.assign_due}, not {wanted}"
        for task in suggestion.tasks:
            if task.live and suggestion.closed_as != "withdrawn":
                yield from (f"{name}, {task.unit.called}: {said}" for said in _wrong(task, place, checked))


def _wrong(task: UnitTask, place: str, checked: Counter[str]) -> Iterator[str]:
    checked["dates"] += 1
    if (task.due, task.due_provisional) != (wanted := due_of(task)):
        yield f"due {task.due} ({task.due_provisional}), not {wanted}"
    if task.replies:
        checked["dates"] += 1
        until = counted(place, "feedback", task.replies[-1].happened_on)[0]
        if task.feedback_due != until:
            yield f"to be rated by {task.feedback_due}, not {until}"
    if task.received_on:
        checked["dates"] += 1
        window = counted(place, "return_window", task.received_on)[0]
        if task.return_due != window:
            yield f"to be returned by {task.return_due}, not {window}"


def on_ladder(day: date, due: date) -> bool:
    """Whether a reminder of `due` bears this day."""
    return (due - day).days in oracle.LADDER or (day > due and WALL.works(day))


def _working_days_before(anchor: date, number: int) -> date:
    day = anchor
    while number:
        day -= oracle.A_DAY
        number -= WALL.works(day)
    return day


@dataclass
class Staff:
    """Persons by role and body."""

    by_role: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))

    def of(self, role: str, body: int) -> set[int]:
        return self.by_role[role, body]


def staff() -> Staff:
    """Who holds what; a handler of a section is also one of its unit."""
    found = Staff()
    for role, person, body, above, kind in db.session.execute(
        select(Appointment.role, Appointment.person_id, Body.id, Body.superior_id, Body.kind)
        .join(Body, Body.id == Appointment.body_id)
        .where(Appointment.ends_on.is_(None), Appointment.ended_at.is_(None))
    ):
        for one in {body, above if kind == "unit" else None} - {None}:
            found.by_role[role, one].add(person)
    return found


@dataclass
class Standing:
    """How everything under way stands at a moment of the night."""

    parts: dict[int, Any]
    spoken: set[int]
    unhappy: set[int]
    government: set[int]
    unassigned: list[tuple[int, date]]

    def of_suggestions(self, state: str) -> dict[int, list[Any]]:
        """Answering parts by suggestion, of those in that state."""
        found: dict[int, list[Any]] = defaultdict(list)
        for part in self.parts.values():
            if part.stands == state and part.role in ANSWERING:
                found[part.suggestion_id].append(part)
        return found


PART = (
    select(
        *(UnitTask.id, UnitTask.suggestion_id, UnitTask.role, UnitTask.state, UnitTask.due, UnitTask.due_provisional),
        *(UnitTask.feedback_due, UnitTask.assigned_on, UnitTask.dispatched_on, UnitTask.received_on, UnitTask.unit_id),
        *(Suggestion.congress_id, Suggestion.public_id, Suggestion.state.label("stands"), Seat.person_id),
        Congress.level,
    )
    .join(Suggestion, Suggestion.id == UnitTask.suggestion_id)
    .join(Congress, Congress.id == Suggestion.congress_id)
    .outerjoin(Seat, Seat.id == Suggestion.lead_seat_id)
    .where(UnitTask.ended_as.is_(None), Suggestion.pack_version_id.is_not(None), Suggestion.state.in_(UNDER_WAY))
)
WAITING = select(Suggestion.congress_id, Suggestion.assign_due).where(
    Suggestion.state.in_(("submitted", "admitted")), Suggestion.assign_due.is_not(None)
)


def standing() -> Standing:
    """Read it all, and let go of the database."""
    ask = db.session.execute
    parts = {row.id: row for row in ask(PART)}
    spoken = set(db.session.scalars(select(Fact.task_id).where(Fact.kind == "contact")))
    explained = set(db.session.scalars(select(Fact.about_id).where(Fact.kind == "explained")))
    last: dict[int, bool] = {}
    table = Fact.__table__.c
    rows = select(table.id, table.task_id, table.attitude, table.result).where(table.kind == "rating")
    for key, task, attitude, result in ask(rows.order_by(table.id)):
        last[task] = BAD in (attitude, result) and key not in explained
    government = select(UnitTask.suggestion_id).join(Unit, Unit.id == UnitTask.unit_id)
    kept = UnitTask.ended_as.is_(None) | (UnitTask.ended_as == "withdrawn")
    found = Standing(
        parts,
        spoken,
        {task for task, bad in last.items() if bad},
        set(db.session.scalars(government.where(Unit.organ == "government", kept))),
        [(row.congress_id, row.assign_due) for row in ask(WAITING)],
    )
    db.session.rollback()
    return found


def reminders(day: date, stand: Standing, people: Staff) -> Counter[Line]:
    """Every line that the date alone must bring that night."""
    lines: Counter[Line] = Counter()
    for part in stand.parts.values():
        for kind, told in _of_part(day, part, stand, people):
            lines.update((kind, f"/suggestions/{part.public_id}", person) for person in told)
    for congress in {one for one, due in stand.unassigned if on_ladder(day, due)}:
        lines.update(("suggestion.remind", "/desk/assigning", person) for person in people.of(p.CLERK, congress))
    return lines


def _of_part(day: date, part: Any, stand: Standing, people: Staff) -> Iterator[tuple[str, set[int]]]:
    unit, clerks = people.of(p.HANDLER, part.unit_id), people.of(p.CLERK, part.congress_id)
    if part.state in OPEN and on_ladder(day, part.due):
        told = unit | (people.of(p.SIGNER, part.unit_id) if part.state == "reply_drafted" else set())
        if day > part.due:
            told = told | clerks
            if part.suggestion_id in stand.government:
                told = told | people.of(p.GOV_OFFICE, part.congress_id)
        yield "unit_task.remind", told
    if part.state == "replied" and _working_days_before(part.feedback_due, URGED_BEFORE) == day:
        yield "unit_task.urge_rating", {part.person_id}
    if part.state in OPEN and part.role in ANSWERING and part.id not in stand.spoken:
        first = counted("Q", "first_contact", part.assigned_on)[0]
        if day in (first, first + oracle.A_DAY):
            yield "unit_task.first_contact", unit | (clerks if day > first else set())


def lapses(day: date, before: Standing, after: Standing, counts: Counter[str]) -> Iterator[str]:
    """What the night made of parts not received and replies not rated: on the right day, no other, none forgotten."""
    for part in before.parts.values():
        if part.state != "pending":
            continue
        due, unsure = counted(_place(part), "deemed_received", part.dispatched_on or part.assigned_on)
        now = after.parts.get(part.id)
        if not (due < day and not unsure):
            if now is None or now.state != "pending":
                yield f"{day}: part {part.id} counts as received before {due} is over"
        elif now is None or (now.state, now.received_on) != ("handling", due):
            yield f"{day}: part {part.id} must count as received on {due}, is {now and (now.state, now.received_on)}"
        else:
            counts["deemed receipts"] += 1
    left = after.of_suggestions("replied")
    for key, parts in before.of_suggestions("replied").items():
        bad = any(one.id in before.unhappy for one in parts)
        over = not bad and _over(parts, day)
        # A night that is made up for looks at the item because one part lapsed, and finds what lapsed since.
        made_up = any(_lapsed(one, day) for one in parts) and _over(parts, clock.today())
        if over == (key in left) and not (made_up and not bad and key not in left):
            yield f"{day}: suggestion {key} {'is still open' if over else 'was closed'}, {[one.state for one in parts]}"
        counts["lapses"] += over


def _place(part: Any) -> str:
    return "TW" if part.level == "township" else "Q"


def _over(parts: Collection[Any], day: date) -> bool:
    return all(one.state == "done" or _lapsed(one, day) for one in parts)


def _lapsed(part: Any, day: date) -> bool:
    return part.state == "replied" and part.feedback_due < day and not oracle.unsettled(part.feedback_due)


def late(stand: Standing, day: date) -> int:
    """How many suggestions owe a reply whose day has passed."""
    owed = (one for one in stand.parts.values() if one.role in ANSWERING and one.state in OPEN)
    return len({one.suggestion_id for one in owed if one.due < day})
