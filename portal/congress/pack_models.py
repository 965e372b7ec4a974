"""Tables of the rules and of the working-day calendar."""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, object_session, relationship

from portal.accounts.models import Person
from portal.core.db import Identified, Known, Stamped, Versioned, db, public_id

OPEN = ("draft", "proposed")
_OPEN = text("state IN ('draft', 'proposed')")


class RulePack(Identified, Known, Stamped, db.Model):
    """A set of rules by its code (Q, SH, CQ, SD, TW or an office's own); what it says stands in its versions."""

    __tablename__ = "rule_packs"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(10))

    versions: Mapped[list["RulePackVersion"]] = relationship(
        back_populates="pack", order_by="RulePackVersion.number", passive_deletes="all"
    )


class RulePackVersion(Identified, Known, Stamped, db.Model):
    """What a pack says from a day on. Append-only: items keep the version they began under.

    `content` is whole, nothing inherited is left open; `digest` is its SHA-256. `entered_by_id` is empty for what
    ships with the product; an office's own version has two people.
    """

    __tablename__ = "rule_pack_versions"
    __table_args__ = (
        UniqueConstraint("pack_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint(
            "entered_by_id IS NULL OR (approved_by_id IS NOT NULL AND approved_by_id <> entered_by_id)",
            name="second_person",
        ),
    )

    pack_id: Mapped[int] = mapped_column(ForeignKey("rule_packs.id"))
    number: Mapped[int]
    effective_from: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    legal_note: Mapped[str] = mapped_column(String(400))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    pack: Mapped[RulePack] = relationship(back_populates="versions")


class RuleDraft(Identified, Known, Stamped, Versioned, db.Model):
    """Rules being prepared by the office: a copy of the version `base`, edited until a second person approves it.

    `content` is a whole pack, its code and name the ones it will bear; `effective_from` the day from which new items
    begin under it; `reason` why it changes and by which paper. A congress prepares one at a time.
    """

    __tablename__ = "rule_drafts"
    __table_args__ = (
        Index("uq_rule_drafts_open", "congress_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    state: Mapped[str | None] = mapped_column(String(10))
    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    base_id: Mapped[int] = mapped_column(ForeignKey("rule_pack_versions.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    effective_from: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    base: Mapped[RulePackVersion] = relationship()
    proposed_by: Mapped[Person | None] = relationship()

    @property
    def audit_subject(self) -> str:
        return f"pack:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/rules/drafts/{self.public_id}"

    @property
    def called(self) -> str:
        """How notices call it."""
        return f"规则草稿“{self.content['name']}”"


class RuleAdoption(Identified, Known, Stamped, db.Model):
    """From `starts_on` new items of the congress begin under `version`. Append-only; two people stand behind it."""

    __tablename__ = "rule_adoptions"
    __table_args__ = (
        Index("ix_rule_adoptions_congress", "congress_id", "starts_on"),
        CheckConstraint("approved_by_id <> entered_by_id", name="second_person"),
    )

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_pack_versions.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("rule_drafts.id"), unique=True)
    starts_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))

    version: Mapped[RulePackVersion] = relationship()
    draft: Mapped[RuleDraft] = relationship()
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    approved_by: Mapped[Person] = relationship(foreign_keys=[approved_by_id])


class CalendarYear(db.Model):
    """A year of the calendar with the notice it was taken from; until it is confirmed its dates are 暂定.

    `revision` grows and `edition` changes with every edit of the year or of its days, so that what was read before
    is noticed to be old. `entered_by_id` is who entered days last: somebody else confirms the year.
    """

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(400))
    confirmed: Mapped[bool] = mapped_column(default=False)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revision: Mapped[int] = mapped_column(default=1)
    edition: Mapped[str] = mapped_column(String(22), default=public_id)

    days: Mapped[list["CalendarDay"]] = relationship(order_by="CalendarDay.day", passive_deletes="all")


class CalendarDay(Identified, db.Model):
    """A day that is not what its weekday says, or a weekend day inside a holiday; `working` is a make-up day."""

    __tablename__ = "calendar_days"

    year: Mapped[int] = mapped_column(ForeignKey("calendar_years.year"))
    day: Mapped[date] = mapped_column(unique=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(400), default="")


class Rewritten(RuntimeError):
    """Somebody tried to change a version of the rules that items may already lean on."""


@event.listens_for(RulePackVersion, "before_update")
def _append_only(_mapper: Mapper[Any], _connection: Connection, version: RulePackVersion) -> None:
    session = object_session(version)
    if session is not None and session.is_modified(version):
        raise Rewritten(f"version {version.number} of rule pack {version.pack_id} cannot be changed")


@event.listens_for(RuleAdoption, "before_update")
def _adopted_for_good(_mapper: Mapper[Any], _connection: Connection, adoption: RuleAdoption) -> None:
    session = object_session(adoption)
    if session is not None and session.is_modified(adoption):
        raise Rewritten(f"adoption {adoption.id} of rules cannot be changed")


@event.listens_for(CalendarYear, "before_update")
def _year_edited(_mapper: Mapper[Any], _connection: Connection, year: CalendarYear) -> None:
    year.revision += 1
    year.edition = public_id()


@event.listens_for(CalendarDay, "after_insert")
@event.listens_for(CalendarDay, "after_update")
@event.listens_for(CalendarDay, "after_delete")
def _day_edited(_mapper: Mapper[Any], connection: Connection, day: CalendarDay) -> None:
    years = CalendarYear.__table__
    connection.execute(
        update(years)  # type: ignore[arg-type]
        .where(years.c.year == day.year)
        .values(revision=years.c.revision + 1, edition=public_id())
    )
