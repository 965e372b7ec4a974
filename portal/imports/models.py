"""Tables of the imports: one row per file taken in, one per thing it brought."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Identified, Known, Stamped, UTCDateTime, db


class ImportBatch(Identified, Known, Stamped, db.Model):
    """One file on its way: received, its columns mapped, confirmed, written, perhaps undone.

    `digest` is the file's SHA-256. `content` holds the rows, encrypted, until they are written or dropped: the file
    itself is never kept. `mapping` is position (as text) to column name. `counts` says what was written, by Chinese
    label; `notices` and `problems` are [row, sentence] pairs of the run. `done` of `total` rows is the progress.
    """

    __tablename__ = "import_batches"
    __table_args__ = (Index("ix_import_batches_congress", "congress_id", "id"),)

    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    congress_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    by_name: Mapped[str] = mapped_column(String(60), default="")
    by_role: Mapped[str] = mapped_column(String(24), default="")
    by_capacity_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    content: Mapped[str | None] = mapped_column(deferred=True)
    mapping: Mapped[dict] = mapped_column(JSON, default=dict)
    counts: Mapped[dict] = mapped_column(JSON, default=dict)
    notices: Mapped[list] = mapped_column(JSON, default=list)
    problems: Mapped[list] = mapped_column(JSON, default=list)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    undone_by: Mapped[str | None] = mapped_column(String(60))

    @property
    def stage(self) -> str:
        """Where the file stands: open, waiting, refused, written, undone or dropped."""
        for stage in ("undone", "dropped", "refused", "written"):
            if getattr(self, f"{stage}_at"):
                return stage
        return "waiting" if self.confirmed_at else "open"

    @property
    def audit_subject(self) -> str:
        return f"import:{self.id}"


class ImportedRow(Identified, db.Model):
    """One thing a row brought in: `subject` is its table, `digest` what stood in it when it was written."""

    __tablename__ = "imported_rows"
    __table_args__ = (Index("ix_imported_rows_subject", "subject", "subject_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"), index=True)
    row: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
