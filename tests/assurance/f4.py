"""F4: write skew. Two people act on different rows at the same moment, each lawful alone; what must hold of both rows
together holds in every round.

- 全部协办意见到齐才可答复: the lead signs while the opinion is being sent back.
- one open extension a part: two handlers of a unit ask at once, by a program that shows no version.
- the last administrator cannot go: two administrators of the same kind are dismissed at once.
- a unit has one live part: the clerk adds it while a return is approved in its favour.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from unittest import mock

from sqlalchemy import func, select, text

from portal.accounts import permissions as p
from portal.accounts import tries
from portal.accounts.models import Appointment
from portal.core import clock, workflow
from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from tests.assurance import harness
from tests.assurance.pairs import WHY, sign_opinion_bounce, unguarded
from tests.assurance.racing import Crowd, Press, crowd, settle
from tests.suggestions.living import JOINT
from tests.support.office import Office

ROUNDS, QUICK_ROUNDS = 500, 32


def _staff(office: Office) -> None:
    office.post("housing2", "住建局另一经办", p.HANDLER, office.bodies["housing"])
    for name in ("system2", "security2"):
        office.post(name, name, p.SYSTEM_ADMIN if name == "system2" else p.SECURITY_ADMIN, office.congress)


def _blind(press: Press) -> Press:
    """The same from a program that shows no version."""
    return Press(press.who, press.path, {k: v for k, v in press.data.items() if k != "expected_version"})


def opinions(people: Crowd) -> tuple[list[Press], Callable[[], str]]:
    scene = sign_opinion_bounce(people.life)
    key = scene.keys[0]

    def broken() -> str:
        tasks = db.session.scalars(select(UnitTask).where(UnitTask.suggestion_id == key)).all()
        replied = any(t.replies and not t.replies[-1].missing_opinions_note for t in tasks)
        return (
            "a reply is out while the opinion is not in"
            if replied and any(t.role == "assist" and t.state != "opinion_given" for t in tasks)
            else ""
        )

    return [_blind(scene.first), _blind(scene.second)], broken


def extensions(people: Crowd) -> tuple[list[Press], Callable[[], str]]:
    life = people.life
    task = life.act("housing", life.task(life.assigned()), "receive")
    path, key = f"/tasks/{task.public_id}/steps/request_extension", task.id
    asked = {"asked": "2026-07-01", "reason": WHY}

    def broken() -> str:
        found = db.session.get(UnitTask, key)
        return (
            f"{len(found.facts_of('extension'))} extensions are open" if len(found.facts_of("extension")) != 1 else ""
        )

    return [Press(who, path, asked) for who in ("housing", "housing2")], broken


def administrators(people: Crowd) -> tuple[list[Press], Callable[[], str]]:
    """The two system administrators are dismissed at once, each by another security administrator."""
    held = Appointment.role == p.SYSTEM_ADMIN
    posts = db.session.scalars(select(Appointment).where(held).order_by(Appointment.id)).all()
    for post in posts:
        post.ends_on = post.ended_at = None
    ends = {"last_day": (clock.today() - timedelta(days=1)).isoformat()}
    ids = [post.public_id for post in posts]

    def broken() -> str:
        today = clock.today()
        left = db.session.scalar(
            select(func.count()).where(
                held, (Appointment.ends_on.is_(None)) | (Appointment.ends_on > today), Appointment.ended_at.is_(None)
            )
        )
        return "" if left else "no system administrator is left"

    return [
        Press(who, f"/appointments/{one}/end", ends) for who, one in zip(("security", "security2"), ids, strict=True)
    ], broken


def parts(people: Crowd) -> tuple[list[Press], Callable[[], str]]:
    life = people.life
    one = life.assigned(JOINT)
    task = life.act("housing", life.task(one), "receive")
    life.act("housing", task, "request_return", unit=life.bodies["education"], reason=WHY)
    there = Press("govoffice", f"/tasks/{task.public_id}/steps/approve_return", {"unit": life.bodies["education"]})
    added = {"unit": life.bodies["education"], "role": "assist", "reason": WHY}
    key = one.id

    def broken() -> str:
        live = UnitTask.suggestion_id == key, UnitTask.ended_as.is_(None)
        units = db.session.scalars(select(UnitTask.unit_id).where(*live)).all()
        return "" if len(units) == len(set(units)) else "a unit has two live parts"

    return [there, Press("clerk", f"/suggestions/{one.public_id}/steps/adjust", added)], broken


SKEWS: tuple[Callable[[Crowd], Any], ...] = (opinions, extensions, administrators, parts)


def rounds_of(
    engine: str, rounds: int, skews: tuple[Callable[[Crowd], Any], ...] = SKEWS, index: bool = True
) -> list[str]:
    """What was broken."""
    wrong = []
    with crowd(engine, furnish=_staff) as people:
        if not index:
            db.session.execute(text("DROP INDEX uq_unit_tasks_live"))
            db.session.commit()
        for number, skew in enumerate(islice(cycle(skews), rounds), 1):
            presses, broken = skew(people)
            settle()
            answers = [one.status_code for one in people.at_once(presses)]
            fault = broken() or _odd(answers)
            db.session.remove()
            wrong += [f"round {number}, {skew.__name__}: {fault} {answers}"] if fault else []
    return wrong


def _odd(answers: list[int]) -> str:
    if any(one >= 500 for one in answers):
        return "somebody was answered with a fault"
    return "" if 303 in answers else "nobody could act"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    wrong = rounds_of(engine, rounds)
    figure = f"{rounds} rounds of {len(SKEWS)} kinds on {engine}: {len(wrong)} broken"
    return figure + (f"; {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """On SQLite, which has one writer: nobody looks at what stands in the way. On PostgreSQL, when nobody waits for
    anybody, a step that keeps the state leaves the version as it was and the index of live parts is gone, every kind
    must break."""
    unseen = mock.patch.object(workflow.Workflow, "checked", lambda flow, *asked: flow.steps[asked[2]])
    with unseen:
        blind = rounds_of("sqlite", 4, (opinions, extensions))
    assert blind, "nothing breaks on SQLite although nobody looks"
    try:
        return f"{blind[0]}; on pg: {_alone()}"
    except harness.NotRun as reason:
        return f"{blind[0]}; on pg: {reason}"


def _alone() -> str:
    """The first red line of every kind on PostgreSQL without its guards."""
    alone = mock.patch.object(tries, "in_turn", lambda *_: None)
    uncounted = mock.patch.object(workflow, "flag_modified", lambda *_: None)
    first = []
    with unguarded(), alone, uncounted:
        for skew in SKEWS:
            wrong = rounds_of("pg", 12, (skew,), index=False)
            assert wrong, f"{skew.__name__} holds without its guard"
            first.append(wrong[0])
    return "; ".join(first)
