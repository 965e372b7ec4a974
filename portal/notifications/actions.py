"""Telling people, as part of the act they are told about."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.audit import rules as wording
from portal.core import clock
from portal.core.db import db, public_id
from portal.core.workflow import Taken
from portal.jobs.actions import enqueue
from portal.notifications.models import Notification

Audience = Callable[[Any], Iterable[int]]
LONGEST_TITLE = 300


def tell(
    persons: Collection[int], kind: str, title: str, url: str, effect: str, capacities: Mapping[int, int] | None = None
) -> None:
    """Tell `persons` (ids) one sentence with the portal's own address `url`, after the commit.

    `effect` names the cause; the same cause tells nobody twice. `capacities` maps a person to the capacity in which
    the line concerns them, where it matters.
    """
    if not persons:
        return
    payload = {
        "persons": sorted(persons),
        "capacities": {str(person): key for person, key in (capacities or {}).items()},
        "kind": kind,
        "title": title[:LONGEST_TITLE],
        "url": url,
        "effect": effect,
        "at": clock.now().isoformat(),
    }
    enqueue("notify", payload, once=f"notify:{effect}")


def tell_step(audiences: Mapping[str, Audience]) -> Callable[[Taken], None]:
    """A witness for Workflow.taker(after=…): tells the audiences that the step names, except whoever took it.

    `audiences[name](item)` gives person ids. The item says where it is read (`address`) and, if it is called
    anything, how (`called`); the sentence is the step's own. Raises KeyError for an audience nobody has resolved.
    """

    def witness(taken: Taken) -> None:
        told = {person for name in taken.step.tell for person in audiences[name](taken.item)}
        told.discard(taken.actor.person_id)
        if not told:
            return
        db.session.flush()
        item, code = taken.item, f"{taken.flow.name}.{taken.step.name}"
        cause = f"{taken.flow.name}:{item.id}:{item.version}:{taken.step.name}"
        tell(told, code, _title(taken), item.address, cause)

    return witness


def mark_read(person_id: int) -> None:
    """Mark all lines of one person as read; what is read stays as it was."""
    unread = (Notification.person_id == person_id) & Notification.read_at.is_(None)
    db.session.execute(update(Notification).where(unread).values(read_at=clock.now()))


def write(payload: Mapping[str, Any]) -> None:
    """The "notify" job: one line per person; repeating it writes nothing."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for person in payload["persons"]:
        line = insert(Notification).values(
            public_id=public_id(),
            person_id=person,
            capacity_id=payload["capacities"].get(str(person)),
            kind=payload["kind"],
            title=payload["title"],
            url=payload["url"],
            effect=payload["effect"],
            at=datetime.fromisoformat(payload["at"]),
        )
        db.session.execute(line.on_conflict_do_nothing(index_elements=["person_id", "effect"]))


HANDLERS = {"notify": write}


def _title(taken: Taken) -> str:
    said = wording.sentence(taken.step.said, taken.data, taken.facts)
    called = getattr(taken.item, "called", "")
    return f"{called}：{said}" if called else said
