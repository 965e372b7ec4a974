"""Tables we hand out: templates to fill in, written so that no cell can ever become a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from portal.imports.kinds import Kind
from portal.imports.reading import RISKY

HELP_SHEET = "填写说明"


def workbook(
    heads: Sequence[str], rows: Iterable[Sequence[str]], name: str, helps: Sequence[Sequence[str]] = ()
) -> bytes:
    """An .xlsx with one table of texts, and a second sheet of explanations where there are any."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EFF3F1", "border": 1, "text_wrap": True})
        # Text format keeps the zeros of 0080 and the last digits of an ID number when people type them in.
        plain = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, word in enumerate(heads):
            sheet.set_column(at, at, max(10, 2 * len(word) + 4), plain)
            sheet.write_string(0, at, word, head)
        for number, row in enumerate(rows, 1):
            for at, word in enumerate(row):
                sheet.write_string(number, at, word, plain)
        if helps:
            _explain(book, helps, head)
    return target.getvalue()


def _explain(book: xlsxwriter.Workbook, helps: Sequence[Sequence[str]], head: object) -> None:
    sheet = book.add_worksheet(HELP_SHEET)
    for at, width in enumerate((16, 10, 60)):
        sheet.set_column(at, at, width)
    for number, row in enumerate(helps):
        for at, word in enumerate(row):
            sheet.write_string(number, at, word, *([head] if number == 0 else []))


def template(kind: Kind) -> bytes:
    """The empty table of a kind: our labels as headings, the other accepted headings on the second sheet."""
    columns = [column for column in kind.columns if not column.ignored]
    helps = [("列名", "必填", "说明")]
    for column in columns:
        others = f"也可写作：{'、'.join(column.synonyms)}" if column.synonyms else ""
        said = "；".join(part for part in (column.hint, others) if part)
        helps.append((column.label, "是" if column.required else "", said))
    return workbook([column.label for column in columns], (), kind.label, helps)


def guarded(word: str) -> str:
    """A cell for CSV: what a spreadsheet might calculate gets an apostrophe, which our own import takes away again."""
    return f"'{word}" if RISKY.match(word) else word


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV table for spreadsheets; write it as utf-8-sig."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([guarded(word) for word in row] for row in [heads, *rows])
    return target.getvalue()
