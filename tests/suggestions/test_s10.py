"""Scenario S10 by pages: two units answer, each for its points, with different grades; only one of them works again.

The tables per unit and per suggestion (S10.3) come later with the figures; here the suggestion's own grade is checked.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.assurance.oracle import A_DAY
from tests.suggestions.playing import Play

EDUCATION, HEALTH = "区教育局", "区卫健局"
ASSIGNED, ANSWERED, RATED = date(2026, 3, 2), date(2026, 5, 20), date(2026, 6, 5)
POINTS = ("每所小学配一名校医", "食堂公开菜谱", "社区医院周末开门")
BOTH = [(EDUCATION, "separate", "1", "2"), (HEALTH, "separate", "3")]
OTHER = {"rest": (date(2026, 4, 6), date(2026, 5, 28)), "worked": (date(2026, 5, 30),)}
RUNS: dict[str, tuple[str, dict[str, Any], str]] = {
    "Q": ("Q", {}, "C"),
    "CQ": ("CQ", {}, "C"),
    "CQ mixed, another calendar": ("CQ", {"policies": {"suggestion_grade_rule": "mixed"}, **OTHER}, "mixed"),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_divided_between_two_units(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    play.on(ASSIGNED)
    item = play.assigned(BOTH, points=POINTS, with_=("li",))
    due = play.due("reply", ASSIGNED)
    assert {part.unit.name: (part.points, part.due) for part in play.parts(item)} == {
        **{EDUCATION: ([1, 2], due), HEALTH: ([3], due)},
    }
    _two_letters(play, item)
    assert play.item(item).grade == run[2]
    _two_forms(play, item)

    decided = RATED + 5 * A_DAY
    play.on(decided)
    assert play.item(item).state == "replied"  # one form is 不满意 and waits to be decided
    play.take("clerk", item, "rehandle", task=play.part(item, HEALTH).public_id, text="请写明周末开门的日期。")
    redo = play.due("redo", decided)
    assert run[0] == "CQ" or redo == date(2026, 7, 10)
    _only_health_works_again(play, item, redo)


def _two_letters(play: Play, item: str) -> None:
    play.on(ANSWERED)
    for who, unit, grade in (("education", EDUCATION, "A"), ("health", HEALTH, "C")):
        play.act(who, item, unit, "receive")
        play.contacted(who, item, unit)
        play.answered(who, item, unit, grade, body=f"张建国代表：{unit}就您提出的诉求点逐条答复如下，请审阅。")
        assert play.item(item).state == ("replied" if unit == HEALTH else "assigned")
    for unit in (EDUCATION, HEALTH):
        part = play.part(item, unit)
        assert part.feedback_due == play.due("feedback", ANSWERED)
        letter = play.text("zhang", f"/replies/{part.replies[0].public_id}")
        assert unit in letter and f"{unit}就您提出的诉求点" in letter
        assert unit in play.text("zhang", f"/replies/{part.replies[0].public_id}/survey")
    page = play.text("li", f"/suggestions/{item}")
    assert f"{EDUCATION}的答复" in page and f"{HEALTH}的答复" in page


def _two_forms(play: Play, item: str) -> None:
    play.on(RATED)
    forms = [form.action for form in play.client("zhang").page(f"/suggestions/{item}").forms]
    assert sum(action.endswith("/steps/rate") for action in forms) == 2
    play.rated(item, EDUCATION, "satisfied", "satisfied")
    play.rated(item, HEALTH, "satisfied", "dissatisfied", "周末还是不开门。")


def _only_health_works_again(play: Play, item: str, redo: date) -> None:
    education, health = play.part(item, EDUCATION), play.part(item, HEALTH)
    assert play.item(item).state == "rehandling"
    assert (education.round, education.state, education.due) == (1, "done", play.due("reply", ASSIGNED))
    assert (health.round, health.state, health.due, health.points) == (2, "pending", redo, [3])
    assert not play.offers("education", item, "draft_reply") and play.offers("health", item, "receive")
    play.on(redo)
    play.act("health", item, HEALTH, "receive")
    play.contacted("health", item, HEALTH)
    play.answered("health", item, HEALTH, "A", body="张建国代表：两家社区医院自七月起周末开门，时间已公布。")
    assert play.item(item).state == "replied"
    play.rated(item, HEALTH, "satisfied", "satisfied")
    ended = play.item(item)
    assert (ended.state, ended.closed_as, ended.grade) == ("closed", "rated", "A")
    letters = [(part.unit.name, one.grade) for part in play.parts(item) for one in part.replies]
    assert letters == [(EDUCATION, "A"), (HEALTH, "C"), (HEALTH, "A")]


def test_a_form_that_never_comes_lets_the_other_close_the_item(app: Flask, set_clock: Callable[[str], None]) -> None:
    """It closes when both end: one rated, the other's window over (settled A45)."""
    play = Play(app, set_clock, "CQ")
    play.on(ASSIGNED)
    item = play.assigned(BOTH, points=POINTS, with_=("li",))
    _two_letters(play, item)
    play.rated(item, EDUCATION, "satisfied", "satisfied")
    last = play.due("feedback", ANSWERED)
    play.nights(last, last)
    assert play.item(item).state == "replied"
    play.nights(last + A_DAY, last + A_DAY)
    ended = play.item(item)
    assert (ended.state, ended.closed_as) == ("closed", "rated")
