"""Lists of handling units with their liaison officers, as offices keep them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from portal.accounts.actor import Actor
from portal.accounts.permissions import IMPORT
from portal.congress import queries
from portal.congress.models import Committee, Unit
from portal.core.db import db
from portal.imports import values
from portal.imports.across import repeated
from portal.imports.findings import Finding
from portal.imports.kinds import Column, Found, Kind, Prepared, Written
from portal.imports.traces import inserted
from portal.imports.values import Noted, at_most
from portal.imports.workbooks import Cell

ORGANS = {
    "government": "政府部门",
    "court": "法院",
    "procuratorate": "检察院",
    "supervisory": "监察机关",
    "party": "党群机关",
    "company": "企业",
    "town": "乡镇街道",
}
_ORGAN_WORDS = {
    **{word: code for code, word in ORGANS.items()},
    **{"政府": "government", "行政机关": "government", "事业单位": "government", "监委": "supervisory"},
    **{"党委": "party", "党委部门": "party", "党群": "party", "群团": "party"},
    **{"公司": "company", "国有企业": "company"},
    **{"乡镇": "town", "街道": "town", "镇街": "town", "镇": "town", "乡": "town"},
}
_COMMISSIONS = ("工委", "工作委员会")
_ORGAN_BY_NAME = (
    ("court", re.compile(r"法院$")),
    ("procuratorate", re.compile(r"检察院$")),
    ("supervisory", re.compile(r"监察委员会|纪委监委|监委$")),
    ("company", re.compile(r"公司$|集团$")),
    ("town", re.compile(r"(镇|乡|街道)(人民政府|政府|办事处)$|街道$")),
    ("party", re.compile(r"[市县区州]委(?!员会)|共青团|总工会|妇女联合会|妇联$|残疾人联合会|残联$|工商联|文联$|科协$")),
)


def _organ(cell: Cell) -> Any:
    words = values.plain(cell)
    if words and words not in _ORGAN_WORDS:
        return Noted(None, "{}没有认出，按单位名称登记")
    return _ORGAN_WORDS.get(words)


def organ_of(name: str) -> str:
    """Which kind of organ a unit's name speaks of; a government department unless it says otherwise."""
    return next((organ for organ, pattern in _ORGAN_BY_NAME if pattern.search(name)), "government")


UNIT_COLUMNS = (
    Column("serial", "序号", ("编号", "序", "号"), ignored=True),
    Column(
        *("name", "单位全称"),
        ("单位名称", "承办单位", "单位", "名称", "部门", "部门名称", "全称"),
        at_most(120),
        required=True,
    ),
    Column("short_name", "简称", ("单位简称",), at_most(60)),
    Column("organ", "单位性质", ("性质", "单位类别", "单位类型", "系统", "类别"), _organ),
    Column("leader_name", "分管领导", ("负责人", "签发人", "主管领导", "单位领导"), at_most(60, values.name)),
    Column("liaison_name", "联络员", ("联系人", "经办人", "联络人", "承办联络员"), at_most(60, values.name)),
    Column(
        *("liaison_line", "办公电话"),
        ("联系电话", "电话", "联络员电话", "座机", "手机"),
        at_most(60, values.telephone),
    ),
    Column(
        *("committee", "对口委员会"),
        ("对口联系委员会", "对口专委会", "对口工委", "联系委室", "对口委室"),
        at_most(120),
    ),
    Column("duties", "职责", ("主要职责", "职能", "工作职责"), values.text),
)


def check_units(actor: Actor, rows: Sequence[Prepared]) -> Found:
    """Units named twice, units registered already, and what a name was taken to mean."""
    problems = [
        Finding(row.number, f"与第{first.number}行重复")
        for row, first in repeated(rows, lambda row: values.plain(row.values.get("name") or "") or None)
    ]
    there, notices = _unit_names(actor), []
    for row in rows:
        name = row.values.get("name") or ""
        if values.plain(name) in there:
            notices.append(Finding(row.number, "的单位已登记，不重复导入"))
        elif name and not row.values.get("organ") and organ_of(name) != "government":
            notices.append(Finding(row.number, f"没有写单位性质，按{ORGANS[organ_of(name)]}登记"))
    known = _committees(actor)
    missing = [name for name in _wanted_committees(rows) if values.plain(name) not in known]
    if missing:
        notices.append(Finding(0, f"将新建对口委员会：{'、'.join(missing)}"))
    return Found(problems, notices)


def apply_units(actor: Actor, rows: Sequence[Prepared]) -> list[Written]:
    """Register the units; committees are made where they are missing."""
    there = _unit_names(actor)
    fresh = [row for row in rows if values.plain(row.values["name"]) not in there]
    committees, written = _committees(actor), []
    for row in fresh:
        name = row.values.get("committee")
        if name and values.plain(name) not in committees:
            made = Committee(name=name, congress_id=actor.congress_id, commission=name.endswith(_COMMISSIONS))
            db.session.add(made)
            db.session.flush()
            committees[values.plain(name)] = made.id
            written.append(Written(row.number, Committee, made.id, "委员会"))
    last = db.session.scalar(select(func.max(Unit.order)).where(Unit.congress_id == actor.congress_id)) or 0
    units = [_unit(actor, row, last + place, committees) for place, row in enumerate(fresh, 1)]
    keys = inserted(Unit, units)
    return written + [Written(row.number, Unit, key, "承办单位") for row, key in zip(fresh, keys, strict=True)]


def _unit(actor: Actor, row: Prepared, order: int, committees: dict[str, int]) -> dict[str, Any]:
    said = row.values
    return {
        "name": said["name"],
        "congress_id": actor.congress_id,
        "organ": said.get("organ") or organ_of(said["name"]),
        "order": order,
        "committee_id": committees.get(values.plain(said.get("committee") or "")),
        "duties": said.get("duties") or "",
        **{key: said.get(key) for key in ("short_name", "leader_name", "liaison_name", "liaison_line")},
    }


def _unit_names(actor: Actor) -> set[str]:
    return {values.plain(unit.name) for unit in queries.units(actor.congress_id or 0)}


def _wanted_committees(rows: Iterable[Prepared]) -> list[str]:
    return [name for name in dict.fromkeys(row.values.get("committee") for row in rows) if name]


def _committees(actor: Actor) -> dict[str, int]:
    found = db.session.scalars(select(Committee).where(Committee.congress_id == actor.congress_id))
    return {values.plain(word): one.id for one in found for word in (one.name, one.short_name) if word}


UNITS = Kind(
    "units",
    "承办单位",
    columns=UNIT_COLUMNS,
    check=check_units,
    apply=apply_units,
    permission=IMPORT,
    hint="登记承办单位和联络员；没有的对口委员会会新建。",
)
