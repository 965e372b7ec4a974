"""The table of documents. Who may read one is a matter of the thing it hangs on; the link is that domain's table.

An owning domain links by an association table of its own (`document_id` → documents.id, plus order and purpose) and
loads the document only through its own `get_visible`.
"""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.db import Identified, Known, Stamped, UTCDateTime, db
from portal.documents.storage import files

KEPT_AS = "image/jpeg"


class Document(Identified, Known, Stamped, db.Model):
    """One file as readers get it. `name` is the sender's own and only data; `size` counts bytes.

    Of a photograph, `sha256` is the copy to show (JPEG without metadata) and `original_sha256` what was sent, which
    only the office's restricted routes may give out. `received_at` is the machine's time: limits go by it.
    """

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        Index("ix_documents_uploaded_by_received_at", "uploaded_by_id", "received_at"),
    )

    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    original_media_type: Mapped[str | None] = mapped_column(String(100))
    original_size: Mapped[int] = mapped_column(default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.real)

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def shown_name(self) -> str:
        """The name to offer when it is downloaded: a photograph is always a JPEG, whatever the phone made."""
        return f"{self.name.rpartition('.')[0]}.jpg" if self.is_picture else self.name

    def open(self) -> BinaryIO:
        """The content as readers get it. Raises NotFound when the file is missing."""
        return files().open(self.sha256)
