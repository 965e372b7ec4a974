"""The workflow engine: a life cycle is a table of steps, and this is the only code that assigns a state.

Buttons, permissions, inboxes, audit codes, notices, addresses, documentation and tests are all read from the same
rows. Time acts through steps too, as the SYSTEM actor.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal.core.errors import Conflict, NotAllowed, OutOfTurn, Stale
from portal.core.fields import Field

Who = Callable[[Any, Any], bool]
Effect = Callable[[Any, Any, Mapping[str, Any]], Mapping[str, Any] | None]
Guard = Callable[[Any, Any], str | None]
STAYS = None
NEW = ""  # not in being yet: the step that starts from here brings the thing into the world


@dataclass(frozen=True)
class Step:
    """One row of a life cycle.

    `start` are the states it may be taken from, NEW among them for a step that brings the thing into being. `end`
    STAYS keeps the state. `who(actor, item)` decides who may; `guard(actor, item)` gives the sentence that stands in
    the way, or None. `said` is the history's sentence, filled from the step's data; `tell` names audiences; `waits`
    says that an open step calls for its actor (it makes an inbox entry with this text).
    """

    name: str
    start: tuple[str, ...]
    end: str | None
    who: Who
    button: str
    said: str
    fields: tuple[Field, ...] = ()
    guard: Guard | None = None
    tell: tuple[str, ...] = ()
    waits: str = ""
    by_itself: bool = False


@dataclass(frozen=True)
class Taken:
    """What happened when a step was taken, for whoever must write it down or pass it on."""

    flow: "Workflow"
    step: Step
    actor: Any
    item: Any
    data: Mapping[str, Any]
    before: str | None
    facts: Mapping[str, Any]


FLOWS: dict[str, "Workflow"] = {}
"""Every life cycle by name, for the log's wording and for the printed tables."""


class Workflow:
    """A checked table: `states` maps each state to its Chinese label, in the order of life."""

    def __init__(self, name: str, label: str, states: Mapping[str, str], steps: Sequence[Step]):
        self.name, self.label, self.states = name, label, dict(states)
        self.steps = {step.name: step for step in steps}
        if len(self.steps) != len(steps):
            raise ValueError(f"{name}: two steps share a name")
        used = {state for step in steps for state in (*step.start, step.end) if state}
        reached = {next(iter(self.states)), *(step.end for step in steps)}
        strange = (used ^ set(self.states)) | (used - reached)
        if strange:
            raise ValueError(f"{name}: unknown or unreachable states {strange}")
        FLOWS[name] = self

    def open_to(self, actor: Any, item: Any) -> list[Step]:
        """The steps this actor may take now: the page's buttons and the API's `steps`."""
        return [s for s in self.steps.values() if not s.by_itself and item.state in s.start and s.who(actor, item)]

    def waiting(self, actor: Any, item: Any) -> list[Step]:
        """The open steps that call for this actor and that nothing stands in the way of."""
        return [s for s in self.open_to(actor, item) if s.waits and not (s.guard and s.guard(actor, item))]

    def taker(
        self, effects: Mapping[str, Effect], after: Iterable[Callable[[Taken], None]] = ()
    ) -> Callable[..., Taken]:
        """The one function that takes steps of this life cycle: `take(actor, item, name, data, expected_version)`.

        It raises NotAllowed, OutOfTurn or Conflict, runs the effect, assigns the state and hands a Taken to each of
        `after`, in one transaction that it never commits. Raises ValueError for an effect that belongs to no step.
        """
        if set(effects) - set(self.steps):
            raise ValueError(f"{self.name}: effects without a step {set(effects) - set(self.steps)}")
        afterwards = tuple(after)

        def take(
            actor: Any, item: Any, name: str, data: Mapping[str, Any] | None = None, expected_version: int | None = None
        ) -> Taken:
            step, before = self.checked(actor, item, name, expected_version), item.state
            facts = effects[name](actor, item, data or {}) if name in effects else None
            item.state = item.state if step.end is STAYS else step.end
            flag_modified(item, "state")  # a step that only adds children must still count the version up
            taken = Taken(self, step, actor, item, data or {}, before, facts or {})
            for witness in afterwards:
                witness(taken)
            return taken

        return take

    def checked(self, actor: Any, item: Any, name: str, expected_version: int | None = None) -> Step:
        """The step, when this actor may take it now; raises NotAllowed, Stale, OutOfTurn or Conflict otherwise."""
        step = self.steps.get(name)
        if step is None or not step.who(actor, item):
            raise NotAllowed()
        if expected_version is not None and item.version != expected_version:
            raise Stale()
        if (item.state or NEW) not in step.start:
            raise OutOfTurn(f"当前状态为“{self.states.get(item.state, '还没有')}”，不能{step.button}。")
        obstacle = step.guard(actor, item) if step.guard else None
        if obstacle:
            raise Conflict(obstacle)
        return step
