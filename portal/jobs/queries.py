"""What the administrator and /readyz ask about later work."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from portal.core import clock
from portal.core.db import db
from portal.jobs.models import Job, Lease

WORKER, NIGHTLY, OUTBOX = "worker", "nightly", "outbox"


@dataclass(frozen=True)
class Load:
    """How many jobs wait though their time has come, how many were given up after five tries."""

    waiting: int
    parked: int


def load() -> Load:
    """The present queue."""
    arrived = or_(Job.not_before.is_(None), Job.not_before <= clock.now())
    waiting, parked = db.session.execute(
        select(
            func.count().filter(Job.parked_at.is_(None), arrived),
            func.count().filter(Job.parked_at.is_not(None)),
        ).where(Job.done_at.is_(None))
    ).one()
    return Load(waiting, parked)


def parked(most: int = 50) -> Sequence[Job]:
    """The jobs that were given up, newest first, for the administrator."""
    query = select(Job).where(Job.parked_at.is_not(None), Job.done_at.is_(None))
    return db.session.scalars(query.order_by(Job.parked_at.desc()).limit(most)).all()


def worker_alive() -> bool:
    """Whether a worker has shown itself within the last minute."""
    until = db.session.scalar(select(Lease.until).where(Lease.name == WORKER))
    return until is not None and until > clock.real()


def outbox_off() -> bool:
    """Whether this is a restored copy that must not send anything yet."""
    return db.session.scalar(select(Lease.id).where(Lease.name == OUTBOX)) is not None
