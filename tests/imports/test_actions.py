"""All or nothing, every problem by its row, undo until somebody has acted, speed."""

import time
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.models import Body, Person
from portal.audit.models import AuditEntry
from portal.congress.models import Delegation, Seat, Unit
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.personal import blind_index
from portal.imports import actions, queries
from portal.imports.findings import summary
from portal.imports.kinds import KINDS
from portal.imports.models import ImportedRow
from portal.suggestions.models import ArchiveFacts, Suggestion
from tests.imports import making
from tests.imports.conftest import shared
from tests.imports.test_shared import bring, count

FAULTS = 40


def planted() -> tuple[bytes, dict[int, str]]:
    """A roster of 120 rows with exactly forty faults; row number in the table to its sentence."""
    rows = making.roster(120)
    heads = {word: at for at, word in enumerate(rows[0])}
    faults: dict[int, str] = {}
    formulas = []

    def plant(index: int, column: str, cell, sentence: str) -> None:
        rows[index][heads[column]] = cell
        faults[index + 1] = sentence

    for at, phone in enumerate(
        ("1390000", "12900000001", "1390000000a", "139000000011", "电话", "1.39E+10", 139, "0086139")
    ):
        plant(2 + at, "手机", phone, "手机号不正确")
    for at, number in enumerate(("110101199002307801", "110101200113017801", "110101199900310011")):
        plant(12 + at, "身份证号码", number, "身份证号中的出生日期不存在，请核对")
    for at in range(4):
        good = making.id_number(date(1970, 1, 1 + at), 900 + at)
        plant(
            16 + at, "身份证号码", good[:-1] + ("1" if good[-1] == "0" else "0"), "身份证号校验不通过，请核对后重新填写"
        )
    plant(21, "身份证号码", 110101199003077000, "身份证号是按数字录入的，后几位已经丢失，请改成文本重新填写")
    plant(22, "身份证号码", "11010119900307", "身份证号应为18位，请核对后重新填写")
    for at in range(4):
        plant(24 + at, "姓名", "", "没有填写姓名")
    for at, name in enumerate(("王?", "李4", "张三，李四")):
        plant(30 + at, "姓名", name, "姓名不正确" if at else "姓名中有没能存下来的字，请补上")
    for at, month in enumerate(("1990.13", "年轻", "1990.1", "3月")):
        words = {
            "1990.13": "出生年月不存在，请核对",
            "1990.1": "出生年月有两种读法（1990年1月或1990年10月），请改写清楚",
        }
        plant(36 + at, "出生年月", month, words.get(month, "出生年月没有认出，请写成1990.01这样"))
    for at in range(2):
        plant(42 + at, "性别", "先生", "性别应写“男”或“女”")
    for at in range(3):
        formulas.append(((50 + at, heads["手机"]), "=1+1"))
        faults[51 + at] = "含公式"
    for at in range(4):
        rows[60 + at] = list(rows[100 + at])
        faults[101 + at] = f"与第{61 + at}行重复"
    plant(70, "手机", rows[71][heads["手机"]], "")
    faults[72] = "手机号与第71行相同"
    del faults[71]
    plant(80, "姓名", "王\u202e芳", "姓名中含有看不见的特殊字符，请删除后再导入")
    plant(81, "选区", "区\x01", "选区中含有看不见的特殊字符，请删除后再导入")
    return making.workbook(rows, formulas), faults


def test_forty_planted_faults_are_told_by_row_and_nothing_is_written(office):
    data, faults = planted()
    assert len(faults) == FAULTS
    before = count(Person)
    batch, preview = bring(office, "roster", "名册.xlsx", data)
    assert {problem.row: problem.sentence for problem in preview.problems} == faults
    assert len(preview.problems) == FAULTS
    assert preview.refusal.endswith("共40处问题，未导入任何数据。")
    assert batch.stage == "refused"
    assert (count(Person), count(Seat), count(Delegation), count(ImportedRow)) == (before, 0, 0, 0)


def test_the_sentence_of_a_refused_sheet(office):
    rows = making.roster(40)
    rows[16][3] = "1380"
    rows[22] = list(rows[8])
    data = making.workbook(rows, [((29, 3), "=1+1")])
    preview = actions.dry(office.clerk, KINDS["roster"], data, "名册.xlsx")
    assert preview.refusal == "第17行手机号不正确；第23行与第9行重复；第30行含公式。共3处问题，未导入任何数据。"
    assert summary(preview.problems) == preview.refusal


def test_a_ledger_of_500_in_a_third_style(office):
    bring(office, "units", "units-60.xls")
    batch, preview = bring(
        office, "ledger", "汇总.xlsx", making.workbook(making.ledger(500), merged=[((2, 5), (2, 6), "办理单位")])
    )
    assert preview.problems == ()
    assert batch.counts == {"往年建议": 500}
    item = db.session.scalars(select(Suggestion).where(Suggestion.number_text == "第002号")).one()
    assert item.archive.grade_text == "B类"
    assert (item.grade, item.archive.lead_unit.name) == ("B", "区民政局")
    assert str(item.replied_on) == "2025-03-02"
    assert item.archive.other == "经费：1"
    blank = db.session.scalars(select(Suggestion).where(Suggestion.number_text == "闭006号")).one()
    assert (blank.replied_on, blank.archive.replied_text) == (None, None)
    assert "承诺事项" not in (blank.archive.other or "")
    assert count(ArchiveFacts, ArchiveFacts.promise_text == "2026年底前完成") == 46


def test_what_cannot_be_kept_without_guessing_is_an_error(office):
    rows = [
        ["编号", "届次", "标题", "答复日期", "主办单位"],
        ["第3号", "区十八届人大一次会议", "甲", "2025111", "某局"],
        ["3", "示范区第十八届人大第一次会议", "乙", "年底", "某局"],
        ["第3号", "县十七届人大一次会议", "丙", "", ""],
        ["第4、5号", "区十八届人大一次会议", "丁", "2025-02-30", ""],
        ["0005", "区十八届人大一次会议", "戊", "", ""],
        ["9", "", "己", "", ""],
        ["9", "", "庚", "", ""],
    ]
    preview = actions.dry(office.clerk, KINDS["ledger"], making.workbook(rows), "台账.xlsx")
    assert [str(problem) for problem in preview.problems] == [
        "第2行答复日期有两种读法（2025年1月11日或2025年11月1日），请改写清楚",
        "第3行与第2行重复",
        "第6行与第5行重复",
    ]
    told = [str(notice) for notice in preview.notices]
    assert "第3行答复日期没有认出，按原文保存" in told
    assert "第8行与第7行编号相同，届次不详，两件都保存" in told
    assert "第2行某局没有登记，按原文保存" in told
    assert "第4行届次没有登记，按原文保存" in told


def test_the_number_of_an_earlier_import_is_taken(office):
    rows = [["编号", "届次", "标题"], ["第3号", "区十八届人大一次会议", "甲"]]
    bring(office, "ledger", "一.xlsx", making.workbook(rows))
    again = [["编号", "届次", "标题"], ["003", "区十八届人大第一次会议", "乙"]]
    preview = actions.dry(office.clerk, KINDS["ledger"], making.workbook(again), "二.xlsx")
    assert [str(problem) for problem in preview.problems] == ["第2行的编号在该次会议中已有建议使用"]


def test_the_same_file_twice(office):
    bring(office, "ledger", "ledger-real.xlsx")
    preview = actions.dry(office.clerk, KINDS["ledger"], shared("ledger-real.xlsx"), "ledger-real.xlsx")
    assert str(preview.problems[0]) == "这份文件已于3月1日导入过，要重新导入请先撤销那一次"


def test_registered_people_are_met_again(office):
    person = Person(name="王芳", phone="13800138000")
    person.phone_index = blind_index("13800138000")
    db.session.add(person)
    db.session.flush()
    rows = [["姓名", "手机"], ["王芳", "13800138000"], ["李明", "13800138001"]]
    batch, _ = bring(office, "roster", "名册.xlsx", making.workbook(rows))
    assert batch.counts == {"账号": 2, "代表": 2}
    assert count(Person, Person.name == "王芳") == 1
    taken = making.workbook([["姓名", "手机"], ["赵六", "13800138000"]])
    preview = actions.dry(office.clerk, KINDS["roster"], taken, "名册.xlsx")
    assert [str(problem) for problem in preview.problems] == ["第2行手机号与已登记的另一人相同"]


def test_namesakes_are_two_people(office):
    rows = [["姓名", "手机", "代表团"], ["王芳", "13800138000", "清河"], ["王芳", "13800138001", "清河团"]]
    batch, preview = bring(office, "roster", "名册.xlsx", making.workbook(rows))
    assert preview.problems == ()
    assert batch.counts == {"代表团": 1, "账号": 2, "代表": 2}


# --- undo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"), [("roster", "roster-300.xlsx"), ("units", "units-60.xls"), ("ledger", "ledger-real.xlsx")]
)
def test_undo_takes_everything_out_again(office, kind, name):
    before = {model: count(model) for model in (Person, Seat, Body, Unit, Suggestion, ArchiveFacts)}
    batch, _ = bring(office, kind, name)
    actions.undo(office.clerk, batch)
    assert {model: count(model) for model in before} == before
    assert batch.stage == "undone"
    said = db.session.scalars(select(AuditEntry.code).where(AuditEntry.subject == batch.audit_subject)).all()
    assert said == ["import.written", "import.undone"]
    again, preview = bring(office, kind, name)
    assert again.stage == "written", "after undo the same file may come again"
    with pytest.raises(Conflict):
        actions.undo(office.clerk, batch)


def test_undo_is_refused_once_somebody_used_what_came(office):
    batch, _ = bring(office, "roster", "roster-300.xlsx")
    rows = select(ImportedRow.row, ImportedRow.subject_id).where(ImportedRow.subject == "seats")
    seats = dict(map(tuple, db.session.execute(rows)))
    db.session.add(Suggestion(congress_id=office.congress_id, title="新建议", lead_seat_id=seats[18]))
    person = db.session.get(Seat, seats[25]).person
    person.post = "律师事务所主任"
    db.session.flush()
    with pytest.raises(Conflict, match="第18、25行的内容导入后已有人使用或修改，不能撤销。"):
        actions.undo(office.clerk, batch)
    assert count(Seat) == 300


def test_undo_is_refused_for_a_unit_linked_by_a_later_ledger(office):
    units, _ = bring(office, "units", "units-60.xls")
    rows = [["编号", "届次", "标题", "主办单位"], ["1", "区十八届人大一次会议", "甲", "区教育局"]]
    ledger, _ = bring(office, "ledger", "台账.xlsx", making.workbook(rows))
    with pytest.raises(Conflict, match="第6行"):
        actions.undo(office.clerk, units)
    actions.undo(office.clerk, ledger)
    actions.undo(office.clerk, units)
    assert count(Unit) == 0


# --- batches ------------------------------------------------------------------------------------------------------


def test_content_is_sealed_until_written_and_gone_afterwards(office):
    kind, data = KINDS["roster"], shared("roster-300.xlsx")
    batch = actions.receive(office.clerk, kind, actions.read(kind, data, "名册.xlsx"), data, "名册.xlsx")
    assert "陆翔松" not in batch.content and "18000000000" not in batch.content
    assert queries.sheet_of(batch) == actions.read(kind, data, "名册.xlsx")
    preview = actions.preview(office.clerk, kind, queries.sheet_of(batch), queries.mapping_of(batch))
    actions.run(office.clerk, batch, preview)
    assert batch.content is None
    with pytest.raises(NotFound):
        queries.sheet_of(batch)


def test_dates_survive_the_keeping(office):
    kind = KINDS["ledger"]
    data = making.workbook([["编号", "标题", "答复日期"], [1, "甲", date(2026, 3, 2)]])
    batch = actions.receive(office.clerk, kind, actions.read(kind, data, "台账.xlsx"), data, "台账.xlsx")
    assert queries.sheet_of(batch).rows[0].cells == (1, "甲", date(2026, 3, 2))


def test_mapping_by_hand(office):
    kind = KINDS["roster"]
    data = making.workbook([["甲", "乙", "丙"], ["王芳", "13800138000", "清河"]])
    sheet = actions.read(kind, data, "名册.xlsx")
    batch = actions.receive(office.clerk, kind, sheet, data, "名册.xlsx")
    assert queries.mapping_of(batch) == {}
    assert [str(p) for p in actions.preview(office.clerk, kind, sheet, {}).problems] == ["没有一列对应“姓名”"]
    with pytest.raises(Invalid, match="有两列都对应“姓名”"):
        actions.map_columns(office.clerk, batch, {0: "name", 1: "name"})
    actions.map_columns(office.clerk, batch, {0: "name", 1: "phone"})
    preview = actions.preview(office.clerk, kind, sheet, queries.mapping_of(batch))
    assert preview.problems == ()
    assert "“丙”没有对应的栏目，不导入" in [str(notice) for notice in preview.notices]


def test_who_may_not(office):
    stranger = replace(office.clerk, role="auditor")
    with pytest.raises(NotAllowed):
        actions.kind_for(stranger, "roster")
    batch, _ = bring(office, "units", "units-60.xls")
    elsewhere = replace(office.clerk, congress_id=office.congress_id + 1)
    with pytest.raises(NotFound):
        queries.get_visible(elsewhere, batch.public_id)
    assert queries.get_visible(office.clerk, batch.public_id) is batch


def test_where_a_thing_came_from(office):
    batch, _ = bring(office, "ledger", "ledger-real.xlsx")
    item = db.session.scalars(select(Suggestion).where(Suggestion.number_text == "第74227号")).one()
    assert queries.origin("suggestions", item.id) == (batch, 6)
    assert queries.origin("suggestions", item.id + 9999) is None


# --- speed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "make"), [("roster", making.roster), ("ledger", making.ledger)])
def test_ten_thousand_rows(office, kind, make, capsys):
    data = making.workbook(make(10_000))
    started, worked = time.monotonic(), time.process_time()
    batch, preview = bring_timed(office, KINDS[kind], data)
    took, worked = time.monotonic() - started, time.process_time() - worked
    with capsys.disabled():
        print(f"\n{kind}: 10,000 rows in {took:.1f} s, {worked:.1f} s of them ours")
    assert preview.problems == ()
    assert batch.total == 10_000
    assert worked <= 30, "ours, because neighbours on the machine are not the import's fault"


def bring_timed(office, kind, data):
    sheet = actions.read(kind, data, "大表.xlsx")
    batch = actions.receive(office.clerk, kind, sheet, data, "大表.xlsx")
    preview = actions.preview(office.clerk, kind, queries.sheet_of(batch), queries.mapping_of(batch), batch.digest)
    actions.run(office.clerk, batch, preview)
    db.session.commit()
    return batch, preview
