"""From the cells of a sheet to rows of values, with every problem named by its row. Pure: asks nothing but the file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.imports.findings import Finding
from portal.imports.kinds import Column, Kind, Prepared
from portal.imports.reading import Row, Sheet
from portal.imports.values import Noted, Unreadable, text
from portal.imports.workbooks import Cell

TOLD_EVERY = 500
Told = Callable[[int], None]


@dataclass
class Preparation:
    """What came of a sheet: all rows, even those with problems (their faulty values are missing)."""

    rows: list[Prepared] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)


def prepare(kind: Kind, sheet: Sheet, mapping: Mapping[int, str], told: Told = lambda _done: None) -> Preparation:
    """Read every row of the sheet as `kind`; `mapping` is position to column name. `told(done)` hears of progress."""
    found = Preparation(problems=_missing_columns(kind, mapping), notices=list(sheet.notices))
    found.notices += _unmapped_columns(kind, sheet, mapping)
    columns = [(at, kind.column(name)) for at, name in sorted(mapping.items())]
    extra = [(at, word) for at, word in enumerate(sheet.headings) if word and at not in mapping]
    broken = _broken_cells(sheet, {at for at, column in columns if column.ignored})
    for done, row in enumerate(sheet.rows):
        if done % TOLD_EVERY == 0:
            told(done)
        for sentence in broken[row.number]:
            found.problems.append(Finding(row.number, sentence))
        skipped = {at for cells in broken[row.number].values() for at in cells}
        values = _values(row, [pair for pair in columns if pair[0] not in skipped], found)
        texts = {column.name: _words(_cell(row, at)) for at, column in columns}
        kept = {word: said for at, word in extra if (said := _words(_cell(row, at)))} if kind.keeps_extra else {}
        found.rows.append(Prepared(row.number, values, texts, kept))
    return found


def _values(row: Row, columns: Iterable[tuple[int, Column]], found: Preparation) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for at, column in columns:
        if column.ignored:
            continue
        try:
            value = column.convert(_cell(row, at)) if not _empty(_cell(row, at)) else None
        except Unreadable as unreadable:
            found.problems.append(Finding(row.number, unreadable.about(column.label)))
            continue
        if isinstance(value, Noted):
            found.notices.append(Finding(row.number, value.sentence.format(column.label)))
            value = value.value
        elif column.required and not value:
            found.problems.append(Finding(row.number, f"没有填写{column.label}"))
        values[column.name] = value
    return values


def _missing_columns(kind: Kind, mapping: Mapping[int, str]) -> list[Finding]:
    given = set(mapping.values())
    return [
        Finding(0, f"没有一列对应“{column.label}”")
        for column in kind.columns
        if column.required and column.name not in given
    ]


def _unmapped_columns(kind: Kind, sheet: Sheet, mapping: Mapping[int, str]) -> list[Finding]:
    words = [f"“{word}”" for at, word in enumerate(sheet.headings) if word and at not in mapping]
    if not words:
        return []
    fate = "按原文另存" if kind.keeps_extra else "不导入"
    return [Finding(0, f"{'、'.join(words)}没有对应的栏目，{fate}")]


def _broken_cells(sheet: Sheet, ignored: set[int]) -> Mapping[int, dict[str, set[int]]]:
    """By row, what is wrong with the file's own cells, and where. Serial numbers may be calculated."""
    broken: dict[int, dict[str, set[int]]] = defaultdict(dict)
    for sentence, cells in (("含公式", sheet.formulas), ("含计算出错的格子", sheet.errors - sheet.formulas)):
        for number, at in cells:
            if at not in ignored:
                broken[number].setdefault(sentence, set()).add(at)
    return broken


def _cell(row: Row, at: int) -> Cell:
    return row.cells[at] if at < len(row.cells) else ""


def _empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _words(cell: Cell) -> str | None:
    """What the cell said; None where it says nothing that can be kept."""
    try:
        return text(cell)
    except Unreadable:
        return None
