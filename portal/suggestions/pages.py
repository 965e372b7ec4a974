"""Pages of the suggestion: lists, writing, co-signing, the page of one item, and its steps."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from portal.accounts.permissions import READ_SUGGESTIONS, SUGGEST
from portal.congress.queries import congress_of, deputy_labels, seats_by_public_id
from portal.core.errors import Invalid, NotFound, OutOfTurn, StaleText
from portal.core.fields import Field
from portal.documents import queries as documents
from portal.suggestions import actions, additions, handling_actions, queries, views
from portal.suggestions.fields import draft_fields
from portal.suggestions.meanwhile import still_in_turn
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.two_matters import ONE_MATTER
from portal.suggestions.workflow import SIGNATURE, SUGGESTION
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of, fresh
from portal.web.idempotency import keep_work, repeatable
from portal.web.listing import page_of, words_of
from portal.web.pages import page
from portal.web.sides import both_said
from portal.web.uploads import takes_files

blueprint = Blueprint("suggestions", __name__)

NOBODY_CHOSEN = "请从列表里选要邀请的代表。"


@blueprint.get("/suggestions")
@needs(READ_SUGGESTIONS)
def index() -> str:
    """The reader's list: own and co-signed for deputies, what is theirs for everybody else."""
    asked = queries.Wanted(
        desk=request.args.get("desk", "all"),
        words=words_of(request.args),
        state=request.args.get("state", ""),
        grade=request.args.get("grade", ""),
        unit=request.args.get("unit", ""),
        after=page_of(request.args),
    )
    lines = queries.listed(actor(), asked)
    return page("suggestions/index.html", asked=asked, lines=lines[: queries.PAGE], more=len(lines) > queries.PAGE)


@blueprint.get("/suggestions/new")
@needs(SUGGEST)
def new() -> str:
    """An empty sheet; the draft is made when the first words are saved. Not for a seat that rests or is over."""
    if not actor().seat_active:
        raise NotFound()
    pack = _blank().pack
    form = filled(form_of(draft_fields(pack), actor(), _blank()))
    return page("suggestions/edit.html", form=form, suggestion=None, invite=None)


@blueprint.post("/suggestions/new")
@needs(SUGGEST)
@takes_files
def create() -> Any:
    """Save the first version, and submit it when that button was pressed."""
    return _save(actions.draft_for(actor(), request.form.get("once", "")))


@blueprint.post("/suggestions/new/autosave")
@needs(SUGGEST)
@repeatable
def autosave_new() -> Any:
    """Save the words of a sheet that has no draft yet."""
    return _autosave(actions.draft_for(actor(), request.form.get("once", "")))


@blueprint.get("/suggestions/<id>/edit")
@needs(SUGGEST, of="suggestion")
def edit(id: str) -> str:
    """The one page of writing."""
    suggestion = _own_draft(id)
    form = filled(_draft_form(suggestion), _values(suggestion), suggestion.version)
    return page("suggestions/edit.html", form=form, suggestion=suggestion, invite=_invite_form(suggestion))


@blueprint.post("/suggestions/<id>/edit")
@needs(SUGGEST, of="suggestion")
@takes_files
def save(id: str) -> Any:
    """Save the draft, and submit it when that button was pressed."""
    return _save(_own_draft(id))


@blueprint.post("/suggestions/<id>/autosave")
@needs(SUGGEST, of="suggestion")
@repeatable
def autosave(id: str) -> Any:
    """Save without leaving the page; answers with the new version."""
    return _autosave(_own_draft(id))


def _save(suggestion: Suggestion) -> Any:
    form = filled(_draft_form(suggestion))
    try:
        if not form.validate():
            raise Invalid()
        _store(form, suggestion)
    except Invalid as refusal:
        form.blame(refusal)
        return _again(form, suggestion), refusal.status
    if request.form.get("act") == "submit":
        return _submit(form, suggestion)
    flash("已保存。", "good")
    return redirect(url_for("suggestions.edit", id=suggestion.public_id), 303)


def _store(form: PortalForm, suggestion: Suggestion) -> None:
    values = form.values()
    try:
        actions.save_draft(actor(), suggestion, values, form.version_seen())
    except StaleText as stale:
        page_of_draft = url_for("suggestions.edit", id=suggestion.public_id)
        saved = fresh(_draft_form(suggestion), _values(suggestion), suggestion.version)
        if both_said(stale, form, saved, page_of_draft, page_of_draft):
            raise
        actions.save_draft(actor(), suggestion, values, suggestion.version)


def _submit(form: PortalForm, suggestion: Suggestion) -> Any:
    """Submit what was just saved; when it is not ready yet, text and photos stay saved as the draft."""
    refusal = handling_actions.submit_or_say(actor(), suggestion)
    if refusal is None:
        flash("已提交。工委收到后会审查，进展会通知您。", "good")
        return redirect(url_for("suggestions.show", id=suggestion.public_id), 303)
    keep_work()
    form.blame(refusal)
    form.expected_version.data = str(suggestion.version)
    return _again(form, suggestion), refusal.status


def _again(form: PortalForm, suggestion: Suggestion) -> str:
    shown = suggestion if suggestion.created_at and request.endpoint != "suggestions.create" else None
    return page("suggestions/edit.html", form=form, suggestion=shown, invite=None, draft=suggestion)


def _autosave(suggestion: Suggestion) -> Any:
    form = filled(_draft_form(suggestion))
    try:
        if not form.validate():
            raise Invalid(next(sentence for _, sentence in form.mistakes()))
        actions.save_draft(actor(), suggestion, {**form.values(), "photos": []}, form.version_seen())
    except Invalid as refusal:
        return jsonify(code=refusal.code, message=refusal.message, forget=refusal.code == "secret_mark"), refusal.status
    return jsonify(
        version=suggestion.version,
        action=url_for("suggestions.save", id=suggestion.public_id),
        autosave=url_for("suggestions.autosave", id=suggestion.public_id),
    )


@blueprint.post("/suggestions/<id>/discard")
@needs(SUGGEST, of="suggestion")
def discard(id: str) -> Any:
    """Put away a draft that was never submitted."""
    actions.discard(actor(), _own_draft(id))
    flash("草稿已放弃。", "info")
    return redirect(url_for("suggestions.index"), 303)


@blueprint.get("/suggestions/<id>")
@needs(READ_SUGGESTIONS, of="suggestion")
def show(id: str) -> Any:
    """Where it is, who has it, until when, and what this reader owes."""
    return _shown(queries.get_visible(actor(), id))


def _shown(suggestion: Suggestion, phone: str = "") -> str:
    track = views.track(actor(), suggestion)
    offers = additions.offered(actor(), suggestion)
    return page("suggestions/show.html", track=track, forms=Steps(suggestion), phone=phone, offers=offers)


class Steps:
    """Forms of the steps on a page, made when the template asks for them."""

    def __init__(self, item: Any):
        self.item = item

    def form(self, step: Any, item: Any = None) -> Any:
        """An unposted form for the step of the item (the page's own when none is given)."""
        item = item or self.item
        return fresh(form_of(step.fields, actor(), item), version=item.version)


@blueprint.get("/suggestions/<id>/steps/<name>")
@needs(READ_SUGGESTIONS, of="suggestion")
def ask(id: str, name: str) -> str:
    """The page that asks for a step's input."""
    suggestion = queries.get_visible(actor(), id)
    step = SUGGESTION.checked(actor(), suggestion, name)
    proposed = _only(step, suggestion)
    if name == "send_back" and request.args.get("two_matters"):
        proposed["reason"] = ONE_MATTER
    form = filled(form_of(step.fields, actor(), suggestion), proposed, suggestion.version)
    return page("suggestions/step.html", step=step, form=form, suggestion=suggestion, task=None)


def _only(step: Any, suggestion: Suggestion) -> dict[str, str]:
    """What there is no choice about: the one reply that waits to be reviewed."""
    asked = {field.name: field.choices_for(actor(), suggestion) for field in step.fields if field.name == "task"}
    return {name: choices[0][0] for name, choices in asked.items() if len(choices) == 1}


@blueprint.post("/suggestions/<id>/steps/<name>")
@needs(READ_SUGGESTIONS, of="suggestion")
@takes_files
def step(id: str, name: str) -> Any:
    """Take a step of the suggestion's life."""
    suggestion = queries.get_visible(actor(), id)
    asked = SUGGESTION.steps.get(name)
    if asked is None or asked.by_itself or not asked.who(actor(), suggestion):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), suggestion))
    try:
        if not form.validate():
            still_in_turn(actor(), suggestion, name, form.version_seen())
            raise Invalid()
        handling_actions.take(actor(), suggestion, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("suggestions/step.html", step=asked, form=form, suggestion=suggestion, task=None), refusal.status
    flash(f"已{asked.button}。", "good")
    if request.args.get("back") or suggestion.state == "draft":  # sent back: the deputy's own again
        return redirect(url_for("desk.screening"), 303)
    return redirect(url_for("suggestions.show", id=id), 303)


@blueprint.post("/suggestions/<id>/signatures")
@needs(SUGGEST, of="suggestion")
def invite(id: str) -> Any:
    """Invite deputies to co-sign."""
    suggestion = _own_draft(id)
    form = filled(_invite_form_class(suggestion))
    chosen = [row["deputy"] for row in form.values()["deputies"] if row["deputy"]] if form.validate() else []
    try:
        if not chosen:
            raise Invalid()
        seats = {one.public_id: one for one in seats_by_public_id(suggestion.congress_id, chosen)}
        actions.invite(actor(), suggestion, [seats[one] for one in chosen if one in seats])
    except Invalid as refusal:
        form.blame(refusal)
        return page("suggestions/invite.html", form=form, suggestion=suggestion), refusal.status
    flash("邀请已发出，等他们本人确认。", "good")
    return redirect(url_for("suggestions.edit", id=id), 303)


@blueprint.post("/signatures/<id>/remove")
@needs(SUGGEST, of="signature")
def remove_signature(id: str) -> Any:
    """Take a co-signer off a draft."""
    signature = queries.get_signature(actor(), id)
    suggestion = signature.suggestion
    actions.remove_signature(actor(), signature)
    return redirect(url_for("suggestions.edit", id=suggestion.public_id), 303)


@blueprint.post("/signatures/<id>/steps/<name>")
@needs(SUGGEST, of="signature")
def signature_step(id: str, name: str) -> Any:
    """Confirm or decline, in the co-signer's own session, for the text that was shown."""
    signature = queries.get_signature(actor(), id)
    asked = SIGNATURE.steps.get(name)
    if asked is None or asked.by_itself:
        raise NotFound()
    data = {"text_hash": request.form.get("text_hash", "")}
    actions.take_signature(actor(), signature, name, data)
    flash("已确认联名。" if name == "confirm" else "已答复领衔代表。", "good")
    return redirect(url_for("suggestions.show", id=signature.suggestion.public_id), 303)


@blueprint.get("/co-sign/<token>")
@needs(SUGGEST)
def co_sign(token: str) -> Any:
    """The page behind the lead's link: read, then confirm."""
    suggestion = queries.by_link(actor(), token)
    signature = _signature_of(suggestion)
    if signature is not None or suggestion.lead_seat_id == actor().capacity_id:
        return redirect(url_for("suggestions.show", id=suggestion.public_id), 303)
    return page("suggestions/co_sign.html", suggestion=suggestion, form=filled(form_of(())))


@blueprint.post("/co-sign/<token>")
@needs(SUGGEST)
def join(token: str) -> Any:
    """Co-sign through the link: the invitation and the confirmation in one act of one's own."""
    suggestion = queries.by_link(actor(), token)
    signature = actions.join_by_link(actor(), suggestion)
    actions.take_signature(actor(), signature, "confirm", {"text_hash": request.form.get("text_hash", "")})
    flash("已确认联名。", "good")
    return redirect(url_for("suggestions.show", id=suggestion.public_id), 303)


@blueprint.get("/suggestions/<id>/files/<document>")
@needs(READ_SUGGESTIONS, of="suggestion")
def attachment(id: str, document: str) -> Any:
    """A file of a suggestion that the reader may read."""
    suggestion = queries.get_visible(actor(), id)
    wanted = documents.get(document)
    if wanted.id not in [one.document_id for one in suggestion.attachments]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")


@blueprint.post("/suggestions/<id>/files/<document>/remove")
@needs(SUGGEST, of="suggestion")
def drop_attachment(id: str, document: str) -> Any:
    """Take a file off a draft."""
    suggestion = _own_draft(id)
    actions.drop_attachment(actor(), suggestion, documents.get(document).id)
    return redirect(url_for("suggestions.edit", id=id), 303)


@blueprint.post("/suggestions/<id>/phone")
@needs(READ_SUGGESTIONS, of="suggestion")
def phone(id: str) -> Any:
    """Show the lead deputy's number to who must call; every look is on record."""
    suggestion = queries.get_visible(actor(), id)
    number = actions.reveal_phone(actor(), suggestion)
    return _shown(suggestion, phone=number or "没有登记，请向代表工委索取")


def _blank() -> Suggestion:
    return Suggestion(congress=congress_of(actor()), requests=[], title="")


def _own_draft(public_id: str) -> Suggestion:
    suggestion = queries.get_visible(actor(), public_id)
    if suggestion.lead_seat_id != actor().capacity_id:
        raise NotFound()
    if suggestion.state != "draft":
        raise OutOfTurn(f"当前状态为“{SUGGESTION.states[suggestion.state]}”，不能再修改。")
    return suggestion


def _signature_of(suggestion: Suggestion) -> Signature | None:
    live = [one for one in suggestion.signatures if one.state in queries.SIGNED]
    return next((one for one in live if one.seat_id == actor().capacity_id), None)


def _draft_form(suggestion: Suggestion) -> type[PortalForm]:
    return form_of(draft_fields(suggestion.pack), actor(), suggestion)


def _values(suggestion: Suggestion) -> dict[str, Any]:
    return {
        **{name: getattr(suggestion, name) for name in (*actions.TEXTS, "contact_wish", "publicity_wish")},
        "points": [{"text": text} for text in suggestion.requests or []],
        "preferred_unit": suggestion.preferred_unit.public_id if suggestion.preferred_unit else "",
    }


def _invite_form_class(suggestion: Suggestion) -> type[PortalForm]:
    labels = deputy_labels(suggestion.congress_id, suggestion.term_id or 0)
    pick = Field("deputy", "代表", "pick", required=False, choices=labels)
    return form_of((Field("deputies", "邀请哪几位代表", "rows", missing=NOBODY_CHOSEN, columns=(pick,)),), actor(), suggestion)


def _invite_form(suggestion: Suggestion) -> Any:
    return filled(_invite_form_class(suggestion), version=suggestion.version)
