"""Questions about stations: what the public reads, what an office keeps, who is placed where, who sits when."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Body, Person
from portal.accounts.permissions import CLERK, KEEP_STATIONS, SERVE_STATIONS
from portal.accounts.queries import holds_on
from portal.congress.models import Congress, Seat
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.stations import rules
from portal.stations.models import Outline, Placement, Station

PAGE = 50
MAPPED_AT_MOST = 500


# --- what the public reads ----------------------------------------------------------------------------------------


def is_open() -> ColumnElement[bool]:
    """SQL: the station has begun and has not ended."""
    today = clock.today()
    begun = or_(Station.starts_on.is_(None), Station.starts_on <= today)
    return and_(begun, or_(Station.ends_on.is_(None), Station.ends_on >= today))


def runs(placement: type[Placement]) -> ColumnElement[bool]:
    """SQL: the deputy is placed there today."""
    today = clock.today()
    return and_(placement.starts_on <= today, or_(placement.ends_on.is_(None), placement.ends_on >= today))


@dataclass(frozen=True)
class Wanted:
    """What a list was asked for."""

    words: str = ""
    township: str = ""
    place_kind: str = ""
    after: int | None = None


def asked_for(wanted: Wanted) -> list[ColumnElement[bool]]:
    """SQL: name, place or pinyin holds every word; the township and kind that were chosen."""
    conditions: list[ColumnElement[bool]] = []
    for word in wanted.words.split():
        likes = [column.contains(word, autoescape=True) for column in (Station.name, Station.township, Station.address)]
        if word.isascii():
            likes.append(Station.sort_name.contains(word.lower(), autoescape=True))
        conditions.append(or_(*likes))
    if wanted.township:
        conditions.append(Station.township == wanted.township)
    if wanted.place_kind:
        conditions.append(Station.place_kind == wanted.place_kind)
    return conditions


def directory(wanted: Wanted) -> list[Station]:
    """One page of the open stations and one more, in the order they were entered."""
    statement = select(Station).where(is_open(), *asked_for(wanted)).order_by(Station.id).limit(PAGE + 1)
    if wanted.after is not None:
        statement = statement.where(Station.id > wanted.after)
    return list(db.session.scalars(statement))


def townships() -> list[tuple[str, int]]:
    """Every township that has open stations, with how many."""
    counted = select(Station.township, func.count(Station.id)).where(is_open(), Station.township != "")
    return [(name, number) for name, number in db.session.execute(counted.group_by(Station.township))]


@dataclass(frozen=True)
class Spot:
    """A station on the map."""

    name: str
    slug: str
    township: str
    longitude: float
    latitude: float


def spots() -> list[Spot]:
    """The open stations whose position is known."""
    columns = Station.name, Station.slug, Station.township, Station.longitude, Station.latitude
    known = select(*columns).where(is_open(), Station.longitude.is_not(None))
    found = db.session.execute(known.where(Station.latitude.is_not(None)).order_by(Station.id).limit(MAPPED_AT_MOST))
    return [Spot(*row) for row in found]  # type: ignore[arg-type] # both are known by the condition


def outlines() -> list[Outline]:
    """The borders of the townships."""
    return list(db.session.scalars(select(Outline).order_by(Outline.id)))


def by_slug(slug: str) -> Station:
    """The open station of this address; NotFound otherwise."""
    found = db.session.scalar(select(Station).where(Station.slug == slug, is_open()))
    if found is None:
        raise NotFound()
    return found


def placing(station: Station) -> Select[Placement]:
    """Who is placed there today, by the office's order."""
    here = select(Placement).where(Placement.station_id == station.id, runs(Placement))
    names = joinedload(Placement.person).load_only(Person.name)  # nothing sealed is opened for the public
    return here.options(names).order_by(Placement.order, Placement.id)


def placed(station: Station) -> list[Placement]:
    """Who is placed there today, each person once."""
    rows = db.session.scalars(placing(station))
    return list({one.person_id: one for one in rows}.values())


# --- what an office keeps -----------------------------------------------------------------------------------------


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the stations this actor keeps (guards.keeps), or is placed in."""
    if actor.may(KEEP_STATIONS):
        below = aliased(Congress)
        mine = [Station.id == actor.body_id]
        if actor.is_a(CLERK):
            under = select(below.id).where(below.superior_id == actor.congress_id)
            mine += [Station.congress_id == actor.congress_id, Station.congress_id.in_(under)]
        return or_(*mine)
    if actor.may(SERVE_STATIONS):
        return Station.id.in_(select(Placement.station_id).where(Placement.person_id == actor.person_id))
    return false()


def kept(actor: Actor, public_id: str) -> Station:
    """A station that this actor keeps; NotFound otherwise."""
    found = db.session.scalar(
        select(Station).where(Station.public_id == public_id, visible_to(actor)).options(joinedload(Station.superior))
    )
    if found is None:
        raise NotFound()
    return found


def placement(actor: Actor, public_id: str) -> Placement:
    """A placement that runs, in a station that the actor keeps; NotFound otherwise."""
    found = db.session.scalar(
        select(Placement)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.public_id == public_id, runs(Placement), visible_to(actor))
        .options(joinedload(Placement.person), joinedload(Placement.station).joinedload(Station.superior))
    )
    if found is None or not actor.may(KEEP_STATIONS):
        raise NotFound()
    return found


def seats_to_place(station: Station) -> list[tuple[str, str]]:
    """(public id of the seat, 姓名　哪一级) of deputies of the station's congress, the one above and those below."""
    home = station.congress_id
    above = station.superior.superior_id if station.superior else None
    delegation = aliased(Body)
    rows = db.session.execute(
        select(Seat.public_id, Person.name, Congress.level, delegation.name)
        .join(Person, Person.id == Seat.person_id)
        .join(Congress, Congress.id == Seat.body_id)
        .outerjoin(delegation, delegation.id == Seat.delegation_id)
        .where(or_(Congress.id.in_([home, above or home]), Congress.superior_id == home))
        .where(holds_on(Seat, clock.today()))
        .order_by(Person.sort_name, Seat.id)
        .limit(2000)
    )
    return [
        (seat, "　".join(filter(None, (name, rules.CONGRESS_LEVELS.get(level), body))))
        for seat, name, level, body in rows
    ]


def levels_of(person_id: int) -> set[str]:
    """The levels of the congresses in which the person sits today."""
    mine = select(Congress.level).join(Seat, Seat.body_id == Congress.id)
    return set(db.session.scalars(mine.where(Seat.person_id == person_id, holds_on(Seat, clock.today()))))
