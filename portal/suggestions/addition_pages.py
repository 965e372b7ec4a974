"""Pages of what is added to the record beside the steps; each asks, and does it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from portal.accounts.permissions import HANDLE_TASKS, SCREEN_SUGGESTIONS, SUGGEST
from portal.core.errors import Invalid, NotFound
from portal.core.fields import Field
from portal.suggestions import additions, queries, reworking
from portal.suggestions.fields import CUT, REOPEN, SCAN, SPEAK
from portal.suggestions.models import Suggestion
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page
from portal.web.uploads import takes_files

blueprint = Blueprint("additions", __name__)


@blueprint.route("/tasks/<id>/reopen-rating", methods=["GET", "POST"])
@needs(SCREEN_SUGGESTIONS, of="unit_task")
def reopen(id: str) -> Any:
    """Time to rate, once more, with its reason."""
    task = queries.get_task(actor(), id)
    if not reworking.may_reopen(actor(), task):
        raise NotFound()

    def do(values: dict[str, Any]) -> None:
        reworking.reopen_rating(actor(), task, values["reason"])

    return _asked("重新开放评价", REOPEN, task.suggestion, do, task.unit.name)


@blueprint.route("/replies/<id>/scan", methods=["GET", "POST"])
@needs(HANDLE_TASKS, of="reply")
@takes_files
def scan(id: str) -> Any:
    """The sealed paper of a reply that was signed."""
    reply = queries.reply_of(actor(), id)
    if not additions.may_add_scan(actor(), reply):
        raise NotFound()
    return _asked("补上盖章扫描件", SCAN, reply.suggestion, lambda values: additions.add_scan(actor(), reply, values))


@blueprint.route("/suggestions/<id>/points", methods=["GET", "POST"])
@needs(SCREEN_SUGGESTIONS, of="suggestion")
def cut(id: str) -> Any:
    """诉求点, cut on the deputy's behalf."""
    suggestion = queries.get_visible(actor(), id)
    if not additions.may_cut(actor(), suggestion):
        raise NotFound()
    last = suggestion.facts_of("points")
    known = {"points": [{"text": one.text} for one in suggestion.points], "seen": last[-1].public_id if last else ""}
    return _asked("归纳诉求点", CUT, suggestion, lambda values: additions.cut_points(actor(), suggestion, values), "", known)


@blueprint.route("/replies/<id>/voice", methods=["GET", "POST"])
@needs(SUGGEST, of="reply")
def speak(id: str) -> Any:
    """What a co-signer thinks of a reply."""
    reply = queries.reply_of(actor(), id)
    if not additions.may_speak(actor(), reply):
        raise NotFound()
    return _asked("对答复提意见", SPEAK, reply.suggestion, lambda values: additions.speak(actor(), reply, values))


def _asked(
    title: str, fields: Sequence[Field], suggestion: Suggestion, do: Callable[[dict[str, Any]], Any],
    unit: str = "", known: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    about = queries.get_visible(actor(), suggestion.public_id)
    form = filled(form_of(fields, actor(), about), known, about.version)
    shown = {"title": title, "form": form, "suggestion": about, "unit": unit}
    if request.method != "POST":
        return page("suggestions/addition.html", **shown)
    try:
        if not form.validate():
            raise Invalid()
        do(form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return page("suggestions/addition.html", **shown), refusal.status
    flash(f"已{title}。", "good")
    return redirect(url_for("suggestions.show", id=about.public_id), 303)
