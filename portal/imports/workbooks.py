"""Opening .xlsx and .xls files that strangers made.

Nothing of the package but sheets, styles, strings and their index reaches the parser: those members are unpacked here
within fixed limits, searched for document types and formulas, and packed again; macros, pictures and links to other
files stay outside. Refusals are the sentences 31, 33, 35 and 36 of the security bar.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.parsers import expat  # nosec B407 - every document type is refused before it can declare an entity

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from portal.core.errors import Invalid, WrongType
from portal.imports import biff

Cell = str | int | float | bool | date | datetime | time | timedelta

MOST_UNPACKED = 120 * 1024 * 1024
MOST_MEMBERS = 400
MOST_CELLS = 4_000_000
MOST_COLUMNS = 400
XLSX, XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

TOO_BIG = "文件展开后过大，不能上传，请精简内容后重试。"
DAMAGED = "文件已加密或损坏，无法检查，请去除密码或重新导出后上传。"
WRONG_TYPE = "文件内容与格式不符，不能导入。可导入：xlsx、xls、csv。"

_NEEDED = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml)$",
    re.IGNORECASE,
)
_ERROR_TYPE = re.compile(rb"""\st=["']e["']""")


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands: `rows[0]` is row 1. Positions in `formulas`, `errors`, `merged` count from 0."""

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()


@dataclass
class _Part:
    """What a walk over one sheet's XML found."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    row: int = -1
    column: int = -1
    widest: int = 0
    lowest: int = 0


def open_workbook(data: bytes) -> list[Grid]:
    """Every visible sheet with content, in the workbook's order.

    Raises WrongType when the bytes are neither kind of workbook, Invalid when the file is locked, damaged, carries a
    document type or unfolds beyond the limits.
    """
    if data.startswith(XLSX):
        package, parts = _repacked(data)
        return _grids(package, parts)
    if data.startswith(XLS):
        return _grids(data, {name: _Part(formulas=places) for name, places in biff.formulas(data).items()})
    raise WrongType(WRONG_TYPE)


def _grids(data: bytes, parts: dict[str, _Part]) -> list[Grid]:
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(data))
        sheets = [
            book.get_sheet_by_name(meta.name)
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == Visible.Visible
        ]
        return [_grid(sheet, parts.get(sheet.name, _Part())) for sheet in sheets if sheet.end is not None]
    except PasswordError as reason:
        raise Invalid(DAMAGED, code="damaged_file") from reason
    except (CalamineError, OSError, ValueError) as reason:
        raise Invalid(DAMAGED, code="damaged_file") from reason
    except BaseException as reason:
        # A Rust panic arrives outside the Exception family; it says no more than "damaged".
        if type(reason).__name__ == "PanicException":
            raise Invalid(DAMAGED, code="damaged_file") from reason
        raise


def _grid(sheet: CalamineSheet, part: _Part) -> Grid:
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise Invalid(TOO_BIG, code="unfolds_too_far")
    rows = [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    # The parser stops at the last cell with a value; a formula nobody has calculated yet may lie below it.
    rows += [[] for _ in range(max((row for row, _ in part.formulas), default=-1) + 1 - len(rows))]
    merged = tuple(sheet.merged_cell_ranges or ())
    return Grid(sheet.name, rows, merged, frozenset(part.formulas), frozenset(part.errors))


def plain(cell: Cell) -> Cell:
    """Numbers without a fraction as int (a phone typed as a number arrives as 13800138000.0); midnight as a date."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell


def _repacked(data: bytes) -> tuple[bytes, dict[str, _Part]]:
    members = _members(data)
    walked = {name: _walk(content) for name, content in members.items()}
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as package:
        for name, content in members.items():
            # The parser gives up on error values it does not know (#SPILL!); their places are noted already.
            package.writestr(name, _ERROR_TYPE.sub(b' t="str"', content) if "/worksheets/" in name else content)
    return clean.getvalue(), {name: walked[path] for name, path in _sheet_paths(members).items() if path in walked}


def _members(data: bytes) -> dict[str, bytes]:
    """The needed members, unpacked no further than the limit whatever their headers claim."""
    left = MOST_UNPACKED
    members = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if len(infos) > MOST_MEMBERS:
                raise Invalid(TOO_BIG, code="unfolds_too_far")
            for info in infos:
                if not _NEEDED.match(info.filename):
                    continue
                with package.open(info) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Invalid(TOO_BIG, code="unfolds_too_far")
                members[info.filename] = content
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as reason:
        raise Invalid(DAMAGED, code="damaged_file") from reason
    if "xl/workbook.xml" not in members:
        raise WrongType(WRONG_TYPE)
    return members


def _walk(content: bytes) -> _Part:
    """Refuse a document type; note formulas, error values and the farthest cell."""
    part = _Part()

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            _enter_cell(part, attributes)
        elif tag == "row":
            part.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else part.row + 1
            part.column = -1
        elif tag == "f" and part.row >= 0:
            part.formulas.add((part.row, part.column))

    def doctype(*_: object) -> None:
        raise Invalid(DAMAGED, code="document_type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as reason:
        raise Invalid(DAMAGED, code="damaged_file") from reason
    # The parser below lays out a full rectangle: one cell in the last corner would ask for gigabytes.
    if part.widest > MOST_COLUMNS or part.widest * part.lowest > MOST_CELLS:
        raise Invalid(TOO_BIG, code="unfolds_too_far")
    return part


def _enter_cell(part: _Part, attributes: dict[str, str]) -> None:
    place = re.fullmatch(r"([A-Za-z]{1,3})([0-9]{1,7})", attributes.get("r", ""))
    if place:
        part.row, part.column = int(place[2]) - 1, _column_number(place[1])
    else:
        part.column += 1
    part.lowest, part.widest = max(part.lowest, part.row + 1), max(part.widest, part.column + 1)
    if attributes.get("t") == "e":
        part.errors.add((part.row, part.column))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _sheet_paths(members: dict[str, bytes]) -> dict[str, str]:
    """Sheet name to the member that holds it."""
    targets = {
        attributes["Id"]: attributes.get("Target", "")
        for attributes in _elements(members.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
        if "Id" in attributes
    }
    paths = {}
    for attributes in _elements(members["xl/workbook.xml"], "sheet"):
        relation = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "id"), "")
        target = targets.get(relation, "")
        paths[attributes.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return paths


def _elements(content: bytes, wanted: str) -> Iterable[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: (
        found.append(attributes) if name.rpartition(" ")[2] == wanted else None
    )
    if content:
        parser.Parse(content, True)
    return found
