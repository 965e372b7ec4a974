"""Named rights that one process holds until a time, as rows; right on both engines by one conditional statement."""

import os
import socket
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.core import clock
from portal.core.db import db
from portal.jobs.models import Lease


def myself() -> str:
    """This process, as leases name their holder."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def acquire(name: str, seconds: int) -> bool:
    """Take or prolong the lease in the transaction at hand; False while another process holds it."""
    _ensure(name)
    now, me = clock.real(), myself()
    taken = db.session.scalar(
        update(Lease)
        .where(Lease.name == name, or_(Lease.until <= now, Lease.holder == me))
        .values(holder=me, until=now + timedelta(seconds=seconds))
        .returning(Lease.id)
    )
    return taken is not None


def show(name: str, seconds: int) -> None:
    """Say that this process is alive; the last one to say so stands in the row."""
    _ensure(name)
    until = clock.real() + timedelta(seconds=seconds)
    db.session.execute(update(Lease).where(Lease.name == name).values(holder=myself(), until=until))


def note(name: str) -> str | None:
    """What the lease's holder has written down."""
    return db.session.scalar(select(Lease.note).where(Lease.name == name))


def write(name: str, text: str | None) -> None:
    """Write `text` into the lease."""
    _ensure(name)
    db.session.execute(update(Lease).where(Lease.name == name).values(note=text))


def remove(name: str) -> None:
    """Take the lease's row away."""
    db.session.execute(delete(Lease).where(Lease.name == name))


def _ensure(name: str) -> None:
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Lease).values(name=name, holder="", until=clock.real() - timedelta(seconds=1))
    db.session.execute(row.on_conflict_do_nothing(index_elements=[Lease.name]))
