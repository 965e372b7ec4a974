"""Pages on which the office prepares its own rules: what it starts from, section by section, and the second person."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_RULES
from portal.audit.queries import history
from portal.congress import directory, rule_actions, rule_changes, rule_forms, rule_parts, rule_queries
from portal.congress.blueprint import blueprint
from portal.congress.pack import pack_of_content
from portal.congress.pack_models import RuleDraft
from portal.congress.rule_workflow import RULE_DRAFT, SEND_BACK
from portal.congress.rulepacks import calendar, pack_of
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound, Stale
from portal.core.fields import Field
from portal.web.access import actor, needs
from portal.web.forms import DayField, filled, form_of, fresh
from portal.web.pages import page

Answer = Any
TRY = (Field("day", "假如在这一天", "date"),)


@blueprint.get("/rules/versions")
@needs(KEEP_RULES)
def rule_versions() -> Answer:
    """What the congress has adopted, from which day, by whom and why."""
    congress = directory.congress(actor())
    founding = rule_queries.founding(congress)
    return page(
        "congress/rule_versions.html",
        adoptions=rule_queries.adoptions(congress.id),
        founding=rule_queries.called(founding),
        open_draft=rule_queries.open_draft(congress.id),
        called=rule_queries.called,
        today=clock.today(),
    )


@blueprint.route("/rules/drafts/new", methods=["GET", "POST"])
@needs(KEEP_RULES)
def new_rules() -> Answer:
    """Copy a version into a draft."""
    congress = directory.congress(actor())
    sources = {one.public_id: one for one in rule_queries.sources(congress)}
    base = [(key, rule_queries.called(one)) for key, one in sources.items()]
    base[0] = (base[0][0], f"现行的{base[0][1]}")
    first, *others = rule_forms.NEW_DRAFT
    declared = (Field(first.name, first.label, "choice", hint=first.hint, choices=base), *others)
    form = filled(form_of(declared, name="NewRules"), {"base": base[0][0]})
    refusal: Invalid | Conflict | None = Invalid() if request.method == "POST" else None
    if form.checked():
        values = form.values()
        try:
            made = rule_actions.begin(
                actor(), congress, sources[values["base"]], values["name"] or "", (values["code"] or "").upper()
            )
        except (Invalid, Conflict) as error:
            form.blame(error)
            refusal = error
        else:
            return redirect(url_for("congress.rule_draft", id=made.public_id), 303)
    waiting = rule_queries.open_draft(congress.id)
    return page("congress/rule_new.html", form=form, waiting=waiting), refusal.status if refusal else 200


@blueprint.get("/rules/drafts/<id>")
@needs(KEEP_RULES, of="rule_draft")
def rule_draft(id: str) -> Answer:
    """The contents of a draft, what it changes, and what is to be done with it."""
    return _draft_page(rule_queries.draft(actor(), id))


def _draft_page(draft: RuleDraft, start: Any = None, back: Any = None) -> str:
    congress = directory.congress(actor())
    followed, since = _followed(draft)
    found = rule_changes.changes(followed.content, draft.content)
    trial, tried = _trial(draft, followed.id)
    counts = {section.key: sum(one.part in section.parts for one in found) for section in rule_parts.SECTIONS}
    known = {"effective_from": draft.effective_from, "reason": draft.reason}
    return page(
        "congress/rule_draft.html",
        draft=draft,
        congress=congress,
        followed=rule_queries.called(followed),
        since=since,
        changes=found,
        counts=counts,
        sections=rule_parts.SECTIONS,
        faults=[(_where(draft, path), said) for path, said in rule_queries.faults(draft)],
        items=sum(rule_queries.items_under(congress.id).values()),
        steps={step.name for step in RULE_DRAFT.open_to(actor(), draft)},
        mine=draft.proposed_by_id == actor().person_id,
        states=RULE_DRAFT.states,
        trial=trial,
        tried=tried,
        start=start or fresh(form_of(rule_forms.START, name="StartForm"), known, draft.version),
        back=back or fresh(form_of(SEND_BACK, name="BackForm"), None, draft.version),
        plain=fresh(form_of((), name="PlainForm"), None, draft.version),
        lines=history(draft.audit_subject),
    )


def _followed(draft: RuleDraft) -> Any:
    """What the draft is compared with: the last adopted version, for a decided draft the one that came before it."""
    congress = directory.congress(actor())
    known = rule_queries.adoptions(congress.id)
    own = next((place for place, one in enumerate(known) if one.draft_id == draft.id), None)
    before = known[own + 1 :] if own is not None else known
    return (before[0].version, before[0].starts_on) if before else (rule_queries.founding(congress), None)


def _trial(draft: RuleDraft, followed: int) -> tuple[Any, list[tuple[str, str, str]]]:
    """The question "what if it were that day", and its answer for the old and the new rules."""
    form = form_of(TRY, name="TryForm")(request.args or None)
    field: DayField = form["day"]
    if request.args.get("day"):
        form.validate()
    else:
        field.data = draft.effective_from or clock.today()
    if field.data is None or rule_queries.faults(draft):
        return form, []
    try:
        return form, rule_changes.tried(pack_of(followed), pack_of_content(draft.content), field.data, calendar())
    except (OverflowError, ValueError):
        field.errors = ["日期太远，请重新选择。"]
        return form, []


def _where(draft: RuleDraft, path: str) -> str:
    """The name of the place that a dotted path points to: 期限·答复代表."""
    part, _, rest = path.partition(".")
    key = rest.partition(".")[0]
    label = rule_parts.PART_LABELS.get(part, rule_parts.PART_LABELS[rule_parts.ABOUT])
    if part in rule_parts.LISTED and key.isdecimal():
        key = rule_parts.keys(draft.content, part)[int(key)]
    if part in (*rule_parts.KEYED, *rule_parts.LISTED) and rule_parts.entry(draft.content, part, key) is not None:
        return f"{label}·{rule_parts.label(draft.content, part, key)}"
    return label


@blueprint.post("/rules/drafts/<id>/start")
@needs(KEEP_RULES, of="rule_draft")
def set_rule_start(id: str) -> Answer:
    """From which day, and why."""
    draft = rule_queries.draft(actor(), id)
    form = filled(form_of(rule_forms.START, name="StartForm"))
    if not form.checked():
        return _draft_page(draft, start=form), 422
    values = form.values()
    try:
        rule_actions.set_start(actor(), draft, values["effective_from"], values["reason"], form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _draft_page(draft, start=form), refusal.status
    flash("起用日期已保存。", "good")
    return redirect(url_for("congress.rule_draft", id=id), 303)


@blueprint.get("/rules/drafts/<id>/<part>")
@needs(KEEP_RULES, of="rule_draft")
def rule_section(id: str, part: str) -> Answer:
    """One section: every entry with what it says now, and the version in force beside what was changed."""
    draft, section = rule_queries.draft(actor(), id), rule_parts.section(part)
    if section is None:
        raise NotFound()
    old = _followed(draft)[0].content
    rows = [
        (name, [_row(old, draft, name, key) for key in rule_parts.keys(draft.content, name)]) for name in section.parts
    ]
    return page(
        "congress/rule_section.html",
        draft=draft,
        section=section,
        parts=rows,
        part_labels=rule_parts.PART_LABELS,
        editable=draft.state == "draft",
        plain=fresh(form_of((), name="PlainForm"), None, draft.version),
    )


def _row(old: Any, draft: RuleDraft, part: str, key: str) -> dict[str, Any]:
    now, before = rule_parts.words(draft.content, part, key), rule_parts.words(old, part, key)
    label = rule_parts.label(draft.content, part, key)
    return {"key": key, "label": label, "now": now, "before": before, "changed": now != before}


@blueprint.route("/rules/drafts/<id>/<part>/<key>", methods=["GET", "POST"])
@needs(KEEP_RULES, of="rule_draft")
def rule_entry(id: str, part: str, key: str) -> Answer:
    """One entry: its value, its basis, and what the version in force says. The key `new` adds one to a list."""
    draft = rule_queries.draft(actor(), id)
    if part not in rule_parts.PART_LABELS or draft.state != "draft":
        raise NotFound()
    section, old = rule_parts.section_of(part), _followed(draft)[0].content
    adding = key == "new" and part in section.grows
    row = _blank(draft, old, part) if adding else rule_parts.entry(draft.content, part, key)
    if row is None:
        raise NotFound()
    form = filled(
        form_of(rule_forms.fields_of(part, key), name="EntryForm"),
        {} if adding else rule_forms.given(part, row),
        draft.version,
    )
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        code = str(row["code"]) if adding else key
        try:
            made = rule_forms.row_of(part, code, row, form.values())
            done = rule_actions.write(actor(), draft, part, code, made, form.version_seen())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash("已保存。" if done else "没有改动。", "good")
            return redirect(url_for("congress.rule_section", id=id, part=section.key), 303)
    return page(
        "congress/rule_entry.html",
        draft=draft,
        section=section,
        part=part,
        key=key,
        label="" if adding else rule_parts.label(draft.content, part, key),
        part_label=rule_parts.PART_LABELS[part],
        before=rule_parts.words(old, part, key),
        example=rule_parts.example(row) if part == "numbers" else "",
        form=form,
    ), refusal.status if refusal else 200


def _blank(draft: RuleDraft, old: Any, part: str) -> dict[str, Any]:
    code = {"code": rule_parts.new_code(part, draft.content, old)}
    return {**code, "children": {}} if part == "categories" else code


@blueprint.post("/rules/drafts/<id>/<part>/<key>/move")
@needs(KEEP_RULES, of="rule_draft")
def move_rule_entry(id: str, part: str, key: str) -> Answer:
    """Take an entry out of a list, or put it further up."""
    draft = rule_queries.draft(actor(), id)
    grown = [name for section in rule_parts.SECTIONS for name in section.grows]
    if part not in grown or key not in rule_parts.keys(draft.content, part):
        raise NotFound()
    form = filled(form_of((), name="PlainForm"))
    move = rule_actions.take_away if request.form.get("act") == "remove" else rule_actions.move_up
    move(actor(), draft, part, key, form.version_seen())
    flash("已保存。", "good")
    return redirect(url_for("congress.rule_section", id=id, part=rule_parts.section_of(part).key), 303)


@blueprint.post("/rules/drafts/<id>/steps/<step>")
@needs(KEEP_RULES, of="rule_draft")
def take_rule_step(id: str, step: str) -> Answer:
    """Propose, approve, send back, drop."""
    draft = rule_queries.draft(actor(), id)
    if step not in ("propose", "approve", "send_back", "drop"):
        raise NotFound()
    form = filled(form_of(SEND_BACK if step == "send_back" else (), name="BackForm"))
    if not form.checked():
        return _draft_page(draft, back=form), 422
    try:
        rule_actions.take(actor(), draft, step, form.values(), form.version_seen())
    except Stale:
        raise
    except Conflict as refusal:
        form.form_errors.append(refusal.message)
        return _draft_page(draft, back=form), refusal.status
    flash(
        {"propose": "已提交，请另一位同事核对。", "approve": "已批准。", "drop": "已作废。"}.get(step, "已退回修改。"),
        "good",
    )
    return redirect(url_for("congress.rule_draft", id=id), 303)
