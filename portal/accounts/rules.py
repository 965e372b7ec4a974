"""Who may do what to whose account, and what telephone numbers and lendings must be. Pure functions."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date

from portal.accounts import permissions as p
from portal.accounts.actor import Actor

# A mandate is not lent (代表法 4: a deputy acts in person), nor is a member's vote or an administrator's key.
NEVER_LENT = (p.DEPUTY, p.LEADER, p.SC_MEMBER, *p.APART)
BY_ROSTER = (p.DEPUTY,)
BAD_PHONE = "手机号不正确，请填写11位手机号码。"
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def tidy_phone(text: str) -> str:
    """Eleven digits of a mobile number however it was typed (+86, blanks, full width); raises ValueError."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if not MOBILE.fullmatch(digits):
        raise ValueError(BAD_PHONE)
    return digits


def may_appoint(actor: Actor, role: str) -> bool:
    """The system administrator gives ordinary roles, the security administrator those of the administrators.

    Seats come from the roster, never from here (三员分立, GB/T 22239-2019 8.1.5).
    """
    if actor.role == "system":
        return True
    if role in BY_ROSTER or role not in p.ROLE_LABELS:
        return False
    return actor.is_a(p.SECURITY_ADMIN if role in p.APART else p.SYSTEM_ADMIN)


def may_open_accounts(actor: Actor) -> bool:
    """New accounts are made by the system administrator; they wait for the security administrator's approval."""
    return actor.is_a(p.SYSTEM_ADMIN, "system")


def may_switch_off(actor: Actor, person_id: int) -> bool:
    """The security administrator approves, disables and enables accounts, never the own one."""
    return actor.is_a("system") or (actor.is_a(p.SECURITY_ADMIN) and actor.person_id != person_id)


def may_reset(actor: Actor, person_id: int, reach: Collection[tuple[str, int | None]]) -> bool:
    """Who may hand out a new one-time slip.

    `reach` are the (role, congress) pairs that the person holds. The security administrator may for everybody else;
    the clerk for deputies of the own congress who are nothing but deputies: else a slip would open a second office.
    """
    if actor.is_a("system"):
        return True
    if actor.person_id == person_id or not actor.may(p.RESET_PASSWORDS):
        return False
    if actor.is_a(p.SECURITY_ADMIN):
        return True
    return bool(reach) and all(role == p.DEPUTY and congress == actor.congress_id for role, congress in reach)


def may_lend(actor: Actor, role: str, owner_id: int) -> bool:
    """A capacity is lent by the person who holds it or by the system administrator, and only where it can be lent."""
    if role in NEVER_LENT:
        return False
    return actor.person_id == owner_id or actor.is_a(p.SYSTEM_ADMIN, "system")


def apart(role: str, held: Collection[str]) -> bool:
    """Whether this role and those held would put two of the three administrators into one pair of hands."""
    return role in p.APART and any(one in p.APART and one != role for one in held)


def overlap(first: date, last: date | None, starts: date, ends: date | None) -> bool:
    """Whether two periods, both ends included and None open, share a day."""
    return (last is None or starts <= last) and (ends is None or first <= ends)
