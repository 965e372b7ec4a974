"""The dossier fills itself: entries lead to their sources, numbers open their lists; objections and corrections."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from docx import Document
from flask import Flask

from portal.congress.models import Seat
from portal.contacts import actions as contacts
from portal.core.db import db
from portal.dossier.rules import KINDS
from portal.dossier.schemes import shipped, shown
from tests.suggestions.living import SOLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, signed_in_as


def seat_of(app: Flask, life: Life, username: str = "zhang") -> str:
    with app.app_context():
        found = db.session.get_one(Seat, life.seats[username]).public_id
        db.session.remove()
        return found


def year_of_work(app: Flask, life: Life) -> None:
    """张 leads one that 李 and 王 co-sign, is answered and rates it; visits voters; is contacted by the housing bureau."""
    with app.app_context():
        suggestion = life.draft()
        life.signed_by(suggestion, "li", "wang")
        life.take("zhang", suggestion, "submit")
        life.take("clerk", suggestion, "admit", category="0101")
        life.take("clerk", suggestion, "assign", units=life.rows(SOLE))
        life.rated(life.replied(life.task(suggestion)))
        visit = {"form": "visit", "topic": "走访清河社区", "persons": 12, "problems": [{"said": "路灯不亮"}]}
        contacts.file(life.actor("zhang"), contacts.save(life.actor("zhang"), None, visit))
        told = {
            "form": "hearing",
            "topic": "旁听庭审",
            "deputy": db.session.get_one(Seat, life.seats["zhang"]).public_id,
        }
        record = contacts.save(life.actor("housing"), None, told)
        contacts.file(life.actor("housing"), record)
        contacts.take(life.actor("zhang"), record, "confirm")
        db.session.commit()
        db.session.remove()


def numbers(page: Page) -> dict[str, str]:
    """Kind and number, as the page says them."""
    counted = [one for one in page.root.all("span") if "data-count" in one.attrs]
    return {KINDS[one.attrs["data-count"]]: one.text.replace(" ", "") for one in counted}


def test_s0_the_lead_has_one_and_each_cosigner_has_one(app: Flask, life: Life):
    year_of_work(app, life)
    zhang = signed_in_as(app, "zhang")
    page = zhang.page(f"/dossiers/{seat_of(app, life)}")
    assert numbers(page) == {
        **{KINDS["lead"]: "1件", KINDS["rate"]: "1次", KINDS["voters"]: "1次", KINDS["contacted"]: "1次"},
        **{KINDS["matter"]: "1件"},
    }
    for name in ("li", "wang"):
        mine = signed_in_as(app, name).page(f"/dossiers/{seat_of(app, life, name)}")
        assert numbers(mine) == {KINDS["cosign"]: "1件"}
    assert zhang.get("/dossiers").location == f"/dossiers/{seat_of(app, life)}"


def test_every_entry_leads_to_its_source_and_every_number_to_its_list(app: Flask, life: Life):
    year_of_work(app, life)
    zhang = signed_in_as(app, "zhang")
    page = zhang.page(f"/dossiers/{seat_of(app, life)}")
    sources = [link for link in page.links if link.startswith(("/suggestions/", "/contact-records/", "/matters/"))]
    assert len({one for one in sources if one != "/suggestions/new"}) == 4  # the rating and the lead share one
    for link in sources:
        zhang.page(link)
    lists = sorted({link.split("#")[0] for link in page.links if "kind=" in link})
    assert len(lists) == 5
    for link in lists:
        rows = [one for one in zhang.page(link).root.all("ul") if one.attrs.get("aria-label") == "明细"]
        assert len(rows[0].all("li")) == 1, link


def test_only_the_deputy_and_the_office_read_it(app: Flask, life: Life):
    path = f"/dossiers/{seat_of(app, life)}"
    assert signed_in_as(app, "clerk").get(path).status_code == 200
    for other in ("li", "leader1", "housing", "delegation1", "auditor"):
        client = signed_in_as(app, other)
        for address in (path, f"{path}/sheet.docx", f"{path}/object", f"{path}/correct"):
            assert client.get(address).status_code == 404, (other, address)
    assert signed_in_as(app, "zhang").get(f"{path}/correct").status_code == 404


def objected(zhang: InspectingClient, path: str, link: str) -> str:
    """An objection of the deputy's; where the office answers it."""
    short = zhang.submit(link, {"reason": "不对"})
    assert short.status_code == 422 and "太短" in short.text
    assert zhang.submit(link, {"reason": "那一次我没有去，是别的代表"}).status_code == 303
    return next(one for one in zhang.page(path).links if one.startswith("/dossiers/objections/"))


def test_an_objection_is_upheld_and_the_entry_no_longer_counts(app: Flask, life: Life):
    year_of_work(app, life)
    path = f"/dossiers/{seat_of(app, life)}"
    zhang, clerk = signed_in_as(app, "zhang"), signed_in_as(app, "clerk")
    link = next(one for one in zhang.page(path).links if "/object?" in one and "entry=contacted" in one)
    about = objected(zhang, path, link)
    assert about in clerk.page("/dossiers/objections").links
    empty = clerk.submit(about, {"answer": "upheld", "text": ""})
    assert empty.status_code == 422 and "请填写答复" in empty.text
    assert clerk.submit(about, {"answer": "upheld", "text": "经核实，确系登记有误。"}).status_code == 303
    page = zhang.page(path)
    assert KINDS["contacted"] not in numbers(page) and "不计" in page.text and "经核实" in page.text
    token = clerk.page(f"{path}/correct").form().fields
    again = clerk.post(about, data={**token, "answer": "refused", "text": "再答复一次试试。"})
    assert again.status_code == 409


def test_an_objection_is_refused_with_a_reason(app: Flask, life: Life):
    year_of_work(app, life)
    path = f"/dossiers/{seat_of(app, life)}"
    zhang, clerk = signed_in_as(app, "zhang"), signed_in_as(app, "clerk")
    link = next(one for one in zhang.page(path).links if "/object?" in one and "entry=voters" in one)
    about = objected(zhang, path, link)
    assert clerk.submit(about, {"answer": "refused", "text": "记录是您本人登记的，请再核对。"}).status_code == 303
    assert numbers(zhang.page(path))[KINDS["voters"]] == "1次"
    assert "没有采纳" in zhang.page(path).text


def test_what_is_missing_is_added(app: Flask, life: Life):
    path = f"/dossiers/{seat_of(app, life)}"
    zhang, clerk = signed_in_as(app, "zhang"), signed_in_as(app, "clerk")
    assert zhang.submit(f"{path}/object", {"reason": "漏了二月的述职"}).status_code == 303
    about = next(one for one in zhang.page(path).links if one.startswith("/dossiers/objections/"))
    bare = clerk.submit(about, {"answer": "upheld", "text": "查实后予以补记。"})
    assert bare.status_code == 422 and bare.text.count("补记的请填写这一项。") >= 3
    told = {
        "answer": "upheld",
        "text": "查实后予以补记。",
        "kind": "report",
        "day": "2026-02-10",
        "title": "向选民述职",
    }
    late = clerk.submit(about, {**told, "day": "2026-12-01"})
    assert late.status_code == 422 and "日期不能晚于今天" in late.text
    assert clerk.submit(about, told).status_code == 303
    assert numbers(zhang.page(path)) == {KINDS["report"]: "1次"}
    assert (
        clerk.submit(
            f"{path}/correct", {"kind": "award", "day": "2026-01-20", "title": "优秀代表", "reason": "区委表彰决定"}
        ).status_code
        == 303
    )
    assert numbers(zhang.page(path)) == {KINDS["report"]: "1次", KINDS["award"]: "1次"}
    drop = next(one for one in clerk.page(path).links if "entry=added" in one)
    assert clerk.submit(drop, {"reason": "重复登记了一次"}).status_code == 303
    restore = next(one for one in clerk.page(path).links if "entry=added" in one)
    assert clerk.submit(restore, {"reason": "核对以后恢复"}).status_code == 303


def test_the_yearly_sheet_is_a_word_file_of_the_same_entries(app: Flask, life: Life):
    year_of_work(app, life)
    answer = signed_in_as(app, "zhang").get(f"/dossiers/{seat_of(app, life)}/sheet.docx")
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "2026年代表履职登记表" in [one.text for one in document.paragraphs]
    for words in ("张建国", "领衔提出建议", "1件", "走访清河社区", "12人次", "旁听庭审"):
        assert words in cells, words


def test_the_roll_counts_and_opens_lists(app: Flask, life: Life):
    year_of_work(app, life)
    clerk = signed_in_as(app, "clerk")
    page = clerk.page("/dossiers")
    row = next(one for one in page.root.all("tr") if "张建国" in one.text)
    assert row.all("td")[0].text == "1"
    assert f"/dossiers/{seat_of(app, life)}?year=2026&kind=lead" in page.links
    assert "王海" in clerk.page("/dossiers?q=wang").text and "张建国" not in clerk.page("/dossiers?q=wang").text
    assert clerk.get("/dossiers?year=2031").status_code == 404
    assert clerk.get("/dossiers?year=abc").status_code == 404


def test_s6_a_dossier_is_sealed_with_the_notice(app: Flask, life: Life, set_clock: Callable[[str], None]):
    year_of_work(app, life)
    path = f"/dossiers/{seat_of(app, life)}"
    with app.app_context():
        seat = db.session.get_one(Seat, life.seats["zhang"])
        seat.moved_out_on, seat.ended_as = date(2026, 8, 1), "moved"
        seat.noticed_on, seat.notice_number = date(2026, 8, 20), "第12号"
        db.session.commit()
        db.session.remove()
    set_clock("2026-09-01T09:00")
    clerk = signed_in_as(app, "clerk")
    page = clerk.page(path)
    assert "已经封存" in page.text and numbers(page)[KINDS["lead"]] == "1件"
    told = {"kind": "award", "day": "2026-07-20", "title": "优秀代表", "reason": "区委的表彰决定"}
    refused = clerk.submit(f"{path}/correct", told)
    assert refused.status_code == 409 and "已经封存" in refused.text


@pytest.mark.parametrize(
    ("code", "counts", "points", "band"),
    [
        ("items", {"lead": 2, "rate": 1, "voters": 4, "leave": 1}, "9.5", ""),
        ("items", {"absent": 2}, "-4", ""),
        ("hundred", {"lead": 5, "voters": 9, "reception": 2, "training": 2, "activity": 5, "report": 1}, "90", "好"),
        ("hundred", {"lead": 3, "voters": 5, "training": 3, "activity": 1}, "60", "较好"),
        ("hundred", {"lead": 1}, "10", "较差"),
        ("none", {"lead": 9}, "0", ""),
    ],
)
def test_points_are_data(code: str, counts: dict[str, int], points: str, band: str):
    scheme = shipped()[code]
    assert shown(scheme.total(counts)) == points
    assert scheme.band(scheme.total(counts)) == band
    assert scheme.basis and set(scheme.points) <= set(KINDS)


def test_half_points_stay_half():
    assert shown(shipped()["items"].worth("rate", 3)) == "1.5"
    assert isinstance(shipped()["items"].points["rate"], Decimal)
