"""Objections to a dossier, what was decided about them, and corrections: all append-only."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment
from portal.congress.models import Seat
from portal.core.db import Identified, Known, Stamped, db


class Objection(Identified, Known, Stamped, db.Model):
    """A deputy says that an entry (`entry`, its key) is wrong, or with no entry that something of `year` is missing."""

    __tablename__ = "dossier_objections"

    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), index=True)
    entry: Mapped[str] = mapped_column(String(60), default="")
    called: Mapped[str] = mapped_column(String(200), default="")
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    seat: Mapped[Seat] = relationship()
    decision: Mapped["ObjectionDecision | None"] = relationship(back_populates="objection", uselist=False)


class ObjectionDecision(Identified, Stamped, db.Model):
    """What the office found after looking into it; upheld, a correction stands beside it."""

    __tablename__ = "dossier_decisions"

    objection_id: Mapped[int] = mapped_column(ForeignKey("dossier_objections.id"), unique=True)
    upheld: Mapped[bool]
    text: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))

    objection: Mapped[Objection] = relationship(back_populates="decision")
    by: Mapped[Appointment] = relationship()


class Correction(Identified, Known, Stamped, db.Model):
    """An entry that no longer counts (`drop`), counts again (`restore`), or one that no other subject holds (`add`)."""

    __tablename__ = "dossier_corrections"
    __table_args__ = (
        CheckConstraint("act IN ('drop', 'restore', 'add')", name="act"),
        CheckConstraint("act <> 'add' OR (kind IS NOT NULL AND day IS NOT NULL)", name="added_whole"),
    )

    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), index=True)
    act: Mapped[str] = mapped_column(String(8))
    entry: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str | None] = mapped_column(String(12))
    day: Mapped[date | None]
    title: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300))
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("dossier_objections.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
