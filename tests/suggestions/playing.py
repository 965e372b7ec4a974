"""A scenario played at the pages: everybody signs in for themselves, fills in forms and reads what they are shown.

play = Play(app, set_clock, pack="CQ")
play.on("2026-03-02")
item = play.assigned([("区住建局", "lead"), ("区水务局", "assist")])
play.act("housing", item, "区住建局", "receive")
assert play.part(item, "区住建局").due == play.due("reply", date(2026, 3, 2))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import commands
from portal.accounts.queries import capacities
from portal.congress.models import Congress
from portal.congress.rule_actions import begin, set_start, take, write
from portal.congress.rule_parts import entry
from portal.congress.rule_queries import last_adopted
from portal.core import clock
from portal.core.db import db
from portal.jobs import night, worker
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from portal.suggestions.queries import WITH_FACTS
from tests.assurance import oracle
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, told
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

UNITS = {"housing": "区住建局", "water": "区水务局", "education": "区教育局"}
MORE_UNITS = {"transport": "区交通局", "urban": "区城管局", "health": "区卫健局"}
SITUATION = "清河街道有老旧小区17个，六层以上没有电梯的单元312个，住着七十岁以上老人1,460位，上下楼十分不便。"
REQUEST = "请牵头设一个窗口受理加装电梯申请，二十个工作日办完；提高老人集中单元的补助；楼道加装扶手和照明。"
CONTACT = {"form": "face", "who": "王科长", "summary": "当面听取代表意见，商定窗口方案。"}
LETTER = {
    **{"body": "张建国代表：您提出的建议收悉。窗口已于四月十五日设立，二十个工作日办结。", "publicity": "full"},
    **{"contact_person": "王科长", "contact_line": "0000-1234567"},
}
APRIL_HOLIDAY = (date(2026, 4, 6),)
UNIT_WORDS = {"working days": "wd", "days": "d", "months": "m"}


class Play:
    """People of one office at their pages. `periods` and `policies` are what the office changed in its rules with a
    second person's approval; `rest` and `worked` what the clerk entered in the calendar."""

    def __init__(
        self,
        app: Flask,
        set_clock: Callable[[str], None],
        pack: str = "Q",
        *,
        periods: Mapping[str, tuple[int, str]] | None = None,
        policies: Mapping[str, Any] | None = None,
        rest: Collection[date] = APRIL_HOLIDAY,
        worked: Collection[date] = (),
    ):
        self.app, self.set_clock, self.pack = app, set_clock, pack
        self.clients: dict[str, InspectingClient] = {}
        self.known: dict[str, Any] = {"edited": dict(periods or {}), "rest": set(rest), "worked": set(worked)}
        self.on("2026-02-10")
        with app.app_context():
            office = stand(pack)
            for key, name in MORE_UNITS.items():
                office.unit(key, name)
            self.people = {name: person.id for name, person in office.people.items()}
            db.session.commit()
        self._edit("periods", {key: {"amount": n, "unit": UNIT_WORDS[u]} for key, (n, u) in (periods or {}).items()})
        self._edit("policies", {key: {"value": value} for key, value in (policies or {}).items()})
        for day, kind in [*((one, "rest") for one in rest), *((one, "work") for one in worked)]:
            values = {"day": day.isoformat(), "kind": kind, "name": "", "source": "本办公室通知"}
            self.sent("clerk", f"/rules/calendar/{day.year}", values, "/days")

    def _edit(self, part: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        if not rows:
            return
        start = date(2026, 2, 12 if part == "periods" else 14)
        with self.app.app_context():
            one, other = (capacities(self.people[name], clock.today())[0].actor for name in ("clerk", "clerk2"))
            congress = db.session.get_one(Congress, one.congress_id)
            draft = begin(one, congress, last_adopted(congress)[0], "", "")
            for key, row in rows.items():
                assert write(one, draft, part, key, {**entry(draft.content, part, key), **row}, None), key
            set_start(one, draft, start, "本办公室修订。", None)
            take(one, draft, "propose", {})
            take(other, draft, "approve", {})
            db.session.commit()
        self.on(start)

    def on(self, day: date | str, moment: str = "09:00") -> None:
        """Let it be this day."""
        self.set_clock(f"{day}T{moment}")

    def due(self, rule: str, start: date, pack: str = "") -> date:
        """The date by the independent oracle, under the rules and the calendar of this office."""
        return oracle.count(pack or self.pack, rule, start, **self.known)[1]

    def works(self, day: date) -> bool:
        """Whether the office works that day, by the oracle."""
        return oracle.office_works(day, self.known["rest"], self.known["worked"])

    # who does what

    def client(self, who: str) -> InspectingClient:
        """The browser of this person."""
        if who not in self.clients:
            self.clients[who] = as_(self.app, who)
        return self.clients[who]

    def text(self, who: str, path: str, status: int = 200) -> str:
        """What the page says to this person."""
        return self.client(who).page(path, status).text

    def sent(self, who: str, path: str, values: Mapping[str, Any], action: str) -> Any:
        """A form filled in and accepted."""
        answer = self.client(who).submit(path, values, action=action)
        assert answer.status_code == 303, told(answer)
        return answer

    def take(self, who: str, item: str, step: str, /, **values: Any) -> None:
        """A step of the suggestion."""
        self.sent(who, f"/suggestions/{item}/steps/{step}", values, f"/steps/{step}")

    def act(self, who: str, item: str, unit: str, step: str, /, **values: Any) -> None:
        """A step of the unit's part."""
        part = self.part(item, unit).public_id
        self.sent(who, f"/tasks/{part}/steps/{step}", values, f"/steps/{step}")

    def refused(self, who: str, path: str, step: str, sentence: str, status: int = 422, /, **values: Any) -> str:
        """A form filled in and refused with this sentence."""
        answer = self.client(who).submit(f"{path}/steps/{step}", values, action=f"/steps/{step}")
        assert (answer.status_code, sentence in Page(answer.text).text) == (status, True), told(answer)
        return answer.text

    def barred(self, who: str, path: str, step: str, sentence: str, /, **values: Any) -> None:
        """A step that something stands in the way of: neither its page nor a form sent all the same."""
        shown = self.client(who).get(f"{path}/steps/{step}")
        assert shown.status_code == 409 and sentence in shown.text, told(shown)
        answer = self.post(who, f"{path}/steps/{step}", values)
        assert answer.status_code == 409 and sentence in answer.text, told(answer)

    def denied(self, who: str, path: str, step: str, /, **values: Any) -> None:
        """A step that does not exist for this person, by page or by a forged form."""
        assert self.client(who).get(f"{path}/steps/{step}").status_code == 404
        assert self.post(who, f"{path}/steps/{step}", values).status_code == 404

    def post(self, who: str, path: str, values: Mapping[str, Any]) -> Any:
        """A form that no page offered, with the person's own token."""
        client = self.client(who)
        token = next(one.fields["csrf_token"] for one in client.page("/me").forms if "csrf_token" in one.fields)
        return client.post(path, data={"csrf_token": token, **values}, headers={"Referer": f"http://localhost{path}"})

    def offers(self, who: str, item: str, step: str) -> bool:
        """Whether the item's page offers this person the step, as a link or a form."""
        page = self.client(who).page(f"/suggestions/{item}")
        places = [*page.links, *(form.action for form in page.forms)]
        return any(place.split("?")[0].endswith(f"/steps/{step}") for place in places)

    # longer ways

    def submitted(
        self, by: str = "zhang", title: str = "", points: Sequence[str] = (), with_: Sequence[str] = ()
    ) -> str:
        """Written, co-signed and submitted; its public id."""
        values = {
            "title": title or "关于推进老旧小区加装电梯的建议",
            "situation": SITUATION,
            "cause": "",
            "request": REQUEST,
        }
        values |= {f"points-{n}-text": text for n, text in enumerate(points)}
        item = str(self.sent(by, "/suggestions/new", values, "").location.split("/")[2])
        edit = f"/suggestions/{item}/edit"
        if with_:
            names = {"li": "李秀英　东团", "wang": "王海　东团", "zhao": "赵明　西团"}
            rows = {f"deputies-{n}-deputy": names[one] for n, one in enumerate(with_)}
            self.sent(by, edit, rows, f"/suggestions/{item}/signatures")
        for signer in with_:
            page = self.client(signer).page(f"/suggestions/{item}")
            form = next(one for one in page.forms if one.action.endswith("/steps/confirm"))
            assert self.client(signer).post(form.action, data=form.fields).status_code == 303
        self.sent(by, edit, {"act": "submit"}, edit)
        return item

    def assigned(self, units: Sequence[tuple[str, ...]], **written: Any) -> str:
        """Written, admitted and assigned today; a unit is (name, role) or (name, role, point, …)."""
        item = self.submitted(**written)
        self.take("clerk", item, "admit", category="0101")
        self.take("clerk", item, "assign", **division(units))
        return item

    def answered(self, who: str, item: str, unit: str, grade: str = "A", /, **letter: Any) -> None:
        """Written by the handler, signed by the signer."""
        values = {**LETTER, "grade": self.grade(grade), **letter}
        self.act(who, item, unit, "draft_reply", **values)
        self.act(f"{who}-signer", item, unit, "sign_reply")

    def grade(self, letter: str) -> str:
        """The code of the grade in this place; where there are words only, by its place in the order."""
        words_only = {"SH": ("solved", "this_year", "planned", "reference")}
        return words_only[self.pack]["ABCD".index(letter)] if self.pack in words_only else letter

    def contacted(self, who: str, item: str, unit: str) -> None:
        self.act(who, item, unit, "log_contact", **{**CONTACT, "happened_on": self.today().isoformat()})

    def rated(self, item: str, unit: str, attitude: str, result: str, reason: str = "", by: str = "zhang") -> None:
        """By the form that stands on the item's own page."""
        part = self.part(item, unit).public_id
        values = {"attitude": attitude, "result": result, "reason": reason}
        self.sent(by, f"/suggestions/{item}", values, f"/tasks/{part}/steps/rate")

    def nights(self, first: date, last: date) -> None:
        """The night of every day, as the worker lives it, and the messages it leaves."""
        day = first
        while day <= last:
            self.on(day, "00:05")
            with self.app.app_context():
                list(night.run(commands.NIGHTLY, day))
                worker.run_all(commands.HANDLERS)
            day += oracle.A_DAY

    # what is on record

    def today(self) -> date:
        with self.app.app_context():
            return clock.today()

    def path(self, item: str, unit: str) -> str:
        """The address of the unit's live part."""
        return f"/tasks/{self.part(item, unit).public_id}"

    def part(self, item: str, unit: str) -> UnitTask:
        """The unit's latest part of the item."""
        found = [one for one in self.parts(item) if one.unit.name == unit]
        assert found, f"{unit} has no part"
        return found[-1]

    def parts(self, item: str, live: bool = False) -> list[UnitTask]:
        with self.app.app_context():
            mine = UnitTask.suggestion.has(Suggestion.public_id == item)
            whole = joinedload(UnitTask.suggestion).options(WITH_FACTS)
            found = list(db.session.scalars(select(UnitTask).where(mine).order_by(UnitTask.id).options(whole)))
            for one in found:
                _ = one.unit.name, one.handling.round, [fact.kind for fact in one.facts]
            return [one for one in found if one.live or not live]

    def item(self, item: str) -> Suggestion:
        with self.app.app_context():
            return db.session.scalars(select(Suggestion).where(Suggestion.public_id == item)).one()

    def heard(self, who: str, *words: str) -> int:
        """How many lines of the person's inbox bear all these words, once the worker has been there."""
        with self.app.app_context():
            worker.run_all(commands.HANDLERS)
        path, found = "/notifications", 0
        while path:
            page = self.client(who).page(path)
            rows = [one for one in page.root.all("li") if one.inside("main") is not None]
            found += sum(all(word in one.text for word in words) for one in rows)
            path = next((link for link in page.links if "/notifications?before=" in link), "")
        return found


def division(units: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """The form of assignment, filled in."""
    values: dict[str, Any] = {}
    for number, (unit, role, *points) in enumerate(units):
        values |= {f"units-{number}-unit": unit, f"units-{number}-role": role}
        values |= {f"units-{number}-points": list(points)} if points else {}
    return values


def words(day: date) -> str:
    """6月2日, as the pages say it."""
    return f"{day.month}月{day.day}日"
