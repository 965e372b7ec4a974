"""Who is told about a contact record: each audience that a step names, as the ids of persons."""

from collections.abc import Callable, Mapping

from portal.accounts import permissions as p
from portal.accounts.queries import appointed
from portal.contacts.models import ContactRecord


def _contacted(record: ContactRecord) -> list[int]:
    if record.seat is not None:
        return [record.seat.person_id] if record.seat.standing != "terminated" else []
    return appointed([p.DELEGATION], [record.place_id or 0])


def _writer(record: ContactRecord) -> list[int]:
    return [record.written_by.person_id]


def _clerks(record: ContactRecord) -> list[int]:
    return appointed([p.CLERK], [record.congress_id])


AUDIENCES: Mapping[str, Callable[[ContactRecord], list[int]]] = {
    "contacted": _contacted,
    "writer": _writer,
    "clerks": _clerks,
}
