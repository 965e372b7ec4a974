"""Campaigns in figures, as of any cut-off day: what was recorded by its end, and nothing later (settled A55, A61)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.congress.models import Seat
from portal.contacts.models import Campaign, ContactRecord, Problem, RecordAnswer
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.matters.models import MatterEntry

SOLVED = "solved"
SHOWN_AT_MOST = 500
LISTS = ("deputies", "records", "problems", "solved")


@dataclass(frozen=True)
class Figures:
    """The four counters: deputies taking part (heads, and how many visits), voters met (人次), problems, solved."""

    deputies: int
    visits: int
    voters: int
    problems: int
    solved: int


def end_of(day: date) -> datetime:
    """The moment at which a cut-off day is over."""
    return datetime.combine(day + timedelta(days=1), time(), clock.OFFICE_ZONE)


def counted(campaign_id: int, day: date) -> ColumnElement[bool]:
    """SQL: the campaign's records that stood at the end of `day`: filed by then and not disputed by then."""
    until = end_of(day)
    denied = exists().where(
        RecordAnswer.record_id == ContactRecord.id, RecordAnswer.confirmed.is_(False), RecordAnswer.created_at < until
    )
    filed = and_(ContactRecord.campaign_id == campaign_id, ContactRecord.filed_at < until)
    return and_(filed, ~denied.correlate(ContactRecord))


def solved_by(day: date) -> ColumnElement[bool]:
    """SQL: the last word on the problem's matter by the end of `day` is that it is solved; reopened is not solved."""
    until = end_of(day)
    word, later = aliased(MatterEntry, name="word"), aliased(MatterEntry, name="later")

    def speaks(entry: Any) -> Any:
        return and_(
            entry.matter_id == Problem.matter_id,
            entry.created_at < until,
            or_(entry.outcome.is_not(None), entry.step == "reopen"),
        )

    superseded = exists().where(speaks(later), later.id > word.id).correlate(word, Problem)
    return exists().where(speaks(word), word.outcome == SOLVED, word.step != "reopen", ~superseded).correlate(Problem)


def figures(campaign_id: int, day: date) -> Figures:
    """The counters at the end of `day`, in two statements."""
    stands = counted(campaign_id, day)
    deputies, visits, voters = db.session.execute(
        select(func.count(Seat.person_id.distinct()), func.count(ContactRecord.id), func.sum(ContactRecord.persons))
        .join(Seat, Seat.id == ContactRecord.seat_id)
        .where(stands)
    ).one()
    problems, solved = db.session.execute(
        select(func.count(Problem.id), func.count(Problem.id).filter(solved_by(day)))
        .join(ContactRecord, ContactRecord.id == Problem.record_id)
        .where(stands)
    ).one()
    return Figures(deputies, visits, voters or 0, problems, solved)


def behind(campaign_id: int, day: date, which: str) -> Sequence[Any]:
    """The list behind one of the counters; its length, or the sum of its persons, is the figure. Raises NotFound."""
    stands = counted(campaign_id, day)
    if which == "deputies":
        rows = (
            select(Person.name, func.count(ContactRecord.id), func.sum(ContactRecord.persons))
            .join(Seat, Seat.id == ContactRecord.seat_id)
            .join(Person, Person.id == Seat.person_id)
            .where(stands)
            .group_by(Person.id, Person.name, Person.sort_name)
            .order_by(Person.sort_name, Person.id)
        )
        return db.session.execute(rows.limit(SHOWN_AT_MOST)).all()
    if which == "records":
        shown = select(ContactRecord).where(stands).options(joinedload(ContactRecord.seat).joinedload(Seat.person))
        ordered = shown.options(joinedload(ContactRecord.group)).order_by(ContactRecord.id)
        return db.session.scalars(ordered.limit(SHOWN_AT_MOST)).unique().all()
    if which not in LISTS:
        raise NotFound()
    here = select(Problem, solved_by(day)).join(ContactRecord, ContactRecord.id == Problem.record_id).where(stands)
    if which == "solved":
        here = here.where(solved_by(day))
    loaded = here.options(joinedload(Problem.record).joinedload(ContactRecord.seat).joinedload(Seat.person))
    ordered_problems = loaded.options(joinedload(Problem.matter)).order_by(Problem.id).limit(SHOWN_AT_MOST)
    return db.session.execute(ordered_problems).unique().all()


def listed(actor: Actor) -> Sequence[Campaign]:
    """The campaigns of the congress, the latest first."""
    here = select(Campaign).where(Campaign.congress_id == actor.congress_id)
    return db.session.scalars(here.order_by(Campaign.starts_on.desc(), Campaign.id.desc())).all()


def get(actor: Actor, public_id: str) -> Campaign:
    """One campaign of the actor's congress; raises NotFound."""
    wanted = Campaign.public_id == public_id, Campaign.congress_id == actor.congress_id
    found = db.session.scalars(select(Campaign).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound()
    return found
