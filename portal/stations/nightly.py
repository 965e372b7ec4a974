"""What the night does for the stations: plans receptions a year ahead, follows the calendar, tells deputies in time,
marks who did not come."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from sqlalchemy import or_, select

from portal.accounts.actor import SYSTEM
from portal.accounts.models import Person
from portal.congress.deadlines import count_back
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.core.workdays import ONE, add_months
from portal.jobs.actions import Errand
from portal.jobs.night import STARTS_AT
from portal.notifications import hours
from portal.notifications.actions import Outside, tell
from portal.stations import duty_actions, rules
from portal.stations.models import DutyRule, DutySlot, Reception, Station
from portal.stations.rules import Pattern, day_words


def tend(day: date) -> Iterator[Errand]:
    """Everything about receptions that is done because of the date alone."""
    yield from _plan(day)
    yield from _follow_calendar(day)
    yield from _notices(day)
    yield from _missed(day)


def _plan(day: date) -> Iterator[Errand]:
    until, days = add_months(day, duty_actions.MONTHS_AHEAD), calendar()
    behind = or_(DutyRule.planned_until.is_(None), DutyRule.planned_until < until)
    running = or_(DutyRule.ends_on.is_(None), DutyRule.ends_on >= day)
    wanted = select(DutyRule, Station.name).join(Station, Station.id == DutyRule.station_id).where(behind, running)
    for rule, name in db.session.execute(wanted.order_by(DutyRule.id)).all():
        first = max(rule.planned_until + ONE if rule.planned_until else rule.starts_on, day)
        coming = list(rules.ruled_days(Pattern.restored(rule.pattern), first, until, days))
        if coming:
            yield Errand(f"{name}　排到{until}，接待{len(coming)}次", partial(_plan_rule, rule.id, until))


def _plan_rule(rule_id: int, until: date) -> None:
    duty_actions.plan(SYSTEM, db.session.get_one(DutyRule, rule_id), until)


def _follow_calendar(day: date) -> Iterator[Errand]:
    """Receptions to come that the calendar of today puts elsewhere, or that are settled now."""
    days = calendar()
    columns = Reception.id, Reception.ruled_on, Reception.day, Reception.provisional, DutyRule.pattern
    ahead = select(*columns).join(DutyRule, DutyRule.id == Reception.rule_id).where(Reception.day > day)
    for key, ruled_on, stands, provisional, kept in db.session.execute(ahead.where(Reception.called_off_at.is_(None))):
        pattern = Pattern.restored(kept)
        new = rules.day_held(pattern, ruled_on, days)
        uncertain = new is not None and pattern.on_rest != "stay" and days.any_provisional(ruled_on, new)
        if new != stands or uncertain != provisional:
            yield Errand(f"{stands}的接待按日历{f'在{new}' if new else '取消'}", partial(_move, key, stands))


def _move(reception_id: int, stands: date) -> None:
    reception = db.session.get_one(Reception, reception_id)
    if reception.day == stands and not reception.called_off_at:
        duty_actions.move(reception)


def _notices(day: date) -> Iterator[Errand]:
    """Each deputy hears of each duty once, the rule's days ahead (settled A17)."""
    days = calendar()
    ahead = (
        select(DutySlot.id, Reception.day, DutyRule.notice_days, Person.name)
        .join(Reception, Reception.id == DutySlot.reception_id)
        .join(DutyRule, DutyRule.id == Reception.rule_id)
        .join(Person, Person.id == DutySlot.person_id)
        .where(DutySlot.state == "planned", Reception.day > day, Reception.called_off_at.is_(None))
        .where(DutyRule.notice_days.is_not(None))
        .order_by(Reception.day, DutySlot.id)
    )
    for key, sits_on, notice_days, name in db.session.execute(ahead):
        if notice_days is not None and count_back(sits_on, notice_days, days) == day:
            yield Errand(f"{name}　{sits_on}接待", partial(_tell, key, sits_on, day))


def _tell(slot_id: int, sits_on: date, day: date) -> None:
    slot = db.session.get_one(DutySlot, slot_id)
    reception = slot.reception
    if slot.state != "planned" or reception.day != sits_on or reception.called_off_at:
        return
    when = f"{day_words(sits_on)}周{rules.WEEKDAYS[sits_on.weekday()]}{reception.hours}"
    title = f"请您{when}到{reception.station.called}接待群众"
    leaves = hours.opening(max(hours.at_hour(day, hours.OFFICE.mail_hour()), clock.now()), hours.OFFICE.mail_hour(),
                           hours.OFFICE.works)  # fmt: skip
    outside = Outside(f"请您{when}到站接待，请登录查看。", leaves)
    bears = min(datetime.combine(day, STARTS_AT, clock.OFFICE_ZONE), clock.now())
    tell({slot.person_id}, "duty_slot.notice", title, slot.address, f"duty:{slot.id}:{sits_on}", None, outside, bears)


def _missed(day: date) -> Iterator[Errand]:
    gone = (
        select(DutySlot.id, Reception.day, Person.name)
        .join(Reception, Reception.id == DutySlot.reception_id)
        .join(Person, Person.id == DutySlot.person_id)
        .where(DutySlot.state == "planned", Reception.day < day, Reception.called_off_at.is_(None))
        .order_by(Reception.day, DutySlot.id)
    )
    for key, was_on, name in db.session.execute(gone):
        yield Errand(f"{name}　{was_on}没有登记到站", partial(_mark, key))


def _mark(slot_id: int) -> None:
    slot = db.session.get_one(DutySlot, slot_id)
    if slot.state == "planned":
        duty_actions.take(SYSTEM, slot, "mark_missed", {})
