"""How facts are written for Chinese readers: dates, numbers, sizes, masked telephones, marked differences.

Filters for templates. Everything that returns Markup escapes what it was given first.
"""

import difflib
import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from portal.core import clock

WEEKDAYS = "一二三四五六日"
NUMERALS = "〇一二三四五六七八九十"
Day = date | datetime
SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+")
# Comparing by character takes the square of the length.
COMPARED_BY_CHARACTER = 3000


def date_cn(when: Day | None) -> Markup:
    """5月8日 in the current year, else 2026年5月8日, in a `<time>` that never breaks; empty for None."""
    day = _day(when)
    return _time(when, _short(day)) if day else Markup("")


def date_full(when: Day | None) -> Markup:
    """2026年5月8日 whatever the year, as letters and archives want it."""
    day = _day(when)
    return _time(when, _long(day)) if day else Markup("")


def date_weekday(when: Day | None) -> Markup:
    """5月8日（周五）, for days on which somebody must turn up."""
    day = _day(when)
    return _time(when, f"{_short(day)}（周{WEEKDAYS[day.weekday()]}）") if day else Markup("")


def weekday_cn(when: Day | None) -> str:
    """周五."""
    day = _day(when)
    return f"周{WEEKDAYS[day.weekday()]}" if day else ""


def clock_time(when: datetime | None) -> str:
    """10:42, as the office's clock on the wall shows it."""
    return f"{_office(when):%H:%M}" if when else ""


def moment_cn(when: datetime | None) -> Markup:
    """5月8日10:42."""
    return _time(when, _short(_office(when).date()) + clock_time(when)) if when else Markup("")


def ago_cn(when: datetime | None) -> Markup:
    """今天10:42, 昨天21:15, else the date."""
    if not when:
        return Markup("")
    age = (clock.today() - _office(when).date()).days
    near = {0: "今天", 1: "昨天"}.get(age)
    return _time(when, near + clock_time(when)) if near else date_cn(when)


def iso(when: Day | None) -> str:
    """2026-05-08, for forms and exports."""
    day = _day(when)
    return day.isoformat() if day else ""


def days_words(light: str, left: int | None = None, unit: str = "天", until: Day | None = None) -> str:
    """The words of a deadline chip.

    `light` is green, yellow, red, extended, provisional, stopped or done; `left` counts days (or working days, with
    `unit` 个工作日) until the due date, negative when it has passed; `until` is the date of extended and provisional.
    """
    named = {"extended": "延期到", "provisional": "暂定"}
    if light in named and until is not None:
        return named[light] + str(date_cn(until).striptags())
    if light == "stopped":
        return "停止计时"
    if left is None:
        return {"done": "按期完成"}.get(light, "没有期限")
    if left == 0:
        return "今天到期"
    return f"还有{left}{unit}" if left > 0 else f"逾期{-left}{unit}"


def bytes_cn(size: int | None) -> str:
    """420 KB or 1.2 MB, of a number of bytes."""
    if size is None:
        return ""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def thousands(number: int | float | None) -> str:
    """2,140."""
    return "" if number is None else f"{number:,}"


def percent(part: int, whole: int) -> str:
    """The share as 61.5, or a dash when there is nothing to divide by."""
    if not whole:
        return "—"
    return "100" if part == whole else f"{100 * part / whole:.1f}"


def number_cn(number: int) -> str:
    """1 to 99 as 一 … 九十九, for headings and letters."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones]
    return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")


def masked_phone(number: str | None) -> str:
    """138****0001: first three and last four digits; shorter numbers keep only their last two."""
    if not number:
        return ""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "****" + number[-2:]


def paragraphs(text: str | None) -> Markup:
    """Plain text as `<p>` elements: an empty line or a line break begins a new paragraph."""
    pieces = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(piece) for piece in pieces)


def lines(text: str | None) -> Markup:
    """Plain text with its line breaks kept."""
    return Markup("<br>").join((text or "").strip().splitlines())


def compared_with(new: str | None, old: str | None) -> Markup:
    """`new` with what it adds to `old` in `<ins>` and what it drops in `<del>`."""
    long = len(old or "") + len(new or "") > COMPARED_BY_CHARACTER
    before, after = _pieces(old or "", long), _pieces(new or "", long)
    marked = Markup("")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            marked += escape("".join(after[c:d]))
            continue
        if b > a:
            marked += Markup("<del>{}</del>").format("".join(before[a:b]))
        if d > c:
            marked += Markup("<ins>{}</ins>").format("".join(after[c:d]))
    return marked


FILTERS = (
    date_cn,
    date_full,
    date_weekday,
    weekday_cn,
    clock_time,
    moment_cn,
    ago_cn,
    iso,
    days_words,
    bytes_cn,
    thousands,
    percent,
    number_cn,
    masked_phone,
    paragraphs,
    lines,
    compared_with,
)


def register(app: Flask) -> None:
    """Offer the filters to the templates under their own names."""
    for one in FILTERS:
        app.add_template_filter(one)


def _pieces(text: str, by_sentence: bool) -> list[str]:
    return SENTENCE.findall(text) if by_sentence else list(text)


def _office(when: datetime) -> datetime:
    return clock.office(when) if when.tzinfo else when


def _day(when: Day | None) -> date | None:
    return _office(when).date() if isinstance(when, datetime) else when


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日" if day.year == clock.today().year else _long(day)


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _time(when: Day | None, words: str) -> Markup:
    moment = _office(when).isoformat(timespec="minutes") if isinstance(when, datetime) else iso(when)
    return Markup('<time datetime="{}" class="nowrap">{}</time>').format(moment, words)
