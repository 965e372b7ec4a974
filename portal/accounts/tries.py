"""Counting sign-in tries, so that guessing is slow whatever process, thread or restart answers.

A try is counted before the password is checked and in a transaction of its own, because a refusal rolls back.
Known and unknown names count alike. A lock ends by itself after the window and never stops a slip from the office.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Text, cast, delete, func, select

from portal.accounts.models import SignInTry
from portal.core import clock, personal
from portal.core.db import db
from portal.core.errors import TooMany

WINDOW = timedelta(minutes=15)
LONGEST = timedelta(days=1)
"""The longest window that anybody counts in."""
PER_ACCOUNT = 10
PER_ADDRESS = 50


def key_of(kind: str, name: str) -> str:
    """The keyed fingerprint under which tries are counted: neither names nor addresses lie in the table."""
    return personal.blind_index(f"{kind}:{name}") or ""


def count(account: str, address: str) -> int:
    """Count one try for an account key and an address key; the number of the address's row, to give it back.

    Raises TooMany when either has used up its tries of the last 15 minutes. Runs in the transaction at hand, which
    must be a short one and committed whatever the password turns out to be.
    """
    in_turn(account, address)
    if _recent(account) >= PER_ACCOUNT or _recent(address) >= PER_ADDRESS:
        raise TooMany()
    now = clock.real()
    rows = [SignInTry(key=account, at=now), SignInTry(key=address, at=now)]
    db.session.add_all(rows)
    db.session.flush()
    return rows[1].id


def forgive(account: str, row: int) -> None:
    """After a right password: the account's tries are forgotten, and the one this address has just used."""
    db.session.execute(delete(SignInTry).where((SignInTry.key == account) | (SignInTry.id == row)))


def in_turn(*keys: str) -> None:
    """Wait until nobody else counts under these keys; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        for key in sorted(keys):
            db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(cast(key, Text), 0))))


def spend(key: str, allowed: Sequence[tuple[int, timedelta]]) -> int | None:
    """Count one try under `key`, unless one of the (most, window) pairs is used up; its row's number, or None.

    In the transaction at hand, which must be committed whatever comes of the try.
    """
    in_turn(key)
    if any(_recent(key, window) >= most for most, window in allowed):
        return None
    row = SignInTry(key=key, at=clock.real())
    db.session.add(row)
    db.session.flush()
    return row.id


def used_up(key: str, allowed: Sequence[tuple[int, timedelta]]) -> bool:
    """Whether `key` has no try left, without counting one."""
    return any(_recent(key, window) >= most for most, window in allowed)


def give_back(row: int) -> None:
    """A try that was none: it is not counted."""
    db.session.execute(delete(SignInTry).where(SignInTry.id == row))


def _recent(key: str, window: timedelta = WINDOW) -> int:
    since = clock.real() - window
    count = select(func.count()).select_from(SignInTry).where(SignInTry.key == key, SignInTry.at > since)
    return db.session.scalar(count) or 0
