"""What somebody leaves behind, as lists: each domain adds what of its own falls vacant, lapses or goes on.

The congress knows no higher domain; the assembly joins their functions to the lists here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from portal.accounts.actor import Actor
from portal.congress.models import Seat, Term


@dataclass(frozen=True)
class Line:
    """One thing: what it is, where it is read (empty for nowhere), and who has it or what is to be done."""

    words: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One kind of things under a heading. `total` may be more than the lines shown; `wanted` asks the clerk to act."""

    title: str
    note: str
    lines: tuple[Line, ...]
    total: int
    wanted: bool = False


# Run on the day a seat is vacated and again every night after; harmless when repeated. How many things were ended.
LAPSES: list[Callable[[Actor, Seat], int]] = []
# What the hand-over sheet (交接清单) of one seat lists.
SHEETS: list[Callable[[Actor, Seat], list[Part]]] = []
# What stands open from a term that is over.
LEFT_OVERS: list[Callable[[Actor, Term], list[Part]]] = []


def lapse(actor: Actor, seat: Seat) -> int:
    """End what cannot outlive a vacated seat; how many things that were."""
    return sum(one(actor, seat) for one in LAPSES)


def sheet(actor: Actor, seat: Seat) -> list[Part]:
    """The parts of the hand-over sheet that the domains fill, empty ones left out."""
    return [part for one in SHEETS for part in one(actor, seat) if part.total]


def left_overs(actor: Actor, term: Term) -> list[Part]:
    """What the domains still have open from `term`, empty parts too: a list that is done says so."""
    return [part for one in LEFT_OVERS for part in one(actor, term)]
