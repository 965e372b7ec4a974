"""What a change of the calendar or of the rules means for open suggestions: due dates anew, and how many keep which.

The later of old and new date binds, so that nothing is overdue backwards; what is closed is never computed again
(settled A28). Runs as a job that the calendar's edit has left behind.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record
from portal.congress import deadlines
from portal.congress.calendar_actions import CHANGED
from portal.congress.deadlines import Deadline, day_words
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.jobs.actions import enqueue
from portal.notifications.actions import tell
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.handling_models import DueDate, UnitTask
from portal.suggestions.models import Suggestion

RECOMPUTE = "recompute_due"
AT_ONCE = 50
HANDLING = ("pending", "handling", "reply_drafted", "return_requested")
RATING = "replied"
BEFORE_ASSIGNMENT = ("submitted", "admitted")
ENDED = ("draft", "closed", "not_admitted", "withdrawn")


def open_by_rules(congress_id: int) -> dict[int, int]:
    """How many open suggestions of a congress began under each version of the rules."""
    rows = db.session.execute(
        select(Suggestion.pack_version_id, func.count())
        .where(Suggestion.congress_id == congress_id, Suggestion.state.not_in(ENDED))
        .where(Suggestion.pack_version_id.is_not(None))
        .group_by(Suggestion.pack_version_id)
    )
    return {int(version): number for version, number in rows if version is not None}


def on_calendar(payload: Mapping[str, Any]) -> None:
    """The job of a calendar's edit: leaves a job for every handful of open suggestions. `payload`: edition, said."""
    waiting = select(Suggestion.id).where(Suggestion.state.not_in(ENDED)).order_by(Suggestion.id)
    found = list(db.session.scalars(waiting))
    for start in range(0, len(found), AT_ONCE):
        few = found[start : start + AT_ONCE]
        enqueue(RECOMPUTE, {**payload, "suggestions": few}, once=f"{RECOMPUTE}:{payload['edition']}:{few[0]}")


def recompute(payload: Mapping[str, Any]) -> None:
    """Compute a handful of suggestions anew; doing it twice changes nothing the second time."""
    for suggestion in db.session.scalars(select(Suggestion).where(Suggestion.id.in_(payload["suggestions"]))):
        said = _assigning(suggestion)
        for task in suggestion.tasks:
            said += _task(task, payload["said"])
        if not said:
            continue
        words = "；".join(said)
        because = f"{payload['said']}，{words}"
        record(SYSTEM, suggestion.audit_subject, "suggestion.recomputed", {"because": payload["said"]}, because)
        told = {person for name in ("units", "deputies", "clerks") for person in AUDIENCES[name](suggestion)}
        cause = f"recomputed:{payload['edition']}:{suggestion.id}"
        title = f"{suggestion.called}：放假安排有变化，{words}"
        tell(told, "suggestion.recomputed", title, suggestion.address, cause)


def _assigning(suggestion: Suggestion) -> list[str]:
    """The office's own date, until it has assigned."""
    due = suggestion.assign_due
    if suggestion.state not in BEFORE_ASSIGNMENT or due is None or suggestion.submitted_at is None:
        return []
    session = suggestion.session
    start = session.closes_on if session else clock.office(suggestion.submitted_at).date()
    rule = "assign_session" if session else "assign"
    fresh = deadlines.deadline(suggestion.pack, rule, start, calendar())
    if fresh.due <= due:
        return []
    suggestion.assign_due = fresh.due
    return [f"交办期限由{day_words(due)}改为{day_words(fresh.due)}"]


def _task(task: UnitTask, because: str) -> list[str]:
    """Both clocks of a task: the reply's while it is being handled, the rating's while it is awaited."""
    feedback = task.state == RATING
    gone = not task.live and task.ended_as != "merged"  # what was merged away may come back with its date
    if gone or (not feedback and task.state not in HANDLING):
        return []
    last = next((row for row in reversed(task.due_dates) if (row.rule == "feedback") == feedback), None)
    if last is None or not last.record:
        return []
    old = deadlines.recorded(last.record)
    new = deadlines.recomputed(task.suggestion.pack, old, calendar())
    if (new.due, new.provisional) == (old.due, old.provisional):
        return []
    _write(task, last, new, because)
    return [_told(task, "评价期限" if feedback else "期限", old, new)]


def _write(task: UnitTask, last: DueDate, new: Deadline, because: str) -> None:
    start: date = last.happened_on
    row = DueDate(task=task, rule=last.rule, happened_on=start, due=new.due, record=new.record(), why=because)
    db.session.add(row)
    if last.rule == "feedback":
        task.feedback_due = new.due
    else:
        task.due, task.due_provisional = new.due, new.provisional


def _told(task: UnitTask, what: str, old: Deadline, new: Deadline) -> str:
    sure = "（暂定）" if new.provisional else ""
    if new.due == old.due:
        return f"{task.unit.called}的{what}{day_words(new.due)}{'改为暂定' if new.provisional else '不再是暂定'}"
    return f"{task.unit.called}的{what}由{day_words(old.due)}改为{day_words(new.due)}{sure}"


HANDLERS = {CHANGED: on_calendar, RECOMPUTE: recompute}
