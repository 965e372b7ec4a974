"""What must be so before a step may be taken, each with the sentence that stands in the way."""

from typing import Any

from portal.core import clock


def not_reminded_today(_actor: Any, notice: Any) -> str | None:
    """One press a day reminds; a second would only annoy."""
    if notice.reminded_at is not None and clock.office(notice.reminded_at).date() == clock.today():
        return "今天已经提醒过没有读的人，明天可以再提醒。"
    return None


def still_stands(_actor: Any, receipt: Any) -> str | None:
    """A withdrawn notice is answered no more."""
    return "这份通知已经撤回。" if receipt.notice.state != "published" else None


def still_asked(actor: Any, receipt: Any) -> str | None:
    """It asks for an answer, and the time to give it is not over."""
    notice = receipt.notice
    if not notice.answers:
        return "这份通知不用回执。"
    until = notice.answer_until or notice.starts_at
    if until is not None and clock.now() > until:
        at = clock.office(until)
        return f"回执已于{at.month}月{at.day}日{at:%H:%M}截止。有变化请告诉联系人。"
    return still_stands(actor, receipt)
