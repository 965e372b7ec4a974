"""Pages of notices: the list, writing, one notice with its receipt, who has read, the list to take away."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request

from portal.accounts.permissions import KEEP_NOTICES, READ_NOTICES, ROLE_LABELS
from portal.audit.actions import record
from portal.audit.queries import history
from portal.congress.audience import words as audience_words
from portal.core import clock
from portal.core.errors import Invalid, NotFound, OutOfTurn
from portal.documents import queries as documents
from portal.imports.writing import workbook
from portal.notices import actions, forms, queries, rules
from portal.notices.models import Notice
from portal.notices.workflow import NOTICE, RECEIPT
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of, fresh
from portal.web.idempotency import repeatable
from portal.web.listing import page_of, words_of
from portal.web.pages import page
from portal.web.uploads import takes_files

blueprint = Blueprint("notices", __name__)
WORDS = {"KINDS": rules.KINDS, "RECEIPTS": RECEIPT.states, "audience_words": audience_words}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ("姓名", "代表团", "身份", "怎么样了", "读的时间", "回执时间", "请假原因")


@blueprint.get("/notices")
@needs(READ_NOTICES)
def index() -> str:
    """What was sent to this reader; for the office everything, drafts on top."""
    words, after = words_of(request.args), page_of(request.args) or 0
    lines = queries.listed(actor(), words, after)
    more = after + queries.PAGE if len(lines) > queries.PAGE else None
    shown = {"lines": lines[: queries.PAGE], "words": words, "more": more, "keeps": actor().may(KEEP_NOTICES)}
    return page("notices/index.html", **shown, **WORDS)


@blueprint.route("/notices/new", methods=["GET", "POST"])
@needs(KEEP_NOTICES)
@takes_files
def new() -> Any:
    """Write a notice."""
    return _write(None, {"kind": rules.NOTICE, "begins": "09:00", "until": "17:00"})


@blueprint.route("/notices/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_NOTICES, of="notice")
@takes_files
def edit(id: str) -> Any:
    """Change a draft."""
    notice = queries.get_visible(actor(), id)
    if notice.state != "draft":
        raise OutOfTurn(f"当前状态为“{NOTICE.states[notice.state]}”，不能再修改。")
    return _write(notice, forms.notice_values(notice))


def _write(notice: Notice | None, known: dict[str, Any]) -> Any:
    form = filled(form_of(forms.notice_fields(actor()), actor()), known, notice.version if notice else None)
    if request.method == "GET":
        return page("notices/edit.html", form=form, notice=notice)
    try:
        if not form.validate():
            raise Invalid()
        kept = actions.write(actor(), notice, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("notices/edit.html", form=form, notice=notice), refusal.status
    flash("草稿已保存，核对后发布。", "good")
    return redirect(kept.address, 303)


@blueprint.get("/notices/<id>")
@needs(READ_NOTICES, of="notice")
def show(id: str) -> str:
    """One notice, with the reader's own receipt or, for the office, everybody's."""
    return _shown(queries.get_visible(actor(), id), None)


def _shown(notice: Notice, refused: Any) -> str:
    keeps = rules.keeps(actor(), notice)
    mine = queries.own_receipt(actor(), notice) if not keeps else None
    counts = queries.by_delegation(notice) if keeps and notice.published_at else ()
    acts = [(s, (s.guard(actor(), notice) if s.guard else "") or "") for s in NOTICE.open_to(actor(), notice)]
    may = [s.name for s in RECEIPT.open_to(actor(), mine) if not (s.guard and s.guard(actor(), mine))] if mine else []
    leave = refused or (fresh(form_of(RECEIPT.steps["ask_leave"].fields), version=mine.version) if mine else None)
    return page(
        "notices/show.html", n=notice, keeps=keeps, mine=mine, counts=counts, acts=acts, may=may, leave=leave,
        lines=history(notice.audit_subject) if keeps else (),
        own_form=fresh(PortalForm, version=mine.version if mine else None),
        step_form=fresh(PortalForm, version=notice.version), **WORDS,
    )  # fmt: skip


@blueprint.route("/notices/<id>/steps/<name>", methods=["GET", "POST"])
@needs(KEEP_NOTICES, of="notice")
def step(id: str, name: str) -> Any:
    """Ask for and take a step of a notice's life."""
    notice = queries.get_visible(actor(), id)
    asked = NOTICE.steps.get(name)
    if asked is None or not asked.who(actor(), notice):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), notice), version=notice.version)
    context = {"form": form, "step": asked, "n": notice}
    if request.method == "GET":
        NOTICE.checked(actor(), notice, name)
        return page("notices/step.html", **context)
    try:
        if not form.validate():
            raise Invalid()
        taken = actions.take(actor(), notice, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("notices/step.html", **context), refusal.status
    said = {"publish": "已发布，发给{}人。", "remind": "已提醒没有读的{}人。"}.get(name, "已撤回。")
    flash(said.format(taken.facts.get("number", "")), "good")
    return redirect(notice.address, 303)


@blueprint.post("/receipts/<id>/steps/<name>")
@needs(READ_NOTICES, of="receipt")
@repeatable
def receipt_step(id: str, name: str) -> Any:
    """Read, come, or ask for leave: one's own receipt. A page that is open twice says 看过了 twice, which is no fault."""
    receipt = queries.get_receipt(actor(), id)
    asked = RECEIPT.steps.get(name)
    if asked is None:
        raise NotFound()
    if name == "read" and receipt.state != "unread":
        return redirect(receipt.address, 303)
    form = filled(form_of(asked.fields, actor(), receipt))
    try:
        if not form.validate():
            raise Invalid()
        actions.take_receipt(actor(), receipt, name, form.values(), form.version_seen() if name != "read" else None)
    except Invalid as refusal:
        form.blame(refusal)
        return _shown(queries.get_visible(actor(), receipt.notice.public_id), form), refusal.status
    if name != "read":
        flash("回执已记下。", "good")
    return redirect(receipt.address, 303)


@blueprint.get("/notices/<id>/receipts")
@needs(KEEP_NOTICES, of="notice")
def receipts(id: str) -> str:
    """Who has read, who comes, who asked for leave."""
    notice, words, after = queries.get_bare(actor(), id), words_of(request.args), page_of(request.args) or 0
    state = request.args.get("state", "")
    found = queries.receipts(notice, words, state, after)
    more = after + queries.PAGE if len(found) > queries.PAGE else None
    shown = {"rows": found[: queries.PAGE], "words": words, "state": state, "more": more}
    return page("notices/receipts.html", n=notice, **shown, **WORDS)


@blueprint.post("/notices/<id>/receipts.xlsx")
@needs(KEEP_NOTICES, of="notice")
def export(id: str) -> Response:
    """The list of receipts as a table; that it was taken is on record (names leave the portal)."""
    notice = queries.get_bare(actor(), id)
    rows = [_row(one) for one in queries.receipts(notice, most=None)]
    said = f"导出了回执名单，{len(rows)}人"
    record(actor(), notice.audit_subject, "notice.exported", {"rows": len(rows)}, said)
    answer = Response(workbook(HEADS, rows, "回执"), mimetype=XLSX)
    answer.headers["Content-Disposition"] = downloads.disposition(f"{notice.title}回执.xlsx")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _row(one: Any) -> tuple[str, ...]:
    read, answered = ((f"{clock.office(at):%Y-%m-%d %H:%M}" if at else "") for at in (one.read_at, one.answered_at))
    body = one.delegation.called if one.delegation else ""
    role = ROLE_LABELS.get(one.capacity.role, "")
    return one.person.name, body, role, RECEIPT.states[one.state], read, answered, one.reason


@blueprint.get("/notices/<id>/papers/<document>")
@needs(READ_NOTICES, of="notice")
def paper(id: str, document: str) -> Any:
    """A file that came with a notice."""
    notice = queries.get_visible(actor(), id)
    wanted = documents.get(document)
    withdrawn = notice.state == "withdrawn" and not rules.keeps(actor(), notice)
    if withdrawn or wanted.id not in [one.document_id for one in notice.papers]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")
