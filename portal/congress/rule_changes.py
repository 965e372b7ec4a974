"""What differs between two versions of the rules, and what one day's work would be due under each. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.congress import rule_parts
from portal.congress.deadlines import day_words, deadline
from portal.congress.pack import PERIODS, Pack
from portal.congress.rule_parts import LISTED, PART_LABELS, SECTIONS, Content
from portal.core.workdays import Calendar

NOTHING = "没有"
# Counted back from a day that is not known beforehand, or of voters' messages: not tried out.
NOT_TRIED = ("feedback_urge", "assign_session")


@dataclass(frozen=True)
class Change:
    """One entry that differs: in which part, what it is called, before and after as (words, basis)."""

    part: str
    key: str
    label: str
    before: tuple[str, str]
    after: tuple[str, str]

    @property
    def part_label(self) -> str:
        """期限, 办理规则, …"""
        return PART_LABELS[self.part]


def changes(old: Content, new: Content) -> list[Change]:
    """Every entry that differs, in the order of the sections."""
    return [one for section in SECTIONS for part in section.parts for one in _of_part(old, new, part)]


def _of_part(old: Content, new: Content, part: str) -> Iterator[Change]:
    before, after = rule_parts.keys(old, part), rule_parts.keys(new, part)
    for key in [*after, *(key for key in before if key not in after)]:
        pair = _told(old, part, key), _told(new, part, key)
        if pair[0] != pair[1] or _label(old, part, key) != _label(new, part, key):
            yield Change(part, key, _label(new if key in after else old, part, key), *pair)
    common = [key for key in before if key in after], [key for key in after if key in before]
    if part in LISTED and common[0] != common[1]:
        yield Change(part, "", "顺序", (_order(old, part), ""), (_order(new, part), ""))


def _told(content: Content, part: str, key: str) -> tuple[str, str]:
    said, basis = rule_parts.words(content, part, key)
    return (said or NOTHING, basis)


def _label(content: Content, part: str, key: str) -> str:
    return rule_parts.label(content, part, key) if rule_parts.entry(content, part, key) is not None else ""


def _order(content: Content, part: str) -> str:
    return "、".join(rule_parts.label(content, part, key) for key in rule_parts.keys(content, part))


def tried(old: Pack, new: Pack, day: date, calendar: Calendar) -> list[tuple[str, str, str]]:
    """(what is due, under the old rules, under the new ones) if every event happened on `day`."""
    rows = []
    for rule in PERIODS:
        if rule in NOT_TRIED or rule.startswith("matter_"):
            continue
        said = [_due(pack, rule, day, calendar) for pack in (old, new)]
        rows.append((new.period(rule).label, said[0], said[1]))
    return rows


def _due(pack: Pack, rule: str, day: date, calendar: Calendar) -> str:
    one = deadline(pack, rule, day, calendar)
    return f"{one.starts}起{one.words}：{'暂定' if one.provisional else ''}{day_words(one.due)}"
