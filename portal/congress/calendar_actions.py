"""Editing the working-day calendar: a day, a year's source, its confirmation. Audited; nothing here commits.

An edit changes the calendar's edition, so that dates are computed anew; what is due already only ever moves later (J4).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.permissions import KEEP_RULES
from portal.audit.actions import record
from portal.congress import notice_text
from portal.congress.pack_models import CalendarDay, CalendarYear
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.workdays import SATURDAY
from portal.jobs.actions import enqueue

# The job that whoever keeps due dates takes up after an edit.
CHANGED = "calendar_changed"
KINDS = {"rest": "放假", "work": "调休上班", "plain": "照平常"}
OTHER_YEAR = "这一天不在{year}年。"
WORKS_ANYWAY = "这一天是周{weekday}，本来就上班，不用登记调休。"
NO_SOURCE = "请写明依据的通知和文号。"
SECOND_PERSON = "这一年的日子是您登记的，请另一位同事对照通知核对后确认。"
NO_DAYS = "还没有登记放假的日子，不能确认。"
CONFIRMED = "这一年已经确认。要改哪一天，请在下面一天一天改。"
WEEKDAYS = "一二三四五六日"


def _keeper(actor: Actor) -> None:
    if not actor.may(KEEP_RULES):
        raise NotAllowed()


def set_day(actor: Actor, year: int, values: Mapping[str, Any]) -> None:
    """Say what a day is: `kind` rest, work or plain, its name and the source. Raises Invalid on the fields."""
    _keeper(actor)
    day, kind, name, source = values["day"], values["kind"], values.get("name") or "", values.get("source") or ""
    _check_day(day, year, kind, source)
    _year(year, source).entered_by_id = actor.person_id
    known = db.session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if kind == "plain":
        if known is not None:
            db.session.delete(known)
    else:
        known = known or CalendarDay(year=year, day=day)
        known.working, known.name = kind == "work", name or KINDS[kind]
        known.source = source
        db.session.add(known)
    db.session.flush()
    data = {"day": day, "kind": kind, "name": name, "source": source}
    said = f"{day.isoformat()}改为{KINDS[kind]}{name}：{source}"
    record(actor, f"calendar:{year}", "calendar.day", data, said)
    _announce(year, f"{day.year}年{day.month}月{day.day}日改为{KINDS[kind]}")


def _check_day(day: date, year: int, kind: str, source: str) -> None:
    wrong = {}
    if day.year != year:
        wrong["day"] = OTHER_YEAR.format(year=year)
    elif kind == "work" and day.weekday() < SATURDAY:
        wrong["day"] = WORKS_ANYWAY.format(weekday=WEEKDAYS[day.weekday()])
    if not source:
        wrong["source"] = NO_SOURCE
    if wrong:
        raise Invalid(fields=wrong)


def enter_notice(actor: Actor, year: int, source: str, text: str) -> int:
    """Enter a whole year from the text of its notice, in place of what was entered; gives the number of days.

    It counts only when a second person has confirmed it. Raises Invalid for a text that does not fit the calendar, or
    when the year is confirmed already.
    """
    _keeper(actor)
    days = notice_text.read(text, year)
    known = _year(year, source)
    if known.confirmed:
        raise Invalid(fields={"text": CONFIRMED})
    known.source, known.entered_by_id = source, actor.person_id
    for old in list(known.days):
        db.session.delete(old)
    db.session.flush()
    db.session.add_all(CalendarDay(year=year, day=day, working=working, name=name) for day, working, name in days)
    db.session.flush()
    said = f"按通知登记了{year}年的{len(days)}天，等第二人核对：{source}"
    record(actor, f"calendar:{year}", "calendar.notice", {"source": source, "days": len(days)}, said)
    return len(days)


def set_year(actor: Actor, year: int, source: str, confirmed: bool) -> None:
    """The notice a year was taken from, and whether its arrangement is complete; until then its dates are 暂定."""
    _keeper(actor)
    if confirmed and not source:
        raise Invalid(fields={"source": NO_SOURCE})
    known = _year(year, source)
    if confirmed and not known.days:
        raise Invalid(fields={"confirmed": NO_DAYS})
    if confirmed and not known.confirmed and known.entered_by_id == actor.person_id:
        raise Invalid(fields={"confirmed": SECOND_PERSON})
    known.source, known.confirmed = source, confirmed
    db.session.flush()
    said = f"{year}年放假安排{'已确认' if confirmed else '改为暂定'}，依据：{source}"
    record(actor, f"calendar:{year}", "calendar.year", {"source": source, "confirmed": confirmed}, said)
    _announce(year, f"{year}年放假安排{'已确认' if confirmed else '改为暂定'}")


def _announce(year: int, said: str) -> None:
    """Leave a job for whoever has counted with the calendar as it was."""
    db.session.flush()
    edition = db.session.scalar(select(CalendarYear.edition).where(CalendarYear.year == year))
    enqueue(CHANGED, {"edition": edition, "said": said}, once=f"{CHANGED}:{edition}")


def _year(year: int, source: str) -> CalendarYear:
    known = db.session.get(CalendarYear, year)
    if known is None:
        known = CalendarYear(year=year, source=source, confirmed=False)
        db.session.add(known)
        db.session.flush()
    return known
