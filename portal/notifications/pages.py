"""The page of notices."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.core.errors import NotFound
from portal.notifications import actions, queries
from portal.web.access import actor, signed_in
from portal.web.forms import PortalForm
from portal.web.pages import page

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
@signed_in
def index() -> str:
    person = _person()
    before = request.args.get("before", type=int)
    lines = list(queries.lines(person, before))
    older = lines[queries.SHOWN_PER_PAGE - 1].id if len(lines) > queries.SHOWN_PER_PAGE else None
    return page(
        "notifications/index.html",
        lines=lines[: queries.SHOWN_PER_PAGE],
        unread=queries.unread(person),
        older_url=url_for("notifications.index", before=older) if older else "",
        newest_url=url_for("notifications.index") if before else "",
        form=PortalForm(),
    )


@blueprint.post("/notifications/read")
@signed_in
def read_all() -> Response:
    actions.mark_read(_person())
    return redirect(url_for("notifications.index"), 303)


def _person() -> int:
    person = actor().person_id
    if person is None:
        raise NotFound()
    return person
