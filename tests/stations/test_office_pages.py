"""How offices and stations keep stations: facts, placements, rules shown back, receptions, sheets; refusals."""

from datetime import date

import pytest
from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.models import Account, Appointment, Person
from portal.accounts.passwords import hashed
from portal.congress.models import Congress
from portal.core.db import db
from portal.stations.models import DutySlot, Placement, Reception, Station
from tests.stations.conftest import FACTS, NAME, PLACED, RULE, SLUG, Place
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, signed_in_as
from tests.support.office import PASSWORD
from tests.web.test_statements import ITEM_AT_MOST, LIST_AT_MOST, cost, told

NEW = {**FACTS, "name": "石桥镇代表之家", "place_kind": "home", "township": "石桥镇"}
TYPED = {name: str(value) for name, value in RULE.items() if value is not None}


def test_the_office_registers_a_station_and_everybody_finds_it(app: Flask, place: Place, client: InspectingClient):
    clerk = signed_in_as(app, "clerk")
    assert clerk.submit("/desk/stations/new", NEW).status_code == 303
    assert "石桥镇代表之家" in client.page("/stations?q=shiqiao").text
    assert "石桥镇代表之家" in clerk.page("/desk/stations?q=石桥").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "请填写名称。"),
        ({"name": NAME}, "已有同名的站点"),
        ({"position": "36.21, 117.12"}, "经度写在前面"),
        ({"position": "东经一百一十七度"}, "位置应写成"),
        ({"position": "0, 0"}, "位置应写成"),
        ({"name": "站" * 121}, "名称不能超过120个字，现在有121个字。"),
        ({"township": "石桥\u202e镇"}, "看不见的特殊字符"),
    ],
)
def test_bad_facts_are_refused_and_kept(app: Flask, place: Place, changed: dict[str, str], sentence: str):
    answer = signed_in_as(app, "clerk").submit("/desk/stations/new", {**NEW, "directions": "桥头往东", **changed})
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    assert "桥头往东" in answer.text, "what was typed is still there"


def test_the_station_corrects_what_it_lives_with_and_nothing_else(app: Flask, place: Place, client: InspectingClient):
    station = signed_in_as(app, "station01")
    form = station.page(f"/desk/stations/{place.public_id}/edit").form(f"/desk/stations/{place.public_id}/edit")
    assert "address" in form.fields and not {"name", "place_kind", "level", "ends_on"} & set(form.fields)
    typed = {"address": "惠民路20号", "station_line": "0000-8812119", "name": "别的名字"}
    assert station.submit(f"/desk/stations/{place.public_id}/edit", typed).status_code == 303
    page = client.page(f"/stations/{SLUG}")
    assert "惠民路20号" in page.text and NAME in page.text
    assert station.get("/desk/stations/new").status_code == 404


def test_the_second_of_two_editors_is_told(app: Flask, place: Place):
    clerk, path = signed_in_as(app, "clerk"), f"/desk/stations/{place.public_id}/edit"
    seen = clerk.page(path).form(path)
    assert signed_in_as(app, "station01").submit(path, {"hours": "全天"}).status_code == 303
    late = clerk.post(path, data={**seen.fields, "hours": "上午"})
    assert late.status_code == 409
    with app.app_context():
        assert place.station.hours == "全天"


def test_one_person_is_placed_once_and_counted_once(app: Flask, place: Place, client: InspectingClient):
    clerk, path = signed_in_as(app, "clerk"), f"/desk/stations/{place.public_id}/placements/new"
    again = clerk.submit(path, {"deputy": place.seats["zhang"], "area": "再写一遍"})
    assert again.status_code == 422 and "同一个人只算一位" in Page(again.text).text and "再写一遍" in again.text
    for typed, sentence in (
        ({}, "请从名册里选一位代表"),
        ({"outside": "马上级"}, "请选他是哪一级的代表"),
        ({"deputy": place.seats["zhao"], "outside": "马上级"}, "只填一个"),
    ):
        answer = clerk.submit(path, typed)
        assert answer.status_code == 422 and sentence in Page(answer.text).text
    assert clerk.submit(path, {"deputy": place.seats["zhao"], "levels": ["city", "province"]}).status_code == 303
    page = client.page(f"/stations/{SLUG}")
    assert "省人大代表、市人大代表、区人大代表" in page.text and "5位" in page.text


def test_who_leaves_leaves_vacant_duties_behind(app: Flask, place: Place, client: InspectingClient):
    with app.app_context():
        place.rule()
        db.session.remove()
    station = signed_in_as(app, "station01")
    answer = station.submit(f"/placements/{place.placements['zhang']}/end", {"ends_on": "2026-05-31"}, follow=True)
    assert "次接待空出来" in Page(answer.text).text
    with app.app_context():
        gone = db.session.scalars(db.select(DutySlot).where(DutySlot.person_id == place.people["zhang"])).all()
        assert {one.state for one in gone if one.reception.day > date(2026, 5, 31)} == {"on_leave"}
        assert {one.state for one in gone if one.reception.day <= date(2026, 5, 31)} == {"planned"}
    assert "请假，还没有人顶" in station.page("/desk/stations").text
    early = station.submit(f"/placements/{place.placements['li']}/end", {"ends_on": "2020-01-01"})
    assert early.status_code == 422 and "不能早于" in Page(early.text).text


def test_a_rule_is_shown_back_before_it_counts(app: Flask, place: Place, client: InspectingClient):
    station, path = signed_in_as(app, "station01"), f"/desk/stations/{place.public_id}/rules/new"
    typed = {**TYPED, "words": "每月15日上午，遇节假日顺延，单月"}
    shown = Page(station.submit(path, {**typed, "act": "read"}).text)
    assert "读作：单月15日上午，遇休息日顺延" in shown.text and "7月15日（周三）" in shown.text
    assert "一年6次，每次2位；4位代表每人3次。" in shown.text
    with app.app_context():
        assert not place.receptions()
    assert station.submit(path, {**typed, "act": "save"}).status_code == 303
    with app.app_context():
        days = [one.day for one in place.receptions()]
        assert days[0] == date(2026, 5, 15) and len(days) == 6
        assert all(len(one.slots) == 2 for one in place.receptions())
        each = db.session.execute(db.select(DutySlot.person_id, db.func.count()).group_by(DutySlot.person_id)).all()
        assert sorted(number for _, number in each) == [3, 3, 3, 3]
    assert "单月15日上午，遇休息日顺延" in client.page(f"/stations/{SLUG}").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"words": "每月2次"}, "没看懂"),
        ({"words": ""}, "请填写什么时候接待"),
        ({"at_once": "0"}, "应为1到20之间的整数"),
        ({"at_once": "两"}, "请填写整数"),
        ({"notice_days": "61"}, "应为0到60之间的整数"),
        ({"starts_on": "2026-05-11"}, "不能早于今天（5月12日）"),
        ({"starts_on": "2026-02-30"}, "日期不存在"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_words_kept(app: Flask, place: Place, changed, sentence: str):
    path = f"/desk/stations/{place.public_id}/rules/new"
    answer = signed_in_as(app, "station01").submit(path, {**TYPED, **changed, "act": "save"})
    assert answer.status_code == 422 and sentence in Page(answer.text).text
    assert changed.get("words", TYPED["words"]) in answer.text


def test_too_few_turns_are_said(app: Flask, place: Place):
    path = f"/desk/stations/{place.public_id}/rules/new"
    typed = {**TYPED, "words": "每季度第一个月10日", "at_once": "1", "act": "read"}
    assert "不够每人至少2次" in Page(signed_in_as(app, "station01").submit(path, typed).text).text


def test_a_rule_ends_and_its_later_receptions_with_it(app: Flask, place: Place, client: InspectingClient):
    with app.app_context():
        rule = place.rule().public_id
        db.session.remove()
    station = signed_in_as(app, "station01")
    assert station.submit(f"/duty-rules/{rule}/end", {"ends_on": "2026-06-30"}).status_code == 303
    with app.app_context():
        standing = [one.day for one in place.receptions() if not one.called_off_at]
        assert standing == [date(2026, 5, 15), date(2026, 6, 15)]
    assert "取消：接待规则已改" in client.page(f"/stations/{SLUG}/calendar").text


def test_one_reception_is_called_off_with_a_reason_the_public_reads(app: Flask, place: Place, client: InspectingClient):
    with app.app_context():
        place.rule()
        first = place.receptions()[0].public_id
        db.session.remove()
    station = signed_in_as(app, "station01")
    assert station.submit(f"/receptions/{first}/call-off", {}).status_code == 422
    assert station.submit(f"/receptions/{first}/call-off", {"reason": "防汛值守"}).status_code == 303
    assert "取消：防汛值守" in client.page(f"/stations/{SLUG}/calendar").text
    assert "6月" in client.page(f"/stations/{SLUG}").text
    twice = station.submit(f"/receptions/{first}/call-off", {"reason": "防汛值守"})
    assert twice.status_code == 409 and "已经取消" in Page(twice.text).text
    assert station.submit(f"/receptions/{first}/fill", {"deputy": place.placements["wang"]}).status_code == 409


def test_poster_and_cards_carry_codes(app: Flask, place: Place):
    with app.app_context():
        place.rule()
        db.session.remove()
    station = signed_in_as(app, "station01")
    poster = station.page(f"/desk/stations/{place.public_id}/poster")
    assert "扫码留言" in poster.text and "0000-8812118" in poster.text and "每月15日" in poster.text
    cards = station.get(f"/desk/stations/{place.public_id}/cards").text
    assert cards.count('class="qr"') == 4 and "沈若兰" in cards


PATHS = (
    "/desk/stations/{station}", "/desk/stations/{station}/edit", "/desk/stations/{station}/placements/new",
    "/desk/stations/{station}/rules/new", "/desk/stations/{station}/poster", "/desk/stations/{station}/cards",
    "/duty-rules/{rule}/end", "/receptions/{reception}/call-off", "/receptions/{reception}/fill",
    "/placements/{placement}/end",
)  # fmt: skip


def test_every_door_is_closed_to_strangers_and_to_other_stations(app: Flask, place: Place):
    """Seen red with the condition taken out of queries.visible_to: other01 answered 200 on /desk/stations/…"""
    with app.app_context():
        rule = place.rule().public_id
        ids = {"station": place.public_id, "rule": rule, "reception": place.receptions()[0].public_id}
        ids["placement"] = place.placements["zhang"]
        strangers(place)
        db.session.commit()
        db.session.remove()
    for username in ("other01", "othertown", "zhang", "housing", "delegation1", "auditor"):
        client = signed_in_as(app, username)
        for path in PATHS:
            assert client.get(path.format(**ids)).status_code == 404, (username, path)
    own = signed_in_as(app, "clerk")
    for path in PATHS:
        assert own.get(path.format(**ids)).status_code == 200, path


def strangers(place: Place) -> None:
    """Staff of another station, and the clerk of another county's congress, without any tie to ours."""
    elsewhere = Congress(name="外县人民代表大会", level="county", office_name="外县")
    db.session.add(elsewhere)
    db.session.flush()
    elsewhere.congress_id = elsewhere.id
    other = Station(name="外县联络站", slug="elsewhere", congress_id=elsewhere.id, superior_id=elsewhere.id)
    db.session.add(other)
    db.session.flush()
    for username, role, body in (("other01", p.STATION, other), ("othertown", p.CLERK, elsewhere)):
        person = Person(name=username, sort_name=username)
        account = Account(
            person=person, username=username, password_hash=hashed(PASSWORD), must_change=False, demo=True
        )
        db.session.add_all([person, account])
        db.session.flush()
        db.session.add(Appointment(person_id=person.id, role=role, body_id=body.id, starts_on=date(2026, 1, 1)))


def test_the_office_above_keeps_the_stations_of_its_townships(app: Flask, place: Place):
    with app.app_context():
        home = place.station.congress_id
        town = Congress(name="石桥镇人民代表大会", level="township", office_name="石桥镇", superior_id=home)
        db.session.add(town)
        db.session.flush()
        town.congress_id = town.id
        below = Station(name="石桥镇联络站", slug="shiqiao", congress_id=town.id, superior_id=town.id)
        db.session.add(below)
        db.session.commit()
        key = below.public_id
        db.session.remove()
    clerk = signed_in_as(app, "clerk")
    assert "石桥镇联络站" in clerk.page("/desk/stations").text
    assert clerk.submit(f"/desk/stations/{key}/edit", {"hours": "全天"}).status_code == 303
    assert "石桥镇联络站" not in signed_in_as(app, "station01").page("/desk/stations").text


def test_lists_and_items_cost_a_bounded_number_of_statements(app: Flask, place: Place, client: InspectingClient):
    with app.app_context():
        place.rule()
        db.session.remove()
    clerk, zhang = signed_in_as(app, "clerk"), signed_in_as(app, "zhang")
    asked = {
        "/stations": (client, LIST_AT_MOST), f"/stations/{SLUG}": (client, ITEM_AT_MOST),
        f"/stations/{SLUG}/calendar": (client, ITEM_AT_MOST), "/desk/stations": (clerk, ITEM_AT_MOST),
        f"/desk/stations/{place.public_id}": (clerk, ITEM_AT_MOST), "/duty": (zhang, LIST_AT_MOST),
    }  # fmt: skip
    for rows in ("few", "many"):
        if rows == "many":
            many(app, place)
        for path, (who, most) in asked.items():
            seen = cost(who, path)
            assert len(seen) <= most, told(path, seen)


def many(app: Flask, place: Place) -> None:
    """Fifty stations more, and a duty every week."""
    with app.app_context():
        home = place.station.congress_id
        for number in range(50):
            db.session.add(
                Station(
                    name=f"第{number}站", slug=f"s{number}", congress_id=home, superior_id=home, township=f"镇{number}"
                )
            )
        place.rule(words="每周四上午")
        db.session.commit()
        assert db.session.scalar(db.select(db.func.count(Reception.id))) > 50
        assert db.session.scalar(db.select(db.func.count(Placement.id))) == len(PLACED) + 1
        db.session.remove()
