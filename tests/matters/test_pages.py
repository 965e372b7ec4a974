"""One voice walked through its pages, every step and every refusal, on the real database."""

from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.matters.models import Matter
from portal.suggestions import actions as suggestions
from portal.suggestions.models import Suggestion
from tests.matters.living import ANSWER, TEXT, TITLE, TOLD, Voices
from tests.matters.living import voices as voices
from tests.support.html import Form
from tests.support.inspecting import InspectingClient, signed_in_as
from tests.web.test_statements import counted


def stored(app: Flask, made: Any) -> str:
    """Commit what an action made inside a fresh context; its public id."""
    with app.app_context():
        matter = made()
        db.session.commit()
        return matter.public_id


def state_of(app: Flask, public_id: str) -> tuple[str | None, str | None]:
    with app.app_context():
        matter = db.session.query(Matter).filter_by(public_id=public_id).one()
        return matter.state, matter.due.isoformat() if matter.due else None


def send(client: InspectingClient, form: Form, values: dict[str, Any]) -> Any:
    """Send a form that was fetched before, with some fields overwritten."""
    return client.post(form.action, data={**form.fields, **values})


def take(client: InspectingClient, public_id: str, name: str, **values: Any) -> Any:
    """Fill the step's own page and send it."""
    sheet = client.page(f"/matters/{public_id}/steps/{name}")
    answer = send(client, sheet.form(f"/steps/{name}"), values)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer


def press(client: InspectingClient, public_id: str, name: str) -> Any:
    """Press a button of the matter's page that asks nothing."""
    answer = send(client, client.page(f"/matters/{public_id}").form(f"/steps/{name}"), {})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer


def test_from_the_station_to_the_unit_and_back(app: Flask, voices: Voices) -> None:
    station, unit = signed_in_as(app, "station01"), signed_in_as(app, "water")
    form = station.page("/matters/new").form("/matters/new")
    answer = send(station, form, {"source": "reception", "title": TITLE, "text": TEXT})
    assert answer.status_code == 303
    id = answer.location.rsplit("/", 1)[1]
    assert state_of(app, id) == ("new", "2026-03-09")  # 5 working days
    assert unit.get(f"/matters/{id}").status_code == 404
    take(station, id, "triage", title=TITLE, public_title="路灯不亮")
    assert state_of(app, id) == ("triaged", "2026-03-09")
    take(station, id, "forward", to="区水务局", text="请看看。")
    assert state_of(app, id) == ("forwarded", "2026-04-01")  # 30 days
    assert "请接收" in unit.page("/home").text
    press(unit, id, "receive")
    assert state_of(app, id) == ("handling", "2026-04-01")
    take(unit, id, "reply", **ANSWER)
    assert state_of(app, id) == ("answered", "2026-03-09")
    assert "回告" in station.page("/home").text
    take(station, id, "feed_back", **TOLD, public_result="十八盏路灯全部修好。")
    assert state_of(app, id) == ("fed_back", None)
    press(station, id, "close")
    assert state_of(app, id) == ("closed", None)
    page = station.page(f"/matters/{id}").text
    assert "转交区水务局" in page
    assert "十八盏路灯三月二十六日已全部修好" in page


def test_answered_on_the_spot(app: Flask, voices: Voices) -> None:
    id, station = stored(app, voices.triaged), signed_in_as(app, "station01")
    take(station, id, "answer", **ANSWER)
    assert state_of(app, id) == ("answered_on_spot", "2026-03-09")
    assert station.post(f"/matters/{id}/steps/close", data={}).status_code in (403, 409)


def test_not_accepted_says_where_to_go(app: Flask, voices: Voices) -> None:
    id, station = stored(app, voices.voice), signed_in_as(app, "station01")
    sheet = station.page(f"/matters/{id}/steps/decline").form("/steps/decline")
    short = send(station, sheet, {"ground": "court", "text": "去法院"})
    assert short.status_code == 422
    assert state_of(app, id)[0] == "new"
    take(station, id, "decline", ground="court", text="这件事正在打官司，请到区人民法院诉讼服务中心，电话12368。")
    assert state_of(app, id) == ("not_accepted", "2026-03-09")
    take(station, id, "feed_back", **TOLD)
    assert state_of(app, id)[0] == "fed_back"


def test_a_deputy_writes_it_as_a_suggestion_and_the_answer_comes_back(app: Flask, voices: Voices) -> None:
    id = stored(app, lambda: voices.forwarded("zhang"))
    station, deputy = signed_in_as(app, "station01"), signed_in_as(app, "zhang")
    press(deputy, id, "receive")
    take(deputy, id, "convert", suggestion="new")
    assert state_of(app, id) == ("converted", None)
    assert "还没有答复" in station.page(f"/matters/{id}").text
    with app.app_context():
        suggestion = db.session.query(Suggestion).one()
        assert (suggestion.title, suggestion.situation) == (TITLE, TEXT)
        voices_page = suggestion.public_id
        full = {"request": "请区水务局三个月内把惠民路的路灯全部修好，并安排专人每月巡查一次，坏了当周换。"}
        words = {"title": TITLE, "situation": TEXT * 2, "cause": "", **full}
        suggestions.save_draft(voices.actor("zhang"), suggestion, words, None)
        voices.take("zhang", suggestion, "submit")
        voices.take("clerk", suggestion, "admit", category="0101")
        voices.take("clerk", suggestion, "assign", units=voices.rows([("water", "sole")]))
        voices.replied(voices.task(suggestion, "water"), "water")
        db.session.commit()
    assert TITLE in deputy.page(f"/suggestions/{voices_page}").text
    assert "由群众意见写成" in signed_in_as(app, "clerk").page(f"/suggestions/{voices_page}").text
    assert f"/matters/{id}" in deputy.page(f"/suggestions/{voices_page}").links
    assert f"/matters/{id}" not in signed_in_as(app, "water").page(f"/suggestions/{voices_page}").links
    assert state_of(app, id) == ("converted", "2026-03-09")
    assert f"/suggestions/{voices_page}" in deputy.page(f"/matters/{id}").links
    take(station, id, "feed_back", **TOLD)
    press(station, id, "close")
    assert state_of(app, id)[0] == "closed"


def test_what_became_a_suggestion_is_not_passed_on_until_the_draft_is_given_up(app: Flask, voices: Voices) -> None:
    id = stored(app, lambda: voices.step("zhang", voices.forwarded("zhang"), "convert", suggestion="new"))
    station = signed_in_as(app, "station01")
    assert "不用再转交" in station.get(f"/matters/{id}/steps/forward").get_data(as_text=True)
    with app.app_context():
        suggestions.discard(voices.actor("zhang"), db.session.query(Suggestion).one())
        db.session.commit()
    take(station, id, "forward", to="区水务局")
    assert state_of(app, id)[0] == "forwarded"


def test_a_voice_joins_a_suggestion_of_ones_own(app: Flask, voices: Voices) -> None:
    id = stored(app, lambda: voices.forwarded("zhang"))
    with app.app_context():
        own, foreign = voices.assigned().public_id, voices.assigned(by="li").public_id
        db.session.commit()
    deputy = signed_in_as(app, "zhang")
    form = deputy.page(f"/matters/{id}/steps/convert").form("/steps/convert")
    assert send(deputy, form, {"suggestion": foreign}).status_code == 422
    take(deputy, id, "convert", suggestion=own)
    assert state_of(app, id)[0] == "converted"


def test_reopened_it_starts_again(app: Flask, voices: Voices) -> None:
    id, station = stored(app, voices.told), signed_in_as(app, "station01")
    take(station, id, "reopen", reason="群众说路灯又坏了。")
    assert state_of(app, id) == ("triaged", "2026-03-09")
    assert "现在在" not in station.page(f"/matters/{id}").text
    take(station, id, "forward", to="区水务局")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("forward", {"to": ""}, "转给谁"),
        ("forward", {"to": "区气象局"}, "没有找到"),
        ("answer", {"text": "", "outcome": "solved"}, "请填写怎样答复的。"),
        ("answer", {"text": "已经派人去看过。", "outcome": ""}, "请选择办得怎么样。"),
        ("answer", {"text": "附上机密★三年的材料。", "outcome": "solved"}, "发现国家秘密标志"),
        ("decline", {"ground": "court", "text": "不收"}, "不少于10字"),
    ],
)
def test_refusals_say_what_to_do_and_keep_the_words(
    app: Flask, voices: Voices, name: str, values: dict[str, str], said: str
) -> None:
    id, station = stored(app, voices.triaged), signed_in_as(app, "station01")
    form = station.page(f"/matters/{id}/steps/{name}").form(f"/steps/{name}")
    refused = send(station, form, values)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert said in text
    assert state_of(app, id)[0] == "triaged"
    if values.get("text") and "机密" not in values["text"]:
        assert values["text"] in text


def test_forwarding_to_where_it_is_is_refused(app: Flask, voices: Voices) -> None:
    id, station = stored(app, voices.handling), signed_in_as(app, "station01")
    form = station.page(f"/matters/{id}/steps/forward").form("/steps/forward")
    assert "不用再转" in send(station, form, {"to": "区水务局"}).get_data(as_text=True)
    take(station, id, "forward", to="石桥镇人民代表大会")
    assert signed_in_as(app, "township1").get(f"/matters/{id}").status_code == 200
    assert signed_in_as(app, "water").get(f"/matters/{id}").status_code == 404


def test_a_stale_page_and_a_double_tap(app: Flask, voices: Voices) -> None:
    id, station, clerk = stored(app, voices.voice), signed_in_as(app, "station01"), signed_in_as(app, "clerk")
    mine = station.page(f"/matters/{id}/steps/triage").form("/steps/triage")
    theirs = clerk.page(f"/matters/{id}/steps/triage").form("/steps/triage")
    assert send(station, mine, {"title": TITLE}).status_code == 303
    assert send(station, mine, {"title": TITLE}).status_code == 303  # the same again: once
    assert send(clerk, theirs, {"title": "路灯"}).status_code == 409
    with app.app_context():
        assert [one.step for one in db.session.query(Matter).one().entries] == ["raise", "triage"]


def test_what_is_not_ones_own_does_not_exist(app: Flask, voices: Voices) -> None:
    id = stored(app, lambda: voices.forwarded("zhang"))
    for who, status in (
        *((one, 200) for one in ("station01", "clerk", "zhang", "leader1")),
        *((one, 404) for one in ("station02", "li", "water", "govoffice", "system", "auditor", "township1")),
    ):
        client = signed_in_as(app, who)
        assert client.get(f"/matters/{id}").status_code == status, who
        listed = client.get("/matters?desk=all")
        assert (TITLE in listed.get_data(as_text=True)) == (status == 200), who
    stranger = signed_in_as(app, "station02")
    token = stranger.page("/matters/new").form("/matters/new").fields["csrf_token"]
    assert stranger.post(f"/matters/{id}/steps/forward", data={"csrf_token": token}).status_code == 404


def test_word_back_may_be_entered_later_with_its_reason(app: Flask, voices: Voices, set_clock: Any) -> None:
    id = stored(app, voices.answered)
    set_clock("2026-03-06T09:00")
    station = signed_in_as(app, "station01")
    form = station.page(f"/matters/{id}/steps/feed_back").form("/steps/feed_back")
    wrong = {
        "2026-03-09": "日期不能晚于今天",
        "2026-03-01": "回告日期不能早于答复日期",
    }
    for day, said in wrong.items():
        refused = send(station, form, {**TOLD, "happened_on": day, "late_reason": "当天停电"})
        assert said in refused.get_data(as_text=True)
    missing = send(station, form, {**TOLD, "happened_on": "2026-03-03"})
    assert "请写明原因" in missing.get_data(as_text=True)
    take(station, id, "feed_back", **TOLD, happened_on="2026-03-03", late_reason="当天停电")
    assert "补记：当天停电" in station.page(f"/matters/{id}").text


def test_the_desks_show_what_they_count(app: Flask, voices: Voices, set_clock: Any) -> None:
    with app.app_context():
        for made in (voices.voice, voices.triaged, voices.forwarded, voices.answered, voices.told):
            made()
        db.session.commit()
    set_clock("2026-03-10T09:00")
    station = signed_in_as(app, "station01")
    for desk, many in {"open": 4, "new": 1, "triaged": 1, "handling": 1, "telling": 1, "late": 3, "over": 1}.items():
        page = station.page(f"/matters?desk={desk}")
        assert len([one for one in page.links if one.startswith("/matters/") and "new" not in one]) == many, desk
    assert "逾期1天" in station.page("/matters?desk=late").text
    assert station.page("/matters?desk=all&q=路灯").text.count(TITLE) == 5
    assert TITLE not in station.page("/matters?desk=all&q=电梯").text


def test_whoever_heard_it_is_told_and_may_give_the_word_back(app: Flask, voices: Voices) -> None:
    id = stored(app, lambda: voices.voice("zhang", "contact", on_spot="当场解释了停水的安排。", outcome="explained"))
    deputy = signed_in_as(app, "zhang")
    assert state_of(app, id)[0] == "answered_on_spot"
    take(deputy, id, "feed_back", **{**TOLD, "how": "visit"})
    assert state_of(app, id)[0] == "fed_back"
    assert signed_in_as(app, "clerk").get(f"/matters/{id}").status_code == 200


@pytest.mark.parametrize("many", [1, 50])
def test_a_list_and_an_item_cost_few_statements(app: Flask, voices: Voices, many: int) -> None:
    with app.app_context():
        first = voices.handling("zhang").public_id
        for _ in range(many - 1):
            voices.handling("zhang")
        db.session.commit()
    for who in ("station01", "clerk", "zhang", "leader1"):
        client = signed_in_as(app, who)
        for path, most in (("/matters?desk=all", 6), (f"/matters/{first}", 8)):
            client.page(path)
            with counted() as seen:
                client.page(path)
            assert len(seen) <= most, f"{who} {path}: {seen}"
