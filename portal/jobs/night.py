"""The nightly: what time itself does, once per office day, at 00:05 or when the worker next looks.

When the office clock jumps ahead, the nightly runs once for each skipped day, in order. When it jumps back nothing is
run again, and one warning says so.
"""

import inspect
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import leases, queries
from portal.jobs.actions import Errand

logger = logging.getLogger("portal.jobs")

Work = Callable[[date], Any]

STARTS_AT = time(0, 5)
LEASE_SECONDS = 600

_warned: set[date] = set()


def run(works: Sequence[Work], day: date, dry_run: bool = False) -> Iterator[str]:
    """Run every work for `day` in its order and yield a sentence per errand; commits per errand, never when dry.

    A work is a generator of Errands, each done in a transaction of its own, or a plain function of the day, which is
    one errand. One errand's trouble is logged and does not stop the others: the next night finds it again.
    """
    for work in works:
        for errand in _errands(work, day):
            yield errand.said
            if not dry_run:
                _do(errand, work)


def due_days() -> list[date]:
    """The office days whose nightly has not been run, oldest first. A new deployment begins with its first day."""
    now = clock.now()
    latest = now.date() if now.time() >= STARTS_AT else now.date() - timedelta(days=1)
    noted = leases.note(queries.NIGHTLY)
    if noted is None:
        return [latest]
    done = date.fromisoformat(noted)
    if latest < done - timedelta(days=1) and latest not in _warned:
        _warned.add(latest)
        logger.warning("the office clock went back", extra={"from_day": noted, "to_day": latest.isoformat()})
    return [done + timedelta(days=number) for number in range(1, (latest - done).days + 1)]


def run_due(works: Sequence[Work]) -> int:
    """Run the nightly for every due day while this process holds the lease; how many days were run."""
    days = due_days()
    db.session.rollback()
    ran = 0
    for day in days:
        with writing_transaction():
            mine = leases.acquire(queries.NIGHTLY, LEASE_SECONDS)
        if not mine:
            break
        for _ in run(works, day):
            pass
        with writing_transaction():
            leases.write(queries.NIGHTLY, day.isoformat())
        ran += 1
    return ran


def _errands(work: Work, day: date) -> list[Errand]:
    if not inspect.isgeneratorfunction(work):
        return [Errand(_name(work), partial(work, day))]
    try:
        return list(work(day))
    except Exception:
        logger.exception("nightly stumbled", extra={"work": _name(work), "day": day.isoformat()})
        return []
    finally:
        db.session.rollback()


def _do(errand: Errand, work: Work) -> None:
    try:
        with writing_transaction():
            errand.do()
    except Exception:
        logger.exception("errand stumbled", extra={"work": _name(work)})


def _name(work: Any) -> str:
    return f"{work.__module__}.{getattr(work, '__name__', work)}"
