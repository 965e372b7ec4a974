"""Asking for later work, in the transaction of the act that needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.core import clock
from portal.core.db import db
from portal.jobs.models import Job

Finish = Callable[[], None]
Handler = Callable[[Mapping[str, Any]], None] | Callable[[Mapping[str, Any]], Finish]

_slow: set[Any] = set()


class GiveUp(RuntimeError):
    """Raised by a handler that must not be tried again: the job is parked at once, for somebody to look at."""


@dataclass(frozen=True)
class Errand:
    """One small piece of a nightly: `said` is what a dry run prints, `do` is done and committed by itself."""

    said: str
    do: Callable[[], object]


def slow(handler: Handler) -> Handler:
    """Mark a handler that does slow things (conversion, mail): it runs outside any writing transaction and returns a
    function that writes the result, which runs inside one. Other handlers run wholly inside a transaction."""
    _slow.add(handler)
    return handler


def is_slow(handler: Handler) -> bool:
    """Whether the handler was marked with `slow`."""
    return handler in _slow


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    once: str | None = None,
    due: datetime | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write down work of `kind` for the worker, from the machine's time `due` on (default: at once), and not before
    the office's clock shows `not_before`.

    A second job with the same `once` is silently not made, ever. `payload` must be JSON and should name things by id.
    """
    now = clock.real()
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    times = {"made_at": now, "due_at": due or now, "not_before": not_before}
    db.session.execute(
        insert(Job)
        .values(kind=kind, payload=dict(payload), once=once, tries=0, **times)
        .on_conflict_do_nothing(index_elements=[Job.once])
    )


def again(job_id: int) -> Job | None:
    """A parked job is due again, with all its tries; None when it is not parked any more."""
    parked = (Job.id == job_id) & Job.parked_at.is_not(None) & Job.done_at.is_(None)
    fresh = {"parked_at": None, "tries": 0, "due_at": clock.real(), "leased_until": None}
    return db.session.scalar(update(Job).where(parked).values(**fresh).returning(Job))


def drop(job_id: int) -> Job | None:
    """A parked job is done with, undone: its effect will never be; None when it is not parked any more."""
    parked = (Job.id == job_id) & Job.parked_at.is_not(None) & Job.done_at.is_(None)
    return db.session.scalar(update(Job).where(parked).values(done_at=clock.real(), payload={}).returning(Job))
