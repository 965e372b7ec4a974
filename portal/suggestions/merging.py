"""并案 and 拆分. A merger is a relation: each item keeps its number, signers, letter and rating (settled A31)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import actions as audit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.notifications.actions import Outside, tell
from portal.suggestions import rules
from portal.suggestions.actions import WITNESSES, number_it, take_signature
from portal.suggestions.assigning import assign, begin_part, deadline_of, end_part, live_tasks
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.fact_models import Division, Merger, Unmerger
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.meanwhile import telling
from portal.suggestions.models import Attachment, Signature, Suggestion
from portal.suggestions.workflow import SUGGESTION

NOT_YET_ASSIGNED = "那一件还没有交办，这一件已经交办了；请把已交办的一件作为主件。"
NO_SUCH_ITEM = "没有找到这个编号的建议，或者它不能再并案。请核对编号。"


def _merge(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    main = _main_item(suggestion, data["into"])
    if suggestion.state == "assigned" and main.state != "assigned":
        raise Invalid(fields={"into": NOT_YET_ASSIGNED})
    if suggestion.merged_items:
        raise Invalid("已经有别的建议并入这一件，请先取消那些并案，或者把这一件作为主件。")
    suggestion.merged_into_id = main.id
    moved, began = _move_to_units_of(suggestion, main)
    for item, other, how in ((suggestion, main, "into"), (main, suggestion, "main")):
        record: dict[str, Any] = {"other": other.public_id, "number": other.number_text, "how": how}
        if how == "into":
            record |= {"left": moved, "began": began}
        db.session.add(
            Merger(
                suggestion=item, record=record, text=data["reason"], happened_on=clock.today(), by_id=actor.capacity_id
            )
        )
    db.session.flush()
    if main.state == "assigned" and suggestion.state == "admitted":
        go_along(suggestion, clock.today())
    _tell_main(actor, main, "merge", f"{suggestion.number_text}并入这一件一并办理：{data['reason']}")
    return {"other": main.number_text, "main": main.public_id}


def _tell_main(actor: Actor, main: Suggestion, step: str, said: str) -> None:
    """The step was taken on the other item; this one's history and people know of it too (domain §2.2: every
    proposer is informed)."""
    code = f"suggestion.{step}"
    place = audit.record(actor, main.audit_subject, code, {}, said)
    told = {*AUDIENCES["deputies"](main), *AUDIENCES["units"](main)} - {actor.person_id}
    outside = Outside(f"{main.reference}有新情况，请登录查看。")
    tell(told, code, f"{main.called}：{said}", main.address, f"suggestion:{main.id}:{step}:{place}", outside=outside)


def _main_item(suggestion: Suggestion, typed: str) -> Suggestion:
    """The item meant by a number, in full or the unmistakable end of it; by its public id for programs."""
    wanted = typed.strip()
    named = Suggestion.number_text.endswith(wanted, autoescape=True) | (Suggestion.public_id == wanted)
    found = db.session.scalars(
        select(Suggestion).where(
            Suggestion.congress_id == suggestion.congress_id,
            Suggestion.id != suggestion.id,
            Suggestion.state.in_(("admitted", "assigned")),
            Suggestion.merged_into_id.is_(None),
            named,
        )
    ).all()
    exact = [one for one in found if one.number_text == wanted] or list(found)
    if len(exact) > 1:
        raise Invalid(fields={"into": f"有{len(exact)}件的编号以“{wanted}”结尾，请写全编号。"})
    if not exact or exact[0].facts_of("reply"):
        raise Invalid(fields={"into": NO_SUCH_ITEM})
    return exact[0]


def _move_to_units_of(suggestion: Suggestion, main: Suggestion) -> tuple[list[str], list[str]]:
    """Where both are assigned to different units, the member goes to the main item's, each with its own old date."""
    own, theirs = live_tasks(suggestion), live_tasks(main)
    if not own or not theirs or {t.unit_id for t in own} == {t.unit_id for t in theirs}:
        return [], []
    answer = next(deadline_of(one) for one in own if one.answers)
    handling, today = own[0].handling, clock.today()
    for task in own:
        end_part(task, "merged")
    db.session.flush()
    began = [
        begin_part(handling, one.unit, one.role, today, due=answer if one.answers else None, order=one.order)
        for one in theirs
    ]
    db.session.flush()
    return [task.public_id for task in own], [task.public_id for task in began]


def waiting_members(main: Suggestion) -> list[Suggestion]:
    """The items merged into this one that are assigned with it, because they were not yet."""
    waiting = Suggestion.merged_into_id == main.id, Suggestion.state == "admitted"
    return list(db.session.scalars(select(Suggestion).where(*waiting)))


def _go_along(_actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    main = db.session.get(Suggestion, suggestion.merged_into_id)
    parts = live_tasks(main) if main else []
    if not parts:
        raise Conflict("主件还没有交办，或者已经没有承办单位。")
    every = [str(point.number) for point in rules.kept_points(suggestion)]
    rows = [{"unit": one.unit.public_id, "role": one.role, "points": every} for one in parts]
    return assign(SYSTEM, suggestion, {**data, "units": rows, "long_reply": parts[0].handling.long_reply})


def _unmerge(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Exact undo: the units it had come back with the dates they had; what the others wrote meanwhile stays."""
    merger = next(one for one in reversed(suggestion.facts_of("merger")) if one.record["how"] == "into")
    left = set(merger.record["left"])
    tasks: list[UnitTask] = suggestion.tasks  # type: ignore[attr-defined]
    for task in live_tasks(suggestion) if left else ():  # also those that took over from the main item's units
        end_part(task, "unmerged")
    db.session.flush()
    for task in tasks:
        if task.public_id in left:
            task.ended_as = None
    part_ways(actor, suggestion, data["reason"])
    return {"other": merger.record["number"]}


def part_ways(actor: Actor, suggestion: Suggestion, reason: str) -> None:
    """End the relation, on record with both items; who handles them is another matter."""
    merger = next(one for one in reversed(suggestion.facts_of("merger")) if one.record["how"] == "into")
    main = db.session.get(Suggestion, suggestion.merged_into_id)
    suggestion.merged_into_id = None
    facts = [(suggestion, merger.id)]
    if main is not None:
        _tell_main(actor, main, "unmerge", f"{suggestion.number_text}不再并入这一件：{reason}")
        twin = [one for one in main.facts_of("merger") if one.record["other"] == suggestion.public_id]
        facts += [(main, twin[-1].id)] if twin else []
    for item, about in facts:
        db.session.add(
            Unmerger(
                suggestion=item,
                about_id=about,
                text=reason,
                happened_on=clock.today(),
                by_id=actor.capacity_id,
            )
        )


def _split(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A second item out of the first, with a number of its own and the same signers; the text they signed stays."""
    numbers = [int(one) for one in data.get("points") or []]
    texts = [point.text for point in suggestion.points if point.number in numbers]
    if numbers and len(numbers) == len(rules.kept_points(suggestion)):
        raise Invalid(fields={"points": "至少要给原来的一件留下一点。"})
    fresh = _copy(suggestion, data, texts)
    _take(SYSTEM, fresh, "divide_off", {"origin": suggestion.number_text})
    for item, other, how in ((suggestion, fresh, "from"), (fresh, suggestion, "off")):
        record = {"other": other.public_id, "number": other.number_text, "how": how, "points": numbers}
        db.session.add(
            Division(
                suggestion=item, record=record, text=data["reason"], happened_on=clock.today(), by_id=actor.capacity_id
            )
        )
    return {"other": fresh.number_text, "part": fresh.public_id}


def _copy(suggestion: Suggestion, data: Mapping[str, Any], texts: list[str]) -> Suggestion:
    kept = ("congress_id", "term_id", "session_id", "proposer_kind", "lead_seat_id", "delegation_id", "publicity_wish")
    same = (*kept, "contact_wish", "pack_version_id", "submitted_at", "checked_at", "checked_by_id", "category")
    fresh = Suggestion(
        **{name: getattr(suggestion, name) for name in same},
        title=data["title"],
        situation=suggestion.situation,
        cause=suggestion.cause,
        request=data["request"],
        requests=texts,
        text_hash=suggestion.text_hash,
        origin_id=suggestion.id,
        assign_due=suggestion.assign_due,
    )
    fresh.session, fresh.term = suggestion.session, suggestion.term
    fresh.congress, fresh.lead_seat = suggestion.congress, suggestion.lead_seat
    fresh.pack_version = suggestion.pack_version
    fresh.attachments = [Attachment(document_id=one.document_id) for one in suggestion.attachments]
    return fresh


def _divide_off(_actor: Actor, fresh: Suggestion, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.add(fresh)
    number_it(fresh)
    fresh.admitted_on = clock.today()
    db.session.flush()
    origin = db.session.get(Suggestion, fresh.origin_id)
    for one in origin.signatures if origin else ():
        if one.state == "confirmed":
            copied = Signature(suggestion=fresh, seat=one.seat)
            db.session.add(copied)
            take_signature(SYSTEM, copied, "sign_along", {"text_hash": one.text_hash})
    return {"number_text": fresh.number_text}


EFFECTS = {"merge": _merge, "unmerge": _unmerge, "split": _split}
_take = telling(SUGGESTION.taker({"divide_off": _divide_off, "go_along": _go_along}, WITNESSES))


def go_along(suggestion: Suggestion, day: date) -> None:
    """Assign a merged item with the units of its main item; its clock starts on `day`."""
    _take(SYSTEM, suggestion, "go_along", {"happened_on": day})
