"""Is there time enough: a light and its words. One way for everything that has a due date (settled A15)."""

from dataclasses import dataclass
from datetime import date

from portal.congress import deadlines
from portal.congress.pack import Ladder


@dataclass(frozen=True)
class Chip:
    """Is there time enough: a light and its words."""

    light: str
    words: str


def due_chip(due: date, provisional: bool, today: date, ladder: Ladder) -> Chip:
    """还有N天, 今天到期, 逾期N天; 暂定 where the calendar is not known yet."""
    left = (due - today).days
    if provisional and left >= 0:
        return Chip("provisional", f"暂定{due.month}月{due.day}日")
    words = f"还有{left}天" if left > 0 else "今天到期" if left == 0 else f"逾期{-left}天"
    words += "（暂定）" if provisional else ""
    return Chip(deadlines.light(due, today, ladder), words)
