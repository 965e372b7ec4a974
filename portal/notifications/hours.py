"""When messages may leave: not in somebody's quiet hours, and only on days on which offices work.

Rest days and the hour of the morning's mail belong to the rules of the congress, a floor above this one; the assembly
says them here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core import clock
from portal.core.workdays import LONGEST_REST, SATURDAY


@dataclass
class OfficeHours:
    """works(day): whether offices work on it. mail_hour(): the hour at which the day's mail leaves."""

    works: Callable[[date], bool] = lambda day: day.weekday() < SATURDAY
    mail_hour: Callable[[], int] = lambda: 9


OFFICE = OfficeHours()


def at_hour(day: date, hour: int) -> datetime:
    """That full hour of the day, office time."""
    return datetime.combine(day, time(hour), clock.OFFICE_ZONE)


def opening(moment: datetime, hour: int, works: Callable[[date], bool] | None = None) -> datetime:
    """`moment` if offices work on its day and it is not before `hour`; else the next time it is `hour` on one."""
    asked = works or OFFICE.works
    first = max(moment, at_hour(moment.date(), hour))
    if asked(first.date()):
        return first
    for number in range(1, LONGEST_REST):
        day = first.date() + timedelta(days=number)
        if asked(day):
            return at_hour(day, hour)
    raise ValueError(f"no working day after {moment:%Y-%m-%d}")


def out_of_quiet(moment: datetime, quiet_from: int, quiet_until: int) -> datetime:
    """`moment`, or the first working morning after somebody's quiet hours (equal bounds: none).

    Quiet hours may pass midnight (20–8) or not (12–14).
    """
    overnight = quiet_from > quiet_until
    hour = moment.hour
    if overnight and hour >= quiet_from:
        moment = at_hour(moment.date() + timedelta(days=1), quiet_until)
    elif not overnight and quiet_from <= hour < quiet_until:
        moment = at_hour(moment.date(), quiet_until)
    return opening(moment, quiet_until if overnight else 0)
