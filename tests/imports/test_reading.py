"""Finding the table in a file, and refusing files that are no honest tables."""

import io
import re
import struct
import zipfile
import zlib
from datetime import date

import pytest
import xlsxwriter

from portal.core.errors import Invalid, PortalError, TooLarge, WrongType
from portal.imports import headings, reading, workbooks
from portal.imports.kinds import Column
from portal.imports.values import looks_like_grade
from tests.imports import making
from tests.imports.conftest import shared

COLUMNS = (
    Column("serial", "序号", ("编号",), ignored=True),
    Column("name", "姓名", ("代表姓名",)),
    Column("phone", "手机号", ("手机", "联系电话")),
    Column("delegation", "代表团", ("所属代表团",)),
    Column("units", "主办单位", ("主办", "承办单位")),
    Column("assists", "协办单位", ("协办",)),
    Column("category", "类别", ("分类",)),
    Column("grade", "办理结果", ("类别",), fits=looks_like_grade),
)


def read(data, name="名册.xlsx"):
    return reading.read(data, name, COLUMNS)


def mapping(sheet):
    matches = headings.guess(COLUMNS, sheet.headings, [row.cells for row in sheet.rows])
    return {match.column: sheet.headings[match.position] for match in matches if match.column}


def test_headings_below_titles_in_any_order():
    sheet = read(
        making.workbook(
            [
                ["代表名册"],
                [],
                ["手机\n号码（必填）", "姓  名", "备注"],
                [13800138000.0, "高\u3000和", ""],
                ["", "", ""],
                ["合计", 1],
            ],
            merged=[((0, 0), (0, 2), "代表名册")],
        )
    )
    assert sheet.heading_row == 3
    assert [row.number for row in sheet.rows] == [4]
    assert sheet.rows[0].cells[0] == 13800138000
    assert [str(notice) for notice in sheet.notices] == ["第6行是合计行，没有导入"]


def test_two_rows_of_headings():
    sheet = read(
        making.workbook(
            [
                ["姓名", "承办单位", "", "手机"],
                ["", "主办", "协办", ""],
                ["王芳", "区教育局", "区民政局", "13800138000"],
            ],
            merged=[((0, 1), (0, 2), "承办单位")],
        )
    )
    assert sheet.headings == ("姓名", "主办", "协办", "手机")
    assert [row.number for row in sheet.rows] == [3]


def test_a_sparse_first_row_is_no_second_heading():
    sheet = read(making.workbook([["姓名", "手机", "备注"], ["王芳", "", ""], ["李明", "13800138000", ""]]))
    assert [row.number for row in sheet.rows] == [2, 3]


def test_repeated_headings_and_footers_are_left_out():
    rows = [
        ["姓名", "手机"],
        ["王芳", "13800138000"],
        ["姓名", "手机"],
        ["李明", "13800138001"],
        ["填表人：何文书", ""],
    ]
    sheet = read(making.workbook(rows))
    assert [row.number for row in sheet.rows] == [2, 4]
    assert [notice.row for notice in sheet.notices] == [3, 5]


def test_cells_merged_downwards_count_for_every_row():
    sheet = read(
        making.workbook(
            [["代表团", "姓名"], ["清河", "王芳"], ["", "李明"], ["东山", "高和"]], merged=[((1, 0), (2, 0), "清河")]
        )
    )
    assert [row.cells[0] for row in sheet.rows] == ["清河", "清河", "东山"]


def test_the_sheet_with_headings_is_found():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("说明").write_string(0, 0, "请看下一页")
        sheet = book.add_worksheet("名册")
        for at, word in enumerate(("姓名", "手机")):
            sheet.write_string(0, at, word)
            sheet.write_string(1, at, ("王芳", "13800138000")[at])
        hidden = book.add_worksheet("旧名册")
        hidden.write_string(0, 0, "姓名")
        hidden.hide()
    found = read(target.getvalue())
    assert found.name == "名册"
    assert [str(notice) for notice in found.notices] == ["只读取了工作表“名册”，没有读取“说明”"]


def test_content_tells_two_meanings_of_one_heading():
    marks = read(making.workbook([["姓名", "类别"], ["王芳", "A"], ["李明", "B类"]]))
    subjects = read(making.workbook([["姓名", "类别"], ["王芳", "城乡建设"], ["李明", "教育"]]))
    assert mapping(marks)["grade"] == "类别"
    assert mapping(subjects)["category"] == "类别"


def test_a_heading_that_contains_a_known_word_is_a_guess():
    match = headings.guess(COLUMNS, ["代表联系电话（手机）", "不相干"])[0]
    assert match.column == "phone"
    assert match.confidence < headings.WITHOUT_BRACKETS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_every_usual_dress(encoding, mark):
    text = f'名册\r\n姓名{mark}手机{mark}备注\r\n𠮷田{mark}13800138000{mark}"两行\n备注"\r\n\r\n高和{mark}13800138001{mark}\r\n'
    sheet = read(text.encode(encoding), "名册.csv")
    assert [row.cells[0] for row in sheet.rows] == ["𠮷田", "高和"]
    assert [row.number for row in sheet.rows] == [3, 5]


def test_csv_tricks_of_spreadsheets():
    text = '编号,姓名,手机\n="0080",\'=王芳,\t13800138000\n1,=1+1,13800138001\n'
    sheet = read(text.encode(), "名册.csv")
    assert sheet.rows[0].cells == ("0080", "=王芳", "\t13800138000")
    assert sheet.formulas == {(3, 1)}


def test_utf_16_is_told_to_save_anew():
    with pytest.raises(Invalid, match="另存为xlsx"):
        read("姓名,手机\n王芳,13800138000\n".encode("utf-16"), "名册.csv")


def test_formulas_and_error_values_are_found_by_position():
    data = making.workbook([["姓名", "手机"], ["王芳", ""], ["李明", "13800138000"]], formulas=[((1, 1), "=1+1")])
    sheet = read(data)
    assert sheet.formulas == {(2, 1)}
    broken = making.repacked(
        data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="B3" t="s">', b'<c r="B3" t="e">')
    )
    assert read(broken).errors == {(3, 1)}


def test_real_excel_dates():
    sheet = read(making.workbook([["姓名", "手机", "日期"], ["王芳", 13800138000, date(2026, 3, 2)]]))
    assert sheet.rows[0].cells == ("王芳", 13800138000, date(2026, 3, 2))


# --- files that are no honest tables ------------------------------------------------------------------------------

SOUND = making.workbook([["姓名", "手机"], ["王芳", "13800138000"]])


@pytest.mark.parametrize(
    ("data", "name", "kind", "sentence"),
    [
        (b"", "名册.xlsx", Invalid, "文件是空的，请检查后重新上传。"),
        (b"x" * (20 * 1024 * 1024 + 1), "名册.csv", TooLarge, "文件超过20MB，请压缩或分开上传。"),
        (SOUND, "名册.docx", WrongType, "文件内容与格式不符，不能导入。可导入：xlsx、xls、csv。"),
        (SOUND, "名册.csv", WrongType, "文件内容与格式不符"),
        (b"<html><table><tr><td>\xe5\xa7\x93\xe5\x90\x8d", "名册.xls", WrongType, "文件内容与格式不符"),
        (SOUND[: len(SOUND) // 2], "名册.xlsx", Invalid, "文件已加密或损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "名册.xls", Invalid, "文件已加密或损坏"),
        (making.workbook([["一", "二"], ["三", "四"]]), "名册.xlsx", Invalid, "没有找到表头行"),
        (making.workbook([["姓名", "手机"]]), "名册.xlsx", Invalid, "表头下面没有内容"),
    ],
)
def test_refused_files(data, name, kind, sentence):
    with pytest.raises(kind, match=sentence):
        read(data, name)


@pytest.mark.parametrize("at", [0, 2])
def test_a_secret_mark_anywhere_in_the_sheet_stops_it(at):
    rows = [["名册", ""], ["姓名", "手机"], ["王芳", "13800138000"]]
    rows.insert(at, ["机密★10年", ""])
    for data, name in (
        (making.workbook(rows), "名册.xlsx"),
        ("\n".join(",".join(row) for row in rows).encode(), "名册.csv"),
    ):
        with pytest.raises(Invalid, match="发现国家秘密标志") as refused:
            read(data, name)
        assert refused.value.code == "secret_mark"


def test_an_xlsx_under_the_name_of_an_xls_is_read():
    assert len(read(SOUND, "名册.xls").rows) == 1


def test_another_package_is_no_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    with pytest.raises(WrongType):
        read(target.getvalue())


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_every_member(member, encoding):
    def poisoned(xml: bytes) -> bytes:
        text = xml.decode().split("?>", 1)[1]
        return f'<?xml version="1.0" encoding="{encoding}"?>{BOMB.decode()}{text}'.encode(encoding)

    with pytest.raises(Invalid, match="无法检查") as refused:
        read(making.repacked(SOUND, member, poisoned))
    assert refused.value.code == "document_type"


def test_a_zip_bomb_is_not_unfolded():
    data = making.repacked(SOUND, "xl/sharedStrings.xml", lambda _: b"<sst>" + b" " * 200_000_000)
    assert len(data) < 1_000_000
    with pytest.raises(Invalid, match="文件展开后过大，不能上传，请精简内容后重试。"):
        read(data)


def test_a_member_larger_than_it_says_is_never_handed_on():
    """The directory says 100 bytes, the member unfolds to a hundred megabytes, and the checksum is made to fit."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        with zipfile.ZipFile(io.BytesIO(SOUND)) as source:
            for name in source.namelist():
                package.writestr(name, source.read(name) if "sheet1" not in name else b" " * 100_000_000)
    data = bytearray(target.getvalue())
    size, lie = struct.pack("<L", 100_000_000), struct.pack("<L", 100)
    true_sum, false_sum = struct.pack("<L", zlib.crc32(b" " * 100_000_000)), struct.pack("<L", zlib.crc32(b" " * 100))
    data = data.replace(size, lie).replace(true_sum, false_sum)
    with pytest.raises(PortalError):
        read(bytes(data))


def test_one_cell_in_the_farthest_corner_does_not_ask_for_gigabytes():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = making.repacked(SOUND, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(Invalid, match="展开后过大"):
        read(data)


def test_macros_pictures_and_links_stay_outside():
    package, _ = workbooks._repacked(making.repacked(SOUND, "docProps/core.xml", lambda xml: xml))
    with zipfile.ZipFile(io.BytesIO(package)) as clean:
        assert not [name for name in clean.namelist() if name.startswith(("docProps", "xl/theme"))]


def test_too_many_rows():
    rows = ["姓名,手机", *(f"王{order},13800138000" for order in range(reading.MOST_ROWS + 1))]
    with pytest.raises(Invalid, match="一次最多导入50000行"):
        read("\n".join(rows).encode(), "名册.csv")


def test_the_shared_stations_are_a_table_too():
    sheet = reading.read(
        shared("stations-real-gbk.csv"), "stations.csv", (Column("a", "站点名称"), Column("b", "类型"))
    )
    assert len(sheet.rows) == 18


def with_a_formula(data: bytes, row: int, column: int) -> bytes:
    """The old workbook with the cells (row, column) and its right neighbour replaced by one formula, =TRUE."""
    cell = struct.pack("<HHHH", 0x00FD, 10, row, column)
    at = data.index(cell)
    body = struct.pack("<HHHdHLH", row, column, 15, 1.0, 0, 0, 2) + b"\x1d\x01"
    assert data[at + 14 : at + 18] == struct.pack("<HH", 0x00FD, 10), "two cells side by side"
    return data[:at] + struct.pack("<HH", 0x0006, len(body)) + body + data[at + 28 :]


def test_formulas_of_old_workbooks_are_found_too():
    data = with_a_formula(shared("units-60.xls"), 29, 3)
    columns = (Column("name", "单位全称"), Column("short", "简称"), Column("liaison", "联络员"))
    sheet = reading.read(data, "单位.xls", columns)
    assert sheet.formulas == {(30, 3)}
    assert not reading.read(shared("units-60.xls"), "单位.xls", columns).formulas


@pytest.mark.parametrize("cut", [100, 513, 5000, 9000])
def test_a_torn_old_workbook_is_refused_not_searched_for_ever(cut):
    with pytest.raises(PortalError):
        reading.read(shared("units-60.xls")[:cut], "单位.xls", (Column("name", "单位全称"), Column("short", "简称")))


def test_a_row_of_nothing_but_a_formula_is_told():
    data = making.workbook([["姓名", "手机"], ["王芳", "13800138000"], ["", ""]], formulas=[((2, 1), "=1+1")])
    emptied = making.repacked(
        data, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v></v>", xml)
    )
    sheet = read(emptied)
    assert [row.number for row in sheet.rows] == [2, 3]
    assert sheet.formulas == {(3, 1)}
