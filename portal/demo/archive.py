"""Last term's last year, as an imported ledger would have left it: read-only items that say what the source said."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from portal.accounts.actor import Actor
from portal.core import clock
from portal.demo.district import District
from portal.imports.kinds import Prepared
from portal.suggestions import importing

FIELDS = ("number", "title", "proposer", "cosigners", "units", "grade", "promise", "rating", "replied_on")
VALUES = ("number", "title", "grade")


def keep(district: District) -> int:
    """Enter the old items by the import's own writer; how many there are."""
    year = district.sessions[0].opens_on.year - 1
    lines = tomllib.loads(Path(__file__).with_name("archive.toml").read_text(encoding="utf-8"))["items"]
    rows = [_prepared(number, line.split("|"), year) for number, line in enumerate(lines, 1)]
    clerk: Actor = district.household.actor("clerk")
    with clock.at(datetime.combine(district.sessions[0].opens_on, time(8), clock.OFFICE_ZONE)):
        importing.apply(clerk, rows)
    return len(rows)


def _prepared(number: int, cells: list[str], year: int) -> Prepared:
    texts = {name: cell for name, cell in zip(FIELDS, cells, strict=True) if cell}
    texts["session"] = f"十七届五次会议（{year}年）"
    if "replied_on" in texts:
        texts["replied_on"] = f"{year}年{texts['replied_on']}"
    values: dict[str, Any] = {name: texts[name] for name in VALUES if name in texts}
    values["year"] = year
    if "cosigners" in texts:
        values["cosigners"] = int(texts["cosigners"])
    if "replied_on" in texts:
        month, day = texts["replied_on"].split("年")[1].removesuffix("日").split("月")
        values["replied_on"] = date(year, int(month), int(day))
    return Prepared(number=number, values=values, texts=texts, extra={})
