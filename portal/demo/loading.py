"""Filling an empty database with the demonstration district, in one transaction: all of it or nothing."""

from datetime import datetime, timedelta

from sqlalchemy import and_, select, update

from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.demo import archive, contacts, gatherings, stations, voices
from portal.demo.district import settle
from portal.demo.handling import handle
from portal.demo.lives import begin
from portal.demo.plans import plans
from portal.demo.turns import merge, turn
from portal.jobs.models import Job
from portal.notifications.actions import write
from portal.notifications.models import Notification

TOLD_SINCE = timedelta(days=30)
UNREAD_SINCE = timedelta(days=5)


def load(now: datetime) -> int:
    """The district as of `now` (office time); how many suggestions it holds. Commits at the end."""
    with writing_transaction(), clock.at(now):
        district = settle(now)
        stations.keep(district)
        count = archive.keep(district)
        stories = []
        for plan in plans(district):
            stories.append(begin(district, plan))
            handle(stories[-1])
            turn(stories[-1])
        merge(stories)
        contacts.keep(district)
        voices.keep(district)
        gatherings.keep(district)
        count += len(stories)
        _deliver(now)
    return count


def _deliver(now: datetime) -> None:
    """Write the notices of the last weeks and call every job done: nothing old floods the worker or the bell."""
    db.session.flush()
    for payload in db.session.scalars(select(Job.payload).where(Job.kind == "notify", Job.done_at.is_(None))):
        if datetime.fromisoformat(payload["at"]) >= now - TOLD_SINCE:
            write(payload)
    to_come = Job.kind == "close_sign_up", Job.not_before > now  # a deadline that is still ahead
    db.session.execute(update(Job).where(Job.done_at.is_(None), ~and_(*to_come)).values(done_at=clock.real()))
    seen = Notification.at < now - UNREAD_SINCE
    db.session.execute(update(Notification).where(seen).values(read_at=Notification.at))
