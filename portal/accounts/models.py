"""Tables of people, bodies, appointments, accounts and web sessions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.core.personal import Personal


class Body(Identified, Known, Stamped, db.Model):
    """Anything a person can act for: a congress, delegation, handling unit, section, committee, group or station.

    `superior` is the body above (a section's unit, a delegation's congress); `congress_id` the congress whose office
    keeps it. `predecessor` links a unit to the one it took over from after a reform.
    """

    __tablename__ = "bodies"
    __mapper_args__ = {"polymorphic_on": "kind"}

    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str | None] = mapped_column(String(60))
    congress_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    order: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    superior: Mapped["Body | None"] = relationship(foreign_keys=[superior_id], remote_side="Body.id")

    @property
    def called(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


class Person(Identified, Known, Stamped, Versioned, db.Model):
    """One human. `sort_name` is the pinyin by which lists are ordered and searched."""

    __tablename__ = "persons"

    name: Mapped[str] = mapped_column(String(60), index=True)
    sort_name: Mapped[str] = mapped_column(String(200), default="", index=True)
    sex: Mapped[str | None] = mapped_column(String(1))
    nation: Mapped[str | None] = mapped_column(String(20))
    party: Mapped[str | None] = mapped_column(String(30))
    birth_month: Mapped[str | None] = mapped_column(String(7))
    education: Mapped[str | None] = mapped_column(String(30))
    post: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(Personal("phone", "联系代表和工作人员", "任期届满后两年"))
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    id_number: Mapped[str | None] = mapped_column(Personal("id_number", "核对身份", "任期届满后两年"))
    id_index: Mapped[str | None] = mapped_column(String(32), index=True)
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    large_type: Mapped[bool] = mapped_column(default=False)

    account: Mapped["Account | None"] = relationship(back_populates="person")


class Account(Identified, Stamped, Versioned, db.Model):
    """The way in for one person. A locked account opens again by itself; `disabled` is the office's decision."""

    __tablename__ = "accounts"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    signed_in_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="account")

    @property
    def standing(self) -> str:
        """waiting (made, not yet approved), disabled, unused (no password chosen yet) or open."""
        if self.disabled:
            return "disabled" if self.password_changed_at else "waiting"
        return "open" if self.password_changed_at else "unused"


class Appointment(Identified, Known, Stamped, db.Model):
    """A capacity: one person in one role for one body, from a day to a day (both included; None is open).

    With `deputises_for_id` it lends somebody else's capacity for a period (AB 角). A deputy's seat is an appointment
    of its own kind (congress.models.Seat), so that a capacity is always one row here. From `rests_from` on, until
    `back_on` comes, its holder reads but neither submits nor signs (代表法 61; settled A42). `reads_until` lets somebody
    whose time is over go on reading. `ended_at` is set when it was ended before its last day was over.
    """

    __tablename__ = "appointments"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "post"}
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_appointments_body_role", "body_id", "role"),
    )

    kind: Mapped[str] = mapped_column(String(8), default="post")
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    title: Mapped[str | None] = mapped_column(String(60))
    rests_from: Mapped[date | None]
    back_on: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reads_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    deputises_for_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)

    person: Mapped[Person] = relationship()
    body: Mapped[Body] = relationship()
    deputises_for: Mapped["Appointment | None"] = relationship(remote_side="Appointment.id")


class WebSession(Identified, Known, db.Model):
    """A signed-in (or CSRF-only) browser. The cookie's token is stored as its SHA-256 only; times are the machine's."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    content: Mapped[str] = mapped_column(default="{}")
    device: Mapped[str] = mapped_column(String(120), default="")
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    desk: Mapped[bool] = mapped_column(default=True)


class SignInTry(Identified, db.Model):
    """One failed or counted try, so that limits hold across processes and restarts. `key` is a keyed fingerprint."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Slip(Identified, Stamped, db.Model):
    """A one-time paper slip (first password or reset): stored hashed, single use, with an end."""

    __tablename__ = "slips"
    __table_args__ = (UniqueConstraint("digest"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
