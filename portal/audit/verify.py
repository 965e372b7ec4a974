"""Recomputing the whole log: every entry from its columns, every chain from its links, every daily head from its tips.

Finds an entry edited, deleted, inserted or exchanged, words that no longer match their commitment, and chains that
lost their end since the last head. What was added after the last head and cut off again, only a head kept outside
can show.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, Text, select, tuple_, type_coerce

from portal.audit import rules
from portal.audit.actions import BLANKED
from portal.audit.models import AuditEntry, AuditHead, AuditPayload
from portal.core import clock
from portal.core.db import db

ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Report:
    """What a check found. `trouble` is empty when all is well, else a Chinese sentence about the first bad entry,
    whose chain and place are `subject` and `seq` (for a daily head: its day and 0)."""

    entries: int
    heads: int
    blanked: int
    seconds: float
    trouble: str = ""
    subject: str = ""
    seq: int = 0

    @property
    def ok(self) -> bool:
        return not self.trouble

    @property
    def said(self) -> str:
        """The result in one sentence."""
        if self.ok:
            return f"日志完整：{self.entries}条记录、{self.heads}个日封，逐条核对一致"
        return f"日志有改动：{self.trouble}"


class Broken(Exception):
    """The first place where the log does not hold."""

    def __init__(self, trouble: str, subject: str, seq: int):
        super().__init__(trouble)
        self.trouble, self.subject, self.seq = trouble, subject, seq


@dataclass
class _Walk:
    """What one pass gathers: how much was read, and each head's tips."""

    untils: list[datetime]
    entries: int = 0
    blanked: int = 0
    tips: list[dict[str, str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tips = [{} for _ in self.untils]
        self.counts = [0 for _ in self.untils]

    def cover(self, subject: str, at: datetime, hashed: str) -> None:
        """Count an entry to the head that sealed it, if one has."""
        covering = bisect_right(self.untils, at)
        if covering < len(self.untils):
            self.tips[covering][subject] = hashed
            self.counts[covering] += 1


def verify(connection: Connection | None = None) -> Report:
    """Check the whole log.

    Reads through `connection` when given, else through short connections of its own, a page at a time, so that no
    writer has to wait for the check.
    """
    began = clock.ticks()
    heads = _rows(select(AuditHead.__table__).order_by(AuditHead.id), connection)
    walk = _Walk([head.until for head in heads])
    trouble, subject, seq = "", "", 0
    try:
        for chain, rows in groupby(_pages(connection), key=itemgetter(0)):
            _check_chain(chain, rows, walk)
        _check_heads(heads, walk)
        _check_strays(connection)
    except Broken as broken:
        trouble, subject, seq = broken.trouble, broken.subject, broken.seq
    return Report(walk.entries, len(heads), walk.blanked, clock.ticks() - began, trouble, subject, seq)


def _check_chain(subject: str, rows: Iterator[Any], walk: _Walk) -> None:
    previous, expected = rules.FIRST, 1
    missing: set[int] = set()
    for row in rows:
        _, seq, code, at, office_at, person_id, capacity_id, payload_hash, before, hashed, salt, *words = row
        walk.entries += 1
        if seq != expected or before != previous:
            raise Broken(f"{subject} 第{expected}条缺失或次序被改动", subject, expected)
        if hashed != rules.chained(
            subject, seq, code, at, office_at, person_id, capacity_id, payload_hash, previous
        ):  # fmt: skip
            raise Broken(f"{subject} 第{seq}条的内容与校验值不符", subject, seq)
        if salt is None:
            missing.add(seq)
        elif payload_hash != rules.commitment(salt, *words):
            raise Broken(f"{subject} 第{seq}条的文字被改动", subject, seq)
        elif code == BLANKED:
            missing.discard(json.loads(words[-1]).get("seq"))
            walk.blanked += 1
        walk.cover(subject, at, hashed)
        previous, expected = hashed, expected + 1
    if missing:
        raise Broken(f"{subject} 第{min(missing)}条的文字缺失", subject, min(missing))


def _check_strays(connection: Connection | None) -> None:
    known = select(AuditEntry.id).where(AuditEntry.id == AuditPayload.entry_id).exists()
    stray = _rows(select(AuditPayload.entry_id).where(~known).limit(1), connection)
    if stray:
        raise Broken(f"编号{stray[0].entry_id}的记录只剩文字", "", stray[0].entry_id)


def _check_heads(heads: Sequence[Any], walk: _Walk) -> None:
    previous, until = rules.FIRST, None
    for number, head in enumerate(heads):
        day = head.day.isoformat()
        if until is not None and head.until < until:
            raise Broken(f"{day} 的日封次序被改动", day, 0)
        until = head.until
        if head.entries != walk.counts[number] or head.tips_hash != rules.tips_digest(walk.tips[number]):
            raise Broken(f"{day} 的日封与当日记录不符，当日有记录被增删", day, 0)
        if head.previous != previous or head.hash != rules.head(
            head.day, until, head.entries, head.tips_hash, previous
        ):
            raise Broken(f"{day} 的日封被改动", day, 0)
        previous = head.hash


def _pages(connection: Connection | None) -> Iterator[Any]:
    entries, payloads = AuditEntry.__table__.c, AuditPayload.__table__.c
    query = (
        select(
            entries.subject, entries.seq, entries.code, entries.at, entries.office_at, entries.person_id,
            entries.capacity_id, entries.payload_hash, entries.previous, entries.hash,
            payloads.salt, payloads.actor_name, payloads.actor_label, payloads.said, type_coerce(payloads.data, Text),
        )
        .select_from(AuditEntry.__table__)
        .outerjoin(AuditPayload.__table__, payloads.entry_id == entries.id)
        .order_by(entries.subject, entries.seq)
        .limit(ROWS_AT_ONCE)
    )  # fmt: skip
    rows = _rows(query, connection)
    while rows:
        yield from rows
        place = tuple_(entries.subject, entries.seq) > tuple(rows[-1][:2])
        rows = _rows(query.where(place), connection) if len(rows) == ROWS_AT_ONCE else []


def _rows(query: Select[Any], connection: Connection | None) -> Sequence[Any]:
    if connection is not None:
        return connection.execute(query).all()
    with db.engine.connect() as own:
        return own.execute(query).all()
