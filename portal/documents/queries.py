"""Questions about documents. Whether somebody may read one is asked of the thing it hangs on, never here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.once import KeptFile
from portal.documents.models import Document


def get(public_id: str) -> Document:
    """The document. The caller has to be allowed to see what it hangs on. Raises NotFound."""
    found = db.session.scalar(select(Document).where(Document.public_id == public_id))
    if found is None:
        raise NotFound()
    return found


def bytes_sent(person_id: int, since: datetime) -> int:
    """How many bytes this person has sent since (the machine's time), originals and kept files included."""
    stored = func.sum(Document.size + Document.original_size)
    held = select(func.sum(KeptFile.size)).where(KeptFile.person_id == person_id, KeptFile.at >= since)
    total = func.coalesce(stored, 0) + func.coalesce(held.scalar_subquery(), 0)
    mine = Document.uploaded_by_id == person_id, Document.received_at >= since
    return db.session.scalar(select(total).where(*mine)) or 0


def named(digests: Collection[str]) -> set[str]:
    """Those of `digests` that some document or kept file names, as its content or its original."""
    found: set[str] = set()
    for table in (Document, KeptFile):
        named_here = or_(table.sha256.in_(digests), table.original_sha256.in_(digests))
        for row in db.session.execute(select(table.sha256, table.original_sha256).where(named_here)):
            found |= {digest for digest in row if digest}
    return found


def all_digests() -> list[str]:
    """Every digest that must have its file, in order, for the check of the disk."""
    rows = db.session.execute(select(Document.sha256, Document.original_sha256))
    return sorted({digest for row in rows for digest in row if digest})
