"""Turns a story takes: returned, extended, disputed, withdrawn, merged, answered again. Each is a mark of its plan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from portal.accounts.actor import Actor
from portal.core import clock
from portal.demo.handling import Work
from portal.demo.lives import Story
from portal.suggestions import handling_actions
from portal.suggestions.handling_models import UnitTask

NOT_OURS = "该事项按区政府职责分工由{unit}负责，我单位没有这项职能，请予调整。"
GO_ON = "按“三定”规定你单位负有相应职责，请继续办理。"
MORE_TIME = "需要先完成入户调查和方案公示，原期限内难以办结。"
NO_MORE_TIME = "方案已有，请抓紧办理，在原期限内先答复代表。"
EMPTY = "没有写明措施和完成时间，请补充后重新提出。"
DISPUTE = "主办单位认为应由会办单位先行改造管线，会办单位认为不在年度计划内，意见不一致。"
AGAIN = "请当面听取代表意见，拿出有时间表的措施，重新答复。"
STILL_BAD = "重新答复还是没有时间表。"
WITHDRAWN = "社区已经自行解决，不再需要办理。"
SAME = "两件反映的是同一处问题，一并办理，分别答复。"
PRESS = "期限快到了，请抓紧与代表联系并按期答复。"


def turn(story: Story) -> None:
    """Whatever the marks of the plan ask for, in the order of TURNS."""
    for mark, act in TURNS.items():
        if mark in story.plan.marks:
            act(story)


def _next_day(story: Story, least: int = 1, most: int = 3) -> Any:
    assert story.moment is not None  # noqa: S101 - narrows the type
    return min(story.day_after(story.moment.date(), least, most), story.district.now.date())


def _task(story: Story) -> UnitTask:
    return next(task for task in story.item.tasks if task.live and task.answers)  # type: ignore[attr-defined]


def _act(story: Story, who: Actor, step: str, data: Mapping[str, Any], days: tuple[int, int] = (1, 3)) -> None:
    task = _task(story)
    story.within(_next_day(story, *days), lambda: handling_actions.take_task(who, task, step, data))


def _whole(story: Story, who: Actor, step: str, data: Mapping[str, Any], days: tuple[int, int] = (1, 3)) -> None:
    story.within(_next_day(story, *days), lambda: handling_actions.take(who, story.item, step, data))


def _other_unit(story: Story) -> Any:
    held = {task.unit_id for task in story.item.tasks}  # type: ignore[attr-defined]
    return next(unit for unit in story.district.units.values() if unit.id not in held and unit.organ == "government")


def _return(story: Story) -> None:
    unit = _other_unit(story)
    data = {"unit": unit.public_id, "reason": NOT_OURS.format(unit=unit.name)}
    _act(story, Work(story, _task(story)).handler, "request_return", data, (0, 1))


def _returned(story: Story) -> None:
    _return(story)
    _act(story, story.clerk(), "approve_return", {"unit": _other_unit(story).public_id})


def _kept(story: Story) -> None:
    _return(story)
    _act(story, story.clerk(), "refuse_return", {"reason": GO_ON})


def _ask_longer(story: Story) -> None:
    task = _task(story)
    assert task.due is not None  # noqa: S101 - narrows the type
    asked = story.district.calendar.next_working(task.due + timedelta(days=40))
    _act(story, Work(story, task).handler, "request_extension", {"asked": asked, "reason": MORE_TIME}, (2, 6))


def _longer(story: Story) -> None:
    _ask_longer(story)
    _act(story, story.clerk(), "grant_extension", {})


def _no_longer(story: Story) -> None:
    _ask_longer(story)
    _act(story, story.clerk(), "refuse_extension", {"reason": NO_MORE_TIME})


def _disputed(story: Story) -> None:
    main = Work(story, _task(story)).handler
    given = [one for one in story.item.tasks if one.state == "opinion_given"]  # type: ignore[attr-defined]
    data = {"reason": EMPTY}
    if given:
        act = partial(handling_actions.take_task, main, given[0], "bounce_opinion", data)
        story.within(_next_day(story), act)
    _whole(story, main, "open_coordination", {"reason": DISPUTE})


def _urged(story: Story) -> None:
    _act(story, story.clerk(), "urge", {"text": PRESS})


def _again(story: Story) -> None:
    _whole(story, story.clerk(), "rehandle", {"task": _task(story).public_id, "text": AGAIN}, (2, 5))


def _answered_again(story: Story, level: str = "basically", reason: str = "") -> None:
    _again(story)
    work = Work(story, _task(story))
    for event in work.events():
        story.within(max(event.day, _next_day(story, 0, 2)), event.do)
    story.within(_next_day(story), work.sign)
    data = {"attitude": "satisfied", "result": level, "reason": reason}
    _act(story, work.deputy, "rate", data)


def _bad_again(story: Story) -> None:
    _answered_again(story, "dissatisfied", STILL_BAD)


def _withdrawn(story: Story) -> None:
    _ask_to_withdraw(story)
    for one in story.item.signatures:
        if story.item.asked_to_withdraw and one.state == "confirmed":
            name = next(name for name, seat in story.district.seats.items() if seat.id == one.seat_id)
            _whole(story, story.deputy(name), "consent_withdrawal", {"answer": "agreed"}, (0, 1))


def _ask_to_withdraw(story: Story) -> None:
    _whole(story, story.deputy(story.plan.lead), "request_withdrawal", {"reason": WITHDRAWN})


TURNS: Mapping[str, Callable[[Story], None]] = {
    **{"urged": _urged, "asks return": _return, "returned": _returned, "kept": _kept},
    **{"asks longer": _ask_longer, "longer": _longer, "no longer": _no_longer, "disputed": _disputed},
    **{"again": _again, "answered again": _answered_again, "bad again": _bad_again},
    **{"withdrawn": _withdrawn, "asks to withdraw": _ask_to_withdraw},
}


def merge(stories: Sequence[Story]) -> None:
    """The stories marked "merged" are handled with the first one marked "main"."""
    main = next((one for one in stories if "main" in one.plan.marks), None)
    for story in stories:
        if main is not None and "merged" in story.plan.marks:
            with clock.at(story.district.now - timedelta(minutes=30)):
                data = {"into": main.item.number_text, "reason": SAME}
                handling_actions.take(story.clerk(), story.item, "merge", data)
