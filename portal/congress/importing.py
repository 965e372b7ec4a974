"""Rosters of deputies, as offices keep them.

Who is registered already is left as they are: an import adds, it never overwrites, and so it can be undone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Account, Body, Person
from portal.accounts.people import free_usernames, sort_name_of
from portal.accounts.permissions import DEPUTY, IMPORT
from portal.congress import queries
from portal.congress.models import Delegation, Seat, Term
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.personal import blind_index
from portal.imports import dates, values
from portal.imports.across import repeated, unsaid
from portal.imports.findings import Finding
from portal.imports.kinds import Column, Found, Kind, Prepared, Written
from portal.imports.traces import inserted
from portal.imports.values import Noted, at_most
from portal.imports.workbooks import Cell

NO_TERM = "本级人大还没有设置届次，请先设置后再导入名册"


def _mark_of_term(cell: Cell) -> Any:
    """连任 in the remarks says that the deputy served before; other remarks have no place in the roster."""
    words = values.plain(cell)
    if not words:
        return None
    if words in ("连任", "连选连任", "新任", "初任", "首次当选"):
        return not words.startswith("连")
    return Noted(None, "{}没有对应的栏目，没有导入")


def _reelected(cell: Cell) -> bool | None:
    words = values.plain(cell)
    if words in ("连任", "新任", "初任"):
        return words == "连任"
    return values.yes(cell)


ROSTER_COLUMNS = (
    Column("serial", "序号", ("编号", "序", "号", "行号"), ignored=True),
    Column("name", "姓名", ("代表姓名", "代表", "人大代表姓名"), values.name, required=True),
    Column("sex", "性别", (), values.sex),
    Column("nation", "民族", (), at_most(20)),
    Column("party", "党派", ("政治面貌", "党派团体", "党派名称"), at_most(30)),
    Column("birth_month", "出生年月", ("出生日期", "出生年月日", "生日", "出生时间"), dates.month, hint="如1990.01"),
    Column("education", "学历", ("文化程度", "学历学位", "最高学历"), at_most(30)),
    Column(
        *("post", "职务"),
        ("现任职务", "工作单位及职务", "单位及职务", "单位职务", "工作单位和职务", "职业", "现任职务及单位"),
        at_most(120),
    ),
    Column(
        *("phone", "手机号"),
        ("手机", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "电话号码", "手机电话"),
        values.phone,
        hint="11位手机号码",
    ),
    Column(
        *("id_number", "身份证号"),
        ("身份证", "身份证号码", "公民身份号码", "证件号码"),
        values.id_number,
        hint="请设为文本格式",
    ),
    Column("delegation", "代表团", ("所属代表团", "代表团名称", "所在代表团", "团别"), at_most(60, values.delegation)),
    Column("constituency", "选区", ("选举单位", "所在选区", "选区名称", "原选区", "原选举单位"), at_most(80)),
    Column("card_number", "代表证号", ("代表证编号", "证号", "代表证号码"), at_most(20)),
    Column("reelected", "是否连任", ("连任", "连任情况"), _reelected),
    Column("newcomer", "是否初任", ("是否首次当选", "是否新任", "初任"), values.yes),
    Column("remark", "备注", ("说明", "附注"), _mark_of_term),
)


@dataclass
class _Known:
    """Who is registered: person keys by phone, ID number, and by name and delegation within the term."""

    names: dict[int, str] = field(default_factory=dict)
    by_phone: dict[str, int] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    seated: set[int] = field(default_factory=set)
    by_place: dict[tuple[str, str | None], list[int]] = field(default_factory=dict)
    before: dict[tuple[str, str | None], list[int]] = field(default_factory=dict)


def _known(congress_id: int | None, term: Term) -> _Known:
    known = _Known()
    for person in db.session.execute(select(Person.id, Person.name, Person.phone_index, Person.id_index)):
        known.names[person.id] = person.name
        if person.phone_index:
            known.by_phone[person.phone_index] = person.id
        if person.id_index:
            known.by_id[person.id_index] = person.id
    seats = (
        select(Seat.person_id, Term.number, Person.name, Body.name.label("delegation"))
        .join(Person, Person.id == Seat.person_id)
        .join(Term, Term.id == Seat.term_id)
        .join(Body, Body.id == Seat.delegation_id, isouter=True)
        .where(Seat.body_id == congress_id, Term.number.in_((term.number, term.number - 1)))
    )
    for seat in db.session.execute(seats):
        place = (seat.name, values.delegation(seat.delegation or ""))
        if seat.number < term.number:
            known.before.setdefault(place, []).append(seat.person_id)
        else:
            known.seated.add(seat.person_id)
            known.by_place.setdefault(place, []).append(seat.person_id)
    return known


def _match(known: _Known, row: Prepared) -> tuple[int | None, str]:
    """The registered person whom the row means, and the sentence that stands in the way."""
    name, phone, number = (row.values.get(key) for key in ("name", "phone", "id_number"))
    by_id = known.by_id.get(blind_index(number) or "")
    by_phone = known.by_phone.get(blind_index(phone) or "")
    found = by_id or by_phone
    if found is None:
        place = (name or "", row.values.get("delegation"))
        same = known.by_place.get(place) or (known.before.get(place) if _reelected_row(row) else None) or []
        return (same[0] if len(same) == 1 and not (phone or number) else None), ""
    if known.names[found] != name:
        return None, f"{'身份证号' if by_id else '手机号'}与已登记的另一人相同"
    return found, ""


def _reelected_row(row: Prepared) -> bool:
    """Whether the row says 连任: then name and delegation mean the deputy of the term before (one account)."""
    return row.values.get("reelected") is True or False in (row.values.get("newcomer"), row.values.get("remark"))


def check_roster(actor: Actor, rows: Sequence[Prepared]) -> Found:
    """Rows that repeat one another, numbers that belong to somebody else, deputies who are on the roll already."""
    term = queries.roster_term(actor.congress_id, clock.today()) if actor.congress_id else None
    if term is None:
        return Found([Finding(0, NO_TERM)])
    problems, notices = _within_roster(rows), [*unsaid(rows, "phone", "手机号"), *unsaid(rows, "delegation", "代表团")]
    known = _known(actor.congress_id, term)
    for row in rows:
        person, obstacle = _match(known, row)
        if obstacle:
            problems.append(Finding(row.number, obstacle))
        elif person in known.seated:
            notices.append(Finding(row.number, "的代表已在本届名册中，不重复导入"))
    missing = _missing_delegations(actor, rows)
    if missing:
        notices.append(Finding(0, f"将新建代表团：{'、'.join(missing)}"))
    return Found(problems, notices)


def _within_roster(rows: Sequence[Prepared]) -> list[Finding]:
    problems: list[Finding] = []
    told: set[int] = set()
    for key, label in (("id_number", "身份证号"), ("phone", "手机号")):
        for row, first in repeated(rows, partial(_value, key)):
            if row.number not in told:
                same = row.values.get("name") == first.values.get("name")
                told.add(row.number)
                sentence = f"与第{first.number}行重复" if same else f"{label}与第{first.number}行相同"
                problems.append(Finding(row.number, sentence))
    for row, first in repeated(rows, _whole_row):
        if row.number not in told:
            problems.append(Finding(row.number, f"与第{first.number}行重复"))
    return problems


def _value(key: str, row: Prepared) -> Any:
    return row.values.get(key)


def _whole_row(row: Prepared) -> tuple | None:
    """Everything but the serial number: two rows alike in all of it are one person written twice."""
    if not row.values.get("name"):
        return None
    return tuple(said for name, said in sorted(row.texts.items()) if name != "serial")


def _missing_delegations(actor: Actor, rows: Iterable[Prepared]) -> list[str]:
    there = {values.delegation(one.name) for one in queries.delegations(actor.congress_id or 0)}
    wanted = dict.fromkeys(row.values.get("delegation") for row in rows)
    return [f"{name}代表团" for name in wanted if name and name not in there]


def apply_roster(actor: Actor, rows: Sequence[Prepared]) -> list[Written]:
    """Register the people with their seats in the running term and a way in; delegations are made where missing."""
    term = queries.roster_term(actor.congress_id, clock.today()) if actor.congress_id else None
    if term is None:
        raise Invalid(NO_TERM)
    known = _known(actor.congress_id, term)
    matched = [(row, _match(known, row)[0]) for row in rows]
    fresh = [(row, person) for row, person in matched if person not in known.seated]
    delegations, written = _delegations(actor, term, [row for row, _ in fresh])
    unregistered = [row for row, person in fresh if person is None]
    made = dict(zip((row.number for row in unregistered), inserted(Person, map(_person, unregistered)), strict=True))
    seated = [(row, person or made[row.number]) for row, person in fresh]
    seats = [_seat(actor, term, row, person, delegations) for row, person in seated]
    written += [Written(number, Person, key, "") for number, key in made.items()]
    written += _open_accounts(seated)
    written += [
        Written(row.number, Seat, key, "代表") for (row, _), key in zip(fresh, inserted(Seat, seats), strict=True)
    ]
    return written


def _open_accounts(seated: Sequence[tuple[Prepared, int]]) -> list[Written]:
    """A way in for every deputy who has none; it opens with the slip that the clerk hands over, not before."""
    having = set(db.session.scalars(select(Account.person_id)))
    lacking = [(row, person) for row, person in seated if person not in having]
    names = free_usernames(row.values["name"] for row, _ in lacking)
    accounts = [{"person_id": key, "username": name} for (_, key), name in zip(lacking, names, strict=True)]
    made = inserted(Account, accounts)
    return [Written(row.number, Account, key, "账号") for (row, _), key in zip(lacking, made, strict=True)]


def _person(row: Prepared) -> dict[str, Any]:
    said = row.values
    return {
        "name": said["name"],
        "sort_name": sort_name_of(said["name"]),
        **{key: said.get(key) for key in ("sex", "nation", "party", "birth_month", "education", "post")},
        **{key: said.get(key) for key in ("phone", "id_number")},
        "phone_index": blind_index(said.get("phone")),
        "id_index": blind_index(said.get("id_number")),
    }


def _seat(actor: Actor, term: Term, row: Prepared, person_id: int, delegations: dict[str, int]) -> dict[str, Any]:
    said = row.values
    reelected = said.get("reelected")
    marks = (said.get("newcomer"), None if reelected is None else not reelected, said.get("remark"))
    return {
        "person_id": person_id,
        "role": DEPUTY,
        "body_id": actor.congress_id,
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "term_id": term.id,
        "delegation_id": delegations.get(said.get("delegation") or ""),
        "constituency": said.get("constituency"),
        "card_number": said.get("card_number"),
        "first_term": next((mark for mark in marks if mark is not None), None),
    }


def _delegations(actor: Actor, term: Term, rows: Sequence[Prepared]) -> tuple[dict[str, int], list[Written]]:
    """Keys of delegations by bare name, and those that had to be made."""
    there = queries.delegations(actor.congress_id or 0)
    keys = {values.delegation(one.name) or "": one.id for one in there}
    written = []
    for row in rows:
        name = row.values.get("delegation")
        if name and name not in keys:
            made = Delegation(
                name=f"{name}代表团",
                short_name=name,
                congress_id=actor.congress_id,
                superior_id=actor.congress_id,
                term_id=term.id,
                order=len(keys) + 1,
            )
            db.session.add(made)
            db.session.flush()
            keys[name] = made.id
            written.append(Written(row.number, Delegation, made.id, "代表团"))
    return keys, written


ROSTER = Kind(
    "roster",
    "代表名册",
    columns=ROSTER_COLUMNS,
    check=check_roster,
    apply=apply_roster,
    permission=IMPORT,
    hint="登记代表和席位；没有的代表团会新建。",
)
