"""Questions about the congress: sessions, seats, units, delegations."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.queries import acts_on
from portal.congress.models import Congress, Delegation, Seat, Session, Term, Unit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound

PICKED_AT_MOST = 2000


def session_on(congress_id: int, day: date) -> Session | None:
    """The session that sits on this day; None between sessions."""
    return db.session.scalar(
        select(Session)
        .join(Term)
        .where(Term.congress_id == congress_id, Session.opens_on <= day, Session.closes_on >= day)
    )


def current_term(congress_id: int, day: date) -> Term | None:
    """The term that runs on this day."""
    return db.session.scalar(
        select(Term).where(Term.congress_id == congress_id, Term.starts_on <= day).order_by(Term.number.desc()).limit(1)
    )


def roster_term(congress_id: int, day: date) -> Term | None:
    """The term that a roster entered on this day is for: the next one from the moment it was opened (换届)."""
    running = current_term(congress_id, day)
    if running is None:
        return None
    following = select(Term).where(Term.congress_id == congress_id, Term.number == running.number + 1)
    return db.session.scalar(following) or running


def congress_of(actor: Actor) -> Congress:
    """The congress the actor works in; raises NotFound."""
    congress = db.session.get(Congress, actor.congress_id)
    if congress is None:
        raise NotFound()
    return congress


def seats(congress_id: int, term_id: int | None = None) -> Sequence[Seat]:
    """Seats of a congress (of one term), with person and delegation, in pinyin order."""
    statement = (
        select(Seat)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.body_id == congress_id)
        .options(joinedload(Seat.person), joinedload(Seat.delegation), joinedload(Seat.term))
        .order_by(Person.sort_name, Person.name, Seat.id)
        .limit(PICKED_AT_MOST)
    )
    if term_id is not None:
        statement = statement.where(Seat.term_id == term_id)
    return db.session.scalars(statement).unique().all()


def seats_by_public_id(congress_id: int, public_ids: Sequence[str]) -> Sequence[Seat]:
    """The seats of this congress that bear these public ids, active ones only."""
    return db.session.scalars(
        select(Seat)
        .where(Seat.body_id == congress_id, Seat.public_id.in_(list(public_ids)), acts_on(Seat, clock.today()))
        .options(joinedload(Seat.person))
    ).all()


def units(congress_id: int) -> Sequence[Unit]:
    """The handling units of a congress, sections excluded, in the office's order."""
    return db.session.scalars(
        select(Unit)
        .where(Unit.congress_id == congress_id, Unit.superior_id.is_(None))
        .order_by(Unit.order, Unit.id)
        .limit(PICKED_AT_MOST)
    ).all()


def sections(unit_id: int) -> Sequence[Unit]:
    """The sections inside one unit."""
    return db.session.scalars(select(Unit).where(Unit.superior_id == unit_id).order_by(Unit.order, Unit.id)).all()


def delegations(congress_id: int) -> Sequence[Delegation]:
    """The delegations of a congress, in the office's order."""
    return db.session.scalars(
        select(Delegation).where(Delegation.congress_id == congress_id).order_by(Delegation.order, Delegation.id)
    ).all()


def deputy_labels(congress_id: int, term_id: int) -> list[tuple[str, str]]:
    """(public id, 姓名　代表团) of the active deputies, for picking co-signers; namesakes differ by delegation."""
    rows = db.session.execute(
        select(Seat.public_id, Person.name, Delegation.name)
        .join(Person, Person.id == Seat.person_id)
        .join(Delegation, Delegation.id == Seat.delegation_id, isouter=True)
        .where(Seat.body_id == congress_id, Seat.term_id == term_id, acts_on(Seat, clock.today()))
        .order_by(Person.sort_name, Seat.id)
        .limit(PICKED_AT_MOST)
    ).all()
    return [(public_id, f"{name}　{delegation}" if delegation else name) for public_id, name, delegation in rows]
