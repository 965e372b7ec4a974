"""Statements made once per role and run for every actor.

To build a statement costs SQLAlchemy several times what it costs to run it. So a read is written down once per role,
for an actor whose numbers are parameters; `numbers` fills them in when it runs. Nothing falls back to a default: a
statement that is run without them raises, and so does a rule that asks anything else of such an actor.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam

from portal.accounts.actor import Actor
from portal.core import clock

_made: list[Callable[[], None]] = []
NUMBERS = ("person_id", "capacity_id", "body_id", "congress_id", "unit_id")


class _Anybody:
    """Has the role and the numbers of an Actor and nothing more."""

    is_a, may = Actor.is_a, Actor.may

    def __init__(self, role: str):
        self.role = role
        for name in NUMBERS:
            setattr(self, name, bindparam(f"actor_{name}", type_=Integer()))


def per_role(build: Callable[..., Select[Any]]) -> Callable[..., Select[Any]]:
    """Keep what `build(asking, …)` makes: one statement per role and the other arguments."""

    @lru_cache(maxsize=256)
    def kept(role: str, _minute: Any, *rest: Any) -> Select[Any]:
        return build(cast(Actor, _Anybody(role)), *rest)

    _made.append(kept.cache_clear)

    @wraps(build)
    def made(actor: Actor, *rest: Any) -> Select[Any]:
        # A condition may hold today's date or what the calendar says of it, so a statement is kept for a minute.
        return kept(actor.role, clock.now().replace(second=0, microsecond=0), *rest)

    return made


def numbers(actor: Actor) -> dict[str, int | None]:
    """The values of those parameters for one actor."""
    return {f"actor_{name}": getattr(actor, name) for name in NUMBERS}


def forget() -> None:
    """Have every statement made anew, where a rule changed under them."""
    for clear in _made:
        clear()
