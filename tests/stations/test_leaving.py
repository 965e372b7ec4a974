"""A deputy who leaves: duties fall vacant with the last seat, the hand-over sheet lists station and duties (S6)."""

from flask import Flask

from portal.core.db import db
from portal.stations.models import DutySlot
from tests.stations.conftest import NAME, Place
from tests.support.inspecting import signed_in_as


def test_duties_fall_vacant_with_the_seat(app: Flask, place: Place):
    with app.app_context():
        place.rule()
        db.session.remove()
    clerk, seat = signed_in_as(app, "clerk"), place.seats["zhang"]
    ended = {"kind": "moved", "day": "2026-05-12"}
    assert clerk.submit(f"/deputies/{seat}/changes", ended, action="/changes/end").status_code == 303
    with app.app_context():
        mine = db.select(DutySlot).where(DutySlot.person_id == place.people["zhang"])
        slots = db.session.scalars(mine).all()
        assert {(one.state, one.reason) for one in slots} == {("on_leave", "代表资格终止")} and len(slots) == 6
        db.session.remove()
    text = clerk.page(f"/deputies/{seat}/hand-over").text
    assert f"{NAME}进站代表" in text
    page = clerk.page("/desk/stations").text
    assert "请假，还没有人顶" in page and "张建国" in page
