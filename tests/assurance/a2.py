"""A2: who may reach what, asked of every route for everybody and everything, against rows written by hand.

A row says: these people, towards these things, in these states, may do these acts (domain §2.13 and the steps of
design §6). Nothing here is read from the portal's own policy. A cell is one person, one route, one method, one thing.
Who may, but not now, is answered 409 and may know it. It leaks when a refused answer holds the thing's canary, denies
when something that may be is answered 404, allows when something that may not be is answered otherwise. Accounts,
rosters and imports are asked only who may enter.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from unittest import mock

from sqlalchemy import true

from portal.suggestions import queries
from tests.assurance.world import Thing, World, world

QUICK_CELLS = {"sqlite": 1_500, "pg": 2_000}
ANY = "*"
SIGNED_OUT = ("public", "disabled")
UNITS = "housing housing-signer water water-signer section"
HELD = "assigned replied closed"  # a unit holds a task
STAFF = "clerk township"

# who, whose thing, in which state, which acts. Blanks separate alternatives; * fits all.
MAY = (
    # the lead deputy
    ("zhang", "own session", ANY, "read list sheet file"),
    ("zhang", "own", HELD, "assignment deadline"),
    ("zhang", "own", "replied closed", "letter"),
    ("zhang", "own session", ANY, "write discard invite unfile"),
    ("zhang", "own", "draft", "unsign"),
    ("zhang", "own session", ANY, "step:submit"),
    ("zhang", "own", HELD, "lead:confirm_contact lead:rate"),
    ("wang", "colleague", ANY, "read list sheet file"),
    ("wang", "colleague", "assigned", "assignment deadline lead:confirm_contact lead:rate"),
    ("wang", "colleague", ANY, "step:submit"),
    ("wang", "colleague", ANY, "write discard invite unfile"),
    ("town-deputy", "other", ANY, "read list sheet file step:submit"),
    ("town-deputy", "other", "assigned", "assignment deadline lead:confirm_contact lead:rate"),
    ("town-deputy", "other", ANY, "write discard invite unfile"),
    # the co-signer reads all, decides about the own signature alone
    ("li", "own session", ANY, "read list sheet file sign"),
    ("li", "own", HELD, "assignment deadline"),
    ("li", "own", "replied closed", "letter"),
    # the commission: everything of its congress that has been submitted
    (
        "clerk clerk2",
        "own session colleague archived",
        "[!d]*",
        "read list sheet file step:send_back step:not_admit step:admit step:assign",
    ),
    ("clerk clerk2", "own session colleague", "[!d]*", "phone"),
    ("clerk clerk2", "own colleague", HELD, "assignment deadline"),
    ("clerk clerk2", "own", "replied closed", "letter"),
    ("township", "other", "[!d]*", "read list sheet file phone step:send_back step:not_admit step:admit step:assign"),
    ("township", "other", "assigned", "assignment deadline"),
    # the delegation: its own session items
    ("delegation1", "session", "submitted", "read list sheet file step:check"),
    # those who read what is handled
    ("govoffice", "own", HELD, "read list sheet file assignment deadline"),
    ("govoffice", "own", "replied closed", "letter"),
    ("leader1 member", "own colleague archived", "admitted assigned replied closed", "read list sheet file"),
    ("leader1 member", "own colleague", HELD, "assignment deadline"),
    ("leader1 member", "own", "replied closed", "letter"),
    ("committee-urban", "own", HELD, "read list sheet file assignment deadline"),
    ("committee-urban", "own", "replied closed", "letter"),
    # units: their own tasks, and only their part of them
    (UNITS, "own", HELD, "read list sheet file assignment deadline phone"),
    (UNITS, "own", "replied closed", "letter"),
    ("housing section", "own", HELD, "lead:receive lead:log_contact lead:draft_reply section lead-section"),
    ("housing section", "own", HELD, "reply"),
    ("housing housing-signer section", "own", HELD, "word"),
    ("court court-signer", "colleague", "assigned", "word"),
    ("town-unit town-unit-signer", "other", "assigned", "word"),
    ("housing-signer", "own", HELD, "lead:bounce_reply lead:sign_reply"),
    ("water", "own", HELD, "assist:receive assist:give_opinion assist-section"),
    ("court", "colleague", "assigned", "read list sheet file assignment deadline phone reply lead-section"),
    ("court", "colleague", "assigned", "lead:receive lead:log_contact lead:draft_reply"),
    (
        "court-signer",
        "colleague",
        "assigned",
        "read list sheet file assignment deadline phone lead:bounce_reply lead:sign_reply",
    ),
    ("town-unit", "other", "assigned", "read list sheet file assignment deadline phone reply lead-section"),
    ("town-unit", "other", "assigned", "lead:receive lead:log_contact lead:draft_reply"),
    (
        "town-unit-signer",
        "other",
        "assigned",
        "read list sheet file assignment deadline phone lead:bounce_reply lead:sign_reply",
    ),
)

DEPUTIES = "zhang li wang zhao town-deputy"
READERS = (
    f"{DEPUTIES} {STAFF} clerk2 delegation1 delegation2 govoffice {UNITS} other-section court court-signer "
    "education education-signer town-unit town-unit-signer leader1 member committee-urban committee-rural"
)
# Pages without a thing: who may open them.
DOORS = {
    "/suggestions": READERS,
    "/suggestions/new": DEPUTIES,
    "/desk/screening": f"{STAFF} clerk2",
    "/desk/assigning": f"{STAFF} clerk2",
    "/desk/reviewing": f"{STAFF} clerk2",
    "/deputies": f"{STAFF} clerk2",
    "/deputies/new": f"{STAFF} clerk2",
    "/units": f"{STAFF} clerk2",
    "/units/new": f"{STAFF} clerk2",
    "/bodies": f"{STAFF} clerk2",
    "/terms": f"{STAFF} clerk2",
    "/terms/next": f"{STAFF} clerk2",
    "/rules": f"{STAFF} clerk2",
    "/rules/calendar/2026": f"{STAFF} clerk2",
    "/rules/letters": f"{STAFF} clerk2",
    "/rules/letters/reply": f"{STAFF} clerk2",
    "/rules/letters/reply/sample.docx": f"{STAFF} clerk2",
    "/imports": f"{STAFF} clerk2",
    "/accounts": f"system security {STAFF} clerk2",
    "/accounts/new": "system",  # the security administrator enables what the system administrator opens (三员)
    "/system": "system",
    "/log": "auditor",
}
# Pages of a thing: the act that opening them is. {0} stands for the id named.
OPENED = {
    "/suggestions/{suggestion}": "read",
    "/suggestions/{suggestion}/print": "sheet",
    "/suggestions/{suggestion}/assignment": "assignment",
    "/suggestions/{suggestion}/assignment.docx": "assignment",
    "/suggestions/{suggestion}/receipts": "assignment",
    "/suggestions/{suggestion}/receipts.docx": "assignment",
    "/suggestions/{suggestion}/edit": "write",
    "/suggestions/{suggestion}/files/{document}": "file",
    "/tasks/{lead_task}/deadline": "deadline",
    "/tasks/{lead_task}/deadline.docx": "deadline",
    "/tasks/{lead_task}/reply.docx": "word",
    "/replies/{reply}": "letter",
    "/replies/{reply}/survey": "letter",
    "/replies/{reply}/survey.docx": "letter",
    "/letters/{reply}": "letter",
    "/letters/{reply}.docx": "letter",
    "/tasks/{lead_task}/section": "lead-section",
    "/tasks/{assist_task}/section": "assist-section",
}
POSTED = {
    "/suggestions/{suggestion}/edit": "write",
    "/suggestions/{suggestion}/autosave": "write",
    "/suggestions/{suggestion}/discard": "discard",
    "/suggestions/{suggestion}/signatures": "invite",
    "/suggestions/{suggestion}/phone": "phone",
    "/suggestions/{suggestion}/files/{document}/remove": "unfile",
    "/signatures/{signature}/remove": "unsign",
    "/signatures/{signature}/steps/confirm": "sign",
    "/signatures/{signature}/steps/decline": "sign",
    "/tasks/{lead_task}/reply": "reply",
    "/tasks/{lead_task}/reply/autosave": "reply",
    "/tasks/{lead_task}/section": "lead-section",
    "/tasks/{assist_task}/section": "assist-section",
}
SUGGESTION_STEPS = ("submit", "check", "send_back", "not_admit", "admit", "assign", "all_replied", "all_rated", "close")
TASK_STEPS = (
    "receive", "log_contact", "confirm_contact", "give_opinion", "draft_reply", "bounce_reply", "sign_reply", "rate"
)  # fmt: skip
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
    for method in ODD_METHODS:
        yield method, "/suggestions/{suggestion}", "odd"


def cells(made: World) -> list[Cell]:
    everybody = sorted(made.people)
    found = [
        Cell(who, method, path.format(**thing.ids), act, thing, may(who, act, thing))
        for method, path, act in routes()
        for thing in made.things
        for who in everybody
    ]
    found += [
        Cell(who, "GET", path, "door", None, fits(doors, who)) for path, doors in DOORS.items() for who in everybody
    ]
    return found


def fault(made: World, cell: Cell) -> str:
    """What is wrong with the answer; nothing when it is as the rows say."""
    answer = made.ask(cell.who, cell.method, cell.path)
    status, name = (
        answer.status_code,
        f"{cell.who} {cell.method} {cell.path} ({cell.thing.name if cell.thing else 'door'})",
    )
    if cell.act == "odd":
        return "" if status == 405 else f"{name}: {status} instead of 405"
    if status >= 500:
        return f"{name}: {status}"
    if not cell.may and cell.thing and cell.thing.canary and cell.thing.canary in answer.text + str(answer.headers):
        return f"leak: {name}: {status} holds the canary"
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
