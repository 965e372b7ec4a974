"""What one cell of an office's table means: converters from the cell as found to the value we keep.

A converter takes the cell and returns the value, or None for an empty cell: what the source did not say stays unknown.
It raises Unreadable with a sentence in which `{}` stands for the column's label, or Ambiguous when the cell has two
readings; it returns Noted when the value stands but the reader should hear how it was understood.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.imports.workbooks import Cell

Convert = Callable[[Cell], Any]

# XML 1.0 and the security bar (message 5): C0, C1 and the characters that turn the direction of a line.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WIDTHLESS = re.compile("[\u200b\u200c\u2060\ufeff]")
_DOTS = str.maketrans(dict.fromkeys("・•‧∙･", "·"))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_YES = frozenset({"是", "有", "对", "√", "✓", "y", "yes", "true", "1", "公开", "同意"})
_NO = frozenset({"否", "无", "不", "没有", "×", "✗", "x", "n", "no", "false", "0", "不公开", "不同意"})
_GRADE = re.compile(r"^([A-E]|[甲乙丙丁])(?:类|级|等)?(?:[(:,、\s].*)?$", re.DOTALL)
_GRADE_WORDS = frozenset(
    "已解决 已经解决 基本解决 部分解决 正在解决 逐步解决 计划解决 列入计划 已列入计划 拟解决 暂难解决 暂时难以解决 "
    "不能解决 无法解决 留作参考 供参考 已采纳 已采纳解决 未采纳".split()
)
_RATINGS = frozenset({"满意", "基本满意", "不满意"})


class Unreadable(ValueError):
    """The cell cannot be kept as this value; the sentence holds `{}` where the column's label belongs."""

    def about(self, label: str) -> str:
        """The sentence, said of the column called `label`."""
        return str(self).format(label)


class Ambiguous(Unreadable):
    """The cell has more than one reading, so that keeping it would mean guessing."""


@dataclass(frozen=True)
class Noted:
    """A value that stands, with what the office should know about how it was read."""

    value: Any
    sentence: str


def text(cell: Cell) -> str | None:
    """The cell as words, trimmed (U+3000 too); inner line breaks stay."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    words = _WIDTHLESS.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _UNSEEN.search(words):
        raise Unreadable("{}中含有看不见的特殊字符，请删除后再导入")
    return words or None


def line(cell: Cell) -> str | None:
    """One line of words: a break inside a cell is layout, not content."""
    words = text(cell)
    return re.sub(r"[ \t\u3000]*\n\s*", "", words) if words else None


def at_most(longest: int, convert: Convert = line) -> Convert:
    """`convert`, refusing more than `longest` characters."""

    def short(cell: Cell) -> Any:
        value = convert(cell)
        if isinstance(value, str) and len(value) > longest:
            raise Unreadable(f"{{}}不能超过{longest}个字，现在有{len(value)}个字")
        return value

    return short


def plain(cell: Cell) -> str:
    """Half-width, without any white space; for what is compared, never for what is kept."""
    words = text(cell)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)) if words else ""


def lenient(convert: Convert) -> Convert:
    """For archives: what cannot be read is left empty with a notice (its words are kept beside it), unless it has two
    readings."""

    def kept(cell: Cell) -> Any:
        try:
            return convert(cell)
        except Ambiguous:
            raise
        except Unreadable:
            text(cell)
            return Noted(None, "{}没有认出，按原文保存")

    return kept


def name(cell: Cell) -> Any:
    """A person's name: 高　和 is 高和; 欧阳·买买提 keeps its dot; characters outside the basic plane are letters."""
    words = line(cell)
    if not words:
        return None
    parts = words.translate(_DOTS).split()
    # Spaces stretch short names to three characters; between longer parts they belong to the name.
    joined = "".join(parts) if min(map(len, parts)) == 1 else " ".join(parts)
    if "?" in joined or "？" in joined or "\ufffd" in joined:
        raise Unreadable("{}中有没能存下来的字，请补上")
    if len(joined) > 30 or not all(_may_be_in_name(letter) for letter in joined):
        raise Unreadable("{}不正确")
    if any(unicodedata.category(letter) == "Co" for letter in joined):
        return Noted(joined, "{}中有自造字，请核对")
    return joined


def _may_be_in_name(letter: str) -> bool:
    return letter.isalpha() or letter in "·.-' 〇" or unicodedata.category(letter) == "Co"


def sex(cell: Cell) -> str | None:
    """男 or 女, nothing else."""
    words = plain(cell).removesuffix("性")
    if words and words not in ("男", "女"):
        raise Unreadable("{}应写“男”或“女”")
    return words or None


def phone(cell: Cell) -> str | None:
    """A mobile number of eleven digits, however it was typed (YD/T: 1, then 3 to 9)."""
    words = re.sub(r"[-‐–—()]", "", plain(cell))
    words = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", words)
    if words and not re.fullmatch(r"1[3-9]\d{9}", words, re.ASCII):
        raise Unreadable("{}不正确")
    return words or None


def telephone(cell: Cell) -> str | None:
    """An office number: area code, extension and several numbers in one cell are kept as written."""
    words = unicodedata.normalize("NFKC", line(cell) or "").strip()
    if words and (sum(mark.isdigit() for mark in words) < 5 or not re.fullmatch(r"[-0-9 +()转分机、,;/]+", words)):
        raise Unreadable("{}不正确")
    return words or None


def id_number(cell: Cell) -> str | None:
    """A citizen's number of 18 places (GB 11643-1999). As a number it has already lost its last digits."""
    words = plain(cell).upper()
    if not words:
        return None
    if isinstance(cell, int | float) or re.fullmatch(r"\d\.\d+E\+\d+", words):
        raise Unreadable("{}是按数字录入的，后几位已经丢失，请改成文本重新填写")
    if not re.fullmatch(r"\d{17}[\dX]", words, re.ASCII):
        raise Unreadable("{}应为18位，请核对后重新填写")
    if not _is_date(int(words[6:10]), int(words[10:12]), int(words[12:14])):
        raise Unreadable("{}中的出生日期不存在，请核对")
    if _ID_CHECKS[sum(int(d) * w for d, w in zip(words, _ID_WEIGHTS, strict=False)) % 11] != words[17]:
        raise Unreadable("{}校验不通过，请核对后重新填写")
    return words


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def delegation(cell: Cell) -> str | None:
    """清河, 清河团 and 清河代表团 are one delegation; the bare name is kept."""
    words = plain(cell)
    if words.endswith("代表团"):
        words = words.removesuffix("代表团")
    elif words.endswith("团") and not words.endswith("兵团"):
        words = words.removesuffix("团")
    return words or None


def grade(cell: Cell) -> str | None:
    """The mark of a reply: a letter, 甲乙丙丁, or one of the usual words. Never translated into another scheme."""
    words = unicodedata.normalize("NFKC", line(cell) or "").strip().strip("*“”\"'").upper()
    if not words:
        return None
    match = _GRADE.match(words)
    if match:
        return match[1]
    if words in _GRADE_WORDS:
        return words
    raise Unreadable("{}没有认出")


def looks_like_grade(cell: Cell) -> bool:
    """Whether the cell holds a mark; tells 类别 (of the reply) from 类别 (of the subject)."""
    try:
        return grade(cell) is not None
    except Unreadable:
        return False


def rating(cell: Cell) -> str | None:
    """满意, 基本满意 or 不满意."""
    words = plain(cell)
    if words and words not in _RATINGS:
        raise Unreadable("{}没有认出")
    return words or None


def yes(cell: Cell) -> bool | None:
    """是 and 否 in the ways people tick them."""
    words = plain(cell).lower()
    if not words:
        return None
    if words in _YES or words in _NO:
        return words in _YES
    raise Unreadable("{}应写“是”或“否”")


def count(cell: Cell) -> int | None:
    """A number of people or things: 8, 8人, ８."""
    words = plain(cell)
    if not words:
        return None
    match = re.fullmatch(r"(\d{1,6})(?:人|名|件|个|位)?", words, re.ASCII)
    if not match:
        raise Unreadable("{}应写数字")
    return int(match[1])
