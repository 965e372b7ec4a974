"""From the bytes of an office's file to one Sheet: headings, and rows with the numbers the office sees.

Found by content, not by position: the heading row below titles and merged cells, a second heading row, the total at
the end. Everything left out is said in a notice.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.core.errors import Invalid, TooLarge, WrongType
from portal.documents.inspector.marks import has_secret_mark
from portal.imports import headings
from portal.imports.findings import Finding
from portal.imports.kinds import Column
from portal.imports.workbooks import DAMAGED, TOO_BIG, WRONG_TYPE, XLS, XLSX, Cell, Grid, open_workbook

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
HEADING_WITHIN = 20
ENCODINGS = ("utf-8-sig", "gb18030")
NO_HEADINGS = "没有找到表头行。请确认表格里有一行是“姓名”“编号”这样的列名，或下载模板对照。"
SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
_SUFFIXES = (".xlsx", ".xls", ".csv")
_TOTAL = re.compile(r"^(合计|总计|共计|小计|累计)[:：]?\d*[件人个条]?$")
_FOOTER = re.compile(r"^(填表|制表|审核|备注|说明|注)[^，。]{0,6}[:：]")
_PROTECTED = re.compile(r'^="([^"]*)"$')
# What a spreadsheet may take for a formula (ASVS 1.2.10, with the full-width forms some calculate too). In CSV our own
# exports put an apostrophe before it, before an apostrophe as well, so that it can be taken away again.
RISKY = re.compile("\\s*['=+\\-@\t\r\n\0＝＋－＠]")


@dataclass(frozen=True)
class Row:
    """One row of content; `number` is the one the office sees in its table."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """What was found in a file; `formulas` and `errors` are (row number, position from 0) of cells in `rows`."""

    name: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notices: tuple[Finding, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()


def read(data: bytes, filename: str, columns: Sequence[Column]) -> Sheet:
    """The first sheet whose headings name columns of ours.

    Raises TooLarge above 20 MB, WrongType when the content is no table, Invalid when nothing can be read from it.
    """
    suffix = "." + filename.rpartition(".")[2].lower()
    if suffix not in _SUFFIXES:
        raise WrongType(WRONG_TYPE)
    if not data:
        raise Invalid("文件是空的，请检查后重新上传。", code="empty_file")
    if len(data) > MOST_BYTES:
        raise TooLarge()
    if data.startswith((XLSX, XLS)):
        if suffix == ".csv":
            raise WrongType(WRONG_TYPE)
        return _best(open_workbook(data), columns)
    if suffix != ".csv":
        raise WrongType(WRONG_TYPE)
    return _best([_read_csv(data, columns)], columns)


def _best(grids: Sequence[Grid], columns: Sequence[Column]) -> Sheet:
    for grid in grids:
        if has_secret_mark("\n".join(cell for row in grid.rows for cell in row if isinstance(cell, str))):
            raise Invalid(SECRET_FOUND, code="secret_mark")
    found = [(grid, at) for grid in grids if (at := _heading_row(grid, columns)) is not None]
    if not found:
        raise Invalid(NO_HEADINGS, code="no_headings")
    grid, at = max(found, key=lambda pair: headings.recognised(pair[0].rows[pair[1]], columns))
    sheet = _sheet(grid, at, columns)
    if not sheet.rows:
        raise Invalid("表头下面没有内容。", code="no_rows")
    if len(sheet.rows) > MOST_ROWS:
        raise Invalid(f"一次最多导入{MOST_ROWS}行，这份表有{len(sheet.rows)}行，请分开导入。", code="too_many_rows")
    others = "、".join(f"“{other.name}”" for other in grids if other is not grid)
    more = (Finding(0, f"只读取了工作表“{grid.name}”，没有读取{others}"),) if others else ()
    return replace(sheet, notices=more + sheet.notices)


def _heading_row(grid: Grid, columns: Sequence[Column]) -> int | None:
    """Where most of our columns are named (two at least); else the first row of several different short words."""
    scores = [headings.recognised(row, columns) for row in grid.rows[:HEADING_WITHIN]]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    for at, row in enumerate(grid.rows[:HEADING_WITHIN]):
        words = [cell for cell in row if cell != ""]
        if len(words) >= 3 and len(set(words)) == len(words) and all(_is_short_word(word) for word in words):
            return at
    return None


def _is_short_word(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) <= 16 and not re.search(r"\d{3}", cell)


def _sheet(grid: Grid, at: int, columns: Sequence[Column]) -> Sheet:
    names, last = _names(grid, at, columns)
    filled, fills = _filled_down(grid, last)
    width = _width(names, filled[last + 1 :])
    names = tuple((*names, *("" for _ in range(width)))[:width])
    rows, notices = [], list(fills)
    calculated = {row for row, _ in grid.formulas}
    for index in range(last + 1, len(filled)):
        cells = tuple((*filled[index], *("" for _ in range(width)))[:width])
        if all(_blank(cell) for cell in cells) and index not in calculated:
            continue
        left_out = _left_out(cells, names)
        if left_out:
            notices.append(Finding(index + 1, left_out))
        else:
            rows.append(Row(index + 1, cells))
    kept = {row.number for row in rows}
    return Sheet(
        grid.name,
        at + 1,
        names,
        tuple(rows),
        tuple(notices),
        frozenset((row + 1, column) for row, column in grid.formulas if row + 1 in kept),
        frozenset((row + 1, column) for row, column in grid.errors if row + 1 in kept),
    )


def _names(grid: Grid, at: int, columns: Sequence[Column]) -> tuple[tuple[str, ...], int]:
    """The headings and the last row they take: a second row below a group (承办单位: 主办, 协办) joins it."""
    upper = [_heading(cell) for cell in grid.rows[at]]
    below = [_heading(cell) for cell in grid.rows[at + 1]] if at + 1 < len(grid.rows) else []
    gaps = {position for position, word in enumerate(upper) if not word}
    groups = _groups(grid, at)
    subordinate = {position for position, word in enumerate(below) if word}
    if len(subordinate) < 2 or not subordinate <= gaps | groups or not headings.recognised(below, columns):
        return tuple(upper), at
    carried, group = [], ""
    for position in range(max(len(upper), len(below))):
        own = upper[position] if position < len(upper) else ""
        under = below[position] if position < len(below) else ""
        group = own or (group if under else "")
        carried.append((under if headings.recognised([under], columns) else group + under) if under else own)
    return tuple(carried), at + 1


def _groups(grid: Grid, at: int) -> set[int]:
    """Positions of the heading row that span several columns: merged (which .xls does not tell) or with gaps behind."""
    row = grid.rows[at]
    merged = {
        column
        for (top, left), (bottom, right) in grid.merged
        if top == bottom == at and right > left
        for column in range(left, right + 1)
    }
    return merged | {place for place in range(len(row) - 1) if not _blank(row[place]) and _blank(row[place + 1])}


def _heading(cell: Cell) -> str:
    return re.sub(r"\s+", "", str(cell))


def _filled_down(grid: Grid, last: int) -> tuple[list[list[Cell]], list[Finding]]:
    """Cells merged downwards hold their value in every row, as they do to the eye."""
    rows, notices = grid.rows, []
    for (top, left), (bottom, _) in grid.merged:
        if top <= last or bottom == top or bottom >= len(rows) or left >= len(rows[top]) or _blank(rows[top][left]):
            continue
        for row in range(top + 1, bottom + 1):
            rows[row][left] = rows[top][left]
        notices.append(Finding(top + 1, f"到第{bottom + 1}行的合并单元格，各行按同一内容读取"))
    return rows, notices


def _width(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """Up to the last column with a heading or content."""
    used = [position for row in rows for position, cell in enumerate(row) if not _blank(cell)]
    named = [position for position, word in enumerate(names) if word]
    return max([*used, *named], default=-1) + 1


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _left_out(cells: Sequence[Cell], names: Sequence[str]) -> str:
    """Why a row is no content, or an empty string."""
    words = [re.sub(r"\s+", "", str(cell)) for cell in cells if not _blank(cell)]
    if any(_TOTAL.match(word) for word in words) and all(_TOTAL.match(w) or _is_number(w) for w in words):
        return "是合计行，没有导入"
    if [_heading(cell) for cell in cells] == list(names):
        return "是重复的表头，没有导入"
    if words and len(words) <= 2 and all(_FOOTER.match(word) for word in words):
        return "是表尾的说明，没有导入"
    return ""


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?%?", word) is not None


def _read_csv(data: bytes, columns: Sequence[Column]) -> Grid:
    """UTF-8 (with or without mark), else GB18030; of the two the one in which headings can be read."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        raise Invalid("文字编码没有认出，请在表格软件里另存为xlsx后再导入。", code="unknown_encoding")
    grids = [grid for encoding in ENCODINGS if (grid := _decoded(data, encoding, columns)) is not None]
    if not grids:
        raise Invalid("文字编码没有认出，请在表格软件里另存为xlsx后再导入。", code="unknown_encoding")
    return next((grid for grid in grids if _best_score(grid, columns) >= 2), grids[0])


def _best_score(grid: Grid, columns: Sequence[Column]) -> int:
    return max((headings.recognised(row, columns) for row in grid.rows[:HEADING_WITHIN]), default=0)


def _decoded(data: bytes, encoding: str, columns: Sequence[Column]) -> Grid | None:
    try:
        words = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    grids = [_separated(words, mark) for mark in ",\t;"]
    return max(grids, key=lambda grid: _best_score(grid, columns))


def _separated(words: str, mark: str) -> Grid:
    rows: list[list[Cell]] = []
    formulas = set()
    try:
        for record in csv.reader(io.StringIO(words, newline=""), delimiter=mark):
            if len(rows) > MOST_ROWS + HEADING_WITHIN:
                raise Invalid(TOO_BIG, code="unfolds_too_far")
            formulas |= {(len(rows), at) for at, word in enumerate(record) if _is_formula(word)}
            rows.append([_said(word) for word in record])
    except csv.Error as reason:
        raise Invalid(DAMAGED, code="damaged_file") from reason
    return Grid("", rows, formulas=frozenset(formulas))


def _is_formula(word: str) -> bool:
    """A spreadsheet that opens this file would calculate the cell; ="0080" only protects its zeros."""
    return word.lstrip().startswith(("=", "＝")) and not _PROTECTED.match(word)


def _said(word: str) -> str:
    protected = _PROTECTED.match(word)
    if protected:
        return protected[1]
    return word[1:] if word.startswith("'") and RISKY.match(word, 1) else word
