"""How units deal with a suggestion: rounds, tasks, and the reply being written.

What is on record about them is kept as facts (fact_models).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document
from portal.suggestions.fact_models import ContactEvent, DueDate, Fact, Opinion, Rating, Reply
from portal.suggestions.models import OfSuggestion, Suggestion

ANSWERING = ("sole", "lead", "separate")
ENDED_AS = {
    **{"returned": "退办改由别的单位", "replaced": "调整给别的单位", "merged": "并案后由主件的单位办理"},
    **{"unmerged": "取消并案", "redone": "重新办理", "withdrawn": "建议已撤回"},
}
# A unit whose part ended so has nothing more to do with the item and does not see it any longer.
GONE = ("returned", "replaced", "merged", "unmerged")
LIVE: Any = {"sqlite_where": text("ended_as IS NULL"), "postgresql_where": text("ended_as IS NULL")}


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


class UnitTask(OfSuggestion, Identified, Known, Stamped, Versioned, db.Model):
    """One unit's part: role sole, lead, assist or separate, with its own clock and state.

    `due` is the latest due date's copy, kept for lists; the reasons lie in DueDate. `points` are the numbers of the
    requests it answers. `handler_id` is who inside the unit has it on the desk. `assigned_on` is the day this unit got
    it, `return_due` the last day for a return. `ended_as` says why the part is no longer live (ENDED_AS); the next
    round's task names the one it follows (`follows_id`).
    """

    __tablename__ = "unit_tasks"
    __table_args__ = (
        Index("uq_unit_tasks_live", "handling_id", "unit_id", unique=True, **LIVE),
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
    assigned_on: Mapped[date]
    dispatched_on: Mapped[date | None]
    received_on: Mapped[date | None]
    return_due: Mapped[date | None]
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_on: Mapped[date | None]
    ended_as: Mapped[str | None] = mapped_column(String(10))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("unit_tasks.id"))
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

    @property
    def facts(self) -> list[Fact]:
        """What is on record about this part, in the order of recording."""
        known = self.suggestion.facts
        return [one for one in known if (one.task_id == self.id if one.task_id else one.task is self)]

    def facts_of(self, kind: str) -> list[Any]:
        """Those of one kind (fact_models), as return, extension, urge."""
        return [one for one in self.facts if one.kind == kind]

    @property
    def contacts(self) -> list[ContactEvent]:
        """What the unit says of its talks with the deputy, in the order of recording; likewise the next four."""
        return self.facts_of("contact")

    @property
    def opinions(self) -> list[Opinion]:
        return self.facts_of("opinion")

    @property
    def replies(self) -> list[Reply]:
        return self.facts_of("reply")

    @property
    def ratings(self) -> list[Rating]:
        return self.facts_of("rating")

    @property
    def due_dates(self) -> list[DueDate]:
        return self.facts_of("due")

    @property
    def asked_to_return(self) -> Any:
        """The return that waits for a decision, or None."""
        return next((one for one in self.facts_of("return") if one.followed_by("returned") is None), None)

    @property
    def asked_to_extend(self) -> Any:
        """The extension that waits for a decision, or None (延期申请待定)."""
        return next((one for one in self.facts_of("extension") if one.followed_by("extended") is None), None)

    @property
    def live(self) -> bool:
        """Whether the unit still has this part."""
        return self.ended_as is None

    @property
    def round(self) -> int:
        """1 for the first handling, 2 for the rework."""
        return self.handling.round

    @property
    def earlier(self) -> "UnitTask | None":
        """The part of the round before, which this one handles again; whoever had it."""
        return next((one for one in self.suggestion.tasks if one.id == self.follows_id), None)

    @property
    def versions(self) -> int:
        """How many replies were signed on this part, in all its rounds."""
        return len(self.replies) + (self.earlier.versions if self.earlier else 0)

    @property
    def siblings(self) -> list["UnitTask"]:
        """The live tasks of the same round, this one among them."""
        return [one for one in self.suggestion.tasks if one.handling_id == self.handling_id and one.live]

    @property
    def answers(self) -> bool:
        """Whether this unit owes the deputy a reply of its own (assists never do)."""
        return self.role in ANSWERING


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
