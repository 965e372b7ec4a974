"""Deputies who join and leave during a term: by-election, suspension and return, the end of a seat and its notice.

Nothing is switched at midnight: rights, roll and reading follow from the dates written here. Nothing commits.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts import people
from portal.accounts import rules as accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.permissions import DEPUTY, KEEP_ROSTER
from portal.audit.actions import record
from portal.congress import actions, directory, handover
from portal.congress.models import Seat
from portal.congress.rules import ENDINGS, VACATED
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.personal import blind_index
from portal.notifications.actions import tell

ONE = timedelta(days=1)
BEFORE_SEAT = "日期不能早于任职开始的日期（{day}）。"
AFTER_TERM = "日期不能晚于本届届满的日期（{day}）。"
OVER = "这个席位已经终止。"
NOT_SUSPENDED = "这位代表没有暂停执行职务。"
SUSPENDED_ALREADY = "这位代表已经暂停执行职务。"
NOT_ENDED = "还没有登记终止。请先登记终止的日期和原因，再登记公告。"
NOTICED = "已经公告，不能撤销登记。"
BEFORE_END = "公告日期不能早于终止日期（{day}）。"
BACK_BEFORE = "恢复日期要晚于暂停的日期。"
SEATED_ALREADY = "{name}已在本届名册中。"
VACANT_LATER = "补选的任职日期不能早于原代表终止的日期（{day}）。"


def _keeper(actor: Actor) -> None:
    if not actor.may(KEEP_ROSTER):
        raise NotAllowed()


def _note(actor: Actor, seat: Seat, act: str, data: Mapping[str, Any], said: str) -> None:
    record(actor, f"seat:{seat.id}", f"seat.{act}", data, said)


def _tell(seat: Seat, act: str, sentence: str) -> None:
    tell([seat.person_id], f"seat.{act}", sentence, "/me", f"seat:{seat.id}:{act}:{clock.now().isoformat()}")


def _within(seat: Seat, day: date) -> None:
    """Raise Invalid on `day` unless it lies within the time of the seat."""
    if day < seat.starts_on:
        raise Invalid(fields={"day": BEFORE_SEAT.format(day=seat.starts_on.isoformat())})
    if seat.term.ends_on is not None and day > seat.term.ends_on:
        raise Invalid(fields={"day": AFTER_TERM.format(day=seat.term.ends_on.isoformat())})


def suspend(actor: Actor, seat: Seat, values: Mapping[str, Any]) -> None:
    """Suspend the seat (代表法 61) from `day`, until `back_on` where that is known. It stays on the roll.

    Raises Conflict when it is over or suspended already, Invalid for days out of order.
    """
    _keeper(actor)
    _open(seat)
    if seat.standing == "suspended":
        raise Conflict(SUSPENDED_ALREADY)
    day, back = values["day"], values.get("back_on")
    _within(seat, day)
    if back is not None and back <= day:
        raise Invalid(fields={"back_on": BACK_BEFORE})
    seat.rests_from, seat.back_on = day, back
    until = f"，到{back.isoformat()}恢复" if back else ""
    said = f"自{day.isoformat()}起暂停执行代表职务{until}：{values['reason']}"
    _note(actor, seat, "suspended", {"day": day, "back_on": back, "reason": values["reason"]}, said)
    _tell(seat, "suspended", f"您自{day.isoformat()}起暂停执行代表职务，暂停期间只能查看。")


def resume(actor: Actor, seat: Seat, values: Mapping[str, Any]) -> None:
    """The cause has ended: rights come back on `day`. Raises Conflict when nothing rests, Invalid for the day."""
    _keeper(actor)
    _open(seat)
    if seat.rests_from is None or (seat.back_on is not None and seat.back_on <= clock.today()):
        raise Conflict(NOT_SUSPENDED)
    if values["day"] <= seat.rests_from:
        raise Invalid(fields={"day": BACK_BEFORE})
    seat.back_on = values["day"]
    said = f"自{values['day'].isoformat()}起恢复执行代表职务：{values['reason']}"
    _note(actor, seat, "resumed", {"day": values["day"], "reason": values["reason"]}, said)
    _tell(seat, "resumed", f"您自{values['day'].isoformat()}起恢复执行代表职务。")


def end(actor: Actor, seat: Seat, values: Mapping[str, Any]) -> None:
    """The seat ended on `day` in the way `kind` (rules.ENDINGS): signing stops then, reading with the notice.

    Raises Conflict when that is on record already, Invalid for the day.
    """
    _keeper(actor)
    _open(seat)
    day, kind = values["day"], values["kind"]
    _within(seat, day)
    still_suspended = seat.standing == "suspended"
    seat.moved_out_on, seat.ended_as = day, kind
    seat.rests_from = min(seat.rests_from, day) if still_suspended and seat.rests_from else day
    seat.back_on = None
    words, basis = ENDINGS[kind]
    said = f"{words}，代表资格自{day.isoformat()}起终止（{basis}），待公告"
    if values.get("note"):
        said += f"：{values['note']}"
    _note(actor, seat, "ended", {"day": day, "kind": kind, "note": values.get("note") or ""}, said)
    _tell(seat, "ended", f"您的代表资格自{day.isoformat()}起终止，公告之前仍可查看。")
    if day <= clock.today():
        handover.lapse(actor, seat)


def take_back(actor: Actor, seat: Seat, values: Mapping[str, Any]) -> None:
    """An end that was entered by mistake, before its notice; what lapsed meanwhile stays lapsed."""
    _keeper(actor)
    if seat.moved_out_on is None:
        raise Conflict(NOT_ENDED)
    if seat.noticed_on is not None and seat.noticed_on <= clock.today():
        raise Conflict(NOTICED)
    if seat.rests_from == seat.moved_out_on:
        seat.rests_from = None
    seat.moved_out_on = seat.ended_as = seat.noticed_on = seat.notice_number = None
    seat.ends_on = seat.term.ends_on
    _note(actor, seat, "end_taken_back", {"reason": values["reason"]}, f"撤销终止登记：{values['reason']}")
    _tell(seat, "end_taken_back", "代表资格终止的登记已撤销，您可以照常履职。")


def announce(actor: Actor, seat: Seat, values: Mapping[str, Any]) -> None:
    """The standing committee's notice (代表法 63): from its day the seat is off the roll and reads no more.

    A second one corrects the first. Raises Conflict before the end is on record, Invalid for a day before it.
    """
    _keeper(actor)
    if seat.moved_out_on is None:
        raise Conflict(NOT_ENDED)
    day, number = values["noticed_on"], values["notice_number"]
    least = max(seat.moved_out_on, seat.starts_on + ONE)
    if day < least:
        raise Invalid(fields={"noticed_on": BEFORE_END.format(day=least.isoformat())})
    corrected = seat.noticed_on is not None
    seat.noticed_on, seat.notice_number, seat.ends_on = day, number, day - ONE
    said = f"{'更正公告' if corrected else '公告'}：{day.isoformat()}，{number}"
    _note(actor, seat, "announced", {"day": day, "number": number}, said)


def _open(seat: Seat) -> None:
    if seat.moved_out_on is not None or seat.standing in (*VACATED, "past"):
        raise Conflict(OVER)


def add_deputy(actor: Actor, values: Mapping[str, Any]) -> Seat:
    """A deputy who joined (补选): seat in the running term from `starts_on`, and a way in by slip.

    Somebody known by name and telephone keeps their person and account. `follows` is the public id of the vacated seat
    that is filled. Raises Invalid.
    """
    _keeper(actor)
    term = directory.running_term(actor)
    starts = values.get("starts_on") or clock.today()
    if starts < term.starts_on:
        raise Invalid(fields={"starts_on": actions.BEFORE_TERM.format(day=term.starts_on.isoformat())})
    follows = _vacated(actor, values.get("follows"), starts)
    person = _person(actor, values, term.id)
    seat = Seat(
        person=person, role=DEPUTY, body_id=actor.congress_id, starts_on=starts, ends_on=term.ends_on, term=term,
        constituency=values.get("constituency") or None, card_number=values.get("card_number") or None,
        first_term=bool(values.get("first_term")), follows=follows,
    )  # fmt: skip
    actions.set_delegation(actor, seat, values.get("delegation"))
    db.session.add(seat)
    db.session.flush()
    if person.account is None:
        people.open_account(actor, person, approved=True)
    said = f"登记{person.name}为代表"
    if follows is not None:
        said += f"，补选{follows.person.name}的缺额"
        _note(actor, follows, "filled", {"by": seat.public_id}, f"缺额由{person.name}补选，自{starts.isoformat()}起")
    _note(actor, seat, "added", {"name": person.name}, said)
    return seat


def _vacated(actor: Actor, public_id: str | None, starts: date) -> Seat | None:
    if not public_id:
        return None
    seat = directory.seat(actor, public_id)
    if seat.moved_out_on is not None and starts < seat.moved_out_on:
        raise Invalid(fields={"starts_on": VACANT_LATER.format(day=seat.moved_out_on.isoformat())})
    return seat


def _person(actor: Actor, values: Mapping[str, Any], term_id: int) -> Person:
    """The registered person of this name and telephone, else a new one. Raises Invalid when already seated."""
    known = _known(values)
    if known is None:
        facts = {name: values.get(name) or None for name in actions.FACTS if name != "name"}
        person = people.add_person(actor, values["name"], **facts)
        actions.set_phone(person, values.get("phone"))
        return person
    seats = select(Seat).where(Seat.person_id == known.id, Seat.term_id == term_id, Seat.body_id == actor.congress_id)
    if any(one.standing in ("active", "suspended", "leaving") for one in db.session.scalars(seats)):
        raise Invalid(fields={"name": SEATED_ALREADY.format(name=known.name)})
    return known


def _known(values: Mapping[str, Any]) -> Person | None:
    try:
        phone = accounts.tidy_phone(values["phone"]) if values.get("phone") else None
    except ValueError:
        return None  # said beside the field when the number is stored
    if phone is None:
        return None
    same = Person.phone_index == blind_index(phone), Person.name == values["name"]
    return db.session.scalar(select(Person).where(*same).limit(1))


def turn(actor: Actor, day: date) -> int:
    """What the day brings: seats that come back, and what lapses with those that were vacated. How many things."""
    done = 0
    for seat in db.session.scalars(select(Seat).where(Seat.back_on <= day, Seat.moved_out_on.is_(None))):
        back, seat.rests_from, seat.back_on = seat.back_on, None, None
        _note(actor, seat, "returned", {"day": back}, f"暂停期满，自{back}起恢复执行代表职务")
        tell([seat.person_id], "seat.returned", "您已恢复执行代表职务。", "/me", f"seat:{seat.id}:returned:{back}")
        done += 1
    noticed_before = Seat.noticed_on < day
    for seat in db.session.scalars(select(Seat).where(Seat.moved_out_on <= day, noticed_before.is_not(True))):
        done += handover.lapse(actor, seat)
    return done
