"""When a deputy leaves: what lapses with the seat, what goes on and who rates it; what a term leaves behind."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.congress.handover import Line, Part
from portal.congress.models import Seat, Term
from portal.congress.rulepacks import pack_of
from portal.congress.rules import day_words
from portal.core.db import db
from portal.notifications.actions import tell
from portal.suggestions import queries, rules
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.workflow import SUGGESTION

ANSWERED = ("replied", "closed")
OVER = ("closed", "not_admitted")
SHOWN = 200


def lapse(actor: Actor, seat: Seat) -> int:
    """Co-signatures on drafts end with the seat, both ways: who is no deputy proposes nothing. How many ended.

    What was submitted stays as it was signed.
    """
    if not seat.vacated:
        return 0
    drafts = Suggestion.state == "draft", Suggestion.discarded_at.is_(None)
    signed = Signature.state.in_(queries.SIGNED)
    theirs = or_(Signature.seat_id == seat.id, Suggestion.lead_seat_id == seat.id)
    found = select(Signature).join(Suggestion).where(*drafts, signed, theirs).order_by(Signature.id)
    gone = list(db.session.scalars(found))
    for signature in gone:
        _end(actor, signature, seat)
    return len(gone)


def _end(actor: Actor, signature: Signature, seat: Seat) -> None:
    suggestion, name = signature.suggestion, seat.person.name
    said = f"{name}代表资格终止，{'联名随之失效' if signature.seat_id == seat.id else '联名邀请随之失效'}"
    lead = suggestion.lead_seat
    told = lead if signature.seat_id == seat.id else signature.seat
    audit.record(actor, suggestion.audit_subject, "signature.lapse", {"name": signature.seat.person.name}, said)
    if told is not None:
        cause = f"signature:{signature.id}:lapse"
        url = suggestion.address if told is lead else "/suggestions"
        tell([told.person_id], "signature.lapse", f"{suggestion.called}：{said}", url, cause)
    suggestion.signatures.remove(signature)
    db.session.delete(signature)


def sheet(actor: Actor, seat: Seat) -> list[Part]:
    """What of the leaver's suggestions goes on, what is with them for good, and what they only co-signed."""
    own = select(Suggestion).where(Suggestion.lead_seat_id == seat.id, Suggestion.discarded_at.is_(None))
    handed_in = own.where(Suggestion.submitted_at.is_not(None), Suggestion.state.not_in(OVER))
    loaded = handed_in.options(*queries.WITH_PACK, joinedload(Suggestion.signatures).joinedload(Signature.seat))
    going_on = list(db.session.scalars(loaded.order_by(Suggestion.id)).unique())
    returned = [one for one in going_on if one.state == "draft"]
    led = [one for one in going_on if one.state != "draft"]
    unsent = own.where(Suggestion.state == "draft", Suggestion.submitted_at.is_(None))
    drafts = db.session.scalar(select(func.count()).select_from(unsent.subquery())) or 0
    mine = Signature.suggestion_id == Suggestion.id, Signature.seat_id == seat.id, Signature.state == "confirmed"
    joined = list(db.session.scalars(select(Suggestion).join(Signature, mine[0]).where(*mine[1:], _open())))
    return [
        _part("领衔的建议", "照常办理；答复仍送本人，抄送代表工委。", [_led(one) for one in led], wanted=True),
        _part("退回补充的建议", "本人不能再提交，请工委另行处理。", [_line(one) for one in returned], wanted=True),
        _part("联名的建议", "不受影响，照常办理。", [_line(one) for one in joined]),
        Part("没有提交的草稿", "属本人所有，不移交，也不再能提交；内容只有本人看得到。", (), drafts),
    ]


def _open() -> Any:
    return Suggestion.state.not_in(("draft", *OVER))


def _part(title: str, note: str, lines: Sequence[Line], wanted: bool = False) -> Part:
    return Part(title, note, tuple(lines[:SHOWN]), len(lines), wanted)


def _line(suggestion: Suggestion) -> Line:
    return Line(suggestion.called, suggestion.address, SUGGESTION.states[suggestion.state])


def _led(suggestion: Suggestion) -> Line:
    seat = rules.rater_seat(suggestion)
    lead = suggestion.lead_seat
    if seat is None:
        rating = "答复后不再评价"
    elif lead is not None and seat.id == lead.id:
        rating = "由本人评价"
    else:
        rating = f"由{seat.person.name}代表评价"
    return Line(suggestion.called, suggestion.address, f"{SUGGESTION.states[suggestion.state]}，{rating}")


def left_over(actor: Actor, term: Term) -> list[Part]:
    """What stands open from a term: unanswered items, answered ones to follow up, and those not rated yet.

    Due dates and proposers stay as they are (S7); numbers run on in their own series.
    """
    of_term = (
        Suggestion.term_id == term.id,
        queries.visible_to(actor),
        Suggestion.closed_as.is_distinct_from("imported"),
    )
    base = queries.LINES.where(*of_term).order_by(Suggestion.id)
    unanswered = _rows(base.where(_open(), Suggestion.state != "replied"))
    answered = _rows(base.where(Suggestion.state.in_(ANSWERED), Suggestion.grade.is_not(None)))
    follow = [row for row in answered if _followed(row)]
    unrated = [row for row in answered if row.state == "replied"]
    return [
        _part("没有答复的建议", "期限和提出人不变，继续办理。", _told(unanswered, due=True), wanted=True),
        _part(
            "已答复、还要跟踪落实的建议", "请承办单位书面说明进展，或者留在台账继续跟踪。", _told(follow), wanted=True
        ),
        _part("已答复、还没有评价的建议", "由原提出人在评价期限内评价。", _told(unrated)),
    ]


def _rows(statement: Any) -> list[Any]:
    return list(db.session.execute(statement))


def _followed(row: Any) -> bool:
    """Whether the grade, under the item's own rules, asks for a follow-up (列入计划)."""
    if row.pack_version_id is None:
        return False
    return any(one.code == row.grade and one.needs_follow_up for one in pack_of(row.pack_version_id).scheme)


def _told(rows: Iterable[Any], due: bool = False) -> list[Line]:
    lines = []
    for row in rows:
        until = f"，{day_words(row.due)}前答复" if due and row.due else ""
        note = f"{row.lead or ''}提出，{row.units or '还没有交办'}{until}"
        lines.append(Line(f"{row.number_text or ''}《{row.title}》", f"/suggestions/{row.public_id}", note))
    return lines
