"""A deputy's dossier: derived entries with their corrections, counts and points, objections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body, Person
from portal.accounts.queries import holds_on
from portal.congress.directory import named
from portal.congress.models import Congress, Seat, Term
from portal.congress.pack_models import RuleAdoption, RulePackVersion
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.dossier import schemes, sources
from portal.dossier.models import Objection, ObjectionDecision
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
    return Dossier(one, year, sources.entries([one], year, sealed)[one.id], scheme_of(one.body_id, year), sealed)


def dossiers(actor: Actor, year: int, words: str = "", after: int | None = None) -> list[Dossier]:
    """One page of the roll's dossiers, by seat; one more than PAGE when there are more. Three statements.

    `words` are of a name, its pinyin or a delegation.
    """
    term = select(Term.id).where(Term.congress_id == actor.congress_id, Term.starts_on <= clock.today())
    running = term.order_by(Term.number.desc()).limit(1).scalar_subquery()
    wanted = select(Seat).join(Person, Person.id == Seat.person_id).where(visible_to(actor), Seat.term_id == running)
    wanted = wanted.where(holds_on(Seat, clock.today())).options(*WITH_TERM)
    if words:
        of = select(Body.id).where(Body.kind == "delegation", Body.name.contains(words, autoescape=True))
        wanted = wanted.where(or_(named(words), Seat.delegation_id.in_(of)))
    if after is not None:
        wanted = wanted.where(Seat.id > after)
    found = list(db.session.scalars(wanted.order_by(Seat.id).limit(PAGE + 1)).unique())
    derived, scheme = sources.entries(found, year), scheme_of(actor.congress_id or 0, year)
    return [Dossier(one, year, derived[one.id], scheme, None) for one in found]


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
