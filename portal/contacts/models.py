"""Tables of 双联系: pairings, contact records with their problems, groups of voters, campaigns."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.congress.models import Seat
from portal.contacts.rules import ALL_FORMS, KINDS
from portal.core.db import Identified, Known, Stamped, UTCDateTime, Versioned, db
from portal.core.personal import Personal
from portal.documents.models import Document
from portal.matters.models import Matter

LIVE = text("ends_on IS NULL")


def _once(name: str, *columns: str) -> Index:
    return Index(name, "kind", *columns, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


class VoterGroup(Identified, Known, Stamped, Versioned, db.Model):
    """Voters or households whom one deputy keeps in contact with; `households` is how many there are, also unlisted."""

    __tablename__ = "voter_groups"

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120), default="")
    households: Mapped[int] = mapped_column(default=0)

    seat: Mapped[Seat] = relationship()
    voters: Mapped[list["Voter"]] = relationship(back_populates="group", order_by="Voter.id")


class Voter(Identified, Known, Stamped, db.Model):
    """One voter or household of a group, as the deputy noted it down: sealed, read by that deputy alone."""

    __tablename__ = "voters"

    group_id: Mapped[int] = mapped_column(ForeignKey("voter_groups.id"), index=True)
    name: Mapped[str | None] = mapped_column(Personal("voter_name", "代表联系选民", "代表任期届满"))
    phone: Mapped[str | None] = mapped_column(Personal("voter_phone", "代表联系选民", "代表任期届满"))
    address: Mapped[str | None] = mapped_column(Personal("voter_address", "代表联系选民", "代表任期届满"))

    group: Mapped[VoterGroup] = relationship(back_populates="voters")


class Pairing(Identified, Known, Stamped, Versioned, db.Model):
    """Who keeps contact with whom from a day to a day, `times` a year.

    On the near side a person's capacity (`contactor`: member, leader, or the deputy of DEPUTY_VOTERS) or an organ; on
    the far side a deputy's seat, a township or street (its delegation), or a group of voters. `proposed` tells pairs
    made by ratio from those made by hand.
    """

    __tablename__ = "pairings"
    __table_args__ = (
        CheckConstraint("(contactor_id IS NULL) <> (organ_id IS NULL)", name="one_near_side"),
        CheckConstraint(
            "(seat_id IS NOT NULL AND place_id IS NULL AND group_id IS NULL) OR "
            "(seat_id IS NULL AND place_id IS NOT NULL AND group_id IS NULL) OR "
            "(seat_id IS NULL AND place_id IS NULL AND group_id IS NOT NULL)",
            name="one_far_side",
        ),
        _once("uq_pairings_deputy", "contactor_id", "seat_id"),
        _once("uq_pairings_place", "contactor_id", "place_id"),
        _once("uq_pairings_organ", "organ_id", "seat_id"),
        _once("uq_pairings_group", "group_id"),
        Index("ix_pairings_congress", "congress_id", "id"),
    )

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[str] = mapped_column(String(16))
    contactor_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    organ_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("voter_groups.id"))
    times: Mapped[int]
    proposed: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ending: Mapped[str | None] = mapped_column(String(200))

    contactor: Mapped[Appointment | None] = relationship(foreign_keys=[contactor_id])
    organ: Mapped[Body | None] = relationship(foreign_keys=[organ_id])
    seat: Mapped[Seat | None] = relationship(foreign_keys=[seat_id])
    place: Mapped[Body | None] = relationship(foreign_keys=[place_id])
    group: Mapped[VoterGroup | None] = relationship(foreign_keys=[group_id])

    @property
    def near(self) -> str:
        """Who keeps the contact."""
        return self.contactor.person.name if self.contactor else self.organ.called if self.organ else ""

    @property
    def far(self) -> str:
        """Whom with."""
        if self.seat is not None:
            return self.seat.person.name
        return self.place.called if self.place else self.group.name if self.group else ""

    @property
    def vacant(self) -> bool:
        """One side left before the pair was ended: the office finds somebody else (scenario S6)."""
        sides = [self.seat, self.contactor if isinstance(self.contactor, Seat) else None]
        return any(one is not None and one.standing not in ("active", "suspended") for one in sides)


class Campaign(Identified, Known, Stamped, Versioned, db.Model):
    """A drive in which deputies visit voters (走访选民月), both days included."""

    __tablename__ = "campaigns"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    theme: Mapped[str] = mapped_column(default="")


class ContactRecord(Identified, Known, Stamped, Versioned, db.Model):
    """One contact. From `filed_at` on nothing of it changes; what the deputy says of it is an answer of its own.

    `seat_id` is the deputy concerned, who confirms; with voters it is the deputy who visited them. `persons` counts
    the voters met (人次). `written_by_id` differs from the contactor when the office wrote it for somebody (代录).
    """

    __tablename__ = "contact_records"
    __table_args__ = (
        Index("ix_contact_records_congress", "congress_id", "id"),
        Index("ix_contact_records_campaign", "campaign_id", "filed_at"),
    )

    state: Mapped[str] = mapped_column(String(12), default="draft")
    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[str] = mapped_column(String(16))
    pairing_id: Mapped[int | None] = mapped_column(ForeignKey("pairings.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True)
    contactor_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    organ_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("voter_groups.id"))
    happened_on: Mapped[date]
    late_reason: Mapped[str | None] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(12))
    venue: Mapped[str] = mapped_column(String(120), default="")
    topic: Mapped[str] = mapped_column(String(120))
    opinions: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    persons: Mapped[int] = mapped_column(default=0)
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    pairing: Mapped[Pairing | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    written_by: Mapped[Appointment] = relationship(foreign_keys=[written_by_id])
    contactor: Mapped[Appointment | None] = relationship(foreign_keys=[contactor_id])
    organ: Mapped[Body | None] = relationship(foreign_keys=[organ_id])
    seat: Mapped[Seat | None] = relationship(foreign_keys=[seat_id])
    place: Mapped[Body | None] = relationship(foreign_keys=[place_id])
    group: Mapped[VoterGroup | None] = relationship(foreign_keys=[group_id])
    problems: Mapped[list["Problem"]] = relationship(back_populates="record", order_by="Problem.id")
    answers: Mapped[list["RecordAnswer"]] = relationship(back_populates="record", order_by="RecordAnswer.id")
    photos: Mapped[list["RecordPhoto"]] = relationship(back_populates="record", order_by="RecordPhoto.id")

    @property
    def audit_subject(self) -> str:
        """The chain of this record."""
        return f"contact_record:{self.id}"

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/contact-records/{self.public_id}"

    @property
    def called(self) -> str:
        """代表联系选民：老旧小区改造."""
        return f"{KINDS[self.kind]}：{self.topic}"

    reference = "一份联系记录"

    @property
    def form_words(self) -> str:
        """How the contact was made."""
        return ALL_FORMS.get(self.form, self.form)

    @property
    def near(self) -> str:
        """Who made the contact."""
        return self.contactor.person.name if self.contactor else self.organ.called if self.organ else ""

    @property
    def far(self) -> str:
        """Who was contacted; voters only by the name of their group and their number."""
        if self.kind == "deputy_voters":
            return self.group.name if self.group else f"选民{self.persons}人次"
        return self.seat.person.name if self.seat else self.place.called if self.place else ""

    @property
    def by_proxy(self) -> bool:
        """The office wrote it for somebody (代录)."""
        return self.contactor_id is not None and self.written_by_id != self.contactor_id


class Problem(Identified, Known, Stamped, db.Model):
    """One problem that a contact raised, with what was answered at once; filed, it is a matter that says how it ended.

    Who raised it is sealed, for the deputy alone.
    """

    __tablename__ = "contact_problems"

    record_id: Mapped[int] = mapped_column(ForeignKey("contact_records.id"), index=True)
    said: Mapped[str] = mapped_column(String(500))
    answered: Mapped[str] = mapped_column(String(300), default="")
    voter_name: Mapped[str | None] = mapped_column(Personal("voter_name", "告诉群众办理结果", "代表任期届满"))
    voter_phone: Mapped[str | None] = mapped_column(Personal("voter_phone", "告诉群众办理结果", "代表任期届满"))
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"), index=True)

    record: Mapped[ContactRecord] = relationship(back_populates="problems")
    matter: Mapped[Matter | None] = relationship()


class RecordAnswer(Identified, Stamped, db.Model):
    """What the deputy concerned said of a filed record (append-only): confirmed, or disputed with a reason."""

    __tablename__ = "contact_record_answers"
    __table_args__ = (UniqueConstraint("record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("contact_records.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300), default="")
    capacity_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))

    record: Mapped[ContactRecord] = relationship(back_populates="answers")


class RecordPhoto(Identified, db.Model):
    """A photo or paper that belongs to a record."""

    __tablename__ = "contact_record_photos"

    record_id: Mapped[int] = mapped_column(ForeignKey("contact_records.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    record: Mapped[ContactRecord] = relationship(back_populates="photos")
    document: Mapped[Document] = relationship()
