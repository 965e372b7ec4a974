"""Keeping the roster and the bodies: deputies and seats, units and sections, groups, sessions. Nothing commits."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts import people
from portal.accounts import rules as accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Body, Person
from portal.accounts.permissions import KEEP_ROSTER
from portal.audit.actions import record
from portal.congress.models import Committee, Delegation, Group, GroupMember, Seat, Session, Term, Unit
from portal.congress.rules import numeral
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed

FACTS = {
    **{"name": "姓名", "sex": "性别", "nation": "民族", "party": "党派", "birth_month": "出生年月"},
    **{"education": "学历", "post": "职务"},
}
SEAT_FACTS = {"constituency": "选区", "card_number": "代表证号", "first_term": "新任"}
UNIT_FACTS = {
    **{"name": "全称", "short_name": "简称", "organ": "性质", "duties": "职责", "leader_name": "分管领导"},
    **{"liaison_name": "联络员", "liaison_line": "办公电话", "ends_on": "停用日期"},
}
PHONE_TAKEN = "这个手机号已登记在另一人名下，请核对。"
NAME_TAKEN = "已有同名的单位，请核对。"
OVERLAP = "这几天与另一次会议重叠，请核对日期。"
CLOSES_BEFORE_OPENS = "闭幕日期不能早于开幕日期。"
BEFORE_TERM = "会议不能早于本届开始的日期（{day}）。"
NUMBER_TAKEN = "这次会议已经登记过了。"
NO_REASON = "请写明查看原因，会记入日志。"


def _keeper(actor: Actor) -> None:
    if not actor.may(KEEP_ROSTER):
        raise NotAllowed()


def _subject(kind: str, key: int) -> str:
    return f"{kind}:{key}"


def _changed(thing: Any, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """Set what differs; the labels of what did."""
    touched = []
    for name, label in labels.items():
        if name not in values:
            continue
        value = values[name] if values[name] != "" else None
        if (getattr(thing, name) or None) != (value or None):
            setattr(thing, name, value)
            touched.append(label)
    return touched


def edit_deputy(actor: Actor, seat: Seat, values: Mapping[str, Any], expected_version: int | None) -> list[str]:
    """Change a deputy's facts and seat; the labels of what changed. Values of personal facts stay out of the log.

    Raises Conflict for a stale page, Invalid for a telephone number that is wrong or somebody else's.
    """
    _keeper(actor)
    person = seat.person
    if expected_version is not None and expected_version != person.version:
        raise Conflict()
    touched = _changed(person, values, FACTS) + _changed(seat, values, SEAT_FACTS)
    if "姓名" in touched:
        person.sort_name = people.sort_name_of(person.name)
    if set_phone(person, values.get("phone")):
        touched.append("手机号")
    if set_delegation(actor, seat, values.get("delegation")):
        touched.append("代表团")
    if touched:
        # A seat's change counts as the person's, so that two clerks on one page notice each other.
        db.session.flush()
        record(actor, _subject("seat", seat.id), "seat.edited", {"fields": touched}, f"更正了{'、'.join(touched)}")
    return touched


def set_phone(person: Person, typed: Any) -> bool:
    """Store a telephone number, whether it is another than before; empty leaves it as it is. Raises Invalid."""
    if not typed:
        return False
    try:
        phone = accounts.tidy_phone(typed)
    except ValueError as fault:
        raise Invalid(fields={"phone": str(fault)}) from None
    if person.phone is not None and person.phone.full == phone:  # type: ignore[attr-defined]
        return False
    id_number = person.id_number.full if person.id_number else None  # type: ignore[attr-defined]
    people.know_by(person, phone=phone, id_number=id_number)
    twin = select(Person.id).where(Person.phone_index == person.phone_index, Person.id != person.id).limit(1)
    with db.session.no_autoflush:
        if db.session.scalar(twin) is not None:
            raise Invalid(fields={"phone": PHONE_TAKEN})
    return True


def set_delegation(actor: Actor, seat: Seat, public_id: str | None) -> bool:
    """Put the seat into a delegation of the actor's congress, or into none; whether that changed anything."""
    chosen = _body(actor, Delegation, public_id)
    before, seat.delegation = seat.delegation_id, chosen
    return before != (chosen.id if chosen else None)


def _body(actor: Actor, kind: type[Body], public_id: str | None) -> Any:
    """A body of the actor's congress, chosen from a form; None for none."""
    if not public_id:
        return None
    return db.session.scalar(select(kind).where(kind.public_id == public_id, kind.congress_id == actor.congress_id))


def reveal_phone(actor: Actor, seat: Seat, reason: str) -> str:
    """The whole telephone number, once, for a reason that the log keeps."""
    _keeper(actor)
    if len(reason.strip()) < 2:
        raise Invalid(fields={"reason": NO_REASON})
    said = f"查看了{seat.person.name}的手机号：{reason.strip()}"
    record(actor, _subject("seat", seat.id), "seat.phone_seen", {"reason": reason.strip()}, said)
    return seat.person.phone.full if seat.person.phone else ""  # type: ignore[attr-defined]


def save_unit(actor: Actor, unit: Unit | None, values: Mapping[str, Any], superior: Unit | None = None) -> Unit:
    """A new unit (with `superior`: a section inside it), or a changed one. Raises Invalid for a name that is taken."""
    _keeper(actor)
    made = unit is None
    alike = select(Unit.id).where(Unit.congress_id == actor.congress_id, Unit.name == values["name"])
    above = superior.id if superior else unit.superior_id if unit else None
    alike = alike.where(Unit.superior_id == above if above else Unit.superior_id.is_(None))
    if db.session.scalar(alike.where(Unit.id != (unit.id if unit else 0)).limit(1)):
        raise Invalid(fields={"name": NAME_TAKEN})
    unit = unit or Unit(congress_id=actor.congress_id, superior_id=above, order=_next_order(actor, above), name="")
    touched = _changed(unit, values, UNIT_FACTS)
    unit.duties = unit.duties or ""
    if "committee" in values:
        committee = _body(actor, Committee, values["committee"])
        if unit.committee_id != (committee.id if committee else None):
            unit.committee_id = committee.id if committee else None
            touched.append("对口委员会")
    db.session.add(unit)
    db.session.flush()
    said = f"登记{'科室' if above else '单位'}{unit.name}" if made else f"更正了{'、'.join(touched)}"
    if made or touched:
        code = "unit.added" if made else "unit.edited"
        record(actor, _subject("unit", unit.id), code, {"fields": touched}, said)
    return unit


def _next_order(actor: Actor, above: int | None) -> int:
    same = Unit.superior_id == above if above else Unit.superior_id.is_(None)
    last = select(Unit.order).where(Unit.congress_id == actor.congress_id, same).order_by(Unit.order.desc()).limit(1)
    return (db.session.scalar(last) or 0) + 1


def join_group(actor: Actor, group: Group, seat: Seat) -> None:
    """A deputy joins a group; Conflict when already in it."""
    _keeper(actor)
    if _membership(group, seat) is not None:
        raise Conflict(f"{seat.person.name}已在这个小组里。")
    db.session.add(GroupMember(group_id=group.id, seat_id=seat.id))
    record(actor, _subject("group", group.id), "group.joined", {"seat": seat.public_id}, f"{seat.person.name}加入")


def leave_group(actor: Actor, group: Group, seat: Seat) -> None:
    """A deputy leaves a group."""
    _keeper(actor)
    member = _membership(group, seat)
    if member is not None:
        db.session.delete(member)
        record(actor, _subject("group", group.id), "group.left", {"seat": seat.public_id}, f"{seat.person.name}退出")


def set_convener(actor: Actor, group: Group, seat: Seat, convener: bool) -> None:
    """A member convenes the group, or no longer does (代表法 27)."""
    _keeper(actor)
    member = _membership(group, seat)
    if member is None:
        raise NotAllowed()
    member.convener = convener
    said = f"{seat.person.name}{'任召集人' if convener else '不再任召集人'}"
    record(actor, _subject("group", group.id), "group.convener", {"seat": seat.public_id}, said)


def _membership(group: Group, seat: Seat) -> GroupMember | None:
    return db.session.scalar(
        select(GroupMember).where(GroupMember.group_id == group.id, GroupMember.seat_id == seat.id)
    )


def add_session(actor: Actor, term: Term, number: int, opens: date, closes: date) -> Session:
    """A session with its days. Raises Invalid for days in the wrong order, before the term or inside another."""
    _keeper(actor)
    others = list(db.session.scalars(select(Session).join(Term).where(Term.congress_id == actor.congress_id)))
    wrong = {}
    if closes < opens:
        wrong["closes"] = CLOSES_BEFORE_OPENS
    if opens < term.starts_on:
        wrong["opens"] = BEFORE_TERM.format(day=term.starts_on.isoformat())
    if any(one.term_id == term.id and one.number == number for one in others):
        wrong["number"] = NUMBER_TAKEN
    if not wrong and any(one.opens_on <= closes and one.closes_on >= opens for one in others):
        wrong["opens"] = OVERLAP
    if wrong:
        raise Invalid(fields=wrong)
    session = Session(term=term, number=number, opens_on=opens, closes_on=closes)
    db.session.add(session)
    db.session.flush()
    said = f"登记{numeral(term.number)}届{numeral(number)}次会议，{opens.isoformat()}至{closes.isoformat()}"
    data = {"term": term.number, "number": number, "opens": opens, "closes": closes}
    record(actor, _subject("congress", term.congress_id), "congress.session_added", data, said)
    return session
