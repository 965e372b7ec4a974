"""Two taps at once on both engines: one message, one code."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from portal.core.db import db
from portal.stations import message_rules as rules
from portal.stations.message_models import Message
from tests.matters.living import stand_with_stations
from tests.stations.test_messages import LEFT, SHEET, code_in, sheet

AT_ONCE = 6


def test_taps_at_once_are_one_message(both_engines_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen red on PostgreSQL without tries.in_turn(): the losers answered 409."""
    monkeypatch.setattr(rules, "QUICKEST", 0)
    app = both_engines_app
    with app.app_context():
        stand_with_stations()
    fields = sheet(app.test_client())  # type: ignore[arg-type]
    with ThreadPoolExecutor(AT_ONCE) as together:
        answers = list(together.map(lambda _: app.test_client().post(SHEET, data={**fields, **LEFT}), range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({code_in(answer) for answer in answers}) == 1
    with app.app_context():
        assert db.session.query(Message).count() == 1
