"""The clerk's refusal list at the end of the scenarios, and the "refuse if" of S0 and S1: each item tried at the pages
by who would like to do it; 1, 4, 6, 7 and 9 in test_never_papers.py.

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

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.audit.models import AuditEntry
from portal.congress.models import Seat
from portal.core.db import db
from portal.documents.models import Document as StoredFile
from portal.suggestions import actions
from portal.suggestions.fact_models import Fact
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Signature, Suggestion
from tests.suggestions import test_bad_decisions as begun
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.suggestions.walking import CONTACT, Item, Walk, walking

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
    return item.see(lambda s: [_letter(one) for part in s.tasks for one in part.replies])


def _letter(one: Any) -> Any:
    return one.number, one.grade, one.text, one.happened_on, one.publicity, one.record


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
        *(("housing", "draft_reply", 409), ("housing-signer", "sign_reply", 409)),
        ("housing-signer", "bounce_reply", 409),
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
