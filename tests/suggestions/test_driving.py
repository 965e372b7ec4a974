"""How the parts of a suggestion drive it: every combination of up to three, against an oracle written by hand (A45)."""

from datetime import timedelta
from itertools import product
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from portal.accounts.actor import SYSTEM, Actor
from portal.suggestions import handling_actions
from portal.suggestions.workflow import DRIVEN, SUGGESTION
from tests.suggestions.fakes import TODAY, feedback_until, rated, suggestion, task

YESTERDAY = TODAY - timedelta(days=1)
GOOD, BAD = rated("satisfied", "basically"), rated("satisfied", "dissatisfied")

# name: (what it is, the fake); the oracle below knows the names only.
PARTS: dict[str, dict[str, Any]] = {
    "at work": {"state": "handling"},
    "drafted": {"state": "reply_drafted"},
    "return asked": {"state": "return_requested"},
    "answered": {"state": "replied", **feedback_until(TODAY)},
    "lapsed": {"state": "replied", **feedback_until(YESTERDAY)},
    "lapsed, day unsure": {"state": "replied", **feedback_until(YESTERDAY, provisional=True)},
    "content": {"state": "done", "ratings": GOOD},
    "bad": {"state": "done", "ratings": BAD},
    "bad manners": {"state": "done", "ratings": rated("dissatisfied", "satisfied")},
    "bad, explained": {"state": "done", "ratings": rated("satisfied", "dissatisfied", explained=True)},
    "again at work": {"state": "handling", "round": 2},
    "again answered": {"state": "replied", "round": 2, **feedback_until(TODAY)},
    "again lapsed": {"state": "replied", "round": 2, **feedback_until(YESTERDAY)},
    "again content": {"state": "done", "round": 2, "ratings": GOOD},
    "again bad": {"state": "done", "round": 2, "ratings": BAD},
    "redone": {"state": "done", "live": False, "ratings": BAD},
    "assist at work": {"state": "handling", "role": "assist"},
    "assist given": {"state": "opinion_given", "role": "assist"},
}
UNCOUNTED = {"redone", "assist at work", "assist given"}
OPEN = {"at work", "drafted", "return asked", "again at work"}
GONE_BY = {"lapsed", "again lapsed"}
SETTLED = {"content", "bad, explained", "again content"}
COMBINATIONS = [combination for size in (1, 2, 3) for combination in product(PARTS, repeat=size)]
STARTS = ("assigned", "rehandling", "replied")


def oracle(start: str, combination: tuple[str, ...]) -> tuple[str, str]:
    """(state, last step): answered when every live answering part is; after that, when nobody is waited for any more,
    a second 不满意 goes to the office, else it is closed: as rated if anybody gave a form, as lapsed if nobody did."""
    owed = set(combination) - UNCOUNTED
    if not owed:
        return start, ""
    state, step = start, ""
    if start != "replied" and not owed & OPEN:
        state, step = "replied", "all_replied"
    if state != "replied":
        return state, step
    if "again bad" in owed and owed <= {"again bad"} | SETTLED | GONE_BY:
        return "second_dissatisfied", "dissatisfied_again"
    if owed <= SETTLED | GONE_BY:
        return ("closed", "all_rated") if owed & SETTLED else ("closed", "feedback_lapsed")
    return state, step


def driven(start: str, combination: tuple[str, ...], monkeypatch: Any) -> tuple[str, str]:
    """The state and the last step of the portal's own driving."""
    parent = suggestion(start)
    parent.tasks = [task(**{**PARTS[one], "suggestion": parent}) for one in combination]
    parent.taken = ""

    def take(actor: Actor, item: Any, name: str, _data: Any) -> None:
        step = SUGGESTION.checked(actor, item, name)
        vars(item).update(state=step.end, taken=name)

    monkeypatch.setattr(handling_actions, "take", take)
    monkeypatch.setattr(handling_actions, "db", Thing(session=Thing(flush=lambda: None)))
    handling_actions._drive(Thing(item=Thing(suggestion=parent)))
    return parent.state, parent.taken


@pytest.mark.parametrize("start", STARTS)
def test_all_combinations_of_up_to_three_parts(start, monkeypatch):
    assert len(COMBINATIONS) == 18 + 18**2 + 18**3
    wrong = [(c, found) for c in COMBINATIONS if (found := driven(start, c, monkeypatch)) != oracle(start, c)]
    assert wrong == [], f"{len(wrong)}, for example {wrong[:5]}"


@pytest.mark.parametrize("start", sorted(set(SUGGESTION.states) - set(STARTS)))
@pytest.mark.parametrize("parts", [("content", "content"), ("lapsed",), ("again bad", "content"), ("answered",)])
def test_parts_drive_nothing_else(start, parts, monkeypatch):
    assert driven(start, parts, monkeypatch) == (start, "")


@pytest.mark.parametrize("start", ["assigned", "replied", "rehandling", "closed"])
def test_a_pack_that_reworks_by_itself_does_so_for_every_bad_form(start, monkeypatch):
    parent = suggestion(start)
    parent.pack.changed["redo_trigger"] = "automatic"
    parts = {name: task(**PARTS[name], public_id=name, suggestion=parent) for name in ("bad", "content", "again bad")}
    parent.tasks = list(parts.values())
    for one in parent.tasks:
        one.ratings[-1].text = "没有解决。"
    asked = []

    def take(_actor: Actor, _item: Any, name: str, data: Any) -> None:
        asked.append((name, data))
        parts["bad"].live = False
        parent.tasks.append(task(**PARTS["again at work"], suggestion=parent))

    monkeypatch.setattr(handling_actions, "take", take)
    handling_actions.follow(parent)
    assert asked == [("rehandle", {"task": "bad", "text": "没有解决。"})], "not the settled, not the second time"


def test_a_late_form_makes_a_lapsed_item_a_rated_one():
    """A45: closed as lapsed only if nobody gave a form; one of two parts was reopened and rated."""
    for parts, closed_as in ((("content", "lapsed"), "rated"), (("lapsed", "lapsed"), "lapsed")):
        parent = suggestion("closed", closed_as="lapsed")
        parent.tasks = [task(**PARTS[name], suggestion=parent) for name in parts]
        handling_actions.follow(parent)
        assert parent.closed_as == closed_as, parts


def test_driven_rows_name_steps_that_only_time_may_take():
    for row in DRIVEN:
        step = SUGGESTION.steps[row.step]
        assert step.by_itself and set(row.start) <= set(step.start) and step.who(SYSTEM, None)
