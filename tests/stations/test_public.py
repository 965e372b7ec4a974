"""What the public reads: directory, station page, calendar; without a cookie, without a script, small and kept."""

import re
from datetime import date

import pytest
from flask import Flask

from portal import config
from portal.core.db import db
from portal.stations import actions
from portal.stations.models import Outline
from tests.stations.conftest import NAME, SLUG, Place
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

LARGEST, MOST_REQUESTS = 40_000, 6


def test_phone_and_next_reception_come_first(app: Flask, client: InspectingClient, place: Place):
    with app.app_context():
        place.rule()
    page = client.page(f"/stations/{SLUG}")
    text = page.text
    assert text.index("0000-8812118") < text.index("位代表在站里等您") < text.index("本站代表")
    assert "15" in text and "上午9:00–11:30" in text and "2位代表在站里等您" in text
    assert f"/stations/{SLUG}/message" in page.links and "/track" in page.links
    assert "每月15日上午9:00–11:30，遇休息日顺延" in text
    assert "市人大代表" in text and "沈若兰" in text and "4位" in text
    assert "1990" not in text, "no private number"


def test_no_cookie_no_script_and_caches_may_keep_it(client: InspectingClient, place: Place):
    answer = client.get(f"/stations/{SLUG}")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "<script" not in answer.text and "csrf" not in answer.text
    again = client.get(f"/stations/{SLUG}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    client.inspects = False  # packed
    packed = client.get(f"/stations/{SLUG}", headers={"Accept-Encoding": "br"})
    kept = {"Accept-Encoding": "br", "If-None-Match": packed.headers["ETag"]}
    assert client.get(f"/stations/{SLUG}", headers=kept).status_code == 304


@pytest.mark.parametrize("username", ["zhang", "clerk", "station01"])
def test_it_is_the_same_for_whoever_is_signed_in(app: Flask, place: Place, username: str):
    mine = app.test_client()
    mine.sign_in(username)
    known, strange = mine.get(f"/stations/{SLUG}"), app.test_client().get(f"/stations/{SLUG}")
    assert known.data == strange.data and "Set-Cookie" not in known.headers


def test_the_page_is_small(app: Flask, client: InspectingClient, place: Place):
    with app.app_context():
        place.rule()
    page = Page(client.get(f"/stations/{SLUG}").text)
    client.inspects = False  # packed
    answer = client.get(f"/stations/{SLUG}", headers={"Accept-Encoding": "br"})
    parts = {e.attrs.get(name) for e in page.root.all("script", "link", "img", "use") for name in ("src", "href")}
    assets = {part.partition("#")[0] for part in parts if part}
    assert all(one.startswith("/assets/") for one in assets)
    sizes = {one: asset_size(one) for one in assets} | {"page": len(answer.data)}
    assert len(sizes) <= MOST_REQUESTS and sum(sizes.values()) <= LARGEST, sizes


def asset_size(address: str) -> int:
    file = config.ROOT / "static" / "dist" / address.rpartition("/")[2]
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.exists() else file).stat().st_size


@pytest.mark.parametrize("words", ["清河", "惠民", "qinghe", "QHJD", "清河 联络站"])
def test_found_by_two_characters_and_pinyin(client: InspectingClient, place: Place, words: str):
    assert NAME in client.page(f"/stations?q={words}").text


def test_the_directory_filters_by_township_and_says_when_nothing_is_found(app: Flask, client, place: Place):
    with app.app_context():
        actions.save(
            place.actor("clerk"), None, {"name": "石桥镇代表之家", "township": "石桥镇", "position": "117.3, 36.3"}
        )
        db.session.add(
            Outline(
                congress_id=place.station.congress_id,
                township="石桥镇",
                points=[[117.2, 36.2], [117.4, 36.2], [117.3, 36.4]],
            )
        )
        db.session.commit()
    page = client.page("/stations?township=石桥镇")
    assert "/stations/shiqiaozhenzhijia" in page.links and f"/stations/{SLUG}" not in page.links
    assert re.search(r"<polygon[^>]*m-area on", client.get("/stations?township=石桥镇").text)
    assert "没有找到这样的站点" in client.page("/stations?q=不存在的").text
    assert client.get("/stations").headers["Cache-Control"].startswith("public")
    assert client.get("/stations?after=x").status_code == 422


def test_the_calendar_says_what_moved_and_what_is_still_open(app: Flask, client: InspectingClient, place: Place):
    with app.app_context():
        place.rule()
    page = client.page(f"/stations/{SLUG}/calendar")
    assert "8月15日 是休息日，顺延" in page.text and "8月17日（周一）" in page.text
    assert "暂定" in page.text, "2027 is not known yet"
    file = client.get(f"/stations/{SLUG}/calendar.ics")
    assert file.mimetype == "text/calendar" and file.text.count("BEGIN:VEVENT") == 12
    assert "DTSTART:20260515T010000Z" in file.text and all(len(line.encode()) <= 75 for line in file.text.split("\r\n"))
    assert "BEGIN:VEVENT" in client.get(f"/stations/{SLUG}/calendar.ics").text
    assert client.get(f"/stations/{SLUG}/calendar.ics").headers["ETag"] == file.headers["ETag"]


def test_a_station_without_a_rule_says_so(client: InspectingClient, place: Place):
    assert "接待日期还没有排出" in client.page(f"/stations/{SLUG}").text
    assert "接待日期还没有排出" in client.page(f"/stations/{SLUG}/calendar").text


def test_what_is_closed_or_unknown_is_not_there(app: Flask, client: InspectingClient, place: Place, set_clock):
    with app.app_context():
        actions.save(place.actor("clerk"), place.station, {"ends_on": date(2026, 6, 1)})
        db.session.commit()
    assert client.get(f"/stations/{SLUG}").status_code == 200
    set_clock("2026-06-02T09:00")
    for path in (f"/stations/{SLUG}", f"/stations/{SLUG}/calendar", "/stations/nowhere"):
        assert client.get(path).status_code == 404
    assert NAME not in client.page("/stations").text
