"""The stations of the demonstration district: who is placed where, a year of receptions behind and one ahead."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.core import clock
from portal.core.db import db
from portal.core.workdays import add_months
from portal.demo.district import District
from portal.demo.people import table
from portal.stations import actions, duty_actions
from portal.stations.models import DutyRule, DutySlot, Outline, Reception, Station

SEED = 20260515
LIVED = timedelta(days=365)
PLAIN = ("name", "township", "place_kind", "level", "address", "directions", "hours")
PLACED_FIRST = 6
NOTICE_DAYS, LEAST = 3, 2
OUTSIDE = "温如玉"
LEAVE, MISSED = 0.04, 0.02
REASONS = ("外出开会", "生病请假", "家中有事", "单位值班")


def keep(district: District) -> dict[str, Station]:
    """Twelve stations and their year, by name."""
    chance = random.Random(SEED)  # noqa: S311 - the same district every time
    began = max(district.now - LIVED, datetime.combine(district.term.starts_on, time(9), clock.OFFICE_ZONE))
    with clock.at(began):
        made = {row["name"]: _open(district, row) for row in table("stations")["station"]}
        _map(district)
        db.session.flush()
    _live(district, chance)
    for rule in db.session.scalars(select(DutyRule).order_by(DutyRule.id)):
        duty_actions.plan(_keeper(district, rule.station.township), rule, add_months(district.today, 12))
    _offer(district)
    return made


def _keeper(district: District, township: str) -> Actor:
    """The clerk of the township's own congress where there is one, else of the district's."""
    for number, town in enumerate(district.towns, 1):
        if town.name.startswith(township):
            return district.household.actor(f"township{number}", town)
    return district.household.actor("clerk")


def _open(district: District, row: dict[str, Any]) -> Station:
    keeper, number = _keeper(district, row["township"]), len(row["areas"])
    first = number >= PLACED_FIRST
    position = f"{row['point'][0]}, {row['point'][1]}" if row["point"] else ""
    facts = {name: row[name] for name in PLAIN} | {"position": position, "station_line": _line(row["point"])}
    station = actions.save(
        keeper, None, {**facts, "services": "听取意见建议；反映社情民意；宣传政策法律" if first else ""}
    )
    names = district.areas[row["township"][:2]]
    chosen = names[:PLACED_FIRST] if first else names[PLACED_FIRST:]
    for username, area in zip(chosen, row["areas"], strict=False):
        actions.place(keeper, station, {"deputy": district.seats[username].public_id, "area": area})
    if row["name"].startswith("清河街道"):
        actions.place(keeper, station, {"outside": OUTSIDE, "levels": ["city"], "area": row["areas"][-1]})
        head = district.household.appoint("station01", p.STATION, station, "清河街道代表联络站站长")
        station.head_name = head.name
    told = {"at_once": row["served"], "notice_days": NOTICE_DAYS, "least": LEAST, "starts_on": None}
    duty_actions.add_rule(keeper, station, {**told, "words": row["words"]})
    return station


def _line(point: list[float]) -> str:
    return f"0000-8816{round(point[0] * 1000 + point[1] * 1000) % 1000:03d}" if point else ""


def _map(district: District) -> None:
    for township, points in table("stations")["outlines"].items():
        db.session.add(Outline(congress_id=district.congress.id, township=township, points=points))


def _live(district: District, chance: random.Random) -> None:
    """Every past duty was held, but for some leave and a few who did not come."""
    users = {person.id: username for username, person in district.household.persons.items()}
    past = select(DutySlot).join(Reception, Reception.id == DutySlot.reception_id)
    ordered = past.where(Reception.day < district.today).order_by(Reception.day, DutySlot.id)
    for slot in db.session.scalars(ordered).all():
        day, username = slot.reception.day, users.get(slot.person_id)
        keeper = _keeper(district, slot.reception.station.township)
        mine = district.household.actor(username, district.congress) if username else keeper
        lot = chance.random()
        if lot < LEAVE:
            _at(day - timedelta(days=2), 10, mine, slot, "take_leave", {"reason": chance.choice(REASONS)})
        elif lot < LEAVE + MISSED:
            _at(day + timedelta(days=1), 1, keeper, slot, "mark_missed", {})
        else:
            _at(day, 9, mine, slot, "arrive", {})


def _at(day: date, hour: int, actor: Actor, slot: DutySlot, step: str, data: dict[str, str]) -> None:
    with clock.at(datetime.combine(day, time(hour), clock.OFFICE_ZONE)):
        duty_actions.take(actor, slot, step, data)


def _offer(district: District) -> None:
    """Somebody wants to exchange a duty with deputy02, somebody else is on leave."""
    users = {person.id: username for username, person in district.household.persons.items()}
    ahead = select(DutySlot).join(Reception, Reception.id == DutySlot.reception_id)
    later = ahead.where(Reception.day > district.today + timedelta(days=3), DutySlot.state == "planned")
    home = later.join(Station, Station.id == Reception.station_id).where(Station.slug == "qinghejiedao")
    slots = db.session.scalars(home.order_by(Reception.day, DutySlot.id)).all()
    wanted = next(one for one in slots if users.get(one.person_id) == "deputy02")
    sits = {one.person_id for one in wanted.reception.slots}
    offered = next(
        one
        for one in slots
        if one.person_id in users
        and one.person_id not in sits
        and wanted.person_id not in {other.person_id for other in one.reception.slots}
    )
    asks = district.household.actor(users[offered.person_id], district.congress)
    duty_actions.take(asks, offered, "offer_swap", {"other": wanted.public_id})
    absent = next(one for one in slots if one not in (wanted, offered) and one.person_id in users)
    mine = district.household.actor(users[absent.person_id], district.congress)
    duty_actions.take(mine, absent, "take_leave", {"reason": REASONS[0]})
