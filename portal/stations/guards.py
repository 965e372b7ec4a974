"""Who may do what with a station and a duty slot, and what stands in the way."""

from typing import Any

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.permissions import CLERK, KEEP_STATIONS, SERVE_STATIONS
from portal.core import clock

TOO_LATE = "这次接待已经开始或过去了，不能再换班；没能到站的，请登记请假或缺勤的原因。"
OVER = "这次接待已经过去了，不能再请假。"
NOT_YET = "还没到接待日，不能登记到站。"
NOT_OVER = "接待日还没有过，不能记缺勤。"
NO_OFFER = "没有等您答复的换班。"
OFFER_GONE = "对方的班次已经有变化，这次换班办不成了，请重新商量。"
CALLED_OFF = "这次接待已经取消。"


def is_system(actor: Actor, _item: Any) -> bool:
    """the portal itself"""
    return actor is SYSTEM


def keeps(actor: Actor, station: Any) -> bool:
    """Whether the actor keeps this station: its own staff, or the office of its congress or of the one above."""
    if not actor.may(KEEP_STATIONS):
        return False
    if actor.body_id == station.id:
        return True
    if not actor.is_a(CLERK):
        return False
    above = station.superior.superior_id if station.superior is not None else None
    return actor.congress_id in (station.congress_id, above)


def is_own(actor: Actor, slot: Any) -> bool:
    """the deputy whose duty it is"""
    return actor.may(SERVE_STATIONS) and actor.seat_active and actor.person_id == slot.person_id


def is_offered(actor: Actor, slot: Any) -> bool:
    """the colleague to whom the exchange was offered"""
    offered = slot.offered_for
    return (
        offered is not None and actor.may(SERVE_STATIONS) and actor.seat_active and actor.person_id == offered.person_id
    )


def own_or_staff(actor: Actor, slot: Any) -> bool:
    """the deputy, or who keeps the station"""
    return is_own(actor, slot) or keeps(actor, slot.reception.station)


def staff(actor: Actor, slot: Any) -> bool:
    """who keeps the station, or the portal by night"""
    return actor is SYSTEM or keeps(actor, slot.reception.station)


def still_ahead(_actor: Actor, slot: Any) -> str | None:
    """A duty is exchanged before its day."""
    if slot.reception.called_off_at:
        return CALLED_OFF
    return None if slot.reception.day > clock.today() else TOO_LATE


def not_over(_actor: Actor, slot: Any) -> str | None:
    """Leave is asked until the day itself."""
    if slot.reception.called_off_at:
        return CALLED_OFF
    return None if slot.reception.day >= clock.today() else OVER


def offer_stands(actor: Actor, slot: Any) -> str | None:
    """Both duties are still to come and planned."""
    other = slot.offered_for
    if other is None:
        return NO_OFFER
    if other.state != "planned" or still_ahead(actor, other):
        return OFFER_GONE
    return still_ahead(actor, slot)


def day_has_come(_actor: Actor, slot: Any) -> str | None:
    """Nobody has arrived before the day."""
    if slot.reception.called_off_at:
        return CALLED_OFF
    return None if slot.reception.day <= clock.today() else NOT_YET


def day_is_over(_actor: Actor, slot: Any) -> str | None:
    """Nobody is missing before the day is over."""
    if slot.reception.called_off_at:
        return CALLED_OFF
    return None if slot.reception.day < clock.today() else NOT_OVER
