"""The second half of a life: what the units do, and what the deputy says to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.accounts.actor import Actor
from portal.demo.lives import Story
from portal.demo.people import table
from portal.demo.topics import letter
from portal.suggestions import handling_actions
from portal.suggestions.handling_models import UnitTask

FORMS = (
    ("face", "面谈", "当面听取了代表的意见，介绍了初步方案，代表补充了{place}的具体情况。"),
    ("visit", "上门", "和代表一起到{place}看了现场，逐条核对了诉求，商定了下一步安排。"),
    ("phone", "电话", "电话说明了办理进度和困难，代表建议先从群众反映最集中的一处做起。"),
    ("meeting", "座谈会", "在{place}召开座谈会，代表和群众{n}人参加，意见记录附后。"),
)
DENIALS = ("那天没有接到电话，也没有人来过。", "只收到一条短信，没有谈过具体内容。")
OPINION = (
    "就《{title}》提出会办意见如下：\n\n我单位支持该项工作，涉及本单位职责的部分，{answer}。请主办单位统一答复代表。"
)
BOUNCED = "第二点没有写明完成日期，请补上责任科室和时间后再送。"
OVERDUE_NOTE = "{units}的会办意见逾期未交，已两次催要。"
SECTION_OF = {"0104": 0, "0102": 1, "0501": 0, "0502": 0, "0503": 0, "0504": 1}


@dataclass(frozen=True)
class Event:
    """Something that happens on a day."""

    day: date
    do: Callable[[], Any]


def handle(story: Story) -> None:
    """Everything after the assignment, in the order of the days on which it happens."""
    if not story.plan.reaches("received"):
        return
    tasks = list(story.item.tasks)
    work = [Work(story, task) for task in tasks]
    events = [event for one in work for event in one.events()]
    for event in sorted(events, key=lambda one: one.day):
        story.within(event.day, event.do)
    if story.plan.reaches("replied"):
        _answer(story, work)


def _answer(story: Story, work: list["Work"]) -> None:
    answering = sorted((one for one in work if one.task.answers), key=lambda one: one.signs_on)
    for one in answering:
        story.within(one.signs_on, one.sign)
    if not story.plan.reaches("rated"):
        return
    start = max(one.signs_on for one in answering)
    for one in answering:
        story.within(story.day_after(start, *story.plan.rate_after), one.rate)


class Work:
    """One unit's part of a story, with the days on which it does things."""

    def __init__(self, story: Story, task: UnitTask):
        self.story, self.task, self.plan = story, task, story.plan
        self.chance = story.district.chance
        self.code = next(code for code, unit in story.district.units.items() if unit.id == task.unit_id)
        start = task.handling.assigned_on
        self.receives_on = story.day_after(start, 1, 3)
        self.contacts_on = max(story.day_after(start, *self.plan.contact_after), self.receives_on)
        self.signs_on = max(story.day_after(start, *self.plan.reply_after), self.contacts_on + timedelta(days=2))
        self.gives_on = min(story.day_after(start, 12, 27), self.signs_on - timedelta(days=1))

    @property
    def handler(self) -> Actor:
        return self.story.district.household.actor(self.code)

    @property
    def signer(self) -> Actor:
        return self.story.district.household.actor(f"{self.code}-signer")

    @property
    def deputy(self) -> Actor:
        return self.story.deputy(self.plan.lead)

    def events(self) -> Iterator[Event]:
        """What happens before the signature, as far as the plan goes."""
        yield Event(self.receives_on, lambda: self._take(self.handler, "receive", {}))
        if not self.task.answers:
            if self.plan.reaches("confirmed") and "missing" not in self.plan.marks:
                yield Event(self.gives_on, self._opine)
            return
        if self.code in self.story.district.sections and self.plan.matter.category in SECTION_OF:
            yield Event(self.receives_on, self._hand_to_section)
        if self.plan.reaches("contacted"):
            yield from self._talks()
        if self.plan.reaches("drafted"):
            yield from self._drafts()

    def _talks(self) -> Iterator[Event]:
        if "denied" in self.plan.marks:
            first = self.receives_on + timedelta(days=1)
            yield Event(first, lambda: self._contact(first, ("phone", "电话", FORMS[2][2])))
            yield Event(first + timedelta(days=1), lambda: self._confirm("untrue", self.chance.choice(DENIALS)))
        form = self.chance.choice(FORMS)
        yield Event(self.contacts_on, lambda: self._contact(self.contacts_on, form))
        if self.plan.reaches("confirmed") and "unconfirmed" not in self.plan.marks:
            yield Event(self.contacts_on + timedelta(days=1), lambda: self._confirm("true", ""))

    def _drafts(self) -> Iterator[Event]:
        days = 1 if "bounced" in self.plan.marks else 0
        before = max(self.contacts_on + timedelta(days=1), self.signs_on - timedelta(days=2 + days))
        yield Event(before, self._draft)
        if days:
            yield Event(before, lambda: self._take(self.signer, "bounce_reply", {"reason": BOUNCED}))
            yield Event(before + timedelta(days=1), self._draft)

    def _take(self, actor: Actor, step: str, data: dict[str, Any]) -> None:
        handling_actions.take_task(actor, self.task, step, data)

    def _hand_to_section(self) -> None:
        section = self.story.district.sections[self.code][SECTION_OF[self.plan.matter.category]]
        handling_actions.hand_to(self.handler, self.task, section)

    def _contact(self, day: date, form: tuple[str, str, str]) -> None:
        code, words, summary = form
        place = self.plan.matter.place
        data = {
            "happened_on": min(day, self.story.moment.date()) if self.story.moment else day,
            "form": code,
            "who": f"{self.handler.name}（{self._post()}）",
            "place": "" if code == "phone" else place,
            "summary": summary.format(place=place, n=self.chance.randint(7, 26)),
        }
        self._take(self.handler, "log_contact", data)

    def _post(self) -> str:
        person = self.story.district.household.persons[self.code]
        return person.post or "经办人"

    def _confirm(self, answer: str, note: str) -> None:
        event = next(one for one in self.task.contacts if one.answer is None)
        self._take(self.deputy, "confirm_contact", {"contact": event.public_id, "answer": answer, "note": note})

    def _opine(self) -> None:
        answer = self.plan.matter.answers[-1]
        self._take(self.handler, "give_opinion", {"text": OPINION.format(title=self.item_title, answer=answer)})

    @property
    def item_title(self) -> str:
        return self.plan.matter.title

    def _draft(self) -> None:
        matter, count = self.plan.matter, len(self.plan.matter.points)
        asked = [number - 1 for number in self.task.points]
        separate = self.task.role == "separate"
        which = asked or (list(range(count)) if not separate else [0 if self.task.order == 0 else count - 1])
        unit = self.task.unit
        data = {
            "document_number": self._document_number(),
            "grade": self.plan.grade,
            "body": letter(matter, self.plan.grade, self._promise(), unit.name, which),
            "contact_person": self.handler.name,
            "contact_line": getattr(unit, "liaison_line", None) or "0000-8812399",
        }
        whole = self.chance.random() < 0.85
        data |= {"publicity": "full"} if whole else {"publicity": "summary", "publicity_reason": "涉及个别居民信息。"}
        self._take(self.handler, "draft_reply", data)

    def _promise(self) -> str:
        later = self.signs_on + timedelta(days=self.chance.randint(60, 300))
        end = (later.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return f"{end.year}年{end.month}月{end.day}日"

    def _document_number(self) -> str:
        mark = table("bodies")["units"].get(self.code, [""])[-1] or "镇办函"
        numbers = self.story.district.letters
        key = (self.code, self.signs_on.year)
        if self.task.id not in numbers.given:
            numbers.last[key] = numbers.last.get(key, 0) + 1
            numbers.given[self.task.id] = f"{mark}〔{self.signs_on.year}〕{numbers.last[key]}号"
        return numbers.given[self.task.id]

    def sign(self) -> None:
        """The signature; says so where an opinion never came."""
        late = [one.unit.called for one in self.task.siblings if one.role == "assist" and one.state != "opinion_given"]
        note = OVERDUE_NOTE.format(units="、".join(late)) if late else ""
        self._take(self.signer, "sign_reply", {"missing_opinions_note": note})

    def rate(self) -> None:
        """The deputy's form."""
        attitude, result = self.plan.rating
        self._take(self.deputy, "rate", {"attitude": attitude, "result": result, "reason": self.plan.reason})
