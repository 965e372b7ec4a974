"""Lists ≤ 6 and items ≤ 8 statements, for one row and for fifty."""

from typing import Any

import pytest
from flask import Flask

from portal.activities import actions, queries
from portal.core.db import db
from tests.activities.gathering import many_deputies, published, signed
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand
from tests.web.test_statements import HOME_AT_MOST, ITEM_AT_MOST, LIST_AT_MOST, cost, told


@pytest.mark.parametrize("many", [1, 50])
def test_statements(app: Flask, set_clock: Any, many: int):
    set_clock("2026-03-02T09:00")
    with app.app_context():
        office = stand()
        names = many_deputies(office, {"东团": many}, first_term=1)["东团"]
        life = Life(office)
        for number in range(1 if many == 1 else 20):
            activity = published(life, title=f"第{number}期培训班", places=30, quotas=[
                {"delegation": life.bodies["东团"], "places": 20}, {"delegation": life.bodies["西团"], "places": 5},
            ])  # fmt: skip
        signed(life, activity, *names)
        path = activity.address
        for name in names[:3]:
            mine = next(one for one in queries.sign_ups(activity, most=None) if one.person.sort_name == name)
            if mine.state == "confirmed":
                actions.take_sign_up(life.actor(name), mine, "request_leave", {"reason": "要住院检查。"})
        db.session.commit()
    deputy, clerk, leader = as_(app, names[-1]), as_(app, "clerk"), as_(app, "leader1")
    lists = ("/activities", "/activities?past=1", "/notices")
    for client in (deputy, clerk, leader):
        for one in lists:
            seen = cost(client, one)
            assert len(seen) <= LIST_AT_MOST, told(one, seen)
        seen = cost(client, path)
        assert len(seen) <= ITEM_AT_MOST, told(path, seen)
    for one in ("/sign-ups", "/sheet", "/make-up", "/code"):
        seen = cost(clerk, path + one)
        assert len(seen) <= ITEM_AT_MOST, told(path + one, seen)
    seen = cost(deputy, "/home")
    assert len(seen) <= HOME_AT_MOST, told("/home", seen)
