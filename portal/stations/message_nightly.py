"""What the night does for the messages: telephone numbers are forgotten when what was said is over for long enough."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from sqlalchemy import or_, select

from portal.accounts.actor import SYSTEM
from portal.audit import actions as audit
from portal.congress import deadlines
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.jobs.actions import Errand
from portal.matters.models import Matter
from portal.stations.message_models import Message
from portal.stations.message_queries import pack_at


def forget_phones(day: date) -> Iterator[Errand]:
    """A number is kept as long as the rule pack says after the matter closed, or after the message was put aside
    (个人信息保护法 19: no longer than its purpose needs)."""
    over = or_(Message.state == "quarantined", Matter.state == "closed")
    kept = select(Message).outerjoin(Matter, Matter.id == Message.matter_id).where(Message.phone.is_not(None), over)
    for message in db.session.scalars(kept.order_by(Message.id)).all():
        ended = _ended_on(message)
        pack = message.matter.pack if message.matter else pack_at(message.station)
        if ended is not None and deadlines.deadline(pack, "message_phone", ended, calendar()).due < day:
            yield Errand(f"{message.called}：删去电话", partial(_forget, message.id))


def _ended_on(message: Message) -> date | None:
    if message.matter is not None:
        closed = message.matter.last("close")
        return closed.happened_on if closed else None
    return clock.office(message.looked_at or message.created_at).date()


def _forget(message_id: int) -> None:
    message = db.session.get_one(Message, message_id)
    message.phone = None
    audit.record(SYSTEM, message.audit_subject, "message.phone_forgotten", {}, "电话已过保存期限，删去")
