"""Pages of the organiser: who signed up, the code on the wall, the sheet to sign, who has to make up."""

from typing import Any

from flask import Blueprint, jsonify, request

from portal.accounts.permissions import RUN_ACTIVITIES
from portal.activities import queries, rules, views
from portal.activities.workflow import SIGN_UP
from portal.core import clock
from portal.core.errors import NotFound, OutOfTurn
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, fresh
from portal.web.listing import page_of, words_of
from portal.web.pages import page

blueprint = Blueprint("activity_desk", __name__)
TO_COME = ("confirmed", "leave_requested", "on_leave", "attended", "absent")
BY_PRESSING = ("promote", "mark_absent")


def _own(id: str) -> Any:
    activity = queries.get_visible(actor(), id)
    if not rules.runs(actor(), activity):
        raise NotFound()
    return activity


@blueprint.get("/activities/<id>/sign-ups")
@needs(RUN_ACTIVITIES, of="activity")
def desk(id: str) -> str:
    """Everybody who signed up, found by name or pinyin, with what can be noted of them now."""
    activity, words, after = _own(id), words_of(request.args), page_of(request.args) or 0
    state = request.args.get("state", "")
    found = queries.sign_ups(activity, words, (state,) if state in SIGN_UP.states else (), after)
    rows = [(one, _acts(one)) for one in found[: queries.PAGE]]
    more = after + queries.PAGE if len(found) > queries.PAGE else None
    context = {"a": activity, "rows": rows, "words": words, "state": state, "more": more}
    return page("activities/desk.html", **context, SIGNED=SIGN_UP.states, form=fresh(PortalForm), when=views.when)


def _acts(sign_up: Any) -> list[tuple[str, str, bool]]:
    """(step, button, whether pressing is enough) of what the office may do with one sign-up now."""
    late = clock.today() > clock.office(sign_up.activity.ends_at).date()
    found = []
    for step in SIGN_UP.open_to(actor(), sign_up):
        if not (step.guard and step.guard(actor(), sign_up)):
            found.append((step.name, step.button, step.name in BY_PRESSING or (step.name == "check_in" and not late)))
    return found


@blueprint.get("/activities/<id>/code")
@needs(RUN_ACTIVITIES, of="activity")
def code(id: str) -> Any:
    """The code on the wall of the room; it changes every half minute."""
    activity = _own(id)
    if activity.state not in queries.OPEN:
        raise OutOfTurn("活动不在进行，没有签到码。")
    now = clock.real()
    left = rules.CODE_SECONDS - int(now.timestamp()) % rules.CODE_SECONDS
    said = rules.code(activity.public_id, rules.window(now))
    came = sum(one.of("attended") for one in queries.by_delegation(activity))
    if "X-Fragment" in request.headers:
        return jsonify(code=said, left=left, came=came)
    due = sum(one.taken for one in queries.by_delegation(activity))
    return page("activities/code.html", a=activity, code=said, left=left, came=came, due=due, when=views.when)


@blueprint.get("/activities/<id>/sheet")
@needs(RUN_ACTIVITIES, of="activity")
def sheet(id: str) -> str:
    """The attendance sheet on paper, by delegation."""
    activity = _own(id)
    people = queries.sign_ups(activity, states=TO_COME, most=None)
    return page("activities/sheet.html", a=activity, people=people, SIGNED=SIGN_UP.states, when=views.when)


@blueprint.get("/activities/<id>/make-up")
@needs(RUN_ACTIVITIES, of="activity")
def make_up(id: str) -> str:
    """补课名单: who still has to make up for this requirement."""
    activity = _own(id)
    rows = queries.to_make_up(activity)
    return page("activities/make_up.html", a=activity, rows=rows, SIGNED=SIGN_UP.states, when=views.when)
