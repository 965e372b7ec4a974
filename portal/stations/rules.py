"""Words of the stations, and duty rules as data: on which days deputies receive people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import Any

from portal.core.workdays import SATURDAY, Calendar, span

PLACE_KINDS = {
    "home": "代表之家",
    "station": "代表联络站",
    "point": "代表联络点",
    "online": "网上联络站",
    "mobile": "流动联络站",
}
LEVELS = {"city": "市级", "county": "区县级", "township": "乡镇街道", "community": "村、社区", "trade": "园区、行业"}
# Levels of the congresses deputies sit in, highest first, with what they are called.
CONGRESS_LEVELS = {
    "national": "全国人大代表",
    "province": "省人大代表",
    "city": "市人大代表",
    "county": "区人大代表",
    "township": "镇人大代表",
}
HALVES = {"morning": "上午", "afternoon": "下午", "evening": "晚上", "day": "全天"}
ON_REST = {"move": "遇休息日顺延", "skip": "遇休息日取消", "stay": "休息日照常"}
WEEKDAYS = "一二三四五六日"
NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四", 5: "五"}
LAST = 99  # the last day or week of a month, which also sorts last
EVERY_MONTH = tuple(range(1, 13))
NAMED_MONTHS = {
    EVERY_MONTH: "每月",
    (1, 3, 5, 7, 9, 11): "单月",
    (2, 4, 6, 8, 10, 12): "双月",
    (1, 4, 7, 10): "每季度第一个月",
    (2, 5, 8, 11): "每季度第二个月",
    (3, 6, 9, 12): "每季度第三个月",
}


@dataclass(frozen=True)
class Pattern:
    """When a rule falls: in `months`, on `days` of the month (LAST is its last day) or on `weekdays` (0 is Monday),
    every week or only the `nths` of the month (LAST is the last). `opens` and `closes` are HH:MM or unknown; `on_rest`
    says what happens on a rest day (settled A67: it moves to the next working day)."""

    months: tuple[int, ...] = EVERY_MONTH
    days: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    nths: tuple[int, ...] = ()
    half: str = ""
    opens: str = ""
    closes: str = ""
    on_rest: str = "move"

    def falls_on(self, day: date) -> bool:
        """Whether the rule names this day, rest day or not."""
        if day.month not in self.months:
            return False
        last_week = (day + timedelta(days=7)).month != day.month
        if self.days:
            return day.day in self.days or (LAST in self.days and (day + timedelta(days=1)).month != day.month)
        if day.weekday() not in self.weekdays:
            return False
        return not self.nths or (day.day - 1) // 7 + 1 in self.nths or (LAST in self.nths and last_week)

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Pattern":
        """From what `stored` gave."""
        told: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items()}
        return cls(**told)


@dataclass(frozen=True)
class RuledDay:
    """A reception the rule asks for: its own day, the day it is held on, and whether that is still 暂定."""

    ruled_on: date
    day: date
    provisional: bool


def ruled_days(pattern: Pattern, first: date, last: date, calendar: Calendar) -> Iterator[RuledDay]:
    """The receptions whose own day lies from `first` to `last`, in order. Two that move to one day stay two."""
    for ruled_on in span(first, last):
        held_on = day_held(pattern, ruled_on, calendar) if pattern.falls_on(ruled_on) else None
        if held_on is not None:
            uncertain = pattern.on_rest != "stay" and calendar.any_provisional(ruled_on, held_on)
            yield RuledDay(ruled_on, held_on, uncertain)


def day_held(pattern: Pattern, ruled_on: date, calendar: Calendar) -> date | None:
    """The day on which a reception ruled for `ruled_on` is held; None when it falls out on a rest day."""
    if pattern.on_rest == "stay" or calendar.is_working(ruled_on):
        return ruled_on
    return None if pattern.on_rest == "skip" else calendar.next_working(ruled_on)


def sentence(pattern: Pattern) -> str:
    """The rule in office words: 单月15日上午9:00–11:00，遇休息日顺延."""
    rest = "" if pattern.on_rest == "stay" and _on_weekends(pattern) else f"，{ON_REST[pattern.on_rest]}"
    return f"{day_part(pattern)}{hours_words(pattern.half, pattern.opens, pattern.closes)}{rest}"


def day_part(pattern: Pattern) -> str:
    """单月15日, 每周四, 每月第二个星期三."""
    months = NAMED_MONTHS.get(pattern.months) or "每年" + "、".join(f"{month}月" for month in pattern.months)
    if pattern.days:
        numbers = [f"{day}日" for day in pattern.days if day != LAST]
        return months + "、".join([*numbers, *(["最后一天"] if LAST in pattern.days else [])])
    if not pattern.nths:
        weekly = "每周" + "、周".join(WEEKDAYS[day] for day in pattern.weekdays)
        return weekly if pattern.months == EVERY_MONTH else f"{months}的{weekly}"
    nths = ["最后一个" if nth == LAST else f"第{NUMERALS[nth]}个" for nth in pattern.nths]
    return months + "、".join(f"{nth}星期{WEEKDAYS[day]}" for nth in nths for day in pattern.weekdays)


def hours_words(half: str, opens: str | time | None, closes: str | time | None) -> str:
    """上午9:00–11:30, 上午, or nothing when the source did not say."""
    if opens and closes:
        return f"{HALVES.get(half, '')}{_clock(opens)}–{_clock(closes)}"
    return HALVES.get(half, "")


def _clock(when: str | time) -> str:
    moment = when if isinstance(when, time) else time.fromisoformat(when)
    return f"{moment.hour}:{moment.minute:02d}"


def _on_weekends(pattern: Pattern) -> bool:
    return bool(pattern.weekdays) and min(pattern.weekdays) >= SATURDAY


def title_of(levels: Iterable[str]) -> str:
    """市人大代表、区人大代表, highest first."""
    held = set(levels)
    return "、".join(words for level, words in CONGRESS_LEVELS.items() if level in held)


def day_words(day: date) -> str:
    """5月15日."""
    return f"{day.month}月{day.day}日"


def shared_out(counts: Mapping[int, int], order: Sequence[int], wanted: int) -> list[int]:
    """Who sits next: `wanted` of the persons in `order`, those with the fewest duties (`counts`) first."""
    places = {person: place for place, person in enumerate(order)}
    return sorted(order, key=lambda person: (counts.get(person, 0), places[person]))[:wanted]
