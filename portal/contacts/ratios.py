"""The ratios by which pairings are proposed: data in ratios.toml, and the fair distribution they ask for."""

import tomllib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).with_name("ratios.toml")
DEFAULT = "two_to_three"
One = TypeVar("One", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


@dataclass(frozen=True)
class Share:
    """How many of the other side one takes on."""

    least: int
    most: int

    @property
    def words(self) -> str:
        """2至3, or 5."""
        return str(self.most) if self.least == self.most else f"{self.least}至{self.most}"


@dataclass(frozen=True)
class Ratio:
    """One ratio; `times` is how often a year each pair should be in contact, `kind` which pairings it is for."""

    code: str
    name: str
    basis: str
    kind: str
    leader: Share
    member: Share
    times: int

    def with_numbers(self, numbers: Mapping[str, int]) -> "Ratio":
        """The same ratio with the office's own numbers (leader_least … times) in place of the printed ones."""
        return replace(
            self,
            leader=Share(numbers["leader_least"], numbers["leader_most"]),
            member=Share(numbers["member_least"], numbers["member_most"]),
            times=numbers["times"],
        )


@cache
def shipped() -> dict[str, Ratio]:
    """Every ratio by its code."""
    rows: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        code: Ratio(
            code, row["name"], row["basis"], row["kind"], Share(**row["leader"]), Share(**row["member"]), row["times"]
        )
        for code, row in rows.items()
    }


@dataclass(frozen=True)
class Proposed:
    """The pairs to be made, who was left over on the far side, and who got fewer than they should take on."""

    pairs: tuple[tuple[Any, Any], ...]
    left: tuple[Any, ...]
    short: tuple[Any, ...]


def distribute(
    givers: Sequence[tuple[One, Share]], takers: Sequence[Other], kept: Sequence[tuple[One, Other]] = ()
) -> Proposed:
    """Give every taker one giver: first up to what each giver should take on at least, then up to the most.

    In turn, one each, so that nobody has two more than another of the same share. `kept` are pairs that stand already;
    they count and are not proposed again. The same input gives the same pairs.
    """
    has = {giver: 0 for giver, _ in givers}
    for giver, _ in kept:
        if giver in has:
            has[giver] += 1
    waiting = [one for one in takers if one not in {taker for _, taker in kept}]
    made: list[tuple[One, Other]] = []
    for bound in ("least", "most"):
        while waiting:
            open_to = [(giver, getattr(share, bound)) for giver, share in givers if has[giver] < getattr(share, bound)]
            if not open_to:
                break
            giver = min(open_to, key=lambda one: has[one[0]] / one[1])[0]
            has[giver] += 1
            made.append((giver, waiting.pop(0)))
    short = tuple(giver for giver, share in givers if has[giver] < share.least)
    return Proposed(tuple(made), tuple(waiting), short)
