"""The day an act happened, where it may be entered after the fact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.core import clock
from portal.core.errors import Invalid

FUTURE = "日期不能晚于今天（{today}）。"


def happened(data: Mapping[str, Any]) -> date:
    """The day an act happened: today, or an earlier one with its reason (settled A02); raises Invalid."""
    today = clock.today()
    day: date = data.get("happened_on") or today
    if day > today:
        raise Invalid(fields={"happened_on": FUTURE.format(today=f"{today.month}月{today.day}日")})
    if day < today and "late_reason" in data and not data.get("late_reason"):
        raise Invalid(fields={"late_reason": "补记以前的日期，请写明原因。"})
    return day
