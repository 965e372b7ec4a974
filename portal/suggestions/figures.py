"""Counts for the tables that the office reports with, from the record; every number is the length of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from portal.accounts.actor import Actor
from portal.accounts.models import Body
from portal.audit.models import AuditEntry, AuditPayload
from portal.core import clock
from portal.core.db import db
from portal.core.workdays import ONE
from portal.suggestions.fact_models import Fact
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from portal.suggestions.queries import visible_to

ASKED, LATE, GRANTED, REFUSED, WAITING = "asked", "late", "granted", "refused", "waiting"
OUTCOMES = {LATE: "逾期被拒", GRANTED: "同意", REFUSED: "不同意", WAITING: "待定"}
TRIED_LATE = "unit_task.request_return_late"
_DECISION, _PROPOSED = aliased(Fact, name="decision"), aliased(Body, name="proposed")


class Return(NamedTuple):
    """One return that a unit asked for, or tried to after its window: when it was recorded and what became of it."""

    unit: str
    unit_name: str
    suggestion: str
    number: str | None
    title: str
    at: datetime
    proposed: str
    outcome: str


@dataclass(frozen=True)
class UnitReturns:
    """One unit's returns, or those of all of them."""

    unit: str
    name: str
    returns: Sequence[Return]

    def those(self, outcome: str) -> list[Return]:
        """The returns with this outcome; ASKED are all that were asked in time."""
        wanted = (GRANTED, REFUSED, WAITING) if outcome == ASKED else (outcome,)
        return [one for one in self.returns if one.outcome in wanted]


def returns(actor: Actor, first: date, last: date) -> list[UnitReturns]:
    """退办 recorded from `first` to the end of `last`, per unit, of the suggestions that the actor may read.

    Decisions count when recorded by that end too, so a table of a past period never changes (settled A55).
    """
    since, until = (datetime.combine(day, time(), clock.OFFICE_ZONE) for day in (first, last + ONE))
    found = sorted([*_asked(actor, since, until), *_late(actor, since, until)], key=lambda one: one.at)
    names = {one.unit: one.unit_name for one in found}
    return [
        UnitReturns(unit, name, [one for one in found if one.unit == unit])
        for unit, name in sorted(names.items(), key=lambda pair: pair[1])
    ]


def _asked(actor: Actor, since: datetime, until: datetime) -> list[Return]:
    decided = and_(_DECISION.kind == "returned", _DECISION.about_id == Fact.id, _DECISION.created_at < until)
    rows = db.session.execute(
        select(Body.public_id, Body.name, Suggestion.public_id, Suggestion.number_text, Suggestion.title)
        .add_columns(Fact.created_at, _PROPOSED.name, _DECISION.verdict)
        .select_from(Fact)
        .join(UnitTask, UnitTask.id == Fact.task_id)
        .join(Body, Body.id == UnitTask.unit_id)
        .join(Suggestion, Suggestion.id == UnitTask.suggestion_id)
        .outerjoin(_PROPOSED, _PROPOSED.id == Fact.unit_id)
        .outerjoin(_DECISION, decided)
        .where(Fact.kind == "return", Fact.created_at >= since, Fact.created_at < until, visible_to(actor))
    )
    return [Return._make((*row[:6], row[6] or "", row[7] or WAITING)) for row in rows]


def _late(actor: Actor, since: datetime, until: datetime) -> list[Return]:
    """Tries after the window, which only the log knows of (settled A37)."""
    tries = db.session.execute(
        select(AuditEntry.office_at, AuditPayload.data)
        .join(AuditEntry.payload)
        .where(AuditEntry.code == TRIED_LATE, AuditEntry.office_at >= since, AuditEntry.office_at < until)
    ).all()
    wanted = {data.get("task") for _, data in tries}
    rows: dict[Any, Any] = {
        row[0]: row[1:]
        for row in db.session.execute(
            select(UnitTask.public_id, Body.public_id, Body.name)
            .add_columns(Suggestion.public_id, Suggestion.number_text, Suggestion.title)
            .join(Body, Body.id == UnitTask.unit_id)
            .join(Suggestion, Suggestion.id == UnitTask.suggestion_id)
            .where(UnitTask.public_id.in_(wanted), visible_to(actor))
        )
    }
    known = ((at, rows[data["task"]]) for at, data in tries if data.get("task") in rows)
    return [Return._make((*row, clock.office(at), "", LATE)) for at, row in known]
