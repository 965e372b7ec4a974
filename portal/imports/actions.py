"""Taking a file in: receive, map its columns, preview, write all or nothing, undo. Nothing here commits."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, update

from portal.accounts.actor import Actor
from portal.audit.actions import record
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.imports import headings, keeping, queries, reading, traces
from portal.imports.findings import Finding, in_order, summary
from portal.imports.kinds import KINDS, Kind, Prepared, Written
from portal.imports.models import ImportBatch, ImportedRow
from portal.imports.preparing import Preparation, Told, prepare
from portal.imports.reading import Sheet
from portal.jobs.actions import enqueue

JOB = "import"
KEPT_NOTICES = 500
NAMED_ROWS = 20
RUN_ALREADY = "这份文件正在导入或已经处理过，请看它现在的结果。"


@dataclass(frozen=True)
class Preview:
    """What a dry run found: the rows as they would be written, what stops them, and what will be done with the rest."""

    rows: Sequence[Prepared]
    problems: tuple[Finding, ...]
    notices: tuple[Finding, ...]

    @property
    def refusal(self) -> str:
        """The sentence of a refused import; empty when nothing stands in the way."""
        return summary(self.problems) if self.problems else ""


def kind_for(actor: Actor, name: str) -> Kind:
    """The kind, when this actor may import it; raises NotAllowed (shown as not found) otherwise."""
    kind = KINDS.get(name)
    if kind is None or not actor.may(kind.permission):
        raise NotAllowed()
    return kind


def read(kind: Kind, data: bytes, file_name: str) -> Sheet:
    """The sheet in the file; slow, asks no database. Raises Invalid, TooLarge or WrongType with a Chinese sentence."""
    return reading.read(data, file_name, kind.columns)


def receive(actor: Actor, kind: Kind, sheet: Sheet, data: bytes, file_name: str) -> ImportBatch:
    """Keep a sheet for mapping; the columns are guessed from its headings. The same file again is the same batch."""
    digest = hashlib.sha256(data).hexdigest()
    earlier = queries.still_open(actor, kind.name, digest)
    if earlier is not None:
        return earlier
    matches = headings.guess(kind.columns, sheet.headings, [row.cells for row in sheet.rows])
    batch = ImportBatch(
        kind=kind.name,
        file_name=file_name[-200:],
        digest=digest,
        congress_id=actor.congress_id,
        by_id=actor.person_id,
        by_name=actor.name,
        by_role=actor.role,
        by_capacity_id=actor.capacity_id,
        content=keeping.sealed(sheet),
        mapping=_stored(headings.mapping_of(matches)),
        total=len(sheet.rows),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def map_columns(actor: Actor, batch: ImportBatch, mapping: Mapping[int, str]) -> None:
    """Say which column of the file means which of ours. Raises Invalid when one of ours is named twice."""
    kind = kind_for(actor, batch.kind)
    _still_open(batch)
    names = list(mapping.values())
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise Invalid(f"有两列都对应“{kind.column(twice).label}”，请只留一列。", code="mapped_twice")
    batch.mapping = _stored(mapping)


def preview(actor: Actor, kind: Kind, sheet: Sheet, mapping: Mapping[int, str], digest: str = "") -> Preview:
    """The dry run: reads every row and checks across rows and against what is recorded; writes nothing."""
    return examined(actor, kind, prepare(kind, sheet, mapping), digest)


def examined(actor: Actor, kind: Kind, found: Preparation, digest: str = "") -> Preview:
    """The second half of a dry run: what only the database knows, joined to what the rows said."""
    across = kind.check(actor, found.rows)
    problems = [*found.problems, *across.problems]
    earlier = queries.written_before(kind.name, actor.congress_id, digest) if digest else None
    if earlier is not None:
        day = clock.office(earlier).date()
        problems.append(Finding(0, f"这份文件已于{day.month}月{day.day}日导入过，要重新导入请先撤销那一次"))
    return Preview(found.rows, in_order(problems), in_order([*found.notices, *across.notices]))


def confirm(actor: Actor, batch: ImportBatch) -> None:
    """Let the worker write the file. Raises Conflict when that was asked before."""
    kind_for(actor, batch.kind)
    _still_open(batch)
    batch.confirmed_at = clock.now()
    batch.done = 0
    enqueue(JOB, {"batch": batch.id}, once=f"import:{batch.id}")


def drop(actor: Actor, batch: ImportBatch) -> None:
    """Throw a received file away unwritten."""
    kind_for(actor, batch.kind)
    if batch.stage == "dropped":
        return
    _still_open(batch)
    batch.dropped_at, batch.content = clock.now(), None


def run(actor: Actor, batch: ImportBatch, preview: Preview) -> None:
    """Write everything, or nothing: problems are kept with the batch, which is then refused."""
    if batch.written_at or batch.dropped_at:
        raise Conflict(RUN_ALREADY)
    kind = kind_for(actor, batch.kind)
    batch.confirmed_at = batch.confirmed_at or clock.now()
    batch.content = None
    batch.notices = [[notice.row, notice.sentence] for notice in preview.notices[:KEPT_NOTICES]]
    if preview.problems:
        batch.refused_at = clock.now()
        batch.problems = [[problem.row, problem.sentence] for problem in preview.problems]
        return
    written = kind.apply(actor, preview.rows)
    db.session.flush()
    _remember(batch, written)
    batch.counts = _counts(written)
    batch.done, batch.written_at = batch.total, clock.now()
    said = f"从“{batch.file_name}”导入{kind.label}{batch.total}行：{queries.told_counts(batch)}"
    record(actor, batch.audit_subject, "import.written", {"kind": kind.name, "digest": batch.digest}, said)


def undo(actor: Actor, batch: ImportBatch) -> None:
    """Take out everything the import wrote.

    Raises Conflict, naming the rows, once anybody has acted on what they brought; nothing is taken out then.
    """
    kind = kind_for(actor, batch.kind)
    if batch.stage != "written":
        raise Conflict("这次导入没有写入内容，或已经撤销。")
    touched = queries.touched_rows(batch)
    if touched:
        named = "、".join(str(row) for row in touched[:NAMED_ROWS])
        more = f"等{len(touched)}行" if len(touched) > NAMED_ROWS else "行"
        raise Conflict(f"第{named}{more}的内容导入后已有人使用或修改，不能撤销。", code="acted_on")
    traces.remove(traces.own_keys(queries.things(batch)))
    batch.undone_at, batch.undone_by = clock.now(), actor.name
    record(actor, batch.audit_subject, "import.undone", {"kind": kind.name}, f"撤销了“{batch.file_name}”的导入")


def tell_progress(batch_id: int, done: int) -> None:
    """Write down how far a run has come; called in a short transaction of its own."""
    db.session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(done=done))


def dry(actor: Actor, kind: Kind, data: bytes, file_name: str, told: Told = lambda _done: None) -> Preview:
    """A dry run of a file with guessed columns, in one call; for the command line."""
    sheet = read(kind, data, file_name)
    matches = headings.guess(kind.columns, sheet.headings, [row.cells for row in sheet.rows])
    found = prepare(kind, sheet, headings.mapping_of(matches), told)
    return examined(actor, kind, found, hashlib.sha256(data).hexdigest())


def _stored(mapping: Mapping[int, str]) -> dict[str, str]:
    return {str(at): name for at, name in mapping.items()}


def _still_open(batch: ImportBatch) -> None:
    if batch.stage != "open":
        raise Conflict(RUN_ALREADY)


def _remember(batch: ImportBatch, written: Sequence[Written]) -> None:
    """One row per thing, with the digest of what now stands in the database."""
    rows = []
    for subject in dict.fromkeys(traces.subject_of(one.model) for one in written):
        of_subject = {one.id: one.row for one in written if traces.subject_of(one.model) == subject}
        digests = traces.digests(subject, of_subject)
        rows += [
            {"batch_id": batch.id, "row": row, "subject": subject, "subject_id": id, "digest": digests[id]}
            for id, row in of_subject.items()
        ]
    if rows:
        db.session.execute(insert(ImportedRow), rows)


def _counts(written: Sequence[Written]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in written:
        if one.called:
            counts[one.called] = counts.get(one.called, 0) + 1
    return counts
