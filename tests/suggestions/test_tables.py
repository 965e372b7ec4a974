"""A life cycle with a fault in its table does not load."""

from types import SimpleNamespace as Thing

import pytest

from portal.accounts.actor import SYSTEM
from portal.core import workflow
from portal.core.workflow import NEW, STAYS, Step, Workflow


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables made here are not the portal's."""
    monkeypatch.setattr(workflow, "FLOWS", {})


def row(name: str, start: tuple[str, ...], end: str | None) -> Step:
    return Step(name, start, end, lambda _actor, _item: True, name, name)


GOOD = {"draft": "草稿", "sent": "已发"}


@pytest.mark.parametrize(
    ("states", "steps", "told"),
    [
        (GOOD, [row("send", ("draft",), "snet")], "snet"),
        (GOOD, [row("send", ("darft",), "sent")], "darft"),
        (GOOD, [row("send", ("draft",), "sent"), row("send", ("sent",), "draft")], "share a name"),
        ({**GOOD, "lost": "丢失"}, [row("send", ("draft",), "sent")], "lost"),
        ({**GOOD, "lost": "丢失"}, [row("send", ("draft",), "sent"), row("find", ("lost",), "sent")], "lost"),
        ({**GOOD, "lost": "丢失"}, [row("send", ("draft",), "sent"), row("look", ("lost",), STAYS)], "lost"),
    ],
    ids=["misspelt end", "misspelt start", "one name twice", "in no step", "never reached", "never reached, stays"],
)
@pytest.mark.usefixtures("apart")
def test_a_faulty_table_does_not_load(states, steps, told):
    with pytest.raises(ValueError, match=told):
        Workflow("faulty", "错", states, steps)


@pytest.mark.usefixtures("apart")
def test_a_thing_may_come_into_being_by_a_step():
    flow = Workflow("born", "生", {"here": "在"}, [row("bear", (NEW,), "here")])
    assert flow.checked(SYSTEM, Thing(state=None, version=1), "bear").end == "here"


@pytest.mark.usefixtures("apart")
def test_an_effect_without_a_step_does_not_load():
    flow = Workflow("short", "短", GOOD, [row("send", ("draft",), "sent")])
    with pytest.raises(ValueError, match="sned"):
        flow.taker({"sned": lambda *_: None})
