"""The steps of a duty slot, each through its page: swaps, leave, arrival, also after the fact; every refusal."""

from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.stations.models import DutySlot, Reception
from portal.stations.workflow import SLOT
from tests.stations.conftest import SLUG, Place
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, signed_in_as


@pytest.fixture
def duty(app: Flask, place: Place) -> Place:
    """Every month's 15th from May 2026 on: 张建国 and 李秀英, then 王海 and 沈若兰, and so on."""
    with app.app_context():
        place.rule()
        db.session.remove()
    return place


def ids(app: Flask, duty: Place, username: str, number: int = 0) -> str:
    with app.app_context():
        return duty.slot(username, number).public_id


def states(app: Flask, username: str, duty: Place) -> list[str]:
    with app.app_context():
        mine = db.select(DutySlot).join(Reception).where(DutySlot.person_id == duty.people[username])
        return [one.state for one in db.session.scalars(mine.order_by(Reception.day, DutySlot.id))]


def sitting(client: InspectingClient, day: str) -> str:
    """Who sits on that day, from the public calendar."""
    text = client.page(f"/stations/{SLUG}/calendar").text
    return text[text.index(f"{day}（") :][:60]


def test_a_swap_is_offered_and_accepted_by_the_colleague(app: Flask, duty: Place, client: InspectingClient):
    zhang, wang = signed_in_as(app, "zhang"), signed_in_as(app, "wang")
    slot, other = ids(app, duty, "zhang"), ids(app, duty, "wang")
    assert "王海　6月15日上午" in zhang.get(f"/duty-slots/{slot}/steps/offer_swap").text
    answer = zhang.submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": other})
    assert answer.status_code == 303
    assert "等对方答复" in zhang.page("/duty").text
    page = wang.page("/duty")
    assert "同事想和您换班" in page.text and f"/duty-slots/{slot}/steps/accept_swap" in page.links
    assert wang.submit(f"/duty-slots/{slot}/steps/accept_swap").status_code == 303
    assert states(app, "zhang", duty)[0] == "swapped" and states(app, "wang", duty)[:2] == ["planned", "swapped"]
    assert "王海" in sitting(client, "5月15日") and "张建国" in sitting(client, "6月15日")
    again = wang.post(f"/duty-slots/{slot}/steps/accept_swap", data=token(wang))
    assert again.status_code == 409 and "已换班" in Page(again.text).text


def token(client: InspectingClient) -> dict[str, Any]:
    """The hidden fields of a form of this person's, for a request that no page offers."""
    return {name: value for name, value in client.page("/me").form().fields.items() if name == "csrf_token"}


def test_only_the_one_asked_may_accept(app: Flask, duty: Place):
    slot, other = ids(app, duty, "zhang"), ids(app, duty, "wang")
    signed_in_as(app, "zhang").submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": other})
    for username, status in (("li", 404), ("zhang", 404), ("station01", 404), ("zhao", 404)):
        client = signed_in_as(app, username)
        assert client.get(f"/duty-slots/{slot}/steps/accept_swap").status_code == status, username
        assert client.post(f"/duty-slots/{slot}/steps/accept_swap", data=token(client)).status_code == status
    assert states(app, "zhang", duty)[0] == "planned"


def test_a_swap_falls_through_when_the_other_duty_changed_meanwhile(app: Flask, duty: Place):
    zhang, wang = signed_in_as(app, "zhang"), signed_in_as(app, "wang")
    slot, other = ids(app, duty, "zhang"), ids(app, duty, "wang")
    zhang.submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": other})
    assert wang.submit(f"/duty-slots/{other}/steps/take_leave", {"reason": "外出学习"}).status_code == 303
    late = wang.post(f"/duty-slots/{slot}/steps/accept_swap", data=token(wang))
    assert late.status_code == 409 and "换班办不成了" in Page(late.text).text
    assert states(app, "zhang", duty)[0] == "planned"


def test_an_offer_names_a_duty_from_the_list(app: Flask, duty: Place):
    zhang, slot = signed_in_as(app, "zhang"), ids(app, duty, "zhang")
    for other, sentence in (("", "请从列表里选一次要换的接待。"), ("没有这个人", "请从列表里选")):
        answer = zhang.submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": other, "note": "请帮个忙"})
        assert answer.status_code == 422 and sentence in Page(answer.text).text
        assert "请帮个忙" in answer.text, "what was typed is still there"
    partner = ids(app, duty, "li")  # sits at the same reception
    assert zhang.submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": partner}).status_code == 422


def test_leave_is_seen_by_the_station_and_filled(app: Flask, duty: Place, client: InspectingClient):
    zhang, station = signed_in_as(app, "zhang"), signed_in_as(app, "station01")
    slot = ids(app, duty, "zhang")
    assert zhang.submit(f"/duty-slots/{slot}/steps/take_leave", {"reason": ""}).status_code == 422
    assert zhang.submit(f"/duty-slots/{slot}/steps/take_leave", {"reason": "住院"}).status_code == 303
    page = station.page("/desk/stations")
    assert "请假，还没有人顶" in page.text and "张建国请假：住院" in page.text
    with app.app_context():
        reception = duty.slot("zhang").reception.public_id
    assert f"/receptions/{reception}/fill" in page.links
    assert station.submit(f"/receptions/{reception}/fill", {}).status_code == 422
    filled = station.submit(f"/receptions/{reception}/fill", {"deputy": duty.placements["wang"]})
    assert filled.status_code == 303
    assert "王海" in sitting(client, "5月15日") and "张建国" not in sitting(client, "5月15日")
    assert "请假，还没有人顶" not in station.page("/desk/stations").text
    again = station.submit(f"/receptions/{reception}/fill", {"deputy": duty.placements["wang"]})
    assert again.status_code == 422, "who sits there is not offered again"


def test_arrival_on_the_day_by_the_deputy(app: Flask, duty: Place, set_clock):
    zhang, slot = signed_in_as(app, "zhang"), ids(app, duty, "zhang")
    early = zhang.get(f"/duty-slots/{slot}/steps/arrive")
    assert early.status_code == 409 and "还没到接待日" in Page(early.text).text
    set_clock("2026-05-15T09:05")
    wrong = zhang.submit(f"/duty-slots/{slot}/steps/arrive", {"happened_on": "2026-05-14"})
    assert wrong.status_code == 422 and "接待日是5月15日" in Page(wrong.text).text
    assert zhang.submit(f"/duty-slots/{slot}/steps/arrive").status_code == 303
    assert states(app, "zhang", duty)[0] == "held"
    assert zhang.get(f"/duty-slots/{slot}/steps/arrive").status_code == 409


def test_arrival_after_the_fact_needs_a_reason(app: Flask, duty: Place, set_clock):
    slot = ids(app, duty, "zhang")
    set_clock("2026-05-20T09:00")
    station = signed_in_as(app, "station01")
    early = station.get(f"/duty-slots/{slot}/steps/take_leave")
    assert early.status_code == 409 and "已经过去了" in Page(early.text).text
    answer = station.submit(f"/duty-slots/{slot}/steps/arrive", {"happened_on": "2026-05-15"})
    assert answer.status_code == 422 and "请写明原因" in Page(answer.text).text
    typed = {"happened_on": "2026-05-15", "late_reason": "当天停电，忘了登记"}
    assert station.submit(f"/duty-slots/{slot}/steps/arrive", typed).status_code == 303
    with app.app_context():
        one = duty.slot("zhang")
        assert (one.state, str(one.happened_on), one.reason) == ("held", "2026-05-15", "当天停电，忘了登记")


def test_missed_is_marked_by_the_station_and_taken_back_with_a_reason(app: Flask, duty: Place, set_clock):
    slot = ids(app, duty, "li")
    station = signed_in_as(app, "station01")
    early = station.get(f"/duty-slots/{slot}/steps/mark_missed")
    assert early.status_code == 409 and "接待日还没有过" in Page(early.text).text
    set_clock("2026-05-18T09:00")
    assert signed_in_as(app, "li").get(f"/duty-slots/{slot}/steps/mark_missed").status_code == 404
    assert station.submit(f"/duty-slots/{slot}/steps/mark_missed", {"reason": "没有请假"}).status_code == 303
    page = signed_in_as(app, "clerk").page("/desk/stations")
    assert "今年缺勤" in page.text and "李秀英" in page.text and "没有请假" in page.text
    assert f"/duty-slots/{slot}/steps/arrive" in page.links
    put_right = {"late_reason": "在接待室里间，没有看见"}
    assert station.submit(f"/duty-slots/{slot}/steps/arrive", put_right).status_code == 303
    assert states(app, "li", duty)[0] == "held"


def test_nobody_exchanges_a_duty_of_today(app: Flask, duty: Place, set_clock):
    slot = ids(app, duty, "zhang")
    set_clock("2026-05-15T08:00")
    answer = signed_in_as(app, "zhang").get(f"/duty-slots/{slot}/steps/offer_swap")
    assert answer.status_code == 409 and "不能再换班" in Page(answer.text).text


def test_a_stale_page_is_refused(app: Flask, duty: Place):
    zhang, slot = signed_in_as(app, "zhang"), ids(app, duty, "zhang")
    seen = zhang.page(f"/duty-slots/{slot}/steps/take_leave").form()
    zhang.submit(f"/duty-slots/{slot}/steps/offer_swap", {"other": ids(app, duty, "wang")})
    answer = zhang.post(f"/duty-slots/{slot}/steps/take_leave", data={**seen.fields, "reason": "住院"})
    assert answer.status_code == 409
    assert states(app, "zhang", duty)[0] == "planned"


def test_strangers_find_nothing(app: Flask, duty: Place, client: InspectingClient):
    slot = ids(app, duty, "zhang")
    for username in ("zhao", "housing", "leader1", "auditor"):
        other = signed_in_as(app, username)
        for step in ("take_leave", "arrive", "offer_swap", "make_tea"):
            assert other.get(f"/duty-slots/{slot}/steps/{step}").status_code == 404, (username, step)
    assert client.get("/duty").status_code == 303
    assert signed_in_as(app, "housing").get("/duty").status_code == 404


def test_steps_by_themselves_have_no_door(app: Flask, duty: Place):
    slot, station = ids(app, duty, "zhang"), signed_in_as(app, "station01")
    for step in ("plan", "exchange"):
        assert SLOT.steps[step].by_itself
        assert station.get(f"/duty-slots/{slot}/steps/{step}").status_code == 404


def test_own_calendar_file(app: Flask, duty: Place):
    zhang = signed_in_as(app, "zhang")
    text = zhang.get("/duty.ics").text
    assert text.count("BEGIN:VEVENT") == 6 and "张建国" in text
    assert "public" not in zhang.get("/duty.ics").headers["Cache-Control"]
    staff = signed_in_as(app, "station01")
    assert staff.get("/duty").location == "/desk/stations"


def test_the_start_page_says_when_to_sit_and_who_asks(app: Flask, duty: Place):
    zhang, wang = signed_in_as(app, "zhang"), signed_in_as(app, "wang")
    page = zhang.page("/home")
    assert "到清河街道人大代表联络站接待" in page.text and "/duty" in page.links
    offer = {"other": ids(app, duty, "wang")}
    zhang.submit(f"/duty-slots/{ids(app, duty, 'zhang')}/steps/offer_swap", offer)
    assert "想和您换班" in wang.page("/home").text
