"""Keeping stations: adding and correcting them, placing deputies. Audited; nothing here commits."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import func, select, update

from portal.accounts import people
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.permissions import CLERK
from portal.audit.actions import record
from portal.congress.models import Seat
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, Stale
from portal.stations import fields, guards, queries
from portal.stations.models import Placement, Station
from portal.stations.rules import CONGRESS_LEVELS

LABELS = {one.name: one.label for one in (*fields.STATION, *fields.CLOSING)}
NAME_TAKEN = "已有同名的站点，请核对。"
BAD_POSITION = "位置应写成“经度, 纬度”，例如 117.1203, 36.2011。"
SWAPPED_POSITION = "经度写在前面，纬度写在后面，请对调。"
NOBODY = "请从名册里选一位代表，或者写上级代表的姓名。"
ONE_OF_TWO = "名册里的代表和上级代表只填一个。"
PLACED_ALREADY = "{name}已经在这个站，同一个人只算一位。"
NO_LEVEL = "请选他是哪一级的代表。"
ENDS_EARLY = "结束时间不能早于开始时间。"
# What every second name says; an address is made of the rest.
COMMON_WORDS = re.compile(r"人大代表|人民代表大会|代表|联络工作站|联络站|联络点|工作站|工作室|[（）()·“”\s]")
LONGEST_SLUG = 40
# Degrees: the country lies between these.
EAST, NORTH = (73.0, 136.0), (3.0, 54.0)


def save(actor: Actor, station: Station | None, values: Mapping[str, Any], edition: int | None = None) -> Station:
    """A new station, or a corrected one.

    Raises NotAllowed, Invalid for a name that is taken or a position that is none, Stale when somebody was faster.
    """
    if station is None and not actor.is_a(CLERK):
        raise NotAllowed()
    if station is not None and not guards.keeps(actor, station):
        raise NotAllowed()
    given = _with_position(values)
    if "name" in given:
        _check_name(actor, station, given["name"])
    if station is None:
        made = Station(
            congress_id=actor.congress_id, superior_id=actor.congress_id, slug=free_slugs([given["name"]])[0],
            **{name: _plain(name, value) for name, value in given.items()},
        )  # fmt: skip
        made.sort_name = sort_words(made.name, made.township)
        db.session.add(made)
        db.session.flush()
        record(actor, made.audit_subject, "station.added", {"name": made.name}, f"登记了{made.name}")
        return made
    _count_up(station, edition)
    touched = [LABELS.get(name, "位置") for name, value in given.items() if _set(station, name, value)]
    station.sort_name = sort_words(station.name, station.township)
    if touched:
        labels = list(dict.fromkeys(touched))
        said = f"更正了{station.name}的{'、'.join(labels)}"
        record(actor, station.audit_subject, "station.edited", {"fields": labels}, said)
    return station


def _count_up(station: Station, edition: int | None) -> None:
    """One UPDATE decides who was first, on both engines."""
    seen = station.edition if edition is None else edition
    mine = update(Station).where(Station.id == station.id, Station.edition == seen).values(edition=seen + 1)
    if not db.session.execute(mine.returning(Station.id), execution_options={"synchronize_session": False}).all():
        raise Stale()
    db.session.refresh(station)


def _with_position(values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "position" in given:
        given["longitude"], given["latitude"] = position(given.pop("position") or "")
    return given


def position(words: str) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees from “117.1203, 36.2011”; both None for no words. Raises Invalid."""
    numbers = re.findall(r"\d+(?:\.\d+)?", words)
    if not words.strip():
        return None, None
    if len(numbers) != 2:
        raise Invalid(fields={"position": BAD_POSITION})
    first, second = (float(one) for one in numbers)
    if EAST[0] <= second <= EAST[1] and NORTH[0] <= first <= NORTH[1]:
        raise Invalid(fields={"position": SWAPPED_POSITION})
    if not (EAST[0] <= first <= EAST[1] and NORTH[0] <= second <= NORTH[1]):
        raise Invalid(fields={"position": BAD_POSITION})
    return first, second


def _set(station: Station, name: str, value: Any) -> bool:
    value = _plain(name, value)
    if getattr(station, name) == value:
        return False
    setattr(station, name, value)
    return True


def _plain(name: str, value: Any) -> Any:
    """Unknown is None where the column knows it, else empty."""
    if value not in ("", None):
        return value
    return None if Station.__mapper__.columns[name].nullable else ""


def _check_name(actor: Actor, station: Station | None, name: str) -> None:
    home = station.congress_id if station else actor.congress_id
    alike = select(Station.id).where(Station.congress_id == home, Station.name == name, Station.ends_on.is_(None))
    if db.session.scalar(alike.where(Station.id != (station.id if station else 0)).limit(1)) is not None:
        raise Invalid(fields={"name": NAME_TAKEN})


def sort_words(name: str, township: str = "") -> str:
    """What a search in pinyin looks through: qinghejiedao and qhjd."""
    words = f"{name}　{township}"
    whole, first = lazy_pinyin(words), lazy_pinyin(words, style=Style.FIRST_LETTER)
    return f"{''.join(whole)} {''.join(first)}".lower()[:400]


def free_slugs(names: Iterable[str]) -> list[str]:
    """A public address for each name, in pinyin, none of them in use: printed codes keep it for good."""
    taken = set(db.session.scalars(select(Station.slug)))
    made = []
    for name in names:
        letters = "".join(lazy_pinyin(COMMON_WORDS.sub("", name) or name)).lower()
        stem = re.sub(r"[^a-z0-9]", "", letters)[:LONGEST_SLUG] or "station"
        slug, number = stem, 1
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        taken.add(slug)
        made.append(slug)
    return made


def place(actor: Actor, station: Station, values: Mapping[str, Any]) -> Placement:
    """Place a deputy in the station; a person is placed once, at whatever levels they sit.

    Raises NotAllowed, or Invalid on the fields.
    """
    if not guards.keeps(actor, station):
        raise NotAllowed()
    chosen, outside = values.get("deputy"), values.get("outside") or ""
    if not chosen and not outside:
        raise Invalid(fields={"deputy": NOBODY})
    if chosen and outside:
        raise Invalid(fields={"outside": ONE_OF_TWO})
    if outside and not values.get("levels"):
        raise Invalid(fields={"levels": NO_LEVEL})
    person = _seated(station, chosen) if chosen else people.add_person(actor, outside)
    starts = values.get("starts_on") or clock.today()
    _check_once(station, person, starts)
    levels = queries.levels_of(person.id) | set(values.get("levels") or ())
    last = db.session.scalar(select(func.max(Placement.order)).where(Placement.station_id == station.id)) or 0
    made = Placement(
        station_id=station.id, person_id=person.id, area=values.get("area") or "", order=last + 1, starts_on=starts,
        levels=[level for level in CONGRESS_LEVELS if level in levels],
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    said = f"安排{person.name}（{made.title}）进站，从{starts:%Y-%m-%d}起"
    record(actor, station.audit_subject, "station.placed", {"name": person.name, "levels": made.levels}, said)
    return made


def _seated(station: Station, seat_id: str) -> Person:
    offered = dict(queries.seats_to_place(station))
    seat = db.session.scalar(select(Seat).where(Seat.public_id == seat_id)) if seat_id in offered else None
    if seat is None:
        raise Invalid(fields={"deputy": NOBODY})
    return seat.person


def _check_once(station: Station, person: Person, starts: date) -> None:
    held = select(Placement).where(Placement.station_id == station.id, Placement.person_id == person.id)
    for one in db.session.scalars(held):
        if one.ends_on is None or one.ends_on >= starts:
            raise Invalid(fields={"deputy": PLACED_ALREADY.format(name=person.name)})


def leave(actor: Actor, placement: Placement, last_day: date) -> None:
    """End a placement after `last_day`. Raises NotAllowed, or Invalid on `ends_on`."""
    station = placement.station
    if not guards.keeps(actor, station):
        raise NotAllowed()
    if last_day < placement.starts_on:
        raise Invalid(fields={"ends_on": ENDS_EARLY})
    placement.ends_on = last_day
    said = f"{placement.person.name}在站到{last_day:%Y-%m-%d}为止"
    record(actor, station.audit_subject, "station.left", {"last_day": last_day}, said)
