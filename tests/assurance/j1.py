"""J1: the deadline engine equals a day-by-day oracle on random (pack, rule, start) of 2007–2026, difference 0."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from unittest import mock

from portal.congress import deadlines, rulepacks
from tests.assurance import oracle

FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
FULL, QUICK = 100_000, 5_000


def differences(cases: int, seed: int) -> Iterator[str]:
    """One line per case in which engine and oracle part."""
    chance = random.Random(seed)
    rules, places = sorted(oracle.COMMON), sorted(oracle.PLACES)
    calendar = rulepacks.shipped_calendar()
    for _ in range(cases):
        place, rule = chance.choice(places), chance.choice(rules)
        start = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
        one = deadlines.deadline(rulepacks.shipped_pack(place), rule, start, calendar)
        ours, theirs = (one.unmoved, one.due, one.provisional), oracle.count(place, rule, start)
        if ours != theirs:
            yield f"{place} {rule} from {start}: engine {_words(ours)}, oracle {_words(theirs)}"


def _words(counted: tuple[date, date, bool]) -> str:
    unmoved, due, provisional = counted
    return f"{due} (unmoved {unmoved}{', provisional' if provisional else ''})"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """The engine is pure, so both database engines share one figure."""
    cases = QUICK if quick else FULL
    found = list(differences(cases, seed))
    first = f"; first: {found[0]}" if found else ""
    return f"{len(found)} differences in {cases} cases{first}", not found


def negative_control() -> str:
    """Three months counted as ninety days must be noticed; returns the first red line."""

    def ninety(start: date, period: object) -> date:
        return start + timedelta(days=30 * period.amount)  # type: ignore[attr-defined]

    with mock.patch.object(deadlines, "_plain_end", ninety):
        for line in differences(QUICK, 1):
            return line
    raise AssertionError("J1 stayed green with months counted as 30 days")
