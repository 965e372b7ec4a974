"""Cells that hold several things: units, people, suggestion numbers; and the session a suggestion was made at."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portal.imports.dates import numeral
from portal.imports.values import Noted, Unreadable, line, name, plain, text
from portal.imports.workbooks import Cell

# Separators, but not inside brackets.
_BETWEEN = re.compile(r"[、，,;；/\n]+(?![^(（]*[)）])")
_AND_OTHERS = re.compile(r"等(?:(\d+|[一二三四五六七八九十]+)(?:人|名|位)?)?(?:代表)?$")
_SESSION = re.compile(r"第?([一二三四五六七八九十\d]+)届(.*?)第?([一二三四五六七八九十\d]+)次(?:会议|全会)?")
_FILLER = re.compile(r"人民代表大会|人大|代表大会|会议|\d{4}年|第")


def units(cell: Cell) -> list[str]:
    """县水利局、县财政局 is two units; a list inside brackets belongs to the name before it."""
    words = text(cell)
    if not words:
        return []
    parts = _split(words)
    # White space parts full names only: 区 教育局 is one.
    spaced = [piece for part in parts for piece in (part.split() if _all_long(part, 3) else ["".join(part.split())])]
    return list(dict.fromkeys(spaced))


def people(cell: Cell) -> list[str]:
    """The names in the cell; 等12人 behind them is left out, a stretched name (李　四) stays one."""
    words = text(cell)
    if not words:
        return []
    pieces = [piece for part in _split(words) for piece in (part.split() if _all_long(part, 2) else [part])]
    found = []
    for piece in pieces:
        bare = _AND_OTHERS.sub("", piece).strip().removesuffix("代表").strip()
        if bare:
            one = name(bare)
            found.append(one.value if isinstance(one, Noted) else one)
    return list(dict.fromkeys(found))


def _split(words: str) -> list[str]:
    return [piece.strip() for piece in _BETWEEN.split(words) if piece.strip()]


def _all_long(part: str, least: int) -> bool:
    pieces = part.split()
    return len(pieces) > 1 and all(len(piece) >= least for piece in pieces)


def number(cell: Cell) -> str | None:
    """A suggestion's number as printed: 第3号, 0080, 闭08号, D-013, 第009号(正文写第2019009号)."""
    if not isinstance(cell, str | int):
        raise Unreadable("{}被表格软件改成了日期或小数，请改成文本重新填写")
    return line(cell)


def numbers(printed: str | None) -> list[str]:
    """The numbers inside a printed one, comparable: 第0080号 and 80 are "80", 闭08号 is "闭8", D-013 is "D13".

    第12、13号 has two. A number without figures (二) is taken as it stands.
    """
    words = plain(printed or "")
    if not words:
        return []
    found = []
    for piece in re.split(r"[、,;/()]+|和|及|与", words):
        for prefix, figures in re.findall(r"([^\d]*?)(\d+)", piece):
            found.append(f"{_series(prefix)}{int(figures)}")
    return list(dict.fromkeys(found)) or [re.sub(r"[第号]", "", words) or words]


def _series(prefix: str) -> str:
    """What tells one series from another in one session: 闭, D, 师人大交办. Words of explanation do not."""
    bare = re.sub(r"正文写|原|现|并入|合并|编号|建议|第|号|[^\w]", "", prefix)
    return bare.upper()


@dataclass(frozen=True)
class SessionRead:
    """县第十八届人大四次会议 is ("县", 18, 4); the congress is what remains without the usual words."""

    congress: str
    term: int
    session: int


@lru_cache(maxsize=1024)
def session(printed: str | None) -> SessionRead | None:
    """Which session the words mean; None when term and session are not both named."""
    words = unicodedata.normalize("NFKC", plain(printed or ""))
    match = _SESSION.search(words)
    if not match:
        return None
    term, of_term = numeral(match[1]), numeral(match[3])
    if term is None or of_term is None:
        return None
    congress = _FILLER.sub("", words[: match.start()] + match[2] + words[match.end() :])
    return SessionRead(congress, term, of_term)
