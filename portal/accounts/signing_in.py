"""Getting in, staying in, getting out: passwords, one-time slips, sessions.

Argon2 takes tens of milliseconds on purpose and never runs inside a writing transaction: what it needs is read, and
the try counted, in a short transaction before; what follows from it is written after.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from portal.accounts import passwords, queries, tries
from portal.accounts.actor import ANYBODY, Actor
from portal.accounts.models import Account, Appointment, Body, Person, SignInTry, Slip, WebSession
from portal.accounts.passwords import PasswordRules
from portal.audit.actions import record
from portal.core import clock, personal
from portal.core.db import db, writing_transaction
from portal.core.errors import Invalid, NotFound, Unauthorised

WRONG = "账号或密码不正确。"
WRONG_OLD = "现在的密码不正确。"
SAME = "新密码不能和现在的一样。"
NOT_REPEATED = "两次填写的新密码不一样，请重新填写。"
LONGEST_NAME = 64


@dataclass(frozen=True)
class _Known:
    """What was found under a name before the password is checked."""

    person_id: int | None = None
    kept: str | None = None
    disabled: bool = True
    slip_id: int | None = None
    key: str = ""
    try_id: int = 0


def subject(person_id: int | None) -> str:
    """The log's chain for one person's account; all unknown names share one."""
    return f"account:{person_id or 'unknown'}"


def tidy_name(text: str) -> str:
    """A user name or telephone number as it is looked up: narrow signs, small letters, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()[:LONGEST_NAME]


def slip_digest(code: str) -> str:
    """The fingerprint of a slip's code, however it was typed: blanks, hyphens, width and case do not matter."""
    plain = re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", code)).upper()
    return hashlib.sha256(f"slip:{plain}".encode()).hexdigest()


def sign_in(name: str, password: str, address: str) -> Actor:
    """The person behind a name (user name or telephone) and a password or slip code, in their first capacity.

    Raises Unauthorised with one sentence for unknown name, wrong password and disabled account, after the same time;
    TooMany after 10 checks of one account or 50 from one address within 15 minutes. A slip's code goes past that
    limit, because it cannot be guessed and is how the office lets a locked-out owner in.
    """
    known = _find(tidy_name(name), password, address)
    if known.slip_id is None and not _right(known, password):
        with writing_transaction():
            record(ANYBODY, subject(known.person_id), "account.refused", {}, "用不正确的密码登录，没有进入。")
        raise Unauthorised(WRONG, code="wrong_password")
    fresh = passwords.hashed(password) if known.kept and passwords.outdated(known.kept) else None
    return _enter(known, fresh)


def _find(name: str, password: str, address: str) -> _Known:
    with writing_transaction():
        account = _account_named(name)
        # Asked for unknown names as well: one statement less would tell them apart by time.
        slip_id = _open_slip(account.person_id if account else 0, password)
        if account and slip_id and not account.disabled:
            return _Known(account.person_id, None, False, slip_id)
        key = tries.key_of("account", str(account.id)) if account else tries.key_of("name", name)
        try_id = tries.count(key, tries.key_of("address", address))
        if account is None:
            return _Known(key=key, try_id=try_id)
        return _Known(account.person_id, account.password_hash, account.disabled, None, key, try_id)


def _account_named(name: str) -> Account | None:
    """The account of this user name, else the only account whose person has this telephone number."""
    same = or_(Account.username == name, Person.phone_index == personal.blind_index(name))
    found = db.session.scalars(select(Account).join(Person).where(same).limit(3)).all()
    named = [one for one in found if one.username == name] or list(found)
    return named[0] if len(named) == 1 else None


def _open_slip(person_id: int, code: str) -> int | None:
    right = (Slip.person_id == person_id, Slip.digest == slip_digest(code))
    return db.session.scalar(select(Slip.id).where(*right, Slip.used_at.is_(None), Slip.expires_at > clock.real()))


def _right(known: _Known, password: str) -> bool:
    return passwords.verify(known.kept, password) and not known.disabled


def _enter(known: _Known, fresh_hash: str | None) -> Actor:
    now = clock.real()
    if known.slip_id is not None:
        spend = update(Slip).where(Slip.id == known.slip_id, Slip.used_at.is_(None)).values(used_at=now)
        if not db.session.execute(spend).rowcount:  # type: ignore[attr-defined]
            raise Unauthorised(WRONG, code="wrong_password")
    else:
        tries.forgive(known.key, known.try_id)
    values = {"signed_in_at": now, **({"password_hash": fresh_hash} if fresh_hash else {})}
    if known.slip_id is not None:
        values["must_change"] = True
    db.session.execute(update(Account).where(Account.person_id == known.person_id).values(**values))
    return _recorded(known.person_id or 0, "一次性口令登录。" if known.slip_id else "登录。")


def _recorded(person_id: int, said: str) -> Actor:
    standing = queries.standing(person_id, clock.today())
    if standing is None:
        raise Unauthorised(WRONG, code="wrong_password")
    chosen = standing.capacity(None)
    actor = chosen.actor if chosen else Actor(person_id=person_id, name=standing.name, role="")
    record(actor, subject(person_id), "account.signed_in", {}, said)
    return actor


def sign_in_demo(username: str) -> Actor:
    """Enter a demonstration account with one click; NotFound for any other account. For the demo profile only."""
    account = db.session.scalar(select(Account).where(Account.username == username, Account.demo))
    if account is None or account.disabled:
        raise NotFound()
    return _recorded(account.person_id, "从演示入口登录。")


def check_change(actor: Actor, old: str, new: str, again: str, rules: PasswordRules) -> str:
    """The hash of a new password, after every check; run before change_password, outside its transaction.

    The old one is asked for unless a slip let the person in. Raises Invalid naming the fields (`old`, `new`,
    `again`), or TooMany.
    """
    with writing_transaction():
        account = db.session.scalars(select(Account).where(Account.person_id == actor.person_id)).one()
        kept, words = account.password_hash, words_of(account)
        if kept is not None:
            tries.count(tries.key_of("account", str(account.id)), tries.key_of("change", str(account.id)))
    if kept is not None and not passwords.verify(kept, old):
        raise Invalid(WRONG_OLD, fields={"old": WRONG_OLD})
    fault = passwords.fault(new, words, rules)
    if fault is None and kept is not None and old == new:
        fault = SAME
    if fault:
        raise Invalid(fault, fields={"new": fault})
    if new != again:
        raise Invalid(NOT_REPEATED, fields={"again": NOT_REPEATED})
    return passwords.hashed(new)


def change_password(actor: Actor, new_hash: str, keep_session: int | None) -> None:
    """Set the checked password: all other sessions end, unused slips die."""
    now = clock.real()
    account = db.session.scalars(select(Account).where(Account.person_id == actor.person_id)).one()
    account.password_hash, account.password_changed_at, account.must_change = new_hash, now, False
    db.session.execute(
        update(Slip).where(Slip.person_id == actor.person_id, Slip.used_at.is_(None)).values(used_at=now)
    )
    end_sessions(actor.person_id or 0, keep_session)
    record(actor, subject(actor.person_id), "account.password_changed", {}, "更改了自己的密码，其他登录已全部退出。")


def words_of(account: Account) -> tuple[str, ...]:
    """What a password of this person must not contain: name, telephone, user name, bodies."""
    person = account.person
    phone = person.phone.full if person.phone else ""  # type: ignore[attr-defined]
    bodies: Sequence[tuple[str, str | None]] = db.session.execute(
        select(Body.name, Body.short_name).join(Appointment).where(Appointment.person_id == person.id)
    ).all()  # type: ignore[assignment]
    names = [name for pair in bodies for name in pair]
    own = (person.name, person.sort_name.replace(" ", ""), phone, phone[-8:], account.username)
    return tuple(word for word in (*own, *names) if word)


def end_sessions(person_id: int, but: int | None = None) -> int:
    """Delete all sessions of a person, except the row `but`; how many there were. Takes effect with the commit."""
    rows = delete(WebSession).where(WebSession.person_id == person_id)
    if but is not None:
        rows = rows.where(WebSession.id != but)
    return db.session.execute(rows).rowcount  # type: ignore[attr-defined,no-any-return]


def end_session(actor: Actor, public_id: str) -> None:
    """End one of the own sessions; NotFound for anybody else's."""
    mine = (WebSession.public_id == public_id, WebSession.person_id == actor.person_id)
    if not db.session.execute(delete(WebSession).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound()
    record(actor, subject(actor.person_id), "account.session_ended", {}, "退出了自己在另一台设备上的登录。")


def forget_expired(now: datetime) -> int:
    """Delete sessions, tries and slips whose time is over; how many. For the nightly."""
    over = (
        delete(WebSession).where(WebSession.expires_at <= now),
        delete(SignInTry).where(SignInTry.at <= now - tries.LONGEST),
        delete(Slip).where(Slip.expires_at <= now),
    )
    return sum(db.session.execute(one).rowcount for one in over)  # type: ignore[attr-defined]
