"""The part of the clerk's refusal list (see test_never.py) that is about what is counted, shown and printed: 1 and 7
figures, 4 dates, 6 telephone numbers, 9 letters."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm
from flask import Flask

from portal.accounts.models import Person
from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.assurance import oracle
from tests.suggestions import test_bad_decisions as begun
from tests.suggestions.living import SOLE, Life
from tests.suggestions.playing import Play, words
from tests.suggestions.walking import Walk, walking
from tests.support.crawl import crawl
from tests.support.html import Page

SetClock = Callable[[str], None]
PACKS = ("Q", "CQ")
WHY = "不属于本单位的职责范围。"


@pytest.fixture(params=PACKS)
def walk(app: Flask, set_clock: SetClock, request: pytest.FixtureRequest) -> Walk:
    return walking(app, set_clock, request.param)


def replied(grade: str) -> Callable[[Life], Suggestion]:
    def make(life: Life) -> Suggestion:
        item = life.assigned(SOLE)
        life.replied(life.task(item), grade=grade)
        return item

    return make


# --- 1, 7 -------------------------------------------------------------------------------------------------------------


def test_1_7_a_past_table_stays_and_adds_up(walk: Walk, set_clock: SetClock) -> None:
    items = [walk.begin(begun.return_asked) for _ in range(3)]
    table = "/figures/returns?since=2026-01-01&until=2026-03-02"
    before = rows(walk.page("clerk", table))
    assert before["合计"] == before["区住建局"] and "%" not in walk.page("clerk", table).text
    set_clock("2026-03-03T09:00")
    walk.submit("clerk", f"/tasks/{items[0].task('housing')}/steps/approve_return", unit="区教育局")
    walk.submit("clerk", f"/tasks/{items[1].task('housing')}/steps/refuse_return", reason="属于本单位职责，请继续。")
    assert rows(walk.page("clerk", table)) == before
    asked, late, granted, refused, waiting = rows(walk.page("clerk", "/figures/returns"))["合计"]
    assert (asked, late, granted, refused, waiting) == (3, 0, 1, 1, 1) and asked == granted + refused + waiting


def rows(page: Page) -> dict[str, list[int]]:
    lines = page.root.all("table")[0].all("tr")[1:]
    return {line.all("th", "td")[0].text: [int(cell.text) for cell in line.all("td")][-5:] for line in lines}


# --- 4 ----------------------------------------------------------------------------------------------------------------

NOTICES = {
    # 国办发明电〔2025〕7号: 4–6 April and 1–5 May 2026 rest, Saturday 9 May is worked.
    "the printed calendar": {"rest": ()},
    "the office's own days": {"rest": (date(2026, 4, 3), date(2026, 4, 16)), "worked": (date(2026, 4, 11),)},
}


@pytest.mark.parametrize("days", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("pack", PACKS)
def test_4_holidays_and_make_up_days_are_counted(app: Flask, set_clock: SetClock, pack: str, days: Any) -> None:
    """From every day of a fortnight before 清明 the page gives the oracle's day, which forgetting either would miss."""
    play = Play(app, set_clock, pack, **days)
    moved = 0
    for number in range(20, 31, 2):
        start = date(2026, 3, number)
        play.on(start)
        item = play.assigned([("区住建局", "sole")], title=f"关于三月{number}日一件事的建议")
        play.act("housing", item, "区住建局", "receive")
        last = play.due("return_window", start)
        part = play.part(item, "区住建局")
        assert (part.return_due, part.due) == (last, play.due("reply", start))
        page = play.text("housing", f"{play.path(item, '区住建局')}/deadline")
        assert words(part.due) in page
        moved += last != by_weekdays(start, (last - start).days, play)
        assert play.works(last) and play.works(part.due)
    assert moved, "the fortnight must touch days that only the calendar knows"


def by_weekdays(start: date, span: int, play: Play) -> date:
    """The same number of days, Monday to Friday only."""
    wanted = sum(play.works(start + oracle.A_DAY * n) for n in range(1, span + 1))
    day = start
    while wanted:
        day += oracle.A_DAY
        wanted -= day.isoweekday() <= 5
    return day


# --- 6 ----------------------------------------------------------------------------------------------------------------

CANARY = {"zhang": "19912340001", "li": "19912340002", "housing": "19912340003"}


def numbered(walk: Walk) -> None:
    with walk.app.app_context():
        for name, number in CANARY.items():
            db.session.get_one(Person, walk.life.people[name]).phone = number
        db.session.commit()


def leaked(text: str) -> list[str]:
    """The numbers that stand in the text, however they are set apart."""
    closed = re.sub(r"[\s\u2009\u202f-]|&nbsp;|<[^>]*>", "", text)
    return [number for number in CANARY.values() if number in text or number in closed]


def test_6_no_page_shows_a_number_unasked(walk: Walk) -> None:
    """Everything that a link leads to, for who is not signed in and for people of every kind; and every letter."""
    numbered(walk)
    item = walk.begin(begun.twice)
    reply = item.see(lambda s: s.tasks[0].replies[0].public_id)
    for path, page in crawl(walk.app, walk.app.test_client(), "/", each=1):  # type: ignore[arg-type]
        assert not leaked(page.source), path
    for who in ("li", "housing", "leader1", "committee-urban", "auditor"):
        for path, page in crawl(walk.app, walk.client(who), "/home", each=1):
            # their own, on the page about themselves
            own = page.source.replace(CANARY.get(who, "none"), "") if path == "/me" else page.source
            assert not leaked(own), (who, path)
    for path in (f"/letters/{reply}.docx", f"/replies/{reply}/survey.docx", f"{item.address}/assignment.docx"):
        found = Document(io.BytesIO(walk.client("clerk").get(path).data))
        assert not leaked("\n".join(one.text for one in found.element.body.iter() if one.text)), path


def test_6_only_who_has_to_call_may_look_and_it_is_on_record(walk: Walk) -> None:
    numbered(walk)
    item = walk.begin(replied("A"))
    path = f"{item.address}/phone"
    for who in ("li", "zhao", "water", "delegation1", "leader1", "committee-urban", "auditor", "system", "govoffice"):
        walk.press(who, path, 404)
    assert "查看了" not in item.said
    shown = walk.press("housing", path, 200)
    assert leaked(shown.source) == [CANARY["zhang"]], "who has to call is shown the number; red until the page had it"
    assert item.said.count("查看了张建国代表的电话") == 1
    assert not leaked(walk.page("housing", item.address).source), "and not any longer than that"


# --- 9 ----------------------------------------------------------------------------------------------------------------


def test_9_every_letter_has_room_for_the_seal_and_every_sheet_for_a_name(walk: Walk) -> None:
    """Name and date of who signs stand together at the right, with room for a seal of 42 mm; sheets have a column or a
    line to sign in."""
    item = walk.begin(full)
    facts = item.see(lambda s: {f.kind: f.public_id for f in s.facts})
    reply, task = facts["reply"], item.task("housing")
    for path, signed in (
        (f"/letters/{reply}.docx", "区住建局"),
        (f"/letters/{facts['opinion']}.docx", "区水务局"),
        (f"/letters/{facts['returned']}.docx", "政府督查室"),
        (f"/letters/{facts['extended']}.docx", "代表工作委员会"),
        (f"/letters/{facts['urge']}.docx", "代表工作委员会"),
        (f"{item.address}/assignment.docx", "代表工作委员会"),
    ):
        assert sealed(walk, path).endswith(signed), path
    for path, line in (
        (f"{item.address}/receipts.docx", "签收人签字"),
        (f"{item.address}/receipts.docx", "承办单位（盖章）"),
        (f"/letters/{facts['coord']}.docx", "参会人员签字"),
        (f"/replies/{reply}/survey.docx", "签名"),
    ):
        found = Document(io.BytesIO(walk.client("clerk").get(path).data))
        assert line in "\n".join(one.text for one in found.element.body.iter() if one.text), path
    page = walk.page("clerk", f"/letters/{reply}").text
    assert "区住建局" in page and "2026年3月2日" in page and task


def full(life: Life) -> Suggestion:
    """A file with a letter of every kind."""
    item = life.assigned((("education", "lead"), ("water", "assist")))
    left = life.act("education", life.task(item, "education"), "receive")
    life.act("education", left, "request_return", unit=life.bodies["housing"], reason=WHY)
    life.act("govoffice", left, "approve_return", unit=life.bodies["housing"])
    water = life.act("water", life.task(item, "water"), "receive")
    life.act("water", water, "give_opinion", text="同意由住建局牵头，管线同步改造。")
    lead = life.act("housing", life.task(item), "receive")
    life.act("clerk", lead, "urge", text="请于本周内联系代表。")
    life.act("housing", lead, "request_extension", asked=date(2026, 9, 2), reason="涉及管线改造，施工期较长。")
    life.act("clerk", lead, "grant_extension")
    life.take("clerk", item, "open_coordination", reason="两家单位对费用的意见不一致，请协调。")
    life.replied(lead)
    return item


def sealed(walk: Walk, path: str) -> str:
    """Who signs the letter: the line above its last date, set apart and kept together with it."""
    paper = Document(io.BytesIO(walk.client("clerk").get(path).data))
    lines = [one for one in paper.paragraphs if one.text.strip()]
    at = max(n for n, one in enumerate(lines) if one.text.strip() == "2026年3月2日")
    name, day = lines[at - 1], lines[at]
    for one in (name, day):
        assert one.paragraph_format.left_indent is not None and one.paragraph_format.left_indent > Mm(42), path
    assert name.paragraph_format.keep_with_next and name.paragraph_format.space_before, path
    return name.text.strip()
