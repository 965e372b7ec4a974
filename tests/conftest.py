"""Fixtures for every test, and a loud last word about what could not run here. What each gives: tests/support/."""

from collections import Counter

import pytest

from tests.suggestions.living import life  # noqa: F401
from tests.support import offline
from tests.support.apps import (  # noqa: F401
    app,
    both_engines_app,
    both_engines_session,
    client,
    clock_file,
    make_app,
    migrated_pg_app,
    pg_app,
    postgres_server,
    session,
    set_clock,
    sqlite_app,
    sqlite_template,
)
from tests.support.browser import browser, demo_data, demo_template, live_server, open_page  # noqa: F401

BROWSER_FIXTURES = frozenset({"browser", "open_page"})
PG_FIXTURES = frozenset({"postgres_server", "pg_app", "migrated_pg_app"})


def pytest_configure() -> None:
    """Nothing here may speak to another machine."""
    offline.guard()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test asks for, so that `-m "not browser"` needs no marks by hand."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & BROWSER_FIXTURES:
            item.add_marker("browser")
        if asked & PG_FIXTURES:
            item.add_marker("pg")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Skipped tests are counted by reason, in capital letters: a green run with skips is not the whole suite."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section("注意：有测试没有运行", sep="!", red=True, bold=True)
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count} 项没有运行：{reason}", red=True)
