"""Tables of the messages that the public leaves at a station."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.core.personal import Personal
from portal.documents.models import Document
from portal.matters.models import Matter
from portal.stations.models import Reception, Station


class Message(Identified, Known, Stamped, Versioned, db.Model):
    """What somebody without an account left at a station; nobody but its staff sees it before they release it.

    `code_hash` is the keyed fingerprint of the tracking code, which is stored nowhere; `form_key` that of the sheet
    it was sent with, so that a double tap is one message, and `body_hash` of what was on the sheet. `doubts` are the
    signs of a machine (rules.DOUBTS). `reception` is the day a place was booked for. `told_at` says when the phone was
    last used. Released, it goes on as `matter`; `rating` is what its writer thought of the answer.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_station_state", "station_id", "state", "id"),)

    state: Mapped[str | None] = mapped_column(String(12))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    reception_id: Mapped[int | None] = mapped_column(ForeignKey("receptions.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(32), unique=True)
    form_key: Mapped[str] = mapped_column(String(32), unique=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None] = mapped_column(Personal("phone", "告诉留言人有了答复", "办结后，按规则包的期限"))
    doubts: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(400), default="")
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"), unique=True)
    rating: Mapped[str | None] = mapped_column(String(12))
    rating_note: Mapped[str] = mapped_column(String(1000), default="")
    rated_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    station: Mapped[Station] = relationship()
    reception: Mapped[Reception | None] = relationship()
    matter: Mapped[Matter | None] = relationship()
    looked_by: Mapped[Appointment | None] = relationship()
    files: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.id")

    @property
    def audit_subject(self) -> str:
        return f"message:{self.id}"

    @property
    def address(self) -> str:
        """Where staff read it."""
        return f"/messages/{self.public_id}"

    @property
    def called(self) -> str:
        """How notices call it: never by its words."""
        return f"{self.station.called}的一条留言"

    @property
    def reference(self) -> str:
        """How it is called outside the portal."""
        return "一条群众留言"


class MessageFile(Identified, db.Model):
    """A photograph or a voice recording that came with a message."""

    __tablename__ = "message_files"
    __table_args__ = (UniqueConstraint("message_id", "document_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    document: Mapped[Document] = relationship()
