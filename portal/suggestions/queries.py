"""Questions about suggestions. Every read goes through `visible_to(actor)`, one SQL condition; never by a bare id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload, undefer_group, with_polymorphic
from sqlalchemy.sql import false, true, union_all

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Body, Person
from portal.accounts.statements import numbers, per_role
from portal.congress.models import Congress, Seat, Unit
from portal.congress.pack_models import RulePackVersion
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.suggestions.fact_models import Fact, Rating, Reply
from portal.suggestions.handling_models import GONE, UnitTask
from portal.suggestions.lateness import just_late, late
from portal.suggestions.models import ArchiveFacts, Attachment, Signature, Suggestion
from portal.suggestions.rules import DISSATISFIED, leads_over

PAGE = 50
SIGNED = ("invited", "confirmed")
# Made once: an alias copies every column of its table.
UNIT, DELEGATION = aliased(Body, name="unit"), aliased(Body, name="delegation")
TASK, LATER = aliased(UnitTask, name="task"), aliased(Rating, name="later")
OWN = aliased(Suggestion, name="own")


WITH_PACK = (
    joinedload(Suggestion.pack_version).load_only(RulePackVersion.digest),
    joinedload(Suggestion.congress).joinedload(Congress.pack_version).load_only(RulePackVersion.digest),
)
TASK_WHOLE = (
    joinedload(UnitTask.handling),
    joinedload(UnitTask.unit.of_type(Unit)),  # with the columns that only units have: who may do what asks them
    joinedload(UnitTask.draft),
)
FACT = with_polymorphic(Fact, "*")
# No page shows more of a scan than that it is there; joined, it is set up anew for each kind of fact.
WITH_FACTS = selectinload(Suggestion.facts.of_type(FACT)).lazyload(FACT.document)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the suggestions this actor may read (domain §2.13). What is not visible does not exist for them."""
    rule = _VISIBLE.get(actor.role)
    return rule(actor) if rule else false()


def _to_deputy(actor: Actor) -> ColumnElement[bool]:
    asked = Signature.seat_id == actor.capacity_id, Signature.state.in_(SIGNED)
    signed = select(Signature.suggestion_id).where(*asked)
    own = select(OWN.id).where(OWN.lead_seat_id == actor.capacity_id, OWN.discarded_at.is_(None))
    return Suggestion.id.in_(union_all(own, signed))  # by index; an OR of the two would walk through the whole table


def stands_in(actor: Actor) -> ColumnElement[bool]:
    """SQL: the actor co-signed, and the lead's seat was vacated; whether it is they who rate, rules.rater_seat says."""
    mine = Signature.seat_id == actor.capacity_id, Signature.state == "confirmed"
    signed = exists().where(Signature.suggestion_id == Suggestion.id, *mine).correlate(Suggestion)
    gone = Seat.id == Suggestion.lead_seat_id, Seat.moved_out_on <= clock.today()
    return and_(signed, exists().where(*gone).correlate(Suggestion))


def _to_clerk(actor: Actor) -> ColumnElement[bool]:
    # What was sent back stays in sight: a colleague at the same moment must be told so, and the desk waits for it.
    handed_in = or_(Suggestion.state != "draft", Suggestion.submitted_at.is_not(None))
    return and_(Suggestion.congress_id == actor.congress_id, handed_in)


def _to_delegation(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Suggestion.delegation_id == actor.body_id, Suggestion.session_id.is_not(None), Suggestion.state != "draft"
    )


def _to_gov_office(actor: Actor) -> ColumnElement[bool]:
    part = UnitTask.suggestion_id == Suggestion.id, UnitTask.unit_id == Unit.id, _held()
    government = exists().where(*part, Unit.organ == "government").correlate(Suggestion)
    return and_(Suggestion.congress_id == actor.congress_id, government)


def _to_unit(actor: Actor) -> ColumnElement[bool]:
    mine = UnitTask.unit_id == actor.unit_id, _held()
    return Suggestion.id.in_(select(UnitTask.suggestion_id).where(*mine))


def _to_section(actor: Actor) -> ColumnElement[bool]:
    mine = UnitTask.suggestion_id == Suggestion.id, UnitTask.section_id == actor.body_id, _held()
    return exists().where(*mine).correlate(Suggestion)


def _held() -> ColumnElement[bool]:
    """SQL: the part is the unit's own still, or ended in a way that leaves it on the unit's record."""
    return or_(UnitTask.ended_as.is_(None), UnitTask.ended_as.not_in(GONE))


def _to_leader(actor: Actor) -> ColumnElement[bool]:
    return and_(Suggestion.congress_id == actor.congress_id, Suggestion.admitted_on.is_not(None))


def _to_committee(actor: Actor) -> ColumnElement[bool]:
    part = UnitTask.suggestion_id == Suggestion.id, UnitTask.unit_id == Unit.id, _held()
    counterpart = exists().where(*part, Unit.committee_id == actor.body_id).correlate(Suggestion)
    return and_(Suggestion.congress_id == actor.congress_id, counterpart)


_VISIBLE = {
    p.DEPUTY: _to_deputy,
    p.CLERK: _to_clerk,
    p.DELEGATION: _to_delegation,
    p.GOV_OFFICE: _to_gov_office,
    p.HANDLER: _to_unit,
    p.SIGNER: _to_unit,
    p.SECTION: _to_section,
    p.LEADER: _to_leader,
    p.SC_MEMBER: _to_leader,
    p.COMMITTEE: _to_committee,
}


def get_visible(actor: Actor, public_id: str) -> Suggestion:
    """The suggestion with everything its page shows, in a constant number of statements; raises NotFound."""
    found = db.session.scalars(_whole(actor), {"id": public_id, **numbers(actor)})
    suggestion = found.unique().one_or_none()
    if suggestion is None:
        raise NotFound()
    return suggestion


@per_role
def _whole(asking: Actor) -> Select[Any]:
    return (
        select(Suggestion)
        .where(Suggestion.public_id == bindparam("id"), visible_to(asking))
        .options(
            undefer_group("text"),
            *WITH_PACK,
            joinedload(Suggestion.delegation),
            joinedload(Suggestion.preferred_unit.of_type(Unit)),
            joinedload(Suggestion.archive),
            joinedload(Suggestion.lead_seat).joinedload(Seat.person),
            joinedload(Suggestion.signatures).joinedload(Signature.seat).joinedload(Seat.person),
            joinedload(Suggestion.attachments).joinedload(Attachment.document),
            selectinload(Suggestion.tasks).options(*TASK_WHOLE),
            WITH_FACTS,
        )
    )


def get_task(actor: Actor, public_id: str) -> UnitTask:
    """One unit's task to act on; units reach only their own, and who leads what its assists gave; raises NotFound."""
    task = visible_task(actor, public_id)
    if leads_over(actor, task):
        return task
    if actor.role in (p.HANDLER, p.SIGNER) and task.unit_id != actor.unit_id:
        raise NotFound()
    if actor.role == p.SECTION and task.section_id != actor.body_id:
        raise NotFound()
    return task


def visible_task(actor: Actor, public_id: str) -> UnitTask:
    """A task of a visible suggestion, for reading only; raises NotFound."""
    statement = select(UnitTask).join(Suggestion).where(UnitTask.public_id == public_id, visible_to(actor))
    task = db.session.scalars(statement).one_or_none()
    if task is None:
        raise NotFound()
    return task


def get_signature(actor: Actor, public_id: str) -> Signature:
    """A signature of a visible suggestion; raises NotFound."""
    statement = select(Signature).join(Suggestion).where(Signature.public_id == public_id, visible_to(actor))
    signature = db.session.scalars(statement).one_or_none()
    if signature is None:
        raise NotFound()
    return signature


def by_link(actor: Actor, token: str) -> Suggestion:
    """The draft that a deputy of the same congress opened through its lead's link; raises NotFound."""
    suggestion = db.session.scalars(
        select(Suggestion).where(
            Suggestion.link_token == token,
            Suggestion.congress_id == actor.congress_id,
            Suggestion.discarded_at.is_(None),
            or_(Suggestion.state == "draft", visible_to(actor)),
        )
    ).one_or_none()
    if suggestion is None or actor.role != p.DEPUTY:
        raise NotFound()
    return suggestion


class Line(NamedTuple):
    """One row of a list: plain values in the order of LINES, no entity, no body text."""

    public_id: str
    state: str
    number_text: str | None
    title: str
    lead: str | None
    delegation: str | None
    submitted: Any
    units: str
    due: date | None
    provisional: bool
    grade: str | None
    closed_as: str | None
    pack_version_id: int | None
    key: int


def dissatisfied() -> ColumnElement[bool]:
    """SQL: the last rating of some reply is 不满意; the item waits in the clerk's 待研究."""
    later = LATER
    superseded = exists().where(later.task_id == Rating.task_id, later.id > Rating.id).correlate(Rating)
    return (
        exists()
        .where(
            UnitTask.suggestion_id == Suggestion.id,
            Rating.task_id == UnitTask.id,
            or_(Rating.attitude == DISSATISFIED, Rating.result == DISSATISFIED),
            ~superseded,
        )
        .correlate(Suggestion)
    )


def undecided(kind: str, answered_by: str) -> ColumnElement[bool]:
    """SQL: a request of that kind waits for its decision (return, extension, coord: fact_models)."""
    asked, answer = aliased(Fact, name=f"{kind}_asked"), aliased(Fact, name=f"{kind}_answer")
    settled = exists().where(answer.about_id == asked.id, answer.kind == answered_by).correlate(asked)
    return exists().where(asked.suggestion_id == Suggestion.id, asked.kind == kind, ~settled).correlate(Suggestion)


def to_decide() -> ColumnElement[bool]:
    """SQL: a return, an extension or a coordination waits for the office; or both sides have to be convened."""
    under_way = Suggestion.state.in_(("assigned", "rehandling"))
    asked = [undecided("return", "returned"), undecided("extension", "extended"), undecided("coord", "decided")]
    return or_(Suggestion.state == "second_dissatisfied", and_(under_way, or_(*asked)))


def checked() -> ColumnElement[bool]:
    """SQL: nothing of the delegation's is outstanding."""
    return or_(Suggestion.session_id.is_(None), Suggestion.checked_at.is_not(None))


DESKS: Mapping[str, Any] = {
    "screening": lambda: and_(Suggestion.state == "submitted", checked()),
    "unchecked": lambda: and_(Suggestion.state == "submitted", ~checked()),
    "assigning": lambda: Suggestion.state == "admitted",
    "handling": lambda: Suggestion.state.in_(("assigned", "rehandling")),
    "deciding": to_decide,
    "reviewing": lambda: and_(Suggestion.state == "replied", dissatisfied()),
    "just_late": just_late,
    "late": late,
    "answered": lambda: Suggestion.state.in_(("replied", "closed")),
    "drafts": lambda: Suggestion.state == "draft",
    "all": lambda: true(),
}


COUNTED: Mapping[str, tuple[str, ...]] = {
    p.CLERK: ("screening", "assigning", "handling", "just_late", "deciding", "reviewing"),
    p.GOV_OFFICE: ("just_late",),
}
UNDER_WAY = ("submitted", "admitted", "assigned", "replied", "rehandling", "second_dissatisfied")


def counts(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What lies on each desk of who has desks, one column a desk; equal to the lengths of the desks' lists."""
    columns = [func.count().filter(DESKS[name]()).label(name) for name in COUNTED[actor.role]]
    # Named once more, so that an index finds what is under way and what is closed is not looked at.
    return select(*columns).select_from(Suggestion).where(visible_to(actor), Suggestion.state.in_(UNDER_WAY))


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for: a desk, words in title or number, a state, a unit, and where the page starts."""

    desk: str = "all"
    words: str = ""
    state: str = ""
    grade: str = ""
    unit: str = ""
    after: int | None = None
    oldest_first: bool = False


def listed(actor: Actor, wanted: Wanted, size: int = PAGE) -> list[Line]:
    """One page of lines (one more than `size` when there is a next page), in one statement."""
    desk = wanted.desk if wanted.desk in DESKS else "all"
    statement = _narrowed(_page(actor, desk, wanted.oldest_first), wanted)
    if wanted.after is not None:
        beyond = Suggestion.id > wanted.after if wanted.oldest_first else Suggestion.id < wanted.after
        statement = statement.where(beyond)
    return [Line._make(row) for row in db.session.execute(statement, {"most": size + 1, **numbers(actor)})]


@per_role
def _page(asking: Actor, desk: str, oldest_first: bool) -> Select[Any]:
    order = Suggestion.id.asc() if oldest_first else Suggestion.id.desc()
    lines = LINES.where(visible_to(asking), DESKS[desk]())
    return lines.order_by(order).limit(bindparam("most", type_=Integer()))


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.words:
        statement = statement.where(_mentions(wanted.words))
    if wanted.state:
        statement = statement.where(Suggestion.state == wanted.state)
    if wanted.grade:
        statement = statement.where(Suggestion.grade == wanted.grade)
    if wanted.unit:
        has = exists().where(
            UnitTask.suggestion_id == Suggestion.id, UnitTask.unit_id == Body.id, Body.public_id == wanted.unit
        )
        statement = statement.where(has.correlate(Suggestion))
    return statement


def _mentions(words: str) -> ColumnElement[bool]:
    """SQL: title, number, proposer (also in pinyin) or a unit bears the words; % and _ are plain characters."""
    places = (
        Suggestion.title,
        Suggestion.number_text,
        Person.name,
        ArchiveFacts.proposer_text,
        ArchiveFacts.units_text,
    )
    found = [place.contains(words, autoescape=True) for place in places]
    spelt = func.replace(Person.sort_name, " ", "").contains(words.lower().replace(" ", ""), autoescape=True)
    task = UnitTask.suggestion_id == Suggestion.id, UnitTask.unit_id == Body.id
    named = or_(Body.name.contains(words, autoescape=True), Body.short_name.contains(words, autoescape=True))
    units = exists().where(*task, named).correlate(Suggestion)
    return or_(*found, spelt, units) if words.isascii() else or_(*found, units)


def _lines() -> Any:
    unit, task, delegation = UNIT, TASK, DELEGATION
    words = func.coalesce(unit.short_name, unit.name)
    joined = func.aggregate_strings(words, "、")
    live = and_(task.suggestion_id == Suggestion.id, task.ended_as.is_(None))
    units = select(joined).where(live, unit.id == task.unit_id).correlate(Suggestion).scalar_subquery()
    open_due = and_(live, task.state.not_in(("replied", "done")), task.role != "assist")
    due = select(func.min(task.due)).where(open_due).correlate(Suggestion).scalar_subquery()
    shaky = exists().where(open_due, task.due_provisional).correlate(Suggestion)
    lead = func.coalesce(Person.name, ArchiveFacts.proposer_text)
    return (
        select(
            Suggestion.public_id,
            Suggestion.state,
            Suggestion.number_text,
            Suggestion.title,
            lead.label("lead"),
            delegation.name.label("delegation"),
            Suggestion.submitted_at.label("submitted"),
            func.coalesce(units, ArchiveFacts.units_text, "").label("units"),
            due.label("due"),
            shaky.label("provisional"),
            func.coalesce(Suggestion.grade, ArchiveFacts.grade_text).label("grade"),
            Suggestion.closed_as,
            Suggestion.pack_version_id,
            Suggestion.id.label("key"),
        )
        .join(Seat, Seat.id == Suggestion.lead_seat_id, isouter=True)
        .join(Person, Person.id == Seat.person_id, isouter=True)
        .join(delegation, delegation.id == Suggestion.delegation_id, isouter=True)
        .join(ArchiveFacts, ArchiveFacts.suggestion_id == Suggestion.id, isouter=True)
    )


LINES = _lines()


def reply_of(actor: Actor, public_id: str) -> Reply:
    """A signed reply of a visible suggestion; assisting units do not read replies of others' before they are sent."""
    statement = (
        select(Reply)
        .join(UnitTask, UnitTask.id == Reply.task_id)
        .join(Suggestion, Suggestion.id == UnitTask.suggestion_id)
        .where(Reply.public_id == public_id, visible_to(actor))
    )
    reply = db.session.scalars(statement).one_or_none()
    if reply is None:
        raise NotFound()
    return reply
