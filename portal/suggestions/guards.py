"""What must be so before a step may be taken, each with the sentence that stands in the way."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.core import clock
from portal.suggestions import rules

ONCE_TAKEN_UP = ("handling", "reply_drafted", "replied", "done")
UNDER_WAY = ("pending", "handling", "reply_drafted")
NO_CONTACT = "还没有与代表联系过，或代表说没有联系过。请先联系代表，登记后再签发。"


class Late(str):
    """An obstacle of time: who comes too late is refused, and the try stays on record (settled A37)."""


class Moot(str):
    """Nothing to do here: the button is not shown at all, a program that asks all the same is told why."""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def ready_to_submit(_actor: Any, suggestion: Any) -> str | None:
    """All co-signers have answered for the text as it stands (messages 11 and 12)."""
    return rules.stands_between(suggestion.signatures)


def checked_where_needed(_actor: Any, suggestion: Any) -> str | None:
    """A session item is admitted only after its delegation has checked it."""
    if suggestion.session_id is not None and suggestion.checked_at is None:
        return "这件会上建议还没有经代表团核对，核对后才能立案。"
    return None


def not_yet_checked(_actor: Any, suggestion: Any) -> str | None:
    """The delegation checks an item once."""
    return Moot("这件已经核对过。") if suggestion.checked_at is not None else None


def not_yet_dispatched(_actor: Any, task: Any) -> str | None:
    """The government office passes a part on once."""
    return Moot("这件已经转交。") if task.dispatched_on is not None else None


def still_a_draft(_actor: Any, signature: Any) -> str | None:
    """Co-signing ends when the item is submitted."""
    return None if signature.suggestion.state == "draft" else "这件建议已经提交，不能再联名。"


def can_be_rewritten(_actor: Any, suggestion: Any) -> str | None:
    """Who was asked to rewrite it is still there; who left before the term ended writes no more (S6)."""
    lead = suggestion.lead_seat
    if lead is not None and lead.vacated:
        return f"领衔的{lead.person.name}代表已经离任，退回以后没有人能修改。请直接立案；不能立案的，选“不予立案”并说明。"
    return None


def not_merged(_actor: Any, suggestion: Any) -> str | None:
    """A merged item goes where its main item goes."""
    return Moot("这件已经并案，随主件办理；要单独办理，请先取消并案。") if suggestion.merged_into_id else None


def unanswered(_actor: Any, suggestion: Any) -> str | None:
    """Nobody has answered yet: merging and changing units end with the first reply (settled A31)."""
    if suggestion.facts_of("reply"):
        return Moot("已经有单位答复，不能再这样调整。")
    return None


def mergeable(actor: Any, suggestion: Any) -> str | None:
    """Merged once, before the first reply."""
    return not_merged(actor, suggestion) or unanswered(actor, suggestion)


def merged(_actor: Any, suggestion: Any) -> str | None:
    """There is a merger to undo, and the item's own letter is not signed."""
    if not suggestion.merged_into_id:
        return Moot("这件没有并案。")
    return "这件自己的答复已经签发，不能再取消并案。" if suggestion.facts_of("reply") else None


def withdrawable(_actor: Any, suggestion: Any) -> str | None:
    """Not asked already; not later than the pack says (`withdraw_until`), never after the first reply (A33)."""
    if suggestion.asked_to_withdraw is not None:
        return Moot("已经提出撤回，正等联名代表同意。")
    return still_withdrawable(_actor, suggestion)


def still_withdrawable(_actor: Any, suggestion: Any) -> str | None:
    """What happened since the lead asked may stand in the way of the last consent too."""
    if suggestion.facts_of("reply"):
        return "已经有单位答复，不能撤回。"
    if suggestion.merged_items:
        return "有别的建议并入这一件办理，请先联系代表工委取消并案，再撤回。"
    until = suggestion.pack.flag("withdraw_until")
    if until == "assignment" and suggestion.assigned_on is not None:
        return f"已于{_day(suggestion.assigned_on)}交办，按本地规定交办后不能撤回。"
    return None


def none_open(_actor: Any, suggestion: Any) -> str | None:
    """One coordination at a time."""
    return Moot("已经在协调，请先作出决定。") if suggestion.open_coordination else None


def one_open(_actor: Any, suggestion: Any) -> str | None:
    """There is a coordination to decide."""
    return None if suggestion.open_coordination else Moot("没有正在协调的事项。")


def unsettled(_actor: Any, suggestion: Any) -> str | None:
    """Some reply was found 不满意 in the first round and nothing was decided about it yet."""
    return None if to_review(suggestion) else Moot("没有等待研究的“不满意”评价。")


def nothing_else_open(actor: Any, suggestion: Any) -> str | None:
    """An explanation closes the item, so every other part must be over."""
    waiting = to_review(suggestion)
    if not waiting:
        return unsettled(actor, suggestion)
    others = [t for t in _answering(suggestion) if t not in waiting and not over(t)]
    if others:
        return f"{'、'.join(t.unit.called for t in others)}的部分还没有办完，办完后才能说明办结。"
    if len(waiting) > 1:
        return "有几家单位的答复都等待研究，请先决定重新办理的，最后再说明。"
    return None


def not_convened(_actor: Any, suggestion: Any) -> str | None:
    """Once it is on record, the conclusion follows."""
    return Moot("已经登记过召集情况，请提出处理意见后办结。") if suggestion.facts_of("convened") else None


def convened(_actor: Any, suggestion: Any) -> str | None:
    """Both sides were brought together first."""
    return None if suggestion.facts_of("convened") else "还没有召集双方，请先登记召集情况，再办结。"


def dispatched_where_needed(_actor: Any, task: Any) -> str | None:
    """Where the pack wants it, the government office passes on to its units before they receive."""
    if task.suggestion.pack.flag("dispatch_first") and rules.in_government(task) and task.dispatched_on is None:
        return "政府办还没有转交，转交后才能签收。"
    return None


def may_return(_actor: Any, task: Any) -> str | None:
    """Inside the pack's window, to the end of its last day (settled A11, A13)."""
    if task.return_due is None:
        return "请先签收，再申请退办。"
    if clock.today() > task.return_due:
        period = task.suggestion.pack.period("return_window")
        words = f"退办应在{period.starts}后{period.words}内提出，已于{_day(task.return_due)}截止。请继续办理；确有困难的，请联系代表工委。"
        return Late(words)
    return None


def may_extend(_actor: Any, task: Any) -> str | None:
    """Asked by 24:00 of the due day, one at a time (settled A07, A08)."""
    if task.asked_to_extend is not None:
        return Moot("延期申请正在等待决定。")
    if task.due is not None and clock.today() > task.due:
        return Late(f"办理期限已于{_day(task.due)}届满，延期应在届满前申请。请尽快答复代表。")
    return None


def extension_waits(_actor: Any, task: Any) -> str | None:
    """There is an application to decide."""
    return None if task.asked_to_extend is not None else Moot("没有等待决定的延期申请。")


def lead_not_answered(_actor: Any, task: Any) -> str | None:
    """An opinion is sent back only while the lead can still use a better one."""
    answered = [one for one in task.siblings if one.answers and one.answered_on is not None]
    return "主办单位已经答复，不能再退回意见。" if answered else None


def not_checked(_actor: Any, task: Any) -> str | None:
    """The government office checks a draft once."""
    return Moot("这份答复已经核过。") if task.checked_at is not None else None


def something_to_confirm(_actor: Any, task: Any) -> str | None:
    """There is a contact that the deputy has not answered yet."""
    return None if any(one.answer is None for one in task.contacts) else Moot("单位还没有登记新的联系。")


def ready_to_sign(_actor: Any, task: Any) -> str | None:
    """At least one undenied contact (settled A39); every opinion in, or overdue (A38); no withdrawal pending; checked
    where the pack wants the government office to."""
    if not rules.undenied(task.contacts):
        return NO_CONTACT
    waiting = [t for t in opinions_missing(task) if t.due is not None and t.due >= clock.today()]
    if waiting:
        names = "、".join(t.unit.called for t in waiting)
        return f"{names}的会办意见还没有到，也没有逾期，请等意见到齐再签发。"
    if task.suggestion.pack.flag("reply_check") and rules.in_government(task) and task.checked_at is None:
        return "政府办还没有核对这份答复，核对后才能签发。"
    return None


def feedback_open(_actor: Any, task: Any) -> str | None:
    """The window is decided by date (settled A19); after it only with the commission's reopening."""
    if lapsed(task):
        return Late(f"评价期限已于{_day(task.feedback_due)}届满。仍要评价的，请联系代表工委重新开放。")
    return None


def opinions_missing(task: Any) -> list[Any]:
    """The assisting tasks of the same round whose opinion has not been given."""
    return [t for t in task.siblings if t.role == "assist" and t.state != "opinion_given"]


def _answering(suggestion: Any) -> list[Any]:
    return [task for task in suggestion.tasks if task.live and task.answers]


def to_review(suggestion: Any) -> list[Any]:
    """The parts rated 不满意 in their first round about which nothing was decided yet (待研究)."""
    return [task for task in _answering(suggestion) if dissatisfied(task) and task.round == 1]


def dissatisfied(task: Any) -> bool:
    """Rated, and the last form is 不满意, not explained since."""
    if task.state != "done" or not task.ratings:
        return False
    last = task.ratings[-1]
    bad = rules.level(last.attitude, last.result) == rules.DISSATISFIED
    return bad and last.followed_by("explained") is None


def all_answered(tasks: Sequence[Any]) -> bool:
    """Every part has its reply, whether rated or not."""
    return all(task.state in ("replied", "done") for task in tasks)


def rated(task: Any) -> bool:
    """The deputy has given a form for this part."""
    return task.state == "done"


def settled(task: Any) -> bool:
    """Rated, and nothing is left to be decided about it."""
    return rated(task) and not dissatisfied(task)


def lapsed(task: Any) -> bool:
    """The deputy's time to rate is over; never while the date is only 暂定 (settled A27)."""
    last = next((row for row in reversed(task.due_dates) if row.rule == "feedback"), None)
    sure = last is not None and not (last.record or {}).get("provisional")
    return task.state == "replied" and sure and task.feedback_due is not None and clock.today() > task.feedback_due


def over(task: Any) -> bool:
    """Nothing more is expected of this part."""
    return settled(task) or lapsed(task)


def all_over(tasks: Sequence[Any]) -> bool:
    """Every part is over and at least one form was given."""
    return all(over(task) for task in tasks) and any(rated(task) for task in tasks)


def all_lapsed(tasks: Sequence[Any]) -> bool:
    """Every part's time to rate went by without a form."""
    return all(lapsed(task) for task in tasks)


def dissatisfied_again(tasks: Sequence[Any]) -> bool:
    """Somebody's rework was 不满意 again, and nobody else's part is still open."""
    again = [task for task in tasks if dissatisfied(task) and task.round > 1]
    return bool(again) and all(task in again or over(task) for task in tasks)
