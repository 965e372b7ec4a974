"""What the public leaves at a station, from the code on the door to the answer and its rating, through the pages."""

import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from portal.core import clock
from portal.core.db import db
from portal.jobs import night
from portal.matters.models import Matter
from portal.stations import message_actions
from portal.stations import message_rules as rules
from portal.stations.message_models import Message
from portal.stations.message_nightly import forget_phones
from portal.stations.models import Reception, Station
from tests.documents.test_sounds import webm
from tests.matters.living import ANSWER, TEXT, TITLE, TOLD, Voices
from tests.matters.living import voices as voices
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, signed_in_as
from tests.web.test_statements import counted

SHEET = "/stations/qinghe/message"
LEFT = {"text": TEXT}
PHONE = "13800131234"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here is suspiciously quick, unless a test says so."""
    monkeypatch.setattr(rules, "QUICKEST", 0)


def photo() -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(made, "JPEG")
    made.seek(0)
    return made, "路灯.jpg"


def send(client: InspectingClient, fields: dict[str, Any], values: dict[str, Any], path: str = SHEET) -> Any:
    return client.post(path, data={**fields, **values}, content_type="multipart/form-data")


def sheet(client: InspectingClient) -> dict[str, Any]:
    return client.page(SHEET).form(SHEET).fields


def left(client: InspectingClient, **values: Any) -> str:
    """Leave a message; its code."""
    answer = send(client, sheet(client), {**LEFT, **values})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return code_in(answer)


def code_in(answer: Any) -> str:
    found = re.search(r"<bdi>([\d ]+)</bdi>", answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found.group(1)


def tracked(client: InspectingClient, code: str, **values: Any) -> Any:
    form = client.page("/track").form("/track").fields
    return client.post("/track", data={**form, "code": code, **values})


def only_message() -> Message:
    return db.session.query(Message).one()


def step(client: InspectingClient, app: Flask, name: str, **values: Any) -> Any:
    with app.app_context():
        address = only_message().address
    form = client.page(address).form(f"/steps/{name}")
    return client.post(form.action, data={**form.fields, **values})


def released(app: Flask, client: InspectingClient) -> Matter:
    answer = step(client, app, "release", title=TITLE, text=TEXT)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location.rsplit("/", 1)[1]


def test_from_the_poster_to_the_answer(app: Flask, voices: Voices, client: InspectingClient) -> None:
    page = client.page(SHEET)
    assert page.text.index("这些事这里办不了") < page.text.index("您想说什么")
    code = left(client, phone="１３８ 0013 1234", photos=[photo()])
    assert len(rules.plain_code(code)) == rules.CODE_DIGITS
    assert "站里正在看" in tracked(client, code).get_data(as_text=True)
    station = signed_in_as(app, "station01")
    assert TEXT[:20] in station.page("/messages").text
    id = released(app, station)
    with app.app_context():
        matter = db.session.query(Matter).one()
        assert (matter.source, matter.origin_id, len(matter.files)) == ("message", only_message().id, 1)
    shown = station.page(f"/matters/{id}")
    assert [one for one in shown.links if one.startswith("/messages/")]
    with app.app_context():
        matter = db.session.query(Matter).one()
        voices.step("station01", matter, "triage", title=TITLE)
        voices.step("station01", matter, "forward", to=voices.to("water"))
        db.session.commit()
    assert "在区水务局那里，4月1日前答复" in tracked(client, code).get_data(as_text=True)
    with app.app_context():
        matter = db.session.query(Matter).one()
        voices.step("water", matter, "receive")
        voices.step("water", matter, "reply", **ANSWER)
        db.session.commit()
    assert ANSWER["text"] not in tracked(client, code).get_data(as_text=True)
    with app.app_context():
        matter = db.session.query(Matter).one()
        voices.step("station01", matter, "feed_back", **{**TOLD, "how": "code", "text": ANSWER["text"]})
        db.session.commit()
    told = tracked(client, code)
    assert ANSWER["text"] in told.get_data(as_text=True)
    form = Page(told.get_data(as_text=True)).form("/track")
    thanks = client.post("/track", data={**form.fields, "rating": "solved"})
    assert "谢谢您的评价" in thanks.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Matter).one().state == "closed"
        assert only_message().rating == "solved"


def test_not_solved_opens_it_again(app: Flask, voices: Voices, client: InspectingClient) -> None:
    code = left(client)
    released(app, signed_in_as(app, "station01"))
    early = tracked(client, code, rating="solved")
    assert (early.status_code, "还没有答复" in early.get_data(as_text=True)) == (409, True)
    with app.app_context():
        matter = db.session.query(Matter).one()
        voices.step("station01", matter, "triage", title=TITLE)
        voices.step("station01", matter, "answer", **ANSWER)
        voices.step("station01", matter, "feed_back", **TOLD)
        voices.step("station01", matter, "close")
        db.session.commit()
    assert "请写一句还差什么" in tracked(client, code, rating="unsolved").get_data(as_text=True)
    again = tracked(client, code, rating="unsolved", note="还有三盏不亮。")
    assert "重新办理" in again.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Matter).one().state == "triaged"
    assert "群众评价：没有解决" in signed_in_as(app, "station01").page(only_address(app)).text


def only_address(app: Flask) -> str:
    with app.app_context():
        return only_message().address


def test_nothing_is_shown_before_staff_have_looked(app: Flask, voices: Voices, client: InspectingClient) -> None:
    left(client)
    with app.app_context():
        assert db.session.query(Matter).count() == 0
    address = only_address(app)
    for who in ("station02", "zhang", "water", "leader1", "system", "auditor", "township1"):
        assert signed_in_as(app, who).get(address).status_code == 404, who
        assert TEXT[:12] not in signed_in_as(app, who).get("/messages").get_data(as_text=True), who
    assert signed_in_as(app, "clerk").get(address).status_code == 200
    assert TEXT[:12] not in client.page("/stations/qinghe").text


def test_put_aside_and_taken_up_again(app: Flask, voices: Voices, client: InspectingClient) -> None:
    code, station = left(client), signed_in_as(app, "station01")
    assert step(station, app, "quarantine", reason="").status_code == 422
    assert step(station, app, "quarantine", reason="是一段广告。").status_code == 303
    assert "站里正在看" in tracked(client, code).get_data(as_text=True)
    assert TEXT[:12] in station.page("/messages?desk=quarantined").text
    released(app, station)
    with app.app_context():
        assert only_message().state == "released"


def test_the_code_lies_nowhere(app: Flask, voices: Voices, client: InspectingClient, capsys: Any) -> None:
    code = rules.plain_code(left(client))
    tracked(client, code)
    assert code not in capsys.readouterr().err
    with app.app_context():
        tables = db.metadata.sorted_tables
        rows = [str(row) for table in tables for row in db.session.execute(table.select())]
    assert not [row for row in rows if code in row.replace(" ", "")]


def test_the_phone_is_sealed_and_every_look_is_on_record(app: Flask, voices: Voices, client: InspectingClient) -> None:
    left(client, phone=PHONE)
    with app.app_context():
        raw = db.session.connection().exec_driver_sql("SELECT phone FROM messages").scalar_one()
    assert PHONE not in raw
    station, address = signed_in_as(app, "station01"), only_address(app)
    assert PHONE not in station.get(address).get_data(as_text=True)
    form = station.page(address).form("/phone")
    assert PHONE in station.post(form.action, data=form.fields).get_data(as_text=True)
    auditor = signed_in_as(app, "auditor").page("/log").text
    assert "查看了留言人的电话" in auditor or "查看留言人的电话" in auditor


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"text": ""}, 422, "请写下您想说的事，或者录一段话。"),
        ({"text": "太短"}, 422, "不少于5字"),
        ({"text": "好" * 1001}, 422, "1000字"),
        ({"phone": "1380013123"}, 422, "手机号不正确，请填写11位手机号码。"),
        ({"phone": "12800131234"}, 422, "手机号不正确，请填写11位手机号码。"),
        ({"text": "看 http://a.cn http://b.cn www.c.com d.top 好东西"}, 422, "链接过多，请减少到3个以内。"),
        ({"text": "请看 www.example.com 上的照片"}, 422, "请先回答这个问题。"),
        ({"text": "附上秘密★五年的文件一份"}, 422, "发现国家秘密标志"),
        ({"sheet": ""}, 403, "页面已过期"),
        ({"sheet": "forged.token.here"}, 403, "页面已过期"),
    ],
)
def test_refusals(
    app: Flask, voices: Voices, client: InspectingClient, values: dict[str, str], status: int, said: str
) -> None:
    answer = send(client, sheet(client), {**LEFT, **values})
    text = answer.get_data(as_text=True)
    assert (answer.status_code, said in text) == (status, True), text
    with app.app_context():
        assert db.session.query(Message).count() == 0
    if "秘密" not in values.get("text", ""):
        assert (values.get("text") or TEXT)[:30] in text if values.get("text") != "" else True


def test_a_sheet_of_another_station_is_not_taken(app: Flask, voices: Voices, client: InspectingClient) -> None:
    fields = sheet(client)
    assert send(client, fields, LEFT, "/stations/liuxi/message").status_code == 403
    assert send(client, fields, LEFT, "/stations/nowhere/message").status_code == 403


def test_a_photo_survives_a_refusal_and_a_paper_is_not_taken(
    app: Flask, voices: Voices, client: InspectingClient
) -> None:
    refused = send(client, sheet(client), {**LEFT, "phone": "110", "photos": [photo()]})
    assert refused.status_code == 422
    form = Page(refused.get_data(as_text=True)).form(SHEET).fields
    assert form["kept-photos"]
    assert send(client, form, {"phone": ""}).status_code == 200
    with app.app_context():
        assert [one.document.name for one in only_message().files] == ["路灯.jpg"]
    bad = send(client, sheet(client), {**LEFT, "photos": [(io.BytesIO(b"no picture"), "路灯.jpg")]})
    assert bad.status_code == 415


def test_a_voice_recording_without_a_word(app: Flask, voices: Voices, client: InspectingClient) -> None:
    recording = {"text": "", "voice": (io.BytesIO(webm()), "录音.webm")}
    code_in(send(client, sheet(client), recording))
    station, address = signed_in_as(app, "station01"), only_address(app)
    page = station.page(address)
    assert "没有写字，请听录音" in page.text
    (heard,) = [one.attrs["src"] for one in page.root.all("audio")]
    assert station.get(heard).mimetype == "audio/webm"
    wrong = send(client, sheet(client), {"text": "", "voice": photo()})
    assert (wrong.status_code, "这里只收录音" in wrong.get_data(as_text=True)) == (422, True)
    other = send(client, sheet(client), {**LEFT, "photos": (io.BytesIO(webm()), "录音.webm")})
    assert other.status_code == 415


def test_no_cookie_no_script_needed_and_the_code_in_no_address(voices: Voices, client: InspectingClient) -> None:
    for path in (SHEET, "/track"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    code = left(client)
    answer = tracked(client, code)
    assert "Set-Cookie" not in answer.headers
    assert answer.status_code == 200
    assert client.get(f"/track?code={rules.plain_code(code)}").get_data(as_text=True).count("站里正在看") == 0


def test_a_place_on_reception_day(app: Flask, voices: Voices, client: InspectingClient) -> None:
    with app.app_context():
        day = Reception(station_id=voices.station_id, ruled_on=date(2026, 3, 16), day=date(2026, 3, 16), half="morning")
        gone = Reception(station_id=voices.station_id, ruled_on=date(2026, 3, 3), day=date(2026, 3, 3))
        gone.called_off_at = clock.now()
        db.session.add_all([day, gone])
        db.session.commit()
        wanted, off = day.public_id, gone.public_id
    page = client.page(SHEET)
    assert "3月16日（周一）上午" in page.text
    assert "3月3日" not in page.text
    assert send(client, page.form(SHEET).fields, {**LEFT, "reception": off}).status_code == 422
    answer = send(client, page.form(SHEET).fields, {**LEFT, "reception": wanted})
    assert "已约好3月16日（周一）上午" in Page(answer.get_data(as_text=True)).text.replace(" ", "")
    assert "约好3月16日" in Page(tracked(client, code_in(answer)).get_data(as_text=True)).text.replace(" ", "")
    assert "已有1位预约" in client.page(SHEET).text
    assert "约好3月16日" in signed_in_as(app, "station01").page(only_address(app)).text.replace(" ", "")


def test_somebody_signed_in_leaves_a_message_as_anybody(app: Flask, voices: Voices) -> None:
    code = left(signed_in_as(app, "zhang"))
    with app.app_context():
        assert only_message().files == []
        assert "张建国" not in signed_in_as(app, "clerk").page(only_message().address).text
    assert code


def test_stale_pages_and_two_at_once(app: Flask, voices: Voices, client: InspectingClient) -> None:
    left(client)
    station, clerk, address = signed_in_as(app, "station01"), signed_in_as(app, "clerk"), only_address(app)
    mine, theirs = (one.page(address).form("/steps/release") for one in (station, clerk))
    assert station.post(mine.action, data={**mine.fields, "title": TITLE}).status_code == 303
    assert clerk.post(theirs.action, data={**theirs.fields, "title": TITLE}).status_code == 409
    with app.app_context():
        assert db.session.query(Matter).count() == 1


@pytest.mark.parametrize("many", [1, 50])
def test_statements(app: Flask, voices: Voices, client: InspectingClient, many: int) -> None:
    with app.app_context():
        from_pages = [left_at(voices, number) for number in range(many)]
        db.session.commit()
        first = from_pages[0].address
    for who in ("station01", "clerk"):
        staff = signed_in_as(app, who)
        for path, most in (("/messages", 6), (first, 8)):
            staff.page(path)
            with counted() as seen:
                staff.page(path)
            assert len(seen) <= most, f"{who} {path}: {seen}"
    for path, most in ((SHEET, 6), ("/track", 3)):
        with counted() as seen:
            client.page(path)
        assert len(seen) <= most, f"{path}: {seen}"


def left_at(voices: Voices, number: int) -> Message:
    station = db.session.get_one(Station, voices.station_id)
    values = {"text": f"{TEXT}{number}", "photos": [], "voice": None}
    message_actions.leave(station, f"sheet{number}", values, (), f"10.0.0.{number}")
    found = message_actions.earlier(f"sheet{number}")
    assert found is not None
    return found


@pytest.mark.parametrize(("day", "kept"), [("2026-09-02", True), ("2026-09-03", False)])
def test_the_telephone_is_forgotten_by_the_packs_period(
    app: Flask, voices: Voices, client: InspectingClient, set_clock: Any, day: str, kept: bool
) -> None:
    """Six months after the matter closed on 2 March, to the end of the last day; a number put aside likewise."""
    assert "办结6个月后删去" in client.page(SHEET).text
    left(client, phone=PHONE)
    released(app, signed_in_as(app, "station01"))
    set_clock(f"{day}T00:05")
    with app.app_context():
        assert not list(night.run((forget_phones,), date.fromisoformat(day)))  # an open matter keeps its number
        set_clock("2026-03-02T15:00")
        matter = db.session.query(Matter).one()
        for name, told in (("triage", {"title": TITLE}), ("answer", ANSWER), ("feed_back", TOLD), ("close", {})):
            voices.step("station01", matter, name, **told)
        db.session.commit()
        set_clock(f"{day}T00:05")
        assert bool(list(night.run((forget_phones,), date.fromisoformat(day)))) is not kept
        assert (only_message().phone == PHONE) is kept
        assert db.session.query(Message).filter(Message.phone.is_not(None)).count() == kept
