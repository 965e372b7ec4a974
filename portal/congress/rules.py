"""Pure rules of the congress: names of terms and sessions, the year of term, how a seat stands by its dates."""

from collections.abc import Mapping
from datetime import date
from typing import Any

DIGITS = "零一二三四五六七八九"
STANDINGS = {
    **{"active": "履职中", "suspended": "暂停执行职务", "leaving": "已终止，待公告"},
    **{"terminated": "已终止", "past": "已届满"},
}
VACATED = ("leaving", "terminated")
# How a seat ends before its term does, each with the law that says so.
ENDINGS: Mapping[str, tuple[str, str]] = {
    "moved": ("迁出或者调离本行政区域", "《选举法》第五十七条、《代表法》第六十二条"),
    "resigned": ("辞职被接受", "《选举法》第五十五条、《代表法》第六十二条"),
    "ordered": ("责令辞职，辞职被接受", "《选举法》第五十五条、《代表法》第六十二条"),
    "absent": ("未经批准两次不出席本级人民代表大会会议", "《代表法》第六十二条"),
    "recalled": ("被罢免", "《选举法》第十章、《代表法》第六十二条"),
    "deprived": ("依照法律被剥夺政治权利", "《代表法》第六十二条"),
    "nationality": ("丧失中国国籍", "《代表法》第六十二条"),
    "incapable": ("丧失行为能力", "《代表法》第六十二条"),
    "died": ("去世", "《选举法》第五十七条"),
}


def standing_on(seat: Any, day: date) -> str:
    """How a seat stands on `day`, by its dates alone: one of STANDINGS."""
    if seat.noticed_on is not None and day >= seat.noticed_on:
        return "terminated"
    if seat.moved_out_on is not None and day >= seat.moved_out_on:
        return "leaving"
    if seat.ends_on is not None and day > seat.ends_on:
        return "past"
    back = seat.back_on is not None and seat.back_on <= day
    return "suspended" if seat.rests_from is not None and seat.rests_from <= day and not back else "active"


def numeral(n: int) -> str:
    """1…99 in Chinese numerals: 18 is 十八, 20 is 二十."""
    tens, ones = divmod(n, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def day_words(day: date) -> str:
    """2026年8月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def term_words(term: Any) -> str:
    """十八届."""
    return f"{numeral(term.number)}届"


def session_words(session: Any) -> str:
    """十八届一次."""
    return f"{term_words(session.term)}{numeral(session.number)}次"


def year_of_term(term: Any, day: date) -> int:
    """1 for the term's first twelve months; numbering between sessions runs per year of term (settled A41)."""
    anniversary_passed = (day.month, day.day) >= (term.starts_on.month, term.starts_on.day)
    return max(1, day.year - term.starts_on.year + (1 if anniversary_passed else 0))
