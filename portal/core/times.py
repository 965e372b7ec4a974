"""A time of day as people type it."""

import re
from datetime import date, datetime, time

from portal.core import clock

TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


def moment_of(day: date, text: str) -> datetime | None:
    """That time of the office's day; None when the text is no time such as 9:00."""
    found = TIME.fullmatch(text.strip())
    return datetime.combine(day, time(int(found[1]), int(found[2])), clock.OFFICE_ZONE) if found else None
