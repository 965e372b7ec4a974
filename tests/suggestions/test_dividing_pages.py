"""拆分 and 调整单位 by pages, on both engines: points, numbers and signers of the new item; who joins, gives way, leaves."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.suggestions.living import JOINT, SOLE, Life
from tests.suggestions.walking import Item, Walk, walking

SetClock = Callable[[str], None]
POINTS = ("设一个受理窗口", "楼道加装扶手", "改造供水立管")
OFF = {"title": "关于改造供水立管的建议", "request": "请区水务局改造老旧小区的供水立管。", "reason": "供水是另一件事，一事一议。"}
WHY = "该项工作已划转，按新的职责分工办理。"


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


def pointed(life: Life) -> Any:
    item = life.draft(points=POINTS)
    life.signed_by(item, "li", "wang")
    life.take("zhang", item, "submit")
    return life.take("clerk", item, "admit", category="0101")


def split(item: Item, status: int = 303, **more: Any) -> Any:
    return item.walk.submit("clerk", f"{item.address}/steps/split", status, **{**OFF, **more})


def adjust(item: Item, status: int = 303, **sent: Any) -> Any:
    return item.walk.submit("clerk", f"{item.address}/steps/adjust", status, reason=WHY, **sent)


# --- 拆分 ----------------------------------------------------------------------------------------------------------


def test_a_second_item_with_number_points_and_the_same_signers(walk: Walk) -> None:
    item = walk.begin(pointed)
    split(item, points=["3"])
    fresh = Item(walk, str(item.see(lambda s: s.facts_of("division")[0].record["other"])))
    first, second = item.see(lambda s: s.number), fresh.see(lambda s: s.number)
    assert (fresh.state, second) == ("admitted", first + 1)
    assert fresh.see(lambda s: (s.title, s.request, [p.text for p in s.points])) == (
        *(OFF["title"], OFF["request"], [POINTS[2]]),
    )
    assert fresh.see(lambda s: sorted(one.seat.person.name for one in s.signatures)) == ["李秀英", "王海"]
    assert item.see(lambda s: len(s.points)) == 3, "the text they signed stays"
    assert all("分出" in walk.told(who) for who in ("zhang", "li", "wang"))
    assert fresh.id in "".join(walk.page("zhang", item.address).links)
    assert OFF["reason"] in walk.page("wang", fresh.address).text
    assert walk.page("clerk", fresh.address).heading

    other = walk.begin(lambda life: life.admitted())
    assert other.see(lambda s: s.number) == second + 1, "no gap, nothing twice"
    units = {"units-0-unit": "区住建局", "units-0-role": "separate", "units-0-points": ["1"]}
    units |= {"units-1-unit": "区教育局", "units-1-role": "separate", "units-1-points": ["2"]}
    walk.submit("clerk", f"{item.address}/steps/assign", **units)
    assert item.state == "assigned", "the point that left is nobody's here"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": " \u3000"}, "请填写分出来的一件叫什么。"),
        ({"title": "题" * 61}, "不能超过60个字，现在有61个字。"),
        ({"request": "改造。"}, "分出来的内容太短，请写清楚（不少于10字）。"),
        ({"reason": ""}, "请填写拆分理由。"),
        ({"points": ["1", "2", "3"]}, "至少要给原来的一件留下一点。"),
    ],
)
def test_a_division_that_is_none(walk: Walk, sent: dict[str, Any], sentence: str) -> None:
    item = walk.begin(pointed)
    page = split(item, 422, **sent)
    assert sentence in page.text
    kept = {**OFF, **{name: value for name, value in sent.items() if isinstance(value, str)}}
    assert page.form("/steps/split").fields["request"] == kept["request"]
    assert item.see(lambda s: s.facts_of("division")) == []
    follower = walk.begin(lambda life: life.admitted())
    assert follower.see(lambda s: s.number) == item.see(lambda s: s.number) + 1, "no number was lost"


def test_who_may_not_divide(walk: Walk) -> None:
    item = walk.begin(pointed)
    for who in ("zhang", "li", "govoffice", "delegation1", "housing"):
        walk.press(who, f"{item.address}/steps/split", 404, **OFF)


# --- 调整单位 ------------------------------------------------------------------------------------------------------


def test_an_assist_joins_who_handled_alone(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(SOLE))
    set_clock("2026-03-16T09:00")
    adjust(item, unit="区水务局", role="assist")
    assert item.units == [
        ("区住建局", "lead", "pending", date(2026, 6, 2)),
        ("区水务局", "assist", "pending", date(2026, 4, 16)),
    ]
    assert all("增加区水务局会办" in walk.told(who) for who in ("zhang", "housing", "water", "govoffice"))
    set_clock("2026-05-18T09:00")
    adjust(item, unit="区教育局", role="assist")
    assert item.part("education", "due") == date(2026, 6, 2), "not later than the lead (A23)"


@pytest.mark.parametrize(("keeps", "due"), [(True, date(2026, 6, 2)), (False, date(2026, 6, 16))])
def test_the_lead_gives_way(both_engines_app: Flask, set_clock: SetClock, keeps: bool, due: date) -> None:
    walk = walking(both_engines_app, set_clock, reassign_keeps_due=keeps)
    item = walk.begin(lambda life: life.assigned(JOINT))
    item.received()
    old = item.task("housing")
    set_clock("2026-03-16T09:00")
    adjust(item, replaces=old, unit="区教育局")
    assert ("区教育局", "lead", "pending", due) in item.units and len(item.units) == 2
    assert all("区住建局改为区教育局" in walk.told(who) for who in ("zhang", "water", "education"))
    walk.page("housing", item.address, 404)
    assert item.see(lambda s: [t.ended_as for t in s.tasks if not t.live]) == ["replaced"]


def test_an_assist_leaves(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    adjust(item, replaces=item.task("water"))
    assert item.units == [("区住建局", "sole", "pending", date(2026, 6, 2))]
    assert "区水务局不再承办" in walk.told("zhang")


def test_the_last_who_owed_a_reply_leaves(walk: Walk) -> None:
    """What the others have done already is not kept waiting."""
    item = walk.begin(lambda life: life.assigned((("housing", "separate"), ("water", "separate"))))
    item.replied()
    assert item.state == "assigned"
    adjust(item, replaces=item.task("water"))
    assert item.state == "replied"


@pytest.mark.parametrize(
    ("old", "sent", "sentence"),
    [
        ("", {}, "请选择要增加的单位，或者要调整的单位。"),
        ("", {"unit": "区教育局"}, "请选择分工。"),
        ("", {"unit": "区水务局", "role": "assist"}, "区水务局已经在办这件建议。"),
        ("", {"unit": "区教育局", "role": "lead"}, "分工要么是一家独办"),
        ("housing", {}, "分工要么是一家独办"),
        ("housing", {"unit": "区没有局"}, "没有找到“区没有局”，请从列表里选。"),
    ],
)
def test_changes_that_do_not_work(walk: Walk, old: str, sent: dict[str, str], sentence: str) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    before = item.units
    page = adjust(item, 422, **({"replaces": item.task(old)} if old else {}), **sent)
    assert sentence in page.text
    assert page.form("/steps/adjust").fields["reason"] == WHY
    assert item.units == before


def test_who_answered_is_not_changed_any_more(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned((("housing", "separate"), ("water", "separate"))))
    path, task = f"{item.address}/steps/adjust", item.task("housing")
    item.replied()
    page = walk.press("clerk", path, 422, replaces=task, unit="区教育局", reason=WHY)
    assert "请" in page.text and len(item.units) == 2
    for who in ("govoffice", "housing", "zhang"):
        walk.press(who, path, 404, unit="区教育局", role="separate", reason=WHY)
