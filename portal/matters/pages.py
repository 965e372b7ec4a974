"""Pages of the matter: the desk, the page of one, its steps, entering one by hand."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_MATTERS, READ_MATTERS
from portal.congress.queries import congress_of
from portal.congress.rulepacks import pack_of_version, shipped_pack
from portal.core.errors import Invalid, NotFound
from portal.core.workflow import Step
from portal.documents import queries as documents
from portal.matters import actions, queries, views
from portal.matters.fields import by_hand
from portal.matters.models import Matter
from portal.matters.rules import GROUNDS, HOWS, OUTCOME_TAGS, OUTCOMES, SOURCES
from portal.matters.workflow import MATTER
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of
from portal.web.listing import page_of, words_of
from portal.web.pages import page
from portal.web.uploads import takes_files

blueprint = Blueprint("matters", __name__)

# What a button is called where the step's own name does not say what the reader is about to do.
BUTTONS = {"answer": "当场答复", "convert": "写成建议", "close": "办结", "feed_back": "回告群众"}
QUIET = ("decline", "reopen", "convert", "forward")


@blueprint.get("/matters")
@needs(READ_MATTERS)
def index() -> str:
    """The reader's list: a keeper's desks, what was passed on to everybody else."""
    who = actor()
    keeper = who.may(KEEP_MATTERS)
    asked = queries.Wanted(
        desk=request.args.get("desk", "open" if keeper else "all"),
        words=words_of(request.args),
        source=request.args.get("source", ""),
        after=page_of(request.args),
    )
    lines = queries.listed(who, asked)
    return page(
        "matters/index.html",
        asked=asked,
        lines=views.shown(lines[: queries.PAGE]),
        more=lines[queries.PAGE - 1].key if len(lines) > queries.PAGE else None,
        counts=queries.desk_counts(who) if keeper else {},
        keeper=keeper,
        sources=SOURCES,
    )


@blueprint.get("/matters/new")
@needs(KEEP_MATTERS)
def new() -> str:
    """Write down what was heard at the station or on a visit."""
    return page("matters/new.html", form=filled(_blank_form()))


@blueprint.post("/matters/new")
@needs(KEEP_MATTERS)
@takes_files
def create() -> Any:
    """Enter it; it waits for triage on the same desk."""
    form = filled(_blank_form())
    try:
        if not form.validate():
            raise Invalid()
        matter = actions.enter(actor(), form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return page("matters/new.html", form=form), refusal.status
    flash("已登记。", "good")
    return redirect(url_for("matters.show", id=matter.public_id), 303)


@blueprint.get("/matters/<id>")
@needs(READ_MATTERS, of="matter")
def show(id: str) -> str:
    """What was said, where it is, until when, what was done, and what this reader may do."""
    track = views.track(actor(), queries.get_visible(actor(), id))
    return page("matters/show.html", track=track, tags=OUTCOME_TAGS, quiet=QUIET, last_stage=views.LAST_STAGE)


@blueprint.get("/matters/<id>/steps/<name>")
@needs(READ_MATTERS, of="matter")
def ask(id: str, name: str) -> str:
    """The page that asks for a step's input."""
    matter = queries.get_visible(actor(), id)
    asked = MATTER.checked(actor(), matter, name)
    form = filled(form_of(asked.fields, actor(), matter), _proposed(matter, name), matter.version)
    return _sheet(matter, asked, form)


@blueprint.post("/matters/<id>/steps/<name>")
@needs(READ_MATTERS, of="matter")
def step(id: str, name: str) -> Any:
    """Take a step of the matter's life."""
    matter = queries.get_visible(actor(), id)
    asked = MATTER.steps.get(name)
    if asked is None or asked.by_itself or not asked.who(actor(), matter):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), matter))
    try:
        if not form.validate():
            raise Invalid()
        actions.take(actor(), matter, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _sheet(matter, asked, form), refusal.status
    flash(f"已{BUTTONS.get(name, asked.button)}。", "good")
    return redirect(url_for("matters.show", id=id), 303)


@blueprint.get("/matters/<id>/files/<document>")
@needs(READ_MATTERS, of="matter")
def attachment(id: str, document: str) -> Any:
    """A photograph or paper that came with the voice."""
    matter = queries.get_visible(actor(), id)
    wanted = documents.get(document)
    if wanted.id not in [one.document_id for one in matter.files]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")


def _sheet(matter: Matter, asked: Step, form: Any) -> str:
    words = {"sources": SOURCES, "outcomes": OUTCOMES, "hows": HOWS, "grounds": GROUNDS}
    return page("matters/step.html", matter=matter, step=asked, form=form, words=words)


def _proposed(matter: Matter, name: str) -> dict[str, Any]:
    """What stands in the fields before anybody typed: the title, the answer that is to be told back."""
    if name == "triage":
        return {"title": matter.title, "category": matter.category, "public_title": matter.public_title}
    if name == "feed_back":
        answered = matter.last("answer", "reply", "decline")
        return {"text": answered.text if answered else "", "public_result": matter.public_result}
    return {}


def _blank_form() -> type[PortalForm]:
    version = congress_of(actor()).pack_version
    pack = pack_of_version(version) if version else shipped_pack("Q")
    return form_of(by_hand(pack.limit("title_most"), pack.limit("body_most")), actor())
