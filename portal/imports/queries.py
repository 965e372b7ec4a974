"""Questions about imports; a batch belongs to the congress whose office made it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.accounts.actor import Actor
from portal.core.db import db
from portal.core.errors import NotFound
from portal.imports import keeping, traces
from portal.imports.kinds import KINDS, Kind
from portal.imports.models import ImportBatch, ImportedRow
from portal.imports.reading import Sheet

STAGES = {
    "open": "待确认",
    "waiting": "正在导入",
    "written": "已导入",
    "refused": "未导入",
    "dropped": "已放弃",
    "undone": "已撤销",
}
RECENT = 30


def kinds_for(actor: Actor) -> list[Kind]:
    """What this actor may import."""
    return [kind for kind in KINDS.values() if actor.may(kind.permission)]


def get_visible(actor: Actor, public_id: str) -> ImportBatch:
    """One batch of the actor's own office; raises NotFound otherwise."""
    batch = db.session.scalar(
        select(ImportBatch)
        .where(ImportBatch.public_id == public_id, ImportBatch.congress_id == actor.congress_id)
        .options(undefer(ImportBatch.content))
    )
    if batch is None or batch.kind not in {kind.name for kind in kinds_for(actor)}:
        raise NotFound()
    return batch


def recent(actor: Actor) -> Sequence[ImportBatch]:
    """The office's latest imports, newest first."""
    return db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.congress_id == actor.congress_id, ImportBatch.dropped_at.is_(None))
        .order_by(ImportBatch.id.desc())
        .limit(RECENT)
    ).all()


def sheet_of(batch: ImportBatch) -> Sheet:
    """The rows of a batch that is not written yet; raises NotFound when they are gone."""
    if not batch.content:
        raise NotFound()
    return keeping.opened(batch.content)


def mapping_of(batch: ImportBatch) -> dict[int, str]:
    """Position in the file to the name of our column."""
    return {int(at): name for at, name in batch.mapping.items()}


def told_counts(batch: ImportBatch) -> str:
    """代表300、代表团6; what was written, in words."""
    return "、".join(f"{called}{count}" for called, count in batch.counts.items()) or "没有新的内容"


def written_before(kind: str, congress_id: int | None, digest: str) -> datetime | None:
    """When this very file was written and not undone, if it was."""
    return db.session.scalar(
        select(ImportBatch.written_at).where(
            ImportBatch.kind == kind,
            ImportBatch.congress_id == congress_id,
            ImportBatch.digest == digest,
            ImportBatch.written_at.is_not(None),
            ImportBatch.undone_at.is_(None),
        )
    )


def still_open(actor: Actor, kind: str, digest: str) -> ImportBatch | None:
    """The actor's own batch of this very file that is neither confirmed nor dropped."""
    return db.session.scalar(
        select(ImportBatch).where(
            ImportBatch.kind == kind,
            ImportBatch.by_capacity_id == actor.capacity_id,
            ImportBatch.digest == digest,
            ImportBatch.confirmed_at.is_(None),
            ImportBatch.dropped_at.is_(None),
            ImportBatch.refused_at.is_(None),
        )
    )


def things(batch: ImportBatch) -> list[tuple[str, int]]:
    """(table, key) of everything the batch wrote."""
    rows = db.session.execute(
        select(ImportedRow.subject, ImportedRow.subject_id).where(ImportedRow.batch_id == batch.id)
    )
    return [(subject, id) for subject, id in rows]


def touched_rows(batch: ImportBatch) -> list[int]:
    """The numbers of rows whose things were changed, removed or used by somebody since they were written."""
    rows = db.session.execute(
        select(ImportedRow.subject, ImportedRow.subject_id, ImportedRow.row, ImportedRow.digest).where(
            ImportedRow.batch_id == batch.id
        )
    ).all()
    own = traces.own_keys((row.subject, row.subject_id) for row in rows)
    touched: set[int] = set()
    for subject in {row.subject for row in rows}:
        mine = [row for row in rows if row.subject == subject]
        ids = [row.subject_id for row in mine]
        now = traces.digests(subject, ids)
        used = traces.referred_to(subject, ids, own)
        touched |= {row.row for row in mine if now.get(row.subject_id) != row.digest or row.subject_id in used}
    return sorted(touched)


def origin(subject: str, subject_id: int) -> tuple[ImportBatch, int] | None:
    """Which import brought the thing in the table `subject`, and with which row; None when it was made here."""
    found = db.session.execute(
        select(ImportBatch, ImportedRow.row)
        .join(ImportBatch, ImportBatch.id == ImportedRow.batch_id)
        .where(ImportedRow.subject == subject, ImportedRow.subject_id == subject_id)
        .order_by(ImportedRow.id.desc())
    ).first()
    return (found[0], found[1]) if found else None
