"""Persons and their accounts: opening, approving, handing out slips, disabling. Nothing here commits."""

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from pypinyin import lazy_pinyin
from sqlalchemy import func, select, update

from portal.accounts import queries, rules, signing_in, tries
from portal.accounts.actor import Actor
from portal.accounts.models import Account, Appointment, Person, Slip
from portal.accounts.permissions import APART, ROLE_LABELS
from portal.audit.actions import record
from portal.core import clock, personal
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed

SLIP_LASTS = timedelta(hours=24)
# 32 signs that cannot be mistaken for each other on paper; 16 of them are 80 bits.
SLIP_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SLIP_LENGTH, SLIP_GROUP = 16, 4
USERNAME = re.compile(r"[a-z0-9][a-z0-9._\-]{2,39}", re.ASCII)
BAD_USERNAME = "用户名用3到40个小写字母、数字、点或横线，以字母或数字开头。"
TAKEN = "这个用户名已经有人用了，请换一个。"
HAS_ACCOUNT = "这个人已经有账号。"
TELEPHONE_LIKE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def sort_name_of(name: str) -> str:
    """The pinyin by which lists are ordered and names found: 欧阳 → "ou yang"."""
    return " ".join(lazy_pinyin(name)).lower()[:200]


def add_person(
    actor: Actor, name: str, *, phone: str | None = None, id_number: str | None = None, **facts: Any
) -> Person:
    """A new human; `facts` are further columns of Person. Telephone and ID number are kept sealed and indexed."""
    person = Person(name=name, sort_name=sort_name_of(name), **facts)
    know_by(person, phone=phone, id_number=id_number)
    db.session.add(person)
    db.session.flush()
    record(actor, signing_in.subject(person.id), "account.person_added", {"name": name}, f"登记了{name}。")
    return person


def know_by(person: Person, *, phone: str | None = None, id_number: str | None = None) -> None:
    """Set telephone and ID number together with the fingerprints by which they are found."""
    person.phone, person.phone_index = phone, personal.blind_index(phone)
    person.id_number, person.id_index = id_number, personal.blind_index(id_number)


def open_account(actor: Actor, person: Person, username: str = "", *, approved: bool = False) -> Account:
    """A way in for a person, without a password: the first one is chosen with a slip.

    It waits for the security administrator unless `approved` (set-up, roster). Without `username` the pinyin of the
    name, numbered where taken. Raises Invalid on `username`, Conflict when there is an account already.
    """
    if not rules.may_open_accounts(actor) and not approved:
        raise NotAllowed()
    if person.account is not None:
        raise Conflict(HAS_ACCOUNT)
    name = _fit_username(username) if username else free_username(person.name)
    account = Account(person=person, username=name, disabled=not approved)
    db.session.add(account)
    db.session.flush()
    record(actor, signing_in.subject(person.id), "account.opened", {"username": name}, f"为{person.name}开了账号。")
    return account


def free_username(name: str) -> str:
    """The name in pinyin letters, with the next number when somebody has it: zhangwei, zhangwei2."""
    stem = _stem(name)
    taken = db.session.scalars(select(Account.username).where(Account.username.startswith(stem, autoescape=True)))
    return _numbered(stem, set(taken))


def free_usernames(names: Iterable[str]) -> list[str]:
    """One free username for each name, in the order given; for whole rosters."""
    taken = set(db.session.scalars(select(Account.username)))
    found = []
    for name in names:
        found.append(_numbered(_stem(name), taken))
        taken.add(found[-1])
    return found


def _stem(name: str) -> str:
    stem = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())[:32] or "user"
    return stem if len(stem) > 2 else f"{stem}-user"


def _numbered(stem: str, taken: set[str]) -> str:
    if stem not in taken:
        return stem
    return next(f"{stem}{number}" for number in count(2) if f"{stem}{number}" not in taken)


def _fit_username(text: str) -> str:
    name = signing_in.tidy_name(text)
    if not USERNAME.fullmatch(name) or TELEPHONE_LIKE.fullmatch(name):
        raise Invalid(BAD_USERNAME, fields={"username": BAD_USERNAME})
    if db.session.scalar(select(Account.id).where(Account.username == name)):
        raise Invalid(TAKEN, fields={"username": TAKEN})
    return name


def issue_slip(actor: Actor, person: Person) -> str:
    """A one-time code of 24 hours, to be printed and handed over; kept hashed, shown this once.

    The old password and all sessions end at once: a slip is asked for when they are lost or in wrong hands.
    """
    account = _account(person)
    if not rules.may_reset(actor, person.id, queries.reach(person.id, clock.today())) or account.disabled:
        raise NotAllowed()
    now = clock.real()
    db.session.execute(update(Slip).where(Slip.person_id == person.id, Slip.used_at.is_(None)).values(used_at=now))
    code = "".join(secrets.choice(SLIP_SIGNS) for _ in range(SLIP_LENGTH))
    digest = signing_in.slip_digest(code)
    db.session.add(Slip(person_id=person.id, digest=digest, issued_by_id=actor.person_id, expires_at=now + SLIP_LASTS))
    account.password_hash, account.must_change = None, True
    signing_in.end_sessions(person.id)
    record(
        actor,
        signing_in.subject(person.id),
        "account.slip_issued",
        {},
        f"为{person.name}开出一次性口令单，原密码作废。",
    )
    return "-".join(code[at : at + SLIP_GROUP] for at in range(0, SLIP_LENGTH, SLIP_GROUP))


def disable(actor: Actor, person: Person, reason: str = "") -> None:
    """Close the account: all sessions end, slips die. Raises Conflict for the last administrator of a kind."""
    if not rules.may_switch_off(actor, person.id):
        raise NotAllowed()
    account = _account(person)
    for role, _ in queries.reach(person.id, clock.today()):
        keep_an_administrator(role, person.id)
    account.disabled = True
    signing_in.end_sessions(person.id)
    db.session.execute(
        update(Slip).where(Slip.person_id == person.id, Slip.used_at.is_(None)).values(used_at=clock.real())
    )
    said = f"停用了{person.name}的账号。" + (f"理由：{reason}" if reason else "")
    record(actor, signing_in.subject(person.id), "account.disabled", {"reason": reason}, said)


def enable(actor: Actor, person: Person) -> None:
    """Approve a new account or open a disabled one again."""
    if not rules.may_switch_off(actor, person.id):
        raise NotAllowed()
    _account(person).disabled = False
    record(actor, signing_in.subject(person.id), "account.enabled", {}, f"启用了{person.name}的账号。")


def keep_an_administrator(role: str, leaving_id: int) -> None:
    """Raise Conflict when nobody else would be left in this administrator's role."""
    if role not in APART:
        return
    tries.in_turn("administrators")
    day = clock.today()
    others = (
        select(func.count())
        .select_from(Appointment)
        .join(Account, Account.person_id == Appointment.person_id)
        .where(Appointment.role == role, queries.holds_on(Appointment, day), Appointment.deputises_for_id.is_(None))
        .where(Account.disabled.is_(False), Appointment.person_id != leaving_id)
    )
    if not db.session.scalar(others):
        raise Conflict(f"至少要留一名{ROLE_LABELS[role]}，请先任命接替的人。")


def set_wishes(actor: Actor, theme: str, large_type: bool) -> None:
    """How the person likes to see pages; not an act for the log."""
    values = {"theme": theme, "large_type": large_type}
    db.session.execute(update(Person).where(Person.id == actor.person_id).values(**values))


def _account(person: Person) -> Account:
    if person.account is None:
        raise NotAllowed()
    return person.account
