"""Rule packs and calendar: from the files that ship, into the tables, and back as values the rules compute with.

What was parsed once is kept by what it says (its digest, the calendar's editions), never by row id alone: an id given
in a transaction that was rolled back may come again with other content.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from portal.congress.pack import Pack, pack_of_content
from portal.congress.pack_models import CalendarDay, CalendarYear, RulePack, RulePackVersion
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.workdays import Calendar, span

HERE = Path(__file__).parent
# Packs that ship are in force for as long as the calendar that ships reaches back.
SHIPPED_FROM = date(2007, 1, 1)
PARTS_BY_KEY = ("periods", "policies", "limits")
PARTS_WHOLE = ("ladder", "numbers", "grades", "ratings", "dispositions", "grounds", "categories")

_packs: dict[str, Pack] = {}
_calendar: tuple[tuple[Any, ...], Calendar] | None = None


def resolved(own: Mapping[str, Any], base: Mapping[str, Any] | None) -> dict[str, Any]:
    """A whole pack from what `own` says and what it leaves to `base`.

    A key left out takes the base's value; its legal basis too only where that is national law, else the value is the
    office's own arrangement (本办法未规定，按办公室约定). Whether the whole is right, pack_schema.check says.
    """
    content = {key: value for key, value in own.items() if key != "inherits"}
    if base is not None:
        content["words"] = {**base["words"], **own.get("words", {})}
        for part in PARTS_BY_KEY:
            content[part] = _inherited(own.get(part, {}), base[part])
        for part in PARTS_WHOLE:
            content.setdefault(part, base[part])
    return content


def _inherited(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    rows: dict[str, Any] = {key: row for key, row in own.items() if key not in base}
    for key, row in base.items():
        if key in own:
            rows[key] = {**row, **own[key]}
        elif "basis" in row and not row.get("statute"):
            rows[key] = {**row, "basis": ""}
        else:
            rows[key] = row
    return rows


@lru_cache(maxsize=1)
def shipped() -> dict[str, dict[str, Any]]:
    """The content of every pack that ships, by code, Q first."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in (HERE / "packs").glob("*.toml")}
    whole: dict[str, dict[str, Any]] = {}
    for own in sorted(files.values(), key=lambda one: ("inherits" in one, one["code"])):
        base = whole[own["inherits"]] if "inherits" in own else None
        whole[own["code"]] = resolved(own, base)
    return whole


@lru_cache(maxsize=16)
def shipped_pack(code: str) -> Pack:
    """A pack as it ships; raises NotFound for an unknown code."""
    if code not in shipped():
        raise NotFound(f"没有名为{code}的规则。可用的有：{'、'.join(shipped())}。")
    return pack_of_content(shipped()[code])


@lru_cache(maxsize=1)
def shipped_years() -> dict[int, dict[str, Any]]:
    """The calendar that ships: year → {"source", "days": [(day, working, name)]}, in order."""
    years: dict[int, dict[str, Any]] = {}
    for path in sorted((HERE / "calendar").glob("*.toml")):
        known = tomllib.loads(path.read_text(encoding="utf-8"))
        rest = [(day, False, run["name"]) for run in known["rest"] for day in span(run["from"], run["to"])]
        work = [(day, True, "调休上班") for day in known["work"]]
        years[known["year"]] = {"source": known["source"], "days": sorted(rest + work)}
    return years


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The official arrangements that ship, as a Calendar of revision 0."""
    days = [row for year in shipped_years().values() for row in year["days"]]
    return _calendar_of(set(shipped_years()), days, 0)


def load_packs() -> list[RulePackVersion]:
    """Enter version 1 of every pack that ships and has none yet; an office's own versions are left alone."""
    present = set(db.session.scalars(select(RulePack.code)))
    added = []
    for code, content in shipped().items():
        if code not in present:
            pack = RulePack(code=code, name=content["name"], level=content["level"])
            added.append(version_of(pack, content, 1, SHIPPED_FROM))
            db.session.add(pack)
    db.session.flush()
    return added


def version_of(pack: RulePack, content: Mapping[str, Any], number: int, effective_from: date) -> RulePackVersion:
    """A new version of `pack`, not yet stored; `content` has passed pack_schema.check."""
    return RulePackVersion(
        pack=pack,
        number=number,
        effective_from=effective_from,
        content=dict(content),
        digest=digest_of(content),
        legal_note=content["legal_note"],
    )


def load_calendar() -> int:
    """Enter the years that ship and are not there yet, as confirmed; returns how many were entered."""
    present = set(db.session.scalars(select(CalendarYear.year)))
    missing = {year: known for year, known in shipped_years().items() if year not in present}
    for year, known in missing.items():
        db.session.add(CalendarYear(year=year, source=known["source"], confirmed=True))
    db.session.flush()
    rows = [
        {"year": year, "day": day, "working": working, "name": name, "source": ""}
        for year, known in missing.items()
        for day, working, name in known["days"]
    ]
    if rows:
        db.session.execute(insert(CalendarDay), rows)
    return len(missing)


def current_version(code: str, on: date) -> RulePackVersion | None:
    """The version of the pack `code` in force on `on`, or None."""
    return db.session.scalars(
        select(RulePackVersion)
        .join(RulePackVersion.pack)
        .where(RulePack.code == code, RulePackVersion.effective_from <= on)
        .order_by(RulePackVersion.effective_from.desc(), RulePackVersion.number.desc())
        .limit(1)
    ).first()


def pack_of(version_id: int) -> Pack:
    """The pack of a version, parsed once; raises NotFound for an unknown id."""
    digest = db.session.scalar(select(RulePackVersion.digest).where(RulePackVersion.id == version_id))
    if digest is None:
        raise NotFound("没有找到这一版规则。")
    if digest not in _packs:
        content = db.session.scalar(select(RulePackVersion.content).where(RulePackVersion.id == version_id))
        _packs[digest] = _parsed(content or {})
    return _packs[digest]


def _parsed(content: Mapping[str, Any]) -> Pack:
    """A stored version; what it does not know yet, because it is older than the key, is as in the default pack."""
    return pack_of_content(resolved(content, shipped()["Q"]))


def pack_of_version(version: RulePackVersion) -> Pack:
    """The pack of a loaded version, parsed once; its content is read only when this process sees it first."""
    if version.digest not in _packs:
        _packs[version.digest] = _parsed(version.content)
    return _packs[version.digest]


def calendar() -> Calendar:
    """The office's calendar, read again after an edit. A year that is unconfirmed or empty is not known (暂定), its days
    do not count yet."""
    global _calendar
    columns = (CalendarYear.year, CalendarYear.confirmed, CalendarYear.revision, CalendarYear.edition)
    rows = db.session.execute(select(*columns).order_by(CalendarYear.year)).all()
    years = tuple((year, confirmed, revision, edition) for year, confirmed, revision, edition in rows)
    # Read once: another thread may put a newer pair in place between the comparison and the answer.
    kept = _calendar
    if kept is None or kept[0] != years:
        found = db.session.execute(select(CalendarDay.day, CalendarDay.working, CalendarDay.name))
        known = {year for year, confirmed, _, _ in years if confirmed}
        days = [(day, working, name) for day, working, name in found if day.year in known]
        kept = (years, _calendar_of(known, days, sum(revision for _, _, revision, _ in years)))
        _calendar = kept
    return kept[1]


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a pack's content in canonical JSON."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _calendar_of(confirmed: set[int], days: list[tuple[date, bool, str]], revision: int) -> Calendar:
    rest = frozenset(day for day, working, _ in days if not working)
    return Calendar(
        years=frozenset(confirmed & {day.year for day in rest}),
        rest=rest,
        makeup=frozenset(day for day, working, _ in days if working),
        names={day: name for day, _, name in days},
        revision=revision,
    )


def in_force(code: str) -> list[tuple[date, Pack]]:
    """Every version of a pack with the day it begins, oldest first; raises NotFound for an unknown code."""
    rows = db.session.execute(
        select(RulePackVersion.effective_from, RulePackVersion.id)
        .join(RulePackVersion.pack)
        .where(RulePack.code == code)
        .order_by(RulePackVersion.effective_from, RulePackVersion.number)
    ).all()
    if not rows:
        return [(SHIPPED_FROM, shipped_pack(code))]
    return [(begins, pack_of(version_id)) for begins, version_id in rows]
