"""The memory of what has been submitted: the same key and body again is answered as before, never done twice."""

from datetime import date, datetime, timedelta

from sqlalchemy import String, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.db import Identified, UTCDateTime, db


class Submission(Identified, db.Model):
    """One accepted unsafe request: `body` is the digest of what was sent, `location` where its answer pointed."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(120))
    route: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


class KeptInput(Identified, db.Model):
    """Text that a refusal would otherwise have lost: encrypted, for one person, for one page."""

    __tablename__ = "kept_inputs"

    token: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(400))
    sealed: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


class KeptFile(Identified, db.Model):
    """A sound file whose sheet was refused: one person's, for one field, until the sheet is sent again.

    `sealed` describes it as documents.keeping wrote it; `size` counts bytes, the original of a photograph included.
    """

    __tablename__ = "kept_files"

    token: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(index=True)
    field: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


SUBMISSIONS_KEPT = timedelta(days=7)
INPUTS_KEPT = timedelta(days=30)


def forget(_day: date) -> None:
    """Delete what no late repeat can ask for any more, and refused inputs that nobody came back for."""
    moment = clock.real()
    db.session.execute(delete(Submission).where(Submission.at < moment - SUBMISSIONS_KEPT))
    for kept in (KeptInput, KeptFile):
        db.session.execute(delete(kept).where(kept.at < moment - INPUTS_KEPT))
