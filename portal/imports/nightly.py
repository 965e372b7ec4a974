"""Files that were uploaded and never confirmed are forgotten after a week: they hold names and phones."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from portal.core import clock
from portal.core.db import db
from portal.imports.models import ImportBatch
from portal.jobs.actions import Errand

KEPT_DAYS = 7


def forget(today: date) -> Iterator[Errand]:
    """Drop the content of batches received more than a week ago and never confirmed."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time(), clock.OFFICE_ZONE)
    stale = select(ImportBatch).where(
        ImportBatch.created_at < before, ImportBatch.confirmed_at.is_(None), ImportBatch.dropped_at.is_(None)
    )
    for batch in db.session.scalars(stale):
        yield Errand(f"忘掉没有确认的导入文件“{batch.file_name}”", partial(_drop, batch.id))


def _drop(batch_id: int) -> None:
    batch = db.session.get_one(ImportBatch, batch_id)
    batch.dropped_at, batch.content = clock.now(), None
