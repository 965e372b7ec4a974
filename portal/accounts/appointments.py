"""Capacities: appointing, ending, lending for a period (AB 角), handing over what is open. Nothing here commits."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from portal.accounts import people, queries, rules
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body, Person, WebSession
from portal.accounts.permissions import CLERK, ROLE_LABELS
from portal.accounts.signing_in import subject
from portal.audit.actions import record
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound

END_BEFORE_START = "结束时间不能早于开始时间。"
TWO_OF_THREE = "系统、安全、审计三员不能由同一人担任。"
LENT_TO_SELF = "不能请自己代理，请选另一个人。"
NO_ACCOUNT = "这个人还没有账号，不能代理。"
LENT_ALREADY = "这段时间已经请了人代理。"
NOT_ALIKE = "只能移交给同一单位、同一身份的人。"

Handover = Callable[[Actor, Appointment, Appointment], int]
# Each domain with work of its own adds how its open items pass from one appointment to another, and how many did.
HANDOVERS: list[Handover] = []


def appoint(
    actor: Actor,
    person: Person,
    role: str,
    body: Body,
    starts_on: date,
    ends_on: date | None = None,
    title: str | None = None,
) -> Appointment:
    """Give a person a role in a body. Raises NotAllowed, Invalid (`ends_on`), or Conflict for two of the three
    administrators in one person."""
    if not rules.may_appoint(actor, role):
        raise NotAllowed()
    _check(person.id, role, starts_on, ends_on)
    made = Appointment(
        person_id=person.id, role=role, body_id=body.id, starts_on=starts_on, ends_on=ends_on, title=title or None
    )
    db.session.add(made)
    db.session.flush()
    said = f"任命{person.name}为{body.called}{ROLE_LABELS[role]}。"
    record(actor, subject(person.id), "account.appointed", {"role": role, "body": body.public_id}, said)
    return made


def _check(person_id: int, role: str, starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(END_BEFORE_START, fields={"ends_on": END_BEFORE_START})
    mine = select(Appointment).where(Appointment.person_id == person_id, Appointment.ended_at.is_(None))
    held = [
        one.role for one in db.session.scalars(mine) if rules.overlap(one.starts_on, one.ends_on, starts_on, ends_on)
    ]
    if rules.apart(role, held):
        raise Conflict(TWO_OF_THREE)


def end(actor: Actor, appointment: Appointment, last_day: date) -> None:
    """End a capacity after `last_day`, or at once when that day is over; what was lent from it ends with it.

    Raises NotAllowed, Invalid (before the first day), Conflict for the last administrator of a kind.
    """
    if not (may_end(actor, appointment) and appointment.kind == "post"):
        raise NotAllowed()
    people.keep_an_administrator(appointment.role, appointment.person_id)
    today = clock.today()
    if last_day < today:
        appointment.ended_at = clock.real()
        last_day = max(last_day, appointment.starts_on)
    elif last_day < appointment.starts_on:
        raise Invalid(END_BEFORE_START, fields={"ends_on": END_BEFORE_START})
    appointment.ends_on = last_day
    db.session.execute(update(WebSession).where(WebSession.capacity_id == appointment.id).values(capacity_id=None))
    verb = "结束代理" if appointment.deputises_for_id else "免去"
    said = f"{verb}：{appointment.person.name}，{appointment.body.called}{ROLE_LABELS[appointment.role]}。"
    record(actor, subject(appointment.person_id), "account.appointment_ended", {"last_day": last_day}, said)


def end_now(actor: Actor, appointment: Appointment) -> None:
    """End a capacity with the next request of whoever holds it."""
    end(actor, appointment, clock.today() - timedelta(days=1))


def may_end(actor: Actor, appointment: Appointment) -> bool:
    """Who gave it may end it; a lent one also its owner."""
    owner = appointment.deputises_for
    if owner is not None:
        return rules.may_lend(actor, appointment.role, owner.person_id)
    return rules.may_appoint(actor, appointment.role)


def may_lend(actor: Actor, appointment: Appointment) -> bool:
    """Who may lend this capacity; what is lent itself is not lent on."""
    return appointment.deputises_for_id is None and rules.may_lend(actor, appointment.role, appointment.person_id)


def lend(actor: Actor, appointment: Appointment, to: Person, starts: date, ends: date) -> Appointment:
    """Let another person act in this capacity from `starts` to `ends`, both included (AB 角).

    Raises NotAllowed, Invalid on `to` or `ends`, Conflict when it is lent in that period already or would put two of
    the three administrators together.
    """
    if not may_lend(actor, appointment):
        raise NotAllowed()
    if to.id == appointment.person_id:
        raise Invalid(LENT_TO_SELF, fields={"to": LENT_TO_SELF})
    if to.account is None or to.account.disabled:
        raise Invalid(NO_ACCOUNT, fields={"to": NO_ACCOUNT})
    _check(to.id, appointment.role, starts, ends)
    if any(rules.overlap(one.starts_on, one.ends_on, starts, ends) for one in lendings_from(appointment, starts)):
        raise Conflict(LENT_ALREADY)
    made = Appointment(
        person_id=to.id,
        role=appointment.role,
        body_id=appointment.body_id,
        starts_on=starts,
        ends_on=ends,
        deputises_for_id=appointment.id,
    )
    db.session.add(made)
    db.session.flush()
    said = f"{starts:%Y-%m-%d}至{ends:%Y-%m-%d}由{to.name}代理{appointment.person.name}（{_called(appointment)}）。"
    record(actor, subject(appointment.person_id), "account.lent", {"to": to.name, "starts": starts, "ends": ends}, said)
    return made


def _called(appointment: Appointment) -> str:
    return f"{appointment.body.called}{ROLE_LABELS[appointment.role]}"


def may_hand_over(actor: Actor, source: Appointment) -> bool:
    """Open work of an office is handed over by its holder, by who appoints, or by the clerk of the congress whose
    office or unit it is; a deputy's own suggestions are not."""
    if source.role in rules.NEVER_LENT or source.deputises_for_id is not None:
        return False
    clerk = actor.is_a(CLERK) and source.body.congress_id == actor.congress_id
    return clerk or rules.may_appoint(actor, source.role) or actor.person_id == source.person_id


def hand_over(actor: Actor, source: Appointment, target: Appointment) -> int:
    """Pass everything open from one appointment to another of the same role and body; how many items moved.

    Raises NotAllowed, or Invalid on `to` when the two are not alike or the target's is over.
    """
    if not may_hand_over(actor, source):
        raise NotAllowed()
    alike = (source.role, source.body_id) == (target.role, target.body_id) and source.id != target.id
    if not alike or not queries.is_running(target, clock.today()):
        raise Invalid(NOT_ALIKE, fields={"to": NOT_ALIKE})
    moved = sum(one(actor, source, target) for one in HANDOVERS)
    said = f"把{source.person.name}（{_called(source)}）的{moved}件未办事项移交给{target.person.name}。"
    record(actor, subject(source.person_id), "account.handed_over", {"to": target.person.name, "items": moved}, said)
    return moved


def find(public_id: str) -> Appointment:
    """The appointment of this public id, whatever its kind; NotFound otherwise."""
    found = db.session.scalar(select(Appointment).where(Appointment.public_id == public_id))
    if found is None:
        raise NotFound()
    return found


def lendings_of(person_id: int, day: date) -> list[Appointment]:
    """What the person lends now or later, in the order it begins."""
    own = select(Appointment.id).where(Appointment.person_id == person_id)
    return _lendings(Appointment.deputises_for_id.in_(own), day)


def lendings_from(appointment: Appointment, day: date) -> list[Appointment]:
    """To whom this appointment is lent now or later."""
    return _lendings(Appointment.deputises_for_id == appointment.id, day)


def _lendings(which: ColumnElement[bool], day: date) -> list[Appointment]:
    still = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day)
    lent = select(Appointment).where(which, still, Appointment.ended_at.is_(None))
    return list(db.session.scalars(lent.order_by(Appointment.starts_on, Appointment.id)))
