"""What happens by itself once a day is over: a part counts as received, the time to rate has gone by."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from sqlalchemy import select

from portal.accounts.actor import SYSTEM
from portal.congress import deadlines
from portal.congress.rulepacks import calendar
from portal.core.db import db
from portal.jobs.actions import Errand
from portal.suggestions import guards, handling_actions
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion


def lapse(day: date) -> Iterator[Errand]:
    """First what counts as received (settled A12), then forms that nobody gave in time (A19)."""
    yield from _deemed_received(day)
    yield from _not_rated(day)


def _deemed_received(day: date) -> Iterator[Errand]:
    """A part is received on the last day of the pack's period, whenever the night is run."""
    pending = select(UnitTask).where(UnitTask.state == "pending", UnitTask.ended_as.is_(None)).order_by(UnitTask.id)
    for task in db.session.scalars(pending.join(Suggestion).where(Suggestion.pack_version_id.is_not(None))).all():
        due = _deemed_on(task)
        if due is not None and due < day:
            yield Errand(f"{task.called}：{task.unit.called}到期视为签收", partial(_receive, task.id))


def _deemed_on(task: UnitTask) -> date | None:
    """The day on which the part counts as received; None while the government office has to pass it on first."""
    if guards.dispatched_where_needed(SYSTEM, task) is not None:
        return None
    start = task.dispatched_on or task.assigned_on
    deadline = deadlines.deadline(task.suggestion.pack, "deemed_received", start, calendar())
    return None if deadline.provisional else deadline.due


def _receive(task_id: int) -> None:
    task = db.session.get(UnitTask, task_id)
    due = _deemed_on(task) if task is not None and task.state == "pending" and task.live else None
    if task is not None and due is not None:
        handling_actions.take_task(SYSTEM, task, "receive", {"happened_on": due})


def _not_rated(day: date) -> Iterator[Errand]:
    waiting = select(Suggestion).join(UnitTask, UnitTask.suggestion_id == Suggestion.id).distinct()
    over = UnitTask.state == "replied", UnitTask.ended_as.is_(None), UnitTask.feedback_due < day
    found = db.session.scalars(waiting.where(Suggestion.state == "replied", *over).order_by(Suggestion.id))
    for suggestion in found.all():
        yield Errand(f"{suggestion.called}：评价期限届满", partial(_end, suggestion.id))


def _end(suggestion_id: int) -> None:
    suggestion = db.session.get(Suggestion, suggestion_id)
    if suggestion is not None:
        handling_actions.follow(suggestion)
