"""Suggestions brought to any point of their life by the real actions, without a page; for tests of every kind."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from portal.accounts.actor import Actor
from portal.accounts.queries import capacities
from portal.core import clock
from portal.core.db import db
from portal.suggestions import actions, handling_actions
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from tests.support.office import Office, stand

TITLE = "关于推进老旧小区加装电梯的建议"
SITUATION = "清河街道有老旧小区17个，六层以上没有电梯的单元312个，住着七十岁以上老人1,460位，上下楼十分不便。"
REQUEST = "请区住建局牵头设一个窗口受理加装电梯申请，二十个工作日办完；楼道加装扶手和照明。"
LETTER = {
    **{"grade": "A", "body": "您提出的建议收悉。窗口已于四月十五日设立，二十个工作日办结，补助标准已提高。"},
    **{"contact_person": "王科长", "contact_line": "0000-1234567", "publicity": "full"},
}
JOINT = (("housing", "lead"), ("water", "assist"))
SOLE = (("housing", "sole"),)


class Life:
    """What people of one office do, by user name."""

    def __init__(self, office: Office):
        self.people = {name: person.id for name, person in office.people.items()}
        self.seats = {name: seat.id for name, seat in office.seats.items()}
        self.bodies = {name: body.public_id for name, body in office.bodies.items()}

    def actor(self, username: str) -> Actor:
        """The person in their first capacity, as a page would see them."""
        return capacities(self.people[username], clock.today())[0].actor

    def draft(self, by: str = "zhang", title: str = TITLE, points: Sequence[str] = (), **values: Any) -> Suggestion:
        """A draft that lacks nothing."""
        suggestion = actions.begin(self.actor(by))
        rows = [{"text": text} for text in points]
        text = {"title": title, "situation": SITUATION, "cause": "", "request": REQUEST, "points": rows}
        actions.save_draft(self.actor(by), suggestion, {**text, **values}, None)
        return suggestion

    def signed_by(self, suggestion: Suggestion, *names: str, by: str = "zhang") -> list[Signature]:
        """Co-signatures invited by the lead and confirmed by each."""
        seats = [db.session.get(handling_actions.Appointment, self.seats[name]) for name in names]
        actions.invite(self.actor(by), suggestion, seats)
        found = [one for one in suggestion.signatures if one.seat_id in {self.seats[name] for name in names}]
        for name, signature in zip(names, found, strict=True):
            data = {"text_hash": suggestion.text_hash}
            actions.take_signature(self.actor(name), signature, "confirm", data)
        return found

    def take(self, who: str, suggestion: Suggestion, step: str, /, **data: Any) -> Suggestion:
        handling_actions.take(self.actor(who), suggestion, step, data)
        db.session.flush()
        return suggestion

    def submitted(self, by: str = "zhang", **values: Any) -> Suggestion:
        """Submitted, and checked where it is a session item."""
        suggestion = self.take(by, self.draft(by, **values), "submit")
        return self.take("delegation1", suggestion, "check") if suggestion.session else suggestion

    def admitted(self, by: str = "zhang", **values: Any) -> Suggestion:
        return self.take("clerk", self.submitted(by, **values), "admit", category="0101")

    def assigned(self, units: Sequence[tuple[str, str]] = SOLE, by: str = "zhang", **values: Any) -> Suggestion:
        return self.take("clerk", self.admitted(by, **values), "assign", units=self.rows(units))

    def rows(self, units: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
        """(unit, role) or (unit, role, points…) as the form of assignment gives them."""
        return [{"unit": self.bodies[name], "role": role, "points": list(points)} for name, role, *points in units]

    def task(self, suggestion: Suggestion, unit: str = "housing") -> UnitTask:
        return next(one for one in suggestion.tasks if one.unit.public_id == self.bodies[unit])

    def act(self, who: str, task: UnitTask, step: str, /, **data: Any) -> UnitTask:
        handling_actions.take_task(self.actor(who), task, step, data)
        db.session.flush()
        return task

    def contacted(self, task: UnitTask, unit: str = "housing") -> UnitTask:
        if task.state == "pending":
            self.act(unit, task, "receive")
        told = {"form": "face", "who": "王科长", "summary": "当面听取意见，商定方案。"}
        return self.act(unit, task, "log_contact", **told)

    def drafted(self, task: UnitTask, unit: str = "housing", grade: str = "A") -> UnitTask:
        return self.act(unit, self.contacted(task, unit), "draft_reply", **{**LETTER, "grade": grade})

    def replied(self, task: UnitTask, unit: str = "housing", grade: str = "A") -> UnitTask:
        return self.act(f"{unit}-signer", self.drafted(task, unit, grade), "sign_reply")

    def rated(self, task: UnitTask, level: str = "satisfied", by: str = "zhang", reason: str = "") -> UnitTask:
        return self.act(by, task, "rate", attitude=level, result=level, reason=reason)

    def closed(self, by: str = "zhang", **values: Any) -> Suggestion:
        suggestion = self.assigned(SOLE, by, **values)
        self.rated(self.replied(self.task(suggestion)), by=by)
        return suggestion

    def one_of_each(self, by: str = "zhang") -> dict[str, Suggestion]:
        """One suggestion in every state a page can reach now, and one with a 不满意."""
        found = {"draft": self.draft(by), "submitted": self.submitted(by), "admitted": self.admitted(by)}
        explained = {"disposition": "reference", "explanation": "不属于本级职权，转有关方面参考。"}
        found["not_admitted"] = self.take("clerk", self.submitted(by), "not_admit", **explained)
        found["assigned"] = self.assigned(JOINT, by)
        found["replied"] = self.assigned(SOLE, by)
        self.replied(self.task(found["replied"]))
        found["dissatisfied"] = self.assigned(SOLE, by)
        bad = self.replied(self.task(found["dissatisfied"]))
        self.rated(bad, "dissatisfied", by, "没有解决停车问题。")
        found["closed"] = self.closed(by)
        return found


@pytest.fixture
def life(app: Flask, set_clock: Callable[[str], None]) -> Life:
    """The small office on the morning of Monday 2 March 2026, with nothing written yet."""
    set_clock("2026-03-02T09:00")
    with app.app_context():
        made = Life(stand())
        db.session.remove()
        return made
