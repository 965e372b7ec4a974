"""The only place that asks the time.

Two clocks. `now()` and `today()` are the office's time in Asia/Shanghai: deadlines, rosters, terms, reminders.
`real()` is the machine's time in UTC: sessions, tokens, limits, leases, logs. In the demo and test profiles the
file named by PORTAL_CLOCK_FILE may hold an ISO time that the office clock returns; production ignores it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

_clock_file: Path | None = None
_told_here: ContextVar[datetime | None] = ContextVar("told_here", default=None)


def obey(file: str | None) -> None:
    """Let the office clock return what `file` holds, whenever it exists; None returns to the machine's time."""
    global _clock_file
    _clock_file = Path(file) if file else None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the office clock stand at `moment` within the block (the demo district lives its years through it)."""
    token = _told_here.set(moment.replace(tzinfo=OFFICE_ZONE) if moment.tzinfo is None else moment)
    try:
        yield
    finally:
        _told_here.reset(token)


def real() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds that only go forward, for measuring how long something took."""
    return time.monotonic()


def now() -> datetime:
    """The office's time, aware, in Asia/Shanghai."""
    told = _told()
    return told if told is not None else real().astimezone(OFFICE_ZONE)


def today() -> date:
    """The office's calendar day."""
    return now().date()


def office(moment: datetime) -> datetime:
    """`moment` as the office's clock on the wall shows it."""
    return moment.astimezone(OFFICE_ZONE)


def _told() -> datetime | None:
    here = _told_here.get()
    if here is not None or _clock_file is None:
        return here
    try:
        text = _clock_file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=OFFICE_ZONE) if moment.tzinfo is None else moment.astimezone(OFFICE_ZONE)
