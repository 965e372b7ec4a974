"""How units deal with a suggestion: rounds, tasks, due dates, contacts, opinions, replies, ratings.

Reply, rating, due date and contact answer are official facts: append-only, refused UPDATE and DELETE by triggers.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document
from portal.suggestions.models import Point, Suggestion

ANSWERING = ("sole", "lead", "separate")


class Handling(Identified, Stamped, db.Model):
    """One round of handling: the first, and one more for each rework."""

    __tablename__ = "handlings"
    __table_args__ = (UniqueConstraint("suggestion_id", "round"),)

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    round: Mapped[int] = mapped_column(default=1)
    assigned_on: Mapped[date]
    long_reply: Mapped[bool] = mapped_column(default=False)

    suggestion: Mapped[Suggestion] = relationship(backref="handlings")
    tasks: Mapped[list["UnitTask"]] = relationship(order_by="UnitTask.order", back_populates="handling")


class UnitTask(Identified, Known, Stamped, Versioned, db.Model):
    """One unit's part: role sole, lead, assist or separate, with its own clock and state.

    `due` is the latest due date's copy, kept for lists; the reasons lie in DueDate. `handler_id` is who inside the
    unit has it on the desk (a section or a person's capacity).
    """

    __tablename__ = "unit_tasks"
    __table_args__ = (
        UniqueConstraint("handling_id", "unit_id"),
        Index("ix_unit_tasks_unit_state", "unit_id", "state"),
        Index("ix_unit_tasks_suggestion", "suggestion_id"),
    )

    state: Mapped[str] = mapped_column(String(20), default="pending")
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    role: Mapped[str] = mapped_column(String(10))
    order: Mapped[int] = mapped_column(default=0)
    due: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    feedback_due: Mapped[date | None]
    received_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))

    handling: Mapped[Handling] = relationship(back_populates="tasks")
    suggestion: Mapped[Suggestion] = relationship(backref="tasks")
    unit: Mapped[Body] = relationship(foreign_keys=[unit_id])
    section: Mapped[Body | None] = relationship(foreign_keys=[section_id])
    points: Mapped[list[Point]] = relationship(secondary="task_points", order_by=Point.number)
    contacts: Mapped[list["ContactEvent"]] = relationship(order_by="ContactEvent.id", back_populates="task")
    draft: Mapped["ReplyDraft | None"] = relationship(back_populates="task")
    replies: Mapped[list["Reply"]] = relationship(order_by="Reply.number", back_populates="task")
    ratings: Mapped[list["Rating"]] = relationship(order_by="Rating.id", back_populates="task")
    opinions: Mapped[list["Opinion"]] = relationship(order_by="Opinion.id", back_populates="task")
    due_dates: Mapped[list["DueDate"]] = relationship(order_by="DueDate.id", back_populates="task")

    @property
    def answers(self) -> bool:
        """Whether this unit owes the deputy a reply of its own (assists never do)."""
        return self.role in ANSWERING

    @property
    def audit_subject(self) -> str:
        return f"suggestion:{self.suggestion_id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return self.suggestion.address

    @property
    def called(self) -> str:
        """How notices call it."""
        return self.suggestion.called


class TaskPoint(db.Model):
    """Which points a unit answers."""

    __tablename__ = "task_points"

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("points.id"), primary_key=True)


class DueDate(Identified, Stamped, db.Model):
    """A due date and why it is that day (期限说明单); a change is a new row with its reason."""

    __tablename__ = "due_dates"

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), index=True)
    rule: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    unmoved: Mapped[date]
    due: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    record: Mapped[dict] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(default="")

    task: Mapped[UnitTask] = relationship(back_populates="due_dates")


class ContactEvent(Identified, Known, Stamped, db.Model):
    """What the unit says: when and how it spoke with the deputy before answering (代表法 51)."""

    __tablename__ = "contact_events"

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), index=True)
    happened_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(80), default="")
    who: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(default="")

    task: Mapped[UnitTask] = relationship(back_populates="contacts")
    answers: Mapped[list["ContactAnswer"]] = relationship(order_by="ContactAnswer.id", back_populates="event")

    @property
    def answer(self) -> str | None:
        """true, untrue or none, as the deputy last said; None while unanswered."""
        return self.answers[-1].answer if self.answers else None


class ContactAnswer(Identified, Stamped, db.Model):
    """What the deputy says of it: 属实 (true), 不属实 (untrue), 未联系 (none). Append-only."""

    __tablename__ = "contact_answers"

    event_id: Mapped[int] = mapped_column(ForeignKey("contact_events.id"), index=True)
    answer: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(default="")
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))

    event: Mapped[ContactEvent] = relationship(back_populates="answers")


class Opinion(Identified, Known, Stamped, db.Model):
    """会办意见: what an assisting unit tells the lead unit, never the deputy. Each version is a row."""

    __tablename__ = "opinions"

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), index=True)
    text: Mapped[str]
    given_on: Mapped[date]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    task: Mapped[UnitTask] = relationship(back_populates="opinions")
    document: Mapped[Document | None] = relationship()


class ReplyDraft(Identified, Stamped, db.Model):
    """The reply being written: saved at every pause, sent back and forth between handler and signer."""

    __tablename__ = "reply_drafts"

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), unique=True)
    grade: Mapped[str | None] = mapped_column(String(8))
    document_number: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[str] = mapped_column(default="")
    contact_person: Mapped[str] = mapped_column(String(60), default="")
    contact_line: Mapped[str] = mapped_column(String(40), default="")
    publicity: Mapped[str] = mapped_column(String(8), default="")
    publicity_reason: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    task: Mapped[UnitTask] = relationship(back_populates="draft")
    document: Mapped[Document | None] = relationship()


class Reply(Identified, Known, Stamped, db.Model):
    """答复函, signed and sent. `number` counts the versions of one task; a new one never replaces an old one."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("task_id", "number"),
        CheckConstraint("publicity = 'full' OR publicity_reason <> ''", name="publicity_needs_reason"),
    )

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"))
    number: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    grade: Mapped[str] = mapped_column(String(8))
    document_number: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[str]
    contact_person: Mapped[str] = mapped_column(String(60), default="")
    contact_line: Mapped[str] = mapped_column(String(40), default="")
    publicity: Mapped[str] = mapped_column(String(8))
    publicity_reason: Mapped[str] = mapped_column(default="")
    missing_opinions_note: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    signed_on: Mapped[date]
    signer_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    late_reason: Mapped[str] = mapped_column(default="")

    task: Mapped[UnitTask] = relationship(back_populates="replies")
    document: Mapped[Document | None] = relationship()
    signer: Mapped[Appointment] = relationship()


class Rating(Identified, Stamped, db.Model):
    """征询意见表: the lead deputy's word on attitude and result. Append-only, one per reply (settled A43)."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("reply_id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"), index=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"))
    round: Mapped[int] = mapped_column(default=1)
    attitude: Mapped[str] = mapped_column(String(14))
    result: Mapped[str] = mapped_column(String(14))
    reason: Mapped[str] = mapped_column(default="")
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))

    task: Mapped[UnitTask] = relationship(back_populates="ratings")
