"""Dates as offices type them: 2026.3.2, 2026年3月2日, 20260302, 2026717, a real date, or the number behind one."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from portal.imports.values import Ambiguous, Noted, Unreadable, plain
from portal.imports.workbooks import Cell

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# Day 0 of the 1900 date system, its leap-year error of 1900 included; 20000 is 1954-10-03, 80000 is 2119-01-11.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_PARTED = re.compile(r"(\d{4})[.\-/年、](\d{1,2})[.\-/月、](\d{1,2})日?号?")
_MONTH = re.compile(r"(\d{4})[.\-/年](\d{1,2})月?(?:[.\-/月]?(\d{1,2})日?)?")
_TIME = re.compile(r"[T\s]+\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?(?:Z|[+-]\d\d:?\d\d)?$")
_DASHES = re.compile("[‐‑‒–—―−]")
_CHINESE_DATE = re.compile("([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]+)月([一二三四五六七八九十]+)[日号]")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def day(cell: Cell) -> date | None:
    """The calendar day of the cell.

    Seven digits are taken when exactly one split into month and day exists (2013821), refused as Ambiguous when two
    do (2021111). Raises Unreadable for a day that does not exist and for anything that is no full date.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | timedelta):
        raise Unreadable("{}没有认出")
    if isinstance(cell, int | float) and int(cell) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(cell))
    words = _without_time(cell)
    if not words:
        return None
    parted = _PARTED.fullmatch(words) or _PARTED.fullmatch(_from_chinese(words))
    if parted:
        return _date(int(parted[1]), int(parted[2]), int(parted[3]))
    if re.fullmatch(r"\d{8}", words):
        return _date(int(words[:4]), int(words[4:6]), int(words[6:]))
    if re.fullmatch(r"\d{7}", words):
        return _seven(words)
    raise Unreadable("{}没有认出，请写成2026-03-02这样")


def _without_time(cell: Cell) -> str:
    words = unicodedata.normalize("NFKC", str(cell)).strip()
    return _DASHES.sub("-", plain(_TIME.sub("", words)))


def _date(year: int, month: int, of_month: int) -> date:
    try:
        found = date(year, month, of_month)
    except ValueError as reason:
        raise Unreadable("{}不存在，请核对") from reason
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable("{}的年份不正确，请核对")
    return found


def _seven(digits: str) -> date:
    """2013821 is 2013-8-21 because 2013-82-1 is no date."""
    readings = []
    for cut in (5, 6):
        try:
            readings.append(_date(int(digits[:4]), int(digits[4:cut]), int(digits[cut:])))
        except Unreadable:
            continue
    if not readings:
        raise Unreadable("{}不存在，请核对")
    if len(readings) == 2:
        one, other = (f"{reading.year}年{reading.month}月{reading.day}日" for reading in readings)
        raise Ambiguous(f"{{}}有两种读法（{one}或{other}），请改写清楚")
    return readings[0]


def _from_chinese(words: str) -> str:
    """二〇二一年三月十五日 with figures; anything else comes back unreadable."""
    parts = _CHINESE_DATE.fullmatch(words)
    if not parts:
        return ""
    return f"{parts[1].translate(_CHINESE_DIGITS)}年{numeral(parts[2])}月{numeral(parts[3])}日"


def numeral(words: str) -> int | None:
    """十八 is 18, 二十一 is 21, 18 is 18; None when it is no number below a hundred."""
    if re.fullmatch(r"\d{1,3}", words, re.ASCII):
        return int(words)
    match = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", words)
    if not match or not words or (match[1] and match[3] and not match[2]):
        return None
    ones = int((match[3] or "0").translate(_CHINESE_DIGITS))
    if not match[2]:
        return int(match[1].translate(_CHINESE_DIGITS)) if match[1] else ones
    return int((match[1] or "一").translate(_CHINESE_DIGITS)) * 10 + ones


def month(cell: Cell) -> str | Noted | None:
    """A month of birth as "1990-10".

    A number 1990.1 is October: typed as 1990.10 it lost its last zero, January would have been typed 1990.01. The same
    written as text has both readings and is refused as Ambiguous.
    """
    if isinstance(cell, datetime | date):
        return f"{cell.year:04}-{cell.month:02}"
    if isinstance(cell, float):
        return _month_of_number(cell)
    words = _DASHES.sub("-", plain(cell)).removesuffix("生")
    if not words:
        return None
    if re.fullmatch(r"\d{4}\.1", words):
        raise Ambiguous(f"{{}}有两种读法（{words[:4]}年1月或{words[:4]}年10月），请改写清楚")
    if re.fullmatch(r"\d{6}|\d{8}", words):
        words = f"{words[:4]}-{words[4:6]}"
    match = _MONTH.fullmatch(words)
    if not match:
        raise Unreadable("{}没有认出，请写成1990.01这样")
    return _month(int(match[1]), int(match[2]))


def _month_of_number(number: float) -> str | Noted:
    year, _, fraction = repr(number).partition(".")
    if not re.fullmatch(r"\d{4}", year) or len(fraction) > 2:
        raise Unreadable("{}没有认出，请写成1990.01这样")
    if fraction == "1":
        return Noted(_month(int(year), 10), f"{{}}按{year}年10月读取")
    return _month(int(year), int(fraction))


def _month(year: int, of_year: int) -> str:
    if not 1 <= of_year <= 12 or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable("{}不存在，请核对")
    return f"{year:04}-{of_year:02}"
