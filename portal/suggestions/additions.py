"""What is added to the record beside the steps: the sealed scan of a reply after it was signed, requests that the
commission cuts for a deputy, and what co-signers say of a reply where the pack rates jointly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.notifications.actions import Outside, tell
from portal.suggestions import guards, rules
from portal.suggestions.actions import SECRET_FOUND
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.fact_models import Cutting, Reply, Scan, Voice
from portal.suggestions.handling_models import GONE
from portal.suggestions.models import Suggestion
from portal.suggestions.reworking import may_reopen

CUT_BEFORE = ("submitted", "admitted")
CUT_MEANWHILE = "诉求点刚有同事归纳过，您的保存没有执行。您填写的内容已保留，请核对后再试。"


@dataclass(frozen=True)
class Offer:
    """One link on an item's page: the name of the addition, the public id of what it is about, and its words."""

    name: str
    about: str
    words: str


def offered(actor: Actor, suggestion: Suggestion) -> tuple[Offer, ...]:
    """What this actor may add now."""
    found = [Offer("cut", suggestion.public_id, "归纳诉求点")] if may_cut(actor, suggestion) else []
    several = len([task for task in suggestion.tasks if task.answers]) > 1  # type: ignore[attr-defined]
    for task in suggestion.tasks:  # type: ignore[attr-defined]
        of = f"：{task.unit.called}" if several else ""
        if may_reopen(actor, task):
            found.append(Offer("reopen", task.public_id, f"重新开放评价{of}"))
        for reply in task.replies[-1:]:
            if may_add_scan(actor, reply):
                found.append(Offer("scan", reply.public_id, "换上新的盖章扫描件" if reply.is_sealed else "补上盖章扫描件"))
            if may_speak(actor, reply):
                found.append(Offer("speak", reply.public_id, f"对答复提意见{of}"))
    return tuple(found)


def may_add_scan(actor: Actor, reply: Reply) -> bool:
    """Who writes and who signs in the unit whose reply it is."""
    task = reply.task
    return actor.role in (p.HANDLER, p.SIGNER) and actor.unit_id == task.unit_id and task.ended_as not in GONE


def add_scan(actor: Actor, reply: Reply, data: Mapping[str, Any]) -> Scan:
    """Keep the sealed paper of a signed reply; a better scan follows the one before, which stays readable."""
    if not may_add_scan(actor, reply):
        raise NotAllowed()
    before = reply.scans[-1] if reply.scans else reply
    scan = Scan(
        task=reply.task, about_id=before.id, round=reply.round, document=store(actor, data["file"]),
        text=data.get("note") or "", happened_on=clock.today(), by_id=actor.capacity_id,
    )  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    said = f"{reply.task.unit.called}补上答复的盖章扫描件"
    audit.record(actor, reply.task.audit_subject, "unit_task.add_scan", {"reply": reply.public_id}, said)
    return scan


def may_cut(actor: Actor, suggestion: Suggestion) -> bool:
    """The clerk, where the deputy has cut none, until the item is assigned or divided."""
    undivided = not suggestion.requests and not suggestion.facts_of("division")
    open_now = suggestion.state in CUT_BEFORE and suggestion.closed_as is None
    return rules.is_clerk(actor, suggestion) and open_now and undivided


def cut_points(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Cutting:
    """Cut the deputy's text into numbered requests on the deputy's behalf. It is a record of its own: neither the
    text nor the fingerprint that co-signers confirmed changes, and it stands for this text only."""
    if not may_cut(actor, suggestion):
        raise NotAllowed()
    last = (suggestion.facts_of("points") or [None])[-1]
    if (data.get("seen") or "") != (last.public_id if last else ""):
        raise Conflict(CUT_MEANWHILE)
    texts = [row["text"] for row in data.get("points") or [] if row.get("text")]
    if not texts:
        raise Invalid(fields={"points": "请至少写一个诉求点。"})
    if has_secret_mark("\n".join(texts)):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    cutting = Cutting(
        suggestion=suggestion, about_id=last.id if last else None, happened_on=clock.today(), by_id=actor.capacity_id,
        record={"points": texts, "text_hash": suggestion.text_hash},
    )  # fmt: skip
    db.session.add(cutting)
    db.session.flush()
    said = f"代为归纳诉求点{len(texts)}条"
    audit.record(actor, suggestion.audit_subject, "suggestion.cut_points", {"points": texts}, said)
    _tell(AUDIENCES["deputies"](suggestion), suggestion, f"代表工委{said}", f"points:{cutting.id}")
    return cutting


def may_speak(actor: Actor, reply: Reply) -> bool:
    """A confirmed co-signer with an active seat, once, while the latest reply waits for its rating; where the pack
    rates jointly (joint_rating)."""
    task, suggestion = reply.task, reply.suggestion
    joint = suggestion.pack.flag("joint_rating") == "group" and actor.role == p.DEPUTY and actor.seat_active
    if not joint or task.state != "replied" or not task.live or guards.lapsed(task) or reply is not task.replies[-1]:
        return False
    rater = rules.rater_seat(suggestion)
    if rater is not None and rater.id == actor.capacity_id:
        return False
    signed = {one.seat_id for one in suggestion.signatures if one.state == "confirmed"}
    return actor.capacity_id in signed and actor.capacity_id not in {one.by_id for one in reply.voices}


def speak(actor: Actor, reply: Reply, data: Mapping[str, Any]) -> Voice:
    """Say what a co-signer thinks of the reply, before the one form that counts is given (settled A44)."""
    if not may_speak(actor, reply):
        raise NotAllowed()
    voice = Voice(
        task=reply.task, round=reply.round, text=data.get("reason") or "", happened_on=clock.today(),
        by_id=actor.capacity_id,
        record={"reply": reply.public_id, "attitude": data["attitude"], "result": data["result"]},
    )  # fmt: skip
    db.session.add(voice)
    db.session.flush()
    said = f"{actor.name}代表对{reply.task.unit.called}的答复提出意见：{rules.LEVELS[voice.level]}"
    audit.record(actor, reply.task.audit_subject, "unit_task.speak", {"reply": reply.public_id}, said)
    _tell(AUDIENCES["lead"](reply.task), reply.suggestion, said, f"voice:{voice.id}")
    return voice


def _tell(persons: Sequence[int], suggestion: Suggestion, said: str, cause: str) -> None:
    outside = Outside(f"{suggestion.reference}有新情况，请登录查看。")
    tell(persons, "suggestion.addition", f"{suggestion.called}{said}", suggestion.address, cause, outside=outside)
