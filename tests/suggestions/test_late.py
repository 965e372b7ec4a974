"""刚刚逾期: the list and the number on the start pages of the clerk and of the government office, day by day."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from tests.suggestions.living import SOLE, TITLE, Life
from tests.support.inspecting import signed_in_as as as_

WHO = ("clerk", "govoffice")


@pytest.fixture
def due(life: Life, app: Flask) -> Life:
    """One item whose reply is due on Tuesday 2 June 2026."""
    with app.app_context():
        life.assigned(SOLE)
        db.session.commit()
        db.session.remove()
    return life


@pytest.mark.parametrize("moment, just, late", [
    *(("2026-06-02T23:59:59", 0, 0), ("2026-06-03T00:00:00", 1, 1)),
    *(("2026-06-03T17:00", 1, 1), ("2026-06-04T09:00", 0, 1)),
])  # fmt: skip
def test_red_from_the_day_after(
    due: Life, app: Flask, set_clock: Callable[[str], None], moment: str, just: int, late: int
) -> None:
    set_clock(moment)
    for who in WHO:
        reader = as_(app, who)
        now, every = reader.page("/desk/late"), reader.page("/desk/late?all=1")
        assert (TITLE in now.text, TITLE in every.text) == (bool(just), bool(late))
        if just:
            assert "逾期1天" in now.text
    assert ("刚刚逾期1件" in as_(app, "govoffice").page("/home").text) == bool(just)


def test_what_fell_due_before_a_rest_is_new_on_the_next_working_day(
    life: Life, app: Flask, set_clock: Callable[[str], None]
) -> None:
    """Assigned on Thursday 5 March: due on Friday 5 June, still new on Monday 8 June."""
    set_clock("2026-03-05T09:00")
    with app.app_context():
        life.assigned(SOLE)
        db.session.commit()
        db.session.remove()
    for day, seen in (("2026-06-06", True), ("2026-06-08", True), ("2026-06-09", False)):
        set_clock(f"{day}T09:00")
        assert (TITLE in as_(app, "clerk").page("/desk/late").text) == seen, day


def test_an_answered_one_is_not_late(due: Life, app: Flask, set_clock: Callable[[str], None]) -> None:
    set_clock("2026-06-03T09:00")
    with app.app_context():
        task = db.session.get(UnitTask, 1)
        due.replied(task)
        db.session.commit()
        db.session.remove()
    assert TITLE not in as_(app, "clerk").page("/desk/late?all=1").text


def test_units_see_only_their_own(due: Life, app: Flask, set_clock: Callable[[str], None]) -> None:
    set_clock("2026-06-03T09:00")
    assert TITLE in as_(app, "housing").page("/desk/late").text
    assert TITLE not in as_(app, "water").page("/desk/late").text
