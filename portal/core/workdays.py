"""Working days: pure arithmetic over a calendar of rest days and make-up working days.

A day is a working day when the calendar says so, else when it is Monday to Friday. A year for which no official
arrangement is known counts weekends only, and every date that leans on it is provisional (暂定).
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE = timedelta(days=1)
SATURDAY = 5
# New Year's arrangement may reach back into the last week of December, and stands in the next year's notice.
UNSETTLED_FROM = (12, 25)
# No arrangement has ever given a rest of this length: a longer run means that the table itself is wrong.
LONGEST_REST = 60


@dataclass(frozen=True)
class Calendar:
    """What is known about rest days.

    years: years whose official arrangement is entered. rest: days off, weekends inside a holiday included. makeup:
    weekend days on which offices work. names: what each of these days is called. revision: grows with every edit.
    """

    years: frozenset[int]
    rest: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, compare=False, repr=False)
    revision: int = 0

    def __post_init__(self) -> None:
        both = self.rest & self.makeup
        if both:
            raise ValueError(f"rest day and working day at once: {min(both)}")

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        if day.weekday() >= SATURDAY:
            return day in self.makeup
        return day not in self.rest

    def provisional(self, day: date) -> bool:
        """Whether the official arrangement that decides about `day` is still unknown.

        True in a year without data, and on 25–31 December when the next year has none.
        """
        if day.year not in self.years:
            return True
        return (day.month, day.day) >= UNSETTLED_FROM and day.year + 1 not in self.years

    def any_provisional(self, first: date, last: date) -> bool:
        """Whether any day from `first` to `last`, both included, is provisional."""
        if all(year in self.years for year in range(first.year, last.year + 2)):
            return False
        return any(self.provisional(day) for day in span(first, last))

    def name(self, day: date) -> str:
        """What the day is called: the holiday, 周末, or 调休上班 for a make-up day; empty for a plain working day."""
        if day in self.makeup:
            return "调休上班"
        if day in self.rest:
            return self.names.get(day, "放假")
        return "周末" if day.weekday() >= SATURDAY else ""

    def next_working(self, day: date) -> date:
        """`day` itself if offices work on it, else the next day on which they do."""
        return self._seek(day, ONE)

    def previous_working(self, day: date) -> date:
        """`day` itself if offices work on it, else the last day before on which they do."""
        return self._seek(day, -ONE)

    def _seek(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_REST):
            if self.is_working(day):
                return day
            day += step
        raise ValueError(f"no working day within {LONGEST_REST} days of {day}")

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is not counted (民法典 201). `count` ≥ 0."""
        return self._walk(day, count, ONE)

    def subtract_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`; `day` itself is not counted. `count` ≥ 0."""
        return self._walk(day, count, -ONE)

    def _walk(self, day: date, count: int, step: timedelta) -> date:
        if count < 0:
            raise ValueError("a number of working days cannot be negative")
        for _ in range(count):
            day = self._seek(day + step, step)
        return day

    def skipped(self, after: date, until: date) -> tuple[date, ...]:
        """The rest days later than `after` and not later than `until`."""
        return tuple(day for day in span(after + ONE, until) if not self.is_working(day))

    def counted(self, after: date, until: date) -> tuple[date, ...]:
        """The make-up working days later than `after` and not later than `until`."""
        return tuple(day for day in span(after + ONE, until) if day.weekday() >= SATURDAY and day in self.makeup)


def span(first: date, last: date) -> Iterable[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the end of that month where it has no such day (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
