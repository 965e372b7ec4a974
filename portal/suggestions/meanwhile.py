"""Somebody was faster: who changed the thing, when, and what it is now (message 14)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.permissions import CLERK, GOV_OFFICE
from portal.audit import actions as audit
from portal.audit.queries import HistoryLine, latest
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, NotAllowed, OutOfTurn, Stale
from portal.core.workflow import Taken, Workflow
from portal.suggestions.guards import Late
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK

KEPT = "您的操作未执行。您填写的内容已保留，请核对后再试。"
KINDS: Mapping[type, tuple[Workflow, str]] = {
    Suggestion: (SUGGESTION, "该建议"),
    UnitTask: (UNIT_TASK, "该承办任务"),
    Signature: (SIGNATURE, "该联名"),
}

# Steps that concern two suggestions, and the number of the lock that they take on PostgreSQL.
MERGERS, MERGING = ("merge", "unmerge"), 0x6D65726765

_taking: ContextVar[bool] = ContextVar("taking", default=False)


def telling(take: Callable[..., Taken]) -> Callable[..., Taken]:
    """`take`, one at a time for each suggestion, refusing a stale page or a lost race by saying who was faster; a try
    that came too late is kept on record (settled A37)."""

    def told(
        actor: Actor, item: Any, name: str, data: Mapping[str, Any] | None = None, expected_version: int | None = None
    ) -> Taken:
        try:
            with _one_at_a_time(item, name):
                return take(actor, item, name, data, expected_version)
        except NotAllowed as refusal:
            if not ended_meanwhile(actor, item, name):
                raise
            raise Stale(_how_it_ended(item)) from refusal
        except Conflict as refusal:
            if isinstance(refusal.message, Late):
                _put_on_record(actor, item, name, refusal)
            if not isinstance(refusal, Stale):
                raise
            raise Stale(sentence(item)) from refusal
        except StaleDataError as lost:
            db.session.rollback()  # what is known of the item is out of date
            raise Stale(sentence(item)) from lost

    return told


class _AsItWas:
    """A part as if it had not ended."""

    live = True

    def __init__(self, task: UnitTask):
        self._task = task

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)


def ended_meanwhile(actor: Actor, item: Any, name: str) -> bool:
    """Whether the office could have taken this step had the part not ended, passed on or withdrawn by somebody faster:
    then it is told so. To units a part that ended is not there any more."""
    if not isinstance(item, UnitTask) or item.live or not actor.is_a(CLERK, GOV_OFFICE) or name not in UNIT_TASK.steps:
        return False
    return UNIT_TASK.steps[name].who(actor, _AsItWas(item))


@contextmanager
def _one_at_a_time(item: Any, name: str) -> Iterator[None]:
    """Steps of one suggestion and of its parts follow one another: what stands in the way of one may be another's
    row (withdrawing and assigning, rating and reworking). A merger concerns two suggestions, so it has all others
    wait. Whoever waited looks again at how things stand now. SQLite has one writer anyway."""
    suggestion = item if isinstance(item, Suggestion) else item.suggestion
    if _taking.get() or suggestion.id is None:
        yield
        return
    inside = _taking.set(True)
    try:
        if db.session.get_bind().dialect.name == "postgresql":
            db.session.flush()
            lock = func.pg_advisory_xact_lock if name in MERGERS else func.pg_advisory_xact_lock_shared
            db.session.execute(select(lock(MERGING)))
            db.session.execute(select(Suggestion.id).where(Suggestion.id == suggestion.id).with_for_update())
            db.session.expire_all()
        yield
    finally:
        _taking.reset(inside)


def _put_on_record(actor: Actor, item: Any, name: str, refusal: Conflict) -> None:
    flow, _ = KINDS[type(item)]
    data = {"step": name, "task": item.public_id} if isinstance(item, UnitTask) else {"step": name}
    said = f"想{flow.steps[name].button}，被拒绝：{refusal.message}"
    audit.record(actor, item.audit_subject, f"{flow.name}.{name}_late", data, said)
    refusal.on_record = True


def still_in_turn(actor: Actor, item: Any, name: str, version_seen: int | None) -> None:
    """Raises Stale for a page rendered before somebody was faster, OutOfTurn in another state: before its input is
    found wanting, because what could be chosen then may be gone now. What a guard says comes when the step is taken,
    where a try that is too late is kept."""
    try:
        KINDS[type(item)][0].checked(actor, item, name, version_seen)
    except NotAllowed as refusal:
        if ended_meanwhile(actor, item, name):
            raise Stale(_how_it_ended(item)) from refusal
    except Stale as refusal:
        raise Stale(sentence(item)) from refusal
    except OutOfTurn:
        raise
    except Conflict:
        return


def _how_it_ended(task: UnitTask) -> str | None:
    return sentence(task if task.state == "returned" else task.suggestion)


def sentence(item: Any) -> str | None:
    """该建议已于10:32由代表工委改为“已交办”…; None when the history does not know of the change."""
    flow, called = KINDS[type(item)]
    line = _last(flow, item)
    if line is None:
        return None
    step = flow.steps[line.code.removeprefix(f"{flow.name}.")]
    done = f"改为“{flow.states[item.state]}”" if step.end else f"办了“{step.button}”"
    return f"{called}已于{_when(line)}由{_office(line)}{done}，{KEPT}"


def _last(flow: Workflow, item: Any) -> HistoryLine | None:
    lines = latest(item.audit_subject, f"{flow.name}.")
    if isinstance(item, UnitTask):
        lines = [line for line in lines if line.data.get("task") == item.public_id]
    known = [line for line in lines if line.code.removeprefix(f"{flow.name}.") in flow.steps]
    return known[0] if known else None


def _when(line: HistoryLine) -> str:
    at = line.office_at
    day = "" if at.date() == clock.today() else f"{at.month}月{at.day}日"
    return f"{day}{at:%H:%M}"


def _office(line: HistoryLine) -> str:
    """The office that acted, as people call it: 代表工委, 代表团, 区住建局."""
    body, _, role = line.actor_label.partition("（")[0].rpartition("　")
    if role.startswith("承办单位"):
        return body
    return role.removesuffix("工作人员") or SYSTEM.name
