"""Pure rules of the suggestion: who is who to an item, what binds a signature, which grade and rating stand."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from portal.accounts import permissions as p

SATISFIED, BASICALLY, DISSATISFIED = "satisfied", "basically", "dissatisfied"
LEVELS = {SATISFIED: "满意", BASICALLY: "基本满意", DISSATISFIED: "不满意"}
ROLE_WORDS = {"sole": "独办", "lead": "主办", "assist": "会办", "separate": "分办"}
CONTACT_FORMS = {"face": "面谈", "visit": "上门", "phone": "电话", "meeting": "座谈会", "message": "微信或短信"}
CONTACT_ANSWERS = {"true": "属实", "untrue": "不属实", "none": "没联系过"}
PUBLICITY = {"full": "全文公开", "summary": "摘要公开", "request": "依申请公开", "none": "不予公开"}
PUBLICITY_WISHES = {"full": "可以公开", "title": "只公开标题", "none": "不希望公开"}
CONTACT_WISHES = {"phone": "电话", "face": "当面谈", "any": "都可以"}
CLOSED_AS = {
    **{"rated": "已评价", "lapsed": "逾期未评价", "opinion": "已提出处理意见"},
    **{"explained": "已作说明", "withdrawn": "已撤回", "imported": "往年档案"},
}


def is_lead(actor: Any, suggestion: Any) -> bool:
    """The lead deputy, in the capacity the item was written in, while the seat is active (settled A42, A60)."""
    return actor.role == p.DEPUTY and actor.seat_active and actor.capacity_id == suggestion.lead_seat_id


def is_invited(actor: Any, signature: Any) -> bool:
    """The deputy whom this signature asks."""
    return actor.role == p.DEPUTY and actor.seat_active and actor.capacity_id == signature.seat_id


def is_inviting(actor: Any, signature: Any) -> bool:
    """The lead deputy of the item to be co-signed; by link, the deputy who opened it."""
    return is_lead(actor, signature.suggestion) or (signature.by_link and is_invited(actor, signature))


def is_clerk(actor: Any, suggestion: Any) -> bool:
    """Staff of the deputies commission (township: of the presidium) of the item's own congress."""
    return actor.role == p.CLERK and actor.congress_id == suggestion.congress_id


def checks(actor: Any, suggestion: Any) -> bool:
    """Staff of the delegation, for a session item that nobody has checked yet."""
    mine = actor.role == p.DELEGATION and actor.body_id == suggestion.delegation_id
    return mine and suggestion.session_id is not None and suggestion.checked_at is None


def handles(actor: Any, task: Any) -> bool:
    """A handler of the task's unit; a section only what was handed to it."""
    if actor.role == p.SECTION:
        return task.section_id is not None and actor.body_id == task.section_id
    return actor.role == p.HANDLER and actor.unit_id == task.unit_id


def answers(actor: Any, task: Any) -> bool:
    """A handler, where the unit owes a reply of its own; an assist never answers the deputy."""
    return task.answers and handles(actor, task)


def assists(actor: Any, task: Any) -> bool:
    """A handler of an assisting unit."""
    return not task.answers and handles(actor, task)


def signs(actor: Any, task: Any) -> bool:
    """The one who signs the unit's replies."""
    return task.answers and actor.role == p.SIGNER and actor.unit_id == task.unit_id


def is_deputy_of(actor: Any, task: Any) -> bool:
    """The lead deputy of the task's suggestion, where the unit answers."""
    return task.answers and is_lead(actor, task.suggestion)


def may_call(actor: Any, suggestion: Any) -> bool:
    """Who needs the lead deputy's number to do their part: the clerk, and units that hold a task."""
    units = {task.unit_id for task in suggestion.tasks}
    return is_clerk(actor, suggestion) or (actor.role in (p.HANDLER, p.SIGNER, p.SECTION) and actor.unit_id in units)


def is_system(actor: Any, _item: Any) -> bool:
    """Time, or children driving their parent."""
    return actor.role == "system"


def text_hash(parts: Iterable[str]) -> str:
    """The fingerprint that co-signatures are bound to: of title, situation, cause, request and every point."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def level(attitude: str, result: str) -> str:
    """The level of one form: the worse of the two (settled A43)."""
    order = (DISSATISFIED, BASICALLY, SATISFIED)
    return min((attitude, result), key=order.index)


def stands_between(signatures: Sequence[Any]) -> str | None:
    """Why the item cannot be submitted yet because of its co-signers, or None."""
    waiting = sum(1 for one in signatures if one.state == "invited")
    if any(one.state == "void" for one in signatures):
        return "内容已修改，原有联名确认已失效，请重新邀请确认。"
    if waiting:
        return f"还有{waiting}位联名代表未确认，请等待确认，或移除后再提交。"
    return None


def undenied(contacts: Sequence[Any]) -> list[Any]:
    """The contacts that the deputy has confirmed or not yet answered."""
    return [one for one in contacts if one.answer in (None, "true")]


def derived_grade(grades: Sequence[str], order: Sequence[str], rule: str, lead_grade: str | None) -> str | None:
    """A suggestion's grade from its replies' grades: worst, mixed or lead (domain §2.12 suggestion_grade_rule)."""
    if not grades:
        return None
    if rule == "lead" and lead_grade:
        return lead_grade
    if rule == "mixed" and len(set(grades)) > 1:
        return "mixed"
    return max(grades, key=lambda code: order.index(code) if code in order else len(order))
