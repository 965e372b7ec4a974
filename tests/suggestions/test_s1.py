"""Scenario S1 by pages: a pile of returns, with blocked tries, decisions, clocks kept or restarted, and the counts.

Under packs Q, CQ and SD, under rules that the office edited (shorter window, clock restarted), with other numbers and
another calendar. Dates from the oracle; under Q also the dates that the scenario prints.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.assurance.oracle import A_DAY
from tests.suggestions.playing import Play, words

TRANSPORT, URBAN, WATER = "区交通局", "区城管局", "区水务局"
ASSIGNED = date(2026, 3, 2)
WHY = "道路养护职责已于去年机构改革时划出，本单位没有执法权。"


@dataclass(frozen=True)
class Given:
    """The rules and the numbers of one run: items, returns asked in time, tries too late, approved, of these to Urban
    Management (the last one goes to Water), and what else the office has its own way."""

    pack: str = "Q"
    items: int = 12
    asked: int = 8
    late: int = 2
    approved: int = 5
    rules: dict[str, Any] = field(default_factory=dict)


FEW = {"items": 5, "asked": 3, "late": 1, "approved": 2}
OTHER_DAYS = {"rest": (date(2026, 3, 5), date(2026, 4, 6)), "worked": (date(2026, 3, 14),)}
RUNS = {
    "Q": Given(),
    "CQ": Given("CQ", **FEW),
    "SD": Given("SD", **FEW),
    "SH, another calendar": Given("SH", 6, 4, 2, 3, OTHER_DAYS),
    "Q, clock restarts": Given("Q", 4, 3, 1, 2, {"policies": {"reassign_keeps_due": False}}),
    "Q, clock restarts, 3 working days": Given(
        "Q", 7, 5, 2, 3, {"policies": {"reassign_keeps_due": False}, "periods": {"return_window": (3, "working days")}}
    ),
}


@pytest.mark.parametrize("given", RUNS.values(), ids=RUNS)
def test_a_pile_of_returns(app: Flask, set_clock: Callable[[str], None], given: Given) -> None:
    play = Play(app, set_clock, given.pack, **given.rules)
    play.on(ASSIGNED)
    items = [play.assigned([(TRANSPORT, "sole")], title=f"关于修复第{n + 1}号道路的建议") for n in range(given.items)]
    for item in items:
        play.act("transport", item, TRANSPORT, "receive")
    last = play.due("return_window", ASSIGNED)
    printed = given == RUNS["Q"]
    assert not printed or last == date(2026, 3, 9)
    assert {play.part(item, TRANSPORT).return_due for item in items} == {last}

    asked, tried = items[: given.asked], items[given.asked :][: given.late]
    play.on(last, "23:59")
    for item in asked:
        play.act("transport", item, TRANSPORT, "request_return", unit=URBAN, reason=WHY)
    assert {play.part(item, TRANSPORT).state for item in asked} == {"return_requested"}
    play.on(last + A_DAY, "00:00")
    for item in tried:
        play.barred(
            "transport", play.path(item, TRANSPORT), "request_return", f"已于{words(last)}截止", unit=URBAN, reason=WHY
        )
        assert "想申请退办，被拒绝" in play.text("clerk", f"/suggestions/{item}")
    assert {play.part(item, TRANSPORT).state for item in tried} == {"handling"}

    decided = last + 3 * A_DAY
    play.on(decided)
    approved, refused = asked[: given.approved], asked[given.approved :]
    to_water = approved[-1]
    for item in approved:
        unit = WATER if item == to_water else URBAN
        play.act("govoffice", item, TRANSPORT, "approve_return", unit=unit)
    for item in refused:
        play.act("clerk", item, TRANSPORT, "refuse_return", reason="continue，请继续办理。")
    _standing(play, items, approved, refused)
    _clocks(play, given, approved, decided, printed)
    _second_return(play, given, to_water, decided)
    _told(play, given, approved, refused)
    _counted(play, given, len(items))


def _standing(play: Play, items: list[str], approved: list[str], refused: list[str]) -> None:
    """Transport holds what was not taken from it, and no longer sees the rest."""
    held = [item for item in items if any(p.unit.name == TRANSPORT for p in play.parts(item, live=True))]
    assert held == [item for item in items if item not in approved]
    assert len(play.client("transport").page("/suggestions").text.split("关于修复第")) - 1 == len(held)
    assert play.client("transport").get(f"/suggestions/{approved[0]}").status_code == 404
    assert {play.part(item, TRANSPORT).state for item in refused} == {"handling"}


def _clocks(play: Play, given: Given, approved: list[str], decided: date, printed: bool) -> None:
    """Kept or restarted by the pack, and said aloud to deputy, old unit and new unit."""
    kept = play.due("reply", ASSIGNED)
    restarts = "policies" in given.rules
    due = min(play.due("reply", decided), play.due("cap", ASSIGNED)) if restarts else kept
    assert not printed or due == date(2026, 6, 2)
    assert not restarts or decided != date(2026, 3, 12) or due == date(2026, 6, 12)
    said = f"期限重新计算，由{words(kept)}改为{words(due)}" if restarts else f"期限不变，仍在{words(kept)}前答复"
    for item in approved:
        fresh = play.parts(item, live=True)[0]
        assert fresh.due == due
        new = "water" if fresh.unit.name == WATER else "urban"
        assert all(said in play.text(who, f"/suggestions/{item}") for who in ("zhang", "clerk", new))
    assert play.heard("zhang", said) == len(approved)
    assert play.heard("transport", said) == len(approved)


def _second_return(play: Play, given: Given, item: str, decided: date) -> None:
    """The item's second return, by whatever unit: it may be asked, and is approved with a leader's decision only."""
    play.act("water", item, WATER, "receive")
    start = play.part(item, WATER).received_on
    assert start == decided  # the same day, so the window is counted from it under every pack
    last = play.due("return_window", start)
    assert given != RUNS["Q"] or last == date(2026, 3, 19)
    play.on(last, "23:59")
    play.act("water", item, WATER, "request_return", unit=URBAN, reason="本单位只管供水管线，不管路面养护。")
    path = play.path(item, WATER)
    play.refused("govoffice", path, "approve_return", "须由领导决定", unit=URBAN)
    assert play.part(item, WATER).state == "return_requested"


def _told(play: Play, given: Given, approved: list[str], refused: list[str]) -> None:
    assert play.heard("zhang", "同意", "退办，改由") == len(approved)
    assert play.heard("zhang", "不同意", "退办，请继续办理") == len(refused)
    assert play.heard("transport", "不同意", "退办") == len(refused)


def _counted(play: Play, given: Given, items: int) -> None:
    """The report, from the record: asked, too late, approved, refused, waiting; and the items are as many as before."""
    transport = [given.asked, given.late, given.approved, given.asked - given.approved, 0]
    whole = [given.asked + 1, given.late, given.approved, given.asked - given.approved, 1]
    assert given != RUNS["Q"] or whole == [9, 2, 5, 3, 1]
    for who in ("clerk", "govoffice"):
        table = play.client(who).page("/figures/returns").root.all("tr")
        rows = {row.all("th", "td")[0].text: [cell.text for cell in row.all("td")] for row in table[1:]}
        assert [int(cell) for cell in rows[TRANSPORT][-5:]] == transport
        assert [int(cell) for cell in rows[WATER][-5:]] == [1, 0, 0, 0, 1]
        assert [int(cell) for cell in rows["合计"][-5:]] == whole
    listed = play.client("clerk").page("/suggestions").text
    assert sum(f"关于修复第{n + 1}号道路的建议" in listed for n in range(items)) == items


def test_a_second_return_is_granted_with_a_leaders_decision(app: Flask, set_clock: Callable[[str], None]) -> None:
    """What follows S1.3: the leader's words are kept, a coordination sheet is opened, a third return too needs them."""
    play = Play(app, set_clock, "CQ")
    play.on(ASSIGNED)
    item = play.assigned([(TRANSPORT, "sole")])
    play.act("transport", item, TRANSPORT, "request_return", unit=WATER, reason=WHY)
    play.act("clerk", item, TRANSPORT, "approve_return", unit=WATER)
    play.act("water", item, WATER, "request_return", unit=URBAN, reason=WHY)
    decision = "副区长刘某三月二日批示：由城管局办理。"
    play.act("clerk", item, WATER, "approve_return", unit=URBAN, leader_decision=decision)
    assert [part.unit.name for part in play.parts(item, live=True)] == [URBAN]
    assert play.offers("govoffice", item, "decide_coordination")
    assert decision in play.text("clerk", f"/suggestions/{item}")


@pytest.mark.parametrize("pack", ["Q", "CQ"])
def test_no_screen_lets_a_unit_hand_an_item_to_another(app: Flask, set_clock: Callable[[str], None], pack: str) -> None:
    play = Play(app, set_clock, pack)
    play.on(ASSIGNED)
    item = play.assigned([(TRANSPORT, "lead"), (WATER, "assist")])
    play.act("transport", item, TRANSPORT, "receive")
    for who in ("transport", "transport-signer", "water"):
        for step in ("assign", "adjust", "rehandle"):
            assert not play.offers(who, item, step)
            play.denied(who, f"/suggestions/{item}", step, unit=URBAN, reason="请他们办。")
    path = play.path(item, TRANSPORT)
    play.act("transport", item, TRANSPORT, "request_return", unit=URBAN, reason=WHY)
    for who in ("transport", "transport-signer"):
        play.denied(who, path, "approve_return", unit=URBAN)
    assert [part.unit.name for part in play.parts(item, live=True)] == [TRANSPORT, WATER]
    section = play.client("transport").get(f"{path}/section")
    assert URBAN not in section.text  # inside the unit only
