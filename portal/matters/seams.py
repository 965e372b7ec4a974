"""What matters ask of domains that they may not know; the assembly fills it in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.actor import Actor


@dataclass(frozen=True)
class Link:
    """Another end of the chain: its words, and its address where this reader may open it."""

    words: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Became:
    """The suggestion that a matter was written into. `answered_on` is the day of the last reply, `over` says that it
    ended without one, `gone` that its draft was given up."""

    called: str
    state: str
    answer: str = ""
    answered_on: date | None = None
    over: bool = False
    gone: bool = False
    url: str = ""


def _nothing(_ids: Collection[int]) -> Mapping[int, Became]:
    return {}


def _none_yet(_actor: Any, _item: Any) -> Sequence[tuple[str, str]]:
    return ()


def _cannot(_actor: Any, _matter: Any, _wanted: str) -> int:
    raise LookupError("no domain of suggestions is joined")


@dataclass
class Suggestions:
    """How a matter becomes a suggestion: `write(actor, matter, wanted)` writes a draft, or joins the deputy's own one
    with the public id `wanted`, and gives its number; `own(actor, matter)` are those to choose from."""

    write: Callable[[Actor, Any, str], int] = field(default=_cannot)
    own: Callable[[Any, Any], Sequence[tuple[str, str]]] = field(default=_none_yet)
    became: Callable[[Collection[int]], Mapping[int, Became]] = field(default=_nothing)


SUGGESTIONS = Suggestions()
ORIGINS: dict[str, Callable[[Actor, int], Link | None]] = {}
"""By source: the message or record behind a matter, as this reader may see it."""


def became(matter: Any) -> Became | None:
    """What the matter was written into; None when it never was."""
    if matter.suggestion_id is None:
        return None
    return SUGGESTIONS.became([matter.suggestion_id]).get(matter.suggestion_id)


def origin(actor: Actor, matter: Any) -> Link | None:
    """Where the voice was heard, if its domain has more to show."""
    resolve = ORIGINS.get(matter.source)
    return resolve(actor, matter.origin_id) if resolve and matter.origin_id else None
