"""Calendar files (iCalendar, RFC 5545) for what happens at a time and a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FOLD = 75


@dataclass(frozen=True)
class Event:
    """One entry; `uid` is its name for ever, `url` where it is read, `cancelled` takes it back."""

    uid: str
    starts: datetime
    ends: datetime
    title: str
    place: str = ""
    text: str = ""
    url: str = ""
    cancelled: bool = False


def calendar(events: Iterable[Event], made: datetime) -> bytes:
    """A whole calendar file; `made` is when. Times are written in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//portal//zh-CN", "METHOD:PUBLISH"]
    for one in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.uid}",
            f"DTSTAMP:{_utc(made)}",
            f"DTSTART:{_utc(one.starts)}",
            f"DTEND:{_utc(one.ends)}",
            f"SUMMARY:{_escaped(one.title)}",
        ]
        more = (("LOCATION", _escaped(one.place)), ("DESCRIPTION", _escaped(one.text)), ("URL", one.url))
        lines += [f"{name}:{value}" for name, value in more if value]
        lines += ["STATUS:CANCELLED"] if one.cancelled else []
        lines.append("END:VEVENT")
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """At most 75 bytes a line, the rest on lines that begin with a blank; no character is cut."""
    rows, row = [], b""
    for sign in line:
        raw = sign.encode()
        if len(row) + len(raw) > FOLD:
            rows.append(row)
            row = b" "
        row += raw
    return b"\r\n".join([*rows, row]) + b"\r\n"
