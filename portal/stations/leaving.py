"""When a deputy leaves: duties to come fall vacant, the places in stations are listed for the office (S6)."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.queries import acts_on
from portal.congress.handover import Line, Part
from portal.congress.models import Seat
from portal.core import clock
from portal.core.db import db
from portal.stations import duty_actions
from portal.stations.models import DutySlot, Placement, Station
from portal.stations.queries import runs
from portal.stations.rules import day_words

ENDED = "代表资格终止"


def lapse(_actor: Actor, seat: Seat) -> int:
    """Duties to come fall vacant with a deputy's last seat; how many. None for who sits elsewhere still."""
    if not seat.vacated or _sits_elsewhere(seat):
        return 0
    slots = duty_actions.ahead(DutySlot.person_id == seat.person_id)
    for slot in slots:
        duty_actions.take(SYSTEM, slot, "fall_vacant", {"reason": ENDED})
    return len(slots)


def _sits_elsewhere(seat: Seat) -> bool:
    others = select(Seat.id).where(Seat.person_id == seat.person_id, Seat.id != seat.id, acts_on(Seat, clock.today()))
    return db.session.scalar(others.limit(1)) is not None


def sheet(_actor: Actor, seat: Seat) -> list[Part]:
    """The stations in which the leaver is placed, and duties to come that somebody else has to take."""
    placed = select(Placement).where(Placement.person_id == seat.person_id, runs(Placement))
    whole = joinedload(Placement.station).joinedload(Station.superior)
    homes = [
        Line(f"{one.station.name}进站代表", f"/desk/stations/{one.station.public_id}", "请结束进站，或者改级别")
        for one in db.session.scalars(placed.options(whole).order_by(Placement.id))
    ]
    duties = [
        Line(f"{one.reception.station.name}{day_words(one.reception.day)}的接待", "/desk/stations", "请安排人顶班")
        for one in duty_actions.ahead(DutySlot.person_id == seat.person_id)
    ]
    return [
        Part("联络站", "在站点页登记“不再在本站”，这一行就销掉。", tuple(homes), len(homes), wanted=True),
        Part("接待值班", "资格终止后，排好的接待自动空出来，列在联络站页上。", tuple(duties), len(duties), wanted=True),
    ]
