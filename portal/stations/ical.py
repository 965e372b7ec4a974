"""Receptions as a calendar file (RFC 5545) that telephones and mail programs subscribe to."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from portal.core.clock import OFFICE_ZONE
from portal.stations.models import Reception, Station
from portal.stations.rules import HALVES

LINE_OCTETS = 75
STAMP = "%Y%m%dT%H%M%SZ"


def calendar_text(title: str, receptions: Iterable[tuple[Reception, Station, str]], host: str, now: datetime) -> str:
    """The calendar called `title`; each reception with its station and who sits there. `now` is the machine's time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portal//Stations//ZH", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(title)}"]
    for reception, station, who in receptions:
        lines += [*_event(reception, station, who, host, now)]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(reception: Reception, station: Station, who: str, host: str, now: datetime) -> list[str]:
    words = f"代表接待：{station.called}" + (f"（{who}）" if who else "")
    return [
        "BEGIN:VEVENT",
        f"UID:{reception.public_id}@{host}",
        f"DTSTAMP:{now.astimezone(UTC):{STAMP}}",
        *_when(reception),
        f"SUMMARY:{_escaped(words)}",
        *([f"LOCATION:{_escaped(station.address)}"] if station.address else []),
        *([f"DESCRIPTION:{_escaped(HALVES[reception.half])}"] if reception.half and not reception.opens_at else []),
        f"STATUS:{'CANCELLED' if reception.called_off_at else 'TENTATIVE' if reception.provisional else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _when(reception: Reception) -> list[str]:
    """The hours in universal time; a whole day where they are not known."""
    if reception.opens_at and reception.closes_at:
        return [f"{name}:{_moment(reception.day, at)}" for name, at in (
            ("DTSTART", reception.opens_at), ("DTEND", reception.closes_at),
        )]  # fmt: skip
    following = reception.day + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{reception.day:%Y%m%d}", f"DTEND;VALUE=DATE:{following:%Y%m%d}"]


def _moment(day: date, at: time) -> str:
    return f"{datetime.combine(day, at, OFFICE_ZONE).astimezone(UTC):{STAMP}}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets, broken between characters, the rest behind a blank."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > LINE_OCTETS:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
