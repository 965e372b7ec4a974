"""What is coming up for somebody: activities they may join or signed up for, notices they have not read or answered."""

from dataclasses import dataclass
from datetime import datetime, time

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.activities import queries as activities
from portal.activities import views as activity_views
from portal.activities.models import Activity
from portal.activities.workflow import SIGN_UP
from portal.core import clock
from portal.notices import queries as notices
from portal.notices.rules import KINDS
from portal.stations import duty_queries as duties
from portal.stations.models import DutySlot


@dataclass(frozen=True)
class Coming:
    """One line: where it leads, when it is (None for a notice), what is said of it. `tag` is (words, tone) or None."""

    url: str
    title: str
    said: str
    at: datetime | None
    tag: tuple[str, str] | None


def upcoming(actor: Actor) -> list[Coming]:
    """Unread notices first, then activities and receptions, the nearest first; a statement each."""
    if not actor.may(p.JOIN_ACTIVITIES):
        return []
    letters = [
        Coming(n.address, n.title, KINDS.get(n.kind, ""), None, ("请回执" if state == "read" else "未读", "yellow"))
        for n, state in notices.unread(actor)
    ]
    plans = [
        Coming(one.address, one.title, activity_views.when(one), clock.office(one.starts_at), (act, "yellow"))
        for act, one in activities.waiting(actor)
    ]
    dated = [_activity(one, state) for one, state in activities.coming(actor)]
    dated += [_duty(actor, slot) for slot in (duties.next_duties(actor) if actor.may(p.SERVE_STATIONS) else ())]
    return plans + letters + sorted(dated, key=lambda one: (one.at is None, one.at))


def _duty(actor: Actor, slot: DutySlot) -> Coming:
    """A reception to sit at, or one that a colleague offers in exchange."""
    reception = slot.reception
    at = datetime.combine(reception.day, reception.opens_at or time(0), clock.OFFICE_ZONE)
    offered = slot.person_id != actor.person_id
    tag = ("想和您换班", "yellow") if offered else ("暂定", "grey") if reception.provisional else None
    return Coming("/duty", f"到{reception.station.called}接待", reception.hours or "时间见站里安排", at, tag)


def _activity(activity: Activity, state: str | None) -> Coming:
    said = f"{activity_views.when(activity)}　{activity.place}"
    return Coming(activity.address, activity.title, said, clock.office(activity.starts_at), _tag(activity, state))


def _tag(activity: Activity, state: str | None) -> tuple[str, str] | None:
    if state and state != "cancelled":
        return SIGN_UP.states[state], {"confirmed": "green", "attended": "green"}.get(state, "yellow")
    open_still = activity.state == "published" and clock.now() <= activity.sign_up_until
    return ("可以报名", "blue") if open_still else None
