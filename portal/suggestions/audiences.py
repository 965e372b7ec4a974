"""Who is told: each audience that a step names, as the ids of persons."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.queries import appointed
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.rules import rater_seat


def _suggestion(item: Any) -> Suggestion:
    return item if isinstance(item, Suggestion) else item.suggestion


def _lead(item: Any) -> list[int]:
    """The lead and who stands in for them; nobody whose seat was announced as ended, who reads no more."""
    suggestion = _suggestion(item)
    return _readers([suggestion.lead_seat, rater_seat(suggestion)])


def _readers(seats: Iterable[Any]) -> list[int]:
    return [seat.person_id for seat in seats if seat and seat.standing != "terminated"]


def _deputies(item: Any) -> list[int]:
    signed = [one.seat for one in _suggestion(item).signatures if one.state == "confirmed"]
    return [*_lead(item), *_readers(signed)]


def _clerks(item: Any) -> list[int]:
    return appointed([p.CLERK], [_suggestion(item).congress_id])


def _delegation(item: Any) -> list[int]:
    suggestion = _suggestion(item)
    in_session = suggestion.session_id is not None and suggestion.delegation_id is not None
    return appointed([p.DELEGATION], [suggestion.delegation_id or 0]) if in_session else []


def _tasks(item: Any) -> list[UnitTask]:
    """The parts that units have, or had until the item was withdrawn."""
    return [task for task in _suggestion(item).tasks if task.ended_as in (None, "withdrawn")]


def _units(item: Any) -> list[int]:
    return appointed([p.HANDLER, p.SIGNER], [task.unit_id for task in _tasks(item)])


def _unit(task: UnitTask) -> list[int]:
    return appointed([p.HANDLER], [task.unit_id])


def _signers(task: UnitTask) -> list[int]:
    return appointed([p.SIGNER], [task.unit_id])


def _former(task: UnitTask) -> list[int]:
    """Who gives a part away is told whether it was taken from them."""
    return appointed([p.HANDLER, p.SIGNER], [task.unit_id])


def _lead_unit(task: UnitTask) -> list[int]:
    return appointed([p.HANDLER], [one.unit_id for one in _tasks(task) if one.answers])


def _gov_office(item: Any) -> list[int]:
    government = any(getattr(task.unit, "organ", "") == "government" for task in _tasks(item))
    return appointed([p.GOV_OFFICE], [_suggestion(item).congress_id]) if government else []


def _cosigner(signature: Signature) -> list[int]:
    return [signature.seat.person_id]


AUDIENCES: Mapping[str, Callable[[Any], list[int]]] = {
    "lead": _lead,
    "deputies": _deputies,
    "cosigner": _cosigner,
    "clerks": _clerks,
    "delegation": _delegation,
    "units": _units,
    "unit": _unit,
    "signers": _signers,
    "former": _former,
    "lead_unit": _lead_unit,
    "gov_office": _gov_office,
}
