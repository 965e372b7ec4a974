"""The suggestion and what belongs to its text: points, signatures, attachments, archive facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Body
from portal.congress.models import Congress, Seat, Session, Term
from portal.congress.pack import Pack
from portal.congress.pack_models import RulePackVersion
from portal.congress.rulepacks import pack_of_version
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document


@dataclass(frozen=True)
class Point:
    """One numbered request."""

    number: int
    text: str


class Suggestion(Identified, Known, Stamped, Versioned, db.Model):
    """One matter. `situation`, `cause`, `request` are 情况, 原因, 建议; `requests` are the points' texts.

    `text_hash` binds signatures to the text. `session_id` is empty for what was made between sessions. `number` is
    given once at `admit` and never reused (settled A41); `number_text` is how the place writes it. `pack_version_id`
    is fixed at `submit` (A26). `merged_into_id` is the main item of a merger (并案), `origin_id` what it was split from;
    `from_voices` that matters of the public were written into it.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("(number IS NULL) = (series IS NULL)", name="number_within_series"),
        Index("ix_suggestions_congress_state", "congress_id", "state", "id"),
        Index("ix_suggestions_lead_seat", "lead_seat_id", "id"),
        Index("ix_suggestions_congress", "congress_id", "id"),
    )

    state: Mapped[str] = mapped_column(String(24), default="draft")
    closed_as: Mapped[str | None] = mapped_column(String(16))
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    term_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    series: Mapped[str | None] = mapped_column(String(60))
    number: Mapped[int | None]
    number_text: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120), default="")
    situation: Mapped[str] = mapped_column(default="", deferred=True, deferred_group="text")
    cause: Mapped[str] = mapped_column(default="", deferred=True, deferred_group="text")
    request: Mapped[str] = mapped_column(default="", deferred=True, deferred_group="text")
    requests: Mapped[list[str]] = mapped_column(JSON, default=list)
    text_hash: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str | None] = mapped_column(String(40))
    proposer_kind: Mapped[str] = mapped_column(String(12), default="deputies")
    lead_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    preferred_unit_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    publicity_wish: Mapped[str] = mapped_column(String(8), default="full")
    contact_wish: Mapped[str] = mapped_column(String(8), default="phone")
    pack_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_pack_versions.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    admitted_on: Mapped[date | None]
    assigned_on: Mapped[date | None]
    assign_due: Mapped[date | None]
    replied_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    discarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    disposition: Mapped[str | None] = mapped_column(String(20))
    disposition_reason: Mapped[str | None]
    grade: Mapped[str | None] = mapped_column(String(8))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"), index=True)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"))
    draft_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_token: Mapped[str | None] = mapped_column(String(32), unique=True)
    from_voices: Mapped[bool] = mapped_column(default=False)

    congress: Mapped[Congress] = relationship(foreign_keys=[congress_id])
    lead_seat: Mapped[Seat | None] = relationship(foreign_keys=[lead_seat_id])
    delegation: Mapped[Body | None] = relationship(foreign_keys=[delegation_id])
    preferred_unit: Mapped[Body | None] = relationship(foreign_keys=[preferred_unit_id])
    session: Mapped[Session | None] = relationship()
    term: Mapped[Term | None] = relationship()
    pack_version: Mapped[RulePackVersion | None] = relationship()
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.id", back_populates="suggestion")
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")
    facts: Mapped[list[Any]] = relationship("Fact", order_by="Fact.id", back_populates="suggestion")
    archive: Mapped["ArchiveFacts | None"] = relationship(back_populates="suggestion")

    @property
    def audit_subject(self) -> str:
        return f"suggestion:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/suggestions/{self.public_id}"

    @property
    def called(self) -> str:
        """How notices call it: its number, else its title."""
        return f"{self.number_text or ''}《{self.title}》"

    @property
    def reference(self) -> str:
        """How it is called outside the portal: by its number alone, never by its title."""
        return self.number_text or "一件建议"

    @property
    def points(self) -> list[Point]:
        """诉求点: the numbered requests that units answer and by which work is divided."""
        texts = self.requests or self.cut_for_deputy
        return [Point(number, text) for number, text in enumerate(texts, start=1)]

    @property
    def cut_for_deputy(self) -> list[str]:
        """The requests as the commission cut them for the deputy, of the text as it stands; none in a draft."""
        last = self.facts_of("points")[-1:] if self.state != "draft" and not self.requests else []
        return [text for one in last if one.record["text_hash"] == self.text_hash for text in one.record["points"]]

    def facts_of(self, kind: str) -> list[Any]:
        """What is on record about the item or its tasks, of one kind (fact_models)."""
        return [one for one in self.facts if one.kind == kind]

    @property
    def asked_to_withdraw(self) -> Any:
        """The request for withdrawal that waits for the co-signers, or None; a refusal ends it."""
        asked = self.facts_of("withdrawal")
        if not asked or self.closed_as == "withdrawn":
            return None
        answers = [one for one in self.facts_of("consent") if one.id > asked[-1].id]
        return None if any(one.verdict == "refused" for one in answers) else asked[-1]

    @property
    def merged_items(self) -> list[Any]:
        """The mergers that stand with this item as the main one."""
        mine = [one for one in self.facts_of("merger") if one.record["how"] == "main"]
        return [one for one in mine if one.followed_by("unmerger") is None]

    @property
    def open_coordination(self) -> Any:
        """The coordination that has not been decided, or None."""
        return next((one for one in self.facts_of("coord") if one.followed_by("decided") is None), None)

    @property
    def pack(self) -> Pack:
        """The rules it began under; before submission those in force at its congress."""
        version = self.pack_version or self.congress.pack_version
        if version is None:
            raise LookupError("the congress has no rule pack")
        return pack_of_version(version)


class OfSuggestion:
    """Belongs to a suggestion: written down in its history, read at its address, called by its name."""

    suggestion_id: Mapped[int]
    suggestion: Mapped[Suggestion]

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
        """How it is called outside the portal."""
        return self.suggestion.reference


class Signature(OfSuggestion, Identified, Known, Stamped, Versioned, db.Model):
    """A co-signer's answer, given in their own session and bound to the text they read (`text_hash`)."""

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("suggestion_id", "seat_id"), Index("ix_signatures_seat", "seat_id", "state"))

    state: Mapped[str | None] = mapped_column(String(12))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    text_hash: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    by_link: Mapped[bool] = mapped_column(default=False)

    suggestion: Mapped[Suggestion] = relationship(back_populates="signatures")
    seat: Mapped[Seat] = relationship()


class Attachment(Identified, db.Model):
    """A file that belongs to the suggestion's text."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("suggestion_id", "document_id"),)

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    document: Mapped[Document] = relationship()


class ArchiveFacts(Identified, db.Model):
    """What a past year's ledger said, kept as it was printed; empty means that the source said nothing."""

    __tablename__ = "archive_facts"

    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), unique=True)
    year: Mapped[int | None] = mapped_column(index=True)
    session_text: Mapped[str | None] = mapped_column(String(80))
    proposer_text: Mapped[str | None] = mapped_column(String(200))
    cosigners: Mapped[int | None]
    units_text: Mapped[str | None] = mapped_column(String(400))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    grade_text: Mapped[str | None] = mapped_column(String(40))
    promise_text: Mapped[str | None]
    rating_text: Mapped[str | None] = mapped_column(String(40))
    replied_text: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(80))
    other: Mapped[str | None]

    suggestion: Mapped[Suggestion] = relationship(back_populates="archive")
    lead_unit: Mapped[Body | None] = relationship()
