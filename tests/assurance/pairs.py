"""The mixed pairs of F2: two different steps at the same moment, often on different rows of one suggestion.

Each pair is first played in both orders, one after the other, from pages opened before either: that gives two pictures
of how it may end. In every round both are pressed at once, and it must end as one of the two, answers included: the
same states, versions, parts, facts and log entries, and the loser told the same sentence.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from unittest import mock

from portal.core import clock
from portal.suggestions import meanwhile
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.assurance.racing import Crowd, Press, crowd, picture, said, settle
from tests.suggestions.living import JOINT, LETTER, Life

BOTH = (("housing", "separate"), ("water", "separate"))
WHY = "这里写明理由，供对方核对。"


@dataclass(frozen=True)
class Scene:
    """Two buttons on prepared pages, and the suggestions they are about."""

    first: Press
    second: Press
    keys: tuple[int, ...]


def _on(suggestion: Suggestion, who: str, step: str, **data: str) -> Press:
    sheet = {"expected_version": str(suggestion.version), **data}
    return Press(who, f"/suggestions/{suggestion.public_id}/steps/{step}", sheet)


def _at(task: UnitTask, who: str, step: str, **data: str) -> Press:
    return Press(who, f"/tasks/{task.public_id}/steps/{step}", {"expected_version": str(task.version), **data})


def _assigning(life: Life, suggestion: Suggestion) -> Press:
    row = {"units-0-unit": life.bodies["housing"], "units-0-role": "sole"}
    return _on(suggestion, "clerk", "assign", **row)


def withdraw_assign(life: Life) -> Scene:
    one = life.admitted()
    return Scene(_on(one, "zhang", "request_withdrawal", reason=WHY), _assigning(life, one), (one.id,))


def sign_bounce(life: Life) -> Scene:
    one = life.assigned()
    task = life.drafted(life.task(one))
    return Scene(
        _at(task, "housing-signer", "sign_reply"), _at(task, "govoffice", "bounce_reply", reason=WHY), (one.id,)
    )


def draft_return(life: Life) -> Scene:
    one = life.assigned()
    task = life.contacted(life.task(one))
    asked = _at(task, "housing", "request_return", unit=life.bodies["education"], reason=WHY)
    return Scene(_at(task, "housing", "draft_reply", **LETTER), asked, (one.id,))


def _half_rated(life: Life) -> tuple[Suggestion, UnitTask, UnitTask]:
    one = life.assigned(BOTH)
    housing, water = life.replied(life.task(one)), life.replied(life.task(one, "water"), "water")
    return one, life.rated(housing, "dissatisfied", reason="没有解决停车问题。"), water


def rate_rehandle(life: Life) -> Scene:
    one, housing, water = _half_rated(life)
    again = _on(one, "clerk", "rehandle", task=housing.public_id, text=WHY)
    return Scene(_at(water, "zhang", "rate", attitude="satisfied", result="satisfied"), again, (one.id,))


def rate_explain(life: Life) -> Scene:
    one, housing, water = _half_rated(life)
    closing = _on(one, "clerk", "explain", task=housing.public_id, text=WHY)
    bad = {"attitude": "dissatisfied", "result": "dissatisfied", "reason": "没有解决停车问题。"}
    return Scene(_at(water, "zhang", "rate", **bad), closing, (one.id,))


def _asking(life: Life, drafted: bool) -> tuple[Suggestion, UnitTask]:
    one = life.assigned()
    task = life.contacted(life.task(one))
    if drafted:
        task = life.act("housing", task, "draft_reply", **LETTER)
    return one, life.act("housing", task, "request_extension", asked=_later(), reason=WHY)


def _later() -> Any:
    return clock.today().replace(month=7, day=1)


def extend_sign(life: Life) -> Scene:
    one, task = _asking(life, drafted=True)
    return Scene(_at(task, "clerk", "grant_extension"), _at(task, "housing-signer", "sign_reply"), (one.id,))


def extend_withdraw(life: Life) -> Scene:
    one, task = _asking(life, drafted=False)
    return Scene(_at(task, "clerk", "grant_extension"), _on(one, "zhang", "request_withdrawal", reason=WHY), (one.id,))


def merge_assign(life: Life) -> Scene:
    member, main = life.admitted(), life.admitted("wang")
    merging = _on(member, "clerk2", "merge", into=main.number_text, reason=WHY)
    return Scene(merging, _assigning(life, member), (member.id, main.id))


def merge_assign_main(life: Life) -> Scene:
    member, main = life.admitted(), life.admitted("wang")
    merging = _on(member, "clerk2", "merge", into=main.number_text, reason=WHY)
    return Scene(merging, _assigning(life, main), (member.id, main.id))


def merge_withdraw_main(life: Life) -> Scene:
    member, main = life.admitted(), life.admitted("wang")
    merging = _on(member, "clerk2", "merge", into=main.number_text, reason=WHY)
    return Scene(merging, _on(main, "wang", "request_withdrawal", reason=WHY), (member.id, main.id))


def two_returns(life: Life) -> Scene:
    one = life.assigned()
    task = life.act("housing", life.task(one), "receive")
    life.act("housing", task, "request_return", unit=life.bodies["education"], reason=WHY)
    there = _at(task, "clerk", "approve_return", unit=life.bodies["education"])
    return Scene(there, _at(task, "govoffice", "approve_return", unit=life.bodies["water"]), (one.id,))


def sign_opinion_bounce(life: Life) -> Scene:
    one = life.assigned(JOINT)
    water = life.act("water", life.task(one, "water"), "receive")
    life.act("water", water, "give_opinion", text="同意由住建局牵头办理，费用列入计划。")
    task = life.drafted(life.task(one))
    return Scene(
        _at(task, "housing-signer", "sign_reply"), _at(water, "housing", "bounce_opinion", reason=WHY), (one.id,)
    )


# name → (scene, whether exactly one of the two may win)
PAIRS: dict[str, tuple[Callable[[Life], Scene], bool]] = {
    "撤回/交办": (withdraw_assign, True),
    "答复/退回": (sign_bounce, True),
    "送签/退办": (draft_return, True),
    "评价/重办": (rate_rehandle, False),
    "评价/说明": (rate_explain, False),
    "延期/办结": (extend_sign, True),
    "延期/撤回": (extend_withdraw, False),
    "并案/交办": (merge_assign, False),
    "并案/主件交办": (merge_assign_main, False),
    "并案/主件撤回": (merge_withdraw_main, False),
    "退办/退办": (two_returns, True),
    "答复/退意见": (sign_opinion_bounce, True),
}


def ends(people: Crowd, build: Callable[[Life], Scene], order: str) -> Any:
    """(the two answers, the picture afterwards), pressed one after the other ("ab", "ba") or at once ("")."""
    scene = build(people.life)
    settle()
    first, second = scene.first, scene.second
    if order == "ab":
        answers = [people.press(first), people.press(second)]
    elif order == "ba":
        answers = list(reversed([people.press(second), people.press(first)]))
    else:
        answers = people.at_once((first, second))
    return tuple((one.status_code, said(one)) for one in answers), picture(*scene.keys)


def play(people: Crowd, name: str, rounds: int) -> list[str]:
    """What was wrong with a pair in that many rounds."""
    build, exclusive = PAIRS[name]
    lawful = [ends(people, build, order) for order in ("ab", "ba")]
    wrong = [f"{name}: one after the other answers {_codes(one)}" for one in lawful if exclusive and not _one_won(one)]
    if not all(303 in _codes(one) for one in lawful) or all(422 in _codes(one) for one in lawful):
        wrong.append(f"{name}: nothing is raced, {[_codes(one) for one in lawful]}")
    for number in range(1, rounds + 1):
        found = ends(people, build, "")
        if found not in lawful:
            wrong.append(f"{name}, round {number}: {_codes(found)}, {_difference(found, lawful)}")
        wrong += [
            f"{name}, round {number}: a loser was not told" for code, words in found[0] if code == 409 and not words
        ]
    return wrong


def _codes(end: Any) -> list[int]:
    return [status for status, _ in end[0]]


def _one_won(end: Any) -> bool:
    return sorted(_codes(end)) == [303, 409]


def _difference(found: Any, lawful: list[Any]) -> str:
    """What neither order gives."""
    if found[1] not in [one[1] for one in lawful]:
        return f"stands as neither order leaves it: {found[1]}"[:600]
    return f"answered as in neither order: {[words[-160:] for _, words in found[0]]}"


def race_pairs(engine: str, rounds: int, names: tuple[str, ...] = tuple(PAIRS)) -> tuple[int, list[str]]:
    """(rounds played, what was wrong)."""
    with crowd(engine) as people:
        wrong = [fault for name in names for fault in play(people, name, rounds)]
    return rounds * len(names), wrong


def unguarded() -> Any:
    """Nobody waits for anybody else's step on the same suggestion."""
    return mock.patch.object(meanwhile, "_one_at_a_time", lambda _item, _name: nullcontext())
