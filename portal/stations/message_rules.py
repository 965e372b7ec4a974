"""Pure rules of the messages: what is not taken, what looks like a machine, the tracking code, the plain question."""

import re
import unicodedata
from typing import Any

from portal.accounts import permissions as p
from portal.core import personal

NOT_TAKEN = (
    ("正在打官司、申请复议或仲裁的事", "请找法院或仲裁委，法律咨询可打12348"),
    ("个人的信访、申诉、控告、检举", "请到区信访局，或打12345"),
    ("急事：报警、火灾、急救、停水停电抢修", "请直接打110、119、120或12345"),
    ("涉及国家秘密的内容", "不能在网上说，请当面找有关单位"),
)
DOUBTS = {
    "trap": "填了看不见的格子",
    "fast": "打开不到几秒就发出",
    "links": "带有网址",
    "often": "同一来源短时间内发了多条",
}
RATINGS = {"solved": "解决了", "unsolved": "没有解决"}
CODE_DIGITS = 25  # 83 bits
GROUP = 5
QUICKEST = 3  # seconds that nobody needs less than to read the page and write a sentence
MOST_LINKS = 3
LONGEST_TEXT, LEAST_TEXT = 1000, 5
MOST_PHOTOS = 6
NUMERALS = "零一二三四五六七八九"
TEENS = {10 + n: f"十{NUMERALS[n] if n else ''}" for n in range(10)}
PHONE = re.compile(r"1[3-9]\d{9}")
_LINK = re.compile(r"https?://|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|xyz|vip|cc|shop)\b", re.IGNORECASE)


def keeps(actor: Any, message: Any) -> bool:
    """Staff of the station it was left at, or the commission's clerk."""
    if actor.role == p.STATION:
        return bool(actor.body_id == message.station_id)
    return bool(actor.role == p.CLERK and actor.congress_id == message.station.congress_id)


def keeps_or_time(actor: Any, message: Any) -> bool:
    """Staff of the station or the commission; or the portal, for what a machine wrote."""
    return keeps(actor, message) or is_system(actor, message)


def wrote_it(actor: Any, _message: Any) -> bool:
    """Whoever knows the tracking code (asked before)."""
    return bool(actor.role == "anybody")


def is_system(actor: Any, _message: Any) -> bool:
    """The portal itself."""
    return bool(actor.role == "system")


def links_in(text: str) -> int:
    """How many web addresses a text holds."""
    return len(_LINK.findall(unicodedata.normalize("NFKC", text)))


def code_of(nonce: str) -> str:
    """The tracking code of the sheet that bears `nonce`: 25 digits out of a keyed fingerprint, the same each time."""
    return f"{int(personal.blind_index(f'message code:{nonce}') or '0', 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def grouped(code: str) -> str:
    """Five digits at a time, to be written down or read out."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def plain_code(typed: str) -> str:
    """The digits of what somebody typed: spaces, dashes and full-width forms do not matter."""
    return "".join(one for one in unicodedata.normalize("NFKC", typed) if one.isascii() and one.isdigit())


def fingerprint(code: str) -> str:
    """What is stored of a code."""
    return personal.blind_index(f"tracking:{code}") or ""


def question(nonce: str) -> tuple[str, int]:
    """A plain question in Chinese and its answer, always the same for one sheet."""
    drawn = int(personal.blind_index(f"question:{nonce}") or "0", 16)
    one, other = drawn % 8 + 1, drawn // 8 % 8 + 1
    return f"{NUMERALS[one]}加{NUMERALS[other]}等于几？", one + other


def is_answer(typed: str, right: int) -> bool:
    """Whether the answer is right, in digits of any width or in words."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    words = NUMERALS[right] if right < len(NUMERALS) else TEENS[right]
    return plain in (str(right), words)


def tidy_phone(typed: str) -> str | None:
    """The eleven digits of a mobile number; None when it is none (message 7)."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    plain = plain.removeprefix("+86")
    return plain if PHONE.fullmatch(plain) else None
