"""The pages of an import: choose a file, say which column is which, read what would happen, confirm, perhaps undo."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from portal.accounts.permissions import IMPORT
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, PortalError
from portal.core.fields import Field
from portal.imports import actions, headings, queries, writing
from portal.imports.findings import Finding, grouped
from portal.imports.kinds import Kind
from portal.imports.models import ImportBatch
from portal.imports.preparing import prepare
from portal.imports.reading import Sheet
from portal.web.access import actor, needs
from portal.web.downloads import disposition
from portal.web.forms import PortalForm, filled, form_of
from portal.web.idempotency import repeatable
from portal.web.pages import page

blueprint = Blueprint("imports", __name__)

SHOWN = 300
SAMPLES = 3
NOT_TAKEN = "-"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = Response | tuple[str, int] | str


@blueprint.get("/imports")
@needs(IMPORT)
def index() -> Answer:
    return _index(filled(_upload_form()))


@blueprint.post("/imports")
@needs(IMPORT)
@repeatable
def upload() -> Answer:
    """Read the file before the first statement: reading is slow, and there is one writer."""
    form = filled(_upload_form())
    if not form.checked():
        return _index(form), 422
    kind = actions.kind_for(actor(), form.kind.data)
    data = form.file.data.read()
    try:
        sheet = actions.read(kind, data, form.file.data.filename)
    except PortalError as refusal:
        form.blame(Invalid(refusal.message, fields={"file": refusal.message}))
        return _index(form), refusal.status
    batch = actions.receive(actor(), kind, sheet, data, form.file.data.filename)
    return _to("columns", batch)


@blueprint.get("/imports/<id>/columns")
@needs(IMPORT, of="import")
def columns(id: str) -> Answer:
    batch = queries.get_visible(actor(), id)
    sheet, kind = queries.sheet_of(batch), actions.kind_for(actor(), batch.kind)
    return _columns(batch, kind, sheet, _columns_form(batch, kind, sheet))


@blueprint.post("/imports/<id>/columns")
@needs(IMPORT, of="import")
def map_columns(id: str) -> Answer:
    batch = queries.get_visible(actor(), id)
    sheet, kind = queries.sheet_of(batch), actions.kind_for(actor(), batch.kind)
    form = _columns_form(batch, kind, sheet)
    if not form.checked():
        return _columns(batch, kind, sheet, form), 422
    try:
        actions.map_columns(actor(), batch, _chosen(form, sheet))
    except Invalid as refusal:
        form.blame(refusal)
        return _columns(batch, kind, sheet, form), 422
    return _to("show", batch)


@blueprint.get("/imports/<id>")
@needs(IMPORT, of="import")
def show(id: str) -> Answer:
    batch = queries.get_visible(actor(), id)
    return _show(batch, _preview(batch) if batch.stage == "open" else None)


@blueprint.post("/imports/<id>/confirm")
@needs(IMPORT, of="import")
@repeatable
def confirm(id: str) -> Answer:
    """Read everything once more; what has problems is refused here (security bar, message 38)."""
    batch = queries.get_visible(actor(), id)
    if batch.stage == "open":
        preview = _preview(batch)
        batch = queries.get_visible(actor(), id)
        if preview.problems:
            return _show(batch, preview), 422
        actions.confirm(actor(), batch)
    return _to("show", batch)


@blueprint.post("/imports/<id>/drop")
@needs(IMPORT, of="import")
def drop(id: str) -> Answer:
    actions.drop(actor(), queries.get_visible(actor(), id))
    flash("已放弃这份文件，没有写入任何内容。", "info")
    return redirect(url_for("imports.index"), 303)  # type: ignore[return-value]


@blueprint.post("/imports/<id>/undo")
@needs(IMPORT, of="import")
def undo(id: str) -> Answer:
    batch = queries.get_visible(actor(), id)
    actions.undo(actor(), batch)
    flash("已撤销，导入的内容全部取出。", "good")
    return _to("show", batch)


@blueprint.get("/imports/templates/<name>")
@needs(IMPORT)
def template(name: str) -> Response:
    kind = actions.kind_for(actor(), name)
    answer = Response(writing.template(kind), mimetype=SPREADSHEET)
    answer.headers["Content-Disposition"] = disposition(f"{kind.label}模板.xlsx")
    return answer


def _to(view: str, batch: ImportBatch) -> Answer:
    return redirect(url_for(f"imports.{view}", id=batch.public_id), 303)  # type: ignore[return-value]


def _upload_form() -> type[PortalForm]:
    kinds = [(kind.name, kind.label) for kind in queries.kinds_for(actor())]
    return form_of(
        (
            Field("kind", "导入什么", "choice", choices=kinds),
            Field("file", "表格文件", "file", hint="可用.xlsx、.xls、.csv，20MB以内。", missing="请选择表格文件。"),
        ),
        name="UploadForm",
    )


def _index(form: Any) -> str:
    kinds = queries.kinds_for(actor())
    return page(
        "imports/index.html",
        form=form,
        kinds=kinds,
        labels={kind.name: kind.label for kind in kinds},
        batches=queries.recent(actor()),
        stages=queries.STAGES,
        told_counts=queries.told_counts,
    )


def _columns_form(batch: ImportBatch, kind: Kind, sheet: Sheet) -> Any:
    choices = [(column.name, column.label) for column in kind.columns]
    choices.append((NOT_TAKEN, "按原文另存" if kind.keeps_extra else "不导入"))
    fields = tuple(
        Field(f"c{at}", word or f"第{at + 1}列", "choice", choices=choices) for at, word in enumerate(sheet.headings)
    )
    mapping = queries.mapping_of(batch)
    values = {f"c{at}": mapping.get(at, NOT_TAKEN) for at in range(len(sheet.headings))}
    return filled(form_of(fields, name="ColumnsForm"), values)


def _chosen(form: Any, sheet: Sheet) -> dict[int, str]:
    chosen = {at: form[f"c{at}"].data for at in range(len(sheet.headings))}
    return {at: name for at, name in chosen.items() if name and name != NOT_TAKEN}


def _columns(batch: ImportBatch, kind: Kind, sheet: Sheet, form: Any) -> str:
    matches = headings.guess(kind.columns, sheet.headings, [row.cells for row in sheet.rows])
    return page(
        "imports/columns.html",
        batch=batch,
        kind=kind,
        form=form,
        heading_row=sheet.heading_row,
        hints={f"c{match.position}": _hint(match, sheet) for match in matches},
        notices=sheet.notices,
    )


def _hint(match: headings.Match, sheet: Sheet) -> str:
    """The first cells of the column, and whether its meaning was a guess."""
    cells = [str(row.cells[match.position]).strip() for row in sheet.rows if match.position < len(row.cells)]
    samples = "、".join(cell if len(cell) <= 20 else f"{cell[:20]}…" for cell in [c for c in cells if c][:SAMPLES])
    guessed = "按列名猜的，请核对。" if match.column and match.confidence < headings.WITHOUT_BRACKETS else ""
    return f"{guessed}内容如：{samples}" if samples else f"{guessed}这一列是空的"


def _preview(batch: ImportBatch) -> actions.Preview:
    kind = actions.kind_for(actor(), batch.kind)
    sheet, mapping, digest = queries.sheet_of(batch), queries.mapping_of(batch), batch.digest
    # Nobody else should wait while the rows are read: the transaction ends here, the check begins its own.
    db.session.rollback()
    return actions.examined(actor(), kind, prepare(kind, sheet, mapping), digest)


def _show(batch: ImportBatch, preview: actions.Preview | None) -> str:
    kind = actions.kind_for(actor(), batch.kind)
    problems = [str(one) for one in (preview.problems if preview else _found(batch.problems))]
    notices = grouped(preview.notices if preview else _found(batch.notices))
    return page(
        "imports/show.html",
        batch=batch,
        kind=kind,
        form=filled(form_of(())),
        problems=problems[:SHOWN],
        notices=notices[:SHOWN],
        problem_count=len(problems),
        notice_count=len(notices),
        refusal=preview.refusal if preview else "",
        counts=queries.told_counts(batch),
        written_on=clock.office(batch.written_at) if batch.written_at else None,
        waiting=request.method == "GET" and batch.stage == "waiting",
        stages=queries.STAGES,
    )


def _found(pairs: Iterable[Sequence[Any]]) -> list[Finding]:
    return [Finding(row, sentence) for row, sentence in pairs]
