"""People, suggestions and tasks that are no more than what rules and guards read; for the hand-written tables."""

from datetime import date
from types import SimpleNamespace as Thing
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.actor import ANYBODY, SYSTEM, Actor
from portal.congress.rulepacks import shipped_pack
from portal.core import clock
from portal.core.workflow import Step

CONGRESS, OTHER_CONGRESS, DELEGATION, UNIT, OTHER_UNIT, SECTION = 1, 2, 11, 21, 22, 31
LEAD_SEAT, COSIGNER_SEAT, STRANGER_SEAT = 101, 102, 103
TODAY = clock.today()


def someone(role: str, **more: Any) -> Actor:
    return Actor(person_id=7, name="某人", role=role, congress_id=more.pop("congress_id", CONGRESS), **more)


PEOPLE = {
    "lead": someone(p.DEPUTY, capacity_id=LEAD_SEAT),
    "lead, seat not active": someone(p.DEPUTY, capacity_id=LEAD_SEAT, seat_active=False),
    "co-signer": someone(p.DEPUTY, capacity_id=COSIGNER_SEAT),
    "co-signer, seat not active": someone(p.DEPUTY, capacity_id=COSIGNER_SEAT, seat_active=False),
    "other deputy": someone(p.DEPUTY, capacity_id=STRANGER_SEAT),
    "clerk": someone(p.CLERK, capacity_id=LEAD_SEAT),
    "clerk elsewhere": someone(p.CLERK, congress_id=OTHER_CONGRESS),
    "delegation": someone(p.DELEGATION, body_id=DELEGATION),
    "other delegation": someone(p.DELEGATION, body_id=DELEGATION + 1),
    "government office": someone(p.GOV_OFFICE),
    "government office elsewhere": someone(p.GOV_OFFICE, congress_id=OTHER_CONGRESS),
    "handler": someone(p.HANDLER, unit_id=UNIT, body_id=UNIT),
    "signer": someone(p.SIGNER, unit_id=UNIT, body_id=UNIT),
    "section": someone(p.SECTION, unit_id=UNIT, body_id=SECTION),
    "other section": someone(p.SECTION, unit_id=UNIT, body_id=SECTION + 1),
    "handler elsewhere": someone(p.HANDLER, unit_id=OTHER_UNIT, body_id=OTHER_UNIT),
    "signer elsewhere": someone(p.SIGNER, unit_id=OTHER_UNIT, body_id=OTHER_UNIT),
    "leader": someone(p.LEADER),
    "member": someone(p.SC_MEMBER),
    "committee": someone(p.COMMITTEE),
    "station": someone(p.STATION),
    "system administrator": someone(p.SYSTEM_ADMIN),
    "security administrator": someone(p.SECURITY_ADMIN),
    "auditor": someone(p.AUDITOR),
    "no capacity": someone(""),
    "nobody": ANYBODY,
    "time": SYSTEM,
}


class Rules:
    """Pack Q with some of its policies changed."""

    def __init__(self, **changed: Any):
        self.changed, self.shipped = changed, shipped_pack("Q")

    def flag(self, key: str) -> Any:
        return self.changed.get(key, self.shipped.flag(key))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shipped, name)


class Recorded(Thing):
    """A thing with facts on record."""

    facts: tuple[Any, ...]

    def facts_of(self, kind: str) -> list[Any]:
        return [one for one in self.facts if one.kind == kind]


def fact(kind: str, number: int = 1, answers: tuple[str, ...] = (), **more: Any) -> Thing:
    """A fact that was answered by facts of the kinds `answers`."""
    return Thing(kind=kind, id=number, followed_by=lambda name: name if name in answers else None, **more)


def suggestion(state: str, **more: Any) -> Recorded:
    """A session item of our congress that waits to be checked; nobody has a part in it."""
    known = {
        **{"congress_id": CONGRESS, "lead_seat_id": LEAD_SEAT, "delegation_id": DELEGATION, "session_id": 5},
        **{"checked_at": None, "signatures": [], "tasks": [], "facts": (), "version": 1, "pack": Rules()},
        **{"asked_to_withdraw": None, "open_coordination": None, "merged_into_id": None, "merged_items": []},
        **{"assigned_on": None, "closed_as": None, "lead_seat": Thing(id=LEAD_SEAT, vacated=False)},
    }
    return Recorded(state=state, **{**known, **more})


def with_part(state: str, **more: Any) -> Recorded:
    """The same with a government unit that answers."""
    item = suggestion(state, **more)
    item.tasks = [task("handling", suggestion=item)]
    return item


def signature(state: str | None, **more: Any) -> Thing:
    known = {"seat_id": COSIGNER_SEAT, "suggestion": suggestion("draft"), "by_link": False, "version": 1}
    return Thing(state=state, **{**known, **more})


def task(state: str, role: str = "lead", **more: Any) -> Recorded:
    """A part of a government unit, not passed on yet, in the first round."""
    known = {
        **{"role": role, "answers": role != "assist", "unit_id": UNIT, "section_id": SECTION, "version": 1},
        **{"unit": Thing(organ="government", called="区住建局"), "live": True, "round": 1, "handling_id": 1},
        **{"suggestion": None, "contacts": [], "ratings": [], "siblings": [], "facts": (), "due_dates": []},
        **{"dispatched_on": None, "checked_at": None, "return_due": None, "due": None, "feedback_due": None},
        **{"asked_to_extend": None, "asked_to_return": None, "answered_on": None},
    }
    made = Recorded(state=state, **{**known, **more})
    made.suggestion = made.suggestion or suggestion("assigned", tasks=[made])
    return made


def feedback_until(day: date, provisional: bool = False) -> dict[str, Any]:
    """The attributes of a part whose time to rate ends on `day`."""
    return {"feedback_due": day, "due_dates": [Thing(rule="feedback", record={"provisional": provisional})]}


def rated(attitude: str, result: str, explained: bool = False) -> list[Thing]:
    """One form, and whether the deputy was told since why nothing more is done."""
    return [fact("rating", attitude=attitude, result=result, answers=("explained",) if explained else ())]


def names(steps: list[Step]) -> set[str]:
    return {step.name for step in steps}
