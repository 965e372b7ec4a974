"""Done jobs that nothing must remember are cleared away."""

from datetime import date, timedelta

from sqlalchemy import delete

from portal.core import clock
from portal.core.db import db
from portal.jobs.models import Job

KEPT_DAYS = 30


def clear(_day: date) -> None:
    """Delete jobs done a month ago that had no `once`; those with one stay, as their effect must never be repeated."""
    old = Job.done_at < clock.real() - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(Job).where(old, Job.once.is_(None)))
