"""Pages of contacts: where one stands with the people one keeps contact with, and the record of each contact."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts import permissions as p
from portal.accounts.permissions import LOG_CONTACTS, READ_CONTACTS
from portal.audit.queries import history
from portal.contacts import actions, campaign_pages, campaigns, pairing_pages, queries, voter_pages
from portal.contacts.blueprint import blueprint
from portal.contacts.forms import record_fields
from portal.contacts.models import ContactRecord
from portal.contacts.rules import KINDS, reads_voters
from portal.contacts.workflow import CONTACT_RECORD
from portal.core.errors import Invalid, NotFound, OutOfTurn
from portal.documents import queries as documents
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.listing import page_of, words_of
from portal.web.pages import page
from portal.web.uploads import takes_files

__all__ = ["blueprint", "campaign_pages", "pairing_pages", "voter_pages"]

NEWEST = 5


@blueprint.get("/contacts")
@needs(READ_CONTACTS)
def home() -> Any:
    """Who should be contacted next, what waits to be confirmed, what was done lately."""
    who = actor()
    due, paired = queries.next_visits(who, own=who.role != p.CLERK)
    lines = queries.listed(who, queries.Wanted(), 30)
    waiting = [one for one in lines if one.state == "filed"] if who.role in (p.DEPUTY, p.DELEGATION) else []
    return page(
        "contacts/home.html",
        next_visits=due,
        paired=paired,
        waiting=waiting,
        recent=lines[:NEWEST],
        campaigns=campaigns.listed(who) if who.role in (p.DEPUTY, p.CLERK, p.LEADER) else [],
        writes=who.may(LOG_CONTACTS) and who.seat_active,
        KINDS=KINDS,
    )


@blueprint.get("/contact-records")
@needs(READ_CONTACTS)
def records() -> Any:
    """The records the reader may read, the newest first."""
    asked = queries.Wanted(
        words=words_of(request.args),
        state=request.args.get("state", ""),
        kind=request.args.get("kind", ""),
        after=page_of(request.args),
    )
    lines = queries.listed(actor(), asked)
    return page(
        "contacts/records.html",
        asked=asked,
        lines=lines[: queries.PAGE],
        more=len(lines) > queries.PAGE,
        states=CONTACT_RECORD.states,
        KINDS=KINDS,
    )


@blueprint.get("/contact-records/new")
@needs(LOG_CONTACTS)
def new() -> Any:
    """An empty sheet; whom it is about may come with the address."""
    if not actor().seat_active:
        raise NotFound()
    known = {name: request.args.get(name, "") for name in ("deputy", "place", "group", "campaign")}
    usual = {"form": "visit"} if actor().role == p.DEPUTY else {}
    form = filled(form_of(record_fields(actor()), actor()), usual | {name: one for name, one in known.items() if one})
    return page("contacts/edit.html", form=form, record=None)


@blueprint.post("/contact-records/new")
@needs(LOG_CONTACTS)
@takes_files
def create() -> Any:
    """Keep it as a draft, or put it on record at once."""
    if not actor().seat_active:
        raise NotFound()
    return _save(None)


@blueprint.get("/contact-records/<id>/edit")
@needs(LOG_CONTACTS, of="contact_record")
def edit(id: str) -> Any:
    """A draft, to be finished."""
    record = _own_draft(id)
    form = filled(form_of(record_fields(actor()), actor()), _values(record), record.version)
    return page("contacts/edit.html", form=form, record=record)


@blueprint.post("/contact-records/<id>/edit")
@needs(LOG_CONTACTS, of="contact_record")
@takes_files
def save(id: str) -> Any:
    """Keep the draft, or put it on record."""
    return _save(_own_draft(id))


def _save(record: ContactRecord | None) -> Any:
    form = filled(form_of(record_fields(actor()), actor()))
    try:
        if not form.validate():
            raise Invalid()
        saved = actions.save(actor(), record, form.values(), form.version_seen(), request.form.get("once", ""))
        if request.form.get("act") == "draft":
            flash("草稿已保存，只有您自己看得到。", "good")
            return redirect(url_for("contacts.edit", id=saved.public_id), 303)
        if saved.state == "draft":
            actions.file(actor(), saved)
    except Invalid as refusal:
        form.blame(refusal)
        return page("contacts/edit.html", form=form, record=record), refusal.status
    flash("已登记。" if saved.state == "confirmed" else "已登记，等对方核实。", "good")
    return redirect(url_for("contacts.show", id=saved.public_id), 303)


@blueprint.post("/contact-records/<id>/discard")
@needs(LOG_CONTACTS, of="contact_record")
def discard(id: str) -> Any:
    """Put away a draft."""
    actions.discard(actor(), _own_draft(id))
    flash("草稿已放弃。", "info")
    return redirect(url_for("contacts.home"), 303)


@blueprint.get("/contact-records/<id>")
@needs(READ_CONTACTS, of="contact_record")
def show(id: str) -> Any:
    """What was said, what it raised and what became of it, whether it was confirmed."""
    return _shown(queries.get_visible(actor(), id))


def _shown(record: ContactRecord, form: Any = None) -> str:
    return page(
        "contacts/show.html",
        record=record,
        steps=CONTACT_RECORD.open_to(actor(), record),
        form=form,
        sees_voters=reads_voters(actor(), record.seat_id),
        lines=history(record.audit_subject),
        states=CONTACT_RECORD.states,
        KINDS=KINDS,
    )


@blueprint.get("/contact-records/<id>/steps/<name>")
@needs(READ_CONTACTS, of="contact_record")
def ask(id: str, name: str) -> Any:
    """The page that asks for a step's input."""
    record = queries.get_visible(actor(), id)
    step = CONTACT_RECORD.checked(actor(), record, name)
    form = filled(form_of(step.fields, actor(), record), version=record.version)
    return page("contacts/step.html", record=record, step=step, form=form)


@blueprint.post("/contact-records/<id>/steps/<name>")
@needs(READ_CONTACTS, of="contact_record")
def step(id: str, name: str) -> Any:
    """File, confirm or dispute."""
    record = queries.get_visible(actor(), id)
    asked = CONTACT_RECORD.steps.get(name)
    if asked is None or not asked.who(actor(), record):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), record))
    try:
        if not form.validate():
            raise Invalid()
        if name == "file":
            actions.file(actor(), record, form.version_seen())
        else:
            actions.take(actor(), record, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("contacts/step.html", record=record, step=asked, form=form), refusal.status
    flash("谢谢，已经记下。" if name != "file" else "已登记。", "good")
    return redirect(url_for("contacts.show", id=id), 303)


@blueprint.get("/contact-records/<id>/files/<document>")
@needs(READ_CONTACTS, of="contact_record")
def attachment(id: str, document: str) -> Any:
    """A photo of a record that the reader may read."""
    record, wanted = queries.get_visible(actor(), id), documents.get(document)
    if wanted.id not in [one.document_id for one in record.photos]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")


def _own_draft(public_id: str) -> ContactRecord:
    record = queries.get_visible(actor(), public_id)
    if record.written_by_id != actor().capacity_id:
        raise NotFound()
    if record.state != "draft":
        raise OutOfTurn(f"当前状态为“{CONTACT_RECORD.states[record.state]}”，不能再修改。")
    return record


def _values(record: ContactRecord) -> dict[str, Any]:
    told = ("form", "topic", "persons", "venue", "opinions", "answer", "happened_on", "late_reason")
    return {
        **{name: getattr(record, name) for name in told},
        "problems": [
            {
                "said": one.said,
                "answered": one.answered,
                "voter_name": _full(one.voter_name),
                "voter_phone": _full(one.voter_phone),
            }
            for one in record.problems
        ],
        "deputy": record.seat.public_id if record.seat else "",
        "place": record.place.public_id if record.place else "",
        "group": record.group.public_id if record.group else "",
        "campaign": record.campaign.public_id if record.campaign else "",
    }


def _full(value: Any) -> str:
    """What was typed into the draft, for whoever typed it."""
    return value.full if value else ""
