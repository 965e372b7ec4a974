"""退办情况: every number is the length of the list behind it, and a past period's table never changes (settled A55)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from portal.core.db import db
from portal.core.errors import Conflict
from portal.suggestions import figures
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_

WHY = {"reason": "这件事的职责去年已经划给别的单位。"}


@pytest.fixture
def told(app: Flask, life: Life, set_clock: Callable[[str], None]) -> Life:
    """Asked twice on 3 March, once granted on the 4th; a try after the window on the 17th."""
    with app.app_context():
        first, second, third = (life.task(life.assigned()) for _ in range(3))
        set_clock("2026-03-03T09:00")
        for task in (first, second, third):
            life.act("housing", task, "receive")
        for task in (first, second):
            life.act("housing", task, "request_return", unit=life.bodies["water"], **WHY)
        set_clock("2026-03-04T09:00")
        life.act("clerk", first, "approve_return", unit=life.bodies["water"])
        set_clock("2026-03-17T09:00")
        with pytest.raises(Conflict):
            life.act("housing", third, "request_return", unit=life.bodies["water"], **WHY)
        db.session.commit()
    return life


def counted(life: Life, last: date, who: str = "clerk") -> list[int]:
    rows = figures.returns(life.actor(who), date(2026, 1, 1), last)
    outcomes = (figures.ASKED, *figures.OUTCOMES)
    return [sum(len(row.those(outcome)) for row in rows) for outcome in outcomes]


def test_what_was_known_by_the_end_of_a_day(app: Flask, told: Life) -> None:
    with app.app_context():
        assert counted(told, date(2026, 3, 2)) == [0, 0, 0, 0, 0]
        assert counted(told, date(2026, 3, 3)) == [2, 0, 0, 0, 2]
        assert counted(told, date(2026, 3, 4)) == [2, 0, 1, 0, 1]
        assert counted(told, date(2026, 3, 17)) == [2, 1, 1, 0, 1]
        assert counted(told, date(2026, 3, 17), "govoffice") == [2, 1, 1, 0, 1]


@pytest.mark.usefixtures("told")
def test_each_number_opens_its_list(app: Flask) -> None:
    page = as_(app, "clerk").page("/figures/returns")
    links = [link for link in page.links if "outcome=" in link]
    assert links, page.text
    for link in links:
        listed = as_(app, "clerk").page(link).root.all("table")
        number = next(a.text for a in page.root.all("a") if a.attrs.get("href") == link)
        assert len(listed[1].all("tr")) - 1 == int(number)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("query", ["since=x&until=y", "since=0001-01-01&until=9999-12-31", "unit=nobody&outcome=none"])
def test_what_cannot_be_read_asks_for_nothing(app: Flask, query: str) -> None:
    assert "退办情况" in as_(app, "govoffice").page(f"/figures/returns?{query}").text


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("who", ["zhang", "housing", "housing-signer", "delegation1", "system", "auditor"])
def test_for_the_offices_alone(app: Flask, who: str) -> None:
    assert as_(app, who).get("/figures/returns").status_code == 404
