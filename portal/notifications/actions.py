"""Telling people, as part of the act they are told about."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.accounts.actor import Actor
from portal.audit import rules as wording
from portal.audit.actions import record
from portal.core import clock
from portal.core.db import db, public_id
from portal.core.errors import Invalid
from portal.core.workflow import Taken
from portal.jobs.actions import enqueue
from portal.notifications import hours, queries, rules
from portal.notifications.models import Delivery, Notification, Wish
from portal.notifications.rules import TRIAL

Audience = Callable[[Any], Iterable[int]]
LONGEST_TITLE = 300


@dataclass(frozen=True)
class Outside:
    """What may leave the portal about a line: `text` says a number or a date, never a title.

    `leaves` marks a reminder of a due date and is the moment, office time, from which it may go out; it goes alone,
    also to those who have the rest gathered into one mail a day.
    """

    text: str
    leaves: datetime | None = None


def tell(
    persons: Collection[int],
    kind: str,
    title: str,
    url: str,
    effect: str,
    capacities: Mapping[int, int] | None = None,
    outside: Outside | None = None,
    at: datetime | None = None,
) -> None:
    """Tell `persons` (ids) one sentence with the portal's own address `url`, after the commit.

    `effect` names the cause; the same cause tells nobody twice. `capacities` maps a person to the capacity in which
    the line concerns them, where it matters. Without `outside` it stays in the inbox. `at` is the office's moment that
    the line bears (default: now).
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
        "at": (at or clock.now()).isoformat(),
    }
    if outside is not None:
        payload["outside"] = outside.text
        payload["leaves"] = outside.leaves.isoformat() if outside.leaves else ""
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
        outside = Outside(f"{getattr(item, 'reference', '') or '一件事项'}有新情况，请登录查看。")
        tell(told, code, _title(taken), item.address, cause, outside=outside)

    return witness


def mark_read(person_id: int) -> None:
    """Mark all lines of one person as read; what is read stays as it was."""
    unread = (Notification.person_id == person_id) & Notification.read_at.is_(None)
    db.session.execute(update(Notification).where(unread).values(read_at=clock.now()))


def write(payload: Mapping[str, Any]) -> None:
    """The "notify" job: one line per person, and its ways out; repeating it writes nothing."""
    told: list[int] = []
    for person in payload["persons"]:
        line = _insert(Notification).values(
            public_id=public_id(),
            person_id=person,
            capacity_id=payload["capacities"].get(str(person)),
            kind=payload["kind"],
            title=payload["title"],
            url=payload["url"],
            effect=payload["effect"],
            at=datetime.fromisoformat(payload["at"]),
            outside=payload.get("outside", ""),
        )
        once = line.on_conflict_do_nothing(index_elements=["person_id", "effect"]).returning(Notification.person_id)
        told += db.session.scalars(once).all()
    if told and payload.get("outside"):
        leaves = payload.get("leaves")
        _send_out(told, payload["effect"], datetime.fromisoformat(leaves) if leaves else None)


def _send_out(persons: Collection[int], effect: str, leaves: datetime | None) -> None:
    """A job per person and wanted channel. A reminder leaves at its moment, the rest now; nobody in quiet hours."""
    for wish in queries.wishes(persons):
        moment = hours.out_of_quiet(leaves or clock.now(), wish.quiet_from, wish.quiet_until)
        for channel in rules.ways(wish, leaves is not None):
            said = {"person": wish.person_id, "channel": channel, "effect": effect}
            enqueue("send", said, once=f"send:{channel}:{wish.person_id}:{effect}", not_before=moment)


def digest(person_id: int, day: date, leaves: datetime) -> None:
    """One mail on `day` with what the person has not read and was not mailed, if there is anything by then."""
    said = {"person": person_id, "channel": "mail", "effect": f"digest:{day.isoformat()}"}
    enqueue("digest", said, once=f"digest:{person_id}:{day.isoformat()}", not_before=leaves)


def mailed(person_id: int, line_ids: Collection[int]) -> None:
    """These lines of the person have gone out by mail."""
    theirs = (Notification.person_id == person_id) & Notification.id.in_(line_ids)
    db.session.execute(update(Notification).where(theirs).values(mailed_at=clock.now()))


def set_wishes(actor: Actor, person_id: int, values: Mapping[str, Any]) -> None:
    """Keep where somebody wants to be told. Raises Invalid when mail is wanted without an address, or for a bad one."""
    address = (values.get("mail_address") or "").strip()
    if address and not rules.MAIL_ADDRESS.fullmatch(address):
        said = "邮箱地址不正确，例如 zhang@example.cn。"
        raise Invalid(said, fields={"mail_address": said})
    row = db.session.scalar(select(Wish).where(Wish.person_id == person_id)) or Wish(person_id=person_id)
    row.mail_address = address or None
    for name in (*rules.CHANNELS, "quiet_from", "quiet_until"):
        if values.get(name) is not None:
            setattr(row, name, values[name])
    db.session.add(row)
    chosen = {name: getattr(row, name) for name in rules.CHANNELS}
    record(actor, f"person:{person_id}", "notification.wishes", chosen, "改了接收消息的方式。")


def try_out(actor: Actor, channel: str) -> None:
    """Have a test message sent to the administrator who asks for it."""
    effect = f"{TRIAL}{public_id()}"
    enqueue("trial", {"person": actor.person_id, "channel": channel, "effect": effect}, once=effect)
    record(actor, "system:channels", "system.channel_tried", {"channel": channel}, "发了一条测试消息。")


def receipt_name(said: Mapping[str, Any]) -> str:
    """The name under which the receipt of a message job stands, from the job's payload."""
    effect: str = said["effect"]
    return effect if effect.startswith(TRIAL) else f"{said['channel']}:{said['person']}:{effect}"


def try_again(said: Mapping[str, Any]) -> None:
    """A message of which nobody knows whether it was delivered may be sent once more: somebody has decided so.
    `said` is its job's payload."""
    unsure = (Delivery.effect == receipt_name(said)) & Delivery.sent_at.is_(None)
    db.session.execute(update(Delivery).where(unsure).values(unsure_at=None, begun_at=None))


HANDLERS = {"notify": write}


def _title(taken: Taken) -> str:
    said = wording.sentence(taken.step.said, taken.data, taken.facts)
    called = getattr(taken.item, "called", "")
    return f"{called}：{said}" if called else said


def _insert(table: type[Notification]) -> Any:
    made = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return made(table)
