"""Who is told about a matter: each audience that a step names, as the ids of persons."""

from collections.abc import Callable, Mapping

from portal.accounts import permissions as p
from portal.accounts.queries import appointed
from portal.matters.models import Matter


def _keepers(matter: Matter) -> list[int]:
    return appointed([p.STATION, p.CLERK], [matter.keeper_id])


def _holder(matter: Matter) -> list[int]:
    if matter.with_seat is not None:
        return [matter.with_seat.person_id] if matter.with_seat.standing != "terminated" else []
    return appointed([p.HANDLER, p.CLERK, p.STATION], [matter.with_body_id or 0])


def _raiser(matter: Matter) -> list[int]:
    """Whoever wrote it down and is not its keeper: they owe their voter a word."""
    return [matter.raised_by.person_id] if matter.raised_by else []


AUDIENCES: Mapping[str, Callable[[Matter], list[int]]] = {
    "keepers": _keepers,
    "holder": _holder,
    "former": _holder,
    "raiser": _raiser,
}
