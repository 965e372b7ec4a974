"""A notice, its papers, and the receipt of each person it was sent to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body, Person
from portal.congress.audience_models import Audience
from portal.congress.models import Congress
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document


class Notice(Identified, Known, Stamped, Versioned, db.Model):
    """One notice, letter or invitation (`kind`: rules.KINDS).

    `answers` asks whether people come; a meeting notice always does. `answer_until` is the last moment to say so, the
    start of that minute; None is until the meeting. `sender` is the office that signs it.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_congress_published", "congress_id", "published_at"),)

    state: Mapped[str] = mapped_column(String(12), default="draft")
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str]
    sender: Mapped[str] = mapped_column(String(60), default="")
    answers: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    place: Mapped[str] = mapped_column(String(120), default="")
    answer_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    withdrawn_because: Mapped[str] = mapped_column(default="")

    congress: Mapped[Congress] = relationship()
    audience: Mapped[Audience] = relationship()
    papers: Mapped[list["NoticePaper"]] = relationship(order_by="NoticePaper.id")

    @property
    def audit_subject(self) -> str:
        return f"notice:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/notices/{self.public_id}"

    @property
    def called(self) -> str:
        """How lines in the inbox call it."""
        return f"《{self.title}》"

    @property
    def reference(self) -> str:
        """How it is called outside the portal: never by its title."""
        return "一份通知"


class NoticePaper(Identified, Stamped, db.Model):
    """A file that comes with a notice."""

    __tablename__ = "notice_papers"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    document: Mapped[Document] = relationship()


class Receipt(Identified, Known, Stamped, Versioned, db.Model):
    """One person's receipt (回执): in which capacity it was sent to them, when they read it, whether they come."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id"),
        Index("ix_receipts_notice_state", "notice_id", "state"),
        Index("ix_receipts_capacity_state", "capacity_id", "state"),
    )

    state: Mapped[str] = mapped_column(String(12), default="unread")
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    capacity_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reason: Mapped[str] = mapped_column(default="")

    notice: Mapped[Notice] = relationship()
    capacity: Mapped[Appointment] = relationship()
    person: Mapped[Person] = relationship()
    delegation: Mapped[Body | None] = relationship()

    @property
    def audit_subject(self) -> str:
        return f"receipt:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read: with its notice."""
        return self.notice.address

    @property
    def called(self) -> str:
        return self.notice.called

    @property
    def reference(self) -> str:
        return self.notice.reference
