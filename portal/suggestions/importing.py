"""Last years' ledgers: every row becomes a read-only archive item that says what the source said, and no more.

What our records know (a unit, a session, a deputy) is linked; what they do not know is kept in words, with a notice.
Only what could not be kept without guessing is a problem: a date with two readings, one number borne by two rows of
one session of one congress.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.permissions import IMPORT
from portal.congress import queries
from portal.congress.models import Seat, Session, Term
from portal.core import clock
from portal.core.db import db
from portal.imports import dates, lists, values
from portal.imports.across import repeated, unsaid
from portal.imports.findings import Finding
from portal.imports.kinds import Column, Found, Kind, Prepared, Written
from portal.imports.traces import inserted
from portal.imports.values import lenient
from portal.imports.workbooks import Cell
from portal.suggestions.models import ArchiveFacts, Suggestion

LONGEST_TITLE = 120
LETTERS = ("A", "B", "C", "D")
_day = lenient(dates.day)


def _year(cell: Cell) -> int | None:
    words = values.plain(cell).removesuffix("度").removesuffix("年")
    if not words:
        return None
    if not words.isdigit() or not 1950 <= int(words) <= 2100:
        raise values.Unreadable("{}没有认出")
    return int(words)


COLUMNS = (
    Column("serial", "序号", ("序", "号", "行号"), ignored=True),
    Column(
        *("number", "编号"),
        ("建议编号", "建议号", "案号", "议案号", "件号", "提案号", "文号", "建议案号", "流水号"),
        lists.number,
        hint="按当地写法填写，如第3号、闭08号",
    ),
    Column("year", "年度", ("年份", "年"), lenient(_year)),
    Column("session", "届次", ("会议", "会次", "届别", "会议届次", "届次会议", "提出会议", "所属会议")),
    Column(
        *("title", "标题"),
        ("案由", "题目", "建议标题", "建议题目", "建议名称", "标题（案由）", "建议案由", "名称", "议题"),
        required=True,
    ),
    Column("text", "建议内容", ("内容", "正文", "主要内容", "建议正文", "内容摘要"), values.text),
    Column(
        *("proposer", "领衔代表"),
        (
            "领衔人",
            "提出人",
            "提出代表",
            "建议人",
            "代表姓名",
            "代表",
            "提建议人",
            "第一提出人",
            "领衔",
            "姓名",
            "建议代表",
        ),
    ),
    Column("cosigners", "附议人数", ("联名人数", "附议代表人数", "联名代表数", "附议数"), lenient(values.count)),
    Column("cosigner_names", "附议代表", ("联名代表", "附议人", "联名人", "联名代表姓名"), values.text),
    Column("delegation", "代表团", ("所属代表团", "所在代表团")),
    Column(
        *("units", "主办单位"),
        ("承办单位", "主办", "承办", "主办部门", "承办部门", "独办单位", "办理单位", "主办单位名称", "独办或主办单位"),
        values.text,
    ),
    Column("assists", "协办单位", ("会办单位", "协办", "会办", "分办单位", "协办部门", "会办部门"), values.text),
    Column("category", "类别", ("建议类别", "分类", "内容分类", "建议分类", "所属类别")),
    Column(
        *("grade", "办理结果"),
        ("类别", "办理类别", "答复类别", "结果类别", "解决程度", "办理情况", "结果", "办理等级", "答复分类", "ABC类"),
        lenient(values.grade),
        fits=values.looks_like_grade,
    ),
    Column(
        *("promise", "承诺事项"),
        ("承诺", "承诺内容", "承诺解决事项", "答复承诺", "承诺解决时限", "承诺时限", "承诺情况"),
        values.text,
    ),
    Column(
        *("rating", "代表评价"),
        ("满意度", "满意程度", "评价", "代表意见", "反馈意见", "代表满意度", "测评结果", "反馈结果"),
        lenient(values.rating),
    ),
    Column("submitted_on", "提出日期", ("提交日期", "提出时间", "提交时间", "收到日期", "建议日期"), _day),
    Column("assigned_on", "交办日期", ("交办时间", "转办日期", "分办日期", "交办"), _day),
    Column("replied_on", "答复日期", ("答复时间", "办复日期", "复文日期", "办结日期", "办复时间", "答复"), _day),
    Column("place", "所属地", ("地区", "区划", "来源", "所在地", "地方")),
    Column("remark", "备注", ("说明", "附注"), values.text),
)
WITH_NOTICE = (("session", "届次"), ("proposer", "领衔代表"), ("units", "主办单位"), ("replied_on", "答复日期"))


@dataclass
class _Records:
    """What our own records know: sessions by (term, session), units by name, deputies by term and name."""

    own_names: tuple[str, ...] = ()
    sessions: dict[tuple[int, int], Session] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    seats: dict[tuple[int, str], list[Seat]] = field(default_factory=dict)

    def session_key(self, row: Prepared) -> Hashable | None:
        """Which session of which congress the row speaks of, comparable between rows; None when it does not say."""
        words = row.texts.get("session")
        read = lists.session(words)
        if read is None:
            return values.plain(words or "") or None
        return ("" if self.is_own(read.congress) else read.congress, read.term, read.session)

    def session(self, row: Prepared) -> Session | None:
        """The session of ours that the row speaks of."""
        read = lists.session(row.texts.get("session"))
        return self.sessions.get((read.term, read.session)) if read and self.is_own(read.congress) else None

    def is_own(self, congress: str) -> bool:
        """区, 示范区 and no name at all mean the office's own congress; another district's name does not."""
        return any(name.endswith(congress) for name in self.own_names)

    def seat(self, row: Prepared) -> Seat | None:
        """The one deputy of that name in the term of the row's session."""
        session, name = self.session(row), values.plain(row.texts.get("proposer") or "")
        found = self.seats.get((session.term_id, name), []) if session else []
        return found[0] if len(found) == 1 else None


def _records(actor: Actor) -> _Records:
    congress = queries.congress_of(actor)
    names = (congress.name, congress.short_name or "")
    sessions = db.session.scalars(select(Session).join(Term).where(Term.congress_id == congress.id)).all()
    records = _Records(
        own_names=tuple(name.replace("人民代表大会", "").replace("人大", "").removesuffix("常委会") for name in names),
        sessions={(one.term.number, one.number): one for one in sessions},
    )
    for unit in queries.units(congress.id):
        for name in (unit.name, unit.short_name):
            if name:
                records.units.setdefault(values.plain(name), unit.id)
    seats = select(Seat, Person.name).join(Person, Person.id == Seat.person_id).where(Seat.body_id == congress.id)
    for seat, name in db.session.execute(seats):
        records.seats.setdefault((seat.term_id, values.plain(name)), []).append(seat)
    return records


def check(actor: Actor, rows: Sequence[Prepared]) -> Found:
    """One number in one session twice is a problem; what our records do not know is a notice."""
    records = _records(actor)
    taken = dict.fromkeys(_taken_numbers(actor, records), 0)
    notices = [notice for name, label in WITH_NOTICE for notice in unsaid(rows, name, label)]
    notices += [notice for row in rows for notice in _unknown(row, records)]
    notices += [
        Finding(row.number, f"与第{first.number}行编号相同，届次不详，两件都保存")
        for row, first in repeated(rows, lambda row: None if records.session_key(row) else row.values.get("number"))
    ]
    return Found(list(_repeated_numbers(rows, records, taken)), notices)


def _repeated_numbers(
    rows: Sequence[Prepared], records: _Records, taken: dict[tuple[Hashable, str], int]
) -> Iterator[Finding]:
    for row in rows:
        session = records.session_key(row)
        told = False
        for number in lists.numbers(row.values.get("number")) if session else ():
            first = taken.setdefault((session, number), row.number)
            if first != row.number and not told:
                told = True
                yield Finding(row.number, f"与第{first}行重复" if first else "的编号在该次会议中已有建议使用")


def _taken_numbers(actor: Actor, records: _Records) -> Iterator[tuple[Hashable, str]]:
    """(session, number) of what is recorded already, our own items and earlier archives."""
    recorded = (
        select(Suggestion.number_text, Suggestion.session_id, ArchiveFacts.session_text)
        .join(ArchiveFacts, ArchiveFacts.suggestion_id == Suggestion.id, isouter=True)
        .where(Suggestion.congress_id == actor.congress_id, Suggestion.number_text.is_not(None))
    )
    by_id: dict[int, Hashable] = {one.id: ("", *key) for key, one in records.sessions.items()}
    for item in db.session.execute(recorded):
        session = by_id.get(item.session_id) or records.session_key(Prepared(0, {}, {"session": item.session_text}))
        if session:
            for number in lists.numbers(item.number_text):
                yield session, number


def _unknown(row: Prepared, records: _Records) -> Iterator[Finding]:
    if row.texts.get("session") and records.session(row) is None:
        yield Finding(row.number, "届次没有登记，按原文保存")
    if row.texts.get("proposer") and records.seat(row) is None:
        yield Finding(row.number, "领衔代表没有对上，按原文保存")
    for unit in _units(row):
        if values.plain(unit) not in records.units:
            yield Finding(row.number, f"{unit[:30]}没有登记，按原文保存")
    if len(row.values.get("title") or "") > LONGEST_TITLE:
        yield Finding(row.number, f"标题超过{LONGEST_TITLE}个字，全文存在备注里")


def _units(row: Prepared) -> list[str]:
    return [*lists.units(row.texts.get("units") or ""), *lists.units(row.texts.get("assists") or "")]


def apply(actor: Actor, rows: Sequence[Prepared]) -> list[Written]:
    """Write the archive items; they are closed as imported and nobody acts on them any more."""
    records = _records(actor)
    keys = inserted(Suggestion, [_item(actor, row, records) for row in rows])
    facts = inserted(ArchiveFacts, [_facts(row, key, records) for row, key in zip(rows, keys, strict=True)])
    written = [Written(row.number, Suggestion, key, "往年建议") for row, key in zip(rows, keys, strict=True)]
    return written + [Written(row.number, ArchiveFacts, key, "") for row, key in zip(rows, facts, strict=True)]


def _item(actor: Actor, row: Prepared, records: _Records) -> dict[str, Any]:
    said, session, seat = row.values, records.session(row), records.seat(row)
    grade = said.get("grade")
    by_delegation = (row.texts.get("proposer") or "").endswith("代表团")
    return {
        # An archive item begins where its life has ended: no step of ours ever led there.
        "state": "closed",
        "closed_as": "imported",
        "congress_id": actor.congress_id,
        "term_id": session.term_id if session else None,
        "session_id": session.id if session else None,
        "number_text": _cut(said.get("number"), 80),
        "title": _cut(said["title"], LONGEST_TITLE),
        "request": said.get("text") or "",
        "proposer_kind": "delegation" if by_delegation else "deputies",
        "lead_seat_id": seat.id if seat else None,
        "delegation_id": seat.delegation_id if seat else None,
        # Nobody asked these deputies; what the source does not say must not be published by default.
        "publicity_wish": "none",
        "assigned_on": said.get("assigned_on"),
        "replied_on": said.get("replied_on"),
        "grade": grade if grade in LETTERS else None,
        "created_at": clock.now(),
    }


def _facts(row: Prepared, suggestion_id: int, records: _Records) -> dict[str, Any]:
    said, texts, session = row.values, row.texts, records.session(row)
    lead = next(iter(lists.units(texts.get("units") or "")), "")
    facts = {
        "session_text": (texts.get("session"), 80),
        "proposer_text": (texts.get("proposer"), 200),
        "units_text": (_units_text(row), 400),
        "grade_text": (texts.get("grade"), 40),
        "rating_text": (texts.get("rating"), 40),
        "replied_text": (texts.get("replied_on"), 40),
        "place": (texts.get("place"), 80),
    }
    return {
        "suggestion_id": suggestion_id,
        "year": said.get("year") or (session.opens_on.year if session else None),
        **{name: _cut(words, longest) for name, (words, longest) in facts.items()},
        "cosigners": said.get("cosigners"),
        "lead_unit_id": records.units.get(values.plain(lead)),
        "promise_text": texts.get("promise"),
        "other": _other(row, [words for words, longest in facts.values() if words and len(words) > longest]),
    }


def _units_text(row: Prepared) -> str | None:
    lead, assists = row.texts.get("units"), row.texts.get("assists")
    return f"{lead or ''}（协办：{assists}）" if assists else lead


def _other(row: Prepared, overlong: Iterable[str]) -> str | None:
    """What has no place of its own, line by line under the source's own headings."""
    kept = [("title", "标题")] if len(row.values["title"]) > LONGEST_TITLE else []
    kept += [("category", "类别"), ("cosigner_names", "附议代表"), ("delegation", "代表团"), ("remark", "备注")]
    kept += [("submitted_on", "提出日期"), ("assigned_on", "交办日期")]
    if row.texts.get("cosigners") and row.values.get("cosigners") is None:
        kept.append(("cosigners", "附议人数"))
    if row.texts.get("year") and row.values.get("year") is None:
        kept.append(("year", "年度"))
    lines = [f"{label}：{row.texts[name]}" for name, label in kept if row.texts.get(name)]
    lines += [f"{heading}：{words}" for heading, words in row.extra.items()]
    return "\n".join([*lines, *overlong]) or None


def _cut(words: str | None, longest: int) -> str | None:
    return words if not words or len(words) <= longest else f"{words[: longest - 1]}…"


LEDGER = Kind(
    "ledger",
    "往年建议台账",
    columns=COLUMNS,
    check=check,
    apply=apply,
    permission=IMPORT,
    keeps_extra=True,
    hint="每一行成为一件只读的往年建议；没有写的就空着，对不上的按原文保存。",
)
