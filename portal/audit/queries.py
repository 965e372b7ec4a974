"""Reading the log: one subject's history, and what the auditor sees of all of them (never the words of a case)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from portal.audit.models import AuditEntry, AuditHead, AuditPayload
from portal.audit.wording import OWN, call, kind_label
from portal.core import clock
from portal.core.db import db

SHOWN_PER_PAGE = 50
HANDFUL = 20


@dataclass(frozen=True)
class HistoryLine:
    """One act as the timeline shows it. `at` is the machine's time (UTC), `office_at` the office's (Asia/Shanghai);
    the words are empty when they have been blanked."""

    seq: int
    at: datetime
    office_at: datetime
    person_id: int | None
    actor_name: str
    actor_label: str
    said: str
    code: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class LogLine:
    """One act as the auditor sees it: who, when, what kind of act on which thing; `said` only for acts on the
    platform itself (backups, checks), never for a case."""

    key: int
    at: datetime
    office_at: datetime
    actor_name: str
    actor_label: str
    act: str
    kind: str
    number: str
    subject: str
    said: str


def history(subject: str) -> list[HistoryLine]:
    """All acts on one subject, oldest first."""
    return [_told_line(row) for row in db.session.execute(OF_SUBJECT, {"subject": subject})]


def latest(subject: str, codes: str) -> list[HistoryLine]:
    """The latest acts on one subject whose code begins with `codes`, newest first, a handful at most."""
    rows = db.session.execute(
        TOLD.where(AuditEntry.subject == subject, AuditEntry.code.startswith(codes, autoescape=True))
        .order_by(AuditEntry.seq.desc())
        .limit(HANDFUL)
    )
    return [_told_line(row) for row in rows]


def log(day: date | None = None, kind: str = "", person: str = "", before: int | None = None) -> list[LogLine]:
    """The latest acts, newest first, at most SHOWN_PER_PAGE + 1 (one more means that there are older ones).

    `day` is an office day, `kind` a subject's kind, `person` part of a printed name, `before` an entry's key for the
    next page (`LogLine.key`).
    """
    query = TOLD.order_by(AuditEntry.id.desc()).limit(SHOWN_PER_PAGE + 1)
    for condition in _conditions(day, kind, person, before):
        query = query.where(condition)
    return [_line(row) for row in db.session.execute(query)]


def last(code: str) -> HistoryLine | None:
    """The latest act of one code, with its words: for acts on the platform itself (a check, a drill)."""
    row = db.session.execute(TOLD.where(AuditEntry.code == code).order_by(AuditEntry.id.desc()).limit(1)).first()
    return _told_line(row) if row else None


def kinds() -> list[tuple[str, str]]:
    """The kinds of subjects the log knows of, with their labels, for the filter."""
    return sorted(kind_label.items(), key=lambda pair: pair[1])


def heads(most: int = 30) -> Sequence[AuditHead]:
    """The latest daily heads, newest first."""
    return db.session.scalars(select(AuditHead).order_by(AuditHead.id.desc()).limit(most)).all()


def covered(connection: Connection, since: datetime | None, until: datetime) -> tuple[int, dict[str, str]]:
    """How many entries lie in [since, until) of the machine's time, and the tips of the chains that grew then."""
    entries = AuditEntry.__table__
    inside = [entries.c.at < until, *([entries.c.at >= since] if since else [])]
    last = select(entries.c.subject, func.max(entries.c.seq).label("seq"), func.count().label("many"))
    tips = last.where(*inside).group_by(entries.c.subject).subquery()
    query = select(entries.c.subject, entries.c.hash, tips.c.many).join(
        tips, (tips.c.subject == entries.c.subject) & (tips.c.seq == entries.c.seq)
    )
    rows = connection.execute(query).all()
    return sum(row.many for row in rows), {row.subject: row.hash for row in rows}


def _told_line(row: Any) -> HistoryLine:
    return HistoryLine(
        seq=row.seq,
        at=row.at,
        office_at=clock.office(row.office_at),
        person_id=row.person_id,
        actor_name=row.actor_name or "",
        actor_label=row.actor_label or "",
        said=row.said or "",
        code=row.code,
        data=row.data or {},
    )


TOLD = select(
    AuditEntry.id,
    AuditEntry.seq,
    AuditEntry.at,
    AuditEntry.office_at,
    AuditEntry.subject,
    AuditEntry.code,
    AuditEntry.person_id,
    AuditPayload.actor_name,
    AuditPayload.actor_label,
    AuditPayload.said,
    AuditPayload.data,
).outerjoin(AuditEntry.payload)
# Every item's page asks it, so it is made once.
OF_SUBJECT = TOLD.where(AuditEntry.subject == bindparam("subject")).order_by(AuditEntry.seq)


def _conditions(day: date | None, kind: str, person: str, before: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if day:
        midnight = datetime.combine(day, time(), clock.OFFICE_ZONE)
        found += [AuditEntry.office_at >= midnight, AuditEntry.office_at < midnight + timedelta(days=1)]
    if kind:
        found.append(AuditEntry.subject.startswith(f"{kind}:", autoescape=True))
    if person:
        found.append(AuditPayload.actor_name.contains(person, autoescape=True))
    if before:
        found.append(AuditEntry.id < before)
    return found


def _line(row: Any) -> LogLine:
    kind, _, number = row.subject.partition(":")
    return LogLine(
        key=row.id,
        at=row.at,
        office_at=clock.office(row.office_at),
        actor_name=row.actor_name or "",
        actor_label=row.actor_label or "",
        act=call(row.code),
        kind=kind_label.get(kind, "其他"),
        number=number,
        subject=row.subject,
        said=(row.said or "") if kind == OWN else "",
    )
