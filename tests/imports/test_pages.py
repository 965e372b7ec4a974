"""The way of a clerk: choose, map, read, confirm, see it done, undo; and the refusals on the way."""

import io

import pytest
from sqlalchemy import func, select

from portal.commands import HANDLERS
from portal.congress.models import Seat
from portal.core.db import db
from portal.imports.models import ImportBatch
from portal.jobs import worker
from portal.suggestions.models import Suggestion
from tests.imports import making
from tests.imports.conftest import shared


def upload(desk, name, data=None, kind="roster"):
    return desk.submit("/imports", {"kind": kind, "file": (io.BytesIO(data or shared(name)), name)}, action="/imports")


def seats():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Seat))


def test_the_whole_way_without_script(desk):
    assert "导入" in desk.page("/imports").heading
    answer = upload(desk, "roster-300.xlsx")
    assert answer.status_code == 303
    columns = desk.page(answer.location)
    assert "内容如：陆翔松、高\u3000和、孙娟辉".replace("\u3000", " ") in columns.text
    answer = desk.submit(answer.location)
    assert answer.status_code == 303
    dry = desk.page(answer.location)
    assert "第18、286行出生年月按1969年10月读取" in dry.text
    assert "将新建代表团：清河代表团、东山代表团" in dry.text
    assert seats() == 0
    where = answer.location
    answer = desk.submit(where, action="/confirm")
    assert answer.location == where
    assert "正在导入" in desk.page(where).text
    db.session.rollback()
    assert worker.run_all(HANDLERS) == 1
    assert seats() == 300
    done = desk.page(where)
    assert "写入了代表团6、账号300、代表300" in done.text
    assert "已导入" in desk.page("/imports").text
    answer = desk.submit(where, action="/undo")
    assert answer.status_code == 303
    assert "已全部取出" in desk.page(where).text
    assert seats() == 0


def test_a_sheet_with_bad_rows_is_refused_with_every_row(desk):
    rows = making.roster(40)
    rows[16][3] = "1380"
    rows[22] = list(rows[8])
    answer = upload(desk, "名册.xlsx", making.workbook(rows, [((29, 3), "=1+1")]))
    where = answer.location.removesuffix("/columns")
    page = desk.page(where)
    sentence = "第17行手机号不正确；第23行与第9行重复；第30行含公式。共3处问题，未导入任何数据。"
    assert sentence in page.text
    assert not [form for form in page.forms if "confirm" in form.action]
    # Whoever sends the confirmation all the same is told the same, with the right status.
    token = page.form("/drop").fields["csrf_token"]
    answer = desk.post(f"{where}/confirm", data={"csrf_token": token}, headers={"Referer": "http://localhost/"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert seats() == 0
    answer = desk.submit(where, action="/drop")
    assert answer.status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(ImportBatch)).one().content is None


@pytest.mark.parametrize(
    ("name", "data", "status", "sentence"),
    [
        ("名册.docx", b"PK\x03\x04", 415, "文件内容与格式不符，不能导入。可导入：xlsx、xls、csv。"),
        ("名册.xlsx", b"PK\x03\x04 nothing", 422, "文件已加密或损坏，无法检查，请去除密码或重新导出后上传。"),
        ("名册.csv", b"a,b\n1,2\n", 422, "没有找到表头行。"),
        ("名册.csv", b" ", 422, "没有找到表头行。"),
    ],
)
def test_refused_files_stand_beside_the_field(desk, name, data, status, sentence):
    answer = upload(desk, name, data)
    assert answer.status_code == status
    assert sentence in answer.text


def test_nothing_chosen(desk):
    answer = desk.submit("/imports", {}, action="/imports")
    assert answer.status_code == 422
    assert "请选择表格文件。" in answer.text
    assert "请选择导入什么。" in answer.text


def test_two_columns_for_one(desk):
    where = upload(desk, "roster-300-gbk.csv").location
    answer = desk.submit(where, {"c1": "phone"})
    assert answer.status_code == 422
    assert "有两列都对应“手机号”，请只留一列。" in answer.text


def test_the_same_file_chosen_twice_is_one_batch(desk):
    assert upload(desk, "units-60.xls", kind="units").location == upload(desk, "units-60.xls", kind="units").location


def test_a_confirmation_sent_twice_is_done_once(desk):
    where = upload(desk, "units-60.xls", kind="units").location.removesuffix("/columns")
    first = desk.submit(where, action="/confirm")
    page = desk.page("/imports")
    token = page.form("/imports").fields["csrf_token"]
    second = desk.post(f"{where}/confirm", data={"csrf_token": token}, headers={"Referer": "http://localhost/"})
    assert first.location == second.location
    db.session.rollback()
    assert worker.run_all(HANDLERS) == 1


def test_what_happened_meanwhile_is_noticed_when_writing(desk):
    """Two files are checked before either is written; the second meets what the first brought."""
    rows = [["编号", "届次", "标题"], ["第3号", "区十八届人大一次会议", "甲"]]
    one = upload(desk, "一.xlsx", making.workbook(rows), "ledger").location.removesuffix("/columns")
    two = upload(desk, "二.xlsx", making.workbook([*rows, ["", "", "乙"]]), "ledger").location.removesuffix("/columns")
    for where in (one, two):
        assert desk.submit(where, action="/confirm").status_code == 303
    db.session.rollback()
    assert worker.run_all(HANDLERS) == 2
    assert "写入了往年建议1" in desk.page(one).text
    refused = desk.page(two).text
    assert "第2行的编号在该次会议中已有建议使用" in refused
    assert "未导入任何数据" in refused


def test_undo_refused_is_said_with_the_rows(desk):
    where = upload(desk, "roster-300.xlsx").location.removesuffix("/columns")
    desk.submit(where, action="/confirm")
    db.session.rollback()
    worker.run_all(HANDLERS)
    seat = db.session.scalars(select(Seat).order_by(Seat.id)).first()
    seat.person.post = "退休"
    db.session.commit()
    answer = desk.submit(where, action="/undo")
    assert answer.status_code == 409
    assert "第3行的内容导入后已有人使用或修改，不能撤销。" in answer.text
    assert seats() == 300


def test_strangers_find_nothing(desk, client):
    where = upload(desk, "units-60.xls", kind="units").location
    fresh = desk.application.test_client()
    assert fresh.get(where).status_code == 303
    assert desk.page("/imports/no-such-thing/columns", status=404)


@pytest.mark.parametrize("kind", ["roster", "units", "ledger"])
def test_templates_can_be_downloaded(desk, kind):
    answer = desk.get(f"/imports/templates/{kind}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert desk.get("/imports/templates/nothing").status_code == 404


def test_an_archive_item_has_its_page(desk):
    where = upload(desk, "ledger-real.xlsx", kind="ledger").location.removesuffix("/columns")
    desk.submit(where, action="/confirm")
    db.session.rollback()
    worker.run_all(HANDLERS)
    item = db.session.scalars(select(Suggestion).where(Suggestion.number_text == "第141号")).one()
    page = desk.page(f"/suggestions/{item.public_id}")
    assert "关于提高村组干部工资待遇的建议" in page.text
    assert "县第十七届人大第三次会议" in page.text
    assert not [form for form in page.forms if "/steps/" in form.action], "nobody acts on it any more"
