"""What somebody has been told and has not yet looked at."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select

from portal.accounts.models import Account, Person
from portal.core.db import db
from portal.core.personal import Secret
from portal.notifications.models import Delivery, Notification, Wish
from portal.notifications.rules import DIGEST, TRIAL

SHOWN_PER_PAGE = 40
_UNMAILED = (Notification.read_at.is_(None), Notification.mailed_at.is_(None), Notification.outside != "")


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


def wish(person_id: int) -> Wish | None:
    """Where the person wants to be told; None while they have not said."""
    return db.session.scalar(select(Wish).where(Wish.person_id == person_id))


def wishes(persons: Collection[int]) -> Sequence[Wish]:
    """The wishes of those of the persons who have any and can still sign in."""
    able = Wish.person_id.in_(persons), Account.disabled.is_(False)
    return db.session.scalars(select(Wish).join(Account, Account.person_id == Wish.person_id).where(*able)).all()


def wanting_digest() -> list[int]:
    """Persons who want a mail a day and have something that they have neither read nor been mailed."""
    waiting = exists().where(Notification.person_id == Wish.person_id, *_UNMAILED)
    wanted = Wish.mail == DIGEST, Wish.mail_address.is_not(None), waiting
    return list(db.session.scalars(select(Wish.person_id).where(*wanted).order_by(Wish.person_id)))


def unmailed(person_id: int) -> Sequence[Notification]:
    """What the person has neither read nor been mailed, oldest first."""
    query = select(Notification).where(Notification.person_id == person_id, *_UNMAILED)
    return db.session.scalars(query.order_by(Notification.id)).all()


def line(person_id: int, effect: str) -> Notification | None:
    """The person's line of this cause."""
    theirs = Notification.person_id == person_id, Notification.effect == effect
    return db.session.scalar(select(Notification).where(*theirs))


def delivery(effect: str) -> Delivery | None:
    """The receipt of one message outside, as it is in the database now."""
    query = select(Delivery).where(Delivery.effect == effect).execution_options(populate_existing=True)
    return db.session.scalar(query)


def telephone(person_id: int) -> str:
    """The person's number, for the gateway alone; empty when none is known."""
    return _full(db.session.scalar(select(Person.phone).where(Person.id == person_id)))


def mail_address(person_id: int) -> str:
    """The person's mail address, for the mail server alone; empty when none is known."""
    return _full(db.session.scalar(select(Wish.mail_address).where(Wish.person_id == person_id)))


def _full(value: str | None) -> str:
    return value.full if isinstance(value, Secret) else value or ""


def trials(most: int = 5) -> Sequence[Delivery]:
    """The last test messages, newest first."""
    query = select(Delivery).where(Delivery.effect.startswith(TRIAL, autoescape=True))
    return db.session.scalars(query.order_by(Delivery.id.desc()).limit(most)).all()


def failures(most: int = 20) -> Sequence[Delivery]:
    """The messages outside that were refused or of which nobody knows, newest first; delivered ones are left out."""
    query = select(Delivery).where(Delivery.troubled_at.is_not(None), Delivery.sent_at.is_(None))
    return db.session.scalars(query.order_by(Delivery.troubled_at.desc()).limit(most)).all()
