"""To whom something is addressed: a rule, not a list, so that it can be read back and changed."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.core.db import Identified, db

ALL, FIRST_TERM, LEVEL, ROLE = "all", "first_term", "level", "role"
DELEGATION, GROUP, COMMITTEE, NAMED = "delegation", "group", "committee", "named"


class Audience(Identified, db.Model):
    """Those whom any one of its parts names; everybody once, however many parts do."""

    __tablename__ = "audiences"

    parts: Mapped[list["AudiencePart"]] = relationship(order_by="AudiencePart.id", cascade="all, delete-orphan")


class AudiencePart(Identified, db.Model):
    """One part: all deputies of a congress (`body`), its first-term ones, those of a level of congress there and below
    (`word`), holders of a role (`word`), a delegation, a group, a committee (`body`), or one named capacity."""

    __tablename__ = "audience_parts"

    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    word: Mapped[str] = mapped_column(String(20), default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))

    body: Mapped[Body | None] = relationship()
    capacity: Mapped[Appointment | None] = relationship()
