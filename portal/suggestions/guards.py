"""What must be so before a step may be taken, each with the sentence that stands in the way."""

from typing import Any

from portal.core import clock
from portal.suggestions import rules

ONCE_TAKEN_UP = ("handling", "reply_drafted", "replied", "done")
NO_CONTACT = "还没有与代表联系过，或代表说没有联系过。请先联系代表，登记后再签发。"


def ready_to_submit(_actor: Any, suggestion: Any) -> str | None:
    """All co-signers have answered for the text as it stands (messages 11 and 12)."""
    return rules.stands_between(suggestion.signatures)


def checked_where_needed(_actor: Any, suggestion: Any) -> str | None:
    """A session item is admitted only after its delegation has checked it."""
    if suggestion.session_id is not None and suggestion.checked_at is None:
        return "这件会上建议还没有经代表团核对，核对后才能立案。"
    return None


def still_a_draft(_actor: Any, signature: Any) -> str | None:
    """Co-signing ends when the item is submitted."""
    return None if signature.suggestion.state == "draft" else "这件建议已经提交，不能再联名。"


def something_to_confirm(_actor: Any, task: Any) -> str | None:
    """There is a contact that the deputy has not answered yet."""
    return None if any(one.answer is None for one in task.contacts) else "单位还没有登记新的联系。"


def ready_to_sign(_actor: Any, task: Any) -> str | None:
    """At least one undenied contact (settled A39); every opinion in, or overdue (A38)."""
    if not rules.undenied(task.contacts):
        return NO_CONTACT
    waiting = [t for t in opinions_missing(task) if t.due is not None and t.due >= clock.today()]
    if waiting:
        names = "、".join(t.unit.called for t in waiting)
        return f"{names}的会办意见还没有到，也没有逾期，请等意见到齐再签发。"
    return None


def opinions_missing(task: Any) -> list[Any]:
    """The assisting tasks of the same round whose opinion has not been given."""
    return [t for t in task.siblings if t.role == "assist" and t.state != "opinion_given"]


def settled(task: Any) -> bool:
    """Rated, and the last form is not 不满意."""
    last = task.ratings[-1] if task.ratings else None
    return task.state == "done" and last is not None and rules.level(last.attitude, last.result) != rules.DISSATISFIED
