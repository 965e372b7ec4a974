"""What has become late: SQL conditions for lists and badges, by today's date and the office's calendar."""

from sqlalchemy import ColumnElement, exists

from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.workdays import ONE
from portal.suggestions.handling_models import ANSWERING, UnitTask
from portal.suggestions.models import Suggestion

UNDER_WAY = ("pending", "handling", "reply_drafted", "return_requested")


def _overdue(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    unanswered = UnitTask.role.in_(ANSWERING), UnitTask.state.in_(UNDER_WAY), UnitTask.ended_as.is_(None)
    task = UnitTask.suggestion_id == Suggestion.id, UnitTask.due < clock.today()
    return exists().where(*task, *unanswered, *more).correlate(Suggestion)


def late() -> ColumnElement[bool]:
    """SQL: a reply is owed whose due day has passed (逾期)."""
    return _overdue()


def just_late() -> ColumnElement[bool]:
    """SQL: the due day of a reply has passed since the last working day (刚刚逾期): on a Monday, what was due on Friday
    or at the weekend."""
    return _overdue(UnitTask.due >= calendar().previous_working(clock.today() - ONE))
