"""How often the public may write and try codes, what a machine is recognised by, and that nothing is lost by it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.accounts.models import SignInTry
from portal.core.db import db
from portal.stations import message_rules as rules
from portal.stations.message_models import Message
from tests.matters.living import TEXT, Voices
from tests.matters.living import voices as voices
from tests.stations.test_messages import LEFT, SHEET, code_in, left, only_message, send, sheet, tracked
from tests.stations.test_messages import unhurried as unhurried
from tests.support.html import Page
from tests.support.inspecting import InspectingClient


def test_a_double_tap_is_one_message_with_one_code(app: Flask, voices: Voices, client: InspectingClient) -> None:
    fields = sheet(client)
    first, again = send(client, fields, LEFT), send(client, fields, LEFT)
    assert code_in(first) == code_in(again)
    other = send(client, fields, {"text": "换了一段别的话。"})
    assert (other.status_code, "不一致" in other.get_data(as_text=True)) == (422, True)
    with app.app_context():
        assert db.session.query(Message).count() == 1


def test_the_fourth_in_ten_minutes_answers_a_question(app: Flask, voices: Voices, client: InspectingClient) -> None:
    """Seen red with may_write() always true: `assert 200 == 429`."""
    for number in range(3):
        left(client, text=f"第{number}件事：路灯不亮。")
    fields = sheet(client)
    often = send(client, fields, LEFT)
    text = often.get_data(as_text=True)
    assert (often.status_code, "提交太频繁，请10分钟后再试。" in text, TEXT in text) == (429, True, True)
    page = Page(text)
    question = next(one.text for one in page.root.all("label") if "等于几" in one.text)
    numbers = [rules.NUMERALS.index(one) for one in re.findall(rf"[{rules.NUMERALS}]", question)]
    wrong = send(client, page.form(SHEET).fields, {"answer": "99"})
    assert wrong.status_code == 429
    assert send(client, page.form(SHEET).fields, {"answer": str(sum(numbers[:2]))}).status_code == 200
    with app.app_context():
        last = db.session.query(Message).order_by(Message.id.desc()).limit(1).one()
        assert "often" in last.doubts
    spoofed = client.post(SHEET, data={**sheet(client), **LEFT}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert spoofed.status_code == 429
    assert (
        client.post(
            SHEET, data={**sheet(client), **LEFT}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"}
        ).status_code
        == 200
    )


def test_ten_a_day(app: Flask, voices: Voices, client: InspectingClient) -> None:
    for number in range(10):
        left(client, text=f"第{number}件事：路灯不亮。")
        later(app, timedelta(minutes=11))
    assert send(client, sheet(client), LEFT).status_code == 429
    later(app, timedelta(days=1))
    assert send(client, sheet(client), LEFT).status_code == 200


def later(app: Flask, passed: timedelta) -> None:
    """Everything that was counted was that much earlier."""
    with app.app_context():
        for one in db.session.query(SignInTry):
            one.at -= passed
        db.session.commit()


@pytest.mark.parametrize(("values", "sign"), [({"website": "http://spam.example"}, "trap"), ({}, "fast")])
def test_a_machine_is_put_aside_and_told_nothing(
    app: Flask, voices: Voices, client: InspectingClient, monkeypatch: pytest.MonkeyPatch, values: Any, sign: str
) -> None:
    """Seen red with leave() not looking at SURELY_A_MACHINE: `assert 'received' == 'quarantined'`."""
    monkeypatch.setattr(rules, "QUICKEST", 5 if sign == "fast" else 0)
    answer = send(client, sheet(client), {**LEFT, **values})
    assert (answer.status_code, bool(code_in(answer))) == (200, True)
    with app.app_context():
        assert (only_message().state, only_message().doubts) == ("quarantined", [sign])


def test_ten_tracking_tries_an_hour(app: Flask, voices: Voices, client: InspectingClient) -> None:
    """Seen red without tries.spend(): `assert 422 == 429`."""
    code = left(client)
    for _ in range(12):
        assert tracked(client, code).status_code == 200  # a right code is no guess
    bodies = set()
    for number in range(10):
        wrong = tracked(client, f"{number:025d}")
        bodies.add(re.sub(r'value="[^"]*"', "", wrong.get_data(as_text=True)))
        assert wrong.status_code == 422
    assert len(bodies) == 1
    assert tracked(client, "1" * 25).status_code == 429
    assert tracked(client, code).status_code == 429
    later(app, timedelta(hours=1))
    assert tracked(client, f" {code} ").status_code == 200
