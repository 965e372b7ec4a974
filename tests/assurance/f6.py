"""F6: numbering. A thousand suggestions are admitted by many clerks at once: every number is given once, none is left
out, and the number is what is shown, never what an address names."""

import sys
from unittest import mock

from sqlalchemy import func, select

from portal.core.db import db, writing_transaction
from portal.suggestions import actions
from portal.suggestions.models import Suggestion
from tests.assurance import harness
from tests.assurance.racing import Press, crowd, settle

ALL, QUICK, AT_ONCE = 1_000, 60, 20
STAFF = ("clerk", "clerk2")


def run(engine: str, quick: bool, seed: int, many: int = 0) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    many, answers = many or (QUICK if quick else ALL), list[int]()
    with crowd(engine) as people:
        for start in range(0, many, AT_ONCE):
            items = [people.life.submitted() for _ in range(min(AT_ONCE, many - start))]
            presses = [
                Press(STAFF[at % 2], f"/suggestions/{one.public_id}/steps/admit", {"category": "0101"})
                for at, one in enumerate(items)
            ]
            settle()
            answers += [one.status_code for one in people.at_once(presses)]
        rows = select(Suggestion.series, Suggestion.number, Suggestion.number_text).where(
            Suggestion.number.is_not(None)
        )
        given = db.session.execute(rows).all()
        texts = len({row.number_text for row in given})
        by_number = people.press(Press("clerk", f"/suggestions/{given[0].number}/steps/assign", {})).status_code
    numbers = sorted(row.number for row in given)
    series = len({row.series for row in given})
    refused = sum(one != 303 for one in answers)
    ok = (numbers, texts, series, refused, by_number) == (list(range(1, many + 1)), many, 1, 0, 404)
    twice, gaps = len(numbers) - len(set(numbers)), len(set(range(1, many + 1)) - set(numbers))
    figure = (
        f"{many} admitted, {AT_ONCE} at once, on {engine}: {twice} numbers twice, {gaps} left out, {refused} refused"
    )
    return figure, ok


def negative_control() -> str:
    """Counting what is there and adding one; on SQLite also without the turn that every writing request waits for."""

    def counted(key: str) -> int:
        return (db.session.scalar(select(func.max(Suggestion.number)).where(Suggestion.series == key)) or 0) + 1

    with mock.patch.object(actions, "next_number", counted):
        with mock.patch.object(sys.modules[writing_transaction.__module__], "writing", lambda: False):
            figure, ok = run("sqlite", quick=True, seed=1)
        assert not ok, figure
        try:
            more, ok = run("pg", quick=True, seed=1)
        except harness.NotRun as reason:
            return f"{figure}; on pg: {reason}"
    assert not ok, more
    return f"{figure}; {more}"
