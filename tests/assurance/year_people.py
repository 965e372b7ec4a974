"""What the people of the demo district do through a year, each at the pages, in a browser of their own.

Everybody is a little different, drawn from the seed: some units are quick, some never sign for what they are sent, some
answer late; some deputies rate at once, some never. What may be done is decided here, by what is on record and by the
oracle's dates; a page that refuses is a fault.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.models import Appointment
from portal.congress.models import Congress, Seat, Unit
from portal.core import clock
from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from portal.suggestions.queries import WITH_FACTS
from tests.assurance import oracle, year_dates
from tests.assurance.world import _cookie
from tests.support.inspecting import InspectingClient, told

Post = tuple[int, int]
"""(person, capacity)."""
WHY = "情况已经逐条核对，理由如上，请予研究。"
TEXT = {
    "situation": "清河街道有老旧小区17个，六层以上没有电梯的单元312个，住着七十岁以上老人1,460位，上下楼十分不便。",
    "request": "请牵头设一个窗口受理申请，二十个工作日办完，楼道加装扶手和照明。",
}
LETTER = {
    **{"body": "您提出的建议收悉。窗口已设立，二十个工作日办结，补助标准已提高。", "publicity": "full"},
    **{"contact_person": "王科长", "contact_line": "0000-1234567"},
}
OPEN = ("submitted", "admitted", "assigned", "replied", "rehandling", "second_dissatisfied")
OUT_OF_TIME = ("handling", "reply_drafted")


@dataclass(frozen=True)
class Act:
    """One form filled in: who, on which page, which of its forms, with what."""

    who: Post
    page: str
    action: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Habit:
    """How the people of one part are; days after the assignment or the act before, fractions of the whole time."""

    receives: int | None
    dispatched: bool
    returns: bool
    contacts: float
    opines: float
    extends: bool
    drafts: float
    bounced: bool
    signs: int
    confirms: str
    rates: int | None
    level: str
    reworked: bool
    grants: bool


def habit(chance: random.Random) -> Habit:
    often = chance.random
    return Habit(
        receives=None if often() < 0.15 else chance.randint(0, 2),
        dispatched=often() < 0.15,
        returns=often() < 0.06,
        contacts=chance.uniform(0.1, 0.3) if often() < 0.9 else 0.5,
        opines=chance.uniform(0.3, 0.9) if often() < 0.85 else 1.3,
        extends=often() < 0.12,
        drafts=chance.uniform(0.4, 0.9) if often() < 0.85 else chance.uniform(1.02, 1.3),
        bounced=often() < 0.12,
        signs=chance.randint(0, 4),
        confirms=chance.choice(("true", "true", "true", "", "", "untrue")),
        rates=None if often() < 0.25 else chance.randint(1, 14),
        level=chance.choice(("satisfied",) * 6 + ("basically",) * 3 + ("dissatisfied",) * 2),
        reworked=often() < 0.7,
        grants=often() < 0.7,
    )


class District:
    """The people and their browsers."""

    def __init__(self, app: Flask, seed: int):
        self.app, self.seed = app, seed
        self.posts: dict[tuple[str, int], Post] = {}
        rows = select(Appointment.role, Appointment.body_id, Appointment.person_id, Appointment.id)
        for role, body, person, key in db.session.execute(rows.order_by(Appointment.id.desc())):
            self.posts[role, body] = (person, key)
        units = db.session.scalars(select(Unit).where(Unit.superior_id.is_(None)).order_by(Unit.id)).all()
        self.units: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for one in units:
            self.units[one.congress_id].append((one.id, one.public_id, one.organ))
        county = Congress.level == "county"
        seats = db.session.scalars(select(Seat).join(Congress, Congress.id == Seat.body_id).where(county))
        self.deputies = [(seat.person_id, seat.id) for seat in seats]
        db.session.rollback()
        self.clients: dict[Post, InspectingClient] = {}
        self.bounced: set[int] = set()
        clerk = Appointment.role == p.CLERK, Appointment.body_id.in_(select(Congress.id).where(county))
        rows = select(Appointment.person_id, Appointment.id).where(*clerk).order_by(Appointment.id)
        self.clerks: list[Post] = [(row.person_id, row.id) for row in db.session.execute(rows)]
        db.session.rollback()

    def client(self, who: Post) -> InspectingClient:
        if who not in self.clients:
            client = self.app.test_client()
            client.inspects = False  # type: ignore[attr-defined]
            name, _, token = _cookie(who).partition("=")
            db.session.commit()
            client.set_cookie(name, token, secure=True)
            self.clients[who] = client  # type: ignore[assignment]
        return self.clients[who]

    def do(self, act: Act) -> str:
        """What was wrong with the answer, or nothing."""
        client = self.client(act.who)
        try:
            answer = client.submit(act.page, act.values, action=act.action)
        except AssertionError as trouble:
            return f"{act.page}: {trouble}"[:400]
        return "" if answer.status_code == 303 else told(answer)

    def propose(self, number: int) -> str:
        """A deputy writes one more suggestion and submits it."""
        chance = random.Random(f"{self.seed}:new:{number}")
        client = self.client(chance.choice(self.deputies))
        title = f"关于第{number}号楼加装电梯的建议"
        answer = client.submit("/suggestions/new", {**TEXT, "title": title, "cause": ""})
        if answer.status_code != 303:
            return told(answer)
        edit = f"/suggestions/{answer.location.split('/')[2]}/edit"
        answer = client.submit(edit, {"act": "submit"}, action=edit)
        return "" if answer.status_code == 303 else told(answer)

    def post(self, role: str, body: int) -> Post:
        return self.posts[role, body]

    # what there is to do

    def todo(self, today: date) -> list[Act]:
        """At most one act for each suggestion under way."""
        acts = []
        for suggestion in under_way():
            act = next(self._of(suggestion, today), None)
            acts += [act] if act else []
        db.session.rollback()
        return acts

    def _draw(self, suggestion: Suggestion, task: UnitTask | None = None) -> random.Random:
        return random.Random(f"{self.seed}:{suggestion.id}:{task.id if task else 0}")

    def _of(self, suggestion: Suggestion, today: date) -> Iterator[Act]:
        chance = self._draw(suggestion)
        screening, assigning = chance.choice((1, 1, 2, 3, 9)), chance.choice((1, 2, 3, 6))
        clerk = self.post(p.CLERK, suggestion.congress_id)
        take = _taker(f"/suggestions/{suggestion.public_id}/steps")
        if suggestion.state == "submitted":
            since = (today - clock.office(suggestion.submitted_at).date()).days
            if suggestion.session_id and not suggestion.checked_at:
                yield take(self.post(p.DELEGATION, suggestion.delegation_id or 0), "check")
            elif since >= screening and chance.random() < 0.06:
                yield take(clerk, "not_admit", disposition="letter", explanation=WHY)
            elif since >= screening:
                yield take(clerk, "admit", category="0101")
        elif suggestion.state == "admitted" and not suggestion.merged_into_id:
            if (today - suggestion.admitted_on).days >= assigning:
                yield take(clerk, "assign", **self._division(suggestion, chance))
        elif suggestion.state == "second_dissatisfied" and not suggestion.facts_of("convened"):
            said = {"happened_on": today.isoformat(), "who": "双方", "text": WHY}
            yield take(clerk, "convene", **said)
        elif suggestion.state == "second_dissatisfied":
            yield take(clerk, "close", text=WHY, reported_on=today.isoformat())
        else:
            yield from self._whole(suggestion, take, clerk, today)
            for task in suggestion.tasks:
                if task.live:
                    yield from self._part(suggestion, task, today)

    def _division(self, suggestion: Suggestion, chance: random.Random) -> dict[str, str]:
        able = [one for one in self.units[suggestion.congress_id] if (p.SIGNER, one[0]) in self.posts]
        first, second = chance.sample(able, 2)
        roles = chance.choice((("sole",), ("sole",), ("lead", "assist"), ("separate", "separate")))
        if roles[0] == "separate" and suggestion.points:
            roles = ("lead", "assist")
        rows = zip(roles, (first, second), strict=False)
        return {
            f"units-{n}-{name}": value
            for n, (role, unit) in enumerate(rows)
            for name, value in (("unit", unit[1]), ("role", role))
        }

    def _whole(self, suggestion: Suggestion, take: Any, clerk: Post, today: date) -> Iterator[Act]:
        asked, chance = suggestion.asked_to_withdraw, self._draw(suggestion)
        if asked is not None and suggestion.state == "assigned" and not suggestion.facts_of("reply"):
            answered = {one.by_id for one in suggestion.facts_of("consent") if one.id > asked.id}
            for one in suggestion.signatures:
                if one.state == "confirmed" and one.seat_id not in answered:
                    answer = "refused" if chance.random() < 0.3 else "agreed"
                    yield take((one.seat.person_id, one.seat_id), "consent_withdrawal", answer=answer)
        if suggestion.open_coordination is not None and suggestion.state in ("assigned", "rehandling"):
            yield take(clerk, "decide_coordination", minutes=WHY, decision="由主办单位统一答复。")
        never = not suggestion.facts_of("reply") and not suggestion.facts_of("withdrawal")
        if suggestion.state == "assigned" and never and not suggestion.merged_items and chance.random() < 0.04:
            if (today - suggestion.assigned_on).days >= 12:
                yield take(_lead(suggestion), "request_withdrawal", reason=WHY)
        parts = [one for one in suggestion.tasks if one.live and one.answers]
        for task in parts:
            if task.state == "done" and task.round == 1 and _unhappy(task):
                others = [one for one in parts if one is not task]
                alone = suggestion.state == "replied" and all(
                    one.state == "done" and not _unhappy(one) for one in others
                )
                step = "explain" if alone and not self._habit(suggestion, task).reworked else "rehandle"
                if (today - task.ratings[-1].happened_on).days >= 3:
                    yield take(clerk, step, task=task.public_id, text=WHY)

    def _habit(self, suggestion: Suggestion, task: UnitTask) -> Habit:
        return habit(self._draw(suggestion, task))

    def _part(self, suggestion: Suggestion, task: UnitTask, today: date) -> Iterator[Act]:
        way, take = self._habit(suggestion, task), _taker(f"/tasks/{task.public_id}/steps")
        days, whole = (today - task.assigned_on).days, (task.due - task.assigned_on).days
        handler, clerk = self.post(p.HANDLER, task.unit_id), self.post(p.CLERK, suggestion.congress_id)
        government = getattr(task.unit, "organ", "") == "government"
        if task.state == "pending":
            if government and way.dispatched and task.dispatched_on is None and days >= 1:
                yield take(self.post(p.GOV_OFFICE, suggestion.congress_id), "dispatch")
            if way.receives is not None and days >= way.receives:
                yield take(handler, "receive")
        elif task.state == "return_requested":
            if (today - task.asked_to_return.happened_on).days >= 2:
                yield self._decide_return(suggestion, task, take, clerk, way)
        elif task.state in OUT_OF_TIME and task.asked_to_extend is not None:
            if (today - task.asked_to_extend.happened_on).days >= 2:
                yield take(clerk, "grant_extension") if way.grants else take(clerk, "refuse_extension", reason=WHY)
        if task.state == "handling" and way.returns and not task.facts_of("return") and today <= task.return_due:
            yield take(handler, "request_return", unit=self._other(suggestion), reason=WHY)
        if not task.answers:
            yield from self._assist(task, take, handler, way, days >= way.opines * whole)
        elif task.state in OUT_OF_TIME:
            yield from self._answer(suggestion, task, take, way, today)
        elif task.state == "replied":
            since = (today - task.replies[-1].happened_on).days
            if way.rates is not None and since >= way.rates and today <= task.feedback_due:
                yield take(_lead(suggestion), "rate", attitude="satisfied", result=way.level, reason=WHY)

    def _decide_return(self, suggestion: Any, task: UnitTask, take: Any, clerk: Post, way: Habit) -> Act:
        if not way.grants:
            return take(clerk, "refuse_return", reason=WHY)
        unit = self._other(suggestion)
        return take(clerk, "approve_return", unit=unit, leader_decision="分管副主任当日决定同意。")

    def _other(self, suggestion: Suggestion) -> str:
        """A unit of the same kind that has no part in it."""
        held = {one.unit_id for one in suggestion.tasks}
        able = [one for one in self.units[suggestion.congress_id] if (p.SIGNER, one[0]) in self.posts]
        return next(one[1] for one in able if one[0] not in held)

    def _assist(self, task: UnitTask, take: Any, handler: Post, way: Habit, time: bool) -> Iterator[Act]:
        if task.state == "handling" and time:
            yield take(handler, "give_opinion", text=WHY)
        lead = next((one for one in task.siblings if one.answers), None)
        if task.state == "opinion_given" and way.bounced and lead and lead.state in ("pending", *OUT_OF_TIME):
            if not task.facts_of("bounce"):
                yield take(self.post(p.HANDLER, lead.unit_id), "bounce_opinion", reason=WHY)

    def _answer(self, suggestion: Suggestion, task: UnitTask, take: Any, way: Habit, today: date) -> Iterator[Act]:
        handler = self.post(p.HANDLER, task.unit_id)
        days, whole = (today - task.assigned_on).days, (task.due - task.assigned_on).days
        good = [one for one in task.contacts if one.answer in (None, "true")]
        open_one = next((one for one in task.contacts if one.answer is None), None)
        if not good and days >= way.contacts * whole:
            said = {"form": "phone", "who": "王科长", "summary": WHY, "happened_on": today.isoformat()}
            yield take(handler, "log_contact", **said)
        if open_one is not None and way.confirms:
            answer = "true" if len(task.contacts) > 1 else way.confirms
            page = f"/tasks/{task.public_id}/steps/confirm_contact?contact={open_one.public_id}"
            note = "" if answer == "true" else WHY
            yield Act(_lead(suggestion), page, "/steps/confirm_contact", {"answer": answer, "note": note})
        near = task.due - timedelta(days=12) <= today <= task.due and task.round == 1
        if good and way.extends and near and not any(one.facts_of("extension") for one in suggestion.tasks):
            later = task.due + timedelta(days=30)
            while not year_dates.WALL.works(later):
                later += oracle.A_DAY
            yield take(handler, "request_extension", asked=later.isoformat(), reason=WHY)
        if task.state == "handling" and good and days >= way.drafts * whole:
            yield take(handler, "draft_reply", grade="A" if way.grants else "B", **LETTER)
        if task.state == "reply_drafted" and good:
            yield from self._sign(task, take, way, today)

    def _sign(self, task: UnitTask, take: Any, way: Habit, today: date) -> Iterator[Act]:
        signer = self.post(p.SIGNER, task.unit_id)
        missing = [one for one in task.siblings if one.role == "assist" and one.state != "opinion_given"]
        if any(one.due >= today for one in missing):
            return
        if way.bounced and task.id not in self.bounced:
            self.bounced.add(task.id)
            yield take(signer, "bounce_reply", reason=WHY)
        if (today - clock.office(task.draft.saved_at).date()).days >= way.signs:
            yield take(signer, "sign_reply", missing_opinions_note="会办单位逾期未交意见，已催要。" if missing else "")


def under_way() -> list[Suggestion]:
    """Everything that is open, with its record."""
    asked = select(Suggestion).where(Suggestion.state.in_(OPEN), Suggestion.pack_version_id.is_not(None))
    return list(db.session.scalars(asked.order_by(Suggestion.id).options(WITH_FACTS)))


def _taker(steps: str) -> Callable[..., Act]:
    def take(who: Post, step: str, /, **values: Any) -> Act:
        return Act(who, f"{steps}/{step}", f"/steps/{step}", values)

    return take


def _lead(suggestion: Suggestion) -> Post:
    return suggestion.lead_seat.person_id, suggestion.lead_seat_id  # type: ignore[union-attr, return-value]


def _unhappy(task: UnitTask) -> bool:
    last = task.ratings[-1]
    return "dissatisfied" in (last.attitude, last.result) and last.followed_by("explained") is None
