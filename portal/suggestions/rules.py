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


# What stops a division of work that is none.
UNSOUND_DIVISION = "分工要么是一家独办，要么是一家主办加会办，要么是两家以上分办。"
VERDICTS = {"granted": "同意", "refused": "不同意"}
CONSENTS = {"agreed": "同意撤回", "refused": "不同意撤回"}


def sound_division(roles: Sequence[Any]) -> bool:
    """One unit alone; one leading with assists; or two or more each for its part, assists allowed (domain §2.7)."""
    if roles.count("sole") == 1:
        return len(roles) == 1
    if roles.count("lead") == 1:
        return roles.count("assist") == len(roles) - 1 >= 1
    separate = roles.count("separate")
    return separate >= 2 and separate + roles.count("assist") == len(roles)


def fitting_roles(roles: Sequence[Any]) -> list[Any]:
    """The same roles after a unit came or went: who is alone handles alone, who has assists leads."""
    single = {"sole", "lead", "separate"}
    if sum(role in single for role in roles) != 1:
        return ["separate" if role in single and roles.count("separate") else role for role in roles]
    alone = "lead" if "assist" in roles else "sole"
    return [alone if role in single else role for role in roles]


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
    """Staff of the delegation, for a session item."""
    mine = actor.role == p.DELEGATION and actor.body_id == suggestion.delegation_id
    return mine and suggestion.session_id is not None


def in_government(task: Any) -> bool:
    """Whether the unit stands under the government, whose office dispatches and settles among its units."""
    return getattr(task.unit, "organ", "") == "government"


def is_gov_office(actor: Any, suggestion: Any) -> bool:
    """The government office of the item's congress, where a unit of the government has a part."""
    mine = actor.role == p.GOV_OFFICE and actor.congress_id == suggestion.congress_id
    return mine and any(in_government(task) for task in suggestion.tasks if task.live)


def dispatches(actor: Any, task: Any) -> bool:
    """The government office, for a government unit's part."""
    mine = actor.role == p.GOV_OFFICE and actor.congress_id == task.suggestion.congress_id
    return mine and in_government(task) and task.live


def oversees(actor: Any, task: Any) -> bool:
    """The commission's clerk; for units of the government its office too (domain §2.3 row 7)."""
    mine = actor.role == p.GOV_OFFICE and actor.congress_id == task.suggestion.congress_id
    return task.live and (is_clerk(actor, task.suggestion) or (mine and in_government(task)))


def oversees_reply(actor: Any, task: Any) -> bool:
    """The government office, over a government unit's reply before it is signed."""
    mine = actor.role == p.GOV_OFFICE and actor.congress_id == task.suggestion.congress_id
    return mine and task.live and task.answers and in_government(task)


def bounces(actor: Any, task: Any) -> bool:
    """Who signs; or the government office over its units' drafts."""
    return signs(actor, task) or oversees_reply(actor, task)


def grants(actor: Any, task: Any) -> bool:
    """Who decides on an extension, by the pack's `extension_approver`."""
    if not (task.live and task.answers):
        return False
    if task.suggestion.pack.flag("extension_approver") == "government_office":
        return oversees_reply(actor, task) or (is_clerk(actor, task.suggestion) and not in_government(task))
    return is_clerk(actor, task.suggestion)


def leads_over(actor: Any, task: Any) -> bool:
    """A handler of the unit that answers, towards an assisting unit's part of the same round."""
    return not task.answers and task.live and any(one.answers and handles(actor, one) for one in task.siblings)


def opens_coordination(actor: Any, suggestion: Any) -> bool:
    """The commission, the government office, or a unit that answers (上海规定 17)."""
    units = any(task.live and answers(actor, task) for task in suggestion.tasks)
    return is_clerk(actor, suggestion) or is_gov_office(actor, suggestion) or units


def decides_coordination(actor: Any, suggestion: Any) -> bool:
    """The commission or the government office."""
    return is_clerk(actor, suggestion) or is_gov_office(actor, suggestion)


def consents(actor: Any, suggestion: Any) -> bool:
    """A confirmed co-signer with an active seat who has not answered the request for withdrawal yet (settled A34)."""
    asked = suggestion.asked_to_withdraw
    if asked is None or actor.role != p.DEPUTY or not actor.seat_active:
        return False
    signed = any(one.seat_id == actor.capacity_id and one.state == "confirmed" for one in suggestion.signatures)
    answered = {one.by_id for one in suggestion.facts_of("consent") if one.id > asked.id}
    return signed and actor.capacity_id not in answered


def handles(actor: Any, task: Any) -> bool:
    """A handler of the task's unit, while the part is the unit's; a section only what was handed to it."""
    if not task.live:
        return False
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
    return task.live and task.answers and actor.role == p.SIGNER and actor.unit_id == task.unit_id


def receives(actor: Any, task: Any) -> bool:
    """A handler; or time, where the pack counts a part as received (settled A12)."""
    return handles(actor, task) or (is_system(actor, task) and task.live)


def rater_seat(suggestion: Any) -> Any:
    """The seat that rates and confirms contacts, or None: the lead's; once that is vacated, by the pack the first
    confirmed co-signer's that is not (vacant_rating). While the lead is suspended it waits: the seat comes back."""
    lead = suggestion.lead_seat
    if lead is None or not lead.vacated:
        return lead
    if suggestion.pack.flag("vacant_rating") != "first_cosigner":
        return None
    signed = (one.seat for one in suggestion.signatures if one.state == "confirmed")
    return next((seat for seat in signed if seat.standing in ("active", "past")), None)


def is_deputy_of(actor: Any, task: Any) -> bool:
    """The lead deputy, or who stands in for them (S6), where the unit answers; after the term if the pack says so."""
    suggestion = task.suggestion
    if actor.role != p.DEPUTY or not (task.live and task.answers) or not (actor.seat_active or actor.term_over):
        return False
    if actor.term_over and not suggestion.pack.flag("rate_after_term"):
        return False
    if is_lead(actor, suggestion):
        return True
    seat = rater_seat(suggestion)
    return seat is not None and seat.id == actor.capacity_id


def may_call(actor: Any, suggestion: Any) -> bool:
    """Who needs the lead deputy's number to do their part: the clerk, and units that hold a task."""
    units = {task.unit_id for task in suggestion.tasks if task.live}
    return is_clerk(actor, suggestion) or (actor.role in (p.HANDLER, p.SIGNER, p.SECTION) and actor.unit_id in units)


def is_system(actor: Any, _item: Any) -> bool:
    """Time, or children driving their parent."""
    return actor.role == "system"


def reworks(actor: Any, suggestion: Any) -> bool:
    """The commission's clerk; or time, where the pack reworks by itself."""
    return is_clerk(actor, suggestion) or is_system(actor, suggestion)


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


def kept_points(suggestion: Any) -> list[Any]:
    """The requests that no division took to an item of their own."""
    parted = [one.record for one in suggestion.facts_of("division") if one.record["how"] == "from"]
    gone = {number for record in parted for number in record["points"]}
    return [point for point in suggestion.points if point.number not in gone]


def derived_grade(grades: Sequence[str], order: Sequence[str], rule: str, lead_grade: str | None) -> str | None:
    """A suggestion's grade from its replies' grades: worst, mixed or lead (domain §2.12 suggestion_grade_rule)."""
    if not grades:
        return None
    if rule == "lead" and lead_grade:
        return lead_grade
    if rule == "mixed" and len(set(grades)) > 1:
        return "mixed"
    return max(grades, key=lambda code: order.index(code) if code in order else len(order))
