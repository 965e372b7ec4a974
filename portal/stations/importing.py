"""Lists of stations, as offices keep them: each reception time becomes a rule, or stays in its own words.

Who is registered already is left as it is. What the list does not say stays unknown.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.permissions import IMPORT
from portal.core import clock
from portal.core.db import db
from portal.core.workdays import ONE
from portal.imports import values
from portal.imports.across import repeated
from portal.imports.findings import Finding
from portal.imports.kinds import Column, Found, Kind, Prepared, Written
from portal.imports.traces import inserted
from portal.imports.values import Noted, at_most
from portal.imports.workbooks import Cell
from portal.stations.actions import free_slugs, sort_words
from portal.stations.duty_words import read
from portal.stations.models import DutyRule, Station
from portal.stations.rules import LEVELS, sentence

_KINDS = {
    **{"家": "home", "代表之家": "home", "人大代表之家": "home"},
    **{"站": "station", "联络站": "station", "代表联络站": "station", "人大代表联络站": "station"},
    **{"点": "point", "联络点": "point", "代表联络点": "point", "接访点": "point"},
    **{"网上": "online", "线上": "online", "网上联络站": "online", "流动": "mobile", "流动联络站": "mobile"},
}
_TRADES = ("行业", "园区", "产业链", "商圈")
_BRACKET = re.compile(r"[(（](.*?)[)）]")
_LEVEL_WORDS = {
    **{words: level for level, words in LEVELS.items()},
    **{"市级": "city", "县级": "county", "区级": "county", "乡级": "township", "镇级": "township"},
    **{"街道": "township", "村级": "community", "社区": "community"},
}


def _kind(cell: Cell) -> Any:
    """站(行业) is a station; what the brackets say goes with the level."""
    words = values.plain(cell)
    bare = _BRACKET.sub("", words)
    if words and bare not in _KINDS:
        return Noted(None, f"{{}}“{words}”没有对应的类型，没有登记")
    inside = _BRACKET.findall(words)
    if inside and inside[0] not in _TRADES:
        return Noted(_KINDS[bare], f"{{}}括号里的“{inside[0]}”没有对应的栏目，没有登记")
    return _KINDS.get(bare)


def _level(cell: Cell) -> Any:
    words = values.plain(cell)
    if words and words not in _LEVEL_WORDS:
        return Noted(None, f"{{}}“{words}”没有认出，没有登记")
    return _LEVEL_WORDS.get(words)


def _reception(cell: Cell) -> Any:
    """The words, with how they were understood."""
    words = at_most(400)(cell)
    if not words:
        return None
    found = read(words)
    if found.pattern is None:
        return Noted(words, f"{{}}“{words}”定不成规则，原样登在公开页")
    more = "，原话一并登在公开页" if found.beside else ""
    return Noted(words, f"{{}}“{words}”读作规则：{sentence(found.pattern)}{more}")


COLUMNS = (
    Column("serial", "序号", ("序", "编号", "号"), ignored=True),
    Column("name", "站点名称", ("名称", "站名", "联络站名称", "站点", "家站点名称"), at_most(120), required=True),
    Column("place_kind", "类型", ("站点类型", "类别", "性质"), _kind),
    Column("level", "级别", ("层级", "站点级别"), _level),
    Column("township", "所在地区", ("乡镇街道", "所在乡镇", "所属街道", "镇街", "地区", "所在镇街"), at_most(60)),
    Column("address", "详细地址", ("地址", "站点地址", "地点"), at_most(200)),
    Column("reception", "接待时间", ("接待日", "接待安排", "代表接待日", "接待规则"), _reception),
    Column("hours", "开放时间", ("平时开放时间", "值守时间"), at_most(200)),
    Column("station_line", "站里电话", ("电话", "联系电话", "值班电话", "公开电话"), at_most(60, values.telephone)),
    Column("head_name", "站长", ("负责人", "家长"), at_most(60, values.name)),
    Column("liaison_name", "联络员", ("联系人", "联络人"), at_most(60, values.name)),
    Column("deputies_said", "进站代表数", ("代表数", "代表人数", "进站代表人数"), values.count),
    Column("services", "服务内容", ("职能", "功能", "主要功能"), at_most(400)),
)
PLAIN = ("place_kind", "station_line", "head_name", "liaison_name", "deputies_said")


def check(actor: Actor, rows: Sequence[Prepared]) -> Found:
    """Stations named twice, and stations registered already."""
    problems = [
        Finding(row.number, f"与第{first.number}行重复")
        for row, first in repeated(rows, lambda row: values.plain(row.values.get("name") or "") or None)
    ]
    there = _names(actor)
    known = [row for row in rows if values.plain(row.values.get("name") or "") in there]
    return Found(problems, [Finding(row.number, "的站点已登记，不重复导入") for row in known])


def apply(actor: Actor, rows: Sequence[Prepared]) -> list[Written]:
    """Register the stations and the rules that their reception times say."""
    there = _names(actor)
    fresh = [row for row in rows if values.plain(row.values["name"]) not in there]
    slugs = free_slugs(row.values["name"] for row in fresh)
    facts = [_facts(actor, row, slug) for row, slug in zip(fresh, slugs, strict=True)]
    keys = inserted(Station, facts)
    written = [Written(row.number, Station, key, "站点") for row, key in zip(fresh, keys, strict=True)]
    ruled = [(row, key, _rule(row, key)) for row, key in zip(fresh, keys, strict=True)]
    made = [(row, rule) for row, _, rule in ruled if rule is not None]
    rules = inserted(DutyRule, [rule for _, rule in made])
    return written + [Written(row.number, DutyRule, key, "接待规则") for (row, _), key in zip(made, rules, strict=True)]


def _facts(actor: Actor, row: Prepared, slug: str) -> dict[str, Any]:
    said = row.values
    found = read(said.get("reception") or "")
    township = said.get("township") or ""
    return {
        "name": said["name"],
        "congress_id": actor.congress_id,
        "superior_id": actor.congress_id,
        "slug": slug,
        "sort_name": sort_words(said["name"], township),
        "township": township,
        "address": said.get("address") or "",
        "services": said.get("services") or "",
        "reception_words": found.beside,
        **{name: said.get(name) for name in PLAIN},
        "level": said.get("level") or ("trade" if _of_a_trade(row) else None),
        "hours": said.get("hours") or "",
    }


def _of_a_trade(row: Prepared) -> bool:
    """站(行业) says in its kind whom the station is for."""
    inside = _BRACKET.findall(row.texts.get("place_kind") or "")
    return bool(inside) and inside[0] in _TRADES


def _rule(row: Prepared, station_id: int) -> dict[str, Any] | None:
    """How many sit at once, how early they hear of it: the list does not say, so nobody has said it."""
    pattern = read(row.values.get("reception") or "").pattern
    if pattern is None:
        return None
    return {"station_id": station_id, "pattern": pattern.stored(), "starts_on": clock.today() + ONE}


def _names(actor: Actor) -> set[str]:
    here = select(Station.name).where(Station.congress_id == actor.congress_id, Station.ends_on.is_(None))
    return {values.plain(name) for name in db.session.scalars(here)}


STATIONS = Kind(
    "stations",
    "联络站",
    columns=COLUMNS,
    check=check,
    apply=apply,
    permission=IMPORT,
    hint="登记代表之家、联络站、联络点；接待时间能读成规则的读成规则，读不成的原样登在公开页。",
)
