"""Sheets to print: the suggestion, the assignment sheet, the reply letter, the explanation of a due date."""

from typing import Any

from flask import Blueprint, request

from portal.accounts.permissions import READ_SUGGESTIONS
from portal.core.errors import NotFound
from portal.suggestions import queries, views
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.pages import page

blueprint = Blueprint("sheets", __name__)


@blueprint.get("/suggestions/<id>/print")
@needs(READ_SUGGESTIONS, of="suggestion")
def suggestion(id: str) -> str:
    """The suggestion as it is filed."""
    wanted = queries.get_visible(actor(), id)
    return page("suggestions/print_suggestion.html", track=views.track(actor(), wanted))


@blueprint.get("/suggestions/<id>/assignment")
@needs(READ_SUGGESTIONS, of="suggestion")
def assignment(id: str) -> str:
    """交办单: who handles which points until when."""
    wanted = queries.get_visible(actor(), id)
    if not wanted.tasks:
        raise NotFound()
    return page("suggestions/print_assignment.html", track=views.track(actor(), wanted))


@blueprint.get("/tasks/<id>/deadline")
@needs(READ_SUGGESTIONS, of="unit_task")
def deadline(id: str) -> str:
    """期限说明单: why the date is the date."""
    task = queries.visible_task(actor(), id)
    shown = views.track(actor(), queries.get_visible(actor(), task.suggestion.public_id)).tasks
    view = next(one for one in shown if one.task.id == task.id)
    return page("suggestions/print_deadline.html", task=task, view=view)


@blueprint.get("/replies/<id>")
@needs(READ_SUGGESTIONS, of="reply")
def reply(id: str) -> str:
    """答复函: the letter as the deputy reads it."""
    letter = queries.reply_of(actor(), id)
    words = views.grade_words(letter.task.suggestion, letter.grade)
    return page("suggestions/letter.html", reply=letter, task=letter.task, grade=words)


@blueprint.get("/replies/<id>/file")
@needs(READ_SUGGESTIONS, of="reply")
def scan(id: str) -> Any:
    """The sealed scan of the letter."""
    letter = queries.reply_of(actor(), id)
    if letter.document is None:
        raise NotFound()
    return downloads.send(letter.document, inline=request.args.get("inline") == "1")
