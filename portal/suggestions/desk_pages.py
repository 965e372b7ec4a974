"""The clerk's desk: one queue and one item beside it, per thing to be done."""

from typing import Any

from flask import Blueprint, request

from portal.accounts.permissions import READ_SUGGESTIONS, SCREEN_SUGGESTIONS
from portal.suggestions import queries, views
from portal.suggestions.pages import Steps
from portal.suggestions.two_matters import sign_of
from portal.web.access import actor, needs
from portal.web.listing import page_of, words_of
from portal.web.pages import page

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("/screening")
@needs(SCREEN_SUGGESTIONS)
def screening() -> Any:
    """Submitted items, the longest waiting first: send back, not admit, admit and number."""
    return _desk("screening", "待审查")


@blueprint.get("/assigning")
@needs(SCREEN_SUGGESTIONS)
def assigning() -> Any:
    """Admitted items: who handles them."""
    return _desk("assigning", "待交办")


@blueprint.get("/deciding")
@needs(SCREEN_SUGGESTIONS)
def deciding() -> Any:
    """Returns, extensions and disputes that wait for the office, and second 不满意 to be convened (待决定)."""
    return _desk("deciding", "待决定")


@blueprint.get("/reviewing")
@needs(SCREEN_SUGGESTIONS)
def reviewing() -> Any:
    """Answered items that a deputy is not satisfied with (待研究)."""
    return _desk("reviewing", "待研究")


@blueprint.get("/late")
@needs(READ_SUGGESTIONS)
def late() -> Any:
    """What has just become late (刚刚逾期), and with `all` everything that is, as far as the reader sees it."""
    desk = "late" if request.args.get("all") else "just_late"
    asked = queries.Wanted(desk=desk, after=page_of(request.args), oldest_first=True)
    lines = queries.listed(actor(), asked)
    more = len(lines) > queries.PAGE
    return page("suggestions/late.html", asked=asked, lines=lines[: queries.PAGE], more=more)


def _desk(name: str, title: str) -> str:
    asked = queries.Wanted(
        desk=name, words=words_of(request.args), after=page_of(request.args), oldest_first=True
    )
    lines = queries.listed(actor(), asked)
    wanted = request.args.get("item") or (lines[0].public_id if lines else "")
    suggestion = queries.get_visible(actor(), wanted) if wanted else None
    return page(
        "suggestions/desk.html",
        title=title,
        desk=name,
        asked=asked,
        lines=lines[: queries.PAGE],
        more=len(lines) > queries.PAGE,
        track=views.track(actor(), suggestion) if suggestion else None,
        forms=Steps(suggestion) if suggestion else None,
        two_matters=sign_of(suggestion) if suggestion and name == "screening" else None,
    )
