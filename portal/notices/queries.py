"""Questions about notices and receipts. Every read goes through `visible_to(actor)`, one SQL condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql import false

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Body, Person
from portal.accounts.statements import numbers, per_role
from portal.congress.audience import WITH_PARTS
from portal.congress.directory import named
from portal.core.db import db
from portal.core.errors import NotFound
from portal.notices.models import Notice, NoticePaper, Receipt
from portal.notices.workflow import RECEIPT

PAGE = 50
OWN = aliased(Receipt, name="own")
INVITED = (p.DEPUTY, p.COMMITTEE, p.SC_MEMBER, p.LEADER)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the office all of its own; others what was sent to them, withdrawn ones included."""
    if actor.is_a(p.CLERK):
        return Notice.congress_id == actor.congress_id
    if not actor.is_a(*INVITED):
        return false()
    sent = select(OWN.notice_id).where(OWN.capacity_id == actor.capacity_id)
    return and_(Notice.published_at.is_not(None), Notice.id.in_(sent))


def get_visible(actor: Actor, public_id: str) -> Notice:
    """The notice with what its page shows; raises NotFound."""
    found = db.session.scalars(_whole(actor), {"id": public_id, **numbers(actor)}).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


def get_bare(actor: Actor, public_id: str) -> Notice:
    """The notice alone, for pages about its receipts; raises NotFound."""
    found = db.session.scalars(select(Notice).where(Notice.public_id == public_id, visible_to(actor))).one_or_none()
    if found is None:
        raise NotFound()
    return found


@per_role
def _whole(asking: Actor) -> Select[Any]:
    return (
        select(Notice)
        .where(Notice.public_id == bindparam("id"), visible_to(asking))
        .options(
            joinedload(Notice.audience).options(WITH_PARTS),
            selectinload(Notice.papers).joinedload(NoticePaper.document),
        )
    )


def own_receipt(actor: Actor, notice: Notice) -> Receipt | None:
    """The reader's own receipt for it."""
    mine = Receipt.notice_id == notice.id, Receipt.capacity_id == actor.capacity_id
    return db.session.scalars(select(Receipt).where(*mine)).one_or_none()


def get_receipt(actor: Actor, public_id: str) -> Receipt:
    """One's own receipt, to act on; raises NotFound."""
    mine = Receipt.public_id == public_id, Receipt.capacity_id == actor.capacity_id
    found = db.session.scalars(select(Receipt).where(*mine).options(joinedload(Receipt.notice))).one_or_none()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Line:
    """One row of a list; `mine` is the reader's receipt's state; `read` of `sent` for the office."""

    notice: Notice
    mine: str | None
    sent: int
    read: int


def listed(actor: Actor, words: str = "", after: int = 0) -> list[Line]:
    """Notices, the newest first, drafts on top."""
    found = select(Notice, OWN.state).outerjoin(
        OWN, and_(OWN.notice_id == Notice.id, OWN.capacity_id == actor.capacity_id)
    )
    found = found.where(visible_to(actor))
    if words:
        found = found.where(Notice.title.contains(words, autoescape=True))
    drafts = Notice.published_at.is_not(None)
    ordered = found.order_by(drafts, Notice.published_at.desc(), Notice.id.desc()).offset(after).limit(PAGE + 1)
    rows = db.session.execute(ordered).all()
    counts = _counts([notice.id for notice, _ in rows]) if actor.is_a(p.CLERK) else {}
    return [Line(notice, mine, *counts.get(notice.id, (0, 0))) for notice, mine in rows]


def _counts(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = db.session.execute(
        select(Receipt.notice_id, func.count(), func.count(Receipt.read_at))
        .where(Receipt.notice_id.in_(ids))
        .group_by(Receipt.notice_id)
    ).all()
    return {notice_id: (sent, read) for notice_id, sent, read in rows}


@per_role
def _unread(asking: Actor) -> Any:
    """Published, to be read; or read, and an answer is still asked for."""
    waits = or_(OWN.state == "unread", and_(OWN.state == "read", Notice.answers))
    return (
        select(Notice, OWN.state)
        .join(OWN, OWN.notice_id == Notice.id)
        .where(OWN.capacity_id == asking.capacity_id, Notice.state == "published", waits)
        .order_by(Notice.published_at.desc())
        .limit(3)
    )


def unread(actor: Actor) -> list[tuple[Notice, str]]:
    """What this reader has not read or answered yet, for the start page, in one statement."""
    return [(row[0], row[1]) for row in db.session.execute(_unread(actor), numbers(actor))]


@dataclass(frozen=True)
class Count:
    """How one delegation stands: how many of each state."""

    delegation: str
    by_state: dict[str, int]

    @property
    def sent(self) -> int:
        return sum(self.by_state.values())

    def of(self, *states: str) -> int:
        return sum(self.by_state.get(state, 0) for state in states)


def by_delegation(notice: Notice) -> list[Count]:
    """Receipts counted by delegation, in the office's order; those without one come last."""
    rows = db.session.execute(
        select(Receipt.delegation_id, Body.name, Body.short_name, Receipt.state, func.count())
        .outerjoin(Body, Body.id == Receipt.delegation_id)
        .where(Receipt.notice_id == notice.id)
        .group_by(Receipt.delegation_id, Body.name, Body.short_name, Receipt.state, Body.order)
        .order_by(Receipt.delegation_id.is_(None), Body.order, Receipt.delegation_id)
    ).all()
    found: dict[int | None, Count] = {}
    for key, name, short, state, number in rows:
        found.setdefault(key, Count(short or name or "其他", {})).by_state[state] = number
    return list(found.values())


def receipts(notice: Notice, words: str = "", state: str = "", after: int = 0, most: int | None = PAGE + 1) -> Any:
    """Receipts with their persons: by delegation and pinyin; `words` is a name or its pinyin. `most` None is all."""
    wanted = select(Receipt).join(Person, Person.id == Receipt.person_id).where(Receipt.notice_id == notice.id)
    wanted = wanted.outerjoin(Body, Body.id == Receipt.delegation_id)
    if words:
        wanted = wanted.where(named(words))
    if state in RECEIPT.states:
        wanted = wanted.where(Receipt.state == state)
    loaded = wanted.options(joinedload(Receipt.person), joinedload(Receipt.delegation), joinedload(Receipt.capacity))
    order = Receipt.delegation_id.is_(None), Body.order, Person.sort_name, Receipt.id
    return db.session.scalars(loaded.order_by(*order).offset(after).limit(most)).all()
