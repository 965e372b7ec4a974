"""A deputy's dossier: derived entries with their corrections, counts and points, objections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import joinedload

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Person
from portal.accounts.queries import holds_on
from portal.congress.directory import named
from portal.congress.models import Congress, Delegation, Seat
from portal.congress.pack_models import RuleAdoption, RulePackVersion
from portal.congress.queries import current_term
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.dossier import schemes, sources
from portal.dossier.models import Correction, Objection, ObjectionDecision
from portal.dossier.rules import Entry, counts, sealed_on
from portal.dossier.schemes import Scheme

PAGE = 40


@dataclass(frozen=True)
class Dossier:
    """One seat's year. `entries` holds dropped ones too, which do not count."""

    seat: Seat
    year: int
    entries: list[Entry]
    scheme: Scheme
    sealed: date | None

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind count."""
        return counts(self.entries)

    @property
    def points(self) -> Decimal:
        """The year's points."""
        return self.scheme.total(self.counts)

    @property
    def band(self) -> str:
        """What they are called."""
        return self.scheme.band(self.points)

    def of(self, kind: str) -> list[Entry]:
        """The entries of one kind, or all."""
        return [one for one in self.entries if not kind or one.kind == kind]

    def entry(self, key: str) -> Entry:
        """The entry of that key; raises NotFound."""
        found = next((one for one in self.entries if one.key == key), None)
        if found is None:
            raise NotFound()
        return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the seats whose dossiers this actor reads: one's own, the office those of its congress."""
    if actor.role == p.DEPUTY:
        return Seat.id == actor.capacity_id
    return Seat.body_id == actor.congress_id if actor.role == p.CLERK else false()


def seat(actor: Actor, public_id: str) -> Seat:
    """A seat whose dossier the actor reads; raises NotFound."""
    wanted = select(Seat).where(Seat.public_id == public_id, visible_to(actor)).options(*WITH_TERM)
    found = db.session.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


WITH_TERM = joinedload(Seat.person), joinedload(Seat.term), joinedload(Seat.delegation)


def own_seat(actor: Actor) -> Seat:
    """The deputy's own; raises NotFound."""
    found = db.session.get(Seat, actor.capacity_id) if actor.role == p.DEPUTY else None
    if found is None:
        raise NotFound()
    return found


def years(one: Seat) -> list[int]:
    """The years of the seat that have begun, the latest first."""
    last = min(sealed_on(one) or clock.today(), clock.today()).year
    return list(range(last, min(one.starts_on.year, last) - 1, -1))


def dossier(one: Seat, year: int) -> Dossier:
    """The seat's year, corrections applied."""
    sealed = sealed_on(one)
    derived = sources.entries([one], year, sealed)[one.id]
    return Dossier(one, year, _corrected(derived, _corrections([one.id]), year), scheme_of(one.body_id, year), sealed)


def dossiers(actor: Actor, year: int, words: str = "", delegation: str = "", after: int | None = None) -> list[Dossier]:
    """One page of the roll's dossiers, by seat; one more than PAGE when there are more."""
    term = current_term(actor.congress_id or 0, clock.today())
    wanted = select(Seat).join(Person, Person.id == Seat.person_id).where(visible_to(actor))
    wanted = wanted.where(Seat.term_id == (term.id if term else 0), holds_on(Seat, clock.today())).options(*WITH_TERM)
    if words:
        wanted = wanted.where(named(words))
    if delegation:
        wanted = wanted.join(Delegation, Delegation.id == Seat.delegation_id).where(Delegation.public_id == delegation)
    if after is not None:
        wanted = wanted.where(Seat.id > after)
    found = list(db.session.scalars(wanted.order_by(Seat.id).limit(PAGE + 1)).unique())
    derived, known = sources.entries(found, year), _corrections([one.id for one in found])
    scheme = scheme_of(actor.congress_id or 0, year)
    mine = {one.id: [row for row in known if row.seat_id == one.id] for one in found}
    return [Dossier(one, year, _corrected(derived[one.id], mine[one.id], year), scheme, None) for one in found]


def _corrections(seat_ids: Sequence[int]) -> Sequence[Correction]:
    return db.session.scalars(select(Correction).where(Correction.seat_id.in_(seat_ids)).order_by(Correction.id)).all()


def _corrected(derived: list[Entry], corrections: Sequence[Correction], year: int) -> list[Entry]:
    """The last correction of an entry counts."""
    added = [
        Entry(f"added:{one.public_id}", one.kind or "", one.day, one.title, "", "", added=True, reason=one.reason)
        for one in corrections
        if one.act == "add" and one.day is not None and one.day.year == year
    ]
    last = {one.entry: one for one in corrections if one.act != "add"}
    dropped = {key: one.reason for key, one in last.items() if one.act == "drop"}
    whole = [one.without(dropped[one.key]) if one.key in dropped else one for one in [*derived, *added]]
    return sorted(whole, key=lambda one: (one.day, one.key), reverse=True)


def scheme_of(congress_id: int, year: int) -> Scheme:
    """The scheme of the congress's rules (key `points_scheme`) on the last day of the year, or today's."""
    day = min(clock.today(), date(year, 12, 31))
    adopted = select(RuleAdoption.version_id).where(
        RuleAdoption.congress_id == congress_id, RuleAdoption.starts_on <= day
    )
    newest = adopted.order_by(RuleAdoption.starts_on.desc(), RuleAdoption.id.desc()).limit(1).scalar_subquery()
    first = select(Congress.pack_version_id).where(Congress.id == congress_id).scalar_subquery()
    version = select(RulePackVersion).where(RulePackVersion.id == func.coalesce(newest, first))
    found = db.session.scalars(version).one_or_none()
    policy = found.content["policies"].get("points_scheme") if found else None
    code = policy["value"] if policy else schemes.DEFAULT
    return schemes.shipped().get(code, schemes.shipped()[schemes.DEFAULT])


def objections(one: Seat, year: int) -> Sequence[Objection]:
    """The objections to a seat's year, the newest first."""
    wanted = select(Objection).where(Objection.seat_id == one.id, Objection.year == year)
    loaded = wanted.options(
        joinedload(Objection.decision).joinedload(ObjectionDecision.by).joinedload(Appointment.person)
    )
    return db.session.scalars(loaded.order_by(Objection.id.desc())).unique().all()


def waiting(actor: Actor) -> Sequence[Objection]:
    """Objections that the office has not answered, the oldest first."""
    if actor.role != p.CLERK:
        return []
    wanted = (
        select(Objection).join(Seat, Seat.id == Objection.seat_id).where(visible_to(actor), ~Objection.decision.has())
    )
    loaded = wanted.options(joinedload(Objection.seat).joinedload(Seat.person))
    return db.session.scalars(loaded.order_by(Objection.id).limit(PAGE)).unique().all()


def objection(actor: Actor, public_id: str) -> Objection:
    """One objection that the actor may read; raises NotFound."""
    wanted = select(Objection).join(Seat, Seat.id == Objection.seat_id).where(Objection.public_id == public_id)
    loaded = wanted.where(visible_to(actor)).options(joinedload(Objection.seat).joinedload(Seat.person))
    found = db.session.scalars(loaded).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found
