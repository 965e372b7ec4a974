"""Activities brought to any point by the real actions, in the small office with as many deputies as wanted."""

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.activities import actions
from portal.activities.models import Activity, SignUp
from portal.congress.models import Delegation
from portal.core.db import db
from portal.jobs import worker
from portal.notifications import actions as notifications
from tests.suggestions.living import Life
from tests.support.office import Office

PLAN = {
    **{"title": "代表履职能力培训班", "kind": "training", "place": "区委党校", "contact": "高明远 0000-8812345"},
    **{"body": "学习代表法，交流写建议的经验。", "starts_on": "2026-03-20", "begins": "9:00", "ends": "17:00"},
    **{"until_on": "2026-03-16", "until": "17:00", "places": "2", "order_key": "time", "hours": "6", "whole": ["all"]},
}


def typed(**more: Any) -> dict[str, Any]:
    """The plan as the form posts it, with both ticks set unless told otherwise."""
    return {**PLAN, "waiting_list": "y", "releases": "y", **more}


def planned(life: Life, **more: Any) -> Activity:
    """A plan by the clerk, as the form gives it."""
    values: dict[str, Any] = {
        **{name: PLAN[name] for name in ("title", "kind", "place", "contact", "body", "begins", "ends", "until")},
        **{"starts_on": date(2026, 3, 20), "until_on": date(2026, 3, 16), "ends_on": None, "places": 2, "hours": 6},
        **{"order_key": "time", "waiting_list": True, "releases": True, "requirement": "", "whole": ["all"]},
    }
    return actions.plan(life.actor("clerk"), {**values, **more})


def published(life: Life, **more: Any) -> Activity:
    """Planned by one clerk, approved by the leader, open."""
    activity = planned(life, **more)
    actions.take(life.actor("leader1"), activity, "approve", {})
    actions.take(life.actor("clerk"), activity, "publish", {})
    return activity


def signed(life: Life, activity: Activity, *names: str, wait: bool = True) -> list[SignUp]:
    """These people sign up, one after another."""
    return [actions.sign_up(life.actor(name), activity, {"wait": wait}) for name in names]


def states(activity_id: int) -> dict[str, str]:
    """User name (which is the pinyin here) → state."""
    found = db.session.scalars(select(SignUp).where(SignUp.activity_id == activity_id))
    return {one.person.sort_name: one.state for one in found}


def many_deputies(office: Office, numbers: dict[str, int], first_term: int = 0) -> dict[str, list[str]]:
    """So many deputies for each delegation, new ones made; the first `first_term` of each are in their first term."""
    made: dict[str, list[str]] = {}
    for name, number in numbers.items():
        if name not in office.bodies:
            office.bodies[name] = Delegation(name=name, congress_id=office.congress.id, term_id=office.term.id)
            db.session.add(office.bodies[name])
            db.session.flush()
        made[name] = [f"{len(office.people)}-{name}-{at:02d}" for at in range(number)]
        for at, username in enumerate(made[name]):
            office.deputy(username, f"{name}{at}号", name).first_term = at < first_term
    db.session.commit()
    return made


def work(app: Flask) -> None:
    """The worker does what is due now by the office's clock."""
    with app.app_context():
        worker.run_all({**actions.HANDLERS, **notifications.HANDLERS})
        db.session.remove()

