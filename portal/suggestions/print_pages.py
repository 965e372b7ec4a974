"""Letters and sheets: printed from the page, or as Word files in the office's own template."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.accounts.permissions import HANDLE_TASKS, READ_SUGGESTIONS
from portal.core.errors import NotFound
from portal.letters import queries as templates
from portal.letters.kinds import Kind, Values
from portal.suggestions import letters, queries, rules, views
from portal.suggestions.models import Suggestion
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
    """交办通知: who handles which points until when."""
    about = _assigned(id)
    return _printed(about, *letters.assignment(about))


@blueprint.get("/suggestions/<id>/assignment.docx")
@needs(READ_SUGGESTIONS, of="suggestion")
def assignment_word(id: str) -> Response:
    about = _assigned(id)
    return _word(about, *letters.assignment(about))


@blueprint.get("/suggestions/<id>/receipts")
@needs(READ_SUGGESTIONS, of="suggestion")
def receipts(id: str) -> str:
    """签收表: each unit signs for what it got."""
    about = _assigned(id)
    return _printed(about, *letters.receipts(about))


@blueprint.get("/suggestions/<id>/receipts.docx")
@needs(READ_SUGGESTIONS, of="suggestion")
def receipts_word(id: str) -> Response:
    about = _assigned(id)
    return _word(about, *letters.receipts(about))


@blueprint.get("/tasks/<id>/deadline")
@needs(READ_SUGGESTIONS, of="unit_task")
def deadline(id: str) -> str:
    """期限说明单: why the date is the date."""
    return _printed(*_deadline(id))


@blueprint.get("/tasks/<id>/deadline.docx")
@needs(READ_SUGGESTIONS, of="unit_task")
def deadline_word(id: str) -> Response:
    return _word(*_deadline(id))


@blueprint.get("/tasks/<id>/reply.docx")
@needs(HANDLE_TASKS, of="unit_task")
def reply_draft_word(id: str) -> Response:
    """答复函 to be written: what is known is filled in."""
    task = queries.get_task(actor(), id)
    if not (rules.answers(actor(), task) or rules.signs(actor(), task)):
        raise NotFound()
    return _word(task.suggestion, *letters.reply_draft(task))


@blueprint.get("/replies/<id>")
@needs(READ_SUGGESTIONS, of="reply")
def reply(id: str) -> str:
    """答复函: the letter as the deputy reads it."""
    letter = queries.reply_of(actor(), id)
    return _printed(letter.task.suggestion, *letters.reply(letter), reply=letter)


@blueprint.get("/replies/<id>/survey")
@needs(READ_SUGGESTIONS, of="reply")
def survey(id: str) -> str:
    """征询意见表 that goes with the letter."""
    letter = queries.reply_of(actor(), id)
    return _printed(letter.task.suggestion, *letters.survey(letter))


@blueprint.get("/replies/<id>/survey.docx")
@needs(READ_SUGGESTIONS, of="reply")
def survey_word(id: str) -> Response:
    letter = queries.reply_of(actor(), id)
    return _word(letter.task.suggestion, *letters.survey(letter))


@blueprint.get("/replies/<id>/file")
@needs(READ_SUGGESTIONS, of="reply")
def scan(id: str) -> Any:
    """The sealed scan of the letter."""
    letter = queries.reply_of(actor(), id)
    if letter.sealed is None:
        raise NotFound()
    return downloads.send(letter.sealed, inline=request.args.get("inline") == "1")


@blueprint.get("/letters/<id>")
@needs(READ_SUGGESTIONS, of="letter")
def letter(id: str) -> str:
    """The letter that a fact is: an opinion, a decision, an urge, a coordination."""
    about, fact = letters.fact_for(actor(), id)
    return _printed(about, *letters.from_fact(fact))


@blueprint.get("/letters/<id>.docx")
@needs(READ_SUGGESTIONS, of="letter")
def letter_word(id: str) -> Response:
    about, fact = letters.fact_for(actor(), id)
    return _word(about, *letters.from_fact(fact))


def _assigned(id: str) -> Suggestion:
    wanted = queries.get_visible(actor(), id)
    if not wanted.tasks:
        raise NotFound()
    return wanted


def _deadline(id: str) -> tuple[Suggestion, Kind, Values]:
    task = queries.visible_task(actor(), id)
    about = queries.get_visible(actor(), task.suggestion.public_id)
    view = next(one for one in views.track(actor(), about).tasks if one.task.id == task.id)
    return about, *letters.deadline(view.task, view)


def _printed(about: Suggestion, kind: Kind, values: Values, reply: Any = None) -> str:
    word = url_for("sheets.letter_word", id=reply.public_id) if reply else f"{request.path}.docx"
    return page(f"suggestions/print_{kind.form}.html", s=about, kind=kind, v=values, reply=reply, word=word)


def _word(about: Suggestion, kind: Kind, values: Values) -> Response:
    name = letters.number_of(about)
    return downloads.send(templates.letter(about.congress_id, kind, values, name))
