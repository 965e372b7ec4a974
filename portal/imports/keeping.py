"""A sheet between upload and writing: sealed into one text, so that names and phones never lie open in the database."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.core import personal
from portal.imports.findings import Finding
from portal.imports.reading import Row, Sheet


def sealed(sheet: Sheet) -> str:
    """The sheet, encrypted."""
    return personal.seal(
        json.dumps(
            {
                "name": sheet.name,
                "heading_row": sheet.heading_row,
                "headings": sheet.headings,
                "rows": [[row.number, *row.cells] for row in sheet.rows],
                "notices": [[notice.row, notice.sentence] for notice in sheet.notices],
                "formulas": sorted(sheet.formulas),
                "errors": sorted(sheet.errors),
            },
            ensure_ascii=False,
            default=_tagged,
        )
    )


def opened(stored: str) -> Sheet:
    """The sheet that sealed() made; raises ValueError when the key has changed."""
    kept = json.loads(personal.unseal(stored), object_hook=_untagged)
    return Sheet(
        kept["name"],
        kept["heading_row"],
        tuple(kept["headings"]),
        tuple(Row(number, tuple(cells)) for number, *cells in kept["rows"]),
        tuple(Finding(*notice) for notice in kept["notices"]),
        frozenset(map(tuple, kept["formulas"])),
        frozenset(map(tuple, kept["errors"])),
    )


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    raise TypeError(f"a cell of type {type(value).__name__} cannot be kept")


_KINDS = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat}


def _untagged(kept: dict[str, Any]) -> Any:
    if len(kept) == 1:
        (kind, value), *_ = kept.items()
        if kind in _KINDS:
            return _KINDS[kind](value)
        if kind == "seconds":
            return timedelta(seconds=value)
    return kept
