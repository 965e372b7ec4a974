"""Reading the official notice of a year's holidays as it is printed (国务院办公厅关于…部分节假日安排的通知). Pure.

一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。 Every weekday in brackets and every count of days
is checked against the calendar, so that the notice of another year or a slip of the pen does not pass.
"""

import re
from collections.abc import Iterator
from datetime import date

from portal.core.errors import Invalid
from portal.core.workdays import SATURDAY, span

WEEKDAYS = "一二三四五六日"
ITEM = re.compile(r"[一二三四五六七八九十]+、\s*([^：:。\n]{1,20})[：:]([^\n]+)")
DAY = r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:（([^）]*)）)?"
RANGE = re.compile(DAY + r"(?:\s*至\s*(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?)?")
COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
NAMED = re.compile(r"(?:周|星期)([一二三四五六日天])")
NOTHING = "没有读到放假的安排。请粘贴通知的全文，如“一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。”"

Day = tuple[date, bool, str]


def read(text: str, year: int) -> list[Day]:
    """(day, whether worked, name) of the notice for `year`, in order. Raises Invalid on "text" naming what is wrong."""
    text = text.replace("(", "（").replace(")", "）")
    found: dict[date, Day] = {}
    for name, body in ITEM.findall(text):
        for sentence in body.split("。"):
            for day, working in _sentence(sentence, year):
                if day in found:
                    raise _wrong(f"{day.month}月{day.day}日写了两次")
                found[day] = (day, working, "调休上班" if working else name.strip())
    if not any(not working for _, working, _ in found.values()):
        raise Invalid(fields={"text": NOTHING})
    return sorted(found.values())


def _sentence(sentence: str, year: int) -> Iterator[tuple[date, bool]]:
    matches = list(RANGE.finditer(sentence))
    if not matches:
        return
    if "上班" in sentence:
        for match in matches:
            day = _days(match, year)[0]
            if day.weekday() < SATURDAY:
                raise _wrong(f"{day.month}月{day.day}日不是周末，本来就上班")
            yield day, True
    elif "放假" in sentence:
        days = [day for match in matches for day in _days(match, year)]
        counted = COUNT.search(sentence)
        if counted and int(counted.group(1)) != len(days):
            raise _wrong(f"“{sentence.strip()}”数出来是{len(days)}天")
        yield from ((day, False) for day in days)
    else:
        raise _wrong(f"没有看懂“{sentence.strip()[:60]}”")


def _days(match: re.Match[str], year: int) -> list[date]:
    first_year, month, number, said, last_year, last_month, last, last_said = match.groups()
    first = _day(int(first_year or year), int(month), int(number), said)
    if last is None:
        days = [first]
    else:
        end = _day(int(last_year or first.year), int(last_month or month), int(last), last_said)
        days = list(span(first, end))
    if not days or any(day.year != year for day in days):
        raise _wrong(f"{first.month}月{first.day}日起的一段不在{year}年")
    return days


def _day(year: int, month: int, number: int, said: str | None) -> date:
    try:
        day = date(year, month, number)
    except ValueError:
        raise _wrong(f"{month}月{number}日不存在") from None
    named = NAMED.search(said or "")
    if named and WEEKDAYS[day.weekday()] != named.group(1).replace("天", "日"):
        raise _wrong(f"{year}年{month}月{number}日是周{WEEKDAYS[day.weekday()]}，通知上写的是周{named.group(1)}")
    return day


def _wrong(sentence: str) -> Invalid:
    return Invalid(fields={"text": f"{sentence}，请对照通知核对。"})
