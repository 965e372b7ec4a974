"""A year of trainings, activities and notices in the demonstration district, lived through the real actions."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal.activities import actions as activities
from portal.activities.models import Activity, SignUp
from portal.congress.models import Group, GroupMember, Seat
from portal.core import clock
from portal.core.db import db
from portal.demo.district import District
from portal.demo.people import table
from portal.notices import actions as notices
from portal.notices.models import Notice, Receipt

SEED = 20260516
ANNOUNCED, CLOSES = timedelta(days=21), timedelta(days=4)
HALF_A_DAY = 3
LEAVE, ABSENT, CANCELLED = 0.06, 0.05, 0.04
REASONS = ("单位有会，走不开。", "生病住院。", "出差在外地。", "家里有老人要照顾。")
CONTACT = "代表工委 0000-8812345"


def keep(district: District) -> None:
    """Everything of gatherings.toml, as far as it has come today."""
    chance = random.Random(SEED)  # noqa: S311 - the same district every time
    listed = table("gatherings")
    for row in listed["activity"]:
        _Gathering(district, chance, row).live()
    for row in listed["notice"]:
        _send(district, chance, row)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), clock.OFFICE_ZONE)


class _Gathering:
    """One activity with its moments: announced three weeks before, closed four days before."""

    def __init__(self, district: District, chance: random.Random, row: dict[str, Any]):
        self.district, self.chance, self.row = district, chance, row
        self.day = district.working(district.today + timedelta(days=row["day"]))
        self.opens = min(_at(self.day - ANNOUNCED, 9), district.now - timedelta(days=2))
        self.closes = _at(self.day - CLOSES, 17)
        self.clerk, self.leader = district.household.actor("clerk"), district.household.actor("leader1")

    def live(self) -> None:
        with clock.at(self.opens):
            activity = activities.plan(self.clerk, self._values())
            if self.row.get("plan"):
                return
            activities.take(self.leader, activity, "approve", {})
            activities.take(self.clerk, activity, "publish", {})
        self._sign_up(activity)
        if self.closes < self.district.now:
            with clock.at(self.closes + timedelta(minutes=1)):
                activities.close_sign_up({"activity": activity.id})
        if _at(self.day, 18) < self.district.now:
            self._hold(activity)

    def _values(self) -> dict[str, Any]:
        row, district = self.row, self.district
        group = db.session.scalar(select(Group).where(Group.name == row.get("group", "")))
        bodies = {"groups": [group.public_id]} if group else {"whole": [row.get("whole", "all")]}
        quotas = [
            {"delegation": one.public_id, "places": row["quotas"]} for one in district.delegations.values()
        ] if row.get("quotas") else []  # fmt: skip
        ends = "17:00" if row["hours"] > HALF_A_DAY else "12:00"
        return {
            **{name: row[name] for name in ("title", "kind", "hours", "place", "body")},
            **{"starts_on": self.day, "begins": "9:00", "ends_on": None, "ends": ends},
            **{"until_on": self.closes.date(), "until": "17:00", "contact": CONTACT, "places": row["places"] or None},
            **{"order_key": row.get("order_key", "time"), "waiting_list": True, "releases": True, "quotas": quotas},
            **{"requirement": "年度履职培训" if "履职培训" in row["title"] else "", **bodies},
        }

    def _sign_up(self, activity: Activity) -> None:
        seats = self.district.seats
        names = [name for name, seat in seats.items() if self._invited(seat)]
        asking = self.chance.sample(names, min(self.row["signed"], len(names)))
        moment, last = self.opens, min(self.closes, self.district.now)
        for place, name in enumerate(asking, 1):
            with clock.at(moment + (last - moment) * place / (len(asking) + 1)):
                who = self.district.household.actor(name, self.district.congress)
                found = activities.sign_up(who, activity, {"wait": True})
                if self.chance.random() < CANCELLED:
                    activities.take_sign_up(who, found, "cancel", {})

    def _invited(self, seat: Seat) -> bool:
        if self.row.get("group"):
            here = select(GroupMember.id).join(Group, Group.id == GroupMember.group_id)
            return bool(db.session.scalar(here.where(Group.name == self.row["group"], GroupMember.seat_id == seat.id)))
        return bool(seat.first_term) if self.row.get("whole") == "first_term" else True

    def _hold(self, activity: Activity) -> None:
        mine = SignUp.activity_id == activity.id, SignUp.state == "confirmed"
        listed = db.session.scalars(select(SignUp).where(*mine).order_by(SignUp.order)).all()
        for place, found in enumerate(listed):
            drawn = self.chance.random()
            who = self.district.household.actor(self._username(found.person_id), self.district.congress)
            if drawn < LEAVE:
                with clock.at(_at(self.day - timedelta(days=1), 15)):
                    reason = {"reason": self.chance.choice(REASONS)}
                    activities.take_sign_up(who, found, "request_leave", reason)
                    activities.take_sign_up(self.clerk, found, "approve_leave", {})
            elif drawn > LEAVE + ABSENT:
                with clock.at(_at(self.day, 8, 40) + timedelta(seconds=20 * place)):
                    activities.take_sign_up(self.clerk, found, "check_in", {})
        with clock.at(_at(self.day, 17, 30)):
            activities.take(self.clerk, activity, "hold", {})
            if self.row["summary"]:
                activities.take(self.clerk, activity, "summarise", {"summary": self.row["summary"]})

    def _username(self, person_id: int) -> str:
        return next(name for name, one in self.district.household.persons.items() if one.id == person_id)


def _send(district: District, chance: random.Random, row: dict[str, Any]) -> None:
    sent = _at(district.working(district.today + timedelta(days=row["day"])), 9, 30)
    sent = min(sent, district.now - timedelta(hours=20))
    clerk = district.household.actor("clerk")
    meeting = district.working(district.today + timedelta(days=row["meeting"])) if "meeting" in row else None
    values = {
        **{name: row[name] for name in ("kind", "title", "body")},
        **{"sender": "示范区人大常委会代表工委", "place": row.get("place", ""), "whole": ["all"]},
        **{"starts_on": meeting, "begins": "9:00", "until": "17:00"},
        "until_on": meeting - timedelta(days=2) if meeting else None,
    }
    with clock.at(sent):
        notice = notices.write(clerk, None, values)
        notices.take(clerk, notice, "publish", {})
    _answer(district, chance, row, notice, sent)


def _answer(district: District, chance: random.Random, row: dict[str, Any], notice: Notice, sent: datetime) -> None:
    sent_to = db.session.scalars(select(Receipt).where(Receipt.notice_id == notice.id))
    receipts = {one.capacity_id: one for one in sent_to}
    for place, (name, seat) in enumerate(district.seats.items()):
        drawn, receipt = chance.random(), receipts.get(seat.id)
        if receipt is None or drawn > row["read"]:
            continue
        who = district.household.actor(name, district.congress)
        with clock.at(min(sent + timedelta(minutes=17 * place), district.now)):
            if drawn < row.get("attend", 0):
                notices.take_receipt(who, receipt, "attend", {})
            elif drawn < row.get("attend", 0) + row.get("leave", 0):
                notices.take_receipt(who, receipt, "ask_leave", {"reason": chance.choice(REASONS)})
            else:
                notices.take_receipt(who, receipt, "read", {})
