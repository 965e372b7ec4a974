"""An activity, its quotas and papers, and who signed up for it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body, Person
from portal.activities.kinds import Kind, kinds
from portal.congress.audience_models import Audience
from portal.congress.models import Congress
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.documents.models import Document

BY_TIME, FIRST_TERM = "time", "first_term"


class Activity(Identified, Known, Stamped, Versioned, db.Model):
    """One training, inspection, meeting or group activity.

    Signing up ends at the start of the minute `sign_up_until` (settled A66). `places` None is without limit. Without
    quotas the list is one; with them each delegation has its own until `released_at`. `order_key` says who comes first:
    by time, or first-term deputies before others, allocated at the deadline (A62). `releases`: unused quota is given on
    when sign-up closes. `requirement` is what a missed training has to be made up for (补课).
    """

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        Index("ix_activities_congress_starts", "congress_id", "starts_at"),
    )

    state: Mapped[str] = mapped_column(String(12), default="planned")
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(80), default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime())
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime())
    sign_up_until: Mapped[datetime] = mapped_column(UTCDateTime())
    places: Mapped[int | None]
    waiting_list: Mapped[bool] = mapped_column(default=True)
    order_key: Mapped[str] = mapped_column(String(12), default=BY_TIME)
    releases: Mapped[bool] = mapped_column(default=True)
    hours: Mapped[int] = mapped_column(default=0)
    requirement: Mapped[str] = mapped_column(String(80), default="", index=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"))
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    summary: Mapped[str] = mapped_column(default="")
    called_off_because: Mapped[str] = mapped_column(default="")

    congress: Mapped[Congress] = relationship()
    audience: Mapped[Audience] = relationship()
    quotas: Mapped[list["Quota"]] = relationship(order_by="Quota.id", cascade="all, delete-orphan")
    papers: Mapped[list["ActivityPaper"]] = relationship(order_by="ActivityPaper.id")

    @property
    def audit_subject(self) -> str:
        return f"activity:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/activities/{self.public_id}"

    @property
    def called(self) -> str:
        """How notices call it."""
        return f"《{self.title}》"

    @property
    def reference(self) -> str:
        """How it is called outside the portal: by its kind, never by its title."""
        return f"一次{self.sort.label}"

    @property
    def sort(self) -> Kind:
        """Its kind, as kinds.toml describes it."""
        known = kinds()
        return known.get(self.kind) or Kind(self.kind, "活动", False, 0)

    @property
    def divided(self) -> bool:
        """Whether places are still counted delegation by delegation."""
        return bool(self.quotas) and self.released_at is None


class Quota(Identified, db.Model):
    """How many places one delegation has."""

    __tablename__ = "activity_quotas"
    __table_args__ = (UniqueConstraint("activity_id", "delegation_id"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    delegation_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    places: Mapped[int]

    delegation: Mapped[Body] = relationship()


class ActivityPaper(Identified, Stamped, db.Model):
    """A file of the activity: materials before it, pictures and the report after it (`after`)."""

    __tablename__ = "activity_papers"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    after: Mapped[bool] = mapped_column(default=False)

    document: Mapped[Document] = relationship()


class SignUp(Identified, Known, Stamped, Versioned, db.Model):
    """One person's part in an activity, in one capacity.

    `order` is the place in the order of asking: a new one each time somebody signs up again. `by_code` says that they
    checked in themselves. `late_reason` stands when the attendance was entered after the day.
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        UniqueConstraint("activity_id", "order", name="uq_sign_ups_order"),
        Index("ix_sign_ups_activity_state", "activity_id", "state", "delegation_id", "order"),
    )

    state: Mapped[str] = mapped_column(String(16), default="waiting")
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    capacity_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    first_term: Mapped[bool] = mapped_column(default=False)
    order: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime())
    leave_reason: Mapped[str] = mapped_column(default="")
    leave_answer: Mapped[str] = mapped_column(default="")
    came_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    by_code: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str] = mapped_column(String(200), default="")

    activity: Mapped[Activity] = relationship()
    capacity: Mapped[Appointment] = relationship()
    person: Mapped[Person] = relationship()
    delegation: Mapped[Body | None] = relationship()

    @property
    def audit_subject(self) -> str:
        return f"sign_up:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read: on the activity's page."""
        return self.activity.address

    @property
    def called(self) -> str:
        return self.activity.called

    @property
    def reference(self) -> str:
        return self.activity.reference
