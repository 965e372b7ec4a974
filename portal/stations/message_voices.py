"""群众反映，已有结果: what a station's public page says of the voices it heard. Only words that staff wrote for the
public, never whose voice it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core import clock
from portal.matters import queries as matters
from portal.matters.queries import OVER, PublicLine
from portal.matters.rules import OUTCOME_TAGS
from portal.matters.seams import SUGGESTIONS, Became
from portal.stations.rules import day_words

SHOWN = 3
UNDER_WAY = ("正在办", "grey")


@dataclass(frozen=True)
class VoiceLine:
    """One row: what was said, a tag with its tone, what became of it, and how long it took."""

    title: str
    tag: tuple[str, str]
    words: str
    small: str


@dataclass(frozen=True)
class Voices:
    """What the page shows, and how many the station has heard this year."""

    lines: tuple[VoiceLine, ...]
    this_year: int


def voices(station_id: int) -> Voices:
    """The station's published voices, solved ones first, in three statements at most."""
    found = matters.published(station_id, SHOWN)
    numbers = [one.suggestion_id for one in found if one.suggestion_id]
    became = SUGGESTIONS.became(numbers) if numbers else {}
    first = clock.today().replace(month=1, day=1)
    many = matters.count_published(station_id, first) if found else 0
    return Voices(tuple(_line(one, became) for one in found), many)


def _line(one: PublicLine, became: Mapping[int, Became]) -> VoiceLine:
    suggestion = became.get(one.suggestion_id or 0)
    tag = OUTCOME_TAGS[one.outcome] if one.outcome else ("有答复", "green") if one.state in OVER else UNDER_WAY
    return VoiceLine(one.title, tag, _words(one, suggestion), _small(one))


def _words(one: PublicLine, suggestion: Became | None) -> str:
    front = f"写成{suggestion.called}。" if suggestion and not suggestion.gone else ""
    if one.result:
        return front + one.result
    if one.state in OVER:
        return front + "已经答复本人。"
    if front:
        return front
    if one.holder:
        due = f"，{day_words(one.due)}前答复" if one.due else ""
        return f"已转{one.holder}{due}。"
    return "站里正在办。"


def _small(one: PublicLine) -> str:
    told: date | None = one.told_on
    if told is None:
        return f"{day_words(one.raised_on)}反映"
    days = (told - one.raised_on).days
    return f"{day_words(one.raised_on)}反映，{f'{days}天' if days else '当天'}有结果"
