"""The list of real stations in GB18030 by the README's command; each time shown back as a rule or kept as words."""

from datetime import date
from pathlib import Path

from flask import Flask

from portal.core.db import db
from portal.jobs import night
from portal.stations.models import DutyRule, Reception, Station
from portal.stations.nightly import tend
from tests.stations.conftest import Place
from tests.support.inspecting import InspectingClient
from tests.support.office import stand

FILE = Path(__file__).parents[1] / "imports" / "data" / "stations-real-gbk.csv"
RULES = {
    "龙泉村人大代表联络点": "每周三，遇休息日顺延",
    "大郭庄街道选区人大代表联络站": "每月10日，遇休息日顺延",
    "歧坪镇代表接访点": "每月第一个星期二，遇休息日顺延",
    "陈集镇选民接待日(各村委会)": "每月20日，遇休息日顺延",
}
WORDS = {
    "屯子镇人大代表联络站": "每月2次接待选民群众",
    "节能环保产业人大代表联络站": "每月固定一天为代表进站接待日",
    "三北片人大代表联络站": "主题接待",
    "陈集镇选民接待日(各村委会)": "每月20日“民声直通车”",
    "南辛庄街道社区人大代表工作站": "进站活动",
    "南码头路街道人大代表之家·汇智园": "每季度集中接待日(2019-09-25上午)",
}


def imported(app: Flask, *more: str):
    return app.test_cli_runner().invoke(args=["import", str(FILE), "--kind", "stations", *more])


def test_the_real_list_comes_in_with_every_time_as_rule_or_words(app: Flask, client: InspectingClient, set_clock):
    set_clock("2026-05-12T09:00")
    with app.app_context():
        stand()
        db.session.remove()
    dry = imported(app, "--dry-run")
    assert dry.exit_code == 0 and "检查了18行，没有问题，没有写入。" in dry.output
    assert "第10行接待时间“固定每周三为接待日”读作规则：每周三，遇休息日顺延" in dry.output
    assert "第13行接待时间“主题接待”定不成规则，原样登在公开页" in dry.output
    done = imported(app)
    assert done.exit_code == 0 and "已导入18行：站点18、接待规则4。" in done.output
    with app.app_context():
        stations = {one.name: one for one in db.session.scalars(db.select(Station))}
        assert len(stations) == 18 and len({one.slug for one in stations.values()}) == 18
        assert {one.station.name: one.sentence for one in db.session.scalars(db.select(DutyRule))} == RULES
        assert {name: one.reception_words for name, one in stations.items() if one.reception_words} == WORDS
        unsaid = stations["师寨镇人大联络站"]
        assert (unsaid.address, unsaid.deputies_said, unsaid.station_line, unsaid.level) == ("", None, None, None)
        assert stations["商贸服务业代表联络站"].level == "trade"
        assert stations["歧坪镇代表接访点"].place_kind is None, "家站 is not guessed"
        assert stations["屯子镇人大代表联络站"].deputies_said == 103
        slugs = {name: one.slug for name, one in stations.items()}
        db.session.remove()
    for name, words in WORDS.items():
        assert words in client.page(f"/stations/{slugs[name]}").text
    assert "南码头路街道人大代表之家·汇智园" in client.page("/stations?q=汇智").text
    assert imported(app).output.count("的站点已登记，不重复导入") >= 1
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Station.id))) == 18


def test_the_night_plans_what_came_in_and_asks_nobody_yet(app: Flask, set_clock):
    set_clock("2026-05-12T09:00")
    with app.app_context():
        stand()
        db.session.remove()
    imported(app)
    with app.app_context():
        said = list(night.run((tend,), date(2026, 5, 12)))
        assert "大郭庄街道选区人大代表联络站　排到2027-05-12，接待12次" in said
        planned = db.session.scalars(db.select(Reception).join(Station).where(Station.name.startswith("大郭庄"))).all()
        assert [one.day for one in planned][:2] == [date(2026, 6, 10), date(2026, 7, 10)] and len(planned) == 12
        assert not any(one.slots for one in planned), "how many sit at once, nobody has said"


def test_the_clerk_imports_by_the_page_and_takes_it_back(app: Flask, place: Place):
    clerk = app.test_client()
    clerk.sign_in("clerk")
    assert "联络站" in clerk.page("/imports").text
