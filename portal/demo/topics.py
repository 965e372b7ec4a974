"""What the suggestions are about: topics with places, filled with the numbers of the seed so that no two are alike."""

import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "topics"
# {n:12-30} draws a number once, {n} repeats it.
NUMBER = re.compile(r"\{(\w+)(?::(\d+)-(\d+))?\}")
ORDER_WORDS = ("一", "二", "三")


@dataclass(frozen=True)
class Matter:
    """One suggestion's text and what the units will say to it."""

    area: str
    place: str
    category: str
    lead: str
    assists: tuple[str, ...]
    separate: tuple[str, ...]
    title: str
    situation: str
    cause: str
    points: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def request(self) -> str:
        """The wishes in running prose, for those who do not number them."""
        if len(self.points) == 1:
            return f"{self.points[0]}。"
        return "；".join(f"{ORDER_WORDS[n]}是{point}" for n, point in enumerate(self.points)) + "。"


@cache
def topics() -> list[dict[str, Any]]:
    """All topics of the files, in the order of file and line."""
    return [
        topic
        for file in sorted(HERE.glob("*.toml"))
        for topic in tomllib.loads(file.read_text(encoding="utf-8")).get("topic", ())
    ]


def matters(chance: random.Random) -> list[Matter]:
    """Every topic in every of its places, written out."""
    return [_written(topic, place, chance) for topic in topics() for place in topic["places"]]


def _written(topic: dict[str, Any], where: str, chance: random.Random) -> Matter:
    area, place = where.split(":", 1)
    known: dict[str, str] = {"place": place}

    def fill(text: str) -> str:
        return NUMBER.sub(lambda found: _number(found, known, chance), text)

    def each(name: str) -> tuple[str, ...]:
        return tuple(fill(text) for text in topic[name])

    title, situation, cause = fill(topic["title"]), fill(topic["situation"]), fill(topic["cause"])
    divided = tuple(topic.get("separate", ()))
    return Matter(
        area, place, topic["category"], topic["lead"], tuple(topic.get("assists", ())), divided,
        title, situation, cause, each("points"), each("answers"),
    )  # fmt: skip


def _number(found: re.Match[str], known: dict[str, str], chance: random.Random) -> str:
    name, least, most = found.groups()
    if name not in known:
        drawn = chance.randint(int(least), int(most))
        # Counts above a hundred are rounded as people say them; years stay as they are.
        known[name] = str(drawn if drawn < 100 or 1900 < drawn < 2100 else round(drawn, -1))
    return known[name]


class Shelf:
    """Hands out each matter once."""

    def __init__(self, all_matters: Sequence[Matter], chance: random.Random):
        self._left = list(all_matters)
        chance.shuffle(self._left)

    def take(self, lead: str = "", place: str = "", area: str = "", words: str = "") -> Matter:
        """The next matter that fits; LookupError when there is none left."""
        for matter in self._left:
            fits = (not lead or matter.lead == lead) and (not area or matter.area == area)
            if fits and place in matter.place and words in matter.title:
                self._left.remove(matter)
                return matter
        raise LookupError(f"no matter left for {lead or place or area or words}")


SENTENCES = {
    "A": ("{answer}，目前已经办成。", "{answer}，现已投入使用，请代表和群众监督。", "{answer}，相关工作已经完成。"),
    "B": ("{answer}；其余工作列入计划，{by}前完成。", "{answer}，预计{by}前全部到位。", "{answer}，力争{by}前完成。"),
    "C": ("对这一点，受用地和资金条件限制，今年难以安排；我们将创造条件，条件具备时优先列入。",),
    "D": ("这一点涉及上级事权，我们已向上级主管部门反映，供制定政策时参考。",),
}


def letter(matter: Matter, grade: str, by: str, unit: str, which: Sequence[int]) -> str:
    """The body of a reply, below the address that the letter has of itself: every wish answered by its number, the
    promise with a date."""
    opening = f"您提出的《{matter.title}》收悉。感谢您对{unit}工作的关心。现答复如下："
    parts = []
    for place, number in enumerate(which):
        own = "A" if grade in ("B", "C") and place == 0 and len(which) > 1 else grade
        choices = SENTENCES[own]
        said = choices[(number + len(matter.title)) % len(choices)].format(answer=matter.answers[number], by=by)
        parts.append(f"{ORDER_WORDS[place]}、关于“{matter.points[number]}”。{said}")
    closing = "办理过程中我们与您当面作了沟通，您的意见已吸收。今后如有新的情况，欢迎随时联系。"
    return "\n\n".join([opening, *parts, closing])
