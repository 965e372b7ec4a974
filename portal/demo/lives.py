"""Living one suggestion's life: each act at its own moment, by whoever would do it, through the real actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from portal.accounts.actor import Actor
from portal.congress.models import Congress
from portal.core import clock
from portal.demo.district import District
from portal.demo.topics import Matter
from portal.suggestions import actions, handling_actions
from portal.suggestions.models import Signature, Suggestion

STAGES = (
    *("draft", "invited", "submitted", "checked", "admitted", "assigned"),
    *("received", "contacted", "confirmed", "drafted", "replied", "rated"),
)
SEND_BACK = "请补充具体位置和影响的人数，最好附上现场照片；第三点由哪一级来做，也请写明。"


@dataclass(frozen=True)
class Plan:
    """One life: what it is about, when it is submitted and how far it has come today.

    `division` is sole, joint or separate. `reply_after` and `contact_after` are days after the assignment, drawn
    between the two. `marks` are turns the story takes: bounced, denied, missing (an opinion), resent (after 退回补充).
    """

    matter: Matter
    submitted: date
    stage: str
    lead: str
    cosigners: tuple[str, ...] = ()
    numbered: bool = True
    division: str = "sole"
    grade: str = "B"
    rating: tuple[str, str] = ("satisfied", "satisfied")
    reason: str = ""
    contact_after: tuple[int, int] = (8, 20)
    reply_after: tuple[int, int] = (30, 60)
    rate_after: tuple[int, int] = (2, 12)
    marks: frozenset[str] = frozenset()
    town: int = 0
    refusal: tuple[str, str] = ("", "")

    @property
    def rank(self) -> int:
        """How far the story goes."""
        return STAGES.index(self.stage) if self.stage in STAGES else STAGES.index("submitted")

    def reaches(self, stage: str) -> bool:
        """Whether the story comes as far as `stage`."""
        return self.rank >= STAGES.index(stage)


@dataclass
class Story:
    """A plan being lived: knows who acts and what time it is."""

    district: District
    plan: Plan
    moment: datetime | None = None
    suggestion: Suggestion | None = None
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def item(self) -> Suggestion:
        """The suggestion, once it has been begun."""
        assert self.suggestion is not None  # noqa: S101 - narrows the type
        return self.suggestion

    @property
    def congress(self) -> Congress:
        """Where it is made: the district's congress or a township's."""
        return self.district.towns[self.plan.town - 1] if self.plan.town else self.district.congress

    def deputy(self, username: str) -> Actor:
        """A deputy in the seat of this congress."""
        return self.district.household.actor(username, self.congress)

    def clerk(self) -> Actor:
        """Who screens here."""
        name = f"township{self.plan.town}" if self.plan.town else "clerk"
        return self.district.household.actor(name)

    def day_after(self, day: date, least: int, most: int) -> date:
        """A working day between `least` and `most` days later."""
        return self.district.working(day + timedelta(days=self.district.chance.randint(least, most)))

    def within(self, day: date, act: Callable[[], Any], from_hour: int = 9) -> Any:
        """Do something at a moment of `day`, after what was done before and never in the future."""
        chance = self.district.chance
        moment = datetime.combine(day, time(chance.randint(from_hour, 17), chance.randint(0, 59)), clock.OFFICE_ZONE)
        if self.moment is not None and moment <= self.moment:
            moment = self.moment + timedelta(minutes=chance.randint(3, 25))
        self.moment = min(moment, self.district.now)
        with clock.at(self.moment):
            return act()


def begin(district: District, plan: Plan) -> Story:
    """Live `plan` up to the assignment at most; the story as it stands then."""
    story = Story(district, plan)
    _write(story)
    if plan.stage != "draft":
        _invite(story)
    if plan.stage in ("draft", "invited"):
        return story
    lead = story.deputy(plan.lead)
    story.within(plan.submitted, lambda: handling_actions.take(lead, story.item, "submit", {}))
    if plan.stage == "sent_back" or "resent" in plan.marks:
        _send_back(story)
    if plan.stage != "sent_back":
        _screen(story)
    return story


def _write(story: Story) -> None:
    plan, matter = story.plan, story.plan.matter
    lead = story.deputy(plan.lead)
    days = 0 if story.district.chance.random() < 0.4 else story.district.chance.randint(1, 6)
    wished = matter.lead and not plan.town and story.district.chance.random() < 0.5
    values = {
        "title": matter.title,
        "situation": matter.situation,
        "cause": matter.cause,
        "request": matter.request,
        "points": [{"text": point} for point in matter.points] if plan.numbered else [],
        "contact_wish": story.district.chance.choice(("phone", "phone", "face", "any")),
        "publicity_wish": story.district.chance.choice(("full", "full", "full", "title")),
        "preferred_unit": story.district.units[matter.lead].public_id if wished else "",
    }

    def open_sheet() -> None:
        story.suggestion = actions.begin(lead)
        actions.save_draft(lead, story.item, values, None)

    story.within(plan.submitted - timedelta(days=days), open_sheet, from_hour=8)


def _invite(story: Story) -> None:
    plan = story.plan
    if not plan.cosigners:
        return
    lead, seats = story.deputy(plan.lead), [story.district.seats[one] for one in plan.cosigners]
    story.within(plan.submitted, lambda: actions.invite(lead, story.item, seats), from_hour=8)
    by_seat = {one.seat_id: one for one in story.item.signatures}
    for place, (username, seat) in enumerate(zip(plan.cosigners, seats, strict=True)):
        if plan.stage != "invited" or place % 2:
            story.within(plan.submitted, partial(_confirm, story, story.deputy(username), by_seat[seat.id]))


def _confirm(story: Story, who: Actor, signature: Signature) -> None:
    actions.take_signature(who, signature, "confirm", {"text_hash": story.item.text_hash})


def _send_back(story: Story) -> None:
    day = story.day_after(story.plan.submitted, 1, 2)
    clerk, lead = story.clerk(), story.deputy(story.plan.lead)
    story.within(day, lambda: handling_actions.take(clerk, story.item, "send_back", {"reason": SEND_BACK}))
    if story.plan.stage == "sent_back":
        return

    def again() -> None:
        handling_actions.take(lead, story.item, "submit", {})

    story.within(story.day_after(day, 1, 2), again)


def _screen(story: Story) -> None:
    plan, item = story.plan, story.item
    session = item.session
    day = plan.submitted
    if session is not None and (plan.reaches("checked") or plan.stage == "not_admitted"):
        _check(story)
        day = session.closes_on
    if plan.stage == "not_admitted":
        disposition, explanation = plan.refusal
        data = {"disposition": disposition, "explanation": explanation}
        day = story.day_after(day, 1, 4)
        story.within(day, lambda: handling_actions.take(story.clerk(), item, "not_admit", data))
    if plan.reaches("admitted"):
        day = story.day_after(day, 1, 9 if session else 3)
        category = {"category": plan.matter.category}
        story.within(day, lambda: handling_actions.take(story.clerk(), item, "admit", category))
    if plan.reaches("assigned"):
        # Session items are assigned together at one meeting (交办会), others as they come.
        day = story.district.working(session.closes_on + timedelta(days=20)) if session else story.day_after(day, 1, 2)
        story.within(day, lambda: handling_actions.take(story.clerk(), item, "assign", {"units": _units(story)}))


def _check(story: Story) -> None:
    number = list(story.district.delegations).index(story.plan.matter.area) + 1
    staff = story.district.household.actor(f"delegation{number}")
    story.within(story.plan.submitted, lambda: handling_actions.take(staff, story.item, "check", {}))


def _units(story: Story) -> list[dict[str, Any]]:
    plan, matter = story.plan, story.plan.matter
    others: Sequence[str] = matter.assists or matter.separate
    if plan.town:
        codes: Sequence[str] = story.district.town_units[plan.town]
        main, others = (codes[0], codes[1:]) if matter.category.startswith("08") else (codes[1], codes[:1])
    else:
        main = matter.lead
    if plan.division == "sole" or not others:
        return [_row(story, main, "sole", ())]
    if plan.division == "separate":
        numbers = [str(n) for n in range(1, len(matter.points) + 1)] if plan.numbered else []
        return [_row(story, main, "separate", numbers[:1]), _row(story, others[0], "separate", numbers[1:])]
    numbers = [str(len(matter.points))] if plan.numbered else []
    return [_row(story, main, "lead", ()), *(_row(story, code, "assist", numbers) for code in others)]


def _row(story: Story, code: str, role: str, numbers: Sequence[str]) -> dict[str, Any]:
    return {"unit": story.district.units[code].public_id, "role": role, "points": list(numbers)}
