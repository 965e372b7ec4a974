"""Writing the log. Nothing here commits: an entry lives and dies with the act it tells of."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, insert, select, text

from portal.audit import rules
from portal.audit.models import AuditEntry, AuditHead, AuditPayload
from portal.audit.queries import covered
from portal.core import clock
from portal.core.db import db
from portal.core.workflow import Taken

BLANKED = "audit.blanked"
SETTLED_AFTER = timedelta(minutes=1)
UNTOLD = ("secret", "file", "files")

# Tables, not objects: the log is written at every step, and this is three times as fast.
_ENTRIES, _PAYLOADS = cast(Table, AuditEntry.__table__), cast(Table, AuditPayload.__table__)
_TIP = (
    select(_ENTRIES.c.seq, _ENTRIES.c.hash)
    .where(_ENTRIES.c.subject == bindparam("subject"))
    .order_by(_ENTRIES.c.seq.desc())
    .limit(1)
)
_ENTRY, _WORDS = insert(_ENTRIES).returning(_ENTRIES.c.id), insert(_PAYLOADS)
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))")


class Acting(Protocol):
    """What the log must know of whoever acts; accounts' Actor is one."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def capacity_id(self) -> int | None: ...
    @property
    def on_behalf_of(self) -> str: ...


def record(actor: Acting, subject: str, code: str, data: Mapping[str, Any], said: str) -> int:
    """Append one entry to the chain of `subject` ("<kind>:<id>") in the transaction at hand; gives its place in it.

    `data` is made JSON-safe (secrets masked, files by name); `said` is the Chinese sentence the history shows.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        # Two appends at once would take the same seq; SQLite has one writer anyway.
        db.session.execute(_ONE_BY_ONE, {"subject": subject})
    tip = db.session.execute(_TIP, {"subject": subject}).first()
    words = {
        "salt": secrets.token_hex(16),
        "actor_name": actor.name,
        "actor_label": _label(actor),
        "said": said,
    }
    told = rules.plain(data)
    seq = tip.seq + 1 if tip else 1
    entry: dict[str, Any] = {
        "subject": subject,
        "seq": seq,
        "code": code,
        "at": clock.real(),
        "office_at": clock.now(),
        "person_id": actor.person_id,
        "capacity_id": actor.capacity_id,
        "payload_hash": rules.commitment(**words, data=rules.canonical(told)),
        "previous": tip.hash if tip else rules.FIRST,
    }
    written = db.session.execute(_ENTRY, {**entry, "hash": rules.chained(**entry)}).scalar_one()
    db.session.execute(_WORDS, {**words, "data": told, "entry_id": written})
    return seq


def record_step(taken: Taken) -> None:
    """The witness of every workflow: one entry per step taken, in the chain the item names as `audit_subject`."""
    step = taken.step
    untold = {field.name for field in step.fields if field.kind in UNTOLD}
    told = {name: value for name, value in taken.data.items() if name not in untold}
    record(
        taken.actor,
        taken.item.audit_subject,
        f"{taken.flow.name}.{step.name}",
        {**told, **taken.facts},
        rules.sentence(step.said, told, taken.facts),
    )


def blank(actor: Acting, subject: str, seq: int, reason: str) -> None:
    """Forget what was said in one entry (个人信息保护法 47); the chain stays whole and says that it was done.

    Raises LookupError when the entry does not exist or is blank already.
    """
    payload = db.session.scalars(
        select(AuditPayload).join(AuditPayload.entry).where(AuditEntry.subject == subject, AuditEntry.seq == seq)
    ).first()
    if payload is None:
        raise LookupError(f"{subject} has no words at {seq}")
    record(actor, subject, BLANKED, {"seq": seq, "reason": reason}, f"第{seq}条记录的内容已按规定删除")
    db.session.delete(payload)
    db.session.flush()


def write_head(day: date, until: datetime | None = None) -> AuditHead | None:
    """The daily head: one hash over the tips of all chains that grew since the last head; None if `day` has one.

    Covers what was recorded before `until` of the machine's time; by default a minute ago, so that no act still under
    way is missed.
    """
    if db.session.scalar(select(AuditHead.id).where(AuditHead.day == day)):
        return None
    last = db.session.scalars(select(AuditHead).order_by(AuditHead.id.desc()).limit(1)).first()
    until = until or clock.real() - SETTLED_AFTER
    if last:
        until = max(until, last.until)
    entries, tips = covered(db.session.connection(), last.until if last else None, until)
    head = AuditHead(
        day=day,
        until=until,
        entries=entries,
        tips_hash=rules.tips_digest(tips),
        previous=last.hash if last else rules.FIRST,
    )
    head.hash = rules.head(head.day, head.until, head.entries, head.tips_hash, head.previous)
    db.session.add(head)
    db.session.flush()
    return head


def _label(actor: Acting) -> str:
    if actor.person_id is None:
        return ""
    return f"{actor.label}（代{actor.on_behalf_of}）" if actor.on_behalf_of else actor.label
