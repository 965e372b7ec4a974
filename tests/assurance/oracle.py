"""Due dates counted by hand: day by day, from the text of the law and the five published arrangements only.

Written apart from the engine: imports nothing of the portal, takes its rest days from another source than the portal's
files (the holidays package), and does everything with loops that a clerk with a wall calendar could follow.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import holidays

A_DAY = timedelta(days=1)
FIRST_KNOWN, LAST_KNOWN = 2007, 2026

_table = holidays.China(years=range(FIRST_KNOWN, LAST_KNOWN + 1))
_off = {day for day in _table if FIRST_KNOWN <= day.year <= LAST_KNOWN}
_worked = {day for day in _table.weekend_workdays if FIRST_KNOWN <= day.year <= LAST_KNOWN}

# The table of the five packs as printed: (number, unit); what a place does not say follows the common default.
COMMON = {
    "assign": (5, "working days"),
    "return_window": (5, "working days"),
    "assist": (1, "months"),
    "assist_redo": (5, "working days"),
    "first_contact": (20, "working days"),
    "reply": (3, "months"),
    "cap": (6, "months"),
    "feedback": (15, "working days"),
    "redo": (1, "months"),
    "publish": (20, "working days"),
}
PLACES = {
    "Q": {},
    "SH": {"assign": (7, "working days"), "return_window": (7, "working days")},
    "CQ": {
        "assign": (10, "working days"),
        "return_window": (10, "working days"),
        "assist": (30, "working days"),
        "feedback": (20, "working days"),
        "redo": (2, "months"),
    },
    "SD": {"assign": (5, "days"), "return_window": (5, "days")},
    "TW": {"reply": (2, "months"), "cap": (4, "months")},
}


Rule = tuple[int, str]
LADDER = (15, 7, 3, 0)


def office_works(day: date, rest: Collection[date] = (), worked: Collection[date] = ()) -> bool:
    """A make-up day works, a holiday does not, otherwise Monday to Friday; `rest` and `worked` are the office's own."""
    if day in rest or day in worked:
        return day in worked
    if day in _worked:
        return True
    if day in _off:
        return False
    return day.isoweekday() <= 5


def unsettled(day: date) -> bool:
    """No arrangement has been published that settles this day: other years, and the week before an unknown year."""
    if day.year < FIRST_KNOWN or day.year > LAST_KNOWN:
        return True
    return day.year == LAST_KNOWN and day.month == 12 and day.day >= 25


def count(
    pack: str,
    rule: str,
    start: date,
    edited: Mapping[str, Rule] | None = None,
    rest: Collection[date] = (),
    worked: Collection[date] = (),
) -> tuple[date, date, bool]:
    """(last day by the count alone, last day that binds, whether it leans on an unsettled day).

    `edited` are rules that the office changed, as (number, unit).
    """
    number, unit = {**COMMON, **PLACES[pack], **(edited or {})}[rule]
    if unit == "working days":
        return _working_days(start, number, rest, worked)
    last = _months(start, number) if unit == "months" else _days(start, number)
    unsure = unsettled(last)
    binding = last
    # 民法典 203: the last day is a day of rest, so the period ends with the day after the rest is over.
    while not office_works(binding, rest, worked):
        binding += A_DAY
        unsure = unsure or unsettled(binding)
    return last, binding, unsure


def reminders(due: date, until: date, rest: Collection[date] = (), worked: Collection[date] = ()) -> list[date]:
    """The days on which somebody is reminded of a date, up to the day before `until`: 15, 7 and 3 days before by the
    calendar, the day itself, then every day the office works (settled A14)."""
    days = [due - A_DAY * ahead for ahead in LADDER]
    day = due + A_DAY
    while day < until:
        if office_works(day, rest, worked):
            days.append(day)
        day += A_DAY
    return [day for day in days if day < until]


def _working_days(
    start: date, number: int, rest: Collection[date] = (), worked: Collection[date] = ()
) -> tuple[date, date, bool]:
    day, counted, unsure = start, 0, False
    while counted < number:
        day += A_DAY  # 民法典 201: the day on which it begins is not counted
        unsure = unsure or unsettled(day)
        if office_works(day, rest, worked):
            counted += 1
    return day, day, unsure


def _days(start: date, number: int) -> date:
    day = start
    for _ in range(number):
        day += A_DAY
    return day


def _months(start: date, number: int) -> date:
    """民法典 202: the day of the same number in the month it falls in; where there is none, that month's last day."""
    day, passed = start, 0
    while passed < number:
        day += A_DAY
        if day.day == 1:
            passed += 1
    while day.day < start.day and (day + A_DAY).day != 1:
        day += A_DAY
    return day
