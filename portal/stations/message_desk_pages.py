"""The desk of the messages: what waits to be looked at, one message, its steps."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_MATTERS
from portal.core.errors import Invalid, NotFound
from portal.documents import queries as documents
from portal.stations import message_actions, message_queries
from portal.stations.message_blueprint import blueprint
from portal.stations.message_models import Message
from portal.stations.message_rules import DOUBTS, RATINGS
from portal.stations.message_workflow import MESSAGE
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of, fresh
from portal.web.listing import page_of
from portal.web.pages import page

TITLE_MOST = 20
SENTENCE_ENDS = "，。！？；\n"


@blueprint.get("/messages")
@needs(KEEP_MATTERS)
def index() -> str:
    """What the public has left at the stations of this desk."""
    desk = request.args.get("desk", "received")
    found = message_queries.listed(actor(), desk, page_of(request.args))
    return page(
        "stations/messages.html",
        desk=desk if desk in message_queries.DESKS else "received",
        messages=found[: message_queries.PAGE],
        more=len(found) > message_queries.PAGE,
        counts=message_queries.counts(actor()),
        doubts=DOUBTS,
    )


@blueprint.get("/messages/<id>")
@needs(KEEP_MATTERS, of="message")
def show(id: str) -> str:
    """What was left, and what to do with it."""
    return _shown(message_queries.get_visible(actor(), id))


def _shown(message: Message, forms: dict[str, Any] | None = None, phone: str = "") -> str:
    steps = MESSAGE.open_to(actor(), message)
    proposed = {"release": {"title": _first_words(message.text), "text": message.text}}
    drawn = {
        one.name: fresh(form_of(one.fields, actor(), message), proposed.get(one.name), message.version) for one in steps
    }
    return page(
        "stations/message_show.html",
        message=message,
        steps=steps,
        forms={**drawn, **(forms or {})},
        phone=phone,
        doubts=DOUBTS,
        ratings=RATINGS,
    )


def _first_words(text: str) -> str:
    ends = [at for at, sign in enumerate(text[: TITLE_MOST + 1]) if sign in SENTENCE_ENDS]
    return text[: ends[0] if ends and ends[0] > 3 else TITLE_MOST].strip()


@blueprint.post("/messages/<id>/steps/<name>")
@needs(KEEP_MATTERS, of="message")
def step(id: str, name: str) -> Any:
    """Release it into a matter, or put it aside."""
    message = message_queries.get_visible(actor(), id)
    asked = MESSAGE.steps.get(name)
    if asked is None or asked.by_itself or not asked.who(actor(), message):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), message))
    try:
        if not form.validate():
            raise Invalid()
        message_actions.take(actor(), message, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _shown(message, {name: form}), refusal.status
    if message.matter is not None and name == "release":
        flash("已采用，请受理。", "good")
        return redirect(url_for("matters.show", id=message.matter.public_id), 303)
    flash("没有采用，放在“未采用”里，随时可以再采用。", "good")
    return redirect(url_for("messages.index"), 303)


@blueprint.get("/messages/<id>/files/<document>")
@needs(KEEP_MATTERS, of="message")
def attachment(id: str, document: str) -> Any:
    """A photograph or recording that came with a message."""
    message = message_queries.get_visible(actor(), id)
    wanted = documents.get(document)
    if wanted.id not in [one.document_id for one in message.files]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")


@blueprint.post("/messages/<id>/phone")
@needs(KEEP_MATTERS, of="message")
def phone(id: str) -> str:
    """Show the telephone number to who must call; every look is on record."""
    message = message_queries.get_visible(actor(), id)
    return _shown(message, phone=message_actions.reveal_phone(actor(), message))
