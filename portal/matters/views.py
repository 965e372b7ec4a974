"""What the pages of the matter show to one reader: frozen values, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.congress import deadlines
from portal.congress.chips import Chip, due_chip
from portal.congress.rulepacks import pack_of, shipped_pack
from portal.core import clock
from portal.core.workflow import Step
from portal.matters import queries, rules, seams
from portal.matters.models import Matter, MatterEntry
from portal.matters.workflow import MATTER

KEEPERS = (p.CLERK, p.STATION)
OWING = (p.STATION, p.DEPUTY, p.HANDLER)
# state: (place among the five stages, what happens there)
STAGES = {
    **{"new": (1, "等待受理"), "triaged": (2, "等待答复或转交"), "answered_on_spot": (4, "等待回告")},
    **{"forwarded": (3, "已转交，等待接收"), "handling": (3, "办理中"), "answered": (4, "已答复，等待回告")},
    **{"converted": (3, "写成建议，按建议办理"), "not_accepted": (4, "不受理，等待回告")},
    **{"fed_back": (5, "已回告"), "closed": (6, "办结")},
}
LAST_STAGE = 5
STAGE_OWES = {
    **{"new": "受理", "triaged": "答复或转交", "forwarded": "办理", "handling": "办理"},
    **{"answered_on_spot": "回告", "answered": "回告", "not_accepted": "回告", "converted": "回告"},
}
SAID = {
    **{"raise": "登记", "triage": "受理", "answer": "当场答复", "forward": "转交", "receive": "接收", "reply": "答复"},
    **{"convert": "写成代表建议", "decline": "不受理", "feed_back": "回告群众", "reopen": "重新办理", "close": "办结"},
    **{"suggestion_answered": "写成的建议得到答复"},
}


@dataclass(frozen=True)
class LineView:
    """A row of a list with its chip."""

    line: queries.Line
    chip: Chip | None
    source: str
    where: str


@dataclass(frozen=True)
class EntryView:
    """One thing that was done, in words."""

    entry: MatterEntry
    title: str
    who: str


@dataclass(frozen=True)
class Act:
    """One button; `obstacle` says what stands in the way."""

    step: Step
    obstacle: str


@dataclass(frozen=True)
class Track:
    """Everything the page of one matter needs."""

    matter: Matter
    acts: tuple[Act, ...]
    chip: Chip | None
    owes: str
    reasons: tuple[tuple[str, str], ...]
    entries: tuple[EntryView, ...]
    stage: tuple[int, str] | None
    origin: seams.Link | None
    became: seams.Became | None
    source: str
    seen_by_keeper: bool


def track(actor: Actor, matter: Matter) -> Track:
    """The matter as this reader sees it."""
    chip = due_chip(matter.due, matter.due_provisional, clock.today(), matter.pack.ladder) if matter.due else None
    started = next((one for one in reversed(matter.entries) if one.clock), None) if matter.due else None
    return Track(
        matter=matter,
        acts=tuple(_act(actor, step, matter) for step in MATTER.open_to(actor, matter)),
        chip=chip,
        owes=STAGE_OWES.get(matter.state or "", ""),
        reasons=tuple(deadlines.explain(deadlines.recorded(started.clock))) if started and started.clock else (),
        entries=tuple(_entry(one) for one in reversed(matter.entries)),
        stage=STAGES.get(matter.state or ""),
        origin=seams.origin(actor, matter),
        became=seams.became(matter),
        source=rules.SOURCES[matter.source],
        seen_by_keeper=rules.keeps(actor, matter),
    )


def waiting(actor: Actor) -> list[tuple[Step, Matter]]:
    """What calls for this actor, one step a matter: a keeper's desk, what was passed on, the word that is owed."""
    if actor.role not in OWING:
        return []
    found = []
    for matter in queries.candidates(actor):
        for step in MATTER.waiting(actor, matter):
            if rules.keeps(actor, matter) or step.name in ("receive", "reply", "feed_back"):
                found.append((step, matter))
                break
    return found


def shown(lines: Sequence[queries.Line]) -> list[LineView]:
    """A list's rows; each set of rules is read once."""
    packs = {one: pack_of(one) for one in {line.pack_version_id for line in lines} if one is not None}
    default, today = shipped_pack("Q"), clock.today()
    return [
        LineView(line, _chip(line, today, packs.get(line.pack_version_id or 0, default).ladder), *_words(line))
        for line in lines
    ]


def _chip(line: queries.Line, today: date, ladder: object) -> Chip | None:
    if line.due is None or line.state in queries.OVER:
        return None
    return due_chip(line.due, line.provisional, today, ladder)  # type: ignore[arg-type]


def _words(line: queries.Line) -> tuple[str, str]:
    holder = f"{line.holding_deputy}代表" if line.holding_deputy else line.holder or ""
    return rules.SOURCES[line.source], holder or line.keeper


def _act(actor: Actor, step: Step, matter: Matter) -> Act:
    return Act(step, (step.guard(actor, matter) if step.guard else None) or "")


def _entry(one: MatterEntry) -> EntryView:
    title = SAID[one.step]
    if one.step == "forward":
        title = f"转交{one.to_words}"
    elif one.step in ("answer", "reply") and one.outcome:
        title = f"{title}：{rules.OUTCOMES[one.outcome]}"
    elif one.step == "feed_back" and one.how:
        title = f"{title}：{rules.HOWS[one.how]}"
    elif one.step == "decline" and one.how:
        title = f"{title}：{rules.GROUNDS[one.how]}"
    who = one.by.person.name if one.by else "平台" if one.step != "raise" else "群众"
    return EntryView(one, title, who)
