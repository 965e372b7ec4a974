"""What the night gathers for the morning's mail."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from portal.core import clock
from portal.jobs.actions import Errand
from portal.notifications import actions, hours, queries


def digest(day: date) -> Iterator[Errand]:
    """One mail a working day for who wants it and has something unread. For skipped days nothing: the last one's
    gathers it all (settled A75)."""
    if day < clock.today() or not hours.OFFICE.works(day):
        return
    leaves = hours.at_hour(day, hours.OFFICE.mail_hour())
    for person in queries.wanting_digest():
        yield Errand("未读消息汇总邮件，一人", partial(actions.digest, person, day, leaves))
