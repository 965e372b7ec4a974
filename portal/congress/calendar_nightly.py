"""The night looks at the calendar: a missing, empty or unconfirmed year is never passed over in silence (J4)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from portal.accounts.models import Appointment
from portal.accounts.permissions import GRANTS, KEEP_RULES, KEEP_SYSTEM
from portal.accounts.queries import holds_on
from portal.congress.deadlines import deadline
from portal.congress.models import Congress
from portal.congress.rulepacks import calendar, pack_of_version
from portal.core.db import db
from portal.jobs.actions import Errand
from portal.notifications.actions import tell

WARNING = "{year}年的放假安排还没有登记完整并由第二人确认，落在那一年的期限都标“暂定”。请按国务院办公厅的通知登记。"


def warn_of_calendar(day: date) -> Iterator[Errand]:
    """Tell whoever keeps the rules or the system of every unknown year that a due date counted today may fall in.

    For the running year every day, for the next one on the first day it is needed and on each first of a month.
    """
    known = calendar().years
    for year in sorted(_years_needed(day) - known):
        often = day.isoformat() if year == day.year else f"{day:%Y-%m}"
        yield Errand(f"提醒登记{year}年的放假安排", partial(_warn, day, year, often))


def _years_needed(day: date) -> set[int]:
    """This year and those reached by the longest period of any congress; late December leans on the next year too."""
    years = {day.year}
    for congress in db.session.scalars(select(Congress)):
        if congress.pack_version is not None:
            last = deadline(pack_of_version(congress.pack_version), "cap", day, calendar()).due
            years |= {last.year, (last + timedelta(days=7)).year}
    return years


def _warn(day: date, year: int, often: str) -> None:
    for permission, url in ((KEEP_RULES, f"/rules/calendar/{year}"), (KEEP_SYSTEM, "/home")):
        roles = [role for role, granted in GRANTS.items() if permission in granted]
        held = select(Appointment.person_id).where(Appointment.role.in_(roles), holds_on(Appointment, day))
        cause = f"calendar:{year}:{often}:{permission}"
        tell(set(db.session.scalars(held)), "calendar.unknown", WARNING.format(year=year), url, cause)
