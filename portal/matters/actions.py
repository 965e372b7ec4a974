"""What is done with a matter: raising, triage, answering, passing on, writing as a suggestion, telling back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Body
from portal.audit import actions as audit
from portal.congress import deadlines
from portal.congress.deadlines import day_words
from portal.congress.models import Congress, Seat
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.backdating import happened
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.workflow import Taken
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.documents.models import Document
from portal.matters import receivers, rules, seams
from portal.matters.audiences import AUDIENCES
from portal.matters.fields import NEW_ONE
from portal.matters.models import Matter, MatterEntry, MatterFile
from portal.matters.workflow import MATTER
from portal.notifications.actions import tell_step

SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
# The clock of the stage that a step begins, by rule pack; what is not named here has none.
CLOCKS = {
    **{"raise": "matter_triage", "triage": "matter_forward", "reopen": "matter_forward"},
    **{"forward": "matter_handle", "receive": "", "answer": "matter_feedback", "reply": "matter_feedback"},
    **{"decline": "matter_feedback"},
}
GOES_ON = ""


def raise_matter(
    actor: Actor,
    *,
    source: str,
    title: str,
    text: str,
    congress_id: int,
    keeper_id: int | None = None,
    origin_id: int | None = None,
    happened_on: date | None = None,
    late_reason: str = "",
    documents: Sequence[Document] = (),
    on_spot: str = "",
    outcome: str = "explained",
) -> Matter:
    """A new matter, in the caller's transaction; told to its keeper.

    `source` is one of rules.SOURCES and `origin_id` the row it came from. `keeper_id` is the station on whose desk it
    lies (default: the congress, that is the commission). `on_spot` is the answer given at once, with its `outcome`:
    then it is triaged and answered by `actor`, and only the word back is owed (the caller may take `feed_back` too).
    Raises Invalid for a day to come or a state-secret mark (message 37; nothing is kept).
    """
    if has_secret_mark(f"{title}\n{text}\n{on_spot}"):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    congress = db.session.get_one(Congress, congress_id)
    matter = Matter(
        **{"congress": congress, "source": source, "origin_id": origin_id, "title": title, "text": text},
        keeper=db.session.get_one(Body, keeper_id or congress_id),
        raised_by_id=actor.capacity_id,
        pack_version=congress.pack_version,
        files=[MatterFile(document=document) for document in documents],
    )
    db.session.add(matter)
    take(actor, matter, "raise", {"happened_on": happened_on, "late_reason": late_reason})
    if on_spot:
        take(actor, matter, "triage", {"title": title})
        take(actor, matter, "answer", {"text": on_spot, "outcome": outcome})
    return matter


def enter(actor: Actor, values: Mapping[str, Any]) -> Matter:
    """A voice that staff write down by hand at their station (or at the commission). Raises Invalid, NotAllowed."""
    if actor.congress_id is None or actor.body_id is None:
        raise NotAllowed()
    return raise_matter(
        actor,
        source=values["source"],
        title=values["title"],
        text=values["text"],
        congress_id=actor.congress_id,
        keeper_id=actor.body_id,
        happened_on=values.get("happened_on"),
        late_reason=values.get("late_reason") or "",
        documents=[store(actor, file) for file in values.get("photos") or []],
    )


def _raise(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    matter.raised_on = happened(data)
    db.session.flush()  # the log needs its number
    return {"source_words": rules.SOURCES[matter.source], "happened_on": matter.raised_on}


def _triage(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> None:
    matter.title = data["title"]
    matter.category = data.get("category") or matter.category
    matter.public_title = data.get("public_title") or None


def _answer(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    matter.outcome = data["outcome"]
    return {"outcome_words": rules.OUTCOMES[data["outcome"]], "holder": matter.holder}


def _forward(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    to = receivers.chosen(matter, data["to"])
    if to is None:
        raise Invalid(fields={"to": "请从列表里选转给谁。"})
    is_seat = isinstance(to, Seat)
    if (is_seat and to.id == matter.with_seat_id) or (not is_seat and to.id == matter.with_body_id):
        raise Invalid(fields={"to": f"现在就在{matter.holder}那里，不用再转。"})
    matter.suggestion_id = None
    matter.with_seat, matter.with_body = (to, None) if isinstance(to, Seat) else (None, to)
    return {"to_words": matter.holder}


def _receive(_actor: Any, matter: Matter, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"holder": matter.holder}


def _convert(actor: Actor, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = data["suggestion"]
    matter.suggestion_id = seams.SUGGESTIONS.write(actor, matter, "" if wanted == NEW_ONE else wanted)
    matter.with_seat_id, matter.with_body_id = actor.capacity_id, None
    matter.outcome = None
    return {"to_words": f"{actor.name}代表"}


def _decline(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    matter.outcome = None
    return {"ground_words": rules.GROUNDS[data["ground"]]}


def _feed_back(_actor: Any, matter: Matter, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    answered = matter.last("answer", "reply", "convert", "decline")
    if answered is not None and day < answered.happened_on:
        raise Invalid(fields={"happened_on": "回告日期不能早于答复日期。"})
    matter.public_result = data.get("public_result") or None
    return {"how_words": rules.HOWS[data["how"]], "happened_on": day}


def _reopen(_actor: Any, matter: Matter, _data: Mapping[str, Any]) -> None:
    matter.with_seat = matter.with_body = None
    matter.outcome = matter.public_result = None


def _write_down(taken: Taken) -> None:
    """The witness that keeps the record: what was done, and the clock of the stage it began (期限说明单)."""
    matter, name, data = taken.item, taken.step.name, taken.data
    day = taken.facts.get("happened_on") or data.get("happened_on") or clock.today()
    rule = CLOCKS.get(name)
    found = deadlines.deadline(matter.pack, rule, day, calendar()) if rule else None
    if rule != GOES_ON:
        matter.due, matter.due_provisional = (found.due, found.provisional) if found else (None, False)
    entry = MatterEntry(
        step=name,
        text=data.get("text") or data.get("reason") or "",
        how=data.get("how") or data.get("ground"),
        outcome=data.get("outcome"),
        happened_on=day,
        late_reason=data.get("late_reason"),
        to_words=taken.facts.get("to_words"),
        clock=found.record() if found else None,
        by_id=taken.actor.capacity_id,
    )
    matter.entries.append(entry)
    db.session.flush()


def _nothing_secret(data: Mapping[str, Any]) -> None:
    if has_secret_mark("\n".join(one for one in data.values() if isinstance(one, str))):
        raise Invalid(SECRET_FOUND, code="secret_mark")


_take = MATTER.taker(
    {
        **{"raise": _raise, "triage": _triage, "answer": _answer, "forward": _forward, "receive": _receive},
        **{"reply": _answer, "convert": _convert, "decline": _decline, "feed_back": _feed_back, "reopen": _reopen},
    },
    (audit.record_step, _write_down, tell_step(AUDIENCES)),
)


def take(
    actor: Actor, matter: Matter, name: str, data: Mapping[str, Any] | None = None, expected_version: int | None = None
) -> Taken:
    """Take a step of the matter's life. Raises NotAllowed, OutOfTurn, Conflict, Stale or Invalid."""
    _nothing_secret(data or {})
    return _take(actor, matter, name, data, expected_version)


def answered_elsewhere(matter: Matter, answered_on: date, said: str) -> None:
    """The suggestion it became was answered: from now on the word back is owed, and its keeper knows."""
    found = deadlines.deadline(matter.pack, "matter_feedback", answered_on, calendar())
    found = replace(found, note=f"{day_words(answered_on)}建议得到答复")
    matter.due, matter.due_provisional = found.due, found.provisional
    matter.entries.append(
        MatterEntry(step="suggestion_answered", text=said, happened_on=answered_on, clock=found.record())
    )
    audit.record(SYSTEM, matter.audit_subject, "matter.suggestion_answered", {"said": said}, "写成的建议得到答复")
