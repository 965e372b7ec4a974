"""A synthetic office: many finished suggestions beside the demonstration's own, written straight into the tables."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from portal.accounts.actor import SYSTEM
from portal.audit import actions as audit
from portal.congress.models import Seat, Unit
from portal.core import clock
from portal.core.db import db
from portal.suggestions.handling_models import Handling, UnitTask
from portal.suggestions.models import Suggestion

BODY = "小区门口的路灯坏了三盏，夜里老人出门看不清台阶，去年冬天摔过两位。" * 6
AT_ONCE = 5000
BUSY = 1000
BEYOND = 1_000_000  # above every number the demonstration has given


def fill(many: int) -> None:
    """Bring the office to `many` suggestions. Of the newest thousand three in ten are under way, the rest is closed:
    an office has one year's work on its desks, however long its archive."""
    present = db.session.scalar(select(func.count()).select_from(Suggestion)) or 0
    first = (db.session.scalar(select(func.max(Suggestion.id))) or 0) + 1
    seats = db.session.execute(select(Seat.id, Seat.delegation_id, Seat.body_id, Seat.term_id).order_by(Seat.id)).all()
    units = db.session.scalars(select(Unit.id).order_by(Unit.id)).all()
    numbers = range(first, first + max(0, many - present))
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        states = [_state(one, numbers.stop - one) for one in part]
        db.session.execute(insert(Suggestion.__table__), list(_suggestions(part, states, seats)))
        day = clock.today() - timedelta(days=200)
        rounds = [{"id": one + BEYOND, "suggestion_id": one, "assigned_on": day} for one in part]
        db.session.execute(insert(Handling.__table__), rounds)
        db.session.execute(insert(UnitTask.__table__), list(_tasks(part, states, units)))
    db.session.commit()


def _state(number: int, age: int) -> str:
    return {1: "assigned", 2: "replied", 3: "submitted"}.get(number % 10, "closed") if age <= BUSY else "closed"


def _suggestions(part: range, states: list[str], seats: Any) -> Iterator[dict[str, Any]]:
    at = clock.now() - timedelta(days=300)
    for one, state in zip(part, states, strict=True):
        seat = seats[one % len(seats)]
        yield {
            **{"id": one, "state": state, "closed_as": "lapsed" if state == "closed" else None, "submitted_at": at},
            **{"title": f"关于改善第{one}号小区门前路灯照明的建议", "situation": BODY, "cause": BODY, "request": BODY},
            **{"congress_id": seat.body_id, "term_id": seat.term_id, "lead_seat_id": seat.id},
            **{"delegation_id": seat.delegation_id, "admitted_on": at.date(), "assigned_on": at.date()},
        }


def _tasks(part: range, states: list[str], units: Any) -> Iterator[dict[str, Any]]:
    day = clock.today() - timedelta(days=100)
    for one, said in zip(part, states, strict=True):
        state = {"assigned": "handling", "replied": "replied", "submitted": "pending"}.get(said, "done")
        yield {
            **{"handling_id": one + BEYOND, "suggestion_id": one, "unit_id": units[one % len(units)], "role": "sole"},
            **{"state": state, "assigned_on": day, "due": day},
            **{"answered_on": None if state in ("handling", "pending") else day},
        }


def lengthen(public_id: str, events: int) -> None:
    """Bring one suggestion's history to `events` entries."""
    subject = db.session.scalars(select(Suggestion).where(Suggestion.public_id == public_id)).one().audit_subject
    while audit.record(SYSTEM, subject, "suggestion.check", {}, "已核对，材料齐全。") < events:
        pass
    db.session.commit()
