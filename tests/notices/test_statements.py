"""Lists ≤ 6 and items ≤ 8 statements, for one row and for fifty."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.notices import actions
from tests.activities.gathering import many_deputies
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand
from tests.web.test_statements import HOME_AT_MOST, ITEM_AT_MOST, LIST_AT_MOST, cost, told


@pytest.mark.parametrize("many", [1, 50])
def test_statements(app: Flask, set_clock: Any, many: int):
    set_clock("2026-03-02T09:00")
    with app.app_context():
        office = stand()
        names = many_deputies(office, {"东团": many})["东团"]
        life = Life(office)
        clerk = life.actor("clerk")
        values = {
            **{"kind": "meeting", "title": "座谈会通知", "body": "请准时到会。", "whole": ["all", "leader"]},
            **{"starts_on": date(2026, 3, 20), "begins": "9:00", "until_on": None},
        }
        for _ in range(1 if many == 1 else 20):
            notice = actions.write(clerk, None, values)
            actions.take(clerk, notice, "publish", {})
        path = notice.address
        db.session.commit()
        db.session.remove()
    for client in (as_(app, names[-1]), as_(app, "clerk"), as_(app, "leader1")):
        for one, most in (("/notices", LIST_AT_MOST), (path, ITEM_AT_MOST)):
            seen = cost(client, one)
            assert len(seen) <= most, told(one, seen)
    seen = cost(as_(app, "clerk"), f"{path}/receipts")
    assert len(seen) <= LIST_AT_MOST, told("receipts", seen)
    seen = cost(as_(app, names[0]), "/home")
    assert len(seen) <= HOME_AT_MOST, told("/home", seen)
