"""The same on both engines: lists with their conditions, a swap, the night; and two taps at once are one exchange."""

import threading
from datetime import date

import pytest
from flask import Flask

from portal.core.db import db
from portal.jobs import night
from portal.stations.models import DutySlot, Reception
from portal.stations.nightly import tend
from tests.stations.conftest import NAME, SLUG, Place, settle
from tests.stations.test_importing import FILE
from tests.support.inspecting import signed_in_as
from tests.support.office import stand


@pytest.fixture
def place(both_engines_app: Flask, set_clock) -> Place:
    set_clock("2026-05-12T09:00")
    with both_engines_app.app_context():
        made = settle(stand())
        made.rule()
        db.session.remove()
        return made


def test_pages_and_the_night(both_engines_app: Flask, place: Place, set_clock):
    app = both_engines_app
    public, clerk = app.test_client(), signed_in_as(app, "clerk")
    assert NAME in public.page("/stations?q=qhjd").text and NAME in clerk.page("/desk/stations?q=清河").text
    assert "2位代表在站里等您" in public.page(f"/stations/{SLUG}").text
    assert "张建国" in public.page(f"/stations/{SLUG}/calendar").text
    assert "今年4次" in clerk.page(f"/desk/stations/{place.public_id}").text
    path = f"/desk/stations/{place.public_id}/edit"
    assert clerk.submit(path, {"hours": "周一至周五"}).status_code == 303
    read_in = app.test_cli_runner().invoke(args=["import", str(FILE), "--kind", "stations"])
    assert "站点18、接待规则4" in read_in.output
    assert "大郭庄" in public.page("/stations?q=dgz").text
    set_clock("2026-05-16T00:05")
    with app.app_context():
        said = list(night.run((tend,), date(2026, 5, 16)))
        assert sum("没有登记到站" in one for one in said) == 2
        assert sum("排到2027-05-16" in one for one in said) == 5
        db.session.remove()
    assert "今年缺勤" in clerk.page("/desk/stations").text


def test_two_taps_on_one_offer_exchange_once(both_engines_app: Flask, place: Place):
    """Seen red on PostgreSQL without the slot counting its versions: assert [303, 303] == [303, 409]."""
    app = both_engines_app
    with app.app_context():
        mine, other = place.slot("zhang").public_id, place.slot("wang").public_id
        before = db.session.scalar(db.select(db.func.count(DutySlot.id)))
        db.session.remove()
    signed_in_as(app, "zhang").submit(f"/duty-slots/{mine}/steps/offer_swap", {"other": other})
    clients = [signed_in_as(app, "wang") for _ in range(2)]
    path = f"/duty-slots/{mine}/steps/accept_swap"
    forms = [one.page(path).form(path).fields for one in clients]
    answers: list[int] = []
    gate = threading.Barrier(2)

    def tap(number: int) -> None:
        gate.wait()
        answers.append(clients[number].post(path, data=forms[number]).status_code)

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [303, 409]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(DutySlot.id))) == before + 2
        for reception in db.session.scalars(db.select(Reception)):
            sits = [slot.person_id for slot in reception.slots if slot.state == "planned"]
            assert len(sits) == len(set(sits)) == 2
