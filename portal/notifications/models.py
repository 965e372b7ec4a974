"""What somebody has been told, where they want to be told, and what has left the portal."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Identified, Known, UTCDateTime, db
from portal.core.personal import Personal


class Notification(Identified, Known, db.Model):
    """One line for one person, with the address it is about. `effect` makes it unique per cause and person.

    `outside` is what may be said of it outside the portal: a number, a date, never a title. `mailed_at` is set when it
    has gone out by mail, alone or in a digest.
    """

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("person_id", "effect"), Index("ix_notifications_unread", "person_id", "read_at"))

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(200))
    effect: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    outside: Mapped[str] = mapped_column(String(200), default="", server_default="")
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class Wish(Identified, db.Model):
    """Where one person wants to be told besides the inbox; without a row the defaults hold.

    Each channel: none, reminders (of due dates only), digest (mail: reminders alone, the rest once a day) or all.
    Between `quiet_from` and `quiet_until` (hours of the office clock) nothing leaves.
    """

    __tablename__ = "notification_wishes"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    mail_address: Mapped[str | None] = mapped_column(Personal("mail_address", "发送消息和期限提醒", "任期届满后两年"))
    mail: Mapped[str] = mapped_column(String(10), default="digest")
    sms: Mapped[str] = mapped_column(String(10), default="none")
    dingtalk: Mapped[str] = mapped_column(String(10), default="none")
    wecom: Mapped[str] = mapped_column(String(10), default="none")
    quiet_from: Mapped[int] = mapped_column(default=20)
    quiet_until: Mapped[int] = mapped_column(default=8)


class Delivery(Identified, db.Model):
    """The receipt of one message outside, claimed before it leaves. Times are the machine's.

    free (begun, sent, unsure all empty) → begun → sent, or free again after a refusal, or unsure: it may have been
    delivered, so it is not sent again by itself.
    """

    __tablename__ = "deliveries"

    effect: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    unsure_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    trouble: Mapped[str | None] = mapped_column(String(80))
    troubled_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    tries: Mapped[int] = mapped_column(default=0)
