"""Tables of the matter: the voice itself, what was done about it, its files."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.congress.models import Congress, Seat
from portal.congress.pack import Pack
from portal.congress.pack_models import RulePackVersion
from portal.congress.rulepacks import pack_of_version
from portal.core import clock
from portal.core.db import Identified, Known, Stamped, Versioned, db
from portal.documents.models import Document


class Matter(Identified, Known, Stamped, Versioned, db.Model):
    """One voice. `keeper` is the body on whose desk it lies (station or congress), `source` where it was heard.

    `origin_id` is its row in the source's own table (a message, a contact record); `raised_by_id` the capacity that
    wrote it down. While it is passed on, either `with_seat_id` (a deputy) or `with_body_id` (unit, township) has it.
    `due` belongs to the stage at hand; its reasons lie in the entry that began it. `suggestion_id` is what it became.
    `public_title` and `public_result` are what the station's public page may say of it; empty is not shown.
    """

    __tablename__ = "matters"
    __table_args__ = (
        Index("ix_matters_congress_state", "congress_id", "state", "id"),
        Index("ix_matters_keeper_state", "keeper_id", "state", "id"),
        Index("ix_matters_with_body", "with_body_id", "state"),
        Index("ix_matters_with_seat", "with_seat_id", "state"),
        Index("ix_matters_origin", "source", "origin_id"),
    )

    state: Mapped[str | None] = mapped_column(String(20))
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    keeper_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    source: Mapped[str] = mapped_column(String(12))
    origin_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(default="")
    category: Mapped[str | None] = mapped_column(String(40))
    raised_on: Mapped[date] = mapped_column(default=clock.today)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    with_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    with_body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"), index=True)
    outcome: Mapped[str | None] = mapped_column(String(12))
    due: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    public_title: Mapped[str | None] = mapped_column(String(120))
    public_result: Mapped[str | None] = mapped_column(String(200))
    pack_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_pack_versions.id"))

    congress: Mapped[Congress] = relationship(foreign_keys=[congress_id])
    keeper: Mapped[Body] = relationship(foreign_keys=[keeper_id])
    raised_by: Mapped[Appointment | None] = relationship(foreign_keys=[raised_by_id])
    with_seat: Mapped[Seat | None] = relationship(foreign_keys=[with_seat_id])
    with_body: Mapped[Body | None] = relationship(foreign_keys=[with_body_id])
    pack_version: Mapped[RulePackVersion | None] = relationship()
    entries: Mapped[list["MatterEntry"]] = relationship(order_by="MatterEntry.id", back_populates="matter")
    files: Mapped[list["MatterFile"]] = relationship(order_by="MatterFile.id")

    @property
    def audit_subject(self) -> str:
        return f"matter:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/matters/{self.public_id}"

    @property
    def called(self) -> str:
        """How notices call it."""
        return f"《{self.title}》"

    @property
    def reference(self) -> str:
        """How it is called outside the portal: never by its title."""
        return "一件群众意见"

    @property
    def pack(self) -> Pack:
        """The rules it began under."""
        version = self.pack_version or self.congress.pack_version
        if version is None:
            raise LookupError("the congress has no rule pack")
        return pack_of_version(version)

    @property
    def holder(self) -> str:
        """Who has it while it is passed on: 沈若兰代表, 区住建局; empty otherwise."""
        if self.with_seat is not None:
            return f"{self.with_seat.person.name}代表"
        return self.with_body.called if self.with_body is not None else ""

    def last(self, *steps: str) -> "MatterEntry | None":
        """The newest entry of one of these steps."""
        return next((one for one in reversed(self.entries) if one.step in steps), None)


class MatterEntry(Identified, Known, Stamped, db.Model):
    """One thing that was done, never changed: `step` of the workflow, what was said (`text`), `how` the word went back,
    `outcome` of an answer, and the clock that it started (`clock`, a Deadline made plain) if any."""

    __tablename__ = "matter_entries"
    __table_args__ = (Index("ix_matter_entries_matter", "matter_id", "id"),)

    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    step: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(default="")
    how: Mapped[str | None] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(12))
    happened_on: Mapped[date]
    late_reason: Mapped[str | None] = mapped_column(String(200))
    to_words: Mapped[str | None] = mapped_column(String(120))
    clock: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))

    matter: Mapped[Matter] = relationship(back_populates="entries")
    by: Mapped[Appointment | None] = relationship()


class MatterFile(Identified, db.Model):
    """A photograph or paper that came with the voice."""

    __tablename__ = "matter_files"
    __table_args__ = (UniqueConstraint("matter_id", "document_id"),)

    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    document: Mapped[Document] = relationship()
