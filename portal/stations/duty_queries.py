"""Questions about receptions and duty slots: what comes next, who sits when, who was missed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.permissions import KEEP_STATIONS, SERVE_STATIONS
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.stations.models import DutyRule, DutySlot, Placement, Reception, Station
from portal.stations.queries import PAGE, Wanted, asked_for, placed, placing, runs, visible_to

SHOWN_AHEAD = 4
LINES_AT_MOST = 60
SITTING = ("planned", "held", "missed")
# Names alone: nothing sealed is opened for a list.
WITH_WHO = joinedload(Reception.slots).joinedload(DutySlot.person).load_only(Person.name)


def coming(station_ids: Collection[int], most: int = SHOWN_AHEAD) -> list[Reception]:
    """The next receptions of these stations, today's included, with who sits there."""
    wanted = select(Reception).where(Reception.station_id.in_(list(station_ids)), Reception.day >= clock.today())
    ordered = wanted.where(Reception.called_off_at.is_(None)).order_by(Reception.day, Reception.opens_at, Reception.id)
    return list(db.session.scalars(ordered.options(WITH_WHO).limit(most)).unique())


def next_days(station_ids: Collection[int]) -> dict[int, Reception]:
    """The next reception of each of these stations, without who sits there."""
    ahead = Reception.day >= clock.today(), Reception.called_off_at.is_(None)
    first = select(func.min(Reception.day)).where(*ahead, Reception.station_id == Station.id).correlate(Station)
    found = db.session.scalars(
        select(Reception)
        .join(Station, Station.id == Reception.station_id)
        .where(Station.id.in_(list(station_ids)), *ahead, Reception.day == first.scalar_subquery())
        .order_by(Reception.id.desc())
    )
    return {one.station_id: one for one in found}


def rules_of(station: Station) -> list[DutyRule]:
    """The duty rules that run today or begin later."""
    running = or_(DutyRule.ends_on.is_(None), DutyRule.ends_on >= clock.today())
    return list(
        db.session.scalars(select(DutyRule).where(DutyRule.station_id == station.id, running).order_by(DutyRule.id))
    )


def year_of(station: Station, first: date, last: date) -> list[Reception]:
    """The receptions from `first` to `last`, called off ones included, with who sits there."""
    wanted = select(Reception).where(Reception.station_id == station.id, Reception.day.between(first, last))
    ordered = wanted.order_by(Reception.day, Reception.opens_at, Reception.id)
    return list(db.session.scalars(ordered.options(WITH_WHO)).unique())


def sitting(reception: Reception) -> list[DutySlot]:
    """Who sits there, those on leave and those who gave their turn away left out."""
    return [slot for slot in reception.slots if slot.state in SITTING]


@dataclass(frozen=True)
class Line:
    """One station in the office's list."""

    station: Station
    deputies: int
    next: Reception | None
    missed: int
    rules: int


def listed(actor: Actor, wanted: Wanted) -> list[Line]:
    """One page of the stations the actor keeps and one more, with heads, next reception and what was missed."""
    statement = select(Station).where(visible_to(actor), *asked_for(wanted)).order_by(Station.id).limit(PAGE + 1)
    if wanted.after is not None:
        statement = statement.where(Station.id > wanted.after)
    heads = select(func.count(func.distinct(Placement.person_id))).where(
        Placement.station_id == Station.id, runs(Placement)
    )
    gone = (
        select(func.count(DutySlot.id))
        .join(Reception, Reception.id == DutySlot.reception_id)
        .where(Reception.station_id == Station.id, DutySlot.state == "missed")
        .where(Reception.day >= date(clock.today().year, 1, 1))
    )
    ruled = select(func.count(DutyRule.id)).where(DutyRule.station_id == Station.id, DutyRule.ends_on.is_(None))
    counts = [one.correlate(Station).scalar_subquery() for one in (heads, gone, ruled)]
    rows = db.session.execute(statement.add_columns(*counts)).all()
    ahead = next_days([row[0].id for row in rows])
    return [
        Line(station, deputies, ahead.get(station.id), missed, number) for station, deputies, missed, number in rows
    ]


def slots_of(actor: Actor, states: Sequence[str], *conditions: ColumnElement[bool], latest: bool) -> list[DutySlot]:
    """Duty slots in these states at the stations the actor keeps, with person, reception and station."""
    order = (Reception.day.desc(), DutySlot.id.desc()) if latest else (Reception.day, DutySlot.id)
    return list(
        db.session.scalars(
            select(DutySlot)
            .join(Reception, Reception.id == DutySlot.reception_id)
            .join(Station, Station.id == Reception.station_id)
            .where(visible_to(actor), DutySlot.state.in_(list(states)), Reception.called_off_at.is_(None), *conditions)
            .options(*WHOLE_SLOT)
            .order_by(*order)
            .limit(LINES_AT_MOST)
        )
    )


WHOLE_SLOT = (
    joinedload(DutySlot.person).load_only(Person.name),
    joinedload(DutySlot.reception).joinedload(Reception.station).joinedload(Station.superior),
    joinedload(DutySlot.offered_for).joinedload(DutySlot.person).load_only(Person.name),
)


def missed(actor: Actor) -> list[DutySlot]:
    """Who did not come this year."""
    return slots_of(actor, ["missed"], Reception.day >= date(clock.today().year, 1, 1), latest=True)


def uncovered(actor: Actor) -> list[DutySlot]:
    """Leave still to come for which nobody sits in."""
    instead = aliased(DutySlot)
    covered = select(instead.id).where(instead.instead_of_id == DutySlot.id).correlate(DutySlot).exists()
    return slots_of(actor, ["on_leave"], Reception.day >= clock.today(), ~covered, latest=False)


def today(actor: Actor) -> list[DutySlot]:
    """Who sits today."""
    return slots_of(actor, ["planned", "held"], Reception.day == clock.today(), latest=False)


def own_slots(actor: Actor) -> list[DutySlot]:
    """The deputy's own duties to come, and colleagues' duties offered to them; the last ones behind."""
    offered = aliased(DutySlot)
    to_me = select(offered.id).where(offered.id == DutySlot.offered_for_id, offered.person_id == actor.person_id)
    wanted = or_(
        DutySlot.person_id == actor.person_id,
        and_(DutySlot.state == "planned", to_me.correlate(DutySlot).exists()),
    )
    since = date(clock.today().year, 1, 1)
    return list(
        db.session.scalars(
            select(DutySlot)
            .join(Reception, Reception.id == DutySlot.reception_id)
            .where(wanted, Reception.day >= since, Reception.called_off_at.is_(None))
            .options(*WHOLE_SLOT, joinedload(DutySlot.offered_for).joinedload(DutySlot.reception))
            .order_by(Reception.day, DutySlot.id)
            .limit(4 * LINES_AT_MOST)
        )
    )


def next_duties(actor: Actor, most: int = 3) -> list[DutySlot]:
    """What a start page says: the deputy's next duties, and colleagues' duties offered to them in exchange."""
    offered = aliased(DutySlot)
    to_me = select(offered.id).where(offered.id == DutySlot.offered_for_id, offered.person_id == actor.person_id)
    mine = or_(DutySlot.person_id == actor.person_id, to_me.correlate(DutySlot).exists())
    ahead = DutySlot.state == "planned", Reception.day >= clock.today(), Reception.called_off_at.is_(None)
    wanted = select(DutySlot).join(Reception, Reception.id == DutySlot.reception_id).where(mine, *ahead)
    whole = joinedload(DutySlot.reception).joinedload(Reception.station)
    return list(db.session.scalars(wanted.options(whole).order_by(Reception.day, DutySlot.id).limit(most)))


def slot(actor: Actor, public_id: str) -> DutySlot:
    """A slot of the actor's own, one offered to them, or one of a station they keep; NotFound otherwise."""
    found = db.session.scalar(select(DutySlot).where(DutySlot.public_id == public_id).options(*WHOLE_SLOT))
    if found is None:
        raise NotFound()
    mine = actor.may(SERVE_STATIONS) and actor.person_id in (
        found.person_id, found.offered_for.person_id if found.offered_for else None,
    )  # fmt: skip
    here = actor.may(KEEP_STATIONS) and db.session.scalar(
        select(Station.id).where(Station.id == found.reception.station_id, visible_to(actor))
    )
    if not (mine or here):
        raise NotFound()
    return found


def reception(actor: Actor, public_id: str) -> Reception:
    """A reception of a station that the actor keeps; NotFound otherwise."""
    found = (
        db.session.scalars(
            select(Reception)
            .join(Station, Station.id == Reception.station_id)
            .where(Reception.public_id == public_id, visible_to(actor))
            .options(WITH_WHO, joinedload(Reception.station).joinedload(Station.superior))
        )
        .unique()
        .one_or_none()
    )
    if found is None or not actor.may(KEEP_STATIONS):
        raise NotFound()
    return found


def rule(actor: Actor, public_id: str) -> DutyRule:
    """A duty rule of a station that the actor keeps; NotFound otherwise."""
    found = db.session.scalar(
        select(DutyRule)
        .join(Station, Station.id == DutyRule.station_id)
        .where(DutyRule.public_id == public_id, visible_to(actor))
        .options(joinedload(DutyRule.station).joinedload(Station.superior))
    )
    if found is None or not actor.may(KEEP_STATIONS):
        raise NotFound()
    return found


def to_cover(reception: Reception) -> DutySlot | None:
    """The first leave at this reception for which nobody sits in yet."""
    covered = {one.instead_of_id for one in reception.slots}
    return next((one for one in reception.slots if one.state == "on_leave" and one.id not in covered), None)


def exchangeable(slot: DutySlot) -> list[DutySlot]:
    """Colleagues' duties to come at the same station that this one can be exchanged for."""
    busy = {one.person_id for one in slot.reception.slots if one.state in SITTING}
    mine = select(DutySlot.reception_id).where(DutySlot.person_id == slot.person_id, DutySlot.state.in_(SITTING))
    return [
        one
        for one in db.session.scalars(
            select(DutySlot)
            .join(Reception, Reception.id == DutySlot.reception_id)
            .where(Reception.station_id == slot.reception.station_id, Reception.day > clock.today())
            .where(DutySlot.state == "planned", DutySlot.reception_id.not_in(mine), Reception.called_off_at.is_(None))
            .options(joinedload(DutySlot.person).load_only(Person.name), joinedload(DutySlot.reception))
            .order_by(Reception.day, DutySlot.id)
            .limit(LINES_AT_MOST)
        )
        if one.person_id not in busy
    ]


def free_deputies(at: Reception) -> list[tuple[str, str]]:
    """(public id of the placement, name) of the deputies placed there who do not sit at this reception."""
    busy = {one.person_id for one in at.slots if one.state in (*SITTING, "on_leave")}
    return [(one.public_id, one.person.name) for one in placed(at.station) if one.person_id not in busy]


def with_turns(station: Station) -> list[tuple[Placement, int]]:
    """Who is placed there today, each person once, with how often they sit this year."""
    year = clock.today().year
    turns = (
        select(func.count(DutySlot.id))
        .join(Reception, Reception.id == DutySlot.reception_id)
        .where(Reception.station_id == station.id, DutySlot.person_id == Placement.person_id)
        .where(Reception.day.between(date(year, 1, 1), date(year, 12, 31)), Reception.called_off_at.is_(None))
        .where(DutySlot.state.in_(SITTING))
        .correlate(Placement)
    )
    rows = db.session.execute(placing(station).add_columns(turns.scalar_subquery())).all()
    return list({one.person_id: (one, number) for one, number in rows}.values())


def counts_by_person(station_id: int, year: int) -> dict[int, int]:
    """How often each person sits at a station in a year."""
    sits = select(DutySlot.person_id, func.count(DutySlot.id)).join(Reception, Reception.id == DutySlot.reception_id)
    counted: Any = sits.where(
        Reception.station_id == station_id,
        Reception.day.between(date(year, 1, 1), date(year, 12, 31)),
        Reception.called_off_at.is_(None),
        DutySlot.state.in_(SITTING),
    ).group_by(DutySlot.person_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}
