"""Points schemes as data (schemes.toml), and what a year's counts are worth under one of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("schemes.toml")
DEFAULT = "items"


@dataclass(frozen=True)
class Scheme:
    """One scheme: points for each entry of a kind, the most that a kind gives in a year, bands from the top."""

    code: str
    name: str
    basis: str
    points: Mapping[str, Decimal]
    most: Mapping[str, Decimal]
    bands: tuple[tuple[Decimal, str], ...]

    @property
    def counts(self) -> bool:
        """Whether it gives points at all."""
        return bool(self.points)

    def worth(self, kind: str, number: int) -> Decimal:
        """What `number` entries of a kind give in one year."""
        plain = self.points.get(kind, Decimal()) * number
        return min(plain, self.most[kind]) if kind in self.most else plain

    def total(self, counts: Mapping[str, int]) -> Decimal:
        """A year's points."""
        return sum((self.worth(kind, number) for kind, number in counts.items()), Decimal())

    def band(self, points: Decimal) -> str:
        """What so many points are called; empty where the scheme has no bands."""
        return next((name for least, name in self.bands if points >= least), self.bands[-1][1] if self.bands else "")


@cache
def shipped() -> dict[str, Scheme]:
    """Every scheme by its code."""
    rows: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    return {
        code: Scheme(
            code,
            row["name"],
            row["basis"],
            {kind: Decimal(value) for kind, value in row["points"].items()},
            {kind: Decimal(value) for kind, value in row["most"].items()},
            tuple((Decimal(band["from"]), band["name"]) for band in row["bands"]),
        )
        for code, row in rows.items()
    }


def shown(points: Decimal) -> str:
    """27.5, 3, -1: no trailing zeros."""
    return f"{points.normalize():f}" if points else "0"
