"""A4: for everybody, what the list shows, what opens and what the badge counts are the same things."""

import random
import re
from unittest import mock

from sqlalchemy import func, select, true

from portal.core.db import db
from portal.suggestions import queries
from portal.suggestions.models import Suggestion
from tests.assurance.world import World, world
from tests.support.html import Page

FILTERS, QUICK_FILTERS = 200, 6
ITEM = re.compile(r"/suggestions/([A-Za-z0-9_-]{22})")
DESKS = {"screening": "/desk/screening", "assigning": "/desk/assigning", "reviewing": "/desk/reviewing"}
CLERKS = ("clerk", "clerk2", "township")


def shown(made: World, who: str, path: str) -> set[str]:
    """The ids on a list, all pages of it; nothing where there is no list."""
    found, following = set(), path
    while following:
        answer = made.ask(who, "GET", following)
        if answer.status_code != 200:
            return set()
        main = Page(answer.text).root.all("main", "section")
        links = {e.attrs["href"] for part in main for e in part.all("a") if "href" in e.attrs}
        found |= {m[1] for link in links if (m := ITEM.fullmatch(link))}
        following = next((link for link in links if "after=" in link and link.startswith("/suggestions")), "")
    return found


def opened(made: World, who: str, everything: list[str]) -> set[str]:
    """The ids whose page opens."""
    return {one for one in everything if made.ask(who, "GET", f"/suggestions/{one}").status_code == 200}


def badge(made: World, who: str, desk: str) -> tuple[int, int]:
    """(what the menu counts, what lies there)."""
    page = Page(made.ask(who, "GET", DESKS[desk]).text)
    entry = next(e for e in page.root.all("a") if e.attrs.get("href") == DESKS[desk])
    number = re.search(r"\d+", entry.text)
    queued = [e for e in page.root.all("li") if "q" in e.attrs.get("class", "").split()]
    return int(number[0]) if number else 0, len(queued)


def filters(many: int, seed: int) -> list[str]:
    """Random filters of the list, as addresses."""
    chance = random.Random(seed)
    states = ["", "draft", "submitted", "admitted", "assigned", "replied", "closed", "not_admitted"]
    words = ["", "canary", "建议", "%", "_", "张建国"]
    return [f"/suggestions?state={chance.choice(states)}&q={chance.choice(words)}" for _ in range(many)]


def differences(made: World, who: str, everything: list[str], narrow: list[str]) -> list[str]:
    """Where the list, the pages and the badges of one person do not agree."""
    listed, open_ones = shown(made, who, "/suggestions"), opened(made, who, everything)
    wrong = [f"{who}: the list and the pages differ by {len(listed ^ open_ones)}"] if listed != open_ones else []
    for path in narrow:
        beyond = shown(made, who, path) - open_ones
        wrong += [f"{who}: {path} shows {len(beyond)} that do not open"] if beyond else []
    if who in CLERKS:
        for desk in DESKS:
            counted, lying = badge(made, who, desk)
            wrong += [f"{who}: the badge of {desk} says {counted}, there are {lying}"] if counted != lying else []
    return wrong


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    with world(engine) as made:
        everything = list(db.session.scalars(select(Suggestion.public_id)))
        db.session.remove()
        many = QUICK_FILTERS if quick else FILTERS
        people = sorted(made.people)
        wrong = [one for who in people for one in differences(made, who, everything, filters(many, seed))]
    figure = f"{len(people)} people, {len(everything)} suggestions, {many} filters each: {len(wrong)} differences"
    return figure + (f"; {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """The list forgets its scope while the pages keep theirs."""
    unscoped = mock.patch.object(queries, "LINES", Unscoped(queries.LINES))
    with unscoped, world("sqlite") as made:
        everything = list(db.session.scalars(select(Suggestion.public_id)))
        assert db.session.scalar(select(func.count()).select_from(Suggestion).where(true()))
        db.session.remove()
        wrong = differences(made, "zhang", everything, [])
    assert wrong, "the list and the pages still agree"
    return wrong[0]


class Unscoped:
    """The list's statement, deaf to its first condition: who may see what."""

    def __init__(self, statement):
        self.statement = statement

    def where(self, *conditions):
        return self.statement.where(*conditions[1:]) if len(conditions) > 1 else self.statement
