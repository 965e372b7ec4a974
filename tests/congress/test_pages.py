"""Deputies, units, groups, sessions, rules and calendar through the pages, as a clerk without JavaScript would."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Account, Person
from portal.audit.queries import history
from portal.congress.models import Seat, Session, Unit
from portal.congress.pack_models import CalendarYear
from portal.congress.rulepacks import calendar
from portal.core.db import db
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

Ids = dict[str, str]


@pytest.fixture
def clerk(roster: Ids, client: InspectingClient) -> InspectingClient:
    client.sign_in("clerk")
    return client


def said(subject: str) -> list[str]:
    return [line.said for line in history(subject)]


@pytest.mark.parametrize("words", ["若兰", "shenruo", "srl", "SRL"])
def test_a_deputy_is_found_by_name_and_by_pinyin(clerk: InspectingClient, words: str) -> None:
    text = clerk.page(f"/deputies?q={words}").text
    assert "沈若兰" in text and "欧阳静怡" not in text


def test_the_list_masks_telephones_and_filters_by_delegation(clerk: InspectingClient, roster: Ids) -> None:
    page = clerk.page(f"/deputies?delegation={roster['清河街道代表团']}")
    assert "古丽娜尔·阿不都热依木" in page.text and "沈若兰" not in page.text
    assert "199****1001" in page.text and "19900001001" not in page.source


def test_strange_addresses_of_the_list_do_no_harm(clerk: InspectingClient) -> None:
    assert clerk.get("/deputies?page=-3&standing=x&q=%25&delegation=%00").status_code == 200


def test_the_whole_number_needs_a_reason_and_is_logged(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    path = f"/deputies/{roster['沈若兰']}"
    refused = clerk.submit(path, {"reason": ""}, action="/phone")
    assert refused.status_code == 422 and "19900001000" not in refused.text
    shown = clerk.submit(path, {"reason": "核对会议签到"}, action="/phone")
    assert shown.status_code == 200 and "19900001000" in shown.text
    assert "19900001000" not in clerk.page(path).source
    with app.app_context():
        key = db.session.scalar(select(Seat.id).where(Seat.public_id == roster["沈若兰"]))
        assert any("核对会议签到" in line for line in said(f"seat:{key}"))


def test_facts_are_corrected_and_the_log_names_them_without_values(
    app: Flask, clerk: InspectingClient, roster: Ids
) -> None:
    path = f"/deputies/{roster['沈若兰']}"
    given = {"post": "社区书记", "phone": "199 0000 2222", "delegation": "清河街道代表团"}
    assert clerk.submit(f"{path}/edit", given).status_code == 303
    text = clerk.page(path).text
    assert "社区书记" in text and "199****2222" in text and "清河街道代表团" in text
    assert "更正了职务、手机号、代表团" in text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "请填写姓名。"),
        ({"phone": "1381234567"}, "手机号不正确，请填写11位手机号码。"),
        ({"phone": "19900001001"}, "这个手机号已登记在另一人名下，请核对。"),
        ({"delegation": "没有的代表团"}, "没有找到“没有的代表团”，请从列表里选。"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    app: Flask, clerk: InspectingClient, roster: Ids, given: dict[str, str], sentence: str
) -> None:
    answer = clerk.submit(f"/deputies/{roster['沈若兰']}/edit", {**given, "post": "写了很久的职务"})
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    assert page.form("/edit").fields["post"] == "写了很久的职务"
    with app.app_context():
        assert db.session.scalar(select(Person.post).where(Person.name == "沈若兰")) is None


def test_two_clerks_on_one_page_notice_each_other(clerk: InspectingClient, roster: Ids) -> None:
    path = f"/deputies/{roster['沈若兰']}/edit"
    stale = clerk.page(path).form("/edit")
    clerk.submit(path, {"post": "先到的"})
    answer = clerk.post(path, data={**stale.fields, "post": "后到的"})
    assert answer.status_code == 409
    assert "先到的" in clerk.page(f"/deputies/{roster['沈若兰']}").text


def test_a_new_deputy_gets_a_seat_and_a_way_in(app: Flask, clerk: InspectingClient) -> None:
    given = {"name": "司马晴", "phone": "19900003333", "delegation": "柳溪街道代表团", "starts_on": "2026-11-01"}
    answer = clerk.submit("/deputies/new", given)
    assert answer.status_code == 303
    assert "司马晴" in clerk.page("/deputies?q=smq").text
    with app.app_context():
        account = db.session.scalars(select(Account).join(Person).where(Person.name == "司马晴")).one()
        assert not account.disabled and account.password_hash is None


def test_units_and_sections_are_kept(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    given = {
        "name": "区水务局",
        "short_name": "区水务局",
        "organ": "government",
        "committee": "城乡建设和环境资源委员会",
    }
    assert clerk.submit("/units/new", given).status_code == 303
    assert "请核对" in clerk.submit("/units/new", given).text
    path = f"/units/{roster['区住建局']}"
    assert clerk.submit(f"{path}/sections/new", {"name": "物业管理科"}).status_code == 303
    assert "物业管理科" in clerk.page(path).text
    assert clerk.submit(f"{path}/edit", {"liaison_name": "王建新", "ends_on": "2026-11-01"}).status_code == 303
    clerk.page("/units")  # takes the note away
    assert "区住房和城乡建设局" not in clerk.page("/units").text
    assert "区住房和城乡建设局" in clerk.page("/units?gone=1").text
    with app.app_context():
        section = db.session.scalars(select(Unit).where(Unit.name == "物业管理科")).one()
        assert section.superior is not None and section.superior.public_id == roster["区住建局"]


def test_a_group_has_members_and_a_convener(clerk: InspectingClient, roster: Ids) -> None:
    path = f"/groups/{roster['第一小组']}"
    assert clerk.submit(path, {"deputy": "沈若兰　柳溪街道代表团"}, action="/join").status_code == 303
    assert clerk.submit(path, {"deputy": "沈若兰　柳溪街道代表团"}, action="/join").status_code == 409
    form = next(one for one in clerk.page(path).forms if one.action.endswith("/members"))
    assert clerk.post(f"{path}/members", data={**form.fields, "act": "convene"}).status_code == 303
    assert "召集人沈若兰" in clerk.page("/bodies").text
    assert clerk.post(f"{path}/members", data={**form.fields, "act": "leave"}).status_code == 303
    assert "还没有推选召集人" in clerk.page("/bodies").text


def test_a_session_is_entered_once_and_in_order(app: Flask, clerk: InspectingClient) -> None:
    given = {"number": "2", "opens": "2027-01-11", "closes": "2027-01-14"}
    assert clerk.submit("/terms", {**given, "closes": "2027-01-01"}).status_code == 422
    assert clerk.submit("/terms", given).status_code == 303
    again = clerk.submit("/terms", {**given, "number": "3"})
    assert again.status_code == 422 and "重叠" in again.text
    with app.app_context():
        assert db.session.query(Session).filter_by(number=2).count() == 1


def test_the_rules_say_their_basis(clerk: InspectingClient) -> None:
    text = clerk.page("/rules").text
    assert "《代表法》第五十一条" in text and "本办法未规定，按办公室约定" in text and "暂定" in text
    assert "十八届二次第37号" in text and "A" in text


def test_a_day_of_the_calendar_changes_what_is_counted(app: Flask, clerk: InspectingClient) -> None:
    given = {"day": "2026-11-23", "kind": "rest", "name": "区庆", "source": "区政府通知〔2026〕5号"}
    assert clerk.submit("/rules/calendar/2026", given, action="/days").status_code == 303
    assert "区庆" in clerk.page("/rules/calendar/2026").text
    with app.app_context():
        from datetime import date

        assert not calendar().is_working(date(2026, 11, 23))
        assert any("区庆" in line for line in said("calendar:2026"))
    assert clerk.submit("/rules/calendar/2026", {**given, "kind": "plain"}, action="/days").status_code == 303
    assert "区庆" not in clerk.page("/rules/calendar/2026").text.split("登记或更改一天")[0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"day": "2027-01-01", "kind": "rest", "source": "通知"}, "这一天不在2026年。"),
        ({"day": "2026-11-23", "kind": "work", "source": "通知"}, "这一天是周一，本来就上班，不用登记调休。"),
        ({"day": "2026-11-23", "kind": "rest", "source": ""}, "请填写依据。"),
        ({"day": "2026-02-30", "kind": "rest", "source": "通知"}, "日期不存在，请重新选择。"),
    ],
)
def test_a_wrong_day_is_refused(clerk: InspectingClient, given: dict[str, str], sentence: str) -> None:
    answer = clerk.submit("/rules/calendar/2026", given, action="/days")
    assert answer.status_code == 422 and sentence in Page(answer.text).text


def test_a_new_year_stays_provisional_until_a_second_person_confirms_it(app: Flask, clerk: InspectingClient) -> None:
    assert "暂定" in clerk.page("/rules/calendar/2027").text
    early = clerk.submit("/rules/calendar/2027", {"source": "通知", "confirmed": "y"}, action="/source")
    assert early.status_code == 422 and "还没有登记放假的日子" in early.text
    day = {"day": "2027-01-01", "kind": "rest", "name": "元旦", "source": "国办通知"}
    assert clerk.submit("/rules/calendar/2027", day, action="/days").status_code == 303
    with app.app_context():
        assert 2027 not in calendar().years
    form = {"source": "国办通知", "confirmed": "y"}
    alone = clerk.submit("/rules/calendar/2027", form, action="/source")
    assert alone.status_code == 422 and "请另一位同事对照通知核对后确认" in alone.text
    other = app.test_client()
    other.sign_in("neighbour")
    assert other.submit("/rules/calendar/2027", form, action="/source").status_code == 303
    with app.app_context():
        assert 2027 in calendar().years
        assert db.session.get(CalendarYear, 2027).confirmed


@pytest.mark.parametrize("path", ["/deputies", "/units", "/bodies", "/terms", "/rules", "/rules/calendar/2026"])
def test_deputies_and_strangers_do_not_find_the_office_pages(roster: Ids, app: Flask, path: str) -> None:
    deputy = app.test_client()
    deputy.sign_in("deputy00")
    assert deputy.get(path).status_code == 404


def test_one_congress_does_not_see_the_other_ones_people(roster: Ids, client: InspectingClient) -> None:
    client.sign_in("neighbour")
    assert "沈若兰" not in client.page("/deputies").text
    for path in (f"/deputies/{roster['沈若兰']}", f"/units/{roster['区住建局']}", f"/groups/{roster['第一小组']}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/deputies/{roster['沈若兰']}/edit").status_code == 404
