"""Every row of the safety bar in its quick form on SQLite, and every negative control that does not take long."""

import pytest

from tests.assurance.__main__ import control, judge, rows

SEED = 20260101
# Each kills processes or races for the better part of a minute: `python -m tests.assurance --control` tries them.
LONG_CONTROLS = frozenset({"f2", "g5", "j3", "j5"})


@pytest.mark.parametrize("name", rows())
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
