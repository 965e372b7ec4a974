"""J2: properties of the deadline engine, each on at least 2,000 generated examples."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.congress import deadlines, rulepacks
from portal.congress.pack import Pack, Policy
from portal.core import workdays
from portal.core.errors import Invalid

FULL, QUICK = 5_000, 2_000
RULES = "assign return_window assist assist_redo first_contact reply cap feedback redo publish matter_handle".split()
starts = st.dates(date(2007, 1, 1), date(2026, 12, 31))
codes = st.sampled_from(["Q", "SH", "CQ", "SD", "TW"])
rules = st.sampled_from(RULES)
CALENDAR = rulepacks.shipped_calendar()


PROPERTIES: list[tuple[tuple[Any, ...], Callable[..., None]]] = []


def law(*strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enter a property with what it is tried on."""

    def entered(prop: Callable[..., None]) -> Callable[..., None]:
        PROPERTIES.append((strategies, prop))
        return prop

    return entered


def with_policy(pack: Pack, key: str, value: object) -> Pack:
    """The pack with one policy changed."""
    return replace(pack, policies={**pack.policies, key: Policy(key, value, key, "")})


def due(code: str, rule: str, start: date) -> deadlines.Deadline:
    return deadlines.deadline(rulepacks.shipped_pack(code), rule, start, CALENDAR)


@law(codes, rules, starts)
def never_on_a_rest_day(code: str, rule: str, start: date) -> None:
    one = due(code, rule, start)
    assert CALENDAR.is_working(one.due), f"{code} {rule} from {start} ends on a rest day, {one.due}"


@law(codes, rules, starts, st.integers(0, 60))
def a_later_start_never_ends_earlier(code: str, rule: str, start: date, later: int) -> None:
    first, second = due(code, rule, start), due(code, rule, start + timedelta(days=later))
    assert first.due <= second.due, f"{code} {rule}: {start} → {first.due}, {later} days later → {second.due}"


@law(codes, rules, starts)
def the_day_of_the_event_is_not_counted(code: str, rule: str, start: date) -> None:
    one = due(code, rule, start)
    if one.unit == "wd":
        counted = [day for day in workdays.span(start + workdays.ONE, one.due) if CALENDAR.is_working(day)]
        said = f"{code} {rule} from {start}: {len(counted)} working days to {one.due}, not {one.amount}"
        assert len(counted) == one.amount, said
        assert one.days == len(counted) + len(one.skipped), said
    elif one.unit == "d":
        assert (one.unmoved - start).days == one.amount, f"{code} {rule} from {start}: {one.unmoved}"
    else:
        assert one.unmoved > start


@law(codes, st.sampled_from(["assist", "reply", "cap", "redo", "long_reply"]), starts)
def no_such_day_means_the_end_of_the_month(code: str, rule: str, start: date) -> None:
    one = due(code, rule, start)
    if one.unit != "m":
        return
    months = (one.unmoved.year - start.year) * 12 + one.unmoved.month - start.month
    assert months == one.amount, f"{code} {rule} from {start}: {months} months to {one.unmoved}"
    is_month_end = (one.unmoved + workdays.ONE).day == 1
    short = one.unmoved.day < start.day and is_month_end
    assert one.unmoved.day == start.day or short, f"{code} {rule} from {start}: {one.unmoved}"


@law(codes, starts, st.integers(-30, 260))
def an_extension_only_lengthens_and_stays_within_the_cap(code: str, start: date, more: int) -> None:
    pack, old = rulepacks.shipped_pack(code), due(code, "reply", start)
    asked = old.due + timedelta(days=more)
    limit = due(code, "cap", start).due
    allowed = old.due < asked <= limit and CALENDAR.is_working(asked)
    said = f"{code} reply from {start} due {old.due}, asked {asked}, cap {limit}"
    try:
        new = deadlines.extended(pack, old, asked, CALENDAR)
    except Invalid:
        assert not allowed, f"{said}: refused"
        return
    assert allowed and new.due == asked and new.extended_from == old.due, f"{said}: got {new.due}"
    try:
        deadlines.extended(pack, new, new.due + timedelta(days=1), CALENDAR)
    except Invalid:
        return
    raise AssertionError(f"{said}: extended twice")


@law(codes, starts, st.integers(0, 200), st.booleans())
def reassignment_keeps_or_restarts_with_a_reason(code: str, start: date, after: int, keeps: bool) -> None:
    pack = with_policy(rulepacks.shipped_pack(code), "reassign_keeps_due", keeps)
    old, changed = due(code, "reply", start), start + timedelta(days=after)
    new = deadlines.reassigned(pack, old, changed, CALENDAR)
    said = f"{code} reply from {start}, re-assigned {changed}, keeps={keeps}: {old.due} → {new.due}"
    wanted = old.due if keeps else min(due(code, "reply", changed).due, due(code, "cap", start).due)
    assert new.due == wanted, said
    assert new.note and new.assigned == start and new.extensions == old.extensions, said


@law(starts, st.integers(0, 60))
def adding_and_taking_working_days_comes_back(start: date, number: int) -> None:
    day = CALENDAR.next_working(start)
    there = CALENDAR.add_working_days(day, number)
    back = CALENDAR.subtract_working_days(there, number)
    assert back == day, f"{day} + {number} = {there}, − {number} = {back}"
    counted = sum(CALENDAR.is_working(one) for one in workdays.span(day + workdays.ONE, there))
    assert counted == number, f"{day} + {number} = {there} counts {counted}"


def broken(examples: int, seed: int) -> list[str]:
    """One line per property for which an example was found against it."""
    quiet = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    found = []
    for strategies, prop in PROPERTIES:
        try:
            hypothesis.seed(seed)(quiet(given(*strategies)(prop)))()
        except AssertionError as against:
            found.append(f"{prop.__name__}: {str(against).splitlines()[0]}")
    return found


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """The engine is pure, so both database engines share one figure."""
    examples = QUICK if quick else FULL
    found = broken(examples, seed)
    first = f"; first: {found[0]}" if found else ""
    return f"{len(found)} of {len(PROPERTIES)} properties broken, {examples} examples each{first}", not found


def negative_control() -> str:
    """Counting the day of the event must be noticed; returns the first red line."""
    right = workdays.Calendar.add_working_days

    def off_by_one(self: workdays.Calendar, day: date, count: int) -> date:
        return right(self, day - workdays.ONE, count)

    with mock.patch.object(workdays.Calendar, "add_working_days", off_by_one):
        for line in broken(200, 1):
            return line
    raise AssertionError("J2 stayed green with the day of the event counted")
