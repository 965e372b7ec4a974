"""C3: no payload becomes a formula in what we hand out, and what we hand out comes back without losing a character."""

import csv
import io
import re
import zipfile

import pytest

from portal.imports import reading, writing
from portal.imports.kinds import KINDS, Column
from tests.imports import making

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'", "''", '"=', ",=", ";=", "\n=", " =")
TAILS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","点我")')
PAYLOADS = [sign + tail for sign in SIGNS for tail in TAILS] + [
    *('=DDE("cmd";"/C calc";"x")', "@SUM(1+1)*cmd|' /C calc'!A0", "https://evil.example/", "mailto:a@b.example"),
    *("正常的文字", "0080", "110105194912310021", "高\u3000和", "𠮷田", "{=1+1}", '="0080"', "-", "+", "=", "'"),
]
COLUMNS = (Column("serial", "序号"), Column("name", "姓名"))


def table():
    return [[f"n{order}", payload] for order, payload in enumerate(PAYLOADS)]


def test_there_are_enough_payloads():
    assert len(PAYLOADS) >= 40


def test_workbook_cells_are_texts_and_come_back_whole():
    data = writing.workbook(["序号", "姓名"], table(), "名册")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert not re.search(r"<f[\s>]|hyperlink", sheet)
        assert set(re.findall(r'<c [^>]*t="(\w+)"', sheet)) <= {"s", "inlineStr"}
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in package.namelist(), "no links"
    back = reading.read(data, "名册.xlsx", COLUMNS)
    assert not back.formulas
    assert [row.cells[1] for row in back.rows] == PAYLOADS


def test_csv_cells_never_begin_a_formula_and_come_back_whole():
    text = writing.csv_text(["序号", "姓名"], table())
    for record in csv.reader(io.StringIO(text, newline="")):
        assert not record[1].strip().startswith(tuple("=+-@＝＋－＠"))
        assert not record[1].startswith(tuple("\t\r\n\0"))
    back = reading.read(text.encode("utf-8-sig"), "名册.csv", COLUMNS)
    assert not back.formulas
    assert [row.cells[1] for row in back.rows] == PAYLOADS


def test_a_raw_formula_is_caught_as_negative_control():
    text = "序号,姓名\nn0,=1+1\n"
    assert reading.read(text.encode(), "名册.csv", COLUMNS).formulas == {(2, 1)}
    data = making.workbook([["序号", "姓名"], ["n0", ""]], [((1, 1), "=1+1")])
    assert reading.read(data, "名册.xlsx", COLUMNS).formulas == {(2, 1)}


@pytest.mark.parametrize("kind", ["roster", "units", "ledger"])
def test_a_filled_in_template_maps_itself(app, kind):
    import python_calamine

    from portal.imports import headings

    kind = KINDS[kind]
    book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(writing.template(kind)))
    assert book.sheet_names == [kind.label, writing.HELP_SHEET]
    heads = book.get_sheet_by_index(0).to_python()[0]
    matches = headings.guess(kind.columns, heads, [])
    assert [match.column for match in matches] == [column.name for column in kind.columns if not column.ignored]
