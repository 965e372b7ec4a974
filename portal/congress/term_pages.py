"""Pages of the change of term: opening the next one, the checklist, the drafts, what the old one left behind."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_ROSTER
from portal.audit.queries import history
from portal.congress import directory, handover, term_actions, terms
from portal.congress.blueprint import blueprint
from portal.congress.rules import term_words
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.fields import Field
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any
OPEN = (
    Field("starts_on", "新一届从哪天起", "date", hint="一般就是第一次会议开幕的日期；本届到前一天届满"),
    Field("opens", "第一次会议开幕", "date"),
    Field("closes", "第一次会议闭幕", "date"),
)


@blueprint.route("/terms/next", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def next_term() -> Answer:
    """Open the next term; once that is done, its checklist."""
    running = directory.running_term(actor())
    ahead = terms.next_of(running)
    if ahead is not None and request.method == "GET":
        return redirect(url_for("congress.term_change", id=ahead.public_id), 303)
    form = filled(form_of(OPEN, name="TermForm"))
    try:
        if not form.checked():
            status = 422 if request.method == "POST" else 200
            return page("congress/term_open.html", form=form, running=running, term_words=term_words), status
        made = term_actions.open_term(actor(), form.values())
    except (Invalid, Conflict) as refusal:
        form.blame(refusal)
        return page("congress/term_open.html", form=form, running=running, term_words=term_words), refusal.status
    flash(f"第{term_words(made)}已开启。", "good")
    return redirect(url_for("congress.term_change", id=made.public_id), 303)


@blueprint.get("/terms/<id>/change")
@needs(KEEP_ROSTER, of="term")
def term_change(id: str) -> Answer:
    """The checklist of the change of term, worked out from what is stored."""
    new = _new_term(id)
    lines = history(f"term:{new.id}")
    checks = terms.checklist(actor(), new)
    return page("congress/term_change.html", term=new, checks=checks, lines=lines, term_words=term_words)


@blueprint.get("/terms/<id>/drafts")
@needs(KEEP_ROSTER, of="term")
def term_drafts(id: str) -> Answer:
    """What of the old term may go on."""
    return _drafts_page(_new_term(id))


def _drafts_page(new: Any, refused: str = "") -> str:
    waiting = terms.open_drafts(new)
    parts = {kind: [one for one in waiting if terms.kind_of(one) == kind] for kind in terms.KINDS}
    context = {"term": new, "parts": parts, "kinds": terms.KINDS, "name_of": terms.name_of, "term_words": term_words}
    return page("congress/term_drafts.html", form=filled(form_of((), name="DraftsForm")), refused=refused, **context)


@blueprint.post("/terms/<id>/drafts")
@needs(KEEP_ROSTER, of="term")
def decide_drafts(id: str) -> Answer:
    """Let what is ticked go on, or not."""
    new, act, chosen = _new_term(id), request.form.get("act", ""), request.form.getlist("draft")
    try:
        if act == "settle":
            number = term_actions.settle_roster(actor(), new, chosen)
        else:
            number = term_actions.decide(actor(), new, chosen, act == "keep")
    except (Invalid, Conflict) as refusal:
        return _drafts_page(new, refusal.message), refusal.status
    flash(f"{number}项已决定。", "good")
    return redirect(url_for("congress.term_drafts", id=id), 303)


@blueprint.get("/terms/<id>/left-overs")
@needs(KEEP_ROSTER, of="term")
def term_left_overs(id: str) -> Answer:
    """What stands open from the term before."""
    new = _new_term(id)
    old = terms.before(new)
    parts = handover.left_overs(actor(), old) if old is not None else []
    return page("congress/term_left_overs.html", term=new, old=old, parts=parts, term_words=term_words)


def _new_term(public_id: str) -> Any:
    """A term that another one came before; NotFound otherwise."""
    found = terms.term(actor(), public_id)
    if terms.before(found) is None:
        raise NotFound()
    return found
