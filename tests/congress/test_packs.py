"""Rule packs: the five that ship, what inheriting means, what is refused, and how they live in the tables."""

import copy
import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.congress import rulepacks
from portal.congress.pack import PERIODS, POLICIES, UNSTATED
from portal.congress.pack_models import CalendarDay, CalendarYear, Rewritten, RulePack
from portal.congress.pack_schema import check
from portal.core.errors import Invalid, NotFound

D = date.fromisoformat


class TestShipped:
    def test_every_pack_is_whole(self) -> None:
        assert set(rulepacks.shipped()) == {"Q", "SH", "CQ", "SD", "TW"}
        for content in rulepacks.shipped().values():
            check(content)

    @pytest.mark.parametrize(
        ("key", "q", "sh", "cq", "sd", "tw"),
        [
            ("assign", "5wd", "7wd", "10wd", "5d", "5wd"),
            ("return_window", "5wd", "7wd", "10wd", "5d", "5wd"),
            ("deemed_received", "3wd", "3wd", "3wd", "3wd", "3wd"),
            ("assist", "1m", "1m", "30wd", "1m", "1m"),
            ("assist_redo", "5wd", "5wd", "5wd", "5wd", "5wd"),
            ("first_contact", "20wd", "20wd", "20wd", "20wd", "20wd"),
            ("reply", "3m", "3m", "3m", "3m", "2m"),
            ("cap", "6m", "6m", "6m", "6m", "4m"),
            ("feedback", "15wd", "15wd", "20wd", "15wd", "15wd"),
            ("redo", "1m", "1m", "2m", "1m", "1m"),
            ("publish", "20wd", "20wd", "20wd", "20wd", "20wd"),
        ],
    )
    def test_the_settled_table(self, key: str, q: str, sh: str, cq: str, sd: str, tw: str) -> None:
        codes = {"Q": q, "SH": sh, "CQ": cq, "SD": sd, "TW": tw}
        periods = {code: rulepacks.shipped_pack(code).period(key) for code in codes}
        assert {code: f"{period.amount}{period.unit}" for code, period in periods.items()} == codes

    def test_the_settled_policies(self) -> None:
        packs = {code: rulepacks.shipped_pack(code) for code in rulepacks.shipped()}
        assert {code: pack.flag("return_from") for code, pack in packs.items()} == {
            "Q": "receive", "SH": "receive", "CQ": "assign", "SD": "receive", "TW": "receive",
        }  # fmt: skip
        assert [code for code, pack in packs.items() if pack.flag("redo_trigger") == "automatic"] == ["SD"]
        assert [code for code, pack in packs.items() if pack.flag("withdraw") == "lead"] == ["SD"]
        assert all(pack.flag("reassign_keeps_due") is True for pack in packs.values())
        assert all(pack.ladder.before == (15, 7, 3, 0) for pack in packs.values())
        assert [grade.shown for grade in packs["SH"].scheme][0] == "解决采纳"
        assert [grade.code for grade in packs["TW"].scheme] == ["A", "B", "C"]

    def test_what_a_place_does_not_say_is_printed_so(self) -> None:
        shandong = rulepacks.shipped_pack("SD")
        assert shandong.period("feedback").basis == UNSTATED
        assert shandong.period("long_reply").basis == "《代表法》第五十一条"
        assert shandong.period("assign").basis.endswith("第十条")
        assert shandong.period("assist").label == "协办意见"
        assert rulepacks.shipped_pack("Q").period("first_contact").basis == UNSTATED

    def test_words_numbers_and_grades(self) -> None:
        pack = rulepacks.shipped_pack("Q")
        assert pack.number("session", 37, session="十八届一次") == "十八届一次第37号"
        assert pack.number("inter_session", 8, term="十八届", year=2026) == "十八届2026年闭会第8号"
        assert pack.short_number("inter_session", 8) == "闭08号"
        assert pack.category("0102") == "城乡建设／老旧小区和住房保障"
        assert pack.scheme.worst(["A", "C", "B"]).code == "C"
        assert pack.worse("satisfied", "dissatisfied") == "dissatisfied"
        assert pack.policies["withdraw"].words == "全体联名代表同意"
        assert (pack.limit("title_most"), pack.limit("body_least"), pack.limit("body_most")) == (60, 50, 10000)
        with pytest.raises(KeyError):
            pack.scheme["Z"]
        with pytest.raises(NotFound):
            rulepacks.shipped_pack("XX")

    def test_every_key_of_the_vocabulary_is_used(self) -> None:
        pack = rulepacks.shipped_pack("Q")
        assert set(pack.periods) == set(PERIODS)
        assert set(pack.policies) == set(POLICIES)
        assert all(policy.words for policy in pack.policies.values())


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("fault", "path", "sentence"),
    [
        (_set("periods", "reply", "amount", to="3"), "periods.reply.amount", "应为整数。"),
        (_set("periods", "reply", "amount", to=0), "periods.reply.amount", "应为1到366之间的整数。"),
        (_set("periods", "reply", "unit", to="周"), "periods.reply.unit", "只能是wd、d、m。"),
        (_set("periods", "reply", "from", to="submit"), "periods.reply.from", "只能从assign、receive起算。"),
        (_set("periods", "reply", "amount", to=7), "periods.reply", "不能超过最长办理期限，单位也要相同。"),
        (_set("periods", "tea", to={"amount": 1}), "periods.tea", ""),
        (lambda content: content["periods"].pop("redo"), "periods.redo", "缺这一项。"),
        (lambda content: content["policies"].pop("withdraw"), "policies.withdraw", "缺这一项。"),
        (_set("policies", "withdraw", "value", to="some"), "policies.withdraw", "只能是all、lead。"),
        (_set("policies", "session_check", "value", to=1), "policies.session_check", "只能是true、false。"),
        (_set("numbers", "session", "full", to="{n.__class__}"), "numbers.session.full", ""),
        (_set("numbers", "session", "short", to="第号"), "numbers.session.short", ""),
        (lambda content: content["grades"].pop(0), "grades", "至少一类要算作已解决。"),
        (_set("grades", 1, "code", to="A"), "grades", "编号有重复。"),
        (_set("grades", 0, "colour", to="pink"), "grades.0.colour", "只能是green、blue、yellow、red、grey。"),
        (_set("ladder", "before", to=[3, 7]), "ladder.before", "天数要从大到小，不重复。"),
        (_set("extra", to=1), "extra", "没有这一项。"),
    ],
)
def test_a_faulty_pack_is_refused_with_the_place(fault: Callable[[Any], Any], path: str, sentence: str) -> None:
    content = copy.deepcopy(rulepacks.shipped()["Q"])
    fault(content)
    with pytest.raises(Invalid) as refusal:
        check(content)
    found = [place for place in refusal.value.fields if place == path or place.startswith(f"{path}.")]
    assert found, refusal.value.fields
    if sentence:
        assert refusal.value.fields[path] == sentence
    assert refusal.value.message.startswith("规则有")


class TestTables:
    @pytest.fixture
    def session(self, both_engines_session: Any) -> Any:
        """These rows must read back the same from both databases."""
        return both_engines_session

    def test_loading_twice_enters_once(self, session: Any) -> None:
        assert len(rulepacks.load_packs()) == 5
        assert rulepacks.load_packs() == []
        assert rulepacks.load_calendar() == 20
        assert rulepacks.load_calendar() == 0

    def test_a_version_gives_the_pack_and_cannot_be_rewritten(self, session: Any) -> None:
        rulepacks.load_packs()
        version = rulepacks.current_version("CQ", D("2026-03-02"))
        assert version is not None
        assert rulepacks.pack_of(version.id) == rulepacks.shipped_pack("CQ")
        assert rulepacks.pack_of(version.id) is rulepacks.pack_of(version.id)
        version.legal_note = "改"
        with pytest.raises(Rewritten):
            session.flush()
        session.rollback()
        with pytest.raises(NotFound):
            rulepacks.pack_of(999)

    def test_a_new_version_begins_on_its_day_and_old_items_keep_theirs(self, session: Any) -> None:
        rulepacks.load_packs()
        old = rulepacks.current_version("Q", D("2026-03-02"))
        assert old is not None
        content = copy.deepcopy(old.content)
        content["periods"]["return_window"]["amount"] = 7
        session.add(rulepacks.version_of(old.pack, content, 2, D("2026-07-01")))
        session.flush()
        assert rulepacks.current_version("Q", D("2026-06-30")) is old
        new = rulepacks.current_version("Q", D("2026-07-01"))
        assert new is not None
        assert rulepacks.pack_of(new.id).period("return_window").amount == 7
        assert rulepacks.pack_of(old.id).period("return_window").amount == 5
        assert [begins for begins, _ in rulepacks.in_force("Q")] == [D("2007-01-01"), D("2026-07-01")]

    def test_an_offices_own_version_needs_a_second_person(self, session: Any) -> None:
        rulepacks.load_packs()
        pack = session.query(RulePack).filter_by(code="Q").one()
        version = rulepacks.version_of(pack, rulepacks.shipped()["Q"], 2, D("2026-07-01"))
        version.entered_by_id = 1
        session.add(version)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()

    def test_an_edit_of_the_calendar_is_seen_at_once(self, session: Any) -> None:
        rulepacks.load_calendar()
        before = rulepacks.calendar()
        assert rulepacks.calendar() is before
        assert before == rulepacks.shipped_calendar().__class__(
            before.years, before.rest, before.makeup, revision=before.revision
        )
        session.add(CalendarDay(year=2026, day=D("2026-07-01"), working=False, name="本地放假"))
        session.flush()
        after = rulepacks.calendar()
        assert not after.is_working(D("2026-07-01"))
        assert after.name(D("2026-07-01")) == "本地放假"
        assert after.revision == before.revision + 1

    def test_an_unconfirmed_or_empty_year_is_provisional(self, session: Any) -> None:
        rulepacks.load_calendar()
        session.get(CalendarYear, 2026).confirmed = False
        session.flush()
        assert rulepacks.calendar().provisional(D("2026-03-02"))
        session.get(CalendarYear, 2026).confirmed = True
        session.execute(delete(CalendarDay).where(CalendarDay.year == 2026))
        session.flush()
        assert rulepacks.calendar().provisional(D("2026-03-02"))


class TestCommands:
    def explained(self, app: Flask, *args: str) -> Any:
        return app.test_cli_runner().invoke(args=["deadline", "explain", *args])

    def test_one_case(self, app: Flask) -> None:
        answer = self.explained(app, "--pack", "Q", "--rule", "reply", "--start", "2025-11-15", "--json")
        known = json.loads(answer.output)
        assert known["unmoved"] == "2026-02-15"
        assert known["due"] == "2026-02-24"
        assert (known["provisional"], known["days"]) == (False, 101)
        assert "到哪天：2026年2月24日" in self.explained(app, "--start", "2025-11-15").output

    def test_a_moment_with_a_zone_is_the_offices_day(self, app: Flask) -> None:
        late = self.explained(app, "--rule", "assign", "--start", "2026-09-17T23:30:00+00:00", "--json")
        assert json.loads(late.output)["start"] == "2026-09-18"

    def test_a_file_is_answered_in_its_order(self, app: Flask, tmp_path: Path) -> None:
        cases = [
            {"pack": "Q", "rule": "reply", "start": "2026-03-27"},
            {"pack": "CQ", "rule": "feedback", "start": "2026-05-20"},
        ]
        file = tmp_path / "cases.json"
        file.write_text(json.dumps(cases))
        answers = json.loads(self.explained(app, "--file", str(file)).output)
        assert [answer["due"] for answer in answers] == ["2026-06-29", "2026-06-17"]
        assert list(answers[0]) == ["start", "unmoved", "due", "provisional", "days"]

    @pytest.mark.parametrize(
        ("args", "sentence"),
        [
            (["--start", "2026-02-30"], "日期2026-02-30不存在"),
            (["--start", "2026-03-02", "--pack", "XX"], "没有名为XX的规则"),
            (["--start", "2026-03-02", "--rule", "tea"], "没有名为tea的期限"),
            ([], "请用--start写明起算日期"),
        ],
    )
    def test_what_cannot_be_answered_is_said(self, app: Flask, args: list[str], sentence: str) -> None:
        refusal = self.explained(app, *args)
        assert refusal.exit_code == 1
        assert sentence in refusal.output

    def test_the_offices_own_calendar_counts(self, app: Flask) -> None:
        with app.app_context():
            rulepacks.load_packs()
            rulepacks.load_calendar()
            rulepacks.db.session.add(CalendarDay(year=2026, day=D("2026-06-02"), working=False, name="本地放假"))
            rulepacks.db.session.commit()
        answer = self.explained(app, "--start", "2026-03-02", "--json")
        assert json.loads(answer.output)["due"] == "2026-06-03"

    def test_a_pack_file_is_checked(self, app: Flask, tmp_path: Path) -> None:
        own = tmp_path / "own.toml"
        own.write_text('code = "OWN"\nname = "本地"\nlevel = "county"\ninherits = "Q"\nlegal_note = "本地办法"\n')
        run = app.test_cli_runner()
        assert "没有问题" in run.invoke(args=["packs", "check", str(own)]).output
        own.write_text(own.read_text() + '[periods]\nredo = { amount = 0, unit = "m", from = "rehandle" }\n')
        refusal = run.invoke(args=["packs", "check", str(own)])
        assert refusal.exit_code == 1
        assert "periods.redo.amount：应为1到366之间的整数。" in refusal.output


def test_the_files_are_plain_numbers_and_words() -> None:
    for path in (Path(rulepacks.__file__).parent / "packs").glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))["code"] == path.stem.upper()
