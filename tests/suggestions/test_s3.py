"""Scenario S3 by pages: 不满意 twice, with rework by review or by itself, both letters kept, both sides convened.

Of S3.4 only what is on record is checked here (first and last rating apart); 初次, 最终 and 转化 are statistical tables
that come later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.suggestions.fact_models import Rating, Reply
from tests.assurance.oracle import A_DAY
from tests.suggestions.playing import LETTER, Play, words

HOUSING = "区住建局"
ASSIGNED, ANSWERED, RATED, ACCEPTED = date(2026, 3, 2), date(2026, 5, 20), date(2026, 6, 5), date(2026, 6, 10)
BAD = ("satisfied", "dissatisfied")
WHY = "窗口设了，但是三个月没有办成一件。"
ASKED = "请逐栋说明困难，给出办成的日期。"
SECOND = "张建国代表：我局重新办理，逐栋排定了日期，十月底前办成三栋。"


@dataclass(frozen=True)
class Given:
    """The rules of one run: whether the rework follows by itself, and whether the end is reported."""

    pack: str = "Q"
    automatic: bool = False
    reported: bool = True
    rules: dict[str, Any] = field(default_factory=dict)


RUNS = {
    "Q": Given(),
    "CQ": Given("CQ"),
    "SD automatic": Given("SD", automatic=True),
    "Q edited, another calendar": Given(
        automatic=True,
        reported=False,
        rules={
            "policies": {"redo_trigger": "automatic", "second_dissatisfied_report": False},
            "periods": {"redo": (20, "working days"), "feedback": (12, "working days")},
            "rest": (date(2026, 4, 6), date(2026, 6, 22)),
            "worked": (date(2026, 6, 27),),
        },
    ),
}


def first_round(play: Play, given: Given) -> tuple[str, date]:
    """Answered B, found 不满意; the item under rework, and the day from which its clock runs."""
    play.on(ASSIGNED)
    item = play.assigned([(HOUSING, "sole")], with_=("li", "wang"))
    play.act("housing", item, HOUSING, "receive")
    play.on(ANSWERED)
    play.contacted("housing", item, HOUSING)
    play.answered("housing", item, HOUSING, "B")
    play.on(RATED)
    path = play.path(item, HOUSING)
    assert play.part(item, HOUSING).feedback_due == play.due("feedback", ANSWERED)
    play.refused("zhang", path, "rate", "请写明理由", attitude=BAD[0], result=BAD[1])
    assert play.part(item, HOUSING).ratings == []
    play.rated(item, HOUSING, *BAD, WHY)
    if given.automatic:
        return item, RATED
    assert play.item(item).state == "replied" and "待研究" in play.text("clerk", "/desk/reviewing")
    play.on(ACCEPTED)
    play.take("clerk", item, "rehandle", task=play.part(item, HOUSING).public_id, text=ASKED)
    return item, ACCEPTED


def second_reply(play: Play, item: str, start: date) -> date:
    """The unit speaks with the deputy first, then answers two days before its time is over; the day it did."""
    due = play.due("redo", start)
    assert play.item(item).state == "rehandling"
    assert play.part(item, HOUSING).due == due and play.part(item, HOUSING).round == 2
    assert words(due) in play.text("zhang", f"/suggestions/{item}")
    day = due - 2 * A_DAY
    play.on(day)
    play.act("housing", item, HOUSING, "receive")
    play.act("housing", item, HOUSING, "draft_reply", **{**LETTER, "grade": "B", "body": SECOND})
    path = play.path(item, HOUSING)
    play.barred("housing-signer", path, "sign_reply", "还没有与代表联系过")
    play.contacted("housing", item, HOUSING)
    play.act("housing-signer", item, HOUSING, "sign_reply")
    assert play.part(item, HOUSING).feedback_due == play.due("feedback", day)
    return day


def letters(play: Play, item: str) -> list[Reply]:
    return [one for part in play.parts(item) for one in part.replies]


def ratings(play: Play, item: str) -> list[Rating]:
    return [one for part in play.parts(item) for one in part.ratings]


@pytest.mark.parametrize("given", RUNS.values(), ids=RUNS)
def test_dissatisfied_twice(app: Flask, set_clock: Callable[[str], None], given: Given) -> None:
    play = Play(app, set_clock, given.pack, **given.rules)
    item, start = first_round(play, given)
    assert given != RUNS["Q"] or play.due("redo", start) == date(2026, 7, 10)
    day = second_reply(play, item, start)
    assert given != RUNS["Q"] or day == date(2026, 7, 8)
    _both_versions(play, item)

    play.on(day + A_DAY)
    play.rated(item, HOUSING, "dissatisfied", "dissatisfied", "还是没有办成。")
    assert play.item(item).state == "second_dissatisfied"
    play.denied("zhang", f"/suggestions/{item}", "close", text="不用办了，就这样吧，谢谢。")
    closing = {"text": "请区住建局十月底前书面报告三栋的进度，工委年底前再看一次。"}
    play.barred("clerk", f"/suggestions/{item}", "close", "还没有召集双方", **closing)
    held = {"happened_on": (day + A_DAY).isoformat(), "who": "张建国代表、区住建局", "text": "双方当面说明，商定分三步办理。"}
    play.take("clerk", item, "convene", **held)
    if given.reported:
        play.refused("clerk", f"/suggestions/{item}", "close", "请填写报告日期", **closing)
        closing["reported_on"] = (day + A_DAY).isoformat()
    play.take("clerk", item, "close", **closing)
    ended = play.item(item)
    assert (ended.state, ended.closed_as) == ("closed", "opinion")
    assert closing["text"] in play.text("zhang", f"/suggestions/{item}")
    assert play.heard("zhang", "提出处理意见后办结") == 1
    if given.reported:
        assert f"{words(day + A_DAY)}报主任会议" in play.text("clerk", f"/suggestions/{item}")
    first, last = ratings(play, item)
    assert (first.round, first.result, last.round, last.result) == (1, "dissatisfied", 2, "dissatisfied")


def _both_versions(play: Play, item: str) -> None:
    """Version 2 follows version 1, and both can be opened by whoever reads the item."""
    first, second = letters(play, item)
    assert (first.round, second.round) == (1, 2)
    assert (first.number, second.number) == (1, 2)
    page = play.text("li", f"/suggestions/{item}")
    assert LETTER["body"] in page and SECOND in page and "第2次" in page
    for who in ("zhang", "wang", "clerk"):
        assert LETTER["body"].removeprefix("张建国代表：") in play.text(who, f"/replies/{first.public_id}")
        assert SECOND.removeprefix("张建国代表：") in play.text(who, f"/replies/{second.public_id}")


@pytest.mark.parametrize("given", [RUNS["Q"], RUNS["SD automatic"]], ids=["Q", "SD automatic"])
def test_satisfied_after_the_rework(app: Flask, set_clock: Callable[[str], None], given: Given) -> None:
    play = Play(app, set_clock, given.pack)
    item, start = first_round(play, given)
    play.on(second_reply(play, item, start) + A_DAY)
    play.rated(item, HOUSING, "satisfied", "satisfied")
    ended = play.item(item)
    assert (ended.state, ended.closed_as) == ("closed", "rated")
    first, last = ratings(play, item)
    assert (first.result, last.result) == ("dissatisfied", "satisfied")
    with app.app_context():  # the form of the first round is a fact, and stays as it was given
        assert db.session.get_one(Rating, first.id).text == WHY
