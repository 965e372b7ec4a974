"""Taking jobs, one at a time: lease, do, mark done in one transaction with what the job wrote.

A job's writes and its being done commit together, so an effect in the database happens exactly once; effects outside
are at least once and must be harmless when repeated. A job that kills its worker counts as a try too.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import queries
from portal.jobs.actions import GiveUp, Handler, is_slow
from portal.jobs.models import Job

logger = logging.getLogger("portal.jobs")

LEASE_SECONDS = 300
MOST_TRIES = 5
BACKOFF_SECONDS = (10, 60, 600, 3600)


class LeaseLost(RuntimeError):
    """Another worker has taken the job meanwhile; what was done here is rolled back."""


@dataclass(frozen=True)
class Taken:
    """One leased job; `until` is also the proof that the lease is ours."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    tries: int
    until: datetime


def run_once(handlers: Mapping[str, Handler]) -> bool:
    """Do one due job; False when there is none. Needs an app context; commits by itself."""
    with writing_transaction():
        job = None if queries.outbox_off() else _take()
    if job is None:
        return False
    try:
        _do(job, handlers)
    except LeaseLost:
        logger.warning("job taken over", extra={"job": job.id, "kind": job.kind})
    except Exception as trouble:
        logger.exception("job stumbled", extra={"job": job.id, "kind": job.kind, "tries": job.tries})
        with writing_transaction():
            _put_back(job, trouble)
    return True


def run_all(handlers: Mapping[str, Handler], most: int = 10_000) -> int:
    """Do due jobs until none is left; how many were done. For tests, the demo and the command line."""
    done = 0
    while done < most and run_once(handlers):
        done += 1
    return done


def _take() -> Taken | None:
    now = clock.real()
    free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    arrived = or_(Job.not_before.is_(None), Job.not_before <= clock.now())
    query = (
        select(Job)
        .where(Job.done_at.is_(None), Job.parked_at.is_(None), Job.due_at <= now, free, arrived)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = db.session.scalars(query).first()
    if job is None:
        return None
    if job.tries >= MOST_TRIES:
        job.parked_at, job.trouble = now, job.trouble or "the worker died while doing it"
        logger.error("job parked", extra={"job": job.id, "kind": job.kind, "tries": job.tries})
        return _take_next()
    job.tries += 1
    job.leased_until = now + timedelta(seconds=LEASE_SECONDS)
    db.session.flush()
    return Taken(job.id, job.kind, job.payload, job.tries, job.leased_until)


def _take_next() -> Taken | None:
    db.session.flush()
    return _take()


def _do(job: Taken, handlers: Mapping[str, Handler]) -> None:
    handler = handlers.get(job.kind)
    if handler is None:
        raise LookupError(f"nobody handles jobs of kind {job.kind}")
    finish: Callable[[], Any] = _finish_of(handler, job) if is_slow(handler) else lambda: handler(job.payload)
    with writing_transaction():
        _mark_done(job)
        finish()


def _finish_of(handler: Handler, job: Taken) -> Callable[[], Any]:
    finish = handler(job.payload)
    db.session.rollback()
    return finish or (lambda: None)


def _mark_done(job: Taken) -> None:
    mine = (Job.id == job.id) & (Job.leased_until == job.until) & Job.done_at.is_(None)
    # What the job said is forgotten with it; `once` alone must be remembered.
    done: dict[str, Any] = {"done_at": clock.real(), "leased_until": None, "trouble": None, "payload": {}}
    if db.session.scalar(update(Job).where(mine).values(**done).returning(Job.id)) is None:
        raise LeaseLost(str(job.id))


def _put_back(job: Taken, trouble: Exception) -> None:
    now = clock.real()
    values: dict[str, Any] = {"leased_until": None, "trouble": f"{type(trouble).__name__}"[:400]}
    if job.tries >= MOST_TRIES or isinstance(trouble, GiveUp):
        values["parked_at"] = now
        logger.error("job parked", extra={"job": job.id, "kind": job.kind, "tries": job.tries})
    else:
        values["due_at"] = now + timedelta(seconds=BACKOFF_SECONDS[job.tries - 1])
    mine = (Job.id == job.id) & (Job.leased_until == job.until)
    db.session.execute(update(Job).where(mine).values(**values))
