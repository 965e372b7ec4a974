"""Questions about matters. Every read goes through `visible_to(actor)`, one SQL condition; never by a bare id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql import false, true

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body, Person
from portal.accounts.statements import numbers, per_role
from portal.congress.models import Congress, Seat
from portal.congress.pack_models import RulePackVersion
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.matters.models import Matter, MatterEntry, MatterFile

PAGE = 50
OPEN = ("new", "triaged", "answered_on_spot", "forwarded", "handling", "answered", "converted", "not_accepted")
TO_TELL = ("answered_on_spot", "answered", "not_accepted")
OVER = ("fed_back", "closed")
KEEPER, HOLDER = aliased(Body, name="keeper"), aliased(Body, name="holder")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the matters this actor may read. What is not visible does not exist for them."""
    rule = _VISIBLE.get(actor.role)
    return rule(actor) if rule else false()


def _to_clerk(actor: Actor) -> ColumnElement[bool]:
    # A township's clerk: their own congress's, and what the district has passed on to it.
    return or_(Matter.congress_id == actor.congress_id, Matter.with_body_id == actor.body_id)


def _to_station(actor: Actor) -> ColumnElement[bool]:
    return or_(Matter.keeper_id == actor.body_id, Matter.with_body_id == actor.body_id)


def _to_deputy(actor: Actor) -> ColumnElement[bool]:
    return or_(Matter.with_seat_id == actor.capacity_id, Matter.raised_by_id == actor.capacity_id)


def _to_unit(actor: Actor) -> ColumnElement[bool]:
    return Matter.with_body_id == actor.unit_id


def _to_leader(actor: Actor) -> ColumnElement[bool]:
    return Matter.congress_id == actor.congress_id


def _to_raiser(actor: Actor) -> ColumnElement[bool]:
    return Matter.raised_by_id == actor.capacity_id


_VISIBLE = {
    **{p.CLERK: _to_clerk, p.STATION: _to_station, p.DEPUTY: _to_deputy, p.LEADER: _to_leader},
    **{p.HANDLER: _to_unit, p.SIGNER: _to_unit, p.SC_MEMBER: _to_raiser},
}


def get_visible(actor: Actor, public_id: str) -> Matter:
    """The matter with everything its page shows, in a constant number of statements; raises NotFound."""
    found = db.session.scalars(_whole(actor), {"id": public_id, **numbers(actor)})
    matter = found.unique().one_or_none()
    if matter is None:
        raise NotFound()
    return matter


@per_role
def _whole(asking: Actor) -> Select[Any]:
    return (
        select(Matter)
        .where(Matter.public_id == bindparam("id"), visible_to(asking))
        .options(
            joinedload(Matter.pack_version).load_only(RulePackVersion.digest),
            joinedload(Matter.congress).joinedload(Congress.pack_version).load_only(RulePackVersion.digest),
            joinedload(Matter.keeper),
            joinedload(Matter.with_body),
            joinedload(Matter.with_seat).joinedload(Seat.person),
            joinedload(Matter.raised_by).joinedload(Appointment.person),
            joinedload(Matter.files).joinedload(MatterFile.document),
            selectinload(Matter.entries).joinedload(MatterEntry.by).joinedload(Appointment.person),
        )
    )


def of_origin(source: str, origin_ids: Sequence[int]) -> Sequence[Matter]:
    """The matters that came from these rows of a source, in the order of raising. Not scoped: its domain has asked."""
    here = Matter.source == source, Matter.origin_id.in_(list(origin_ids))
    return db.session.scalars(select(Matter).where(*here).order_by(Matter.id)).all()


def of_suggestion(suggestion_id: int) -> Sequence[Matter]:
    """The voices that a suggestion was written from, in the order of raising. Not scoped."""
    return db.session.scalars(
        select(Matter)
        .where(Matter.suggestion_id == suggestion_id)
        .options(joinedload(Matter.keeper))
        .order_by(Matter.id)
    ).all()


class Line(NamedTuple):
    """One row of a list."""

    public_id: str
    state: str
    title: str
    source: str
    keeper: str
    holder: str | None
    holding_deputy: str | None
    raised_on: date
    due: date | None
    provisional: bool
    outcome: str | None
    pack_version_id: int | None
    key: int


def late() -> ColumnElement[bool]:
    """SQL: the due date of its stage has passed; a 暂定 date makes nothing late (settled A27)."""
    return and_(Matter.state.in_(OPEN), Matter.due < clock.today(), Matter.due_provisional.is_(False))


DESKS: Mapping[str, Any] = {
    "open": lambda: Matter.state.in_(OPEN),
    "new": lambda: Matter.state == "new",
    "triaged": lambda: Matter.state == "triaged",
    "handling": lambda: Matter.state.in_(("forwarded", "handling", "converted")),
    "telling": lambda: or_(Matter.state.in_(TO_TELL), and_(Matter.state == "converted", Matter.due.is_not(None))),
    "late": late,
    "over": lambda: Matter.state.in_(OVER),
    "all": lambda: true(),
}


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for: a desk, words in the title, a source, and where the page starts."""

    desk: str = "open"
    words: str = ""
    source: str = ""
    after: int | None = None


def listed(actor: Actor, wanted: Wanted, size: int = PAGE) -> list[Line]:
    """One page of lines (one more than `size` when there is a next page), in one statement, newest first."""
    statement = _page(actor, wanted.desk if wanted.desk in DESKS else "open")
    if wanted.words:
        statement = statement.where(Matter.title.contains(wanted.words, autoescape=True))
    if wanted.source:
        statement = statement.where(Matter.source == wanted.source)
    if wanted.after is not None:
        statement = statement.where(Matter.id < wanted.after)
    return [Line._make(row) for row in db.session.execute(statement, {"most": size + 1, **numbers(actor)})]


@per_role
def _page(asking: Actor, desk: str) -> Select[Any]:
    lines = LINES.where(visible_to(asking), DESKS[desk]())
    return lines.order_by(Matter.id.desc()).limit(bindparam("most", type_=Integer()))


LINES: Any = (
    select(
        Matter.public_id,
        Matter.state,
        Matter.title,
        Matter.source,
        func.coalesce(KEEPER.short_name, KEEPER.name).label("keeper"),
        func.coalesce(HOLDER.short_name, HOLDER.name).label("holder"),
        Person.name.label("holding_deputy"),
        Matter.raised_on,
        Matter.due,
        Matter.due_provisional.label("provisional"),
        Matter.outcome,
        Matter.pack_version_id,
        Matter.id.label("key"),
    )
    .join(KEEPER, KEEPER.id == Matter.keeper_id)
    .join(HOLDER, HOLDER.id == Matter.with_body_id, isouter=True)
    .join(Seat, Seat.id == Matter.with_seat_id, isouter=True)
    .join(Person, Person.id == Seat.person_id, isouter=True)
)


def desk_counts(actor: Actor) -> dict[str, int]:
    """What lies on each desk of a keeper; equal to the lengths of the desks' lists."""
    row = db.session.execute(_counts(actor), numbers(actor)).one()
    return dict(row._mapping)


@per_role
def _counts(asking: Actor) -> Select[*tuple[Any, ...]]:
    names = [name for name in DESKS if name not in ("over", "all")]
    columns = [func.count().filter(DESKS[name]()).label(name) for name in names]
    return select(*columns).select_from(Matter).where(visible_to(asking), Matter.state.in_(OPEN))


def counting_new(asking: Actor) -> Select[Any]:
    """The statement that counts what a keeper has to triage, for the menu."""
    return select(func.count(Matter.id)).where(visible_to(asking), Matter.state == "new")


WAITING_AT_MOST = 40


def candidates(actor: Actor) -> Sequence[Matter]:
    """What may wait for this actor, the most urgent first, with all that the step table asks of it."""
    return db.session.scalars(_candidates(actor), numbers(actor)).unique().all()


@per_role
def _candidates(asking: Actor) -> Select[Any]:
    return (
        select(Matter)
        .where(visible_to(asking), Matter.state.in_((*OPEN, "fed_back")))
        .options(
            joinedload(Matter.keeper),
            joinedload(Matter.pack_version).load_only(RulePackVersion.digest),
            joinedload(Matter.congress).joinedload(Congress.pack_version).load_only(RulePackVersion.digest),
        )
        .order_by(Matter.due.is_(None), Matter.due, Matter.id)
        .limit(WAITING_AT_MOST)
    )


@dataclass(frozen=True)
class PublicLine:
    """What a station's public page may say of a matter: nothing of whoever raised it."""

    title: str
    state: str
    outcome: str | None
    result: str
    holder: str
    raised_on: date
    told_on: date | None
    due: date | None
    suggestion_id: int | None


def published(keeper_id: int, most: int = 3) -> list[PublicLine]:
    """The voices of a station that its staff have given a public title, solved ones first, then the newest."""
    solved = (Matter.outcome == "solved") & Matter.state.in_(OVER)
    told = (
        select(func.max(MatterEntry.happened_on))
        .where(MatterEntry.matter_id == Matter.id, MatterEntry.step == "feed_back")
        .correlate(Matter)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Matter, told.label("told"))
        .where(Matter.keeper_id == keeper_id, Matter.public_title.is_not(None), Matter.state != "new")
        .options(joinedload(Matter.with_body), joinedload(Matter.with_seat).joinedload(Seat.person))
        .order_by(solved.desc(), Matter.id.desc())
        .limit(most)
    )
    return [_public(matter, told_on) for matter, told_on in rows]


def _public(matter: Matter, told_on: date | None) -> PublicLine:
    return PublicLine(
        title=matter.public_title or "",
        state=matter.state or "",
        outcome=matter.outcome if matter.state in OVER else None,
        result=(matter.public_result or "") if matter.state in OVER else "",
        holder=matter.holder,
        raised_on=matter.raised_on,
        told_on=told_on if matter.state in OVER else None,
        due=matter.due if matter.state in ("forwarded", "handling") else None,
        suggestion_id=matter.suggestion_id,
    )


def count_published(keeper_id: int, since: date) -> int:
    """How many voices a station has heard since a day, whatever became of them."""
    here = Matter.keeper_id == keeper_id, Matter.raised_on >= since
    return db.session.scalar(select(func.count(Matter.id)).where(*here)) or 0
