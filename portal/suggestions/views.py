"""What the page of one suggestion shows to one reader: frozen values, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.audit.queries import HistoryLine, history
from portal.congress import deadlines
from portal.congress.chips import Chip as Chip
from portal.congress.chips import due_chip as due_chip
from portal.congress.pack import Pack
from portal.congress.rulepacks import pack_of, shipped_pack
from portal.core import clock
from portal.core.workflow import Step
from portal.suggestions import queries, rules, seams
from portal.suggestions.fact_models import ContactEvent, Rating, Reply
from portal.suggestions.guards import Late, Moot
from portal.suggestions.handling_models import GONE, UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.record import Entry, rating_words, record_of
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK

# state: (place among the five stages, what happens there); the archive and 不予立案 have no stages.
STAGES = {
    **{"draft": (1, "写好提交"), "submitted": (2, "审查"), "admitted": (3, "交办")},
    **{"assigned": (3, "办理"), "replied": (4, "评价"), "closed": (6, "办结")},
    **{"rehandling": (3, "重新办理"), "second_dissatisfied": (4, "再次不满意")},
}
LAST_STAGE = 5
ASSIGN_SOON = 3  # calendar days
ENDED = ("replied", "done", "opinion_given", "returned")
# What stands on the page itself, instead of a button that leads to a page of its own.
ASKED_IN_PLACE = {"rate": "rate", "confirm_contact": "contact"}
# Where the step has a page on which more is done than the step itself, the button names the page.
PAGES = {"draft_reply": "写答复"}
# What is done rarely stands behind 其他操作, so that what waits is seen at once.
SELDOM = (
    *("merge", "unmerge", "split", "adjust", "open_coordination", "urge"),
    *("request_withdrawal", "request_return", "request_extension"),
)
# Who turned an invitation down, and what happens inside a unit before it answers, is nobody else's business.
BETWEEN_DEPUTIES = ("signature.invite", "signature.decline", "signature.void", "signature.remove", "suggestion.begin")
BETWEEN_OFFICES = ("unit_task.bounce_opinion", "unit_task.check_reply")
INSIDE_A_UNIT = ("unit_task.draft_reply", "unit_task.bounce_reply", "unit_task.hand_to", "unit_task.hand_over")


@dataclass(frozen=True)
class Act:
    """One button: a step of the suggestion, or of the unit's `task`. `obstacle` says what stands in the way."""

    step: Step
    task: UnitTask | None
    words: str
    waits: bool
    obstacle: str

    @property
    def anchor(self) -> str:
        return anchor(self.step.name, self.task)

    @property
    def seldom(self) -> bool:
        """Whether it stands among the other acts, behind a fold."""
        return self.step.name in SELDOM and not self.waits

    @property
    def too_late(self) -> bool:
        """The time for it is over: no button any more, only the reason."""
        return isinstance(self.obstacle, Late)


@dataclass(frozen=True)
class ReplyView:
    """One letter: its grade as a letter and in words, and what the lead deputy thought of it."""

    reply: Reply
    grade: tuple[str, str]
    rating: Rating | None


@dataclass(frozen=True)
class TaskView:
    """One unit's part as this reader sees it. `reasons` and `feedback` explain the due dates (期限说明单)."""

    task: UnitTask
    chip: Chip | None
    reasons: tuple[tuple[str, str], ...]
    feedback: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    replies: tuple[ReplyView, ...]
    to_confirm: tuple[ContactEvent, ...]
    mine: bool
    may_hand_on: bool

    @property
    def points(self) -> str:
        """诉求点1、2."""
        return f"诉求点{'、'.join(map(str, self.task.points))}" if self.task.points else ""

    @property
    def ratings_apart(self) -> tuple[str, str] | None:
        """What the deputy thought of the first reply and of the last one, where it was handled again; else None."""
        first = self.task.earlier
        while first is not None and first.earlier is not None:
            first = first.earlier
        if first is None or not first.ratings:
            return None
        last = self.task.ratings[-1:]
        return rating_words(first.ratings[-1]), rating_words(last[0]) if last else "还没有"

    def asks(self, name: str) -> Step | None:
        """The step of that name, when this reader may take it now."""
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True)
class Track:
    """Everything one page needs to say where the matter is and what this reader owes."""

    suggestion: Suggestion
    acts: tuple[Act, ...]
    tasks: tuple[TaskView, ...]
    chip: Chip | None
    signature: Signature | None
    signature_steps: tuple[Step, ...]
    waiting: tuple[tuple[str, str], ...]
    history: tuple[HistoryLine, ...]
    record: tuple[Entry, ...]
    stage: tuple[int, str] | None
    is_mine: bool
    sees_opinions: bool
    may_call: bool
    voices: tuple[seams.Voice, ...]

    @property
    def joined(self) -> tuple[str, ...]:
        """Names of the deputies who co-signed."""
        return tuple(one.seat.person.name for one in self.suggestion.signatures if one.state == "confirmed")

    @property
    def divided(self) -> bool:
        """Whether several units answer the deputy, each for itself."""
        return sum(view.task.answers and view.task.live for view in self.tasks) > 1

    @property
    def parts(self) -> tuple["TaskView", ...]:
        """The parts that units have now, then those that ended."""
        return tuple(sorted(self.tasks, key=lambda view: not view.task.live))


@dataclass(frozen=True)
class LineView:
    """One row of a list: its light, its news in one line, and how far it has come."""

    line: queries.Line
    chip: Chip | None
    news: str
    grade: str
    tag: tuple[str, str] | None
    stage: tuple[int, str] | None
    tone: str


def anchor(step: str, task: UnitTask | None = None) -> str:
    """The place on the item's page where this step waits; links of inboxes and notices end there."""
    if task is None:
        return f"act-{step}"
    return f"{ASKED_IN_PLACE.get(step, 'act-' + step)}-{task.public_id}"


def chip_for(task: UnitTask, today: date, ladder: Any) -> Chip | None:
    """The light of one task: done in time or late, else by what is left (settled A15, A16)."""
    if task.due is None or task.ended_as in GONE:
        return None
    if task.state in ENDED and task.answered_on is not None:
        late = deadlines.days_late(task.due, task.answered_on)
        kind = "意见" if task.role == "assist" else "答复"
        return Chip("late", f"{kind}晚交{late}天") if late > 0 else Chip("done", f"按期交{kind}" if kind == "意见" else "按期答复")
    chip = due_chip(task.due, task.due_provisional, today, ladder)
    return Chip(chip.light, f"{chip.words}，延期申请待定") if task.asked_to_extend else chip


def shown(lines: Sequence[queries.Line]) -> list[LineView]:
    """A list's rows; each set of rules is read once."""
    packs = {one: pack_of(one) for one in {line.pack_version_id for line in lines} if one is not None}
    default = shipped_pack("Q")
    return [_line_view(line, packs.get(line.pack_version_id or 0, default)) for line in lines]


def _line_view(line: queries.Line, pack: Pack) -> LineView:
    chip = due_chip(line.due, line.provisional, clock.today(), pack.ladder) if line.due else None
    late = {"yellow": ("快到期", "yellow"), "red": ("逾期", "red")}.get(chip.light if chip else "")
    stage = None if line.closed_as == "imported" else STAGES.get(line.state)
    tone = {"closed": "green", "replied": "yellow"}.get(line.state, late[1] if late else "blue")
    grade = grade_label(pack, line.grade)
    return LineView(line, chip, _news(line, chip, grade), grade, late, stage, tone)


def _news(line: queries.Line, chip: Chip | None, grade: str) -> str:
    """What happened last, in one line for the deputy who waits for it."""
    units, late = line.units or "承办单位", chip is not None and chip.light == "red"
    said = {
        "draft": "还没有提交",
        "submitted": "已提交，等工委审查",
        "admitted": "已立案，等待交办",
        "assigned": f"{units}在办" + (f"，{chip.words}{'没有' if late else ''}答复" if chip else ""),
        "replied": f"{units}已答复" + (f"，{grade}" if grade else ""),
        "rehandling": f"{units}重新办理" + (f"，{chip.words}{'没有' if late else ''}答复" if chip else ""),
        "second_dissatisfied": "对重新办理的答复仍不满意，工委将召集双方",
        "closed": "，".join(filter(None, [line.units, grade, rules.CLOSED_AS.get(line.closed_as or "", "已办结")])),
        "not_admitted": "没有立案，打开看说明",
    }[line.state]
    return "　".join(filter(None, [line.number_text, said]))


def track(actor: Actor, suggestion: Suggestion) -> Track:
    """The page's view; the caller has loaded the suggestion with get_visible()."""
    pack = suggestion.pack
    tasks = tuple(_task_view(actor, pack, task) for task in suggestion.tasks)
    mine = next((one for one in suggestion.signatures if one.seat_id == actor.capacity_id), None)
    waiting = [(step.waits, anchor(step.name)) for step in SUGGESTION.waiting(actor, suggestion)]
    waiting += [(s.waits, anchor(s.name, t.task)) for t in tasks for s in UNIT_TASK.waiting(actor, t.task)]
    waiting += [(s.waits, "co-sign") for s in (SIGNATURE.waiting(actor, mine) if mine else ())]
    return Track(
        suggestion=suggestion,
        acts=_acts(actor, suggestion, tasks),
        tasks=tasks,
        chip=_chip(actor, pack, suggestion, tasks),
        signature=mine,
        signature_steps=tuple(SIGNATURE.open_to(actor, mine)) if mine else (),
        waiting=tuple(waiting),
        history=_told(actor, suggestion),
        record=record_of(suggestion),
        stage=None if suggestion.closed_as == "imported" else STAGES.get(suggestion.state),
        is_mine=actor.is_a(p.DEPUTY) and suggestion.lead_seat_id == actor.capacity_id,
        sees_opinions=not actor.is_a(p.DEPUTY),
        may_call=rules.may_call(actor, suggestion),
        voices=seams.voices(actor, suggestion),
    )


def _chip(actor: Actor, pack: Pack, suggestion: Suggestion, tasks: Sequence[TaskView]) -> Chip | None:
    """The one clock that concerns this reader: the unit's own, the rating's, or the office's."""
    today = clock.today()
    if suggestion.state in ("submitted", "admitted") and suggestion.assign_due:
        due = suggestion.assign_due
        light = "red" if due < today else "yellow" if (due - today).days <= ASSIGN_SOON else "green"
        return Chip(light, f"{due.month}月{due.day}日前要交办")
    own = next((view for view in tasks if view.mine and view.task.live), None)
    if own is not None:
        return own.chip
    to_rate = [view.task for view in tasks if view.asks("rate") and view.task.feedback_due]
    if to_rate:
        first = min(to_rate, key=lambda task: task.feedback_due or date.max)
        return due_chip(first.feedback_due or today, _shaky(first), today, pack.ladder)
    live = (view for view in tasks if view.task.answers and view.task.live)
    return next((view.chip for view in live if view.task.state not in ENDED), None)


def _task_view(actor: Actor, pack: Pack, task: UnitTask) -> TaskView:
    steps = tuple(UNIT_TASK.open_to(actor, task))
    unanswered = tuple(one for one in task.contacts if one.answer is None)
    rated = {one.about_id: one for one in task.ratings}
    replies = [ReplyView(one, _grade_of(pack, one.grade), rated.get(one.id)) for one in task.replies]
    return TaskView(
        task=task,
        chip=chip_for(task, clock.today(), pack.ladder),
        reasons=_reasons(task, feedback=False),
        feedback=_reasons(task, feedback=True),
        steps=steps,
        replies=tuple(reversed(replies)),
        to_confirm=unanswered if any(step.name == "confirm_contact" for step in steps) else (),
        mine=actor.unit_id == task.unit_id,
        may_hand_on=actor.is_a(p.HANDLER) and rules.handles(actor, task) and task.state not in ENDED,
    )


def _shaky(task: UnitTask) -> bool:
    last = next((row for row in reversed(task.due_dates) if row.rule == "feedback"), None)
    return bool(last and (last.record or {}).get("provisional"))


def _reasons(task: UnitTask, feedback: bool) -> tuple[tuple[str, str], ...]:
    last = next((row for row in reversed(task.due_dates) if (row.rule == "feedback") == feedback), None)
    return tuple(deadlines.explain(deadlines.recorded(last.record or {}))) if last else ()


def _acts(actor: Actor, suggestion: Suggestion, tasks: Sequence[TaskView]) -> tuple[Act, ...]:
    """The buttons, what waits first. A draft has none: it is written on its own page."""
    if suggestion.state == "draft":
        return ()
    found = [_act(actor, step, suggestion, None) for step in SUGGESTION.open_to(actor, suggestion)]
    for view in tasks:
        found += [_act(actor, step, view.task, view.task) for step in view.steps if step.name not in ASKED_IN_PLACE]
    useful = [act for act in found if not isinstance(act.obstacle, Moot)]
    return tuple(sorted(useful, key=lambda act: not act.waits))


def _act(actor: Actor, step: Step, item: Any, task: UnitTask | None) -> Act:
    obstacle = (step.guard(actor, item) if step.guard else None) or ""
    return Act(step, task, PAGES.get(step.name, step.button), bool(step.waits) and not obstacle, obstacle)


def _told(actor: Actor, suggestion: Suggestion) -> tuple[HistoryLine, ...]:
    """The history as this reader may know it, newest first."""
    lead = actor.capacity_id == suggestion.lead_seat_id or actor.is_a(p.CLERK)
    own = {task.public_id for task in suggestion.tasks if task.unit_id == actor.unit_id}

    def may_know(line: HistoryLine) -> bool:
        if line.person_id == actor.person_id:
            return True
        if line.code in INSIDE_A_UNIT:
            return line.data.get("task") in own
        if actor.is_a(p.DEPUTY) and (line.code in BETWEEN_OFFICES or line.code.endswith("_late")):
            return line.person_id == actor.person_id
        return lead or line.code not in BETWEEN_DEPUTIES

    return tuple(line for line in reversed(history(suggestion.audit_subject)) if may_know(line))


def grade_words(suggestion: Suggestion, code: str | None) -> tuple[str, str]:
    """(letter or short word, meaning) of a grade under the item's own scheme; what is unknown stays as printed."""
    return _grade_of(suggestion.pack, code)


def _grade_of(pack: Pack, code: str | None) -> tuple[str, str]:
    if not code:
        return "", ""
    if code == "mixed":
        return "不一", "各单位办理结果不同"
    try:
        grade = pack.scheme[code]
    except KeyError:
        return code, ""
    return grade.letter or grade.short, grade.word


def grade_label(pack: Pack, code: str | None) -> str:
    """B类 where the scheme has letters, else the short word; 办理结果不一 for several."""
    letter, _ = _grade_of(pack, code)
    if code == "mixed":
        return "办理结果不一"
    return f"{letter}类" if letter.isascii() and len(letter) == 1 else letter
