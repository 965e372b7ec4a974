"""Duty rules worked out a second time, from the holidays package alone: nothing of portal is imported or read here.

A rule is (months, what, on_rest): `what` is ("day", n), ("last", 0), ("weekday", w) or ("nth", n, w), weekdays from 0
for Monday, n = 5 for a fifth that may not exist, -1 for the last.
"""

from calendar import monthcalendar, monthrange
from datetime import date, timedelta
from typing import Any

import holidays

ALL = range(1, 13)
Rule = tuple[Any, tuple[Any, ...], str]
# Published arrangements; what the package computes beyond them lacks make-up days and is no notice.
FIRST_KNOWN, LAST_KNOWN = 2023, 2026

_table = holidays.China(years=range(FIRST_KNOWN, LAST_KNOWN + 1))
REST = {day for day in _table if FIRST_KNOWN <= day.year <= LAST_KNOWN}
WORK = {day for day in _table.weekend_workdays if FIRST_KNOWN <= day.year <= LAST_KNOWN}


def rests(day: date) -> bool:
    """Whether offices are closed."""
    if day in WORK:
        return False
    return day in REST or day.isoweekday() > 5


def own_days(rule: Rule, year: int) -> list[date]:
    """The days the rule names, rest days or not."""
    months, what, _ = rule
    found = []
    for month in months:
        weeks = monthcalendar(year, month)
        if what[0] == "day":
            found += [date(year, month, what[1])] if what[1] <= monthrange(year, month)[1] else []
        elif what[0] == "last":
            found.append(date(year, month, monthrange(year, month)[1]))
        else:
            hits = [week[what[-1]] for week in weeks if week[what[-1]]]
            if what[0] == "nth":
                hits = hits[-1:] if what[1] == -1 else hits[what[1] - 1 : what[1]]
            found += [date(year, month, number) for number in hits]
    return sorted(found)


def receptions(rule: Rule, year: int) -> list[tuple[date, date]]:
    """(own day, day it is held) of a year; without those that fall out."""
    held = []
    for own in own_days(rule, year):
        day = own
        if rule[2] == "skip" and rests(own):
            continue
        while rule[2] == "move" and rests(day):
            day += timedelta(days=1)
        held.append((own, day))
    return held
