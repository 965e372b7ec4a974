"""What is done with a suggestion before it is assigned: writing, co-signing, submitting, checking, screening."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Body
from portal.audit import actions as audit
from portal.congress import deadlines
from portal.congress.models import NumberSeries, Seat
from portal.congress.queries import session_on
from portal.congress.rulepacks import calendar
from portal.congress.rules import session_words, term_words, year_of_term
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, StaleText
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.notifications.actions import tell_step
from portal.suggestions import rules, seams
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.meanwhile import telling
from portal.suggestions.models import Attachment, Signature, Suggestion
from portal.suggestions.workflow import SIGNATURE

TEXTS = ("title", "situation", "cause", "request")
SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
STALE = "这份草稿刚在别处改过，您的保存没有执行。您填写的内容已保留，请核对后再试。"


def begin(actor: Actor) -> Suggestion:
    """A new empty draft in the deputy's own capacity."""
    seat = db.session.get(Seat, actor.capacity_id)
    if seat is None or not actor.seat_active:
        raise NotAllowed()
    suggestion = Suggestion(
        congress_id=seat.body_id,
        term_id=seat.term_id,
        lead_seat_id=seat.id,
        delegation_id=seat.delegation_id,
        link_token=secrets.token_urlsafe(12),
    )
    db.session.add(suggestion)
    db.session.flush()
    audit.record(actor, suggestion.audit_subject, "suggestion.begin", {}, "开始写建议")
    return suggestion


def draft_for(actor: Actor, form_key: str) -> Suggestion:
    """The draft that this empty sheet already became, or a new one: a sheet saved twice is one draft."""
    key = hashlib.sha256(f"{actor.capacity_id}:{form_key}".encode()).hexdigest()
    earlier = db.session.scalar(select(Suggestion).where(Suggestion.draft_key == key))
    if earlier is not None:
        return earlier
    suggestion = begin(actor)
    suggestion.draft_key = key if form_key else None
    return suggestion


def save_draft(actor: Actor, suggestion: Suggestion, values: Mapping[str, Any], expected_version: int | None) -> None:
    """Store the text as it stands; confirmed and invited signatures lapse when the text changed.

    Raises NotAllowed, Conflict for a stale page, Invalid with message 37 for a state-secret mark (nothing is kept).
    """
    if not rules.is_lead(actor, suggestion) or suggestion.state != "draft":
        raise NotAllowed()
    db.session.execute(select(Suggestion.id).where(Suggestion.id == suggestion.id).with_for_update())
    db.session.refresh(suggestion)  # PostgreSQL: the second of two editors has waited until now
    if expected_version is not None and expected_version != suggestion.version:
        raise StaleText(STALE)
    points = [row["text"] for row in values.get("points") or [] if row.get("text")]
    if has_secret_mark("\n".join([*(values.get(name) or "" for name in TEXTS), *points])):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    for name in TEXTS:
        setattr(suggestion, name, values.get(name) or "")
    suggestion.contact_wish = values.get("contact_wish") or suggestion.contact_wish
    suggestion.publicity_wish = values.get("publicity_wish") or suggestion.publicity_wish
    suggestion.preferred_unit_id = _unit_id(values.get("preferred_unit"))
    suggestion.requests = points
    _bind(suggestion)
    for file in values.get("photos") or []:
        document = store(actor, file)
        suggestion.attachments.append(Attachment(document=document))
        said = f"附上文件{document.name}"
        audit.record(actor, suggestion.audit_subject, "suggestion.attach", {"name": document.name}, said)
    db.session.flush()


def drop_attachment(actor: Actor, suggestion: Suggestion, document_id: int) -> None:
    """Take a file off a draft; the file itself is swept later when nothing points to it."""
    attachment = next((one for one in suggestion.attachments if one.document_id == document_id), None)
    if not rules.is_lead(actor, suggestion) or suggestion.state != "draft" or attachment is None:
        raise NotAllowed()
    name = attachment.document.name
    audit.record(actor, suggestion.audit_subject, "suggestion.detach", {"name": name}, f"拿掉文件{name}")
    suggestion.attachments.remove(attachment)
    db.session.delete(attachment)


def discard(actor: Actor, suggestion: Suggestion) -> None:
    """Take a draft that was never submitted off the lead deputy's desk; its history stays."""
    if not rules.is_lead(actor, suggestion) or suggestion.state != "draft" or suggestion.submitted_at:
        raise NotAllowed()
    audit.record(actor, suggestion.audit_subject, "suggestion.discard", {"title": suggestion.title}, "放弃了草稿")
    suggestion.discarded_at = clock.now()


def invite(actor: Actor, suggestion: Suggestion, seats: Sequence[Seat]) -> None:
    """Ask deputies to co-sign; asking again revives a lapsed or declined signature (messages 10 and 11)."""
    if not rules.is_lead(actor, suggestion) or suggestion.state != "draft":
        raise NotAllowed()
    if not suggestion.title or not suggestion.request:
        raise Invalid("请先写好标题和建议，再邀请联名。")
    known = {one.seat_id: one for one in suggestion.signatures}
    chosen = [seat.id for seat in seats]
    taken = {one.seat_id for one in suggestion.signatures if one.state in ("invited", "confirmed")}
    if len(set(chosen)) != len(chosen) or suggestion.lead_seat_id in chosen or taken & set(chosen):
        raise Invalid(fields={"deputies": "联名代表不能重复，也不能填写您本人。"})
    for seat in seats:
        signature = known.get(seat.id) or Signature(suggestion=suggestion, seat=seat)
        _ask(actor, signature)


def join_by_link(actor: Actor, suggestion: Suggestion) -> Signature:
    """The signature of the deputy who opened the lead's link, made when it is the first visit."""
    seat = db.session.get(Seat, actor.capacity_id)
    if seat is None or suggestion.state != "draft" or seat.body_id != suggestion.congress_id:
        raise NotAllowed()
    if seat.id == suggestion.lead_seat_id:
        raise Invalid("联名代表不能重复，也不能填写您本人。")
    for one in suggestion.signatures:
        if one.seat_id == seat.id and one.state != "void":
            return one
    known = {one.seat_id: one for one in suggestion.signatures}
    signature = known.get(seat.id) or Signature(suggestion=suggestion, seat=seat)
    signature.by_link = True
    _ask(actor, signature)
    return signature


def _ask(actor: Actor, signature: Signature) -> None:
    if signature.state is None:
        db.session.add(signature)
    take_signature(actor, signature, "invite", {})


def remove_signature(actor: Actor, signature: Signature) -> None:
    """Take an invitation or signature off a draft, before submission (domain §2.3 row 1)."""
    suggestion = signature.suggestion
    if not rules.is_lead(actor, suggestion) or suggestion.state != "draft":
        raise NotAllowed()
    name = signature.seat.person.name
    audit.record(actor, suggestion.audit_subject, "signature.remove", {"name": name}, f"移除{name}代表的联名")
    suggestion.signatures.remove(signature)
    db.session.delete(signature)


def _bind(suggestion: Suggestion) -> None:
    fingerprint = rules.text_hash([*(getattr(suggestion, name) for name in TEXTS), *suggestion.requests])
    if fingerprint == suggestion.text_hash:
        return
    suggestion.text_hash = fingerprint
    for signature in suggestion.signatures:
        if signature.state in ("invited", "confirmed") and signature.text_hash != fingerprint:
            if signature.state == "invited":
                signature.text_hash = fingerprint
            else:
                take_signature(SYSTEM, signature, "void", {})


def _unit_id(public_id: str | None) -> int | None:
    unit = db.session.query(Body).filter_by(public_id=public_id, kind="unit").one_or_none() if public_id else None
    return unit.id if unit else None


def _invite(_actor: Any, signature: Signature, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    signature.text_hash = signature.suggestion.text_hash
    signature.answered_at = None
    db.session.flush()
    return {"name": signature.seat.person.name}


def _confirm(_actor: Any, signature: Signature, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if data.get("text_hash") != signature.suggestion.text_hash:
        raise Conflict("内容刚刚改过，请重新看一遍，再确认联名。")
    signature.text_hash = signature.suggestion.text_hash
    return _answer(_actor, signature, data)


def _answer(_actor: Any, signature: Signature, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    signature.answered_at = clock.now()
    return {"name": signature.seat.person.name, "text_hash": signature.text_hash}


def _sign_along(_actor: Any, signature: Signature, data: Mapping[str, Any]) -> Mapping[str, Any]:
    signature.text_hash = data["text_hash"]  # who signed the whole has signed its part, bound to what they read
    db.session.flush()
    return _answer(_actor, signature, data)


def reveal_phone(actor: Actor, suggestion: Suggestion) -> str:
    """The lead deputy's telephone number in full; who looked is on record (个人信息保护法 51). Raises NotAllowed."""
    seat = suggestion.lead_seat
    if not rules.may_call(actor, suggestion) or seat is None:
        raise NotAllowed()
    said = f"查看了{seat.person.name}代表的电话"
    audit.record(actor, suggestion.audit_subject, "suggestion.reveal_phone", {}, said)
    return seat.person.phone.full if seat.person.phone else ""  # type: ignore[attr-defined]


def check_complete(suggestion: Suggestion) -> None:
    """Raise Invalid with a sentence per field when the text is not ready to be submitted (messages 1 and 3)."""
    pack, wrong = suggestion.pack, {}
    if not suggestion.title:
        wrong["title"] = "请填写标题。"
    least = pack.limit("body_least")
    written = sum(ch.isalnum() for name in TEXTS[1:] for ch in getattr(suggestion, name))
    if written < least:
        wrong["situation"] = f"正文太短，请写明情况、原因和具体建议（不少于{least}字）。"
    elif not suggestion.request:
        wrong["request"] = "请写明您的具体建议。"
    total = sum(len(getattr(suggestion, name)) for name in TEXTS[1:])
    if total > pack.limit("body_most"):
        wrong["situation"] = f"正文不能超过{pack.limit('body_most')}字，现在有{total}字；较长材料请作为附件上传。"
    if wrong:
        raise Invalid(fields=wrong)


def _submit(_actor: Any, suggestion: Suggestion, _data: Mapping[str, Any]) -> None:
    suggestion.pack_version = suggestion.pack_version or suggestion.congress.pack_version
    check_complete(suggestion)
    session = session_on(suggestion.congress_id, clock.today())
    suggestion.session = session
    suggestion.submitted_at = clock.now()
    suggestion.checked_at = None
    pack, start = suggestion.pack, session.closes_on if session else clock.today()
    rule = "assign_session" if session else "assign"
    suggestion.assign_due = deadlines.deadline(pack, rule, start, calendar()).due


def _check(actor: Any, suggestion: Suggestion, _data: Mapping[str, Any]) -> None:
    suggestion.checked_at = clock.now()
    suggestion.checked_by_id = actor.capacity_id


def _not_admit(_actor: Any, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    suggestion.disposition = data["disposition"]
    suggestion.disposition_reason = data["explanation"]
    suggestion.closed_on = clock.today()
    return {"disposition_words": suggestion.pack.disposition(data["disposition"]).word}


def _admit(_actor: Any, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    number_it(suggestion)  # first: what it asks the database must not write half an act
    suggestion.category = data["category"]
    suggestion.admitted_on = clock.today()
    return {"number_text": suggestion.number_text}


def number_it(suggestion: Suggestion) -> None:
    """Give the next number of the item's series; never reused, no gap (settled A41)."""
    pack = suggestion.pack
    if suggestion.session is not None:
        key, kind = f"session:{suggestion.session_id}", "session"
        words = {"session": session_words(suggestion.session)}
    else:
        term = suggestion.term or suggestion.lead_seat.term  # type: ignore[union-attr]
        year = year_of_term(term, clock.today())
        key, kind = f"inter:{term.id}:{year}", "inter_session"
        words = {"term": term_words(term), "year": str(term.starts_on.year + year - 1)}
    suggestion.series, suggestion.number = key, next_number(key)
    suggestion.number_text = pack.number(kind, suggestion.number, **words)


def next_number(key: str) -> int:
    """The next number of a series, right on both engines: the row is there first, then counted up by one UPDATE that
    others wait for, so that two clerks who admit at once both get theirs."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(NumberSeries).values(key=key, next=1)
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["key"]))
    counted = update(NumberSeries).where(NumberSeries.key == key).values(next=NumberSeries.next + 1)
    return db.session.execute(counted.returning(NumberSeries.next)).scalars().all()[0] - 1


WITNESSES = (audit.record_step, tell_step(AUDIENCES), seams.heard)

take_signature = telling(
    SIGNATURE.taker(
        {
            **{"invite": _invite, "confirm": _confirm, "decline": _answer},
            **{"void": _answer, "sign_along": _sign_along},
        },
        WITNESSES,
    )
)
EFFECTS = {"submit": _submit, "check": _check, "not_admit": _not_admit, "admit": _admit}
