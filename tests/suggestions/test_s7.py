"""Scenario S7 by pages: term 18 ends with 14 items to follow up and 3 unanswered; term 19 opens on 14 December 2026."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.queries import capacities
from portal.congress.models import Seat, Term
from portal.core import clock
from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.assurance import oracle
from tests.suggestions.living import REQUEST, SITUATION, Life
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

SetClock = Callable[[str], None]
TERM = {"starts_on": "2026-12-14", "opens": "2026-12-14", "closes": "2026-12-17"}
PLANNED, UNANSWERED = 14, 3


@pytest.fixture(params=["Q", "CQ"])
def life(app: Flask, set_clock: SetClock, request: pytest.FixtureRequest) -> Life:
    set_clock("2026-03-02T09:00")
    with app.app_context():
        made = Life(stand(request.param))
        for number in range(PLANNED):
            item = made.assigned(by="zhang", title=f"关于列入计划的第{number + 1}件建议")
            made.rated(made.replied(made.task(item), grade="B"))
        set_clock("2026-11-02T09:00")
        for number in range(UNANSWERED):
            made.assigned(by="li", title=f"关于没有答复的第{number + 1}件建议")
        db.session.commit()
        db.session.remove()
    set_clock("2026-11-20T09:00")
    return made


def opened(app: Flask) -> tuple[InspectingClient, str]:
    """The clerk, and where the checklist is."""
    clerk = as_(app, "clerk")
    answer = clerk.submit("/terms/next", TERM)
    assert answer.status_code == 303, answer.text
    return clerk, answer.location


def decide(clerk: InspectingClient, change: str, names: tuple[str, ...], act: str = "keep") -> None:
    """Tick the drafts of these names and press the button."""
    path = change.replace("/change", "/drafts")
    for name in names:
        page = clerk.page(path)
        box = next(one for one in page.root.all("input") if one.attrs.get("aria-label") == f"选择：{name}")
        form = next(one for one in page.forms if one.element is box.inside("form"))
        answer = clerk.post(path, data={**form.fields, "draft": [box.attrs["value"]], "act": act})
        assert answer.status_code == 303, answer.text


def test_the_old_term_goes_on_where_it_stood(app: Flask, life: Life, set_clock: SetClock) -> None:
    with app.app_context():
        before = {one.public_id: (one.number_text, one.tasks[0].due) for one in open_items()}
    clerk, change = opened(app)
    page = clerk.page(change)
    assert f"没有答复的建议：{UNANSWERED}件" in page.text
    assert f"已答复、还要跟踪落实的建议：{PLANNED}件" in page.text
    left = clerk.page(change.replace("/change", "/left-overs"))
    assert left.text.count("关于没有答复的") == UNANSWERED and left.text.count("李秀英提出，区住建局") == UNANSWERED
    assert left.text.count("关于列入计划的") == PLANNED and left.text.count("张建国提出，区住建局") == PLANNED
    set_clock("2026-12-14T09:00")
    with app.app_context():
        after = {one.public_id: (one.number_text, one.tasks[0].due) for one in open_items()}
        assert before == after and {one.lead_seat_id for one in open_items()} == {life.seats["li"]}


def open_items() -> list[Suggestion]:
    return list(db.session.scalars(select(Suggestion).where(Suggestion.state == "assigned")))


def test_rosters_are_drafts_until_confirmed_and_numbers_start_again(
    app: Flask, life: Life, set_clock: SetClock
) -> None:
    clerk, change = opened(app)
    with app.app_context():
        term = db.session.scalars(select(Term).where(Term.number == 19)).one()
        assert db.session.scalars(select(Seat).where(Seat.term_id == term.id)).all() == []
    assert "代表名册：4名里还有4名没有决定是否沿用" in clerk.page(change).text
    decide(clerk, change, ("东团", "张建国"))
    decide(clerk, change, ("王海", "赵明", "西团"), "drop")
    text = clerk.page(change).text
    assert "代表名册：4名里还有1名没有决定是否沿用" in text and "代表团：2个都已决定" in text
    assert "第十九届名册已有1名代表" in text and "十九届一次会议的建议从第1号编起，下一件是第1号" in text

    set_clock("2026-12-15T09:00")
    assert "第十九届，共1名" in clerk.page("/deputies").text
    zhang = as_(app, "zhang")
    me = zhang.page("/me").text
    assert "第十八届已届满" in me
    with app.app_context():
        held = capacities(life.people["zhang"], clock.today())
        assert [one.actor.term_over for one in held] == [False, True]
    text = {"title": "关于新一届第一件的建议", "situation": SITUATION, "request": REQUEST, "act": "submit"}
    sent = zhang.submit("/suggestions/new", text)
    assert sent.status_code == 303, sent.text
    item = sent.location
    assert as_(app, "delegation1").submit(f"{item}/steps/check", {}, action="/steps/check").status_code == 303
    assert clerk.submit(f"{item}/steps/admit", {"category": "0101"}, action="/steps/admit").status_code == 303
    with app.app_context():
        newest = db.session.scalars(select(Suggestion).order_by(Suggestion.id.desc())).first()
        assert newest is not None and newest.number_text == "十九届一次第1号"
    assert "下一件是第2号" in clerk.page(change).text
    switched = next(one for one in capacities_of(zhang) if "已届满" in one)
    assert switched


def capacities_of(client: InspectingClient) -> list[str]:
    return [one.text for one in client.page("/me").root.all("li")]


def test_who_is_not_elected_again_reads_and_rates_but_proposes_nothing(
    app: Flask, life: Life, set_clock: SetClock
) -> None:
    _, change = opened(app)
    last = oracle.count("Q", "read", date(2026, 12, 13), {"read": (12, "months")})[1]
    assert f"到{last.year}年{last.month}月{last.day}日为止" in as_(app, "clerk").page(change).text
    li = as_(app, "li")
    set_clock("2026-12-13T23:59")
    draft = {**li.page("/suggestions/new").form("/suggestions/new").fields, "title": "关于届满当天的建议", "once": ""}
    assert li.post("/suggestions/new", data=draft).status_code == 303
    set_clock("2026-12-14T00:00")
    assert li.post("/suggestions/new", data=draft).status_code == 404
    with app.app_context():
        item = open_items()[0]
        life.replied(life.task(item))
        db.session.commit()
        path, task = item.address, item.tasks[0].public_id
    assert "请评价答复" in li.page("/home").text
    rate = li.page(path).form("/steps/rate")
    done = li.post(rate.action, data={**rate.fields, "attitude": "satisfied", "result": "satisfied"})
    assert done.status_code == 303 and task
    set_clock(f"{last}T23:59")
    assert li.page(path).heading
    set_clock(f"{last + oracle.A_DAY}T00:00")
    assert li.get(path).status_code == 404
