"""Making the records an office begins with. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.accounts import appointments, people
from portal.accounts.actor import SYSTEM
from portal.accounts.models import Person
from portal.accounts.permissions import AUDITOR, SECURITY_ADMIN, SYSTEM_ADMIN
from portal.audit.actions import record
from portal.congress import rulepacks
from portal.congress.models import Congress, Session, Term
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid

LEVELS = {"city": "市级", "county": "县（区）级", "township": "乡镇"}
EXISTS = "这里已经有一级人大，不能再次设置。新的人员、单位请用导入，其他变更请用页面办理。"
SAME_PERSON = "系统、安全、审计三员不能由同一人担任，请写三个人。"
CLOSES_BEFORE_OPENS = "闭幕日期不能早于开幕日期。"
OPENS_BEFORE_TERM = "会议不能早于本届开始的日期。"

ADMINISTRATORS = ((SYSTEM_ADMIN, "system"), (SECURITY_ADMIN, "security"), (AUDITOR, "auditor"))


@dataclass(frozen=True)
class Office:
    """What is asked to found one congress. `sessions` are (number, opening day, closing day) of the term."""

    name: str
    level: str
    office_name: str
    term: int
    term_starts: date
    sessions: Sequence[tuple[int, date, date]] = ()
    short_name: str = ""
    help_line: str = ""
    pack: str = "Q"


@dataclass(frozen=True)
class Slipped:
    """An administrator with the one-time code by which they come in for the first time."""

    role: str
    name: str
    username: str
    code: str


def exists() -> bool:
    """Whether an office has been founded here."""
    return db.session.scalar(select(Congress.id).limit(1)) is not None


def found(office: Office, superior: Congress | None = None) -> Congress:
    """The congress with its running term, its sessions and the rules in force; packs and calendar are loaded first.

    `superior` is the congress above a township's. Raises Invalid with a sentence per field, NotFound for an unknown
    rule pack.
    """
    _check(office)
    rulepacks.load_packs()
    rulepacks.load_calendar()
    rules = rulepacks.shipped_pack(office.pack)
    version = rulepacks.current_version(office.pack, clock.today())
    congress = Congress(
        name=office.name,
        short_name=office.short_name or None,
        level=office.level,
        office_name=office.office_name,
        help_line=office.help_line,
        superior_id=superior.id if superior else None,
        pack_version_id=version.id if version else None,
    )
    db.session.add(congress)
    db.session.flush()
    term = Term(congress_id=congress.id, number=office.term, starts_on=office.term_starts)
    db.session.add(term)
    db.session.flush()
    for number, opens, closes in office.sessions:
        db.session.add(Session(term=term, number=number, opens_on=opens, closes_on=closes))
    db.session.flush()
    said = f"设立{office.name}办公室，第{office.term}届，执行{rules.name}。"
    record(SYSTEM, f"congress:{congress.id}", "congress.founded", {"pack": office.pack, "term": office.term}, said)
    return congress


def _check(office: Office) -> None:
    wrong = {}
    if not office.name.strip():
        wrong["name"] = "请填写人大的全称。"
    if office.level not in LEVELS:
        wrong["level"] = f"层级只能是{'、'.join(LEVELS)}。"
    for _, opens, closes in office.sessions:
        if closes < opens:
            wrong["closes"] = CLOSES_BEFORE_OPENS
        if opens < office.term_starts:
            wrong["opens"] = OPENS_BEFORE_TERM
    if wrong:
        raise Invalid("；".join(wrong.values()), fields=wrong)


def appoint_administrators(congress: Congress, names: Sequence[str]) -> list[Slipped]:
    """The three administrators 三员分立 (GB/T 22239-2019), in the order system, security, audit, each with a slip.

    Raises Invalid unless they are three different people, Conflict when there are administrators already.
    """
    if len({name.strip() for name in names}) != len(ADMINISTRATORS) or not all(name.strip() for name in names):
        raise Invalid(SAME_PERSON)
    return [
        _administrator(congress, role, username, name)
        for (role, username), name in zip(ADMINISTRATORS, names, strict=True)
    ]


def _administrator(congress: Congress, role: str, username: str, name: str) -> Slipped:
    person: Person = people.add_person(SYSTEM, name.strip())
    people.open_account(SYSTEM, person, username, approved=True)
    appointments.appoint(SYSTEM, person, role, congress, clock.today())
    return Slipped(role, person.name, username, people.issue_slip(SYSTEM, person))


def found_first(office: Office, administrators: Sequence[str]) -> tuple[Congress, list[Slipped]]:
    """found() with its administrators, on an empty installation only; raises Conflict otherwise."""
    if exists():
        raise Conflict(EXISTS)
    congress = found(office)
    return congress, appoint_administrators(congress, administrators)
