"""What the night tells by itself: the pack's ladder of reminders, assignments due, the urge to rate, first contacts.

The inbox line bears its day, also for days that were skipped. Mail and short messages leave at the pack's hour of the
next working day, one for a task at most: of several reminders that would leave together, the last (settled A14, A75).
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import exists, select

from portal.accounts.models import Body
from portal.congress import deadlines
from portal.congress.pack import Pack
from portal.congress.rulepacks import calendar, pack_of
from portal.core import clock
from portal.core.db import db
from portal.core.workdays import ONE, Calendar, span
from portal.jobs.actions import Errand
from portal.jobs.night import STARTS_AT
from portal.notifications import hours
from portal.notifications.actions import Outside, tell
from portal.suggestions import views
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.fact_models import ContactEvent
from portal.suggestions.handling_models import ANSWERING, UnitTask
from portal.suggestions.models import Suggestion

OPEN_TASKS = ("pending", "handling", "reply_drafted", "return_requested")
UNASSIGNED = ("submitted", "admitted")
Rung = Callable[[date], object]


def remind(day: date) -> Iterator[Errand]:
    """Everything that is said because of the date alone."""
    packs: Callable[[int], Pack] = cache(pack_of)
    days = calendar()
    yield from _due_tasks(day, packs, days)
    yield from _assignments(day, packs, days)
    yield from _feedback(day, packs, days)
    yield from _first_contacts(day, packs, days)


def _live_tasks(*conditions: Any) -> Any:
    columns = UnitTask.id, UnitTask.assigned_on, UnitTask.received_on, UnitTask.due, UnitTask.feedback_due
    return (
        select(*columns, Suggestion.pack_version_id)
        .add_columns(Suggestion.number_text, Body.name.label("unit"))
        .join(Suggestion, Suggestion.id == UnitTask.suggestion_id)
        .join(Body, Body.id == UnitTask.unit_id)
        .where(UnitTask.ended_as.is_(None), Suggestion.pack_version_id.is_not(None), Suggestion.state != "closed")
        .where(*conditions)
        .order_by(UnitTask.due, UnitTask.id)
    )


def _due_tasks(day: date, packs: Callable[[int], Pack], days: Calendar) -> Iterator[Errand]:
    wanted = UnitTask.state.in_(OPEN_TASKS), UnitTask.due.is_not(None)
    for row in db.session.execute(_live_tasks(*wanted)):
        step = deadlines.ladder_step(day, row.due, packs(row.pack_version_id).ladder, days)
        if step is not None:
            left = deadlines.days_left(row.due, day)
            words = f"还有{left}天" if left >= 0 else f"逾期{-left}天"
            said = f"{row.number_text or ''}　{row.unit}　{row.due}到期，{words}"
            yield Errand(said, partial(_remind_of_task, row.id, row.due, step, day))


def _remind_of_task(task_id: int, due: date, step: str, day: date) -> None:
    """Tell the unit, its signers when it is with them, and of a late one those who oversee it. What was answered or
    moved meanwhile is left alone."""
    task = db.session.get(UnitTask, task_id)
    if task is None or task.state not in OPEN_TASKS or not task.live or task.due != due:
        return
    ladder, days = task.suggestion.pack.ladder, calendar()
    audiences = ["unit"] + (["signers"] if task.state == "reply_drafted" else [])
    if step == deadlines.OVERDUE:
        audiences += ["clerks", "gov_office"]
    left = views.due_chip(due, task.due_provisional, day, ladder).words
    what = "答复" if task.answers else "会办意见"
    waits = "，延期申请待定" if task.asked_to_extend else ""
    _tell(
        {person for name in audiences for person in AUDIENCES[name](task)},
        "unit_task.remind",
        f"{task.called}：{task.unit.called}的{what}{deadlines.day_words(due)}到期，{left}{waits}",
        task,
        f"remind:{task.id}:{due}:{step}:{day}",
        _outside(
            f"{task.reference}：{left}，请登录办理。",
            day, ladder.mail_hour, days, lambda other: deadlines.ladder_step(other, due, ladder, days),
        ),
        day,
    )  # fmt: skip


def _assignments(day: date, packs: Callable[[int], Pack], days: Calendar) -> Iterator[Errand]:
    """One line a day for the clerks of a congress: how many of the items to be assigned are due or late."""
    found = db.session.execute(
        select(Suggestion.congress_id, Suggestion.assign_due, Suggestion.pack_version_id)
        .where(Suggestion.state.in_(UNASSIGNED), Suggestion.assign_due.is_not(None))
        .where(Suggestion.pack_version_id.is_not(None))
        .order_by(Suggestion.congress_id, Suggestion.assign_due)
    )
    waiting: dict[int, list[tuple[date, Pack]]] = {}
    row: Any
    for row in found:
        waiting.setdefault(row.congress_id, []).append((row.assign_due, packs(row.pack_version_id)))
    for congress_id, dues in waiting.items():
        steps = [step for due, pack in dues if (step := deadlines.ladder_step(day, due, pack.ladder, days))]
        if steps:
            said = "，".join(f"{_step_words(step)}{steps.count(step)}件" for step in dict.fromkeys(steps))
            yield Errand(f"待交办：{said}", partial(_remind_to_assign, congress_id, said, dues, day))


def _step_words(step: str) -> str:
    return {deadlines.OVERDUE: "已逾期", "0": "今天到期"}.get(step, f"{step}天后到期")


def _remind_to_assign(congress_id: int, said: str, dues: list[tuple[date, Pack]], day: date) -> None:
    days, pack = calendar(), dues[0][1]
    some = db.session.scalars(select(Suggestion).where(Suggestion.congress_id == congress_id).limit(1)).one()

    def later(other: date) -> bool:
        return any(deadlines.ladder_step(other, due, one.ladder, days) for due, one in dues)

    text = f"待交办的建议：{said}"
    outside = _outside(f"{text}。请登录办理。", day, pack.ladder.mail_hour, days, later)
    effect = f"remind:assign:{congress_id}:{day}"
    tell(AUDIENCES["clerks"](some), "suggestion.remind", text, "/desk/assigning", effect, None, outside, _bears(day))


def _feedback(day: date, packs: Callable[[int], Pack], days: Calendar) -> Iterator[Errand]:
    """One urge before the deputy's time to rate ends (settled A19)."""
    for row in db.session.execute(_live_tasks(UnitTask.state == "replied", UnitTask.feedback_due >= day)):
        if deadlines.ahead(packs(row.pack_version_id), "feedback_urge", row.feedback_due, days) == day:
            said = f"{row.number_text or ''}　请代表评价{row.unit}的答复，{row.feedback_due}截止"
            yield Errand(said, partial(_urge_to_rate, row.id, row.feedback_due, day))


def _urge_to_rate(task_id: int, feedback_due: date, day: date) -> None:
    task = db.session.get(UnitTask, task_id)
    if task is None or task.state != "replied" or task.feedback_due != feedback_due:
        return
    until = deadlines.day_words(feedback_due)
    title = f"{task.called}：{task.unit.called}的答复还没有评价，请在{until}24:00前评价"
    hour = task.suggestion.pack.ladder.mail_hour
    outside = _outside(f"{task.reference}的答复，请在{until}前登录评价。", day, hour, calendar())
    _tell(AUDIENCES["lead"](task), "unit_task.urge_rating", title, task, f"urge:{task.id}:{feedback_due}", outside, day)


def _first_contacts(day: date, packs: Callable[[int], Pack], days: Calendar) -> Iterator[Errand]:
    """A warning on the last day for the first talk with the deputy and one on the day after (settled A22)."""
    spoken = exists().where(ContactEvent.task_id == UnitTask.id).correlate(UnitTask)
    silent = UnitTask.role.in_(ANSWERING), UnitTask.state.in_(OPEN_TASKS), ~spoken
    for row in db.session.execute(_live_tasks(*silent)):
        pack = packs(row.pack_version_id)
        received = pack.period("first_contact").start_event == "receive"
        start = row.received_on if received else row.assigned_on
        due = deadlines.deadline(pack, "first_contact", start, days).due if start else None
        if due is not None and day in (due, due + ONE):
            said = f"{row.number_text or ''}　{row.unit}还没有登记联系代表，应在{due}前"
            yield Errand(said, partial(_warn_of_silence, row.id, due, day))


def _warn_of_silence(task_id: int, due: date, day: date) -> None:
    task = db.session.get(UnitTask, task_id)
    if task is None or task.state not in OPEN_TASKS or not task.live or task.contacts:
        return
    late = day > due
    told = {*AUDIENCES["unit"](task), *(AUDIENCES["clerks"](task) if late else ())}
    words = f"应在{deadlines.day_words(due)}前首次联系代表，还没有登记" if late else "今天是首次联系代表的最后一天，还没有登记"
    hour = task.suggestion.pack.ladder.mail_hour
    outside = _outside(f"{task.reference}：还没有登记联系代表，请登录办理。", day, hour, calendar())
    title = f"{task.called}：{task.unit.called}{words}"
    _tell(told, "unit_task.first_contact", title, task, f"contact:{task.id}:{due}:{day}", outside, day)


def _tell(
    told: Collection[int], kind: str, title: str, task: UnitTask, effect: str, outside: Outside | None, day: date
) -> None:
    tell(told, kind, title, task.address, effect, outside=outside, at=_bears(day))


def _outside(text: str, day: date, hour: int, days: Calendar, again: Rung = lambda _: None) -> Outside | None:
    """What leaves at `hour` of the next working day; nothing when `again` says that a later reminder leaves with it."""
    leaves = hours.opening(max(hours.at_hour(day, hour), clock.now()), hour, days.is_working)
    if any(again(other) for other in span(day + ONE, leaves.date())):
        return None
    return Outside(text, leaves)


def _bears(day: date) -> datetime:
    """The moment of that night, never one that is still to come."""
    return min(datetime.combine(day, STARTS_AT, clock.OFFICE_ZONE), clock.now())
