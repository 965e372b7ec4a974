"""What can be imported: one Kind per sort of table, announced by the domain that owns what it writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.imports import values
from portal.imports.findings import Finding
from portal.imports.values import Convert
from portal.imports.workbooks import Cell


@dataclass(frozen=True)
class Column:
    """One column we understand. `synonyms` are other headings for it; `fits` tells by content what a heading shared by
    two columns means; an `ignored` column (serial numbers) is recognised so that nobody wonders about it, and not read.
    """

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    convert: Convert = values.line
    required: bool = False
    hint: str = ""
    fits: Callable[[Cell], bool] | None = None
    ignored: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms)


@dataclass(frozen=True)
class Prepared:
    """One row after reading: `values` by column name (None: not said), `texts` what the cells said in words,
    `extra` the words of columns nobody mapped, by heading."""

    number: int
    values: Mapping[str, Any]
    texts: Mapping[str, str | None]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a check across rows found."""

    problems: Sequence[Finding] = ()
    notices: Sequence[Finding] = ()


@dataclass(frozen=True)
class Written:
    """One thing that a row brought in: the mapped class it is of, its key, and what the office calls it."""

    row: int
    model: type
    id: int
    called: str


Check = Callable[[Any, Sequence[Prepared]], Found]
Apply = Callable[[Any, Sequence[Prepared]], Sequence[Written]]


@dataclass(frozen=True)
class Kind:
    """One sort of table.

    `check(actor, rows)` looks across the rows and into what is recorded already; it also sees rows with problems, whose
    faulty values are missing. `apply(actor, rows)` writes them in the caller's transaction and returns what it wrote,
    so that it can be taken back. Columns nobody mapped are handed on in `Prepared.extra` when the kind `keeps_extra`.
    `permission` is what an actor must hold.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    check: Check
    apply: Apply
    permission: str
    keeps_extra: bool = False
    hint: str = ""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"kind {self.name}: two columns share a name")

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; called by the assembly once per process (again for a second app in tests)."""
    KINDS.update({kind.name: kind for kind in kinds})
