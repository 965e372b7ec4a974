"""The deadline engine: from a pack's period and the day of an event to a due date that explains itself.

民法典 200–203: periods run in years, months, days; the day of the event is not counted (201); a period of months ends
on the same day number, else at the month's end (202); a last day that is a day of rest moves to the next working day
and ends at 24:00 (203), if the pack says so. Pure: no database, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from portal.congress.pack import Ladder, Pack, Period
from portal.core.errors import Invalid
from portal.core.workdays import ONE, SATURDAY, Calendar, add_months, span

WEEKDAYS = "一二三四五六日"
# Counted back from a due day that does not move any more, so the day itself is the anchor.
OVERDUE = "overdue"


@dataclass(frozen=True)
class Deadline:
    """One due date with everything that made it.

    start: day of the event, not counted. unmoved: last day by the count alone (法定到期日). due: the day that binds,
    until 24:00 in Shanghai. provisional (暂定): leans on a year whose arrangement is unknown. skipped: rest days passed
    over. counted: make-up working days that counted. revision: of the calendar used. assigned: the day the longest
    period (cap) is counted from. extensions: how many were granted. extended_from: the due date before the last one.
    note: why the date is not the plain count (re-assignment, limit), in Chinese.
    """

    rule: str
    label: str
    start: date
    unmoved: date
    due: date
    provisional: bool
    amount: int
    unit: str
    basis: str
    starts: str
    words: str
    assigned: date
    skipped: tuple[date, ...] = ()
    counted: tuple[date, ...] = ()
    revision: int = 0
    extensions: int = 0
    extended_from: date | None = None
    note: str = ""

    @property
    def days(self) -> int:
        """Calendar days from the day of the event to the due day."""
        return (self.due - self.start).days

    def record(self) -> dict[str, Any]:
        """As plain JSON, to be stored beside the task it binds."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def recorded(data: Mapping[str, Any]) -> Deadline:
    """The Deadline that `record()` made plain."""
    known: dict[str, Any] = dict(data)
    for name in ("start", "unmoved", "due", "assigned"):
        known[name] = date.fromisoformat(known[name])
    if known["extended_from"]:
        known["extended_from"] = date.fromisoformat(known["extended_from"])
    for name in ("skipped", "counted"):
        known[name] = tuple(date.fromisoformat(day) for day in known[name])
    return Deadline(**known)


def deadline(pack: Pack, rule: str, start: date, calendar: Calendar, *, assigned: date | None = None) -> Deadline:
    """When the period `rule` of `pack` ends if its event happened on `start`.

    `assigned` is 交办之日 where it is not `start` (the cap is counted from it). Raises KeyError for an unknown rule.
    """
    period = pack.period(rule)
    if period.unit == "wd":
        due, skipped, counted = _working_days(start, period.amount, calendar)
        unmoved = due
        provisional = calendar.any_provisional(start + ONE, due)
    else:
        unmoved = _plain_end(start, period)
        due, skipped, counted = _moved(unmoved, calendar) if pack.moves else (unmoved, (), ())
        provisional = calendar.any_provisional(unmoved, due)
    return Deadline(
        rule=rule,
        label=period.label,
        start=start,
        unmoved=unmoved,
        due=due,
        provisional=provisional,
        amount=period.amount,
        unit=period.unit,
        basis=period.basis,
        starts=period.starts,
        words=period.words,
        assigned=assigned or start,
        skipped=skipped,
        counted=counted,
        revision=calendar.revision,
    )


def extended(pack: Pack, old: Deadline, asked: date, calendar: Calendar) -> Deadline:
    """The deadline after an extension to `asked`, which must lie after `old.due` and not after the cap.

    Raises Invalid: no extension left, not later than now, beyond the cap (counted from 交办之日), or a rest day, with
    the next working day offered.
    """
    _may_extend(pack, old)
    limit = deadline(pack, "cap", old.assigned, calendar)
    if asked <= old.due:
        raise _refused("asked", f"新的期限要晚于现在的期限{day_words(old.due)}。", "not_later")
    if asked > limit.due:
        raise _refused("asked", beyond_cap(pack), "beyond_cap")
    if pack.moves and not calendar.is_working(asked):
        offer = calendar.next_working(asked)
        said = f"{day_words(asked)}是休息日，请改为{day_words(offer)}。"
        raise _refused("asked", said, "rest_day")
    return replace(
        old,
        unmoved=asked,
        due=asked,
        provisional=calendar.provisional(asked),
        skipped=(),
        counted=(),
        revision=calendar.revision,
        extensions=old.extensions + 1,
        extended_from=old.due,
        basis=limit.basis,
    )


def _may_extend(pack: Pack, old: Deadline) -> None:
    if old.rule == "long_reply":
        raise _refused("asked", f"本件交办时已按涉及面广、处理难度大定为{old.words}，不能再延期。", "long_reply")
    if old.extensions >= pack.flag("extension_times"):
        raise _refused("asked", f"本件已延期{old.extensions}次，不能再延期。", "extension_used")


def beyond_cap(pack: Pack) -> str:
    """The sentence for a date later than the legal limit, with the pack's own numbers."""
    reply, cap = pack.period("reply"), pack.period("cap")
    return f"办理期限最长为交办之日起{reply.words}；确需延长的，请走延期申请，总计不超过{cap.words}。"


def reassigned(pack: Pack, old: Deadline, changed: date, calendar: Calendar) -> Deadline:
    """The deadline of the unit that takes over on `changed`: kept or restarted as the pack says, with the reason.

    Restarted: the full period from `changed`, never later than the cap from the first assignment. The used right to
    an extension passes on either way.
    """
    if pack.flag("reassign_keeps_due"):
        return replace(old, note=f"{day_words(changed)}改由新的单位办理，期限不变")
    fresh = deadline(pack, old.rule, changed, calendar, assigned=old.assigned)
    fresh = replace(
        fresh,
        extensions=old.extensions,
        starts="改办",
        note=f"{day_words(changed)}改由新的单位办理，期限重新计算，原为{day_words(old.due)}",
    )
    limit = deadline(pack, "cap", old.assigned, calendar)
    return bounded(fresh, limit, f"最长从{day_words(old.assigned)}交办起{limit.words}")


def bounded(one: Deadline, limit: Deadline, why: str) -> Deadline:
    """`one`, but not later than `limit.due`; `why` joins the note when the limit bites."""
    if one.due <= limit.due:
        return one
    note = "；".join(part for part in (one.note, why) if part)
    return replace(one, due=limit.due, provisional=limit.provisional, skipped=(), counted=(), note=note)


def recomputed(pack: Pack, old: Deadline, calendar: Calendar) -> Deadline:
    """An open task's deadline after the calendar changed: the later of the old and the new date, never earlier."""
    if old.extended_from is not None:
        return replace(old, provisional=calendar.provisional(old.due), revision=calendar.revision)
    fresh = deadline(pack, old.rule, old.start, calendar, assigned=old.assigned)
    if fresh.due < old.due:
        said = f"放假安排变化后算得{day_words(fresh.due)}，仍按较晚的日期"
        return replace(old, provisional=fresh.provisional, revision=calendar.revision, note=said)
    return replace(fresh, extensions=old.extensions, note=old.note)


def light(due: date, today: date, ladder: Ladder) -> str:
    """green; yellow from the first step of the ladder; red from the day after the due day."""
    if today > due:
        return "red"
    return "yellow" if (due - today).days <= ladder.warns_from else "green"


def days_left(due: date, today: date) -> int:
    """Calendar days until the due day: 0 on the day itself, negative once it has passed."""
    return (due - today).days


def days_late(due: date, done: date) -> int:
    """Calendar days after the due day; 0 when in time."""
    return max(0, (done - due).days)


def ladder_step(today: date, due: date, ladder: Ladder, calendar: Calendar) -> str | None:
    """The reminder that bears today's date: "15", "7", …, "0", "overdue" on working days after; None on other days."""
    left = (due - today).days
    if left >= 0:
        return str(left) if left in ladder.before else None
    return OVERDUE if ladder.after == "each_working_day" and calendar.is_working(today) else None


def count_back(anchor: date, days: int, calendar: Calendar) -> date:
    """`days` calendar days before `anchor`, which is not counted; on a rest day the last working day before."""
    return calendar.previous_working(anchor - timedelta(days=days))


def ahead(pack: Pack, rule: str, anchor: date, calendar: Calendar) -> date:
    """The day on which something is due the period `rule` ahead of `anchor` (as the urge before feedback ends)."""
    period = pack.period(rule)
    if period.unit == "wd":
        return calendar.subtract_working_days(anchor, period.amount)
    if period.unit == "m":
        return calendar.previous_working(add_months(anchor, -period.amount))
    return count_back(anchor, period.amount, calendar)


def explain(one: Deadline) -> list[tuple[str, str]]:
    """The rows of the explanation sheet (期限说明单): label and sentence."""
    year = one.start.year
    rows = [
        ("从哪天起", f"{day_words(one.start)}{one.starts}，当天不算"),
        ("给多久", one.words),
    ]
    if one.counted:
        rows.append(("算进去", "、".join(f"{day_words(day, year)}调休上班" for day in one.counted)))
    if one.skipped:
        rows.append(("跳过", days_words(one.skipped, year)))
    if one.extended_from is not None:
        rows.append(("延期", f"原期限{day_words(one.extended_from, year)}，已同意延到{day_words(one.due, year)}"))
    elif one.due > one.unmoved:
        rows.append(("顺延", f"{day_words(one.unmoved, year)}是休息日，顺延到下一个工作日"))
    elif one.unit == "m" and one.unmoved.day < one.start.day:
        rows.append(("月末", f"{one.unmoved.month}月没有{one.start.day}日，算到当月最后一天"))
    if one.note:
        rows.append(("说明", one.note))
    if one.provisional:
        rows.append(("暂定", "相关年份的放假安排还没有公布，先按周末计算，公布后会重新核算"))
    rows.append(("到哪天", f"{day_words(one.due, year)}24:00"))
    rows.append(("依据", one.basis))
    return rows


def day_words(day: date, year: int | None = None) -> str:
    """2026年5月28日（周四）; without the year when it is `year`."""
    front = "" if day.year == year else f"{day.year}年"
    return f"{front}{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def days_words(days: tuple[date, ...], year: int | None = None) -> str:
    """5月10、16、17日、6月1日: days of one month share its name; a run of three or more is written 15至23."""
    parts: list[str] = []
    months: dict[tuple[int, int], list[int]] = {}
    for day in days:
        months.setdefault((day.year, day.month), []).append(day.day)
    for (in_year, month), numbers in months.items():
        front = "" if in_year == year else f"{in_year}年"
        parts.append(f"{front}{month}月{'、'.join(_runs(numbers))}日")
    return "、".join(parts)


def _runs(numbers: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]}至{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return words


def _working_days(start: date, amount: int, calendar: Calendar) -> tuple[date, tuple[date, ...], tuple[date, ...]]:
    """The `amount`-th working day after `start`, the rest days skipped and the make-up days counted on the way."""
    due = calendar.add_working_days(start, amount)
    skipped: list[date] = []
    counted: list[date] = []
    for day in span(start + ONE, due):
        if not calendar.is_working(day):
            skipped.append(day)
        elif day.weekday() >= SATURDAY:
            counted.append(day)
    return due, tuple(skipped), tuple(counted)


def _plain_end(start: date, period: Period) -> date:
    if period.unit == "m":
        return add_months(start, period.amount)
    return start + timedelta(days=period.amount)


def _moved(unmoved: date, calendar: Calendar) -> tuple[date, tuple[date, ...], tuple[date, ...]]:
    due = calendar.next_working(unmoved)
    worked = due.weekday() >= SATURDAY
    return due, tuple(span(unmoved, due - ONE)), (due,) if worked else ()


def _refused(field: str, said: str, code: str) -> Invalid:
    return Invalid(said, fields={field: said}, code=code)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
