"""Statements made once per role and run for every actor.

To build a statement costs SQLAlchemy several times what it costs to run it. So a read is written down once per role,
for an actor whose numbers are parameters; `numbers` fills them in when it runs. Nothing falls back to a default: a
statement that is run without them raises, and so does a rule that asks anything else of such an actor.
"""

from typing import cast

from sqlalchemy import Integer, bindparam

from portal.accounts.actor import Actor

NUMBERS = ("person_id", "capacity_id", "body_id", "congress_id", "unit_id")


class _Anybody:
    """Has the role and the numbers of an Actor and nothing more."""

    is_a, may = Actor.is_a, Actor.may

    def __init__(self, role: str):
        self.role = role
        for name in NUMBERS:
            setattr(self, name, bindparam(f"actor_{name}", type_=Integer()))


def anybody_as(role: str) -> Actor:
    """An actor of `role` to build conditions with: its numbers are parameters of the statement."""
    return cast(Actor, _Anybody(role))


def numbers(actor: Actor) -> dict[str, int | None]:
    """The values of those parameters for one actor."""
    return {f"actor_{name}": getattr(actor, name) for name in NUMBERS}
