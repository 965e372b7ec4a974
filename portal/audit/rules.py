"""What the chain is made of: canonical text, commitments, hashes. Pure functions."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from portal.core.personal import Secret

FIRST = "0" * 64
"""The `previous` of the first entry of a chain and of the first daily head."""


def plain(value: Any) -> Any:
    """`value` as JSON may hold it: dates as ISO text, things by their public id, files by name, secrets masked."""
    if isinstance(value, Secret):
        return value.masked
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return _named(value)


def _named(value: Any) -> str:
    for attribute in ("public_id", "filename", "name"):
        name = getattr(value, attribute, None)
        if isinstance(name, str):
            return name
    return type(value).__name__


def spoken(value: Any) -> str:
    """`value` as a sentence holds it: dates in Chinese, lists joined, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(spoken(each) for each in value)
    for attribute in ("called", "name", "title"):
        text = getattr(value, attribute, None)
        if isinstance(text, str) and not isinstance(value, str):
            return text
    return str(plain(value))


class Spoken(dict[str, str]):
    """The words for a sentence; what an optional field left out is said as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def sentence(pattern: str, *words: Mapping[str, Any]) -> str:
    """`pattern` filled from `words`; later mappings win."""
    known = Spoken()
    for mapping in words:
        known.update({key: spoken(value) for key, value in mapping.items()})
    return pattern.format_map(known)


canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
"""JSON in the one form in which it is stored and hashed."""


def commitment(salt: str, actor_name: str, actor_label: str, said: str, data: str) -> str:
    """The hash that stands in the chain for what was said (`data` as canonical text); the salt keeps a blanked text
    from being guessed. Lengths stand before the parts, so that nothing can be moved from one to the next."""
    parts = (salt, actor_name, actor_label, said, data)
    return hashlib.sha256("".join([f"{len(part)}:{part}" for part in parts]).encode()).hexdigest()


def instant(moment: datetime) -> str:
    """A moment as it is hashed: UTC, microseconds, the same on both engines."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")


def chained(
    subject: str,
    seq: int,
    code: str,
    at: datetime,
    office_at: datetime,
    person_id: int | None,
    capacity_id: int | None,
    payload_hash: str,
    previous: str,
) -> str:
    """The hash of one entry; covers every column and, through `previous`, everything before it in the chain."""
    columns = (
        subject, str(seq), code, instant(at), instant(office_at),
        str(person_id), str(capacity_id), payload_hash, previous,
    )  # fmt: skip
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def head(day: date, until: datetime, entries: int, tips_hash: str, previous: str) -> str:
    """The hash of one daily head."""
    columns = (day.isoformat(), instant(until), str(entries), tips_hash, previous)
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def tips_digest(tips: Mapping[str, str]) -> str:
    """One digest over the tips (subject → hash of its last entry), whatever order they were met in."""
    digest = hashlib.sha256()
    for subject in sorted(tips):
        digest.update(f"{subject} {tips[subject]}\n".encode())
    return digest.hexdigest()
