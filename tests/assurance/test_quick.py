"""The rows of the safety bar in quick form on SQLite and their negative controls, those that do not take long."""

import pytest

from tests.assurance.__main__ import control, judge, rows

SEED = 20260101
# Each kills processes or races for half a minute and more: `make assure` and its `--control` try them.
LONG = frozenset({"g5", "j5"})
LONG_CONTROLS = LONG | {"f2", "j3"}


@pytest.mark.parametrize("name", [name for name in rows() if name not in LONG])
def test_row(name):
    figure, result = judge(name, "sqlite", quick=True, seed=SEED)
    if result == "NOT-RUN":
        pytest.skip(f"{name.upper()}: {figure}")
    assert result == "PASS", figure


@pytest.mark.parametrize("name", [name for name in rows() if name not in LONG_CONTROLS])
def test_without_its_guard_it_goes_red(name):
    said, result = control(name)
    if result == "NOT-RUN":
        pytest.skip(f"{name.upper()}: {said}")
    assert result == "PASS", said
