"""并案 and its exact undoing, by pages and on both engines: each keeps its number, letter and rating (A31)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.suggestions.living import JOINT, SOLE
from tests.suggestions.walking import Item, Walk, walking

SetClock = Callable[[str], None]
WHY = "两件都要求推进加装电梯，一并办理。"
UNDO = "两件的小区不同，分开办理。"
TITLES = ("关于清河街道加装电梯的建议", "关于城南小区加装电梯的建议")


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


def number(item: Item) -> str:
    return str(item.see(lambda s: s.number_text))


def merge(member: Item, main: Item, status: int = 303, **more: Any) -> Any:
    sent = {"into": number(main), "reason": WHY, **more}
    return member.walk.submit("clerk", f"{member.address}/steps/merge", status, **sent)


def unmerge(member: Item, status: int = 303) -> Any:
    return member.walk.submit("clerk", f"{member.address}/steps/unmerge", status, reason=UNDO)


def assign(item: Item, unit: str = "区住建局", role: str = "sole") -> None:
    sent = {"units-0-unit": unit, "units-0-role": role}
    item.walk.submit("clerk", f"{item.address}/steps/assign", **sent)


def admitted_pair(walk: Walk) -> tuple[Item, Item]:
    """zhang's, to be the main one, and li's."""
    main = walk.begin(lambda life: life.admitted("zhang", title=TITLES[0]))
    return main, walk.begin(lambda life: life.admitted("li", title=TITLES[1]))


def standing(item: Item) -> Any:
    """Everything that must be the same again: state, number, parts with their states, dates, windows and facts."""
    return item.see(
        lambda s: (
            *(s.state, s.number_text, s.assigned_on, s.merged_into_id, len(s.facts_of("due"))),
            [(t.unit.name, t.role, t.state, t.due, t.return_due, t.received_on, t.points) for t in s.tasks if t.live],
        )
    )


def test_two_admitted_ones_are_assigned_together_and_answered_each(walk: Walk) -> None:
    main, member = admitted_pair(walk)
    numbers = number(main), number(member)
    merge(member, main)
    assert all(WHY in walk.told(who) for who in ("zhang", "li")), "both proposers are told why"
    assert WHY in walk.page("li", member.address).text
    assert main.id in "".join(walk.page("clerk", member.address).links), "each leads to the other"
    assert "随主件办理" in walk.page("clerk", f"{member.address}/steps/assign", 409).text
    assign(main)
    assert (main.state, member.state) == ("assigned", "assigned")
    assert main.units == member.units == [("区住建局", "sole", "pending", date(2026, 6, 2))]
    assert (number(main), number(member)) == numbers
    assert "随主件交办" in walk.told("li")

    member.replied(grade="B")
    main.replied()
    assert [one.see(lambda s: s.grade) for one in (main, member)] == ["A", "B"], "a letter of its own"
    path = f"/tasks/{member.task('housing')}/steps/rate"
    form = {"attitude": "satisfied", "result": "basically", "reason": ""}
    walk.press("zhang", path, 404, **form)
    assert walk.client("li").submit(member.address, form, action=path).status_code == 303
    assert (main.state, member.state, member.closed_as) == ("replied", "closed", "rated")
    assert "当前状态为“已办结”，不能取消并案。" in walk.page("clerk", f"{member.address}/steps/unmerge", 409).text


def test_an_admitted_one_joins_an_assigned_one_from_that_day(walk: Walk, set_clock: SetClock) -> None:
    main, member = admitted_pair(walk)
    assign(main)
    set_clock("2026-03-16T09:00")
    merge(member, main)
    assert member.state == "assigned"
    assert member.units == [("区住建局", "sole", "pending", date(2026, 6, 16))]
    assert main.units == [("区住建局", "sole", "pending", date(2026, 6, 2))], "each its own date"


def test_assigned_to_different_units_and_back_again_exactly(walk: Walk, set_clock: SetClock) -> None:
    """A31: returns with its unit and its original due date; seen red with the old parts left ended."""
    main = walk.begin(lambda life: life.assigned(JOINT, "zhang", title=TITLES[0]))
    set_clock("2026-03-05T09:00")
    member = walk.begin(
        lambda life: life.assigned((("education", "separate"), ("water", "separate")), "li", title=TITLES[1])
    )
    member.received("education")
    before = standing(main), standing(member)
    set_clock("2026-03-09T09:00")
    merge(member, main)
    assert member.units == [
        ("区住建局", "lead", "pending", date(2026, 6, 5)),  # the member's own date
        ("区水务局", "assist", "pending", date(2026, 4, 9)),
    ]
    walk.page("education", member.address, 404)
    assert "并入" in walk.told("housing")
    member.received("housing")
    set_clock("2026-03-11T09:00")
    unmerge(member)
    after = standing(main), standing(member)
    assert [one[1] for one in after] == [one[1] for one in before]
    assert after[0] == before[0] and after[1][:4] == before[1][:4]
    assert walk.page("education", member.address).heading
    assert all("取消与" in walk.told(who) for who in ("li", "education"))
    assert all(f"不再并入这一件：{UNDO}" in walk.told(who) for who in ("zhang", "housing"))
    merge(member, main)
    unmerge(member)
    assert standing(member)[-1] == before[1][-1], "and once more"


def test_back_again_though_the_part_was_returned_meanwhile(walk: Walk) -> None:
    main = walk.begin(lambda life: life.assigned(SOLE, "zhang", title=TITLES[0]))
    member = walk.begin(lambda life: life.assigned((("education", "sole"),), "li", title=TITLES[1]))
    before = member.units
    merge(member, main)
    member.received("housing")
    task = f"/tasks/{member.task('housing')}"
    walk.submit("housing", f"{task}/steps/request_return", unit="区水务局", reason="供水立管改造属于水务部门的职责。")
    walk.submit("clerk", f"{task}/steps/approve_return", unit="区水务局")
    unmerge(member)
    assert member.units == before


def test_its_own_letter_ends_the_undoing(walk: Walk) -> None:
    main, member = admitted_pair(walk)
    merge(member, main)
    assign(main)
    main.replied()
    member.drafted()
    unmerge(member)
    assert member.state == "assigned", "the main one's letter does not bind it"
    other = walk.begin(lambda life: life.admitted("wang", title="关于东关加装电梯的建议"))
    third = walk.begin(lambda life: life.assigned(SOLE, "zhang", title="关于北关加装电梯的建议"))
    merge(other, third)
    other.replied()
    assert other.state == "replied"
    walk.press("clerk", f"{other.address}/steps/unmerge", 409, reason=UNDO)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("第99号", "没有找到这个编号的建议，或者它不能再并案。请核对编号。"),
        ("号", "有2件的编号以“号”结尾，请写全编号。"),
        ("", "请填写并入哪一件。"),
        ("己", "没有找到这个编号的建议"),
    ],
)
def test_numbers_that_lead_nowhere(walk: Walk, typed: str, sentence: str) -> None:
    main, member = admitted_pair(walk)
    walk.begin(lambda life: life.admitted("wang", title="关于东关加装电梯的建议"))
    wanted = number(member) if typed == "己" else typed
    page = merge(member, main, 422, into=wanted)
    assert sentence in page.text
    assert page.form("/steps/merge").fields["reason"] == WHY
    assert page.form("/steps/merge").fields["into"] == wanted


def test_what_cannot_be_merged(walk: Walk) -> None:
    main, member = admitted_pair(walk)
    third = walk.begin(lambda life: life.admitted("wang", title="关于东关加装电梯的建议"))
    merge(member, main)
    path = f"{member.address}/steps/merge"
    assert "这件已经并案" in walk.page("clerk", path, 409).text, "once"
    page = merge(third, member, 422)
    assert "没有找到这个编号的建议" in page.text, "not into one that is merged itself"
    page = merge(main, third, 422)
    assert "已经有别的建议并入这一件" in page.text
    answered = walk.begin(lambda life: life.assigned((("housing", "separate"), ("water", "separate")), "zhao"))
    answered.replied()
    assert "没有找到这个编号的建议" in merge(third, answered, 422).text, "not into one that was answered"
    assert "已经有单位答复" in walk.page("clerk", f"{answered.address}/steps/merge", 409).text
    for who in ("zhang", "li", "housing", "govoffice", "delegation1"):
        walk.press(who, f"{third.address}/steps/merge", 404, into=number(main), reason=WHY)
        walk.press(who, f"{member.address}/steps/unmerge", 404, reason=UNDO)


def test_an_assigned_one_does_not_wait_for_one_that_is_not(walk: Walk) -> None:
    main = walk.begin(lambda life: life.admitted("zhang", title=TITLES[0]))
    member = walk.begin(lambda life: life.assigned(SOLE, "li", title=TITLES[1]))
    assert "请把已交办的一件作为主件" in merge(member, main, 422).text
    merge(main, member)
    assert main.units == member.units


def test_withdrawing_one_of_two_that_were_merged(walk: Walk) -> None:
    main, member = admitted_pair(walk)
    merge(member, main)
    path = f"{main.address}/steps/request_withdrawal"
    wanted = "有别的建议并入这一件办理，请先联系代表工委取消并案，再撤回。"
    assert wanted in walk.page("zhang", path, 409).text
    walk.submit("li", f"{member.address}/steps/request_withdrawal", reason="已经解决，撤回。")
    assert (member.state, member.closed_as) == ("closed", "withdrawn")
    walk.submit("zhang", path, reason="已经解决，撤回。")
    assert main.closed_as == "withdrawn", "nothing holds it any more"
