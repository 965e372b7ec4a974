"""What suggestions tell, and ask of, domains that they may not know; the assembly fills it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.actor import Actor
from portal.core.workflow import Taken


@dataclass(frozen=True)
class Voice:
    """One voice that a suggestion was written from: what it says, where it was heard, its page where this reader may
    open it."""

    words: str
    detail: str
    url: str = ""


LISTENERS: list[Callable[[Taken], None]] = []
"""Called with every step of a suggestion that was taken, in its transaction."""
VOICES: list[Callable[[Actor, Any], Sequence[Voice]]] = []


def heard(taken: Taken) -> None:
    """The witness that passes a step on."""
    if taken.flow.name == "suggestion":
        for listener in LISTENERS:
            listener(taken)


def voices(actor: Actor, suggestion: Any) -> tuple[Voice, ...]:
    """The voices of the public behind a suggestion, as this reader may see them."""
    if not suggestion.from_voices:
        return ()
    return tuple(voice for ask in VOICES for voice in ask(actor, suggestion))
