"""The job table and the leases that let exactly one process do what must be done once."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Identified, UTCDateTime, db


class Job(Identified, db.Model):
    """One piece of later work. `once` makes an effect unique for ever; times are the machine's, except `not_before`:
    it waits until the office's clock shows that moment."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_open", "done_at", "parked_at", "due_at"),)

    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict] = mapped_column(JSON, default=dict)
    once: Mapped[str | None] = mapped_column(String(160), unique=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    not_before: Mapped[datetime | None] = mapped_column(UTCDateTime())
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    parked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    trouble: Mapped[str | None] = mapped_column(String(400))


class Lease(Identified, db.Model):
    """A named right held by one process until a time: the nightly, a long import."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    holder: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(String(200))
