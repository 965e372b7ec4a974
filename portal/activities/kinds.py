"""What kinds of activities there are, read from kinds.toml beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("kinds.toml")


@dataclass(frozen=True)
class Kind:
    """`training`: hours count as study and there is a make-up list. `hours`: what a form proposes."""

    code: str
    label: str
    training: bool
    hours: int


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind by its code, in the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["kind"]
    return {row["code"]: Kind(**row) for row in rows}
