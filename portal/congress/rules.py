"""Pure rules of the congress: how terms and sessions are called, which year of term a day falls in."""

from datetime import date
from typing import Any

DIGITS = "零一二三四五六七八九"


def numeral(n: int) -> str:
    """1…99 in Chinese numerals: 18 is 十八, 20 is 二十."""
    tens, ones = divmod(n, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


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
