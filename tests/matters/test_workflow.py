"""Who may do what to a matter in which state, compared with a table written by hand from design §6."""

from itertools import product
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from portal.accounts import permissions as p
from portal.matters.workflow import MATTER

CONGRESS, OTHER_CONGRESS, STATION, OTHER_STATION, UNIT, SEAT, HEARD_BY = 1, 2, 10, 11, 20, 30, 31


def person(role: str, capacity: int = 99, body: int = 0, congress: int = CONGRESS, unit: int | None = None) -> Any:
    return Thing(role=role, capacity_id=capacity, body_id=body, congress_id=congress, unit_id=unit, seat_active=True)


PEOPLE = {
    "clerk": person(p.CLERK, body=CONGRESS),
    "station": person(p.STATION, body=STATION),
    "holding deputy": person(p.DEPUTY, capacity=SEAT),
    "holding unit": person(p.HANDLER, unit=UNIT),
    "who heard it": person(p.DEPUTY, capacity=HEARD_BY),
    "other clerk": person(p.CLERK, body=OTHER_CONGRESS, congress=OTHER_CONGRESS),
    "other station": person(p.STATION, body=OTHER_STATION),
    "other deputy": person(p.DEPUTY, capacity=32),
    "resting deputy": Thing(**{**vars(person(p.DEPUTY, capacity=SEAT)), "seat_active": False}),
    "other unit": person(p.HANDLER, unit=UNIT + 1),
    "leader": person(p.LEADER, body=CONGRESS),
    "auditor": person(p.AUDITOR, body=CONGRESS),
    "time": Thing(role="system", capacity_id=None, body_id=None, congress_id=None, unit_id=None, seat_active=True),
}
KEEPER = {
    "new": {"triage", "decline"},
    "triaged": {"answer", "forward", "decline"},
    "forwarded": {"forward"},
    "handling": {"forward"},
    "converted": {"forward", "feed_back"},
    **{state: {"feed_back"} for state in ("answered_on_spot", "answered", "not_accepted")},
    "fed_back": {"reopen", "close"},
    "closed": {"reopen"},
}
HEARD = {
    "new": {"triage", "convert"},
    "triaged": {"answer", "convert"},
    "forwarded": {"convert"},
    "handling": {"convert"},
    **{state: {"feed_back"} for state in ("answered_on_spot", "answered", "not_accepted", "converted")},
    **{state: {"reopen"} for state in ("fed_back", "closed")},
}
HOLDS = {"forwarded": {"receive"}, "handling": {"reply"}}
DEPUTY_HOLDS = {
    **{"new": {"convert"}, "triaged": {"convert"}},
    **{"forwarded": {"receive", "convert"}, "handling": {"reply", "convert"}},
    **{state: {"feed_back"} for state in ("answered_on_spot", "answered", "not_accepted", "converted")},
    **{state: {"reopen"} for state in ("fed_back", "closed")},
}
TIME = {"fed_back": {"reopen", "close"}, "closed": {"reopen"}}


def expected(who: str, state: str, with_seat: bool) -> set[str]:
    tables: dict[str, dict[str, set[str]]] = {"clerk": KEEPER, "station": KEEPER, "who heard it": HEARD, "time": TIME}
    tables["holding deputy" if with_seat else "holding unit"] = DEPUTY_HOLDS if with_seat else HOLDS
    return tables.get(who, {}).get(state, set())


@pytest.mark.parametrize(("with_seat", "state"), list(product((True, False), MATTER.states)))
def test_every_person_in_every_state(with_seat: bool, state: str) -> None:
    matter = Thing(
        state=state, congress_id=CONGRESS, keeper_id=STATION, raised_by_id=HEARD_BY,
        with_seat_id=SEAT if with_seat else None, with_body_id=None if with_seat else UNIT, suggestion_id=None,
    )  # fmt: skip
    for who, actor in PEOPLE.items():
        open_now = {step.name for step in MATTER.open_to(actor, matter)}
        assert open_now == expected(who, state, with_seat), f"{who} in {state}"


def test_names_are_those_of_the_design() -> None:
    life = "new triaged answered_on_spot forwarded handling answered fed_back closed not_accepted converted"
    steps = "triage answer forward receive reply feed_back convert decline reopen close"
    assert set(MATTER.states) == set(life.split())
    assert {name for name, step in MATTER.steps.items() if not step.by_itself} == set(steps.split())


def test_nothing_closes_before_somebody_was_told() -> None:
    assert MATTER.steps["close"].start == ("fed_back",)
    assert [step.name for step in MATTER.steps.values() if step.end == "fed_back"] == ["feed_back"]
