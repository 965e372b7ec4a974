"""Scenario S4 by pages: an extension refused, reminders by the ladder, overdue; and granted, once, within the cap.

办复 and 按期办复 as rates belong to the statistical tables, which come later; here the item says answered and how late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db
from portal.notifications.models import Notification
from tests.assurance.oracle import A_DAY, reminders
from tests.suggestions.playing import Play, words

HOUSING = "区住建局"
ASSIGNED = date(2026, 3, 2)
COMPLEX = "complex：涉及十七个小区的产权核查。"


@dataclass(frozen=True)
class Given:
    """The rules of one run, and who decides by them."""

    pack: str = "Q"
    approver: str = "clerk"
    rules: dict[str, Any] = field(default_factory=dict)


RUNS = {
    "Q": Given(),
    "TW": Given("TW"),
    "SH, government decides, another calendar": Given(
        "SH",
        "govoffice",
        {
            "policies": {"extension_approver": "government_office"},
            "periods": {"reply": (2, "months"), "long_reply": (4, "months"), "cap": (4, "months")},
            "rest": (date(2026, 4, 6), date(2026, 5, 7)),
            "worked": (date(2026, 3, 14),),
        },
    ),
}
each_run = pytest.mark.parametrize("given", RUNS.values(), ids=RUNS)


def begun(play: Play) -> str:
    play.on(ASSIGNED)
    item = play.assigned([(HOUSING, "sole")], with_=("li",))
    play.act("housing", item, HOUSING, "receive")
    play.contacted("housing", item, HOUSING)
    return item


def reminded(play: Play, who: str) -> list[date]:
    """The days of the person's reminders, from their inbox."""
    with play.app.app_context():
        mine = Notification.person_id == play.people[who], Notification.kind == "unit_task.remind"
        return sorted(clock.office(one.at).date() for one in db.session.scalars(select(Notification).where(*mine)))


def lights(play: Play, who: str, item: str) -> dict[str, str]:
    """The traffic lights of the item's page: words and colour."""
    shown = play.client(who).page(f"/suggestions/{item}").root.all("span")
    return {one.text: one.attrs["class"] for one in shown if "chip" in one.attrs.get("class", "").split()}


@each_run
def test_refused_and_late(app: Flask, set_clock: Callable[[str], None], given: Given) -> None:
    play = Play(app, set_clock, given.pack, **given.rules)
    item = begun(play)
    due, cap = play.due("reply", ASSIGNED), play.due("cap", ASSIGNED)
    printed = given == RUNS["Q"]
    assert not printed or (due, cap) == (date(2026, 6, 2), date(2026, 9, 2))
    path, asked, refused = play.path(item, HOUSING), due - 8 * A_DAY, due - 5 * A_DAY
    play.nights(due - 20 * A_DAY, asked)
    play.on(asked)
    assert lights(play, "housing", item) == {"还有8天": "chip s-yellow"}
    beyond = cap + A_DAY
    play.refused("housing", path, "request_extension", "最长为交办之日起", asked=beyond.isoformat(), reason=COMPLEX)
    play.act("housing", item, HOUSING, "request_extension", asked=cap.isoformat(), reason=COMPLEX)
    assert "延期申请待定" in play.text("clerk", f"/suggestions/{item}")
    assert play.offers(given.approver, item, "grant_extension")
    _decided_by(play, given, item)
    play.nights(asked + A_DAY, refused)
    play.on(refused)
    play.act(given.approver, item, HOUSING, "refuse_extension", reason="已有三个月，请按期答复。")
    assert play.part(item, HOUSING).due == due
    assert play.heard("housing", "不同意", "延期", "已有三个月") == 1

    replied = due + 3 * A_DAY
    play.nights(refused + A_DAY, replied)
    days = reminders(due, replied + A_DAY, play.known["rest"], play.known["worked"])
    assert reminded(play, "housing") == days
    assert not printed or days[:4] == [date(2026, 5, 18), date(2026, 5, 26), date(2026, 5, 30), date(2026, 6, 2)]
    play.on(due + A_DAY)
    assert lights(play, "housing", item) == {"逾期1天": "chip s-red"}
    late = {"asked": cap.isoformat(), "reason": COMPLEX}
    play.barred("housing", path, "request_extension", f"已于{words(due)}届满", **late)
    assert "想申请延期，被拒绝" in play.text("clerk", f"/suggestions/{item}")
    play.on(replied)
    play.answered("housing", item, HOUSING)
    assert play.item(item).state == "replied"
    assert "答复晚交3天" in play.text("clerk", f"/suggestions/{item}")
    assert not printed or replied == date(2026, 6, 5)


def _decided_by(play: Play, given: Given, item: str) -> None:
    """Only who the pack names decides."""
    for who in ("clerk", "govoffice", "housing", "housing-signer", "zhang"):
        if who != given.approver:
            play.denied(who, play.path(item, HOUSING), "grant_extension")


@each_run
def test_granted_once_and_judged_by_the_new_date(app: Flask, set_clock: Callable[[str], None], given: Given) -> None:
    play = Play(app, set_clock, given.pack, **given.rules)
    item = begun(play)
    due, cap = play.due("reply", ASSIGNED), play.due("cap", ASSIGNED)
    path = play.path(item, HOUSING)
    play.on(due, "23:59")
    wish = {"asked": cap.isoformat(), "reason": COMPLEX}
    play.act("housing", item, HOUSING, "request_extension", **wish)
    play.on(due + A_DAY)
    assert "逾期1天" in play.text("clerk", f"/suggestions/{item}")  # until it is decided (settled A07)
    play.act(given.approver, item, HOUSING, "grant_extension")
    assert play.part(item, HOUSING).due == cap
    for who in ("zhang", "li", "housing"):
        assert play.heard(who, "同意", f"原{words(due)}，延到{words(cap)}") == 1
    assert [one.due for one in play.part(item, HOUSING).due_dates] == [due, cap]
    play.refused("housing", path, "request_extension", "已延期1次，不能再延期", **wish)
    play.on(cap)
    play.answered("housing", item, HOUSING)
    assert "按期答复" in play.text("clerk", f"/suggestions/{item}")
