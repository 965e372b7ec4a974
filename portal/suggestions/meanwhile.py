"""Somebody was faster: who changed the thing, when, and what it is now (message 14)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from portal.accounts.actor import SYSTEM, Actor
from portal.audit.queries import HistoryLine, latest
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Stale
from portal.core.workflow import Taken, Workflow
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK

KEPT = "您的操作未执行。您填写的内容已保留，请核对后再试。"
KINDS: Mapping[type, tuple[Workflow, str]] = {
    Suggestion: (SUGGESTION, "该建议"),
    UnitTask: (UNIT_TASK, "该承办任务"),
    Signature: (SIGNATURE, "该联名"),
}


def telling(take: Callable[..., Taken]) -> Callable[..., Taken]:
    """`take`, refusing a stale page or a lost race by saying who was faster."""

    def told(
        actor: Actor, item: Any, name: str, data: Mapping[str, Any] | None = None, expected_version: int | None = None
    ) -> Taken:
        try:
            return take(actor, item, name, data, expected_version)
        except Stale as lost:
            raise Stale(sentence(item)) from lost
        except StaleDataError as lost:
            db.session.rollback()  # what is known of the item is out of date
            raise Stale(sentence(item)) from lost

    return told


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
