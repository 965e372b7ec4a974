"""Change of term (换届): the next term with its first session, and what of the old one goes on. Nothing commits.

What may go on is drafted when the term is opened and in force only once the clerk has decided. The old term ends by
its dates; nothing is switched on the day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body
from portal.accounts.permissions import DEPUTY, KEEP_ROSTER
from portal.accounts.queries import holds_on
from portal.audit.actions import record
from portal.congress import actions, deadlines, directory, terms
from portal.congress.models import Delegation, Group, GroupMember, Seat, Term, TermDraft
from portal.congress.rulepacks import calendar, pack_of_version
from portal.congress.rules import VACATED, day_words, numeral, term_words
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed

ONE = timedelta(days=1)
OPENED_ALREADY = "第{words}已经开启，请到换届事项继续办。"
TOO_EARLY = "新一届要晚于本届开始的日期（{day}）。"
AFTER_OPENING = "新一届从第一次会议开幕起算，不能晚于开幕日期。"
NOTHING_CHOSEN = "请先勾选。"
ROSTER_FIRST = "代表名册还有{number}名没有决定，先定名册，再定代表小组。"


def _keeper(actor: Actor) -> None:
    if not actor.may(KEEP_ROSTER):
        raise NotAllowed()


def open_term(actor: Actor, values: Mapping[str, Any]) -> Term:
    """The next term, from `starts_on`, with its first session; the running one ends the day before.

    Raises Conflict when it is open already, Invalid for days out of order.
    """
    _keeper(actor)
    old = directory.running_term(actor)
    ahead = terms.next_of(old)
    if ahead is not None:
        raise Conflict(OPENED_ALREADY.format(words=term_words(ahead)))
    starts, opens = values["starts_on"], values["opens"]
    if starts <= old.starts_on:
        raise Invalid(fields={"starts_on": TOO_EARLY.format(day=old.starts_on.isoformat())})
    if starts > opens:
        raise Invalid(fields={"starts_on": AFTER_OPENING})
    term = Term(congress_id=old.congress_id, number=old.number + 1, starts_on=starts)
    db.session.add(term)
    db.session.flush()
    actions.add_session(actor, term, 1, opens, values["closes"])
    _end(actor, old, starts - ONE)
    drafted = _draft(old, term)
    said = f"开启第{term_words(term)}，{day_words(starts)}起；第{term_words(old)}到{day_words(starts - ONE)}届满"
    data = {"number": term.number, "starts_on": starts, "drafts": drafted}
    record(actor, f"term:{term.id}", "term.opened", data, said)
    return term


def _end(actor: Actor, old: Term, last: date) -> None:
    """Seats run out with their term; who is not elected again reads on for as long as the pack allows."""
    old.ends_on = last
    version = directory.congress(actor).pack_version
    until = None
    if version is not None:
        until = deadlines.deadline(pack_of_version(version), "read_after_term", last, calendar()).unmoved
    seats = select(Seat.id).where(Seat.term_id == old.id, Seat.noticed_on.is_(None))
    runs = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= last)
    ends = {"ends_on": last, "reads_until": until, "title": f"第{term_words(old)}"}
    begun = Appointment.starts_on <= last
    db.session.execute(update(Appointment).where(Appointment.id.in_(seats), runs, begun).values(**ends))
    db.session.expire_all()


def _draft(old: Term, term: Term) -> int:
    """Everything that might go on, undecided; how many things."""
    kinds = Body.kind.in_(("delegation", "group"))
    going = or_(Body.ends_on.is_(None), Body.ends_on >= term.starts_on)
    bodies = select(Body.id).where(Body.congress_id == old.congress_id, kinds, going).order_by(Body.order, Body.id)
    drafts = [TermDraft(term_id=term.id, body_id=key) for key in db.session.scalars(bodies)]
    seats = select(Seat).where(Seat.term_id == old.id, holds_on(Seat, term.starts_on - ONE)).order_by(Seat.id)
    drafts += [
        TermDraft(term_id=term.id, seat_id=seat.id)
        for seat in db.session.scalars(seats)
        if seat.standing not in VACATED
    ]
    db.session.add_all(drafts)
    db.session.flush()
    return len(drafts)


def decide(actor: Actor, term: Term, chosen: Sequence[str], keep: bool) -> int:
    """Let the chosen drafts go on into `term`, or not; how many. Deputies get a seat for the same person and account.

    Raises Invalid when nothing is chosen, Conflict for a group before its members are known.
    """
    _keeper(actor)
    drafts = [one for one in terms.open_drafts(term) if one.public_id in set(chosen)]
    if not drafts:
        raise Invalid(NOTHING_CHOSEN)
    if keep and any(isinstance(one.body, Group) for one in drafts):
        waiting = sum(1 for one in terms.open_drafts(term) if one.seat is not None and one not in drafts)
        if waiting:
            raise Conflict(ROSTER_FIRST.format(number=waiting))
    for draft in sorted(drafts, key=lambda one: isinstance(one.body, Group)):
        draft.kept = keep
        _carry_out(actor, term, draft)
    db.session.flush()
    names = [terms.name_of(one) for one in drafts]
    said = f"{'沿用到' if keep else '不沿用到'}第{term_words(term)}：{_some(names)}"
    record(actor, f"term:{term.id}", "term.kept" if keep else "term.left_out", {"names": names}, said)
    return len(drafts)


def settle_roster(actor: Actor, term: Term, chosen: Sequence[str]) -> int:
    """The chosen deputies were elected again, all others were not: how many were decided. Raises Invalid for nobody."""
    kept = decide(actor, term, chosen, True) if chosen else 0
    rest = [one.public_id for one in terms.open_drafts(term) if one.seat is not None]
    return kept + (decide(actor, term, rest, False) if rest or not kept else 0)


def _some(names: Sequence[str], most: int = 10) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}项" if len(names) > most else "")


def _carry_out(actor: Actor, term: Term, draft: TermDraft) -> None:
    if draft.seat is not None:
        if draft.kept:
            _seat_again(actor, term, draft.seat)
    elif draft.body is not None and draft.kept is False:
        draft.body.ends_on = term.starts_on - ONE
    elif isinstance(draft.body, Group):
        _members_again(term, draft.body)
    elif isinstance(draft.body, Delegation):
        draft.body.term_id = term.id


def _seat_again(actor: Actor, term: Term, old: Seat) -> None:
    """A seat of the new term for the same person: one account, two memberships (settled A60)."""
    seat = Seat(
        person_id=old.person_id, role=DEPUTY, body_id=old.body_id, starts_on=term.starts_on, term_id=term.id,
        delegation_id=old.delegation_id, constituency=old.constituency, first_term=False,
    )  # fmt: skip
    db.session.add(seat)
    db.session.flush()
    said = f"连任第{term_words(term)}代表，沿用{numeral(old.term.number)}届的代表团和选区"
    record(actor, f"seat:{seat.id}", "seat.added", {"again": old.public_id}, said)


def _members_again(term: Term, group: Group) -> None:
    """Members who have a seat again stay; conveners are chosen anew (代表法 27)."""
    again = select(Seat.id, Seat.person_id).where(Seat.term_id == term.id)
    seats = {person: key for key, person in db.session.execute(again)}
    members = select(GroupMember, Seat.person_id).join(Seat, Seat.id == GroupMember.seat_id)
    rows = db.session.execute(members.where(GroupMember.group_id == group.id, Seat.term_id != term.id)).all()
    there = set(db.session.scalars(select(GroupMember.seat_id).where(GroupMember.group_id == group.id)))
    for _, person in rows:
        if person in seats and seats[person] not in there:
            db.session.add(GroupMember(group_id=group.id, seat_id=seats[person]))
            there.add(seats[person])
