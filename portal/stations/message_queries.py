"""Questions about messages. Every read by staff goes through `visible_to(actor)`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import false

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.congress.models import Congress
from portal.congress.pack import Pack
from portal.congress.rulepacks import pack_of_version
from portal.core.db import db
from portal.core.errors import NotFound
from portal.matters import seams
from portal.matters.models import Matter
from portal.stations import message_rules as rules
from portal.stations.message_models import Message, MessageFile
from portal.stations.models import Station

PAGE = 50
WAITING_AT_MOST = 20
DESKS = ("received", "quarantined", "released")


def pack_at(station: Station) -> Pack:
    """The rules in force today in the congress that keeps the station."""
    congress = db.session.get_one(Congress, station.congress_id)
    if congress.pack_version is None:
        raise LookupError("the congress has no rule pack")
    return pack_of_version(congress.pack_version)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the messages this actor may read: those of their own station, or of the commission's stations."""
    if actor.role == p.STATION:
        return Message.station_id == actor.body_id
    if actor.role == p.CLERK:
        return Message.station_id.in_(select(Station.id).where(Station.congress_id == actor.congress_id))
    return false()


def get_visible(actor: Actor, public_id: str) -> Message:
    """The message with all that its page shows; raises NotFound."""
    found = db.session.scalars(
        select(Message)
        .where(Message.public_id == public_id, visible_to(actor))
        .options(
            joinedload(Message.station),
            joinedload(Message.reception),
            joinedload(Message.matter),
            joinedload(Message.looked_by),
            joinedload(Message.files).joinedload(MessageFile.document),
        )
    )
    message = found.unique().one_or_none()
    if message is None:
        raise NotFound()
    return message


def listed(actor: Actor, desk: str, after: int | None = None) -> Sequence[Message]:
    """One page of messages and one more: what waits longest first, what was decided newest first."""
    wanted = desk if desk in DESKS else "received"
    oldest = wanted == "received"
    statement = (
        select(Message)
        .where(visible_to(actor), Message.state == wanted)
        .options(joinedload(Message.station), joinedload(Message.reception), selectinload(Message.files))
        .order_by(Message.id.asc() if oldest else Message.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        statement = statement.where(Message.id > after if oldest else Message.id < after)
    return db.session.scalars(statement).unique().all()


def counts(actor: Actor) -> Mapping[str, int]:
    """How many lie on each desk."""
    columns = [func.count().filter(Message.state == name).label(name) for name in DESKS]
    row = db.session.execute(select(*columns).select_from(Message).where(visible_to(actor))).one()
    return dict(row._mapping)


def waiting(actor: Actor) -> Sequence[Message]:
    """What station staff have to look at, the longest waiting first; the commission sees it on its own desk."""
    return listed(actor, "received")[:WAITING_AT_MOST] if actor.role == p.STATION else ()


def counting_received(asking: Actor) -> Select[Any]:
    """The statement that counts what waits to be looked at, for the menu."""
    return select(func.count(Message.id)).where(visible_to(asking), Message.state == "received")


def bookings(reception_ids: Sequence[int]) -> Mapping[int, int]:
    """How many places were booked for each of these receptions; what was put aside does not count."""
    rows = db.session.execute(
        select(Message.reception_id, func.count(Message.id))
        .where(Message.reception_id.in_(list(reception_ids)), Message.state != "quarantined")
        .group_by(Message.reception_id)
    )
    return {reception: many for reception, many in rows if reception is not None}


def origin(actor: Actor, message_id: int) -> seams.Link | None:
    """The message behind a matter, with its page for who keeps it."""
    message = db.session.scalars(
        select(Message).where(Message.id == message_id).options(joinedload(Message.station))
    ).one_or_none()
    if message is None:
        return None
    told = f"群众评价：{rules.RATINGS[message.rating]}" if message.rating else "扫码留言"
    return seams.Link("群众的留言", told, message.address if rules.keeps(actor, message) else "")


@dataclass(frozen=True)
class Followed:
    """What whoever holds the tracking code is shown: how far it is, and the word back; never who has looked at it."""

    station: Station
    left_on: Any
    words: str
    light: str
    detail: str
    answer: str
    answered_on: date | None
    suggestion: seams.Became | None
    booked: Any
    may_rate: bool
    rating: str
    text: str


WORDS = {
    "new": ("站里已收下，正在分办", "blue"),
    "triaged": ("站里已受理", "blue"),
    "answered_on_spot": ("已有答复，正在告诉您", "blue"),
    "forwarded": ("已转交", "blue"),
    "handling": ("正在办理", "blue"),
    "answered": ("已有办理结果，正在告诉您", "blue"),
    "converted": ("代表已写成建议", "blue"),
    "not_accepted": ("这件事联络站不能办", "grey"),
    "fed_back": ("已答复", "green"),
    "closed": ("已办结", "green"),
}


def followed(message: Message) -> Followed:
    """The message as its writer may follow it."""
    matter = message.matter if message.state == "released" else None
    words, light = WORDS[matter.state or "new"] if matter else ("已收到，站里正在看", "grey")
    answer = matter.last("feed_back") if matter else None
    if matter is not None and matter.state == "not_accepted":
        answer = matter.last("decline")
    over = matter is not None and matter.state in ("fed_back", "closed", "not_accepted")
    return Followed(
        station=message.station,
        left_on=message.created_at,
        words=words,
        light=light,
        detail=_detail(matter),
        answer=answer.text if answer and over else "",
        answered_on=answer.happened_on if answer and over else None,
        suggestion=seams.became(matter) if matter else None,
        booked=message.reception,
        may_rate=matter is not None and matter.state in ("fed_back", "closed"),
        rating=rules.RATINGS[message.rating] if message.rating else "",
        text=message.text,
    )


def _detail(matter: Matter | None) -> str:
    if matter is None:
        return ""
    if matter.state in ("forwarded", "handling"):
        due = f"，{matter.due.month}月{matter.due.day}日前答复" if matter.due else ""
        return f"在{matter.holder}那里{due}"
    return ""
