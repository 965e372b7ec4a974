"""Scenario S0 by pages only, in Chromium: deputies on a phone, offices at a desk; with scripts and without.

PORTAL_SHOTS=1 keeps a picture of each person's page in docs/shots/.
"""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.journeys.people import Someone
from tests.support import apps
from tests.support.browser import Office
from tests.support.office import stand

TITLE = "关于推进清河街道老旧小区加装电梯和适老化改造的建议"
SITUATION = "清河街道有老旧小区17个，六层以上没有电梯的单元312个，住着七十岁以上老人1,460位，上下楼十分不便。"
REQUEST = "请区住建局牵头设一个窗口受理加装电梯申请，二十个工作日办完；提高老人集中单元的补助；楼道加装扶手和照明。"
POINTS = ("一个窗口受理，20个工作日办完", "提高老人集中单元的补助", "楼道加装扶手和照明")
LETTER = (
    "您提出的建议收悉。我局会同有关单位认真研究，4月20日与您当面沟通，现答复如下：\n"
    "一、关于一个窗口受理。已经落实。4月15日起，清河街道政务服务大厅6号窗口统一受理，时限20个工作日。\n"
    "二、关于提高补助。70岁以上老人占三成以上的单元，每部补助提高到20万元，已于5月1日印发。\n"
    "三、关于扶手和照明。17个小区已全部完成。\n感谢您对住房和城乡建设工作的关心。"
)

Meet = Callable[..., Someone]


def fill(app: Flask) -> None:
    """The small office, with names as long as real ones."""
    with app.app_context():
        office = stand(holidays=(date(2026, 4, 6),))
        office.bodies["东团"].name = "清河街道代表团"
        office.bodies["housing"].name, office.bodies["housing"].short_name = "区住房和城乡建设局", "区住建局"
        office.people["li"].name = "古丽娜尔·阿不都热依木"
        for key, name in (("housing", "陈敏"), ("housing-signer", "周启明"), ("water", "秦立新"), ("delegation1", "孙志远")):
            office.people[key].name = name
        office.people["leader1"].name, office.people["govoffice"].name = "宋怀瑾", "赵铁军"
        db.session.commit()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_draft_to_rating(
    live_server: Callable[..., Office], open_page: Callable[..., Page], scripts: bool
) -> None:
    office = live_server(fill)
    known: dict[str, Someone] = {}

    def meet(username: str, phone: bool = False) -> Someone:
        if username not in known:
            known[username] = Someone(open_page, office.url, username, phone, scripts)
        someone = known[username]
        someone.go("/home")
        return someone

    office.set_clock("2026-02-25T10:00")
    item = _write_and_invite(meet)
    _co_sign_and_submit(meet, item)
    office.set_clock("2026-03-02T09:00")
    _screen_and_assign(meet)
    office.set_clock("2026-03-03T09:00")
    for unit in ("housing", "water"):
        _take(meet(unit), "待签收", "签收")
    office.set_clock("2026-03-30T09:00")
    _give_opinion(meet("water"))
    office.set_clock("2026-04-20T15:00")
    _talk(meet("housing"))
    office.set_clock("2026-05-20T09:00")
    _reply_and_sign(meet)
    _look_on(meet)
    office.set_clock("2026-06-05T09:00")
    _rate(meet)
    _facts_stand(office)


def _write_and_invite(meet: Meet) -> str:
    zhang = meet("zhang", phone=True)
    zhang.reads("现在没有等您办的事", "您还没有写过建议")
    zhang.follow("写第一件建议")
    zhang.write({"title": TITLE, "situation": SITUATION, "request": REQUEST})
    zhang.write({f"points-{n}-text": text for n, text in enumerate(POINTS)})
    zhang.shoot("deputy-write")
    zhang.press("保存")
    zhang.reads("已保存", "请别的代表联名")
    zhang.write({"deputies-0-deputy": "古丽娜尔·阿不都热依木　清河街道代表团", "deputies-1-deputy": "王海　清河街道代表团"})
    zhang.press("发出邀请")
    zhang.reads("邀请已发出", "等确认")
    zhang.press("提交给工委")
    zhang.reads("还有2位联名代表未确认，请等待确认，或移除后再提交。")
    return zhang.page.url.split("/")[4].split("?")[0]


def _co_sign_and_submit(meet: Meet, item: str) -> None:
    for username in ("li", "wang"):
        signer = meet(username, phone=True)
        signer.reads("请您联名", TITLE)
        signer.follow("看内容，答复联名")
        signer.shoot("deputy-co-sign")
        signer.press("确认联名")
        signer.reads("已确认联名")
    zhang = meet("zhang", phone=True)
    zhang.go(f"/suggestions/{item}/edit")
    zhang.reads("已联名")
    zhang.press("提交给工委")
    zhang.reads("已提交。工委收到后会审查，进展会通知您。", "待审查")
    delegation = meet("delegation1")
    delegation.follow("会上建议，请核对")
    delegation.shoot("delegation-item")
    delegation.begin("核对无误")
    delegation.press("核对无误")
    delegation.reads("已核对无误")


def _screen_and_assign(meet: Meet) -> None:
    clerk = meet("clerk")
    clerk.reads(TITLE, "2位联名代表都已本人确认", "代表团已核对")
    clerk.shoot("clerk-desk")
    clerk.begin("立案并编号")
    clerk.choose("category", "0101")
    clerk.press("立案并编号")
    clerk.reads("十八届一次第1号")
    clerk.begin("交办")
    clerk.write({"units-0-unit": "区住房和城乡建设局", "units-1-unit": "区水务局"})
    clerk.choose("units-0-role", "lead")
    clerk.choose("units-1-role", "assist")
    clerk.shoot("clerk-assign")
    clerk.press("交办")
    clerk.reads("已交办", "6月2日前", "4月2日前")


def _take(someone: Someone, waiting: str, act: str) -> None:
    someone.reads(waiting, TITLE)
    someone.follow(waiting)
    someone.begin(act)
    someone.press(act)
    someone.reads(f"已{act}")


def _give_opinion(water: Someone) -> None:
    water.follow("待交会办意见")
    water.reads_not("写答复")
    water.begin("交会办意见")
    water.write({"text": "同意由住建局牵头，供水管线改造同步进行，费用列入年度计划。"})
    water.press("交会办意见")
    water.reads("已交会办意见", "按期交意见")


def _talk(housing: Someone) -> None:
    housing.shoot("unit-home")
    housing.follow("待答复")
    housing.begin("登记联系")
    housing.write({"happened_on": "2026-04-20", "who": "王科长", "place": "清河街道联络站", "summary": "当面听取代表意见，商定窗口方案。"})
    housing.choose("form", "face")
    housing.press("登记联系")
    housing.reads("已登记联系", "等代表核实")


def _reply_and_sign(meet: Meet) -> None:
    housing = meet("housing")
    housing.follow("待答复")
    housing.begin("写答复")
    housing.choose("grade", "A")
    housing.write({"body": LETTER, "document_number": "示住建函〔2026〕41号"})
    housing.write({"contact_person": "王科长", "contact_line": "000-0000-0137"})
    housing.shoot("unit-reply")
    housing.press("送签")
    housing.reads("已送签", "答复待签发")
    signer = meet("housing-signer")
    signer.follow("待签发")
    signer.begin("签发答复")
    signer.reads("6号窗口统一受理")
    signer.shoot("signer")
    signer.press("签发答复")
    signer.reads("已签发答复", "按期答复")


def _look_on(meet: Meet) -> None:
    for username, picture in (("govoffice", "government-office"), ("leader1", "leader")):
        reader = meet(username)
        reader.reads("最近的建议", TITLE)
        reader.shoot(f"{picture}-home")
        reader.follow(TITLE)
        reader.reads("答复", "6号窗口统一受理")
        reader.reads_not("可以办的事")
    li = meet("li", phone=True)
    li.follow(TITLE)
    li.reads("6号窗口统一受理")
    li.reads_not("提交评价")


def _rate(meet: Meet) -> None:
    zhang = meet("zhang", phone=True)
    zhang.reads("请评价答复", "6月10日前")
    zhang.shoot("deputy-home")
    zhang.follow("看答复，给评价")
    zhang.go(zhang.page.url.removeprefix(zhang.url).split("#")[0])
    zhang.shoot("deputy-track")
    zhang.press("属实")
    zhang.reads("已核实联系")
    zhang.choose("attitude", "dissatisfied")
    zhang.choose("result", "satisfied")
    zhang.press("提交评价")
    zhang.reads("评价为“不满意”时，请写明理由，以便重新办理。", "您写的都还在")
    zhang.shoot("deputy-mistake")
    zhang.choose("attitude", "satisfied")
    zhang.press("评价答复")
    zhang.reads("已评价答复", "已办结")
    zhang.follow("打开答复函原文")
    zhang.reads("区住房和城乡建设局", "示住建函〔2026〕41号")
    zhang.shoot("letter")


def _facts_stand(office: Office) -> None:
    app = apps.build(office.data, office.data / "clock.txt")
    with app.app_context():
        suggestion = db.session.query(Suggestion).one()
        due = {task.role: (task.due, task.feedback_due) for task in db.session.query(UnitTask)}
        assert (suggestion.state, suggestion.closed_as, suggestion.grade) == ("closed", "rated", "A")
        assert suggestion.number_text == "十八届一次第1号"
        assert due == {"lead": (date(2026, 6, 2), date(2026, 6, 10)), "assist": (date(2026, 4, 2), None)}
