"""A small office with one station: 清河街道人大代表联络站, its head, and three deputies placed there."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.queries import capacities
from portal.core import clock
from portal.core.db import db
from portal.stations import actions, duty_actions
from portal.stations.models import DutyRule, DutySlot, Reception, Station
from tests.support.office import Office, stand

NAME, SLUG = "清河街道人大代表联络站", "qinghejiedao"
FACTS = {
    **{"name": NAME, "short_name": "", "place_kind": "station", "level": "township", "township": "清河街道"},
    **{"address": "惠民路18号，党群服务中心一楼", "directions": "2路公交“惠民路口”站旁", "position": "117.12, 36.21"},
    **{
        "station_line": "0000-8812118",
        "head_name": "周站长",
        "liaison_name": "吴联络",
        "hours": "周一至周五9:00–17:00",
    },
    **{"reception_words": "", "services": ""},
}
RULE = {"words": "每月15日上午9:00-11:30", "at_once": 2, "notice_days": 3, "least": 2, "starts_on": None}
PLACED = ("zhang", "li", "wang")


@dataclass
class Place:
    """What the tests of stations ask for, by user name and number."""

    people: dict[str, int]
    seats: dict[str, str]
    bodies: dict[str, int]
    id: int = 0
    public_id: str = ""
    placements: dict[str, str] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        return capacities(self.people[username], clock.today())[0].actor

    @property
    def station(self) -> Station:
        return db.session.get_one(Station, self.id)

    def rule(self, **values: Any) -> DutyRule:
        """A duty rule of the station, planned."""
        made = duty_actions.add_rule(self.actor("clerk"), self.station, {**RULE, **values})
        db.session.commit()
        return made

    def receptions(self) -> list[Reception]:
        wanted = db.select(Reception).where(Reception.station_id == self.id)
        return list(db.session.scalars(wanted.order_by(Reception.day, Reception.id)))

    def slot(self, username: str, number: int = 0) -> DutySlot:
        """The `number`-th duty of this deputy, by day, whatever its state."""
        wanted = db.select(DutySlot).join(Reception).where(DutySlot.person_id == self.people[username])
        return db.session.scalars(wanted.order_by(Reception.day, DutySlot.id)).all()[number]


def settle(office: Office) -> Place:
    """The station in an office, with three of its deputies and one from outside the roster."""
    place = Place(
        {name: one.id for name, one in office.people.items()},
        {name: one.public_id for name, one in office.seats.items()},
        {name: one.id for name, one in office.bodies.items()},
    )
    clerk = place.actor("clerk")
    station = actions.save(clerk, None, FACTS)
    place.id, place.public_id = station.id, station.public_id
    office.post("station01", "周站长", p.STATION, station)
    place.people["station01"] = office.people["station01"].id
    for username in PLACED:
        made = actions.place(clerk, station, {"deputy": place.seats[username], "area": f"{username}小区"})
        place.placements[username] = made.public_id
    actions.place(clerk, station, {"outside": "沈若兰", "levels": ["city"], "area": "全域"})
    db.session.commit()
    return place


@pytest.fixture
def place(app: Flask, set_clock: Any) -> Place:
    """The office of 12 May 2026 with its station; a context is pushed by `session` where a test asks for it."""
    set_clock("2026-05-12T09:00")
    with app.app_context():
        made = settle(stand())
        db.session.remove()
        return made
