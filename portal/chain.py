"""Where matters and suggestions, which do not know each other, are one chain: a voice is written as a suggestion, the
suggestion's answer comes back to the voice, and each page leads to the other."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.workflow import Taken
from portal.matters import actions as matters
from portal.matters import queries as matter_queries
from portal.matters import rules as matter_rules
from portal.matters import seams as matter_seams
from portal.matters.models import Matter
from portal.stations import message_queries
from portal.suggestions import actions as suggestions
from portal.suggestions import seams as suggestion_seams
from portal.suggestions.models import Suggestion
from portal.suggestions.workflow import SUGGESTION

TO_JOIN = ("draft", "submitted", "admitted", "assigned", "rehandling")
ENDINGS = ("all_replied", "not_admit", "withdraw")
CHOSEN_FROM = 20
READERS = (p.CLERK, p.LEADER)


def install() -> None:
    """Join the two ends."""
    matter_seams.SUGGESTIONS.write = write
    matter_seams.SUGGESTIONS.own = own
    matter_seams.SUGGESTIONS.became = became
    matter_seams.ORIGINS["message"] = message_queries.origin
    suggestion_seams.LISTENERS[:] = [answer_comes_back]
    suggestion_seams.VOICES[:] = [voices]


def write(actor: Actor, matter: Matter, wanted: str) -> int:
    """A draft with the voice in it, or the deputy's own suggestion `wanted`; its number. Raises Invalid."""
    if not wanted:
        draft = suggestions.begin(actor)
        words = {"title": matter.title, "situation": matter.text, "cause": "", "request": ""}
        suggestions.save_draft(actor, draft, words, None)
        draft.from_voices = True
        return draft.id
    found = db.session.scalars(_own(actor).where(Suggestion.public_id == wanted)).one_or_none()
    if found is None:
        raise Invalid(fields={"suggestion": "请从列表里选一件您领衔的建议。"})
    found.from_voices = True
    return found.id


def own(actor: Actor, _matter: Matter) -> Sequence[tuple[str, str]]:
    """The deputy's own suggestions that a voice can still join."""
    rows = db.session.scalars(_own(actor).order_by(Suggestion.id.desc()).limit(CHOSEN_FROM))
    return [(one.public_id, f"并入我的{one.called}") for one in rows if one.title]


def _own(actor: Actor) -> Any:
    mine = Suggestion.lead_seat_id == actor.capacity_id, Suggestion.discarded_at.is_(None)
    return select(Suggestion).where(*mine, Suggestion.state.in_(TO_JOIN)).options(_named())


def _named() -> Any:
    names = Suggestion.public_id, Suggestion.title, Suggestion.number_text, Suggestion.state, Suggestion.version
    return load_only(*names, Suggestion.replied_on, Suggestion.closed_as, Suggestion.discarded_at)


def became(ids: Collection[int]) -> Mapping[int, matter_seams.Became]:
    """What these suggestions are called and how far they are."""
    rows = db.session.scalars(select(Suggestion).where(Suggestion.id.in_(list(ids))).options(_named()))
    return {one.id: _became(one) for one in rows}


def _became(one: Suggestion) -> matter_seams.Became:
    return matter_seams.Became(
        called=one.number_text or "代表建议（还没有编号）",
        state=SUGGESTION.states[one.state],
        answered_on=one.replied_on,
        over=one.state == "not_admitted" or one.closed_as == "withdrawn",
        gone=one.discarded_at is not None,
        url=one.address,
    )


def answer_comes_back(taken: Taken) -> None:
    """A reply, a refusal to admit or a withdrawal: the voices behind the suggestion are owed a word."""
    if taken.step.name not in ENDINGS:
        return
    suggestion: Suggestion = taken.item
    for matter in matter_queries.of_suggestion(suggestion.id):
        if matter.state == "converted":
            matters.answered_elsewhere(matter, clock.today(), f"{suggestion.number_text or '建议'}：{taken.step.button}")


def voices(actor: Actor, suggestion: Suggestion) -> list[suggestion_seams.Voice]:
    """The voices behind a suggestion; a link for who may open their pages."""
    return [_voice(actor, one) for one in matter_queries.of_suggestion(suggestion.id)]


def _voice(actor: Actor, matter: Matter) -> suggestion_seams.Voice:
    mine = matter.with_seat_id == actor.capacity_id or matter.raised_by_id == actor.capacity_id
    opens = matter_rules.keeps(actor, matter) or actor.role in READERS or (actor.role == p.DEPUTY and mine)
    day = f"{matter.raised_on.month}月{matter.raised_on.day}日"
    detail = f"{day}　{matter_rules.SOURCES[matter.source]}　{matter.keeper.called}"
    return suggestion_seams.Voice(matter.title, detail, matter.address if opens else "")
