"""Kinds of entries, and when a dossier is sealed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

KINDS: Mapping[str, str] = {
    "lead": "领衔提出建议",
    "cosign": "联名提出建议",
    "rate": "评价办理答复",
    "voters": "走访联系选民",
    "contacted": "接受组成人员和机关联系",
    "matter": "反映群众意见",
    "reception": "到联络站接待群众",
    "missed": "应到联络站没有到",
    "training": "参加培训",
    "activity": "参加视察、调研等活动",
    "leave": "活动请假",
    "absent": "活动缺席",
    "report": "向选民述职",
    "award": "受到表彰",
}
ADDABLE = tuple(KINDS)
UNITS: Mapping[str, str] = {"lead": "件", "cosign": "件", "matter": "件"}
OVER = ("terminated", "past")


@dataclass(frozen=True)
class Entry:
    """One thing done: `key` names it for objections, `url` leads to its source, `more` says hours or persons.

    `dropped` and `added` tell what a correction did; `reason` is the correction's.
    """

    key: str
    kind: str
    day: date
    title: str
    more: str
    url: str
    dropped: bool = False
    added: bool = False
    reason: str = ""

    def without(self, reason: str) -> "Entry":
        """The same entry, shown but not counted."""
        return replace(self, dropped=True, reason=reason)


def sealed_on(seat: Any) -> date | None:
    """The last day whose records count: the notice that the seat ended, else its end, else its term's (S6, S7)."""
    if seat.standing not in OVER:
        return None
    return seat.noticed_on or seat.ends_on or seat.term.ends_on


def counts(entries: list[Entry]) -> dict[str, int]:
    """How many entries of each kind count, in the order of KINDS."""
    found = dict.fromkeys(KINDS, 0)
    for one in entries:
        if not one.dropped:
            found[one.kind] += 1
    return {kind: number for kind, number in found.items() if number}
