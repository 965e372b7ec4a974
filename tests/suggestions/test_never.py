"""The clerk's refusal list at the end of the scenarios, and the "refuse if" of S0 and S1: each item tried here, at the
pages, by who would like to do it.

  1  percentages not summing           statistical tables come later; the one table there is adds up, and has no percent
  2  sent reply edited without version
  3  hard delete
  4  holidays or make-up days ignored
  5  rating altered, or entered by staff without proxy note (there is no entry by proxy at all)
  6  phone numbers public              the public pages come with the stations; here everybody who is not meant to call
  7  figures not reproducible for a past cut-off date   likewise for the one table there is
  8  A grade with no deputy contact logged
  9  export lacking seal/signature blocks that the paper file needs   letters and sheets; exports of tables come later
 S0  a cosigner added without confirming
 S1  any screen that lets a unit hand the item to another unit
"""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Person
from portal.audit.models import AuditEntry
from portal.congress.models import Seat
from portal.core.db import db
from portal.documents.models import Document as StoredFile
from portal.suggestions import actions
from portal.suggestions.fact_models import Fact
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from tests.assurance import oracle
from tests.suggestions import test_bad_decisions as begun
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.suggestions.playing import Play, words
from tests.suggestions.walking import CONTACT, Item, Walk, walking
from tests.support.crawl import crawl
from tests.support.html import Page

SetClock = Callable[[str], None]
PACKS = ("Q", "CQ")
STAFF = (
    *("clerk", "clerk2", "delegation1", "govoffice", "leader1", "committee-urban", "auditor", "system", "security"),
    *("housing", "housing-signer", "water"),
)
GOOD = {"attitude": "satisfied", "result": "satisfied", "reason": "代表口头同意。"}
OTHER = {**LETTER, "grade": "A", "body": "张建国代表：答复改写如下，原来的内容作废，以这一封为准，请谅解。"}
WHY = "不属于本单位的职责范围。"


@pytest.fixture(params=PACKS)
def walk(app: Flask, set_clock: SetClock, request: pytest.FixtureRequest) -> Walk:
    return walking(app, set_clock, request.param)


def on_file(walk: Walk) -> dict[str, int]:
    """How many there are of everything that belongs to a file."""
    with walk.app.app_context():
        tables = (Suggestion, Signature, UnitTask, Fact, StoredFile)
        return {one.__name__: db.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def letters(item: Item) -> Any:
    """Every reply as it was sent."""
    return item.see(
        lambda s: [(r.number, r.grade, r.text, r.happened_on, r.publicity, r.record) for t in s.tasks for r in t.replies]
    )


def replied(grade: str) -> Callable[[Life], Suggestion]:
    def make(life: Life) -> Suggestion:
        item = life.assigned(SOLE)
        life.replied(life.task(item), grade=grade)
        return item

    return make


# --- 2 ----------------------------------------------------------------------------------------------------------------


def test_2_a_sent_reply_is_never_edited(walk: Walk) -> None:
    item = walk.begin(replied("B"))
    task, sent = f"/tasks/{item.task('housing')}", letters(item)
    for who, step, told in (
        *(("housing", "draft_reply", 409), ("housing-signer", "sign_reply", 409), ("housing-signer", "bounce_reply", 409)),
        *(("govoffice", "bounce_reply", 409), ("govoffice", "check_reply", 409)),
        *((one, "draft_reply", 404) for one in ("clerk", "govoffice", "housing-signer", "water", "zhang")),
    ):
        assert walk.client(who).get(f"{task}/steps/{step}").status_code == told, (who, step)
        walk.press(who, f"{task}/steps/{step}", told, reason="请改正。", **OTHER)
    for path in (f"{task}/reply", f"{task}/reply/autosave"):
        for who in ("housing", "housing-signer", "clerk"):
            csrf = walk.page(who, "/me").form().fields["csrf_token"]
            answer = walk.client(who).post(path, data={"csrf_token": csrf, "draft_version": "", **OTHER})
            assert answer.status_code in (404, 409), (who, path, answer.status_code)
    assert letters(item) == sent
    assert OTHER["body"] not in walk.page("zhang", item.address).text


def test_2_a_second_letter_is_a_second_version(walk: Walk) -> None:
    item = walk.begin(begun.twice)
    assert [(number, text) for number, _, text, *_ in letters(item)] == [(1, LETTER["body"]), (2, LETTER["body"])]
    found = item.see(lambda s: [one.public_id for t in s.tasks for one in t.replies])
    for who in ("zhang", "clerk", "housing"):
        assert all(LETTER["body"] in walk.page(who, f"/replies/{one}").text for one in found)


# --- 3 ----------------------------------------------------------------------------------------------------------------


def test_3_no_address_takes_a_deletion(app: Flask) -> None:
    assert not [rule.rule for rule in app.url_map.iter_rules() if "DELETE" in (rule.methods or ())]


def test_3_nothing_that_was_submitted_is_thrown_away(walk: Walk) -> None:
    """By every address that takes something away while it is a draft, for everybody, in three states of its life."""
    for make in (Life.submitted, begun.withdrawing, begun.twice):
        item = walk.begin(make)
        signed = item.see(lambda s: [one.public_id for one in s.signatures])
        paths = [f"{item.address}/discard", f"{item.address}/files/{'x' * 22}/remove"]
        paths += [f"/signatures/{one}/remove" for one in signed]
        before = on_file(walk)
        for who in ("zhang", "li", "clerk", "housing", "auditor", "system"):
            for path in paths:
                at = walk.page(who, "/me").form().fields
                answer = walk.client(who).post(path, data={**at, "act": "discard"})
                assert answer.status_code in (404, 409), (who, path, answer.status_code)
        assert on_file(walk) == before
        assert item.see(lambda s: [one.public_id for one in s.signatures]) == signed


@pytest.mark.parametrize("table", [Fact, AuditEntry])
@pytest.mark.parametrize("change", [delete, lambda table: update(table).values(id=table.id + 1000)])
def test_3_5_the_database_refuses(both_engines_app: Flask, set_clock: SetClock, table: Any, change: Any) -> None:
    """Facts (letters, ratings, dates, contacts) and the log are followed, never changed or taken away."""
    walk = walking(both_engines_app, set_clock)
    walk.begin(begun.twice)
    with both_engines_app.app_context(), pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(change(table))


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
    plain, moved = 0, 0
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
        plain += last == by_weekdays(start, (last - start).days, play)
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


# --- 5 ----------------------------------------------------------------------------------------------------------------


def ratings(item: Item) -> Any:
    return item.see(lambda s: [(one.attitude, one.result, one.text) for t in s.tasks for one in t.ratings])


def test_5_staff_never_rates_and_nobody_rates_for_another(walk: Walk) -> None:
    item = walk.begin(replied("A"))
    path = f"/tasks/{item.task('housing')}/steps/rate"
    for who in (*STAFF, "li", "zhao"):
        walk.press(who, path, 404, **GOOD, lead_seat_id=1, by_id=1, proxy="1")
        if walk.client(who).get(item.address).status_code == 200:
            assert path not in [form.action for form in walk.page(who, item.address).forms], who
    assert ratings(item) == []


def test_5_what_was_rated_stays(walk: Walk) -> None:
    item = walk.begin(begun.dissatisfied)
    given, path = ratings(item), f"/tasks/{item.task('housing')}/steps/rate"
    page = walk.press("zhang", path, 409, **GOOD)
    assert "当前状态为“已评价”，不能评价答复。" in page.text
    for who in STAFF:
        walk.press(who, path, 404, **GOOD)
    assert ratings(item) == given
    walk.submit("clerk", f"{item.address}/steps/rehandle", text="请当面听取意见。")
    assert ratings(item) == given, "the first form stays through a rework"


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


# --- 8 ----------------------------------------------------------------------------------------------------------------

NO_CONTACT = "还没有与代表联系过，或代表说没有联系过。请先联系代表，登记后再签发。"


def drafted(grade: str) -> Callable[[Life], Suggestion]:
    def make(life: Life) -> Suggestion:
        item = life.assigned(SOLE)
        part = life.act("housing", life.task(item), "receive")
        life.act("housing", part, "draft_reply", **{**LETTER, "grade": grade})
        return item

    return make


def test_8_no_grade_without_a_contact(walk: Walk) -> None:
    """The A, and the others too: nothing logged, or what was logged denied."""
    for grade in "ABCD":
        item = walk.begin(drafted(grade))
        task = f"/tasks/{item.task('housing')}"
        assert NO_CONTACT in walk.press("housing-signer", f"{task}/steps/sign_reply", 409).text
        assert item.part("housing", "state") == "reply_drafted" and letters(item) == []
    walk.submit("housing", f"{task}/steps/log_contact", happened_on="2026-03-02", **CONTACT)
    asked = item.part("housing", "contacts")[0].public_id
    denied = {"contact": asked, "answer": "none", "note": "没有人找过我。"}
    walk.press("zhang", f"{task}/steps/confirm_contact", 303, **denied)
    assert NO_CONTACT in walk.press("housing-signer", f"{task}/steps/sign_reply", 409).text
    for who in ("clerk", "govoffice", "housing-signer", "water"):
        walk.press(who, f"{task}/steps/log_contact", 404, happened_on="2026-03-02", **CONTACT)
    assert letters(item) == []


def test_8_a_rework_needs_a_contact_of_its_own(walk: Walk) -> None:
    item = walk.begin(begun.dissatisfied)
    walk.submit("clerk", f"{item.address}/steps/rehandle", text="请当面听取意见。")
    task = f"/tasks/{item.task('housing')}"
    walk.submit("housing", f"{task}/steps/receive")
    walk.submit("housing", f"{task}/steps/draft_reply", **LETTER)
    assert NO_CONTACT in walk.press("housing-signer", f"{task}/steps/sign_reply", 409).text


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


# --- S0, S1 -----------------------------------------------------------------------------------------------------------


def test_s0_nobody_co_signs_without_confirming(walk: Walk) -> None:
    """Not by the lead, not by staff, not by another deputy, not in the form of writing."""

    def asked(life: Life) -> Suggestion:
        item = life.draft()
        actions.invite(life.actor("zhang"), item, [db.session.get_one(Seat, life.seats["li"])])
        return item

    item = walk.begin(asked)
    signature, text_hash = item.see(lambda s: (s.signatures[0].public_id, s.text_hash))
    for who in ("zhang", "wang", "zhao", *STAFF):
        walk.press(who, f"/signatures/{signature}/steps/confirm", 404, text_hash=text_hash)
    edit = f"{item.address}/edit"
    forged = {"act": "submit", "signatures": "li", "state": "confirmed", "signatures-0-state": "confirmed"}
    walk.submit("zhang", edit, 409, **forged)
    assert item.see(lambda s: ([one.state for one in s.signatures], s.state)) == (["invited"], "draft")


def test_s1_no_unit_hands_an_item_to_another(walk: Walk) -> None:
    """Neither a step nor the section form moves a part out of the unit; a request alone moves nothing."""
    item = walk.begin(lambda life: life.assigned(JOINT))
    task, education = f"/tasks/{item.task('housing')}", walk.life.bodies["education"]
    held = item.units
    for who in ("housing", "housing-signer", "water", "education"):
        for step in ("assign", "adjust", "rehandle", "merge", "split"):
            walk.press(who, f"{item.address}/steps/{step}", 404, unit="区教育局", role="sole", reason=WHY)
        walk.press(who, f"{task}/steps/approve_return", 404, unit="区教育局")
        walk.press(who, f"{task}/section", 404, section=education)
    walk.submit("housing", f"{task}/steps/receive")
    walk.submit("housing", f"{task}/steps/request_return", unit="区教育局", reason=WHY)
    walk.press("housing", f"{task}/steps/approve_return", 404, unit="区教育局")
    assert [one[:2] for one in item.units] == [one[:2] for one in held]
