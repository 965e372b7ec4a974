"""Tables of the stations: places where deputies meet people, who is placed there, when they sit there."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Body, Person
from portal.core.db import Identified, Known, Stamped, Versioned, db
from portal.stations import rules


class Station(Body):
    """A home, station or point (代表之家、联络站、联络点, 地方组织法 60), also an online or mobile one (`place_kind`).

    `slug` is its public address. `level` and `township` say whose it is and where; `longitude` and `latitude` are
    degrees. `hours` says when somebody is there besides the receptions, `reception_words` what no duty rule holds.
    `deputies_said` is the number an imported list gave; who is placed here says `placements`. `edition` counts edits.
    """

    __tablename__ = "stations"
    __mapper_args__ = {"polymorphic_identity": "station"}

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    sort_name: Mapped[str] = mapped_column(String(400), default="")
    place_kind: Mapped[str | None] = mapped_column(String(12))
    level: Mapped[str | None] = mapped_column(String(12))
    township: Mapped[str] = mapped_column(String(60), default="", index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    directions: Mapped[str] = mapped_column(String(200), default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    hours: Mapped[str] = mapped_column(String(200), default="")
    reception_words: Mapped[str] = mapped_column(String(400), default="")
    station_line: Mapped[str | None] = mapped_column(String(60))
    head_name: Mapped[str | None] = mapped_column(String(60))
    liaison_name: Mapped[str | None] = mapped_column(String(60))
    services: Mapped[str] = mapped_column(String(400), default="")
    deputies_said: Mapped[int | None]
    edition: Mapped[int] = mapped_column(default=1)

    placements: Mapped[list["Placement"]] = relationship(
        back_populates="station", order_by="Placement.order, Placement.id"
    )
    duty_rules: Mapped[list["DutyRule"]] = relationship(back_populates="station", order_by="DutyRule.id")

    @property
    def address_url(self) -> str:
        """Where the public reads it."""
        return f"/stations/{self.slug}"

    @property
    def audit_subject(self) -> str:
        return f"station:{self.id}"


class Outline(Identified, db.Model):
    """The border of a township on our own map: `points` is a list of [longitude, latitude]."""

    __tablename__ = "outlines"
    __table_args__ = (UniqueConstraint("congress_id", "township"),)

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    township: Mapped[str] = mapped_column(String(60))
    points: Mapped[list[Any]] = mapped_column(JSON)


class Placement(Identified, Known, Stamped, db.Model):
    """A deputy placed in a station from a day to a day (both included; None is open).

    One person has one placement at a time however many seats they hold; `levels` are those of their congresses,
    highest first. `area` says which part of the people they look after.
    """

    __tablename__ = "placements"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_placements_station_person", "station_id", "person_id"),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    levels: Mapped[list[str]] = mapped_column(JSON)
    area: Mapped[str] = mapped_column(String(120), default="")
    order: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    station: Mapped[Station] = relationship(back_populates="placements")
    person: Mapped[Person] = relationship()

    @property
    def title(self) -> str:
        """市人大代表、区人大代表."""
        return rules.title_of(self.levels)


class DutyRule(Identified, Known, Stamped, db.Model):
    """When deputies receive people: `pattern` as rules.Pattern stores itself, from a day on.

    `at_once` deputies sit together, they hear of it `notice_days` ahead, each sits at least `least` times a year; each
    of the three is None while nobody has said it. Its receptions stand up to `planned_until`.
    """

    __tablename__ = "duty_rules"

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), index=True)
    pattern: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_once: Mapped[int | None]
    notice_days: Mapped[int | None]
    least: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    planned_until: Mapped[date | None]

    station: Mapped[Station] = relationship(back_populates="duty_rules")

    @property
    def sentence(self) -> str:
        """单月15日上午9:00–11:00，遇休息日顺延."""
        return rules.sentence(rules.Pattern.restored(self.pattern))


class Reception(Identified, Known, Stamped, db.Model):
    """One day on which deputies receive people at a station. `ruled_on` is the rule's own day, `day` the one it moved
    to off rest days, `provisional` while the arrangement of that year is unknown (暂定). The hours may be unknown:
    then `half` (of rules.HALVES) may still say which part of the day."""

    __tablename__ = "receptions"
    __table_args__ = (
        UniqueConstraint("rule_id", "ruled_on"),
        Index("ix_receptions_station_day", "station_id", "day"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
    )

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("duty_rules.id"))
    ruled_on: Mapped[date]
    day: Mapped[date] = mapped_column(index=True)
    half: Mapped[str] = mapped_column(String(12), default="")
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    called_off_at: Mapped[datetime | None]
    called_off_for: Mapped[str] = mapped_column(String(200), default="")

    station: Mapped[Station] = relationship()
    rule: Mapped[DutyRule | None] = relationship()
    slots: Mapped[list["DutySlot"]] = relationship(back_populates="reception", order_by="DutySlot.id")

    @property
    def hours(self) -> str:
        """上午9:00–11:30, or as much as is known."""
        return rules.hours_words(self.half, self.opens_at, self.closes_at)


class DutySlot(Identified, Known, Stamped, Versioned, db.Model):
    """One deputy's duty at one reception. `offered_for_id` is a colleague's slot that it was offered in exchange for;
    `instead_of_id` the slot whose place it took after a swap or leave."""

    __tablename__ = "duty_slots"

    reception_id: Mapped[int] = mapped_column(ForeignKey("receptions.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    offered_for_id: Mapped[int | None] = mapped_column(ForeignKey("duty_slots.id"))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("duty_slots.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    happened_on: Mapped[date | None]

    reception: Mapped[Reception] = relationship(back_populates="slots")
    person: Mapped[Person] = relationship()
    offered_for: Mapped["DutySlot | None"] = relationship(foreign_keys=[offered_for_id], remote_side="DutySlot.id")
    instead_of: Mapped["DutySlot | None"] = relationship(foreign_keys=[instead_of_id], remote_side="DutySlot.id")

    @property
    def audit_subject(self) -> str:
        return f"station:{self.reception.station_id}"

    @property
    def address(self) -> str:
        """Where whoever is told of it reads it."""
        return "/duty"

    @property
    def called(self) -> str:
        """清河街道联络站5月15日."""
        return f"{self.reception.station.called}{rules.day_words(self.reception.day)}的接待"
