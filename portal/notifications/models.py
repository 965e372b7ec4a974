"""What somebody has been told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Identified, Known, UTCDateTime, db


class Notification(Identified, Known, db.Model):
    """One line for one person, with the address it is about. `effect` makes it unique per cause and person."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("person_id", "effect"), Index("ix_notifications_unread", "person_id", "read_at"))

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(200))
    effect: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
