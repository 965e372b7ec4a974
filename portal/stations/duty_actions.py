"""Duty: rules made and ended, receptions planned ahead and moved with the calendar, the steps of a slot."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.queries import acts_on
from portal.audit import actions as audit
from portal.congress.models import Seat
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.workdays import ONE, Calendar, add_months
from portal.notifications.actions import Outside, tell, tell_step
from portal.stations import duty_queries, guards, rules
from portal.stations.audiences import AUDIENCES
from portal.stations.duty_words import read
from portal.stations.models import DutyRule, DutySlot, Placement, Reception, Station
from portal.stations.rules import Pattern, RuledDay, day_words, ruled_days
from portal.stations.workflow import SLOT

# The public sees a year's plan (年度接待计划).
MONTHS_AHEAD = 12
NOT_READ = "没看懂。可以写：每月15日上午9:00–11:30、单月10日、每周四、每月第二个星期三；别的说法请写进“接待说明”。"
BOUNDS = {"at_once": (1, 20), "notice_days": (0, 60), "least": (0, 60)}
PAST = "不能早于今天（{today}）。"
NOT_FREE = "这位代表这一次已经有安排，请选另一位。"
RULE_ENDED = "接待规则已改"
LEFT_STATION = "已不在本站"
LATE = "补记以前的日期，请写明原因。"
WRONG_DAY = "接待日是{day}，到站日期应为这一天。"


# --- rules --------------------------------------------------------------------------------------------------------


def checked(values: Mapping[str, Any]) -> tuple[Pattern, date]:
    """The rule that the words mean and its first day; raises Invalid on the fields."""
    wrong = {}
    pattern = read(values["words"]).pattern
    if pattern is None:
        wrong["words"] = NOT_READ
    for name, (low, high) in BOUNDS.items():
        if values.get(name) is not None and not low <= values[name] <= high:
            wrong[name] = f"应为{low}到{high}之间的整数。"
    starts = values.get("starts_on") or clock.today() + ONE
    if starts < clock.today():
        wrong["starts_on"] = PAST.format(today=day_words(clock.today()))
    if wrong or pattern is None:
        raise Invalid(fields=wrong)
    return pattern, starts


def preview(pattern: Pattern, starts: date) -> list[RuledDay]:
    """The receptions of the first year, for the sentence and list that a typed rule is shown back as."""
    return list(ruled_days(pattern, starts, add_months(starts, MONTHS_AHEAD) - ONE, calendar()))


def share_words(receptions: int, at_once: int | None, heads: int, least: int | None) -> str:
    """Whether a year's receptions give everybody their turns: 一年24次，每次2位；11位代表每人4到5次。"""
    turns = receptions * (at_once or 0)
    if not heads:
        return f"一年{receptions}次。还没有代表安排在本站，先排出日子，安排代表后轮流值班。"
    each, more = divmod(turns, heads)
    share = f"{each}到{each + 1}" if more else str(each)
    said = f"一年{receptions}次，每次{at_once}位；{heads}位代表每人{share}次。"
    return said if each >= (least or 0) else f"{said}不够每人至少{least}次，请增加次数或每次的人数。"


def add_rule(actor: Actor, station: Station, values: Mapping[str, Any]) -> DutyRule:
    """A rule from its words, planned at once. Raises NotAllowed, or Invalid on the fields."""
    if not guards.keeps(actor, station):
        raise NotAllowed()
    pattern, starts = checked(values)
    made = DutyRule(
        station=station, pattern=pattern.stored(), starts_on=starts,
        **{name: values.get(name) for name in BOUNDS},
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    said = f"定接待规则：{made.sentence}，从{starts:%Y-%m-%d}起"
    audit.record(actor, station.audit_subject, "station.ruled", {"pattern": made.pattern}, said)
    plan(actor, made, add_months(clock.today(), MONTHS_AHEAD))
    return made


def end_rule(actor: Actor, rule: DutyRule, last_day: date) -> None:
    """No reception by this rule after `last_day`; what was planned later is called off. Raises NotAllowed, Invalid."""
    if not guards.keeps(actor, rule.station):
        raise NotAllowed()
    if last_day < clock.today() - ONE or last_day < rule.starts_on - ONE:
        raise Invalid(fields={"ends_on": PAST.format(today=day_words(clock.today()))})
    rule.ends_on = last_day
    said = f"接待规则“{rule.sentence}”到{last_day:%Y-%m-%d}为止"
    audit.record(actor, rule.station.audit_subject, "station.rule_ended", {"last_day": last_day}, said)
    later = select(Reception).where(
        Reception.rule_id == rule.id, Reception.ruled_on > last_day, Reception.called_off_at.is_(None)
    )
    for reception in db.session.scalars(later.where(Reception.day > clock.today())):
        reception.called_off_at, reception.called_off_for = clock.now(), RULE_ENDED


# --- receptions ---------------------------------------------------------------------------------------------------


def plan(actor: Actor, rule: DutyRule, until: date) -> int:
    """Make the rule's receptions up to `until` with their slots, everybody in turn; how many were made."""
    begins = rule.planned_until + ONE if rule.planned_until else rule.starts_on
    first = max(begins, rule.starts_on, clock.today())
    last = min(until, rule.ends_on or until)
    days = list(ruled_days(Pattern.restored(rule.pattern), first, last, calendar()))
    rule.planned_until = max(last, rule.planned_until or last)
    if not days:
        return 0
    roster, counts = _roster(rule.station), _Counts(rule.station_id)
    for day in days:
        reception = _reception(rule, day)
        db.session.add(reception)
        there = [one.person_id for one in roster if _placed_on(one, day.day)]
        for person in rules.shared_out(counts.of(day.day.year), there, rule.at_once or 0):
            counts.of(day.day.year)[person] = counts.of(day.day.year).get(person, 0) + 1
            _plan_slot(reception, person)
    db.session.flush()
    said = f"按“{rule.sentence}”排到{last:%Y-%m-%d}，接待{len(days)}次"
    audit.record(actor, rule.station.audit_subject, "station.planned", {"receptions": len(days)}, said)
    return len(days)


class _Counts:
    """How often each person sits at one station, by year; asked once a year."""

    def __init__(self, station_id: int):
        self._station, self._years = station_id, dict[int, dict[int, int]]()

    def of(self, year: int) -> dict[int, int]:
        if year not in self._years:
            self._years[year] = duty_queries.counts_by_person(self._station, year)
        return self._years[year]


def _roster(station: Station) -> list[Placement]:
    """Who is placed there, without those whose seats have all ended or rest (S6)."""
    placed = db.session.scalars(
        select(Placement).where(Placement.station_id == station.id).order_by(Placement.order, Placement.id)
    ).all()
    persons = [one.person_id for one in placed]
    seated = set(db.session.scalars(select(Seat.person_id).where(Seat.person_id.in_(persons))))
    acting = set(
        db.session.scalars(select(Seat.person_id).where(Seat.person_id.in_(persons), acts_on(Seat, clock.today())))
    )
    return [one for one in placed if one.person_id in acting or one.person_id not in seated]


def _placed_on(placement: Placement, day: date) -> bool:
    return placement.starts_on <= day and (placement.ends_on is None or placement.ends_on >= day)


def _reception(rule: DutyRule, day: RuledDay) -> Reception:
    pattern = Pattern.restored(rule.pattern)
    return Reception(
        station_id=rule.station_id, rule=rule, ruled_on=day.ruled_on, day=day.day, provisional=day.provisional,
        half=pattern.half,
        opens_at=time.fromisoformat(pattern.opens) if pattern.opens else None,
        closes_at=time.fromisoformat(pattern.closes) if pattern.closes else None,
    )  # fmt: skip


def moved(reception: Reception, days: Calendar) -> date | None:
    """Where the calendar of today puts a planned reception; None when it falls out."""
    rule = reception.rule
    return rules.day_held(Pattern.restored(rule.pattern), reception.ruled_on, days) if rule else reception.day


def move(reception: Reception) -> None:
    """Put a reception to come where the calendar of today puts it, and tell who sits there."""
    days, old = calendar(), reception.day
    new = moved(reception, days)
    if new is None:
        call_off(SYSTEM, reception, "接待日改为放假")
        return
    reception.day = new
    reception.provisional = days.any_provisional(reception.ruled_on, new)
    if new == old:
        return
    said = f"放假安排有变化，{day_words(old)}的接待改到{day_words(new)}"
    audit.record(SYSTEM, reception.station.audit_subject, "station.moved", {"old": old, "new": new}, said)
    _tell_sitters(reception, f"{reception.station.called}：{said}", f"duty:moved:{reception.id}:{new}")


def call_off(actor: Actor, reception: Reception, reason: str) -> None:
    """A reception does not take place; who would sit there is told. Raises NotAllowed, Conflict when it is over."""
    if actor is not SYSTEM and not guards.keeps(actor, reception.station):
        raise NotAllowed()
    if reception.called_off_at or reception.day < clock.today():
        raise Conflict(guards.CALLED_OFF if reception.called_off_at else guards.OVER)
    reception.called_off_at, reception.called_off_for = clock.now(), reason
    said = f"取消{day_words(reception.day)}的接待：{reason}"
    audit.record(actor, reception.station.audit_subject, "station.called_off", {"reason": reason}, said)
    _tell_sitters(reception, f"{reception.station.called}：{said}", f"duty:off:{reception.id}")


def _tell_sitters(reception: Reception, said: str, effect: str) -> None:
    told = {slot.person_id for slot in duty_queries.sitting(reception)}
    tell(told, "duty_slot.changed", said, "/duty", effect, outside=Outside("您的接待日有变化，请登录查看。"))


def fill(actor: Actor, reception: Reception, placement_id: str, instead_of: DutySlot | None = None) -> DutySlot:
    """Ask another deputy of the station to sit in. Raises NotAllowed, Invalid on `deputy`, Conflict when over."""
    if not guards.keeps(actor, reception.station):
        raise NotAllowed()
    if reception.day < clock.today() or reception.called_off_at:
        raise Conflict(guards.CALLED_OFF if reception.called_off_at else guards.OVER)
    if placement_id not in dict(duty_queries.free_deputies(reception)):
        raise Invalid(fields={"deputy": NOT_FREE})
    placement = db.session.scalars(select(Placement).where(Placement.public_id == placement_id)).one()
    made = _plan_slot(reception, placement.person_id, instead_of)
    db.session.flush()
    day, name = day_words(reception.day), placement.person.name
    said = f"请{name}代表{day}到站接待"
    audit.record(actor, reception.station.audit_subject, "station.filled", {"name": name, "day": reception.day}, said)
    title = f"{reception.station.called}：请您{day}{reception.hours}到站接待"
    outside = Outside(f"请您{day}到站接待，请登录查看。")
    tell({placement.person_id}, "duty_slot.filled", title, "/duty", f"duty:filled:{made.id}", outside=outside)
    return made


# --- steps --------------------------------------------------------------------------------------------------------


def _facts(slot: DutySlot) -> dict[str, Any]:
    return {"name": slot.person.name, "day": day_words(slot.reception.day)}


def _offer(_actor: Any, slot: DutySlot, data: Mapping[str, Any]) -> Mapping[str, Any]:
    other = next((one for one in duty_queries.exchangeable(slot) if one.public_id == data.get("other")), None)
    if other is None:
        raise Invalid(fields={"other": "这一次已经换不成，请从列表里另选一次。"})
    slot.offered_for = other
    return {**_facts(slot), "other_name": other.person.name, "other_day": day_words(other.reception.day)}


def _accept(_actor: Any, slot: DutySlot, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    other: Any = slot.offered_for
    for reception, person in ((slot.reception, other.person_id), (other.reception, slot.person_id)):
        if person in {one.person_id for one in duty_queries.sitting(reception)}:
            raise Conflict(guards.OFFER_GONE)
    take(SYSTEM, other, "exchange")
    for old, person in ((slot, other.person_id), (other, slot.person_id)):
        _plan_slot(old.reception, person, old)
    return {**_facts(slot), "other_name": other.person.name, "other_day": day_words(other.reception.day)}


def _plain(_actor: Any, slot: DutySlot, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    return _facts(slot)


def _leave(_actor: Any, slot: DutySlot, data: Mapping[str, Any]) -> Mapping[str, Any]:
    slot.reason = data["reason"]
    return _facts(slot)


def _arrive(_actor: Any, slot: DutySlot, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day, reason = slot.reception.day, data.get("late_reason") or ""
    if data.get("happened_on") not in (None, day):
        raise Invalid(fields={"happened_on": WRONG_DAY.format(day=day_words(day))})
    if day < clock.today() and not reason:
        raise Invalid(fields={"late_reason": LATE})
    slot.happened_on, slot.reason = day, reason
    return {**_facts(slot), "late_words": f"（补记：{reason}）" if reason else ""}


def _missed(_actor: Any, slot: DutySlot, data: Mapping[str, Any]) -> Mapping[str, Any]:
    slot.reason = data.get("reason") or ""
    return {**_facts(slot), "reason_words": f"：{slot.reason}" if slot.reason else ""}


EFFECTS = {
    **{"offer_swap": _offer, "accept_swap": _accept, "exchange": _plain, "take_leave": _leave},
    "fall_vacant": _leave,
    **{"arrive": _arrive, "mark_missed": _missed},
}
WITNESSES: Sequence[Any] = (audit.record_step, tell_step(AUDIENCES))
take = SLOT.taker(EFFECTS, WITNESSES)
# A year's slots come into being together; one entry of the log tells of all.
_quietly = SLOT.taker({}, ())


def _plan_slot(reception: Reception, person_id: int, instead_of: DutySlot | None = None) -> DutySlot:
    slot = DutySlot(reception=reception, person_id=person_id, instead_of=instead_of)
    db.session.add(slot)
    _quietly(SYSTEM, slot, "plan")
    return slot


def vacate(placement: Placement) -> int:
    """Duties after a placement's last day wait for somebody else; how many."""
    mine = DutySlot.person_id == placement.person_id, Reception.station_id == placement.station_id
    slots = ahead(*mine, Reception.day > (placement.ends_on or date.max))
    for slot in slots:
        take(SYSTEM, slot, "fall_vacant", {"reason": LEFT_STATION})
    return len(slots)


def ahead(*conditions: ColumnElement[bool]) -> Sequence[DutySlot]:
    """Planned duties from today on, of receptions that take place."""
    planned = select(DutySlot).join(Reception, Reception.id == DutySlot.reception_id).where(*conditions)
    open_still = DutySlot.state == "planned", Reception.day >= clock.today(), Reception.called_off_at.is_(None)
    return db.session.scalars(planned.where(*open_still).order_by(Reception.day, DutySlot.id)).all()
