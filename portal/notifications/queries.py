"""What somebody has been told and has not yet looked at."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portal.core.db import db
from portal.notifications.models import Notification

SHOWN_PER_PAGE = 40


def unread(person_id: int) -> int:
    """How many lines the person has not read."""
    return db.session.scalar(counting_unread(person_id)) or 0


def counting_unread(person_id: int) -> Select[Any]:
    """The question behind unread(), to be asked within another statement."""
    return select(func.count()).where(Notification.person_id == person_id, Notification.read_at.is_(None))


def lines(person_id: int, before: int | None = None) -> Sequence[Notification]:
    """The person's lines, newest first, at most SHOWN_PER_PAGE + 1 (one more means that there are older ones).
    `before` is the key of the last line of the page before."""
    query = select(Notification).where(Notification.person_id == person_id)
    if before:
        query = query.where(Notification.id < before)
    return db.session.scalars(query.order_by(Notification.id.desc()).limit(SHOWN_PER_PAGE + 1)).all()
