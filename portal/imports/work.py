"""The import as a job: rows are read outside any transaction, telling their progress; writing is one transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import undefer

from portal.accounts.actor import Actor
from portal.core.db import db, writing_transaction
from portal.imports import actions, queries
from portal.imports.models import ImportBatch
from portal.imports.preparing import prepare
from portal.jobs.actions import slow


@slow
def write(payload: Mapping[str, Any]) -> Callable[[], None]:
    """Read the batch's rows, then return what writes them. A batch that is finished already is left alone."""
    batch = db.session.get(ImportBatch, payload["batch"], options=[undefer(ImportBatch.content)])
    if batch is None or batch.stage != "waiting" or not batch.content:
        return lambda: None
    actor = actor_of(batch)
    kind = actions.kind_for(actor, batch.kind)
    sheet, mapping, batch_id = queries.sheet_of(batch), queries.mapping_of(batch), batch.id

    def told(done: int) -> None:
        with writing_transaction():
            actions.tell_progress(batch_id, done)

    found = prepare(kind, sheet, mapping, told)

    def finish() -> None:
        again = db.session.get_one(ImportBatch, batch_id)
        actions.run(actor, again, actions.examined(actor, kind, found, again.digest))

    return finish


def actor_of(batch: ImportBatch) -> Actor:
    """Whoever confirmed the batch, in the capacity of then."""
    return Actor(
        person_id=batch.by_id,
        name=batch.by_name,
        role=batch.by_role,
        capacity_id=batch.by_capacity_id,
        congress_id=batch.congress_id,
    )


HANDLERS = {actions.JOB: write}
