"""Carrying one message out of the portal, exactly once, although the runner may be killed at any moment.

Nobody can make a foreign server and our database agree at one instant. So the message is carried by a process of its
own, which outlives its runner: it claims the receipt and commits, sends, and at once commits that it was sent. When
the runner is killed meanwhile the courier goes on, and whoever repeats the job finds the receipt. What is left is the
death of the courier itself (a power cut) between the other side's answer and the receipt, or an answer that never
came: then nobody knows, the message is not sent again by itself, and the administrator decides.
"""

import logging
import os
import signal
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs.actions import GiveUp
from portal.notifications import queries
from portal.notifications.channels import Refused, Unsure
from portal.notifications.models import Delivery

logger = logging.getLogger("portal.notifications")

# A courier is killed by its own alarm after this time; so a claim that is older belongs to nobody.
COURIER_SECONDS = 90
Send = Callable[[], None]


class NotDelivered(RuntimeError):
    """The other side refused, or another courier is under way: to be tried again."""


class Unknown(GiveUp):
    """The message may have been delivered; it is not sent again without somebody's decision."""


def deliver(effect: str, channel: str, person_id: int, send: Send) -> None:
    """Have `send` done once for `effect`, ever; returns when it has been done, by us or earlier.

    Raises NotDelivered when nothing was delivered, Unknown when nobody can tell.
    """
    db.session.rollback()
    child = os.fork()
    if child == 0:
        _be_courier(effect, channel, person_id, send)
    os.waitpid(child, 0)
    receipt = queries.delivery(effect)
    db.session.rollback()
    if receipt is not None and receipt.sent_at is not None:
        return
    if receipt is not None and receipt.unsure_at is not None:
        raise Unknown(receipt.trouble)
    raise NotDelivered(receipt.trouble if receipt else "no courier")


def _be_courier(effect: str, channel: str, person_id: int, send: Send) -> None:
    """The life of the courier's process; never returns. Connections of the runner are left alone."""
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        signal.alarm(COURIER_SECONDS)
        runners = db.engine.pool  # held, so that nothing of it is closed here
        db.engine.dispose(close=False)
        carry(effect, channel, person_id, send)
        del runners
    except BaseException:
        logger.exception("a courier stumbled")
    finally:
        os._exit(0)


def carry(effect: str, channel: str, person_id: int, send: Send) -> None:
    """Claim, send, and write down what came of it, each in a transaction of its own."""
    with writing_transaction():
        mine = _claim(effect, channel, person_id)
    if not mine:
        return
    try:
        send()
    except Refused as trouble:
        _write(effect, begun_at=None, trouble=str(trouble)[:80], troubled_at=clock.real())
    except Unsure as trouble:
        now = clock.real()
        _write(effect, begun_at=None, unsure_at=now, trouble=str(trouble)[:80], troubled_at=now)
    else:
        _write(effect, begun_at=None, sent_at=clock.real(), trouble=None)


def _claim(effect: str, channel: str, person_id: int) -> bool:
    """Whether the effect is ours to send: not sent, nobody under way, not in doubt. A claim left behind by a courier
    that died becomes a doubt."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Delivery).values(effect=effect, channel=channel, person_id=person_id, tries=0)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["effect"]))
    now = clock.real()
    open_one = (Delivery.effect == effect) & Delivery.sent_at.is_(None) & Delivery.unsure_at.is_(None)
    left = open_one & (Delivery.begun_at < now - timedelta(seconds=2 * COURIER_SECONDS))
    lost = {"begun_at": None, "unsure_at": now, "trouble": "the courier died", "troubled_at": now}
    db.session.execute(update(Delivery).where(left).values(**lost))
    taken = update(Delivery).where(open_one, Delivery.begun_at.is_(None))
    claimed = taken.values(begun_at=now, tries=Delivery.tries + 1).returning(Delivery.id)
    return db.session.scalar(claimed) is not None


def _write(effect: str, **facts: object) -> None:
    with writing_transaction():
        db.session.execute(update(Delivery).where(Delivery.effect == effect).values(**facts))
