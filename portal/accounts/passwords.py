"""What a password must be, and how it is kept. Pure: no database, no request.

Length and a list of common ones rule everywhere (NIST SP 800-63B 3.1.1). In production the protection grading
(GB/T 22239-2019 8.1.4.1, 等保三级) also asks for composition and a change every so often, against ASVS 6.2.5 and
6.2.10: a deviation taken on purpose.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 10, 128
COMMON_FILE = Path(__file__).with_name("common_passwords.toml")
EVERYWHERE = ("人大", "人大代表", "代表履职", "renda", "daibiao", "rendadaibiao")
# A word of the reader's own counts only from this length on: 王 in a passphrase gives nothing away.
SHORTEST_WORD = 2
SHORTEST_DIGITS = 4
SHORTEST_BARE = 4
BARE_OF = (r"[\W_]+$", r"[\d\W_]+$")
COMMON = "密码太常见，或含有姓名、单位、手机号，请更换。"
TOO_SHORT = f"密码太短，请至少用{LEAST}个字符。"
TOO_LONG = f"密码太长，请不要超过{MOST}个字符。"

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked against when the account is unknown, so that an unknown name takes as long as a wrong password.
NOBODYS_HASH = HASHER.hash("nobody has this password")


@dataclass(frozen=True)
class PasswordRules:
    """`classes` of small letters, capitals, digits and signs that must occur; `lasts` until a change is due."""

    classes: int = 1
    lasts: timedelta | None = None

    def due(self, must_change: bool, demo: bool, changed_at: datetime | None, now: datetime) -> bool:
        """Whether a new password must be chosen before anything else; never for demonstration accounts."""
        if demo:
            return False
        return must_change or changed_at is None or (self.lasts is not None and changed_at + self.lasts <= now)


PLAIN = PasswordRules()
GRADED = PasswordRules(classes=3, lasts=timedelta(days=90))


def rules_for(production: bool) -> PasswordRules:
    """The rules of the profile: the graded ones in production."""
    return GRADED if production else PLAIN


def fault(password: str, words: Iterable[str] = (), rules: PasswordRules = PLAIN) -> str | None:
    """The sentence that refuses this password, or None. `words`: name, units, telephone, term, user name."""
    if len(password) > MOST:
        return TOO_LONG
    if len(password) < LEAST:
        return TOO_SHORT
    if is_common(password) or contains_any(password, (*EVERYWHERE, *words)):
        return COMMON
    if classes_in(password) < rules.classes:
        return f"密码要包含大写字母、小写字母、数字、符号中的至少{rules.classes}种。"
    return None


def is_common(password: str) -> bool:
    """Whether the password, or what is left without the signs and digits at its end, is on the list."""
    text = _plain(password)
    bare = [part for part in (re.sub(tail, "", text) for tail in BARE_OF) if len(part) >= SHORTEST_BARE]
    return text in common() or any(part in common() for part in bare) or _is_monotonous(text)


def _is_monotonous(text: str) -> bool:
    """One short piece repeated, or a run of neighbouring digits such as 7890123456."""
    if any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5)):
        return True
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)} if text.isdigit() else set()
    return steps in ({1}, {9})


def contains_any(password: str, words: Iterable[str]) -> bool:
    """Whether one of `words` occurs in the password, whatever the width and case of its letters."""
    text = _plain(password)
    return any(_counts(word) and _plain(word) in text for word in words)


def _counts(word: str) -> bool:
    return len(word) >= (SHORTEST_DIGITS if word.isdigit() else SHORTEST_WORD)


def classes_in(password: str) -> int:
    """How many of the four kinds occur: small letters, capitals, digits, anything else."""
    return len({_kind(sign) for sign in password})


def _kind(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    return "small" if sign.islower() else "capital" if sign.isupper() else "other"


def hashed(password: str) -> str:
    """The Argon2id hash to keep (19 MiB, two passes, one lane)."""
    return HASHER.hash(unicodedata.normalize("NFC", password))


def verify(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; takes its time also when nothing was."""
    if len(password) > MOST:
        return False
    try:
        right = HASHER.verify(kept or NOBODYS_HASH, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings and should be made again."""
    return HASHER.check_needs_rehash(kept)


@cache
def common() -> frozenset[str]:
    """Every common password, in small letters: words, words with tails at either end, and whole ones."""
    table = tomllib.loads(COMMON_FILE.read_text(encoding="utf-8"))
    words, tails = table["words"], table["tails"]
    joined = {made for word in words for tail in tails for made in (word + tail, tail + word)}
    return frozenset({*words, *joined, *table["whole"]})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
