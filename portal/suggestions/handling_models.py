"""How units deal with a suggestion: rounds, tasks, due dates, contacts, opinions, replies, ratings.

Reply, rating, due date, contact and opinion are official facts in one append-only table.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document
from portal.suggestions.models import Suggestion

ANSWERING = ("sole", "lead", "separate")


def _only(condition: str) -> dict[str, Any]:
    """A partial unique index, said for both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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

    `due` is the latest due date's copy, kept for lists; the reasons lie in DueDate. `points` are the numbers of the
    requests it answers. `handler_id` is who inside the
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
    points: Mapped[list[int]] = mapped_column(JSON, default=list)

    handling: Mapped[Handling] = relationship(back_populates="tasks")
    suggestion: Mapped[Suggestion] = relationship(
        backref=backref("tasks", order_by="UnitTask.handling_id, UnitTask.order")
    )
    unit: Mapped[Body] = relationship(foreign_keys=[unit_id])
    section: Mapped[Body | None] = relationship(foreign_keys=[section_id])
    draft: Mapped["ReplyDraft | None"] = relationship(back_populates="task")
    facts: Mapped[list["Fact"]] = relationship(order_by="Fact.id", back_populates="task")

    @property
    def contacts(self) -> list["ContactEvent"]:
        """What the unit says of its talks with the deputy, in the order of recording; likewise the next four."""
        return [one for one in self.facts if isinstance(one, ContactEvent)]

    @property
    def opinions(self) -> list["Opinion"]:
        return [one for one in self.facts if isinstance(one, Opinion)]

    @property
    def replies(self) -> list["Reply"]:
        return [one for one in self.facts if isinstance(one, Reply)]

    @property
    def ratings(self) -> list["Rating"]:
        return [one for one in self.facts if isinstance(one, Rating)]

    @property
    def due_dates(self) -> list["DueDate"]:
        return [one for one in self.facts if isinstance(one, DueDate)]

    @property
    def siblings(self) -> list["UnitTask"]:
        """The tasks of the same round, this one among them."""
        return [one for one in self.suggestion.tasks if one.handling_id == self.handling_id]

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

    @property
    def reference(self) -> str:
        return self.suggestion.reference


class Fact(Identified, Known, Stamped, db.Model):
    """One official fact about a task: never changed, only followed by another one (refused by triggers).

    One table for all kinds, so that a page reads a task's whole record in one statement. `happened_on` is the day the
    act happened, `created_at` when it was recorded; cut-off reports go by the second (settled A55).
    """

    __tablename__ = "task_facts"
    __table_args__ = (
        Index("ix_task_facts_task", "task_id", "id"),
        Index("uq_task_facts_about", "kind", "about_id", unique=True, **_only("about_id IS NOT NULL")),
        CheckConstraint("kind <> 'reply' OR publicity = 'full' OR why <> ''", name="publicity_needs_reason"),
        CheckConstraint("kind <> 'reply' OR grade IS NOT NULL", name="reply_has_grade"),
        CheckConstraint("kind <> 'rating' OR (attitude IS NOT NULL AND result IS NOT NULL)", name="rating_whole"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}

    kind: Mapped[str] = mapped_column(String(10))
    task_id: Mapped[int] = mapped_column(ForeignKey("unit_tasks.id"))
    happened_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("task_facts.id"))
    round: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    task: Mapped[UnitTask] = relationship(back_populates="facts")
    document: Mapped[Document | None] = relationship(lazy="joined")
    by: Mapped[Appointment | None] = relationship()


class DueDate(Fact):
    """A due date and why it is that day (期限说明单); a change is a new row with its reason (`why`).

    `happened_on` is the day the clock starts from, `record` the whole Deadline (congress.deadlines.recorded).
    """

    __mapper_args__ = {"polymorphic_identity": "due"}

    rule: Mapped[str | None] = mapped_column(String(20))
    due: Mapped[date | None]
    record: Mapped[dict | None] = mapped_column(JSON)


class ContactEvent(Fact):
    """What the unit says: when and how it spoke with the deputy before answering (代表法 51)."""

    __mapper_args__ = {"polymorphic_identity": "contact"}

    form: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[str | None] = mapped_column(String(80))
    who: Mapped[str | None] = mapped_column(String(80))

    @property
    def reply(self) -> "ContactAnswer | None":
        """What the deputy says of it; None while unanswered."""
        return next((one for one in self.task.facts if one.kind == "answer" and one.about_id == self.id), None)

    @property
    def answer(self) -> str | None:
        """true, untrue or none; None while unanswered."""
        return self.reply.answer if self.reply else None


class ContactAnswer(Fact):
    """What the deputy says of a contact (`about_id`): 属实 (true), 不属实 (untrue), 没联系过 (none)."""

    __mapper_args__ = {"polymorphic_identity": "answer"}

    answer: Mapped[str | None] = mapped_column(String(8))


class Opinion(Fact):
    """会办意见: what an assisting unit tells the lead unit, never the deputy. Each version is a row."""

    __mapper_args__ = {"polymorphic_identity": "opinion"}


class Reply(Fact):
    """答复函, signed and sent. `number` counts the versions of one task; a new one never replaces an old one.

    `text` is the letter, `why` the reason for publishing less than the whole, `happened_on` the day of signing.
    """

    __mapper_args__ = {"polymorphic_identity": "reply"}

    number: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(8))
    document_number: Mapped[str | None] = mapped_column(String(60))
    contact_person: Mapped[str | None] = mapped_column(String(60))
    contact_line: Mapped[str | None] = mapped_column(String(40))
    publicity: Mapped[str | None] = mapped_column(String(8))
    missing_opinions_note: Mapped[str | None]
    late_reason: Mapped[str | None]


Index("uq_task_facts_reply", Fact.task_id, Reply.number, unique=True, **_only("number IS NOT NULL"))


class Rating(Fact):
    """征询意见表: the lead deputy's word on one reply (`about_id`), attitude and result; `text` is the reason."""

    __mapper_args__ = {"polymorphic_identity": "rating"}

    attitude: Mapped[str | None] = mapped_column(String(14))
    result: Mapped[str | None] = mapped_column(String(14))


class ReplyDraft(Identified, Stamped, Versioned, db.Model):
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
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))

    task: Mapped[UnitTask] = relationship(back_populates="draft")
    document: Mapped[Document | None] = relationship()
    saved_by: Mapped[Appointment | None] = relationship()
