"""Where entries come from: one SELECT over all subjects, one branch each, for any number of seats."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, String, and_, case, cast, literal, null, or_, select, union_all

from portal.activities.kinds import kinds
from portal.activities.models import Activity, SignUp
from portal.congress.models import Seat
from portal.contacts.models import ContactRecord
from portal.contacts.rules import DEPUTY_VOTERS
from portal.core import clock
from portal.core.db import UTCDateTime, db
from portal.dossier.models import Correction
from portal.dossier.rules import Entry
from portal.matters.models import Matter
from portal.stations.models import DutySlot, Reception, Station
from portal.suggestions.fact_models import Rating
from portal.suggestions.models import Signature, Suggestion

NO_DAY, NO_TIME = cast(null(), Date), cast(null(), UTCDateTime)
OUT = ("draft", "not_admitted")
MARKED = ("attended", "on_leave", "absent")
ADDRESSES = {
    **dict.fromkeys(("lead", "cosign", "rate"), "/suggestions/"),
    **dict.fromkeys(("voters", "contacted"), "/contact-records/"),
    "matter": "/matters/",
    "slot": "/stations/",
    "sign_up": "/activities/",
}


class Row(NamedTuple):
    """What each branch gives: whose, from where, called what, when it happened and when that was recorded."""

    seat_id: int
    source: str
    key: str
    where: str
    title: str
    sort: str
    day: date | None
    at: datetime | None
    recorded: datetime | None
    number: int
    said: str


def entries(seats: Collection[Seat], year: int, until: date | None = None) -> dict[int, list[Entry]]:
    """The entries of one year by seat, the latest first, corrections applied, in one statement.

    What was recorded later than `until` is left out (a sealed dossier).
    """
    rows: dict[int, list[Row]] = {one.id: [] for one in seats}
    first, last = _bounds(date(year, 1, 1)), _bounds(date(year + 1, 1, 1))
    whole = union_all(*_branches(list(rows))).subquery()
    in_year = or_(
        and_(whole.c.day >= date(year, 1, 1), whole.c.day < date(year + 1, 1, 1)),
        and_(whole.c.at >= first, whole.c.at < last),
        whole.c.sort.in_(("drop", "restore")),
    )
    for values in db.session.execute(select(whole).where(in_year)):
        row = Row._make(values)
        if until is None or _recorded_by(row, until):
            rows[row.seat_id].append(row)
    return {key: _corrected(found) for key, found in rows.items()}


def _corrected(rows: list[Row]) -> list[Entry]:
    """The last correction of an entry counts; a dropped one stays, told apart."""
    fixes = sorted((row for row in rows if row.source == "fix"), key=lambda row: row.number)
    last = {row.key: row for row in fixes if row.sort != "add"}
    made = [_entry(row) for row in rows if row.source != "fix"]
    made += [
        Entry(f"added:{row.key}", row.where, _day(row), row.title, "", "", added=True, reason=row.said)
        for row in fixes
        if row.sort == "add"
    ]
    whole = [
        one.without(last[one.key].said) if one.key in last and last[one.key].sort == "drop" else one for one in made
    ]
    return sorted(whole, key=lambda one: (one.day, one.key), reverse=True)


def _bounds(day: date) -> datetime:
    return datetime.combine(day, time(), clock.OFFICE_ZONE)


def _recorded_by(row: Row, until: date) -> bool:
    return (clock.office(row.recorded).date() if row.recorded else _day(row)) <= until


def _day(row: Row) -> date:
    return row.day or clock.office(row.at).date()  # type: ignore[arg-type]


def _entry(row: Row) -> Entry:
    kind, more = row.source, ""
    if row.source == "sign_up":
        trained = row.sort in kinds() and kinds()[row.sort].training
        kind = {"on_leave": "leave", "absent": "absent"}.get(
            row.key.split(":")[0], "training" if trained else "activity"
        )
        more = f"{row.number}学时" if kind == "training" and row.number else ""
    elif row.source == "slot":
        kind = "reception" if row.sort == "held" else "missed"
    elif row.source == "voters":
        more = f"{row.number}人次"
    key = row.key.split(":")[-1]
    return Entry(f"{row.source}:{key}", kind, _day(row), row.title, more, f"{ADDRESSES[row.source]}{row.where}")


def _branches(ids: list[int]) -> list[Select[Any]]:
    derived = [*_suggestions(ids), _ratings(ids), *_contacts(ids), _matters(ids), _slots(ids), _sign_ups(ids)]
    return [*derived, _corrections(ids)]


def _branch(seat: Any, source: str, key: Any, where: Any, title: Any, **more: Any) -> Select[Any]:
    return select(
        cast(seat, Integer).label("seat_id"),
        literal(source, String).label("source"),
        cast(key, String).label("key"),
        cast(where, String).label("where"),
        cast(title, String).label("title"),
        more.get("sort", literal("", String)).label("sort"),
        more.get("day", NO_DAY).label("day"),
        more.get("at", NO_TIME).label("at"),
        more.get("recorded", NO_TIME).label("recorded"),
        more.get("number", literal(0, Integer)).label("number"),
        more.get("said", literal("", String)).label("said"),
    )


def _suggestions(ids: list[int]) -> list[Select[Any]]:
    """Admitted and not withdrawn; to the lead one, to each confirmed co-signer one."""
    stands = (
        Suggestion.admitted_on.is_not(None),
        or_(Suggestion.closed_as.is_(None), Suggestion.closed_as != "withdrawn"),
    )
    said: dict[str, Any] = {"day": Suggestion.admitted_on, "recorded": Suggestion.submitted_at}
    known = Suggestion.public_id, Suggestion.public_id, Suggestion.title
    led = _branch(Suggestion.lead_seat_id, "lead", *known, **said)
    signed = _branch(Signature.seat_id, "cosign", *known, **said)
    confirmed = Signature.seat_id.in_(ids), Signature.state == "confirmed"
    return [
        led.where(Suggestion.lead_seat_id.in_(ids), *stands),
        signed.join(Suggestion, Suggestion.id == Signature.suggestion_id).where(*confirmed, *stands),
    ]


def _ratings(ids: list[int]) -> Select[Any]:
    said: dict[str, Any] = {"day": Rating.happened_on, "recorded": Rating.created_at}
    given = _branch(Rating.by_id, "rate", Rating.public_id, Suggestion.public_id, Suggestion.title, **said)
    return given.join(Suggestion, Suggestion.id == Rating.suggestion_id).where(
        Rating.by_id.in_(ids), Rating.kind == "rating"
    )


def _contacts(ids: list[int]) -> list[Select[Any]]:
    """What the deputy confirmed: visits to voters, and contacts that members and organs made."""
    said: dict[str, Any] = {
        "day": ContactRecord.happened_on,
        "recorded": ContactRecord.filed_at,
        "number": ContactRecord.persons,
    }
    known = ContactRecord.public_id, ContactRecord.public_id, ContactRecord.topic
    stands = ContactRecord.seat_id.in_(ids), ContactRecord.state == "confirmed"
    visits, others = ContactRecord.kind == DEPUTY_VOTERS, ContactRecord.kind != DEPUTY_VOTERS
    return [
        _branch(ContactRecord.seat_id, "voters", *known, **said).where(*stands, visits),
        _branch(ContactRecord.seat_id, "contacted", *known, **said).where(*stands, others),
    ]


def _matters(ids: list[int]) -> Select[Any]:
    said: dict[str, Any] = {"day": Matter.raised_on, "recorded": Matter.created_at}
    raised = _branch(Matter.raised_by_id, "matter", Matter.public_id, Matter.public_id, Matter.title, **said)
    return raised.where(Matter.raised_by_id.in_(ids))


def _slots(ids: list[int]) -> Select[Any]:
    """Duty is a person's; it stands in the dossier of the seat in whose congress the station lies, or below it."""
    said: dict[str, Any] = {"day": Reception.day, "sort": DutySlot.state}
    held = _branch(Seat.id, "slot", DutySlot.public_id, Station.slug, Station.name, **said)
    joined = held.join(DutySlot, DutySlot.person_id == Seat.person_id).join(
        Reception, Reception.id == DutySlot.reception_id
    )
    whole = joined.join(Station, Station.id == Reception.station_id)
    return whole.where(Seat.id.in_(ids), DutySlot.state.in_(("held", "missed")), Reception.day <= clock.today())


def _sign_ups(ids: list[int]) -> Select[Any]:
    said: dict[str, Any] = {
        "at": Activity.starts_at,
        "recorded": SignUp.came_at,
        "number": Activity.hours,
        "sort": Activity.kind,
    }
    key = SignUp.state + ":" + SignUp.public_id
    marked = _branch(SignUp.capacity_id, "sign_up", key, Activity.public_id, Activity.title, **said)
    joined = marked.join(Activity, Activity.id == SignUp.activity_id)
    return joined.where(SignUp.capacity_id.in_(ids), SignUp.state.in_(MARKED))


def _corrections(ids: list[int]) -> Select[Any]:
    said: dict[str, Any] = {"day": Correction.day, "recorded": Correction.created_at, "number": Correction.id}
    key = case((Correction.act == "add", Correction.public_id), else_=Correction.entry)
    fixed = _branch(
        Correction.seat_id,
        "fix",
        key,
        Correction.kind,
        Correction.title,
        sort=Correction.act,
        said=Correction.reason,
        **said,
    )
    return fixed.where(Correction.seat_id.in_(ids))
