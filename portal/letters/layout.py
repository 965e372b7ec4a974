"""Pieces of official paper in Word (GB/T 9704-2012): A4, margins 37/35/28/26 mm, 仿宋 16 pt on 28 pt lines, red rule.

Fonts are named, never embedded: the reader's machine has them.
"""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANGSONG, TITLE_FONT, HEITI, SONGTI = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
RED = "C00D0D"
BODY, LINE = 16, 28
TABLE, TABLE_LINE = 12, 20
CENTER, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY


class Paper:
    """One document under construction."""

    def __init__(self) -> None:
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        style = self.document.styles["Normal"]
        _font(style.element.get_or_add_rPr(), FANGSONG, BODY)
        _spacing(style.paragraph_format, LINE)
        style.paragraph_format.widow_control = True
        _no_grid(section)
        self._page_number(section)
        for name in ("author", "comments", "title", "last_modified_by"):
            setattr(self.document.core_properties, name, "")

    def line(self, text: str = "", align: Any = BOTH, indent: int = 0, font: str = FANGSONG, size: float = BODY) -> Any:
        """A paragraph; `indent` counts characters of the first line."""
        paragraph = self.document.add_paragraph()
        return _write(paragraph, text, align, indent, font, size, LINE if size > TABLE else TABLE_LINE)

    def foot(self, text: str, indent: int = 2) -> None:
        """A line below the signature; such lines go over the page together."""
        self.line(text, LEFT, indent).paragraph_format.keep_with_next = True

    def tag(self, words: str) -> None:
        """A paragraph that only steers: for, if and their ends. It is gone when the template is filled in."""
        self.document.add_paragraph(f"{{%p {words} %}}")

    def table(self, widths: Sequence[float]) -> Any:
        """A ruled table whose columns are so many millimetres wide."""
        table = self.document.add_table(rows=1, cols=len(widths))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
            for one in column.cells:
                one.width = Mm(width)
        return table

    def content(self) -> bytes:
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _page_number(self, section: Any) -> None:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = CENTER
        _write_run(paragraph, "— ", SONGTI, 14)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        run = OxmlElement("w:r")
        _font(run.get_or_add_rPr(), SONGTI, 14)
        text = OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)
        _write_run(paragraph, " —", SONGTI, 14)


def red_head(paper: Paper, organ: str) -> None:
    """The name of the sender in red over a red rule."""
    paragraph = paper.line(organ, CENTER, font=TITLE_FONT, size=26)
    _spacing(paragraph.paragraph_format, 38)
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.runs[0].font.color.rgb = RGBColor(0xC0, 0x0D, 0x0D)
    _border(paragraph, bottom=("thinThickSmallGap", 24, RED, 6))


def heading(paper: Paper, text: str, before: float = 14) -> Any:
    """The title of the document."""
    paragraph = paper.line(text, CENTER, font=TITLE_FONT, size=22)
    _spacing(paragraph.paragraph_format, 33)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(16)
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def boxed(paper: Paper, mark: str, words: str) -> None:
    """The grade's letter in a box at the top right, with words after it."""
    paragraph = paper.line(mark, RIGHT, font=HEITI, size=18)
    box = OxmlElement("w:bdr")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", "111111")):
        box.set(qn(f"w:{name}"), value)
    paragraph.runs[0]._r.get_or_add_rPr().append(box)
    _write_run(paragraph, words, FANGSONG, BODY)


def signature(paper: Paper, signed: str, on: str) -> None:
    """Name and date, centred on each other at the right, where the seal goes; they never part."""
    first, second = paper.line(signed, CENTER), paper.line(on, CENTER)
    # Room for the seal, which is 42 mm across and covers name and date.
    first.paragraph_format.space_before = Pt(LINE * 2)
    for one in (first, second):
        one.paragraph_format.left_indent = Mm(62)
        one.paragraph_format.keep_together = True
    first.paragraph_format.keep_with_next = True


def copies(paper: Paper, text: str) -> None:
    """抄送 between two rules."""
    paragraph = paper.line(text, BOTH, size=14)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    paragraph.paragraph_format.space_before = Pt(LINE)
    paragraph.paragraph_format.keep_together = True
    _border(paragraph, top=("single", 8, "111111", 1), bottom=("single", 8, "111111", 1))


def cell(one: Any, text: str, label: bool = False, align: Any = LEFT) -> Any:
    """Text in a table's cell."""
    return _write(one.paragraphs[0], text, align, font=HEITI if label else FANGSONG, size=TABLE, line=TABLE_LINE)


def row_of(table: Any, texts: Sequence[str], label: bool = False, height: float = 9) -> Any:
    """A row of the table, at least `height` millimetres high; it does not break across pages."""
    row = table.rows[0] if not table.rows[0].cells[0].text and len(table.rows) == 1 else table.add_row()
    row.height = Mm(height)
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for at, (one, text) in enumerate(zip(row.cells, texts, strict=True)):
        one.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        cell(one, text, label or (at == 0 and len(texts) == 2))
    return row


def steering_row(table: Any, words: str) -> None:
    """A row that only steers."""
    row = table.rows[0] if not table.rows[0].cells[0].text and len(table.rows) == 1 else table.add_row()
    row.cells[0].paragraphs[0].add_run(f"{{%tr {words} %}}")


def repeated_head(row: Any) -> None:
    """The row is repeated at the top of every page the table runs over."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _write(
    paragraph: Any, text: str, align: Any, indent: int = 0, font: str = FANGSONG, size: float = BODY, line: float = LINE
) -> Any:
    paragraph.alignment = align
    _spacing(paragraph.paragraph_format, line)
    if indent:
        place = paragraph._p.get_or_add_pPr().get_or_add_ind()
        place.set(qn("w:firstLineChars"), str(indent * 100))
        place.set(qn("w:firstLine"), str(int(indent * size * 20)))
    if text:
        _write_run(paragraph, text, font, size)
    return paragraph


def _write_run(paragraph: Any, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    _font(run._r.get_or_add_rPr(), font, size)


def _font(properties: Any, font: str, size: float) -> None:
    """East Asian letters follow their own attribute; python-docx's font.name alone does not set it."""
    fonts = properties.get_or_add_rFonts()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font)
    properties.sz_val = Pt(size)


def _spacing(form: Any, line: float) -> None:
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)


def _border(paragraph: Any, **sides: tuple[str, int, str, int]) -> None:
    borders = OxmlElement("w:pBdr")
    for side, (kind, size, colour, space) in sides.items():
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", kind), ("sz", str(size)), ("space", str(space)), ("color", colour)):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _no_grid(section: Any) -> None:
    """Lines stand where their spacing puts them, not on the grid of the default template."""
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
