"""What happens in the district: how many suggestions, when, and how far each has come today.

Every figure counts days before today, so that deadlines are alive whenever the district is made.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portal.demo.district import District
from portal.demo.lives import Plan
from portal.demo.topics import Matter, Shelf, matters

GRADES = "AAAABBBBBCD"
RATINGS = (
    *(("satisfied", "satisfied"),) * 7,
    ("satisfied", "basically"),
    ("basically", "basically"),
)
UNHAPPY = (
    "答复只说“列入计划”，没有说哪一天开工，群众问起来我没法回答。",
    "联系过一次，提的三点只答了一点，现场情况和答复不一致。",
    "去年就是这样答复的，今年还是一样，请拿出时间表。",
    "答复说已经完成，我昨天去看，公厕还是锁着的。",
    "两个点只做了一个，另一个没有说为什么不做。",
)
DISSATISFIED = ("basically", "dissatisfied")
TOWN_STAGES = (("rated", 140), ("rated", 80), ("replied", 58), ("confirmed", 40), ("contacted", 35), ("submitted", 2))

# stage, how many, first and last day before today on which they are submitted, further wishes
BETWEEN_SESSIONS: tuple[tuple[str, int, int, int, dict[str, Any]], ...] = (
    ("rated", 15, 440, 150, {}),
    ("rated", 6, 95, 62, {"reply_after": (25, 40)}),
    ("replied", 5, 76, 63, {"reply_after": (48, 56)}),
    ("drafted", 3, 62, 48, {"reply_after": (36, 44)}),
    ("confirmed", 6, 60, 28, {}),
    ("contacted", 5, 40, 24, {}),
    ("received", 5, 26, 9, {}),
    ("assigned", 4, 6, 6, {}),
    ("admitted", 5, 5, 4, {}),
    ("submitted", 7, 4, 0, {}),
    ("sent_back", 2, 4, 3, {}),
    ("draft", 3, 3, 0, {}),
    ("invited", 2, 2, 1, {}),
)
# session (from 0), stage, how many, further wishes
IN_SESSION: tuple[tuple[int, str, int, dict[str, Any]], ...] = (
    (0, "rated", 22, {"reply_after": (30, 85)}),
    (0, "rated", 1, {"reply_after": (97, 103), "marks": frozenset({"denied", "bounced"})}),
    (1, "rated", 17, {"reply_after": (25, 60)}),
    (1, "rated", 2, {"reply_after": (35, 50), "marks": frozenset({"denied"})}),
    (1, "rated", 1, {"reply_after": (40, 50), "marks": frozenset({"resent", "bounced"})}),
    (1, "replied", 7, {"reply_after": (66, 80)}),
    (1, "drafted", 2, {"reply_after": (70, 80)}),
    (1, "confirmed", 3, {"contact_after": (20, 60)}),
    (1, "contacted", 3, {"contact_after": (60, 78)}),
    (1, "received", 1, {}),
    (2, "checked", 7, {}),
    (2, "submitted", 3, {}),
)


@dataclass
class Planner:
    """Draws plans from the shelf of matters; every choice comes from the district's seed."""

    district: District
    made: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = self.district.chance
        self.shelf = Shelf(matters(self.chance), self.chance)

    def add(self, stage: str, submitted: date, matter: Matter, lead: str = "", **wishes: Any) -> None:
        """One plan; what is not wished for is drawn."""
        lead = lead or self._lead(matter)
        drawn: dict[str, Any] = {
            "cosigners": self._cosigners(lead),
            "numbered": self.chance.random() < 0.55,
            "division": self._division(matter),
            "grade": self.chance.choice(GRADES),
            "rating": self.chance.choice(RATINGS),
        }
        self.made.append(Plan(matter, submitted, stage, lead, **{**drawn, **wishes}))

    def between(self, most: int, least: int) -> date:
        """A working day between `most` and `least` days ago, or a little before, that lies in no session."""
        for tries in range(40):
            before = self.chance.randint(least, most) + tries // 4
            day = self.district.calendar.previous_working(self.district.today - timedelta(days=before))
            if not any(one.opens_on <= day <= one.closes_on for one in self.district.sessions):
                return day
        raise LookupError("no day between the sessions")

    def during(self, number: int) -> date:
        """A day of a session."""
        session = self.district.sessions[number]
        return session.opens_on + timedelta(days=self.chance.randint(0, (session.closes_on - session.opens_on).days))

    def _lead(self, matter: Matter) -> str:
        return self.chance.choice([one for one in self.district.areas[matter.area] if one != "deputy01"])

    def _cosigners(self, lead: str) -> tuple[str, ...]:
        if self.chance.random() < 0.5:
            return ()
        others = [one for one in self.district.seats if one not in (lead, "deputy01")]
        return tuple(self.chance.sample(others, self.chance.randint(1, 4)))

    def _division(self, matter: Matter) -> str:
        if matter.separate:
            return "separate"
        if not matter.assists:
            return "sole"
        return self.chance.choice(("joint", "joint", "joint", "sole", "separate"))


def plans(district: District) -> list[Plan]:
    """Every life of the district, in the order of submission."""
    planner = Planner(district)
    _first_deputy(planner)
    _first_units(planner)
    _townships(planner)
    _unhappy(planner)
    _overdue(planner)
    _disputes(planner)
    _refused(planner)
    for number, stage, count, wishes in IN_SESSION:
        for _ in range(count):
            planner.add(stage, planner.during(number), planner.shelf.take(), **wishes)
    for stage, count, most, least, wishes in BETWEEN_SESSIONS:
        for _ in range(count):
            planner.add(stage, planner.between(most, least), planner.shelf.take(), **wishes)
    return sorted(planner.made, key=lambda plan: plan.submitted)


def _first_deputy(planner: Planner) -> None:
    """What the first account finds on its page: something to rate, to confirm, to sign, to finish, to be glad of."""
    take, me, add = planner.shelf.take, "deputy01", planner.add
    lift = take("housing", "建设里社区", words="加装电梯")
    signed = ("deputy02", "deputy10", "deputy05")
    open_contact = frozenset({"unconfirmed"})
    add("replied", planner.during(1), lift, me, division="joint", numbered=True, cosigners=signed, grade="B",
        reply_after=(73, 75), marks=open_contact)  # fmt: skip
    river = take("water", "柳溪河下游")
    add("contacted", planner.between(52, 50), river, me, numbered=True, contact_after=(44, 46), cosigners=())
    add("received", planner.during(1), take("transport", "北门片区"), me, cosigners=("deputy29",))
    meals = take("civil-affairs", "建设里社区")
    add("rated", planner.during(1), meals, me, numbered=True, cosigners=("deputy35",), grade="A",
        rating=RATINGS[0], reason="两个点都开门了，老人很高兴。", reply_after=(28, 34))  # fmt: skip
    add("rated", planner.between(300, 260), take("emergency", "滨江雅苑"), me, rating=RATINGS[-1])
    add("draft", planner.between(2, 1), take("urban-management", "老城背街小巷"), me, cosigners=())
    asked = (me, "deputy10", "deputy03")
    add("invited", planner.between(2, 1), take("police", "清河小学"), "deputy02", cosigners=asked, numbered=True)
    add("invited", planner.between(2, 1), take(area="清河"), "deputy10", cosigners=("deputy02", "deputy11"))
    for _ in range(2):
        add("submitted", planner.during(2), take(area="清河"))


def _first_units(planner: Planner) -> None:
    """What the first handling units find: something new, something due, something late, something to sign."""
    take, between = planner.shelf.take, planner.between
    for _ in range(2):
        planner.add("assigned", between(6, 6), take("housing"))
        planner.add("confirmed", planner.during(1), take("housing"), contact_after=(20, 50), division="joint")
        planner.add("drafted", between(60, 52), take("housing"), reply_after=(40, 44))
    planner.add("contacted", between(112, 110), take("housing"), contact_after=(30, 60))
    planner.add("received", between(24, 22), take("water-supply"), division="joint")
    planner.add("confirmed", between(40, 38), take("water-supply"), division="joint")
    planner.add("assigned", between(6, 6), take("water"))


def _townships(planner: Planner) -> None:
    for number, area in enumerate(("石桥", "东岭", "白沙", "云岭"), 1):
        for stage, before in (TOWN_STAGES[number - 1], TOWN_STAGES[-number]):
            lead, matter = planner.chance.choice(planner.district.areas[area][:5]), planner.shelf.take(area=area)
            submitted = planner.between(before + 2, before)
            planner.add(stage, submitted, matter, lead, town=number, cosigners=(), division="sole", grade="B",
                        reply_after=(25, 40))  # fmt: skip


def _unhappy(planner: Planner) -> None:
    marks = ("again", "bad again", "answered again", "", "")
    for place, (reason, mark) in enumerate(zip(UNHAPPY, marks, strict=True)):
        submitted = planner.during(1) if place < 3 else planner.between(90, 80)
        planner.add("rated", submitted, planner.shelf.take(), rating=DISSATISFIED, reason=reason, grade="B",
                    division="sole", reply_after=(35, 45), rate_after=(3, 6), marks=frozenset({mark}))  # fmt: skip


def _disputes(planner: Planner) -> None:
    """Everything that units and deputies dispute, once."""
    for mark in ("asks return", "returned", "kept"):
        planner.add("received", planner.between(14, 12), planner.shelf.take(), division="sole", marks=frozenset({mark}))
    for mark in ("asks longer", "longer", "no longer", "urged"):
        planner.add("contacted", planner.between(66, 60), planner.shelf.take(), marks=frozenset({mark}),
                    division="sole", contact_after=(10, 20))  # fmt: skip
    planner.add("confirmed", planner.between(46, 44), planner.shelf.take("housing"), division="joint",
                marks=frozenset({"disputed"}))  # fmt: skip
    for mark in ("withdrawn", "asks to withdraw"):
        cosigners = ("deputy08", "deputy15")
        planner.add("received", planner.between(20, 16), planner.shelf.take(), "deputy12", cosigners=cosigners,
                    division="sole", marks=frozenset({mark}))  # fmt: skip
    for mark in ("main", "merged"):
        planner.add("admitted", planner.between(5, 4), planner.shelf.take("water"), marks=frozenset({mark}))


def _overdue(planner: Planner) -> None:
    for stage, before in (("received", 99), ("contacted", 111), ("confirmed", 98), ("drafted", 110)):
        submitted = planner.between(before + 1, before)
        planner.add(stage, submitted, planner.shelf.take(), contact_after=(25, 60), reply_after=(84, 86),
                    marks=frozenset({"missing"}))  # fmt: skip


def _refused(planner: Planner) -> None:
    file = Path(__file__).with_name("apart.toml")
    for place, row in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["matter"]):
        matter = Matter(
            row["area"], "", "1301", "", (), (), row["title"], row["situation"], row["cause"],
            (row["request"].removesuffix("。"),), ("",),
        )  # fmt: skip
        submitted = planner.during(place % 2) if place < 3 else planner.between(60, 8)
        refusal = (row["disposition"], row["explanation"])
        planner.add("not_admitted", submitted, matter, numbered=False, cosigners=(), refusal=refusal)
