"""What people said at the stations of the demonstration district: messages with their codes, receptions, and what
became of them in every state."""

import random
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import ANYBODY, Actor
from portal.core import clock
from portal.core.db import db
from portal.demo.district import District
from portal.demo.people import table
from portal.matters import actions as matters
from portal.matters.fields import NEW_ONE
from portal.matters.models import Matter
from portal.matters.seams import SUGGESTIONS
from portal.stations import message_actions
from portal.stations.message_models import Message
from portal.stations.models import Station

SEED = 20260316
ROUNDS, HOUR = 3, time(10)
DEPUTY, COURT = "deputy", "court"
WRITERS = ("deputy01", "deputy02", "deputy05", "deputy09")
ANSWERED_BY_DEPUTY = 15
# How many days ago each of a round's voices was heard; the newest are still on their way.
AGES = (1, 2, 3, 5, 8, 12, 17, 24, 33, 45, 60, 80, 110, 150)
NOISE = ("加微信看房低价急售", "这是一条测试留言，请忽略")


class Teller:
    """One voice told forward day by day, never beyond the district's today."""

    def __init__(self, district: District, chance: random.Random, station: Station, heard: datetime):
        self.district, self.chance, self.station, self.moment = district, chance, station, heard

    @property
    def keeper(self) -> Actor:
        """The head of the station that has one, else the commission's clerk."""
        known = self.district.household
        return known.actor("station01") if self.station.slug == "qinghejiedao" else known.actor("clerk")

    def later(self, least: int, most: int) -> bool:
        """Some working days on; False when that is still to come."""
        day = self.moment.date() + timedelta(days=self.chance.randint(least, most))
        self.moment = datetime.combine(self.district.working(day), HOUR, clock.OFFICE_ZONE)
        return self.moment <= self.district.now

    def step(self, who: Actor, matter: Matter, name: str, /, **data: Any) -> None:
        with clock.at(self.moment):
            matters.take(who, matter, name, data)


def keep(district: District) -> int:
    """Some forty voices over a year, and two messages that are none; how many."""
    chance = random.Random(SEED)  # noqa: S311 - the same district every time
    here = select(Station).where(Station.congress_id == district.congress.id).order_by(Station.id)
    stations = list(db.session.scalars(here))
    voices, told = table("voices")["voice"], 0
    for number in range(ROUNDS * len(voices)):
        words, station = voices[number % len(voices)], stations[0 if number % 2 else number // 2 % len(stations)]
        age = AGES[number * 5 % len(AGES)] * (1 + number // len(voices))
        day = district.working(district.today - timedelta(days=age))
        heard = datetime.combine(min(day, district.today), HOUR, clock.OFFICE_ZONE) - timedelta(hours=1)
        if heard <= district.now:
            _live(Teller(district, chance, station, heard), words, number)
            told += 1
    _noise(district, stations[0])
    return told


def _live(teller: Teller, words: dict[str, Any], number: int) -> None:
    matter = _raise(teller, words, number)
    if matter is None or not teller.later(0, 3):
        return
    keeper, to = teller.keeper, words["to"]
    if to == COURT:
        said = "这件事已经由法院立案，请到区人民法院诉讼服务中心，电话12368。"
        teller.step(keeper, matter, "decline", ground="court", text=said)
        _tell(teller, matter, said, "")
        return
    public = words["title"] if words["public"] or number % 2 else ""
    teller.step(keeper, matter, "triage", title=words["title"], public_title=public)
    if not teller.later(0, 3):
        return
    if not to:
        teller.step(keeper, matter, "answer", text=words["answer"], outcome=words["outcome"])
        _tell(teller, matter, words["answer"], words["public"])
    else:
        _pass_on(teller, matter, words, number)


def _raise(teller: Teller, words: dict[str, Any], number: int) -> Matter | None:
    with clock.at(teller.moment):
        if number % 4 == 3:
            heard: dict[str, Any] = {"source": "reception", "title": words["title"], "text": words["text"]}
            here = teller.station
            return matters.raise_matter(teller.keeper, congress_id=here.congress_id or 0, keeper_id=here.id, **heard)
        values = {"text": words["text"], "phone": f"199000{number:05d}" if number % 3 == 0 else ""}
        message_actions.leave(teller.station, f"demo-{number}", values, (), f"demo-{number}")
        message = message_actions.earlier(f"demo-{number}")
    if message is None or not teller.later(0, 2):
        return None
    with clock.at(teller.moment):
        message_actions.take(teller.keeper, message, "release", {"title": words["title"], "text": words["text"]})
    return message.matter


def _pass_on(teller: Teller, matter: Matter, words: dict[str, Any], number: int) -> None:
    district, to = teller.district, words["to"]
    if to == DEPUTY:
        writer = WRITERS[number % len(WRITERS)]
        holder, value = district.household.actor(writer, district.congress), f"seat:{district.seats[writer].public_id}"
    else:
        holder, value = district.household.actor(to), f"body:{district.units[to].public_id}"
    teller.step(teller.keeper, matter, "forward", to=value, text="请按时办理。")
    if not teller.later(0, 3):
        return
    teller.step(holder, matter, "receive")
    if to == DEPUTY and number != ANSWERED_BY_DEPUTY:
        joined = [one for one, label in SUGGESTIONS.own(holder, matter) if matter.title in label]
        teller.step(holder, matter, "convert", suggestion=joined[0] if joined else NEW_ONE)
    elif teller.later(5, 26):
        teller.step(holder, matter, "reply", text=words["answer"], outcome=words["outcome"])
        _tell(teller, matter, words["answer"], words["public"])


def _tell(teller: Teller, matter: Matter, said: str, public: str) -> None:
    if not teller.later(0, 4):
        return
    how = "code" if matter.source == "message" else "phone"
    teller.step(teller.keeper, matter, "feed_back", how=how, text=said, public_result=public)
    if not teller.later(1, 6):
        return
    message = db.session.scalar(select(Message).where(Message.matter_id == matter.id))
    lot = teller.chance.random()
    with clock.at(teller.moment):
        if message is not None and lot < 0.15:
            message_actions.take(ANYBODY, message, "rate", {"rating": "unsolved", "note": "过了几天又和以前一样了。"})
        elif message is not None and lot < 0.7:
            message_actions.take(ANYBODY, message, "rate", {"rating": "solved", "note": ""})
        else:
            matters.take(teller.keeper, matter, "close")


def _noise(district: District, station: Station) -> None:
    """What a machine wrote is put aside by itself; what is no message, by staff."""
    with clock.at(district.now - timedelta(days=4)):
        for number, text in enumerate(NOISE):
            key = f"demo-noise-{number}"
            message_actions.leave(station, key, {"text": text}, ("trap",) if number == 0 else (), key)
            message = message_actions.earlier(key)
            if number and message is not None:
                keeper = district.household.actor("station01")
                message_actions.take(keeper, message, "quarantine", {"reason": "测试内容，不是留言。"})
