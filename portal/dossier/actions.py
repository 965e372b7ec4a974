"""What is done with a dossier: objecting, answering an objection, correcting. Nothing is ever changed or deleted."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment
from portal.accounts.queries import holds_on
from portal.audit import actions as audit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.dossier.models import Correction, Objection, ObjectionDecision
from portal.dossier.queries import Dossier
from portal.dossier.rules import KINDS
from portal.notifications.actions import tell

SEALED = "这份档案已经封存，不能再改。"
ANSWERED = "这条异议已经有了答复。"


def _subject(seat_id: int) -> str:
    return f"seat:{seat_id}"


def object_to(actor: Actor, about: Dossier, entry: str, reason: str, key: str = "") -> Objection:
    """The deputy objects to an entry, or with none says that something is missing; told to the office.

    Raises NotAllowed for others, NotFound for an entry that is not there, Conflict when sealed.
    """
    seat = about.seat
    if actor.role != p.DEPUTY or actor.capacity_id != seat.id:
        raise NotAllowed()
    if about.sealed is not None:
        raise Conflict(SEALED)
    called = about.entry(entry).title if entry else ""
    digest = hashlib.sha256(f"{actor.capacity_id}:{key}".encode()).hexdigest() if key else None
    objection = Objection(
        seat_id=seat.id, entry=entry, called=called, year=about.year, reason=reason, form_key=digest
    )  # fmt: skip
    db.session.add(objection)
    db.session.flush()
    said = f"对履职档案提出异议：{called or '有遗漏'}，{reason}"
    audit.record(actor, _subject(seat.id), "dossier.objected", {"entry": entry, "year": about.year}, said)
    clerks = db.session.scalars(
        select(Appointment.person_id).where(
            Appointment.role == p.CLERK, Appointment.body_id == seat.body_id, holds_on(Appointment, clock.today())
        )
    ).all()
    url = f"/dossiers/objections/{objection.public_id}"
    tell(clerks, "dossier.objected", f"{actor.name}代表对履职档案提出异议", url, f"objection:{objection.id}")
    return objection


def decide(actor: Actor, objection: Objection, about: Dossier, values: Mapping[str, Any]) -> None:
    """The office answers: upheld, the entry no longer counts or what was missing is added. Raises Conflict, Invalid."""
    _check_keeper(actor, about)
    if objection.decision is not None:
        raise Conflict(ANSWERED)
    upheld = values["answer"] == "upheld"
    if upheld:
        if objection.entry:
            act: dict[str, Any] = {"act": "drop", "entry": objection.entry}
        else:
            act = {"act": "add", **{name: values.get(name) for name in ("kind", "day", "title")}}
        _correct(actor, about, {**act, "reason": values["text"]}, objection)
    decision = ObjectionDecision(objection=objection, upheld=upheld, text=values["text"], by_id=actor.capacity_id or 0)
    db.session.add(decision)
    db.session.flush()
    said = f"答复异议（{'采纳' if upheld else '不采纳'}）：{values['text']}"
    audit.record(actor, _subject(about.seat.id), "dossier.decided", {"upheld": upheld}, said)
    url = f"/dossiers/{about.seat.public_id}?year={about.year}"
    told = f"您对履职档案的异议有了答复：{'已采纳' if upheld else '没有采纳'}"
    tell([about.seat.person_id], "dossier.decided", told, url, f"objection:{objection.id}:decided")


def correct(actor: Actor, about: Dossier, values: Mapping[str, Any]) -> Correction:
    """The office corrects without being asked: drop, restore or add. Raises Invalid, NotFound, Conflict when sealed."""
    _check_keeper(actor, about)
    made = _correct(actor, about, values, None)
    url = f"/dossiers/{about.seat.public_id}?year={about.year}"
    tell(
        [about.seat.person_id], "dossier.corrected", f"您的履职档案有更正：{made.reason}", url, f"correction:{made.id}"
    )
    return made


def _check_keeper(actor: Actor, about: Dossier) -> None:
    if actor.role != p.CLERK or about.seat.body_id != actor.congress_id:
        raise NotAllowed()
    if about.sealed is not None:
        raise Conflict(SEALED)


def _correct(actor: Actor, about: Dossier, values: Mapping[str, Any], objection: Objection | None) -> Correction:
    act, seat = values["act"], about.seat
    made = Correction(seat_id=seat.id, act=act, reason=values["reason"], by_id=actor.capacity_id)
    made.objection_id = objection.id if objection else None
    if act == "add":
        wrong: dict[str, str] = {
            name: "补记的请填写这一项。" for name in ("kind", "day", "title") if not values.get(name)
        }
        if not wrong and values["day"] > clock.today():
            wrong["day"] = f"日期不能晚于今天（{clock.today().month}月{clock.today().day}日）。"
        if wrong:
            raise Invalid(fields=wrong)
        made.kind, made.day, made.title = values["kind"], values["day"], values["title"]
        called = f"{KINDS[values['kind']]}：{values['title']}"
    else:
        made.entry = values["entry"]
        called = about.entry(made.entry).title
    db.session.add(made)
    db.session.flush()
    words = {"add": "补记", "drop": "不计", "restore": "恢复计入"}[act]
    told = {"act": act, "entry": made.entry}
    audit.record(actor, _subject(seat.id), "dossier.corrected", told, f"更正履职档案，{words}“{called}”：{made.reason}")
    return made
