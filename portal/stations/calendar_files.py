"""Sending receptions as a calendar file."""

from flask import Response, request

from portal.core import clock
from portal.stations import duty_queries, ical
from portal.stations.models import Reception, Station
from portal.web.pages import kept_by_caches


def calendar_answer(title: str, receptions: list[tuple[Reception, Station, str]], shared: bool = True) -> Response:
    """A calendar file; `shared` when it is the same for everybody."""
    last = max((one.created_at for one, _, _ in receptions), default=clock.real())
    text = ical.calendar_text(title, receptions, request.host.partition(":")[0], last)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="receptions.ics"'
    return kept_by_caches(answer) if shared else answer


def who(reception: Reception) -> str:
    """Who sits there: 沈若兰、何国梁."""
    return "、".join(slot.person.name for slot in duty_queries.sitting(reception))
