"""What the start pages ask of the other domains."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.statements import numbers, per_role
from portal.congress.models import Congress, Seat
from portal.contacts import queries as contacts
from portal.contacts.models import ContactRecord
from portal.contacts.workflow import CONTACT_RECORD
from portal.core import clock
from portal.core.db import db
from portal.core.workflow import Step
from portal.matters import queries as matter_queries
from portal.matters import views as matters
from portal.matters.models import Matter
from portal.notifications import queries as notifications
from portal.stations import message_queries as messages
from portal.stations.message_models import Message
from portal.stations.message_workflow import MESSAGE
from portal.suggestions import queries as suggestions
from portal.suggestions import views
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK

WAITING_AT_MOST = 60
TITLE_MOST = 30
OVERSEEN = ("dispatch", "approve_return", "grant_extension")
OPEN_TASKS = ("pending", "handling", "reply_drafted", "replied", "return_requested")


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the reader: what to do, on what, until when."""

    act: str
    step: str
    title: str
    number: str
    url: str
    chip: views.Chip | None
    due: date | None
    who: str


def around(actor: Actor) -> tuple[str, str, int, dict[str, int]]:
    """What stands around every page, in one statement: the office's name and telephone (of the reader's own congress,
    else of the deployment's first one), the reader's unread lines, and what lies on a clerk's desks."""
    found = dict(db.session.execute(_around(actor), numbers(actor)).one()._mapping)
    return found.pop("office") or "代表履职", found.pop("phone") or "", found.pop("unread"), found


@per_role
def _around(asking: Actor) -> Select[Any]:
    here = Congress.id == func.coalesce(asking.congress_id, Congress.id)
    statement: Select[Any] = suggestions.counts(asking) if asking.role in suggestions.COUNTED else select()
    for name, column in (("office", Congress.office_name), ("phone", Congress.help_line)):
        first = select(column).where(here).order_by(Congress.id).limit(1)
        statement = statement.add_columns(first.correlate(None).scalar_subquery().label(name))
    if asking.role in matters.KEEPERS:
        new = matter_queries.counting_new(asking).correlate(None)
        received = messages.counting_received(asking).correlate(None)
        statement = statement.add_columns(new.scalar_subquery().label("matters"))
        statement = statement.add_columns(received.scalar_subquery().label("messages"))
    unread = notifications.counting_unread(asking.person_id)  # type: ignore[arg-type]
    return statement.add_columns(unread.correlate(None).scalar_subquery().label("unread"))


def desk_counts(actor: Actor) -> dict[str, int]:
    """What lies on a clerk's desks."""
    return around(actor)[3]


def waiting(actor: Actor) -> list[Waiting]:
    """What waits for this actor in this capacity, the most urgent first, read from the step tables."""
    found: list[Waiting] = []
    for suggestion in _candidates(actor):
        found += [_of_suggestion(step, suggestion) for step in SUGGESTION.waiting(actor, suggestion)]
        for signature in suggestion.signatures:
            found += [_of_signature(step, suggestion) for step in SIGNATURE.waiting(actor, signature)]
        for task in suggestion.tasks:
            found += [_of_task(step, suggestion, task) for step in UNIT_TASK.waiting(actor, task)]
    found += [_of_matter(step, matter) for step, matter in matters.waiting(actor)]
    found += [_of_message(one) for one in messages.waiting(actor)]
    found += [_of_contact(one) for one in contacts.waiting(actor)]
    return sorted(found, key=lambda one: (one.due is None, one.due or date.max, one.number))


def _candidates(actor: Actor) -> Sequence[Suggestion]:
    return db.session.scalars(_waiting(actor), numbers(actor)).unique().all()


@per_role
def _waiting(asking: Actor) -> Select[Any]:
    return (
        select(Suggestion)
        .where(suggestions.visible_to(asking), _may_wait(asking))
        .options(
            *suggestions.WITH_PACK,
            joinedload(Suggestion.lead_seat).joinedload(Seat.person),
            selectinload(Suggestion.signatures),
            selectinload(Suggestion.tasks).options(*suggestions.TASK_WHOLE),
            suggestions.WITH_FACTS,
        )
        .order_by(Suggestion.id)
        .limit(WAITING_AT_MOST)
    )


def _may_wait(actor: Actor) -> Any:
    live = UnitTask.ended_as.is_(None), UnitTask.state.in_(OPEN_TASKS)
    open_tasks, here = select(UnitTask.suggestion_id).where(*live), [UnitTask.suggestion_id == Suggestion.id]
    if actor.is_a(p.HANDLER, p.SIGNER):
        return Suggestion.id.in_(open_tasks.where(UnitTask.unit_id == actor.unit_id))
    if actor.is_a(p.SECTION):
        return Suggestion.id.in_(open_tasks.where(UnitTask.section_id == actor.body_id))
    if actor.is_a(p.DELEGATION):
        return and_(Suggestion.state == "submitted", Suggestion.checked_at.is_(None))
    if actor.is_a(p.CLERK):
        waits = Suggestion.state.in_(("submitted", "admitted"))
        reviewed = and_(Suggestion.state == "replied", suggestions.dissatisfied())
        return or_(waits, suggestions.to_decide(), reviewed)
    if actor.is_a(p.GOV_OFFICE):
        passed_on = open_tasks.where(*here, UnitTask.state == "pending", UnitTask.dispatched_on.is_(None))
        return or_(passed_on.exists(), suggestions.to_decide())
    invited = select(Signature.id).where(
        Signature.suggestion_id == Suggestion.id, Signature.seat_id == actor.capacity_id, Signature.state == "invited"
    )
    own = or_(Suggestion.lead_seat_id == actor.capacity_id, suggestions.stands_in(actor))
    return or_(and_(own, open_tasks.where(*here).exists()), invited.exists())


def _of_suggestion(step: Step, suggestion: Suggestion) -> Waiting:
    due = suggestion.assign_due if step.name in ("admit", "assign") else None
    return _line(step, suggestion, views.anchor(step.name), due, False, _lead(suggestion))


def _of_signature(step: Step, suggestion: Suggestion) -> Waiting:
    return _line(step, suggestion, "co-sign", None, False, _lead(suggestion))


def _of_task(step: Step, suggestion: Suggestion, task: UnitTask) -> Waiting:
    rating = step.name == "rate"
    contact = step.name == "confirm_contact"
    due = None if contact else task.feedback_due if rating else task.due
    who = task.unit.called if rating or contact or step.name in OVERSEEN else _lead(suggestion)
    return _line(step, suggestion, views.anchor(step.name, task), due, task.due_provisional, who)


def _line(step: Step, item: Suggestion, anchor: str, due: date | None, provisional: bool, who: str) -> Waiting:
    chip = views.due_chip(due, provisional, clock.today(), item.pack.ladder) if due else None
    url = f"{item.address}#{anchor}"
    return Waiting(step.waits, step.name, item.title, item.number_text or "", url, chip, due, who)


def _of_matter(step: Step, matter: Matter) -> Waiting:
    due = matter.due
    chip = views.due_chip(due, matter.due_provisional, clock.today(), matter.pack.ladder) if due else None
    url = f"{matter.address}#act-{step.name}"
    return Waiting(step.waits, step.name, matter.title, "", url, chip, due, matter.keeper.called)


def _of_message(message: Message) -> Waiting:
    step = MESSAGE.steps["release"]
    title = message.text[:TITLE_MOST] or "一段录音"
    return Waiting(step.waits, step.name, title, "", message.address, None, None, message.station.called)


def _of_contact(record: ContactRecord) -> Waiting:
    step = CONTACT_RECORD.steps["confirm"]
    return Waiting(step.waits, step.name, record.topic, "", f"{record.address}#check", None, None, record.near)


def _lead(suggestion: Suggestion) -> str:
    return suggestion.lead_seat.person.name if suggestion.lead_seat else ""


def recent(actor: Actor, most: int = 6) -> list[suggestions.Line]:
    """The reader's newest suggestions, for the start page."""
    return suggestions.listed(actor, suggestions.Wanted(), most)[:most]
