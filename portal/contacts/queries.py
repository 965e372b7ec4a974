"""Questions about contacts. What is not visible to the actor does not exist for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, extract, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body, Person
from portal.accounts.queries import acts_on, holds_on
from portal.congress.models import Delegation, Seat, Unit
from portal.congress.queries import current_term, deputy_labels
from portal.contacts.models import Campaign, ContactRecord, Pairing, Problem, RecordPhoto, Voter, VoterGroup
from portal.contacts.rules import ORGANS, Rhythm, rhythm, spread
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.matters.seams import Link

PAGE = 50
PICKED_AT_MOST = 500
STANDS = ("filed", "confirmed")
WEIGHED_AT_MOST = 5000
NO_QUARTERS = (0, 0, 0, 0)
Picks = Sequence[tuple[str, str]]


def organ_of(actor: Actor) -> int | None:
    """The organ that a handler, signer or committee's staff acts for."""
    return (actor.unit_id or actor.body_id) if actor.role in ORGANS else None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the records this actor may read: the office all that were filed, everybody else what concerns them."""
    filed = ContactRecord.state != "draft"
    mine = ContactRecord.written_by_id == actor.capacity_id
    if actor.role in (p.CLERK, p.LEADER):
        return or_(mine, and_(ContactRecord.congress_id == actor.congress_id, filed))
    if actor.role == p.DEPUTY:
        return or_(mine, and_(ContactRecord.seat_id == actor.capacity_id, filed))
    if actor.role == p.SC_MEMBER:
        return or_(mine, and_(ContactRecord.contactor_id == actor.capacity_id, filed))
    if actor.role in ORGANS:
        return or_(mine, and_(ContactRecord.organ_id == organ_of(actor), filed))
    if actor.role == p.DELEGATION:
        return and_(ContactRecord.place_id == actor.body_id, filed)
    return false()


def get_visible(actor: Actor, public_id: str) -> ContactRecord:
    """The record with everything its page shows; raises NotFound."""
    found = db.session.scalars(
        select(ContactRecord)
        .where(ContactRecord.public_id == public_id, visible_to(actor))
        .options(
            *WITH_NAMES,
            joinedload(ContactRecord.campaign),
            joinedload(ContactRecord.pairing),
            selectinload(ContactRecord.problems).joinedload(Problem.matter),
            selectinload(ContactRecord.photos).joinedload(RecordPhoto.document),
            selectinload(ContactRecord.answers),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


WITH_NAMES = (
    joinedload(ContactRecord.contactor).joinedload(Appointment.person),
    joinedload(ContactRecord.written_by).joinedload(Appointment.person),
    joinedload(ContactRecord.organ),
    joinedload(ContactRecord.seat).joinedload(Seat.person),
    joinedload(ContactRecord.place),
    joinedload(ContactRecord.group),
)


class Line(NamedTuple):
    """One row of a list of records, without what was said."""

    public_id: str
    state: str
    kind: str
    topic: str
    form: str
    happened_on: date
    near: str
    far: str
    persons: int
    key: int


@dataclass(frozen=True)
class Wanted:
    """What a list of records is asked for: `pairing`, `state` and words of the topic or a name."""

    words: str = ""
    state: str = ""
    kind: str = ""
    waiting: bool = False
    after: int | None = None


def listed(actor: Actor, wanted: Wanted, size: int = PAGE) -> list[Line]:
    """One page of records, the newest first; one more than `size` when there are more."""
    statement = LINES.where(visible_to(actor))
    if wanted.words:
        places = (ContactRecord.topic, CONTACTOR.name, DEPUTY.name)
        statement = statement.where(or_(*(one.contains(wanted.words, autoescape=True) for one in places)))
    if wanted.state:
        statement = statement.where(ContactRecord.state == wanted.state)
    if wanted.kind:
        statement = statement.where(ContactRecord.kind == wanted.kind)
    if wanted.waiting:
        statement = statement.where(waits_for(actor))
    if wanted.after is not None:
        statement = statement.where(ContactRecord.id < wanted.after)
    rows = db.session.execute(statement.order_by(ContactRecord.id.desc()).limit(size + 1))
    return [Line._make(row) for row in rows]


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """SQL: filed records that this actor should confirm."""
    filed = ContactRecord.state == "filed"
    if actor.role == p.DEPUTY:
        return and_(ContactRecord.seat_id == actor.capacity_id, filed)
    return and_(ContactRecord.place_id == actor.body_id, filed) if actor.role == p.DELEGATION else false()


CONTACTOR, DEPUTY = aliased(Person, name="contactor"), aliased(Person, name="deputy")
_POST, _ORGAN, _PLACE = aliased(Appointment, name="post"), aliased(Body, name="organ"), aliased(Body, name="place")
LINES = (
    select(
        ContactRecord.public_id,
        ContactRecord.state,
        ContactRecord.kind,
        ContactRecord.topic,
        ContactRecord.form,
        ContactRecord.happened_on,
        func.coalesce(CONTACTOR.name, _ORGAN.short_name, _ORGAN.name, "").label("near"),
        func.coalesce(VoterGroup.name, _PLACE.name, DEPUTY.name, "").label("far"),
        ContactRecord.persons,
        ContactRecord.id.label("key"),
    )
    .outerjoin(_POST, _POST.id == ContactRecord.contactor_id)
    .outerjoin(CONTACTOR, CONTACTOR.id == _POST.person_id)
    .outerjoin(_ORGAN, _ORGAN.id == ContactRecord.organ_id)
    .outerjoin(_PLACE, _PLACE.id == ContactRecord.place_id)
    .outerjoin(VoterGroup, VoterGroup.id == ContactRecord.group_id)
    .outerjoin(Seat, Seat.id == ContactRecord.seat_id)
    .outerjoin(DEPUTY, DEPUTY.id == Seat.person_id)
)


def waiting(actor: Actor) -> Sequence[ContactRecord]:
    """Filed records that wait for this actor's word, the oldest first; none for whoever is never asked."""
    if actor.role not in (p.DEPUTY, p.DELEGATION):
        return []
    wanted = select(ContactRecord).where(waits_for(actor)).options(*WITH_NAMES).order_by(ContactRecord.id)
    return db.session.scalars(wanted.limit(PAGE)).unique().all()


def pairings_of(actor: Actor) -> ColumnElement[bool]:
    """SQL: the pairings this actor sees: the office all, everybody else those they stand in."""
    if actor.role in (p.CLERK, p.LEADER):
        return Pairing.congress_id == actor.congress_id
    if actor.role in (p.DEPUTY, p.SC_MEMBER):
        return or_(Pairing.contactor_id == actor.capacity_id, Pairing.seat_id == actor.capacity_id)
    if actor.role in ORGANS:
        return Pairing.organ_id == organ_of(actor)
    return Pairing.place_id == actor.body_id if actor.role == p.DELEGATION else false()


@dataclass(frozen=True)
class Covered:
    """One pairing with how it stands with its quota; `quarters` counts the contacts of each quarter of the year."""

    pairing: Pairing
    rhythm: Rhythm
    quarters: tuple[int, int, int, int]


def coverage(actor: Actor, kind: str = "", own: bool = False, after: int | None = None) -> list[Covered]:
    """One page of the coverage grid: the running pairings, each with the year's contacts; two statements."""
    wanted = select(Pairing).where(pairings_of(actor), Pairing.ends_on.is_(None)).options(*PAIRED)
    if kind:
        wanted = wanted.where(Pairing.kind == kind)
    if own:
        wanted = wanted.where(or_(Pairing.contactor_id == actor.capacity_id, Pairing.organ_id == organ_of(actor)))
    if after is not None:
        wanted = wanted.where(Pairing.id > after)
    found = list(db.session.scalars(wanted.order_by(Pairing.id).limit(PAGE + 1)).unique())
    dates: dict[int, list[date]] = {one.id: [] for one in found}
    told = select(ContactRecord.pairing_id, ContactRecord.happened_on).where(
        ContactRecord.pairing_id.in_(dates), ContactRecord.state.in_(STANDS)
    )
    for pairing_id, day in db.session.execute(told):
        dates[pairing_id or 0].append(day)
    return [covered(one, dates[one.id]) for one in found]


PAIRED = (
    joinedload(Pairing.contactor).joinedload(Appointment.person),
    joinedload(Pairing.organ),
    joinedload(Pairing.seat).joinedload(Seat.person),
    joinedload(Pairing.place),
    joinedload(Pairing.group),
)


def covered(pairing: Pairing, dates: list[date]) -> Covered:
    """The pairing as its contacts leave it."""
    today = clock.today()
    quarters = [0, 0, 0, 0]
    for day in dates:
        if day.year == today.year:
            quarters[(day.month - 1) // 3] += 1
    stands = rhythm(pairing.times, pairing.starts_on, dates, today)
    return Covered(pairing, stands, tuple(quarters))  # type: ignore[arg-type]


def next_visits(actor: Actor, own: bool = False) -> tuple[list[Covered], int]:
    """Who should be contacted next, the most overdue first, of all running pairings (and how many those are).

    Pairs that met the year's quota and those with a side vacant are left out. Two statements, however many there are.
    """
    year = clock.today().year
    counts = ContactRecord.pairing_id == Pairing.id, ContactRecord.state.in_(STANDS)
    this_year = func.count(ContactRecord.id).filter(ContactRecord.happened_on >= date(year, 1, 1))
    wanted = (
        select(Pairing.id, Pairing.times, Pairing.starts_on, func.max(ContactRecord.happened_on), this_year)
        .outerjoin(ContactRecord, and_(*counts))
        .where(pairings_of(actor), Pairing.ends_on.is_(None))
        .group_by(Pairing.id, Pairing.times, Pairing.starts_on)
    )
    if own:
        wanted = wanted.where(or_(Pairing.contactor_id == actor.capacity_id, Pairing.organ_id == organ_of(actor)))
    rows = db.session.execute(wanted.limit(WEIGHED_AT_MOST)).all()
    stands = {key: spread(times, begun, last, done) for key, times, begun, last, done in rows}
    short = sorted((one.next_by, key) for key, one in stands.items() if one.done < one.times)
    first = [key for _, key in short[:PAGE]]
    loaded = select(Pairing).where(Pairing.id.in_(first)).options(*PAIRED)
    by_id = {one.id: one for one in db.session.scalars(loaded).unique()}
    due = [Covered(by_id[key], stands[key], NO_QUARTERS) for key in first if not by_id[key].vacant]
    return due, len(rows)


def pairing(actor: Actor, public_id: str) -> Pairing:
    """A pairing of the actor's congress, for the office; raises NotFound."""
    here = Pairing.public_id == public_id, Pairing.congress_id == actor.congress_id
    found = db.session.scalars(select(Pairing).where(*here).options(*PAIRED)).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


def own_groups(actor: Actor) -> Sequence[VoterGroup]:
    """The deputy's groups of voters."""
    return db.session.scalars(
        select(VoterGroup)
        .where(VoterGroup.seat_id == actor.capacity_id)
        .options(selectinload(VoterGroup.voters))
        .order_by(VoterGroup.id)
    ).all()


def own_group(actor: Actor, public_id: str) -> VoterGroup:
    """One group of this very deputy; to everybody else, the office included, it does not exist (I3)."""
    wanted = VoterGroup.public_id == public_id, VoterGroup.seat_id == actor.capacity_id
    found = db.session.scalars(select(VoterGroup).where(*wanted).options(selectinload(VoterGroup.voters))).one_or_none()
    if found is None or actor.role != p.DEPUTY:
        raise NotFound()
    return found


def own_voter(actor: Actor, public_id: str) -> Voter:
    """One voter of this very deputy's; raises NotFound."""
    found = db.session.scalars(
        select(Voter)
        .join(VoterGroup)
        .where(Voter.public_id == public_id, VoterGroup.seat_id == actor.capacity_id)
        .options(joinedload(Voter.group))
    ).one_or_none()
    if found is None or actor.role != p.DEPUTY:
        raise NotFound()
    return found


def deputies_to_pick(actor: Actor) -> Picks:
    """(public id, 姓名　代表团) of the active deputies."""
    term = current_term(actor.congress_id or 0, clock.today())
    return deputy_labels(actor.congress_id or 0, term.id) if term else []


def places_to_pick(actor: Actor) -> Picks:
    """The townships and streets: each has its delegation."""
    here = Delegation.congress_id == actor.congress_id, Delegation.ends_on.is_(None)
    rows = db.session.execute(select(Delegation.public_id, Delegation.name).where(*here).order_by(Delegation.order))
    return [(public_id, name) for public_id, name in rows]


def members(actor: Actor) -> list[Appointment]:
    """Leaders first, then the other members of the standing committee, by pinyin."""
    here = Appointment.body_id == actor.congress_id, Appointment.role.in_((p.LEADER, p.SC_MEMBER))
    rows = db.session.scalars(
        select(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(*here, acts_on(Appointment, clock.today()), Appointment.deputises_for_id.is_(None))
        .options(joinedload(Appointment.person))
        .order_by(Appointment.role, Person.sort_name, Appointment.id)
        .limit(PICKED_AT_MOST)
    )
    return list(rows.unique())


def members_to_pick(actor: Actor) -> Picks:
    """(public id, 姓名　职务) of the members."""
    return [(one.public_id, f"{one.person.name}　{one.title or p.ROLE_LABELS[one.role]}") for one in members(actor)]


def organs_to_pick(actor: Actor) -> Picks:
    """Handling units and committees of the congress."""
    here = Body.congress_id == actor.congress_id, Body.ends_on.is_(None), Body.kind.in_(("unit", "committee"))
    tops = or_(Body.kind == "committee", Body.id.in_(select(Unit.id).where(Unit.superior_id.is_(None))))
    rows = db.session.execute(select(Body.public_id, Body.name).where(*here, tops).order_by(Body.order, Body.id))
    return [(public_id, name) for public_id, name in rows]


def groups_to_pick(actor: Actor) -> Picks:
    """The deputy's own groups."""
    rows = select(VoterGroup.public_id, VoterGroup.name).where(VoterGroup.seat_id == actor.capacity_id)
    return [(public_id, name) for public_id, name in db.session.execute(rows.order_by(VoterGroup.id))]


def campaigns_to_pick(actor: Actor) -> Picks:
    """The drives whose day has come, the running one first."""
    here = Campaign.congress_id == actor.congress_id, Campaign.starts_on <= clock.today()
    rows = select(Campaign.public_id, Campaign.name).where(*here).order_by(Campaign.ends_on.desc()).limit(4)
    return [(public_id, name) for public_id, name in db.session.execute(rows)]


def seat_in(congress_id: int | None, public_id: str | None) -> Seat | None:
    """An active deputy's seat of this congress."""
    wanted = Seat.public_id == public_id, Seat.body_id == congress_id, acts_on(Seat, clock.today())
    return db.session.scalars(select(Seat).where(*wanted)).one_or_none() if public_id else None


def body_in(congress_id: int | None, public_id: str | None, *kinds: str) -> Body | None:
    """A body of this congress of one of the kinds."""
    wanted = Body.public_id == public_id, Body.congress_id == congress_id, Body.kind.in_(kinds)
    return db.session.scalars(select(Body).where(*wanted)).one_or_none() if public_id else None


def member_in(congress_id: int | None, public_id: str | None) -> Appointment | None:
    """A leader or member of this congress."""
    wanted = Appointment.public_id == public_id, Appointment.body_id == congress_id
    roles = Appointment.role.in_((p.LEADER, p.SC_MEMBER)), holds_on(Appointment, clock.today())
    return db.session.scalars(select(Appointment).where(*wanted, *roles)).one_or_none() if public_id else None


def origin(actor: Actor, record_id: int) -> Link | None:
    """The record in which a matter was heard, as this reader may see it."""
    wanted = ContactRecord.id == record_id, visible_to(actor)
    found = db.session.scalars(select(ContactRecord).where(*wanted).options(*WITH_NAMES)).one_or_none()
    if found is None:
        return None
    return Link(found.called, f"{found.near}　{found.form_words}", found.address)


def counts_by_kind(actor: Actor) -> Mapping[str, int]:
    """How many running pairings of each kind there are."""
    rows = (
        select(Pairing.kind, func.count()).where(pairings_of(actor), Pairing.ends_on.is_(None)).group_by(Pairing.kind)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def confirmed_in(seat_id: int, year: int) -> Any:
    """The deputy's own visits to voters and the contacts made with them in one year, oldest first (for the dossier)."""
    here = ContactRecord.seat_id == seat_id, ContactRecord.state.in_(STANDS)
    statement = select(ContactRecord).where(*here, extract("year", ContactRecord.happened_on) == year)
    return db.session.scalars(statement.options(*WITH_NAMES).order_by(ContactRecord.happened_on)).unique().all()
