"""What is done with a contact record: written as a draft, filed, confirmed or disputed by the deputy concerned."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.contacts import queries
from portal.contacts.audiences import AUDIENCES
from portal.contacts.models import Campaign, ContactRecord, Pairing, Problem, RecordAnswer, RecordPhoto, VoterGroup
from portal.contacts.rules import (
    DEPUTY_VOTERS,
    LEADER_PLACE,
    MEMBER_DEPUTY,
    MOST_PERSONS,
    ORGAN_DEPUTY,
    ORGANS,
    is_writer,
    own_words,
)
from portal.contacts.workflow import CONTACT_RECORD
from portal.core import clock
from portal.core.backdating import happened
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, Stale
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.matters.actions import raise_matter
from portal.notifications.actions import tell_step

SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
WRITERS = (p.DEPUTY, p.LEADER, p.SC_MEMBER, p.CLERK, *ORGANS)
SAID = ("topic", "venue", "opinions", "answer")
LONGEST_TITLE = 60


def save(
    actor: Actor, record: ContactRecord | None, values: Mapping[str, Any], seen: int | None = None, key: str = ""
) -> ContactRecord:
    """Write a contact down, or change the draft; nobody else sees it yet. A sheet sent twice is one draft (`key`).

    Raises NotAllowed, Stale, or Invalid with a sentence per field; with a state-secret mark nothing is kept.
    """
    if actor.role not in WRITERS or not actor.seat_active:
        raise NotAllowed()
    if record is not None and (not is_writer(actor, record) or record.state != "draft"):
        raise NotAllowed()
    if record is not None and seen is not None and seen != record.version:
        raise Stale()
    told = [str(row["said"]) for row in values.get("problems") or [] if row.get("said")]
    if has_secret_mark("\n".join([*(values.get(name) or "" for name in SAID), *told])):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    sides, day = _sides(actor, values), happened(values)
    digest = hashlib.sha256(f"{actor.capacity_id}:{key}".encode()).hexdigest() if key and record is None else None
    if digest:
        record = db.session.scalar(select(ContactRecord).where(ContactRecord.form_key == digest))
    record = record or ContactRecord(congress_id=actor.congress_id, written_by_id=actor.capacity_id, form_key=digest)
    for name, value in {**sides, **_facts(actor, values), "happened_on": day}.items():
        setattr(record, name, value)
    record.pairing_id = _pairing_of(record)
    db.session.add(record)
    db.session.flush()
    _problems(record, values)
    _photos(actor, record, values)
    audit.record(actor, record.audit_subject, "contact_record.save", {"problems": len(told)}, "写下联系情况")
    return record


def _sides(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """Who contacted whom, by the role of whoever writes."""
    sides: dict[str, Any] = dict.fromkeys(("contactor_id", "organ_id", "seat_id", "place_id", "group_id"))
    if actor.role == p.DEPUTY:
        group = _group(actor, values.get("group"))
        own = {"contactor_id": actor.capacity_id, "seat_id": actor.capacity_id}
        return {**sides, **own, "kind": DEPUTY_VOTERS, "group_id": group.id if group else None}
    seat = queries.seat_in(actor.congress_id, values.get("deputy"))
    if actor.role == p.LEADER:
        place = queries.body_in(actor.congress_id, values.get("place"), "delegation")
        if place is not None and seat is not None:
            raise Invalid(fields={"place": "代表和乡镇街道只填一个。"})
        if place is not None:
            return {**sides, "kind": LEADER_PLACE, "contactor_id": actor.capacity_id, "place_id": place.id}
    if seat is None:
        raise Invalid(fields={"deputy": "请选择联系了哪位代表。"})
    if actor.role == p.CLERK:
        return {**sides, "kind": DEPUTY_VOTERS, "contactor_id": seat.id, "seat_id": seat.id}
    if actor.role in ORGANS:
        return {**sides, "kind": ORGAN_DEPUTY, "organ_id": queries.organ_of(actor), "seat_id": seat.id}
    return {**sides, "kind": MEMBER_DEPUTY, "contactor_id": actor.capacity_id, "seat_id": seat.id}


def _group(actor: Actor, public_id: str | None) -> VoterGroup | None:
    return queries.own_group(actor, public_id) if public_id else None


def _facts(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    persons = values.get("persons") or 0
    if "persons" in values and not 1 <= persons <= MOST_PERSONS:
        raise Invalid(fields={"persons": f"应为1到{MOST_PERSONS}之间的整数。"})
    here = Campaign.public_id == values.get("campaign"), Campaign.congress_id == actor.congress_id
    campaign = db.session.scalar(select(Campaign.id).where(*here)) if values.get("campaign") else None
    return {
        **{name: values.get(name) or "" for name in SAID},
        "form": values["form"],
        "late_reason": values.get("late_reason") or None,
        "persons": persons,
        "campaign_id": campaign,
    }


def _pairing_of(record: ContactRecord) -> int | None:
    """The running pairing that this contact counts for."""
    far = {
        DEPUTY_VOTERS: Pairing.group_id == record.group_id,
        LEADER_PLACE: Pairing.place_id == record.place_id,
    }.get(record.kind, Pairing.seat_id == record.seat_id)
    near = Pairing.organ_id == record.organ_id if record.organ_id else Pairing.contactor_id == record.contactor_id
    return db.session.scalar(select(Pairing.id).where(near, far, Pairing.ends_on.is_(None)).limit(1))


def _problems(record: ContactRecord, values: Mapping[str, Any]) -> None:
    for old in list(record.problems):
        record.problems.remove(old)
        db.session.delete(old)
    rows = values.get("problems") or []
    if any(not row.get("said") for row in rows):
        raise Invalid(fields={"problems": "写了是谁反映的，也请写明反映了什么问题。"})
    for row in rows:
        one = Problem(said=row["said"], answered=row.get("answered") or "")
        one.voter_name, one.voter_phone = row.get("voter_name") or None, row.get("voter_phone") or None
        record.problems.append(one)
    db.session.flush()


def _photos(actor: Actor, record: ContactRecord, values: Mapping[str, Any]) -> None:
    for file in values.get("photos") or []:
        document = store(actor, file)
        record.photos.append(RecordPhoto(document=document))
        audit.record(
            actor, record.audit_subject, "contact_record.attach", {"name": document.name}, f"附上{document.name}"
        )
    db.session.flush()


def discard(actor: Actor, record: ContactRecord) -> None:
    """Put away a draft of one's own that was never filed. Raises NotAllowed."""
    if not is_writer(actor, record) or record.state != "draft":
        raise NotAllowed()
    audit.record(actor, record.audit_subject, "contact_record.discard", {}, "放弃了草稿")
    for part in [*record.problems, *record.photos]:
        db.session.delete(part)
    db.session.flush()
    db.session.delete(record)


def file(actor: Actor, record: ContactRecord, seen: int | None = None) -> None:
    """Put it on record; its problems become matters. What a deputy wrote of their own visit is thereby confirmed."""
    take(actor, record, "file", {}, seen)
    if own_words(record):
        take(actor, record, "confirm")


def _file(actor: Actor, record: ContactRecord, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    record.filed_at = clock.now()
    by_deputy = record.kind == DEPUTY_VOTERS
    for problem in record.problems:
        problem.matter = raise_matter(
            actor,
            source="contact",
            title=problem.said[:LONGEST_TITLE],
            text=problem.said,
            congress_id=record.congress_id,
            origin_id=record.id,
            happened_on=record.happened_on,
            late_reason=record.late_reason or "",
            on_spot=problem.answered if by_deputy else "",
        )
    db.session.flush()
    proxy = "（代录）" if record.by_proxy else ""
    return {"near": record.near, "far": record.far, "form_words": record.form_words, "proxy_words": proxy}


def _answer(confirmed: bool) -> Any:
    def effect(actor: Any, record: ContactRecord, data: Mapping[str, Any]) -> Mapping[str, Any]:
        reason = data.get("reason") or ""
        record.answers.append(RecordAnswer(confirmed=confirmed, reason=reason, capacity_id=actor.capacity_id))
        return {"who": actor.name, "reason": reason}

    return effect


take = CONTACT_RECORD.taker(
    {"file": _file, "confirm": _answer(True), "dispute": _answer(False)}, (audit.record_step, tell_step(AUDIENCES))
)
