"""Tables of the congress and the bodies around it."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    String,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from portal.accounts.models import Appointment, Body
from portal.congress import rules
from portal.congress.pack_models import RuleAdoption, RulePackVersion
from portal.core import clock
from portal.core.db import Identified, Known, Stamped, Versioned, db


class Congress(Body):
    """A people's congress with its standing committee's office (人大); township congresses lie below a county's.

    `level` is city, county or township. `pack_version_id` are the rules it was founded under, `pack_version` those
    that new items begin under today: the last adopted ones whose day has come (settled A26).
    """

    __tablename__ = "congresses"
    __mapper_args__ = {"polymorphic_identity": "congress"}

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    office_name: Mapped[str] = mapped_column(String(60), default="")
    help_line: Mapped[str] = mapped_column(String(40), default="")
    pack_version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_pack_versions.id"))

    pack_version: Mapped[RulePackVersion | None] = relationship(
        primaryjoin=lambda: _in_force_today(), viewonly=True, uselist=False
    )
    units: Mapped[list["Unit"]] = relationship(
        primaryjoin="and_(Congress.id == foreign(Unit.congress_id), Unit.superior_id == None)",
        order_by="Unit.order, Unit.id",
        viewonly=True,
    )


def _in_force_today() -> ColumnElement[bool]:
    """SQL: asked on every reading, so that it is right from midnight of the day on and nothing is switched at night."""
    congress = Congress.__table__
    adopted = (
        select(RuleAdoption.version_id)
        .where(
            RuleAdoption.congress_id == congress.c.id,
            RuleAdoption.starts_on <= bindparam("rules_on", callable_=clock.today, type_=Date),
        )
        .order_by(RuleAdoption.starts_on.desc(), RuleAdoption.id.desc())
        .limit(1)
        .correlate(congress)
        .scalar_subquery()
    )
    return remote(RulePackVersion.id) == func.coalesce(adopted, foreign(congress.c.pack_version_id))


class Term(Identified, Known, Stamped, db.Model):
    """One numbered congress (第十八届) from its first session to the next one's (代表法 2)."""

    __tablename__ = "terms"
    __table_args__ = (UniqueConstraint("congress_id", "number"),)

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Session(Identified, Known, Stamped, db.Model):
    """One numbered session of a term (第二次会议), both days included."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("term_id", "number"),
        CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
    )

    term_id: Mapped[int] = mapped_column(ForeignKey("terms.id"))
    number: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]

    term: Mapped[Term] = relationship()


class Delegation(Body):
    """Deputies of one electing unit or area (代表团, 代表法 14)."""

    __tablename__ = "delegations"
    __mapper_args__ = {"polymorphic_identity": "delegation"}

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))


class Unit(Body):
    """A handling unit (承办单位) or, with `superior_id`, a section inside one.

    `organ` is government, court, procuratorate, supervisory, party, company or town; `duties` is what it answers for.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    organ: Mapped[str] = mapped_column(String(20), default="government")
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    duties: Mapped[str] = mapped_column(default="")
    leader_name: Mapped[str | None] = mapped_column(String(60))
    liaison_name: Mapped[str | None] = mapped_column(String(60))
    liaison_line: Mapped[str | None] = mapped_column(String(60))

    __mapper_args__ = {"polymorphic_identity": "unit", "inherit_condition": id == Body.id}  # type: ignore[dict-item]


class Committee(Body):
    """A special committee or working commission (专门委员会、工作委员会) that supervises units in its field."""

    __tablename__ = "committees"
    __mapper_args__ = {"polymorphic_identity": "committee"}

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    commission: Mapped[bool] = mapped_column(default=False)


class Group(Body):
    """A deputies' group (代表小组, 代表法 26–27): regional or professional."""

    __tablename__ = "groups"
    __mapper_args__ = {"polymorphic_identity": "group"}

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    professional: Mapped[bool] = mapped_column(default=False)


class Seat(Appointment):
    """A deputy's seat: person × congress × term, the capacity in which suggestions are made.

    `moved_out_on` is the day it ended by law, `ended_as` how (rules.ENDINGS); the notice with its number follows later.
    Signing stops on the first, reading and the roll run on to the day before the second (settled A42, A60). `follows`
    is the vacated seat that a by-election filled (选举法 57).
    """

    __tablename__ = "seats"
    __mapper_args__ = {"polymorphic_identity": "seat"}

    id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("terms.id"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    constituency: Mapped[str | None] = mapped_column(String(80))
    card_number: Mapped[str | None] = mapped_column(String(20))
    first_term: Mapped[bool | None]
    moved_out_on: Mapped[date | None]
    ended_as: Mapped[str | None] = mapped_column(String(12))
    noticed_on: Mapped[date | None]
    notice_number: Mapped[str | None] = mapped_column(String(60))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), unique=True)

    term: Mapped[Term] = relationship()
    delegation: Mapped[Body | None] = relationship(foreign_keys=[delegation_id])
    follows: Mapped["Seat | None"] = relationship(foreign_keys=[follows_id], remote_side=[id])

    @property
    def standing(self) -> str:
        """active, suspended, leaving (gone, notice still to come), terminated or past (its term is over), today."""
        return rules.standing_on(self, clock.today())

    @property
    def active(self) -> bool:
        """Whether its holder may sign today."""
        return self.standing == "active"

    @property
    def vacated(self) -> bool:
        """Whether it ended before its term did."""
        return self.standing in rules.VACATED


class GroupMember(Identified, db.Model):
    """One seat in one group; conveners are chosen by the members."""

    __tablename__ = "group_members"
    __table_args__ = (UniqueConstraint("group_id", "seat_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), index=True)
    convener: Mapped[bool] = mapped_column(default=False)


class GroupPlan(Identified, Known, Stamped, Versioned, db.Model):
    """What a group means to do in one year, as its convener wrote it (年度活动计划)."""

    __tablename__ = "group_plans"
    __table_args__ = (UniqueConstraint("group_id", "year"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    year: Mapped[int]
    text: Mapped[str]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))

    written_by: Mapped[Appointment] = relationship()


class TermDraft(Identified, Known, Stamped, db.Model):
    """One thing of the old term that may go on in `term`: a delegation or group (`body`), or a deputy (`seat`).

    Nothing of it is in force until the clerk decides: `kept` or not. A deputy who came by the new roster is kept.
    """

    __tablename__ = "term_drafts"
    __table_args__ = (CheckConstraint("(body_id IS NULL) <> (seat_id IS NULL)", name="of_a_body_or_a_seat"),)

    term_id: Mapped[int] = mapped_column(ForeignKey("terms.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    kept: Mapped[bool | None]

    term: Mapped[Term] = relationship()
    body: Mapped[Body | None] = relationship()
    seat: Mapped[Seat | None] = relationship()


class NumberSeries(Identified, db.Model):
    """The next free number of one series (a session's, or the inter-session one of a year of term)."""

    __tablename__ = "number_series"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    next: Mapped[int] = mapped_column(default=1)
