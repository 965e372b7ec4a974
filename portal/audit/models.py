"""Tables of the log. Database triggers refuse UPDATE and DELETE on entries and heads (see migrations)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from portal.audit.rules import canonical
from portal.core.db import Identified, UTCDateTime, db


class Canonical(TypeDecorator[Mapping[str, Any]]):
    """JSON kept as the very text that was hashed, so that checking need not parse and print it again."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Any) -> str:
        return canonical(value or {})

    def process_result_value(self, value: str | None, dialect: Any) -> Mapping[str, Any]:
        return json.loads(value) if value else {}


class AuditEntry(Identified, db.Model):
    """One act. `subject` is "<kind>:<id>"; `seq` counts from 1 within the subject; `hash` covers all other columns
    and `previous`, the hash of the entry before it in the subject's chain."""

    __tablename__ = "audit_entries"
    __table_args__ = (UniqueConstraint("subject", "seq"), Index("ix_audit_entries_at", "at"))

    subject: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    office_at: Mapped[datetime] = mapped_column(UTCDateTime())
    person_id: Mapped[int | None]
    capacity_id: Mapped[int | None]
    payload_hash: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    payload: Mapped["AuditPayload | None"] = relationship(back_populates="entry")


class AuditPayload(Identified, db.Model):
    """What was said in one act: the actor's printed name and capacity, the sentence, and the step's data."""

    __tablename__ = "audit_payloads"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    actor_label: Mapped[str] = mapped_column(String(200), default="")
    said: Mapped[str] = mapped_column(default="")
    data: Mapped[Mapping[str, Any]] = mapped_column(Canonical())

    entry: Mapped[AuditEntry] = relationship(back_populates="payload")


class AuditHead(Identified, db.Model):
    """The digest over the tips of all chains that grew since the head before, to be printed or kept outside.

    `until` is the machine's time up to which entries are covered; `entries` how many they are. Each head covers the
    ones before it through `previous`, so the last printed sheet vouches for everything up to its day.
    """

    __tablename__ = "audit_heads"

    day: Mapped[date] = mapped_column(unique=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime())
    entries: Mapped[int]
    tips_hash: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
