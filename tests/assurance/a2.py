"""A2: who may reach what, asked of every route for everybody and everything, against rows written by hand.

A row says: these people, towards these things, in these states, may do these acts (domain §2.13 and the steps of
design §6). Nothing here is read from the portal's own policy. A cell is one person, one route, one method, one thing.
Who may, but not now, is answered 409 and may know it. It leaks when a refused answer holds the thing's canary, denies
when something that may be is answered 404, allows when something that may not be is answered otherwise. Accounts and
imports are asked only who may enter.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from unittest import mock

from sqlalchemy import true

from portal.suggestions import queries
from tests.assurance.access_rows import DEPUTIES, DOORS, MAY, OPENED, POSTED, SUGGESTION_STEPS, TASK_STEPS
from tests.assurance.world import ABSENT, Thing, World, world

QUICK_CELLS = {"sqlite": 1_500, "pg": 2_000}
SIGNED_OUT = ("public", "disabled")
ODD_METHODS = ("PUT", "DELETE", "PATCH")


@dataclass(frozen=True)
class Cell:
    """One question; `may` is what the rows answer."""

    who: str
    method: str
    path: str
    act: str
    thing: Thing | None
    may: bool


class Absent(dict[str, str]):
    """The ids of a thing; of what it does not have, one that says so. Such addresses are asked of nobody's thing."""

    def __missing__(self, name: str) -> str:
        return ABSENT


def fits(pattern: str, word: str) -> bool:
    return any(fnmatchcase(word, one) for one in pattern.split())


def may(who: str, act: str, thing: Thing) -> bool:
    """What the rows say."""
    return any(
        fits(people, who) and fits(kinds, thing.kind) and fits(states, thing.state) and act in acts.split()
        for people, kinds, states, acts in MAY
    )


def routes() -> Iterator[tuple[str, str, str]]:
    """(method, address pattern, act) of every route about a thing."""
    for path, act in OPENED.items():
        yield "GET", path, act
    for path, act in POSTED.items():
        yield "POST", path, act
    for name in SUGGESTION_STEPS:
        for method in ("GET", "POST"):
            yield method, f"/suggestions/{{suggestion}}/steps/{name}", f"step:{name}"
    for part in ("lead", "assist"):
        for name in TASK_STEPS:
            for method in ("GET", "POST"):
                yield method, f"/tasks/{{{part}_task}}/steps/{name}", f"{part}:{name}"
    for name in TASK_STEPS:
        for method in ("GET", "POST"):
            yield method, f"/tasks/{{gone_task}}/steps/{name}", f"gone:{name}"
    for method in ODD_METHODS:
        yield method, "/suggestions/{suggestion}", "odd"


def cells(made: World) -> list[Cell]:
    everybody = sorted(made.people)
    found = [
        Cell(who, method, address, act, thing, may(who, act, thing))
        for method, path, act in routes()
        for thing in made.things
        if ABSENT not in (address := path.format_map(Absent(thing.ids)))
        for who in everybody
    ]
    found += [
        Cell(who, "GET", path, "door", None, fits(doors, who)) for path, doors in DOORS.items() for who in everybody
    ]
    return found


def fault(made: World, cell: Cell) -> str:
    """What is wrong with the answer; nothing when it is as the rows say."""
    answer = made.ask(cell.who, cell.method, cell.path)
    status, where = answer.status_code, cell.thing.name if cell.thing else "door"
    name = f"{cell.who} {cell.method} {cell.path} ({where})"
    if cell.act == "odd":
        return "" if status == 405 else f"{name}: {status} instead of 405"
    if status >= 500:
        return f"{name}: {status}"
    shown, mark = answer.data + str(answer.headers).encode(), cell.thing.canary if cell.thing else ""
    if not cell.may and mark and mark.encode() in shown:
        return f"leak: {name}: {status} holds the canary"
    if cell.thing and cell.thing.sealed and cell.who in DEPUTIES.split() and cell.thing.sealed.encode() in answer.data:
        return f"leak: {name}: an opinion for the lead unit is shown to a deputy"
    if cell.who in SIGNED_OUT:
        refused = status == 401 or (status == 303 and answer.location.startswith("/sign-in"))
    else:
        refused = status == 404
    if cell.may and refused:
        return f"denied: {name} as {cell.act}: {status}"
    return "" if cell.may or refused else f"allowed: {name} as {cell.act}: {status}"


def part(asked: list[Cell], most: int, seed: int) -> list[Cell]:
    """A random part, a third of it things that may be done, which are rare."""
    chance = random.Random(seed)
    open_ones, shut = [one for one in asked if one.may], [one for one in asked if not one.may]
    third = min(len(open_ones), most // 3)
    return chance.sample(open_ones, third) + chance.sample(shut, min(len(shut), most - third))


def run(engine: str, quick: bool, seed: int, most: int = 0) -> tuple[str, bool]:
    """(figure, whether it holds); the quick form asks a random part of the cells."""
    with world(engine) as made:
        asked = cells(made)
        total = len(asked)
        if quick or most:
            asked = part(asked, most or QUICK_CELLS[engine], seed)
        wrong = [one for one in (fault(made, cell) for cell in asked) if one]
    allowed = sum(cell.may for cell in asked)
    figure = f"{len(asked)} of {total} cells ({len(made.people)} actors, {allowed} allowed), {len(wrong)} unexpected"
    return figure + (f"; first: {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """Everything is visible to everybody: the row must see leaks."""
    with mock.patch.object(queries, "visible_to", lambda _actor: true()):
        figure, ok = run("sqlite", quick=True, seed=1, most=240)
    assert not ok, figure
    return figure
