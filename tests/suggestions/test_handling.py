"""Handling without a page, on both engines: who handles it, contacts, opinions, replies, grades, ratings; and facts
that nobody can rewrite."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.suggestions.fact_models import ContactEvent, Fact, Opinion, Reply
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.rules import derived_grade
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.support.office import stand

DAY = "2026-03-02T09:00"
CONTACT = {"form": "phone", "who": "王科长", "summary": "电话里商定了方案。"}
OPINION = {"text": "同意由住建局牵头，费用列入年度计划。"}


@pytest.fixture
def life(both_engines_session: Any, set_clock: Any) -> Life:
    set_clock(DAY)
    return Life(stand())


def told(error: pytest.ExceptionInfo[Invalid]) -> str:
    return "".join(error.value.fields.values()) or error.value.message


# --- who handles it ---------------------------------------------------------------------------------------------

GOOD = {
    "sole": SOLE,
    "lead and assist": JOINT,
    "lead and two assists": (*JOINT, ("education", "assist")),
    "two apart": (("housing", "separate"), ("water", "separate")),
    "two apart and an assist": (("housing", "separate"), ("water", "separate"), ("education", "assist")),
}
BAD = {
    "nobody": ((), "请至少选择一家承办单位。"),
    "two soles": ((("housing", "sole"), ("water", "sole")), "分工要么"),
    "sole and assist": ((("housing", "sole"), ("water", "assist")), "分工要么"),
    "lead alone": ((("housing", "lead"),), "分工要么"),
    "two leads": ((("housing", "lead"), ("water", "lead"), ("education", "assist")), "分工要么"),
    "assist alone": ((("housing", "assist"),), "分工要么"),
    "one apart": ((("housing", "separate"),), "分工要么"),
    "lead and apart": ((("housing", "lead"), ("water", "separate")), "分工要么"),
    "lead assists too": ((("housing", "lead"), ("housing", "assist")), "主办单位和协办单位不能相同。"),
    "no role": ((("housing", ""),), "请给每家单位选好分工。"),
    "unknown role": ((("housing", "boss"),), "请给每家单位选好分工。"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_division(life: Life, name: str):
    suggestion = life.assigned(GOOD[name])
    assert [(task.role, task.state) for task in suggestion.tasks] == [(role, "pending") for _, role in GOOD[name]]
    assert {task.due for task in suggestion.tasks if task.role == "assist"} <= {date(2026, 4, 2)}
    assert {task.due for task in suggestion.tasks if task.answers} == {date(2026, 6, 2)}


@pytest.mark.parametrize("name", BAD)
def test_a_division_that_does_not_work(life: Life, name: str):
    units, said = BAD[name]
    with pytest.raises(Invalid) as refused:
        life.take("clerk", life.admitted(), "assign", units=life.rows(units))
    assert said in told(refused)
    assert db.session.scalar(select(func.count()).select_from(UnitTask)) == 0


def test_every_point_is_given_to_somebody(life: Life):
    suggestion = life.admitted(points=["设一个窗口", "装扶手"])
    units = (("housing", "separate", "1"), ("water", "separate"))
    with pytest.raises(Invalid) as refused:
        life.take("clerk", suggestion, "assign", units=life.rows(units))
    assert told(refused) == "诉求点2还没有分给单位。"
    life.take("clerk", suggestion, "assign", units=life.rows((units[0], ("water", "separate", "2"))))
    assert [task.points for task in suggestion.tasks] == [[1], [2]]


def test_a_unit_that_does_not_exist_is_refused(life: Life):
    with pytest.raises(Invalid):
        life.take("clerk", life.admitted(), "assign", units=[{"unit": "x" * 22, "role": "sole", "points": []}])


# --- replies, grades, ratings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "grades", "lead", "expected"),
    [
        ("worst", ["A", "C", "B"], None, "C"),
        ("worst", ["A", "A"], None, "A"),
        ("worst", ["B"], "B", "B"),
        ("mixed", ["A", "B"], None, "mixed"),
        ("mixed", ["B", "B"], None, "B"),
        ("lead", ["C", "A"], "A", "A"),
        ("lead", ["C", "A"], None, "C"),
        ("worst", [], None, None),
        ("worst", ["A", "unheard of"], None, "unheard of"),
    ],
)
def test_the_grade_of_a_suggestion(rule: str, grades: list[str], lead: str | None, expected: str | None):
    assert derived_grade(grades, ["A", "B", "C", "D"], rule, lead) == expected


def test_two_units_apart(life: Life):
    suggestion = life.assigned(GOOD["two apart"])
    life.replied(life.task(suggestion), grade="B")
    assert (suggestion.state, suggestion.grade) == ("assigned", None), "one of two has answered"
    life.replied(life.task(suggestion, "water"), "water", grade="A")
    assert (suggestion.state, suggestion.replied_on) == ("replied", date(2026, 3, 2))
    assert suggestion.grade == derived_grade(
        ["B", "A"], ["A", "B", "C", "D"], suggestion.pack.flag("suggestion_grade_rule"), None
    )
    life.rated(life.task(suggestion))
    assert suggestion.state == "replied", "one of two is rated"
    life.rated(life.task(suggestion, "water"), "basically")
    assert (suggestion.state, suggestion.closed_as) == ("closed", "rated")


def test_a_dissatisfied_deputy_keeps_it_open(life: Life):
    suggestion = life.assigned()
    task = life.replied(life.task(suggestion))
    with pytest.raises(Invalid) as refused:
        life.rated(task, "dissatisfied")
    assert told(refused) == "评价为“不满意”时，请写明理由，以便重新办理。"
    life.rated(task, "dissatisfied", reason="窗口还没有开。")
    assert (suggestion.state, task.state) == ("replied", "done")


def test_a_missing_opinion_is_named_once_it_is_overdue(life: Life, set_clock: Any):
    suggestion = life.assigned(JOINT)
    task = life.drafted(life.task(suggestion))
    with pytest.raises(Conflict, match="区水务局的会办意见还没有到"):
        life.act("housing-signer", task, "sign_reply")
    set_clock("2026-04-03T09:00")
    with pytest.raises(Invalid) as refused:
        life.act("housing-signer", task, "sign_reply")
    assert told(refused) == "区水务局的会办意见逾期未交，请写明。"
    life.act("housing-signer", task, "sign_reply", missing_opinions_note="区水务局意见未到。")
    assert task.replies[0].missing_opinions_note == "区水务局意见未到。"


def test_a_denied_contact_does_not_count(life: Life):
    task = life.contacted(life.task(life.assigned()))
    event = task.contacts[0].public_id
    with pytest.raises(Invalid) as refused:
        life.act("zhang", task, "confirm_contact", contact=event, answer="none", note="")
    assert told(refused) == "请写一句实际情况，方便工委核对。"
    life.act("zhang", task, "confirm_contact", contact=event, answer="none", note="没有人找过我。")
    db.session.refresh(task)
    life.act("housing", task, "draft_reply", **LETTER)
    with pytest.raises(Conflict, match="还没有与代表联系过"):
        life.act("housing-signer", task, "sign_reply")


def test_a_contact_of_another_task_cannot_be_answered(life: Life):
    task = life.contacted(life.task(life.assigned()))
    other = life.contacted(life.task(life.assigned()))
    with pytest.raises(NotAllowed):
        life.act("zhang", task, "confirm_contact", contact=other.contacts[0].public_id, answer="true")


def test_the_opinion_goes_to_the_lead_unit(life: Life):
    suggestion = life.assigned(JOINT)
    life.act("water", life.act("water", life.task(suggestion, "water"), "receive"), "give_opinion", **OPINION)
    opinion = db.session.scalars(select(Opinion)).one()
    assert (opinion.text, opinion.task.state) == (OPINION["text"], "opinion_given")
    assert suggestion.state == "assigned"


def test_a_reply_carries_what_was_drafted(life: Life):
    task = life.replied(life.task(life.assigned()), grade="B")
    reply = db.session.scalars(select(Reply)).one()
    assert (reply.number, reply.grade, reply.text) == (1, "B", LETTER["body"])
    assert (reply.contact_person, reply.publicity, reply.happened_on) == ("王科长", "full", date(2026, 3, 2))
    assert task.feedback_due == date(2026, 3, 23)
    assert db.session.scalar(select(func.count()).select_from(ContactEvent)) == 1


# --- official facts stay -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [update(Fact).values(text="改过"), delete(Fact), text("UPDATE task_facts SET happened_on = '2020-01-01'")],
    ids=["update", "delete", "plain words"],
)
def test_the_database_refuses_to_rewrite_facts(life: Life, change: Any):
    life.replied(life.task(life.assigned()))
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(change)


def test_the_program_refuses_too(life: Life):
    reply = life.replied(life.task(life.assigned())).replies[0]
    reply.text = "换一封信"
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.flush()


def test_one_rating_for_one_reply(life: Life):
    task = life.rated(life.replied(life.task(life.assigned())))
    rating = task.ratings[0]
    again = type(rating)(
        task=task, about_id=rating.about_id, happened_on=rating.happened_on, attitude="satisfied", result="satisfied"
    )
    db.session.add(again)
    with pytest.raises(IntegrityError):
        db.session.flush()


# --- days entered after the fact (settled A02) --------------------------------------------------------------------


def test_a_day_to_come_is_refused(life: Life):
    with pytest.raises(Invalid) as refused:
        life.take("clerk", life.admitted(), "assign", units=life.rows(SOLE), happened_on=date(2026, 3, 3))
    assert told(refused) == "日期不能晚于今天（3月2日）。"


def test_an_earlier_day_needs_a_reason(life: Life, set_clock: Any):
    suggestion = life.admitted()
    set_clock("2026-03-10T09:00")
    late = {"units": life.rows(SOLE), "happened_on": date(2026, 3, 4), "late_reason": ""}
    with pytest.raises(Invalid) as refused:
        life.take("clerk", suggestion, "assign", **late)
    assert told(refused) == "补记以前的日期，请写明原因。"
    life.take("clerk", suggestion, "assign", **{**late, "late_reason": "交办会当天停电"})
    task = life.task(suggestion)
    assert (suggestion.assigned_on, task.due) == (date(2026, 3, 4), date(2026, 6, 4)), "the clock runs from that day"
    assert task.due_dates[0].happened_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("step", "said"), [("receive", "签收日期不能早于交办日期。"), ("log_contact", "联系日期不能早于交办日期。")]
)
def test_nothing_happens_before_its_assignment(life: Life, set_clock: Any, step: str, said: str):
    task = life.task(life.assigned())
    set_clock("2026-03-10T09:00")
    if step != "receive":
        life.act("housing", task, "receive")
    with pytest.raises(Invalid) as refused:
        life.act("housing", task, step, **CONTACT, happened_on=date(2026, 3, 1), late_reason="补记")
    assert told(refused) == said


def test_an_item_is_not_assigned_before_it_was_submitted(life: Life):
    early = {"happened_on": date(2026, 2, 27), "late_reason": "补记"}
    with pytest.raises(Invalid) as refused:
        life.take("clerk", life.admitted(), "assign", units=life.rows(SOLE), **early)
    assert told(refused) == "交办日期不能早于代表提交的日期。"


def test_a_reply_is_not_signed_before_it_was_received(life: Life, set_clock: Any):
    task = life.task(life.assigned())
    set_clock("2026-03-10T09:00")
    life.drafted(task)
    with pytest.raises(Invalid) as refused:
        life.act("housing-signer", task, "sign_reply", happened_on=date(2026, 3, 9), late_reason="补记")
    assert told(refused) == "签发日期不能早于签收日期。"
