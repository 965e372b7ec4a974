"""Questions about people, their capacities and their way in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, selectinload

from portal.accounts.actor import Actor
from portal.accounts.models import Account, Appointment, Body, Person, WebSession
from portal.accounts.permissions import (
    DEPUTY,
    GRANTS,
    HANDLER,
    KEEP_ACCOUNTS,
    RESET_PASSWORDS,
    ROLE_LABELS,
    SECTION,
    SIGNER,
)
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound

PAGE = 50
UNIT_ROLES = (HANDLER, SIGNER, SECTION)
ORDER_OF_ROLES = tuple(GRANTS)

Owner = aliased(Appointment, name="owner")
OwnerPerson = aliased(Person, name="owner_person")


@dataclass(frozen=True)
class Capacity:
    """One way in which a person may act today; `id` is the public one, for forms."""

    key: int
    id: str
    label: str
    actor: Actor

    @property
    def lent(self) -> bool:
        """Whether it is somebody else's, lent for a period (AB 角)."""
        return bool(self.actor.on_behalf_of)


@dataclass(frozen=True)
class Standing:
    """What every request must know about the person signed in, read in one statement."""

    person_id: int
    person_public_id: str
    name: str
    username: str
    theme: str
    large_type: bool
    must_change: bool
    demo: bool
    password_changed_at: datetime | None
    capacities: tuple[Capacity, ...]

    def capacity(self, key: int | None) -> Capacity | None:
        """The capacity of this number if it is still held, else the first one; None when nothing is held."""
        for one in self.capacities:
            if one.key == key:
                return one
        return self.capacities[0] if self.capacities else None


def holds_on(appointment: type[Appointment], day: date) -> ColumnElement[bool]:
    """SQL: the appointment runs on `day`, its first and last day included, and was not ended before its time."""
    open_ended = or_(appointment.ends_on.is_(None), appointment.ends_on >= day)
    return and_(appointment.starts_on <= day, open_ended, appointment.ended_at.is_(None))


def acts_on(appointment: type[Appointment], day: date) -> ColumnElement[bool]:
    """SQL: it runs on `day` and does not rest then (代表法 61): its holder may sign, not only read."""
    rests = and_(appointment.rests_from.is_not(None), appointment.rests_from <= day)
    back = and_(appointment.back_on.is_not(None), appointment.back_on <= day)
    return and_(holds_on(appointment, day), or_(~rests, back))


def reads_on(appointment: type[Appointment], day: date) -> ColumnElement[bool]:
    """SQL: its time is over by `day`, but its holder may still read what is their own."""
    return and_(appointment.ends_on < day, appointment.reads_until >= day, appointment.ended_at.is_(None))


def standing(person_id: int, day: date) -> Standing | None:
    """Who the person is and in which capacities they may act on `day`; None when the account is disabled or gone."""
    rows = db.session.execute(STANDING, {"day": day, "person": person_id}).all()
    if not rows or rows[0].disabled:
        return None
    first = rows[0]
    return Standing(
        person_id=first.person_id,
        person_public_id=first.person_public_id,
        name=first.person_name,
        username=first.username,
        theme=first.theme,
        large_type=first.large_type,
        must_change=first.must_change,
        demo=first.demo,
        password_changed_at=first.password_changed_at,
        capacities=_in_order(row for row in rows if row.id is not None),
    )


def capacities(person_id: int, day: date) -> tuple[Capacity, ...]:
    """The capacities a person may act in on `day`, own ones before lent ones; none when the account is disabled."""
    known = standing(person_id, day)
    return known.capacities if known else ()


def is_running(appointment: Appointment, day: date) -> bool:
    """holds_on() for a loaded row."""
    ends = appointment.ends_on
    return appointment.starts_on <= day and (ends is None or ends >= day) and appointment.ended_at is None


def reach(person_id: int, day: date) -> set[tuple[str, int | None]]:
    """The (role, congress) pairs a person holds on `day` or later, lent ones included."""
    congress = case((Body.kind == "congress", Body.id), else_=Body.congress_id)
    later = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day)
    rows = db.session.execute(
        select(Appointment.role, congress)
        .join(Body, Body.id == Appointment.body_id)
        .where(Appointment.person_id == person_id, later, Appointment.ended_at.is_(None))
    )
    return {(role, congress_id) for role, congress_id in rows}


def _standing() -> Select[*tuple[Any, ...]]:
    day: Any = bindparam("day", type_=Date())
    held = or_(holds_on(Appointment, day), reads_on(Appointment, day))
    running = and_(Appointment.person_id == Person.id, held)
    still_lendable = or_(Appointment.deputises_for_id.is_(None), and_(Owner.id.is_not(None), holds_on(Owner, day)))
    return (
        select(
            Person.id.label("person_id"),
            Person.public_id.label("person_public_id"),
            Person.name.label("person_name"),
            Person.theme,
            Person.large_type,
            Account.username,
            Account.disabled,
            Account.must_change,
            Account.demo,
            Account.password_changed_at,
            Appointment.id,
            Appointment.public_id,
            Appointment.role,
            Appointment.title,
            acts_on(Appointment, day).label("acts"),
            reads_on(Appointment, day).label("over"),
            Body.id.label("body_id"),
            Body.kind.label("body_kind"),
            Body.name.label("body_name"),
            Body.short_name,
            Body.congress_id,
            Body.superior_id,
            OwnerPerson.name.label("owner_name"),
            still_lendable.label("still_lendable"),
        )
        .select_from(Account)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Appointment, running)
        .outerjoin(Body, Body.id == Appointment.body_id)
        .outerjoin(Owner, Owner.id == Appointment.deputises_for_id)
        .outerjoin(OwnerPerson, OwnerPerson.id == Owner.person_id)
        .where(Account.person_id == bindparam("person"))
    )


STANDING = _standing()  # every request asks it, so it is made once


@dataclass(frozen=True)
class AccountRow:
    """One line of the list of accounts."""

    id: str
    name: str
    username: str
    standing: str
    signed_in_at: datetime | None
    capacities: tuple[str, ...]


def accounts(actor: Actor, words: str = "", standing: str = "", page: int = 1) -> tuple[list[AccountRow], int]:
    """One page of the accounts this actor looks after, by name, and how many there are in all."""
    wanted = select(Person, Account).join(Account, Account.person_id == Person.id).where(visible_to(actor))
    if words:
        likeness = [column.contains(words.lower(), autoescape=True) for column in (Account.username, Person.sort_name)]
        wanted = wanted.where(or_(Person.name.contains(words, autoescape=True), *likeness))
    if standing in STANDINGS:
        wanted = wanted.where(STANDINGS[standing])
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(Person.sort_name, Person.id).offset((page - 1) * PAGE).limit(PAGE)
    found = db.session.execute(ordered).all()
    held = _labels([person.id for person, _ in found], clock.today())
    return [_row(person, account, held) for person, account in found], total


STANDINGS = {
    "open": and_(Account.disabled.is_(False), Account.password_changed_at.is_not(None)),
    "unused": and_(Account.disabled.is_(False), Account.password_changed_at.is_(None)),
    "waiting": and_(Account.disabled, Account.password_changed_at.is_(None)),
    "disabled": and_(Account.disabled, Account.password_changed_at.is_not(None)),
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the persons whose accounts this actor looks after; administrators all, clerks their deputies."""
    if actor.may(KEEP_ACCOUNTS):
        return true()
    if not actor.may(RESET_PASSWORDS):
        return false()
    # Who was elected for the next term counts already: the slip is handed over before the first session.
    not_over = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= clock.today())
    here = Appointment.role == DEPUTY, Appointment.body_id == actor.congress_id, Appointment.ended_at.is_(None)
    return Person.id.in_(select(Appointment.person_id).where(*here, not_over))


def person_visible(actor: Actor, public_id: str) -> Person:
    """The person of this public id if the actor looks after their account; NotFound otherwise."""
    person = db.session.scalar(select(Person).where(Person.public_id == public_id, visible_to(actor)))
    if person is None or person.account is None:
        raise NotFound()
    return person


def own_person(person_id: int) -> Person:
    """The person's own row, for their own page."""
    return db.session.scalars(select(Person).where(Person.id == person_id)).one()


def has_no_password(person_id: int) -> bool:
    """Whether the person came in by a slip and has yet to choose a password."""
    return db.session.scalar(select(Account.password_hash).where(Account.person_id == person_id)) is None


def appointments_of(person_id: int) -> list[Appointment]:
    """All appointments a person ever held, the newest first."""
    mine = select(Appointment).where(Appointment.person_id == person_id).options(selectinload(Appointment.body))
    return list(db.session.scalars(mine.order_by(Appointment.starts_on.desc(), Appointment.id.desc())))


def colleagues(appointment: Appointment, day: date) -> list[Appointment]:
    """Others who hold the same role in the same body on `day`: to whom open items can be handed over."""
    alike = and_(Appointment.role == appointment.role, Appointment.body_id == appointment.body_id)
    return list(
        db.session.scalars(
            select(Appointment)
            .join(Person, Person.id == Appointment.person_id)
            .where(alike, holds_on(Appointment, day), Appointment.person_id != appointment.person_id)
            .where(Appointment.deputises_for_id.is_(None))
            .order_by(Person.sort_name)
        )
    )


def _within(bodies: Collection[int]) -> ColumnElement[bool]:
    """SQL: one of the bodies, or a section inside one. Towns and stations are below a congress and no part of it."""
    return or_(Body.id.in_(bodies), and_(Body.superior_id.in_(bodies), Body.kind.not_in(("congress", "station"))))


def appointed(roles: Iterable[str], bodies: Collection[int]) -> list[int]:
    """Persons holding one of the roles today for one of the bodies or for a section inside."""
    here = select(Appointment.person_id).join(Body, Body.id == Appointment.body_id)
    wanted = Appointment.role.in_(list(roles)), _within(bodies), holds_on(Appointment, clock.today())
    return list(db.session.scalars(here.where(*wanted)))


def body_mates(appointment: Appointment) -> list[tuple[str, str, str]]:
    """Who may deputise (AB 角): others with an account in the same body, its sections, for a section the unit above.

    (public id of the person, name, role) by name, one line per person.
    """
    home = appointment.body.superior_id if appointment.role == SECTION else None
    homes = tuple(one for one in (appointment.body_id, home) if one)
    near = select(Body.id).where(_within(homes))
    rows = db.session.execute(
        select(Person.public_id, Person.name, func.min(Appointment.role))
        .join(Account, Account.person_id == Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.body_id.in_(near), Appointment.role != DEPUTY, holds_on(Appointment, clock.today()))
        .where(Account.disabled.is_(False), Person.id != appointment.person_id)
        .group_by(Person.id, Person.public_id, Person.name, Person.sort_name)
        .order_by(Person.sort_name, Person.id)
    )
    return [(public_id, name, role) for public_id, name, role in rows]


def person(public_id: str) -> Person:
    """The person of this public id; NotFound otherwise. Whether the reader may see them is asked by the caller."""
    found = db.session.scalar(select(Person).where(Person.public_id == public_id))
    if found is None:
        raise NotFound()
    return found


def bodies_to_appoint(words: str = "") -> list[tuple[str, str]]:
    """(public id, name) of every body that runs, for choosing where somebody is appointed."""
    running = or_(Body.ends_on.is_(None), Body.ends_on >= clock.today())
    rows = db.session.execute(select(Body.public_id, Body.name).where(running).order_by(Body.kind, Body.order, Body.id))
    return [(public_id, name) for public_id, name in rows if words in name]


def body(public_id: str) -> Body:
    """The body of this public id; NotFound otherwise."""
    found = db.session.scalar(select(Body).where(Body.public_id == public_id))
    if found is None:
        raise NotFound()
    return found


def own_sessions(person_id: int, alive: ColumnElement[bool]) -> list[WebSession]:
    """The person's sessions that are still good, the last one used first."""
    mine = select(WebSession).where(WebSession.person_id == person_id, alive)
    return list(db.session.scalars(mine.order_by(WebSession.seen_at.desc())))


def demo_accounts() -> list[tuple[str, str, str, str]]:
    """(user name, person, role, body) of every demonstration account, for the demo profile's sign-in page."""
    day = clock.today()
    rows = db.session.execute(
        select(Account.username, Person.name, Appointment.role, func.coalesce(Body.short_name, Body.name))
        .select_from(Account)
        .join(Person, Person.id == Account.person_id)
        .join(Appointment, and_(Appointment.person_id == Person.id, holds_on(Appointment, day)))
        .join(Body, Body.id == Appointment.body_id)
        .where(Account.demo, Account.disabled.is_(False), Appointment.deputises_for_id.is_(None))
        .order_by(Account.id, Appointment.id)
    )
    return [(username, name, role, called) for username, name, role, called in rows]


def _labels(person_ids: Sequence[int], day: date) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Appointment.person_id, Appointment.role, func.coalesce(Body.short_name, Body.name))
        .join(Body, Body.id == Appointment.body_id)
        .where(Appointment.person_id.in_(person_ids), holds_on(Appointment, day))
        .order_by(Appointment.id)
    )
    for person_id, role, called in rows:
        held.setdefault(person_id, []).append(f"{called}　{ROLE_LABELS.get(role, '')}")
    return held


def _row(person: Person, account: Account, held: dict[int, list[str]]) -> AccountRow:
    return AccountRow(
        person.public_id,
        person.name,
        account.username,
        account.standing,
        account.signed_in_at,
        tuple(held.get(person.id, ())),
    )


def _in_order(rows: Iterable[Row]) -> tuple[Capacity, ...]:
    held = [_capacity(row) for row in rows if row.still_lendable and row.role in GRANTS]
    order = {role: place for place, role in enumerate(ORDER_OF_ROLES)}
    return tuple(sorted(held, key=lambda one: (one.actor.term_over, one.lent, order[one.actor.role], one.key)))


def _capacity(row: Row) -> Capacity:
    who = Actor(
        person_id=row.person_id,
        name=row.person_name,
        role=row.role,
        capacity_id=row.id,
        body_id=row.body_id,
        body_kind=row.body_kind,
        body_name=row.short_name or row.body_name,
        congress_id=row.body_id if row.body_kind == "congress" else row.congress_id,
        unit_id=(row.superior_id or row.body_id) if row.role in UNIT_ROLES else None,
        seat_active=bool(row.acts),
        term_over=bool(row.over),
        on_behalf_of=row.owner_name or "",
    )
    more = f"代{row.owner_name}" if row.owner_name else f"{row.title or ''}已届满" if row.over else ""
    return Capacity(key=row.id, id=row.public_id, label=f"{who.label}（{more}）" if more else who.label, actor=who)
