"""Working days: the official calendar that ships, make-up days, months, and what is provisional."""

from datetime import date

import pytest

from portal.congress.rulepacks import shipped_calendar, shipped_years
from portal.core.workdays import Calendar, add_months, span

CALENDAR = shipped_calendar()
D = date.fromisoformat


@pytest.mark.parametrize(
    "day",
    "2024-02-09 2024-02-04 2024-02-18 2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 "
    "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10 2007-02-17 2011-12-31 2007-12-29".split(),
)
def test_offices_work(day: str) -> None:
    assert CALENDAR.is_working(D(day))


@pytest.mark.parametrize(
    "day",
    "2024-02-10 2024-02-17 2025-01-28 2026-01-02 2026-02-15 2026-02-23 2026-04-06 2026-06-19 2026-09-25 2026-10-07 "
    "2015-09-03 2020-02-01 2018-12-31 2007-05-07".split(),
)
def test_offices_rest(day: str) -> None:
    assert not CALENDAR.is_working(D(day))


def test_twenty_years_ship_each_with_its_notice() -> None:
    years = shipped_years()
    assert list(years) == list(range(2007, 2027))
    assert all(known["source"].startswith("《国务院办公厅关于") for known in years.values())
    assert all(day.year == year for year, known in years.items() for day, _, _ in known["days"])
    assert "国办发明电〔2025〕7号" in years[2026]["source"]
    assert "国办发明电〔2020〕1号" in years[2020]["source"]


def test_make_up_days_are_weekend_days_and_every_rest_run_holds_a_weekday_or_a_festival() -> None:
    assert all(day.weekday() >= 5 for day in CALENDAR.makeup)
    assert all(CALENDAR.name(day) for day in CALENDAR.rest | CALENDAR.makeup)
    assert len(CALENDAR.makeup) == 130


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-29", 3, "2024-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-02", 6, "2026-09-02"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_months_end_on_the_same_day_number_or_the_month_end(start: str, months: int, end: str) -> None:
    assert add_months(D(start), months) == D(end)


def test_weekdays_and_names() -> None:
    assert CALENDAR.name(D("2026-02-17")) == "春节"
    assert CALENDAR.name(D("2026-02-28")) == "调休上班"
    assert CALENDAR.name(D("2026-03-07")) == "周末"
    assert CALENDAR.name(D("2026-03-02")) == ""
    assert CALENDAR.next_working(D("2026-02-15")) == D("2026-02-24")
    assert CALENDAR.previous_working(D("2026-02-23")) == D("2026-02-14")
    assert CALENDAR.add_working_days(D("2026-02-10"), 5) == D("2026-02-24")
    assert CALENDAR.subtract_working_days(D("2026-02-24"), 5) == D("2026-02-10")
    assert CALENDAR.add_working_days(D("2026-03-07"), 0) == D("2026-03-07")


def test_unknown_years_count_weekends_only_and_are_provisional() -> None:
    assert CALENDAR.is_working(D("2027-10-01"))
    assert not CALENDAR.is_working(D("2027-10-02"))
    assert CALENDAR.provisional(D("2027-01-01"))
    assert CALENDAR.provisional(D("2006-12-31"))


@pytest.mark.parametrize(
    ("day", "unsure"), [("2026-12-24", False), ("2026-12-25", True), ("2026-12-31", True), ("2025-12-31", False)]
)
def test_the_last_week_before_an_unknown_year_is_provisional(day: str, unsure: bool) -> None:
    assert CALENDAR.provisional(D(day)) is unsure


def test_any_provisional_looks_at_every_day() -> None:
    assert not CALENDAR.any_provisional(D("2026-12-01"), D("2026-12-24"))
    assert CALENDAR.any_provisional(D("2026-12-24"), D("2026-12-25"))
    assert CALENDAR.any_provisional(D("2006-12-31"), D("2007-01-05"))


def test_a_day_cannot_rest_and_work() -> None:
    day = D("2026-03-07")
    with pytest.raises(ValueError, match="at once"):
        Calendar(frozenset({2026}), frozenset({day}), frozenset({day}))


def test_a_calendar_without_any_working_day_is_noticed_instead_of_searched_for_ever() -> None:
    closed = Calendar(frozenset({2026}), frozenset(span(D("2026-01-01"), D("2026-12-31"))))
    with pytest.raises(ValueError, match="no working day"):
        closed.add_working_days(D("2026-03-02"), 1)


def test_a_negative_number_of_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(D("2026-03-02"), -1)
