"""What stands in the yearly sheet (履职登记表)."""

from portal.congress.rules import day_words
from portal.core import clock
from portal.dossier.queries import Dossier
from portal.dossier.rules import KINDS, UNITS
from portal.dossier.schemes import shown
from portal.letters import kinds
from portal.letters.kinds import Kind, Values


def yearly(about: Dossier) -> tuple[Kind, Values]:
    """The kind and its values; dropped entries do not stand on paper."""
    seat, counts, scheme = about.seat, about.counts, about.scheme
    points = (
        f"{shown(about.points)}分（{scheme.name}{'，' + about.band if about.band else ''}）" if scheme.counts else ""
    )
    return kinds.DOSSIER, {
        "heading": f"{about.year}年代表履职登记表",
        "name": seat.person.name,
        "delegation": seat.delegation.name if seat.delegation else "",
        "constituency": seat.constituency or "",
        "card_number": seat.card_number or "",
        "points": points,
        "totals": [
            {
                "kind": KINDS[kind],
                "number": f"{number}{UNITS.get(kind, '次')}",
                "points": f"{shown(scheme.worth(kind, number))}分" if scheme.counts else "—",
            }
            for kind, number in counts.items()
        ],
        "entries": [
            {
                "day": f"{one.day.month}月{one.day.day}日",
                "kind": KINDS[one.kind],
                "title": one.title,
                "more": "，".join(part for part in (one.more, "补记" if one.added else "") if part),
            }
            for one in reversed(about.entries)
            if not one.dropped
        ],
        "on": day_words(clock.today()),
    }
