"""The calendar of a new year: entered from its notice by one person, confirmed by another, missed by nobody (J4)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.congress import notice_text, rulepacks
from portal.congress.calendar_nightly import warn_of_calendar
from portal.congress.pack_models import CalendarYear
from portal.core.db import db
from portal.core.errors import Invalid
from portal.jobs.models import Job
from tests.congress.rule_office import clerk, second
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

__all__ = ["clerk", "second"]

SOURCE = "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。"""
NEXT = (
    "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、国庆节：10月1日至7日放假调休，共7天。9月26日（周日）上班。"
)


def test_the_printed_notice_gives_the_shipped_calendar() -> None:
    assert [(day, working) for day, working, _ in notice_text.read(NOTICE_2026, 2026)] == [
        (day, working) for day, working, _ in rulepacks.shipped_years()[2026]["days"]
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (NOTICE_2026, "2027年1月1日是周五，通知上写的是周四"),
        ("一、元旦：1月1日至3日放假，共4天。", "数出来是3天"),
        ("一、元旦：1月1日（周五）至3日放假。\n二、春节：1月3日放假1天。", "1月3日写了两次"),
        ("一、元旦：1月1日至3日放假。1月4日上班。", "1月4日不是周末"),
        ("一、元旦：2月30日放假1天。", "2月30日不存在"),
        ("一、元旦：2026年12月31日至1月2日放假。", "不在2027年"),
        ("一、元旦：1月1日另行安排。", "没有看懂"),
        ("放假安排见附件。", "没有读到放假的安排"),
        ("", "请填写通知的全文"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(clerk: InspectingClient, text: str, sentence: str) -> None:
    answer = clerk.submit("/rules/calendar/2027", {"source": SOURCE, "text": text}, action="/notice")
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    assert page.form("/notice").fields["source"] == SOURCE


def test_one_enters_and_another_confirms(app: Flask, clerk: InspectingClient, second: InspectingClient) -> None:
    path = "/rules/calendar/2027"
    entered = clerk.submit(path, {"source": SOURCE, "text": NEXT}, action="/notice", follow=True)
    assert "登记了11天" in entered.text
    assert "请另一位同事对照通知核对后确认" in clerk.page(path).text
    alone = clerk.submit(path, {"source": SOURCE, "confirmed": "y"}, action="/source")
    assert alone.status_code == 422 and "是您登记的" in Page(alone.text).text
    with app.app_context():
        assert rulepacks.calendar().provisional(date(2027, 3, 1))
    assert "请对照通知的原文逐日核对" in second.page(path).text
    assert second.submit(path, {"source": SOURCE, "confirmed": "y"}, action="/source").status_code == 303
    with app.app_context():
        known = rulepacks.calendar()
        assert not known.provisional(date(2027, 3, 1)) and known.is_working(date(2027, 9, 26))
        kinds = [job.kind for job in db.session.scalars(select(Job).where(Job.kind == "calendar_changed"))]
        assert len(kinds) == 1, "due dates are counted anew once the year is known"
    fields = clerk.page(path)
    assert "按通知的全文登记" not in fields.text


def test_a_confirmed_year_is_not_entered_again(clerk: InspectingClient, second: InspectingClient) -> None:
    form = clerk.page("/rules/calendar/2027").form("/notice").fields
    clerk.submit("/rules/calendar/2027", {"source": SOURCE, "text": NEXT}, action="/notice")
    second.submit("/rules/calendar/2027", {"source": SOURCE, "confirmed": "y"}, action="/source")
    form = clerk.page("/rules/calendar/2028").form("/notice").fields
    again = clerk.post("/rules/calendar/2027/notice", data={**form, "source": SOURCE, "text": NEXT})
    assert again.status_code == 422 and "这一年已经确认" in Page(again.text).text


def warned(app: Flask, day: date) -> list[Any]:
    with app.app_context():
        for errand in warn_of_calendar(day):
            errand.do()
        db.session.commit()
        told = select(Job).where(Job.kind == "notify", Job.payload["kind"].as_string() == "calendar.unknown")
        return [job.payload for job in db.session.scalars(told.order_by(Job.id))]


def test_the_office_is_told_of_a_year_it_will_need(
    app: Flask, clerk: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    assert warned(app, date(2026, 6, 15)) == [], "nothing counted today reaches 2027"
    once = warned(app, date(2026, 7, 1))
    assert [one["url"] for one in once] == ["/rules/calendar/2027"], "no system administrator here"
    assert "2027年的放假安排还没有登记完整" in once[0]["title"]
    assert len(warned(app, date(2026, 7, 2))) == 1, "once a month for a year to come"
    assert len(warned(app, date(2026, 8, 1))) == 2
    with app.app_context():
        db.session.get_one(CalendarYear, 2026).confirmed = False
        db.session.commit()
    assert len(warned(app, date(2026, 8, 3))) == 3
    assert len(warned(app, date(2026, 8, 4))) == 4, "every day for the year that runs"


def test_an_empty_year_is_as_good_as_missing(app: Flask, clerk: InspectingClient) -> None:
    with app.app_context():
        for day in db.session.get_one(CalendarYear, 2026).days:
            db.session.delete(day)
        db.session.commit()
        assert rulepacks.calendar().provisional(date(2026, 3, 2))
    assert any("2026年" in one["title"] for one in warned(app, date(2026, 3, 2)))


def test_years_read_from_a_notice_are_never_of_another(clerk: InspectingClient) -> None:
    with pytest.raises(Invalid):
        notice_text.read(NEXT, 2026)
    assert clerk.get("/rules/calendar/1999").status_code == 404
