"""Matters of a small office with one station, brought to any point of their life by the real actions."""

from typing import Any

import pytest
from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.models import Body
from portal.congress.models import Congress
from portal.core.db import db
from portal.matters import actions
from portal.matters.models import Matter
from portal.stations.models import Station
from tests.suggestions.living import Life
from tests.support.office import Office, stand

TITLE = "惠民路夜间路灯不亮"
TEXT = "惠民路从菜市场到小学这一段，路灯坏了十来盏，晚上接孩子看不见路。"
ANSWER = {"text": "十八盏路灯三月二十六日已全部修好，您可以去看看。", "outcome": "solved"}
TOLD = {"how": "phone", "text": "打电话告诉她路灯已经修好。"}


class Voices(Life):
    """What people of the office do with matters."""

    def __init__(self, office: Office, station: Body, town: Body):
        super().__init__(office)
        self.congress_id, self.station_id = office.congress.id, station.id
        self.town = town.public_id
        self.seat_ids = {name: seat.public_id for name, seat in office.seats.items()}

    def voice(self, by: str = "station01", source: str = "reception", **values: Any) -> Matter:
        """A voice heard at the station."""
        keeper = None if by in self.seats else self.station_id
        told = {"title": TITLE, "text": TEXT, "congress_id": self.congress_id, "keeper_id": keeper, **values}
        return actions.raise_matter(self.actor(by), source=source, **told)

    def step(self, who: str, matter: Matter, name: str, /, **data: Any) -> Matter:
        actions.take(self.actor(who), matter, name, data)
        db.session.flush()
        return matter

    def triaged(self, **values: Any) -> Matter:
        return self.step("station01", self.voice(**values), "triage", title=TITLE, public_title="路灯不亮")

    def forwarded(self, to: str = "water", **values: Any) -> Matter:
        return self.step("station01", self.triaged(**values), "forward", to=self.to(to), text="请尽快看看。")

    def to(self, name: str) -> str:
        """The value that the form of forwarding gives for a unit or a deputy."""
        return f"seat:{self.seat_ids[name]}" if name in self.seat_ids else f"body:{self.bodies[name]}"

    def handling(self, to: str = "water") -> Matter:
        return self.step(to, self.forwarded(to), "receive")

    def answered(self, to: str = "water") -> Matter:
        return self.step(to, self.handling(to), "reply", **ANSWER)

    def told(self) -> Matter:
        return self.step("station01", self.answered(), "feed_back", **TOLD)


def stand_with_stations() -> Voices:
    """The small office with a station of its own, another one, and a township below; committed."""
    office = stand()
    mine, other = (
        Station(name=f"{name}人大代表联络站", congress_id=office.congress.id, slug=slug, place_kind="station",
                township=name, address=f"{name}惠民路18号", station_line="0000-1234567")
        for name, slug in (("清河街道", "qinghe"), ("柳溪街道", "liuxi"))
    )  # fmt: skip
    town = Congress(name="石桥镇人民代表大会", level="township", superior_id=office.congress.id)
    db.session.add_all([mine, other, town])
    db.session.flush()
    town.congress_id = town.id
    office.post("station01", "站长", p.STATION, mine)
    office.post("station02", "他站", p.STATION, other)
    office.post("township1", "镇秘书", p.CLERK, town)
    made = Voices(office, mine, town)
    db.session.commit()
    db.session.remove()
    return made


@pytest.fixture
def voices(app: Flask, set_clock: Any) -> Voices:
    """That office on the morning of Monday 2 March 2026."""
    set_clock("2026-03-02T09:00")
    with app.app_context():
        return stand_with_stations()
