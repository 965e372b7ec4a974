"""Scenario S2 by pages: lead and assist disagree; the opinion is sent back with a clock of its own, the government
office decides, the lead answers with every view in the letter, and the item's own date never moves.

The line about bad assists in a unit's yearly account belongs to the tables of figures, which come later; here the page
itself says that the opinion was late, and of whom.
"""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.assurance.oracle import A_DAY
from tests.documents.corpus import word
from tests.suggestions.playing import CONTACT, LETTER, Play, words

HOUSING, WATER = "区住建局", "区水务局"
ASSIGNED = date(2026, 3, 2)
JOINT = [(HOUSING, "lead"), (WATER, "assist")]
EMPTY = "no funds, not our plan：没有经费，不在我局计划内。"
OPPOSED = "仍不同意：供水主管由市属企业管理，本局没有这笔经费。"
DECISION = "供水主管改造由区水务局列入2027年计划，区住建局先行开窗受理。"
MINUTES = "4月下旬在区政府会议室，区住建局、区水务局参加，双方陈述意见后作出决定。"
OTHER = {"rest": (date(2026, 4, 6), date(2026, 4, 9)), "worked": (date(2026, 4, 11),)}
RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    "Q": ("Q", {}),
    "CQ": ("CQ", {}),
    "TW": ("TW", {}),
    "SH, edited, another calendar": ("SH", {"periods": {"assist_redo": (3, "working days")}, **OTHER}),
}


def first_working(play: Play, day: date) -> date:
    while not play.works(day):
        day += A_DAY
    return day


def bounced(play: Play) -> tuple[str, date]:
    """The item with its empty opinion sent back on the day after; and the day until which a better one is due."""
    play.on(ASSIGNED)
    item = play.assigned(JOINT, with_=("li", "wang"))
    play.act("housing", item, HOUSING, "receive")
    play.act("water", item, WATER, "receive")
    due = play.due("assist", ASSIGNED)
    assert play.part(item, WATER).due == due
    play.on(due)
    play.act("water", item, WATER, "give_opinion", text=EMPTY)
    sent_back = first_working(play, due + A_DAY)
    play.on(sent_back)
    play.act("housing", item, WATER, "bounce_opinion", reason="只有态度，没有管线现状和改造办法。")
    again = play.due("assist_redo", sent_back)
    water = play.part(item, WATER)
    assert (water.state, water.due) == ("handling", again)
    assert f"{words(again)}前再交" in play.text("water", f"/suggestions/{item}")
    assert play.heard("water", "退回重提", words(again)) == 1
    return item, again


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_lead_and_assist_disagree(app: Flask, set_clock: Callable[[str], None], run: Any) -> None:
    play = Play(app, set_clock, run[0], **run[1])
    item, again = bounced(play)
    printed = run == RUNS["Q"]
    assert not printed or again == date(2026, 4, 13)  # 10 April would forget the holiday of the 6th
    assert play.part(item, HOUSING).due == play.due("reply", ASSIGNED)
    handed_in = again if printed else again + A_DAY
    play.on(handed_in)
    play.act("water", item, WATER, "give_opinion", text=OPPOSED)
    late = play.text("clerk", f"/suggestions/{item}")
    assert ("意见晚交1天" in late) == (handed_in > again)

    play.take("housing", item, "open_coordination", reason="住建局请水务局同步改造管线，水务局认为没有经费。")
    assert play.offers("govoffice", item, "decide_coordination")
    for who in ("housing", "water", "zhang"):
        play.denied(who, f"/suggestions/{item}", "decide_coordination", minutes=MINUTES, decision=DECISION)
    decided = first_working(play, max(date(2026, 4, 24), handed_in + A_DAY))
    play.on(decided)
    sheet = (BytesIO(word()), "纪要.docx")
    play.take("govoffice", item, "decide_coordination", minutes=MINUTES, decision=DECISION, file=sheet)
    for who in ("zhang", "housing", "water"):
        assert play.heard(who, "协调决定", DECISION) == 1
    assert DECISION in play.text("water", f"/suggestions/{item}")
    minutes = next(link for link in play.client("housing").page(f"/suggestions/{item}").links if "/record/" in link)
    assert play.client("housing").get(minutes).status_code == 200
    _answers(play, item, max(date(2026, 4, 28), decided) if run[0] == "TW" else date(2026, 5, 28))
    assert not printed or play.part(item, HOUSING).due == date(2026, 6, 2)


def _answers(play: Play, item: str, day: date) -> None:
    """The lead has every view and the decision beside the letter it writes; the assist has no way to the deputy."""
    play.on(day)
    due, at_water = play.due("reply", ASSIGNED), play.path(item, WATER)
    play.act("housing", item, HOUSING, "log_contact", **CONTACT, happened_on=day.isoformat())
    beside = play.text("housing", f"{play.path(item, HOUSING)}/steps/draft_reply")
    assert OPPOSED in beside and DECISION in beside
    for who in ("water", "water-signer"):
        for step in ("draft_reply", "sign_reply", "log_contact", "request_extension"):
            assert not play.offers(who, item, step)
            play.denied(who, at_water, step, grade="A", body=DECISION)
    for who in ("clerk", "govoffice", "zhang"):
        play.denied(who, play.path(item, HOUSING), "draft_reply", grade="A", body=DECISION)
    body = f"张建国代表：区住建局意见：同意设窗口。区水务局意见：{OPPOSED}协调决定：{DECISION}"
    play.answered("housing", item, HOUSING, "B", body=body)
    reply = play.part(item, HOUSING).replies[-1]
    letter = play.text("zhang", f"/replies/{reply.public_id}")
    assert OPPOSED in letter and DECISION in letter
    assert play.part(item, HOUSING).due == due and play.item(item).state == "replied"


@pytest.mark.parametrize("pack", ["Q", "CQ"])
def test_an_opinion_that_never_comes_is_named_in_the_letter(
    app: Flask, set_clock: Callable[[str], None], pack: str
) -> None:
    """Who assists badly does not hold up the deputy's answer: until then the lead waits, then the letter says so."""
    play = Play(app, set_clock, pack)
    item, again = bounced(play)
    play.on(again)
    play.contacted("housing", item, HOUSING)
    play.act("housing", item, HOUSING, "draft_reply", **LETTER, grade="A")
    path = play.path(item, HOUSING)
    play.barred("housing-signer", path, "sign_reply", "会办意见还没有到")
    play.on(again + A_DAY)
    play.refused("housing-signer", path, "sign_reply", f"{WATER}的会办意见逾期未交，请写明")
    note = "区水务局的会办意见逾期未交。"
    play.act("housing-signer", item, HOUSING, "sign_reply", missing_opinions_note=note)
    assert note in play.text("zhang", f"/suggestions/{item}")
    assert "逾期1天" in play.text("clerk", f"/suggestions/{item}")
    assert play.part(item, HOUSING).due == play.due("reply", ASSIGNED)

