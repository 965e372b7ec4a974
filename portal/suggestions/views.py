"""What the page of one suggestion shows to one reader: frozen values, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.audit.queries import history
from portal.congress import deadlines
from portal.congress.rulepacks import pack_of, shipped_pack
from portal.core import clock
from portal.core.workflow import Step
from portal.suggestions import queries, rules
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK

PROGRESS = ("draft", "submitted", "admitted", "assigned", "replied", "closed")
ENDED = ("replied", "done", "opinion_given")


@dataclass(frozen=True)
class Chip:
    """Is there time enough: a light and its words."""

    light: str
    words: str


@dataclass(frozen=True)
class TaskView:
    """One unit's part as this reader sees it."""

    task: UnitTask
    chip: Chip | None
    due_rows: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    mine: bool

    @property
    def points(self) -> str:
        """诉求点1、2."""
        return f"诉求点{'、'.join(map(str, self.task.points))}" if self.task.points else ""


@dataclass(frozen=True)
class Track:
    """Everything one page needs to say where the matter is and what this reader owes."""

    suggestion: Suggestion
    steps: tuple[Step, ...]
    tasks: tuple[TaskView, ...]
    signature: Signature | None
    signature_steps: tuple[Step, ...]
    waiting: tuple[tuple[str, str], ...]
    history: Sequence[Any]
    now: int
    total: int
    sees_signatures: bool
    sees_opinions: bool


def chip_for(task: UnitTask, today: date, ladder: Any) -> Chip | None:
    """The light of one task: done in time or late, else by what is left (settled A15, A16)."""
    if task.due is None:
        return None
    if task.state in ENDED and task.answered_on is not None:
        late = deadlines.days_late(task.due, task.answered_on)
        words = ("意见" if task.role == "assist" else "答复") + (f"晚交{late}天" if late > 0 else "按期")
        return Chip("late" if late > 0 else "done", words)
    return due_chip(task.due, task.due_provisional, today, ladder)


def due_chip(due: date, provisional: bool, today: date, ladder: Any) -> Chip:
    """还有N天, 今天到期, 逾期N天; 暂定 where the calendar is not known yet."""
    left = (due - today).days
    if provisional and left >= 0:
        return Chip("provisional", f"暂定{due.month}月{due.day}日")
    words = f"还有{left}天" if left > 0 else "今天到期" if left == 0 else f"逾期{-left}天"
    return Chip(deadlines.light(due, today, ladder), words)


def ladder_of(line: queries.Line) -> Any:
    """The reminder ladder of the rules that a listed item began under."""
    return pack_of(line.pack_version_id).ladder if line.pack_version_id else shipped_pack("Q").ladder


def track(actor: Actor, suggestion: Suggestion) -> Track:
    """The page's view; the caller has loaded the suggestion with get_visible()."""
    tasks = tuple(_task_view(actor, suggestion, task) for task in suggestion.tasks)
    mine = next((one for one in suggestion.signatures if one.seat_id == actor.capacity_id), None)
    signature_steps = tuple(SIGNATURE.open_to(actor, mine)) if mine else ()
    waiting = [(step.waits, f"step-{step.name}") for step in SUGGESTION.waiting(actor, suggestion)]
    waiting += [(s.waits, f"task-{t.task.public_id}") for t in tasks for s in UNIT_TASK.waiting(actor, t.task)]
    waiting += [(s.waits, "co-sign") for s in (SIGNATURE.waiting(actor, mine) if mine else ())]
    at = PROGRESS.index(suggestion.state) + 1 if suggestion.state in PROGRESS else 2
    return Track(
        suggestion=suggestion,
        steps=tuple(SUGGESTION.open_to(actor, suggestion)),
        tasks=tasks,
        signature=mine,
        signature_steps=signature_steps,
        waiting=tuple(waiting),
        history=history(suggestion.audit_subject),
        now=at + (1 if suggestion.state == "closed" else 0),
        total=len(PROGRESS),
        sees_signatures=not actor.is_a(p.HANDLER, p.SIGNER, p.SECTION, p.GOV_OFFICE),
        sees_opinions=not actor.is_a(p.DEPUTY),
    )


def _task_view(actor: Actor, suggestion: Suggestion, task: UnitTask) -> TaskView:
    last = next((row for row in reversed(task.due_dates) if row.rule != "feedback"), None)
    explained = deadlines.explain(deadlines.recorded(last.record or {})) if last else []
    return TaskView(
        task=task,
        chip=chip_for(task, clock.today(), suggestion.pack.ladder),
        due_rows=tuple(explained),
        steps=tuple(UNIT_TASK.open_to(actor, task)),
        mine=actor.unit_id == task.unit_id,
    )


def grade_words(suggestion: Suggestion, code: str | None) -> tuple[str, str]:
    """(letter or short word, meaning) of a grade under the item's own scheme; what is unknown stays as printed."""
    if not code:
        return "", ""
    if code == "mixed":
        return "不一", "各单位办理结果不同"
    try:
        grade = suggestion.pack.scheme[code]
    except KeyError:
        return code, ""
    return grade.letter or grade.short, grade.word


def rating_words(rating: Any) -> str:
    """满意（态度满意，结果基本满意）."""
    worse = rules.LEVELS[rules.level(rating.attitude, rating.result)]
    return f"{worse}（态度{rules.LEVELS[rating.attitude]}，结果{rules.LEVELS[rating.result]}）"
