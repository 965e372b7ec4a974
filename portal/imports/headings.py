"""Which column of ours a heading means: in any order, under the usual names, with line breaks and brackets in them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.imports.kinds import Column
from portal.imports.workbooks import Cell

EXACT, WITHOUT_BRACKETS, CONTAINED = 1.0, 0.9, 0.6
SAMPLE = 200
_BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_ORNAMENTS = re.compile(r"[\s*:：_\-.·、#]+")


@dataclass(frozen=True)
class Match:
    """What a heading was taken for; `column` is empty when nothing was recognised. `position` counts from 0."""

    position: int
    heading: str
    column: str = ""
    confidence: float = 0.0


def bare(heading: object) -> str:
    """A heading as it is compared: half-width, lower case, no white space or ornaments."""
    return _ORNAMENTS.sub("", unicodedata.normalize("NFKC", str(heading)).lower())


def _without_brackets(heading: object) -> str:
    return _ORNAMENTS.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", str(heading)).lower()))


def closeness(heading: object, column: Column) -> float:
    """How well a heading fits a column, 0 to 1; longer shared words weigh more."""
    full, short = bare(heading), _without_brackets(heading)
    known = [bare(name) for name in column.headings]
    if full in known:
        return EXACT
    if short in known:
        return WITHOUT_BRACKETS
    inside = [len(name) for name in known if len(name) > 1 and name in short]
    return CONTAINED + min(max(inside), 20) / 100 if inside else 0.0


def recognised(row: Sequence[Cell], columns: Sequence[Column]) -> int:
    """How many different columns of ours the row names outright; a heading row names the most."""
    return len({column.name for column in columns for cell in row if cell != "" and _names(cell, column)})


def _names(cell: Cell, column: Column) -> bool:
    return isinstance(cell, str) and len(cell) <= 40 and closeness(cell, column) >= WITHOUT_BRACKETS


def guess(columns: Sequence[Column], headings: Sequence[str], rows: Sequence[Sequence[Cell]] = ()) -> list[Match]:
    """One match per heading, each column given away once: the best fit first, then the leftmost.

    Headings that mean two columns (类别) go to the one whose content the first rows show.
    """
    offers = [
        (score * _content(column, position, rows), -position, -order, position, column.name, score)
        for position, heading in enumerate(headings)
        for order, column in enumerate(columns)
        if heading and (score := closeness(heading, column))
    ]
    taken: dict[int, tuple[str, float]] = {}
    for weight, _, _, position, name, score in sorted(offers, reverse=True):
        if weight and position not in taken and name not in {given for given, _ in taken.values()}:
            taken[position] = (name, score)
    return [Match(at, str(heading), *taken.get(at, ("", 0.0))) for at, heading in enumerate(headings)]


def _content(column: Column, position: int, rows: Sequence[Sequence[Cell]]) -> float:
    if column.fits is None:
        return 0.95
    cells = [row[position] for row in rows[:SAMPLE] if position < len(row) and row[position] != ""]
    share = sum(map(column.fits, cells)) / len(cells) if cells else 0.5
    return 1.0 if share > 0.8 else 0.0 if share < 0.2 else 0.9


def mapping_of(matches: Sequence[Match]) -> dict[int, str]:
    """Position to column name, for the recognised ones."""
    return {match.position: match.column for match in matches if match.column}


def unrecognised(headings: Sequence[str], mapping: Mapping[int, str]) -> list[str]:
    """The headings that nobody mapped, as printed."""
    return [heading for at, heading in enumerate(headings) if heading and at not in mapping]
