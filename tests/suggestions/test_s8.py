"""Scenario S8 by pages: withdrawal where all signers must agree or the lead decides, before assignment or first reply.

Withdrawn items out of 办复率 and totals, and the table of withdrawals, are statistical tables that come later; here the
item itself has no date and no rating left, and says why it was withdrawn.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.suggestions.playing import Play, division, words

HOUSING, WATER = "区住建局", "区水务局"
ASSIGNED, ASKED = date(2026, 3, 2), date(2026, 4, 15)
JOINT = [(HOUSING, "lead"), (WATER, "assist")]
WHY = "街道已经另行安排，不必再办。"
# pack, what the office changed: all or lead × assignment or first reply
ALL_REPLY: tuple[str, dict[str, Any]] = ("Q", {})
LEAD_REPLY: tuple[str, dict[str, Any]] = ("SD", {})
ALL_ASSIGNMENT = ("CQ", {"policies": {"withdraw_until": "assignment"}})
LEAD_ASSIGNMENT = ("Q", {"policies": {"withdraw": "lead", "withdraw_until": "assignment"}})
OTHER_PERIODS = {"reply": (2, "months"), "assist": (20, "working days")}
LEAD_EDITED = ("CQ", {"policies": {"withdraw": "lead"}, "periods": OTHER_PERIODS})
NAMES = {
    **{"all, first reply": ALL_REPLY, "lead, first reply": LEAD_REPLY, "all, assignment": ALL_ASSIGNMENT},
    **{"lead, assignment": LEAD_ASSIGNMENT, "lead, edited": LEAD_EDITED},
}


def runs(*chosen: Any) -> Any:
    return pytest.mark.parametrize("run", chosen, ids=[next(n for n, r in NAMES.items() if r is one) for one in chosen])


def assigned(play: Play) -> str:
    play.on(ASSIGNED)
    item = play.assigned(JOINT, with_=("li", "wang"))
    play.act("housing", item, HOUSING, "receive")
    play.act("water", item, WATER, "receive")
    play.on(ASKED)
    return item


def withdrawn(play: Play, item: str) -> bool:
    found = play.item(item)
    return (found.state, found.closed_as) == ("closed", "withdrawn")


def answer(play: Play, item: str, who: str, verdict: str) -> None:
    play.take(who, item, "consent_withdrawal", answer=verdict)


@runs(ALL_REPLY)
def test_one_of_all_refuses(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    """王 refuses: the item stays open with its dates; when both agree to a later request, it is withdrawn."""
    play = Play(app, set_clock, run[0], **run[1])
    item = assigned(play)
    play.take("zhang", item, "request_withdrawal", reason=WHY)
    assert play.heard("wang", "提出撤回", WHY) == 1
    play.denied("zhao", f"/suggestions/{item}", "consent_withdrawal", answer="agreed")
    answer(play, item, "li", "agreed")
    answer(play, item, "wang", "refused")
    assert not withdrawn(play, item) and play.item(item).state == "assigned"
    dues = [play.part(item, unit).due for unit in (HOUSING, WATER)]
    assert dues == [play.due("reply", ASSIGNED), play.due("assist", ASSIGNED)]
    assert play.offers("housing", item, "draft_reply")


@runs(ALL_REPLY, LEAD_REPLY, LEAD_EDITED)
def test_withdrawn(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    item = assigned(play)
    number = play.item(item).number_text
    play.take("zhang", item, "request_withdrawal", reason=WHY)
    if run is ALL_REPLY:
        answer(play, item, "li", "agreed")
        assert not withdrawn(play, item)
        answer(play, item, "wang", "agreed")
    assert withdrawn(play, item) and play.item(item).closed_on == ASKED
    for who in ("li", "wang", "housing", "water", "clerk", "govoffice"):
        assert play.heard(who, "建议已撤回") == 1
    _nothing_left(play, item)
    assert play.item(item).number_text == number
    fresh = play.submitted(by="li", title="关于增设停车位的建议")
    play.take("clerk", fresh, "admit", category="0101")
    assert play.item(fresh).number_text not in (None, number)  # numbers are never given again
    assert WHY in play.text("clerk", f"/suggestions/{item}") and "已撤回" in play.text("zhang", "/suggestions")


def _nothing_left(play: Play, item: str) -> None:
    """No date, no light, nothing to answer or to rate, and nobody is reminded."""
    assert [(part.due, part.feedback_due, part.live) for part in play.parts(item)] == [(None, None, False)] * 2
    shown = play.client("clerk").page(f"/suggestions/{item}").root.all("main")[0]
    standing, heading, _ = shown.text.partition("经过")
    assert heading and words(play.due("reply", ASSIGNED)) not in standing and "逾期" not in standing
    for who, step in (("housing", "draft_reply"), ("water", "give_opinion"), ("zhang", "rate"), ("clerk", "adjust")):
        assert not play.offers(who, item, step)
    play.denied("zhang", play.path(item, HOUSING), "rate", attitude="satisfied", result="satisfied")
    before = play.heard("housing", "到期")
    play.nights(date(2026, 5, 18), date(2026, 5, 18))
    assert play.heard("housing", "到期") == before
    play.on(ASKED)


@runs(ALL_ASSIGNMENT, LEAD_ASSIGNMENT)
def test_not_once_it_is_assigned(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    item = assigned(play)
    said = f"已于{words(ASSIGNED)}交办，按本地规定交办后不能撤回"
    play.barred("zhang", f"/suggestions/{item}", "request_withdrawal", said, reason=WHY)
    assert play.item(item).state == "assigned"


@runs(ALL_ASSIGNMENT, LEAD_ASSIGNMENT)
def test_before_it_is_assigned(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    play.on(ASSIGNED)
    item = play.submitted(with_=("li",))
    play.take("clerk", item, "admit", category="0101")
    play.take("zhang", item, "request_withdrawal", reason=WHY)
    if run is ALL_ASSIGNMENT:
        answer(play, item, "li", "agreed")
    assert withdrawn(play, item)
    assert play.post("clerk", f"/suggestions/{item}/steps/assign", division(JOINT)).status_code == 409
    assert play.parts(item) == []


@runs(ALL_REPLY, LEAD_REPLY)
def test_never_after_the_first_reply(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    item = assigned(play)
    play.act("water", item, WATER, "give_opinion", text="同意由住建局牵头办理，管线同步改造。")
    play.contacted("housing", item, HOUSING)
    play.answered("housing", item, HOUSING)
    assert not play.offers("zhang", item, "request_withdrawal")
    assert play.post("zhang", f"/suggestions/{item}/steps/request_withdrawal", {"reason": WHY}).status_code == 409
    assert play.item(item).state == "replied"
