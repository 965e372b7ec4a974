"""Word and Excel documents (OOXML, transitional and strict): no macro, no object, nothing fetched from elsewhere."""

import re
from itertools import chain

from .archive import Archive
from .markup import Wording, read
from .verdict import ACTIVE, UNREADABLE, WRONG_TYPE, Refused

MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
CONTENT_TYPES = "[content_types].xml"
MOST_NESTING = 1

_ACTIVE_TYPES = ("macroenabled", "vbaproject", "vbadata", "activex", "oleobject", "macrosheet", "intlmacro")
_ACTIVE_RELATIONS = {
    "oleobject", "control", "activexcontrol", "activexcontrolbinary", "vbaproject", "wordvbadata", "afchunk",
    "attachedtemplate", "externallink", "externallinkpath", "externallinklong", "xlexternallinkpath",
    "xlpathmissing", "frame", "subdocument", "mailmergesource", "mailmergeheadersource", "connections", "querytable",
    "xlmacrosheet", "xlintlmacrosheet", "ctrlprop", "recipientdata",
}  # fmt: skip
_ACTIVE_MEMBERS = re.compile(
    r"vbaproject\.bin|vbadata\.xml|(^|/)activex/|(^|/)externallinks/|(^|/)macrosheets/|(^|/)connections\.xml$"
    r"|\.(exe|dll|scr|js|vbs|vbe|hta|bat|cmd|ps1|lnk|jar|html?|mht|mhtml|swf|docm|dotm|xlsm|xlam|url)$"
)
_SAFE_LINK = re.compile(r"^(https?://|ftps?://|mailto:|tel:|#|(?![a-z][a-z0-9+.\-]{1,}:|[/\\]{2}))", re.IGNORECASE)
_LOCAL_FILE = re.compile(r"^file:(///)?[a-z]:", re.IGNORECASE)
_FIELDS = re.compile(r"\bDDE(AUTO)?\b|\bINCLUDETEXT\b|\bLINK\s+\S*\.\S*|\bQUOTE\s+\d+\s+\d+", re.IGNORECASE)
_FORMULAS = re.compile(
    r"^[\s=+\-@]*'?[A-Za-z][\w.]*'?\s*\||\b(WEBSERVICE|CALL|REGISTER(\.ID)?|EXEC|RTD)\s*\(", re.IGNORECASE
)
_PARAGRAPHS = frozenset(("p", "si", "c", "br", "cr"))
_XML_NAMES = (".xml", ".rels", ".vml", ".svg")
_WINGDINGS_STAR = "F0AB"


def inspect_office(archive: Archive, nesting: int = 0) -> str:
    """ "docx" or "xlsx"; raises Refused otherwise."""
    kind = _kind(archive)
    wording = Wording()
    for name in archive.members:
        if _ACTIVE_MEMBERS.search(name):
            raise Refused(ACTIVE, "an active part")
        _inspect_part(archive, name, wording, nesting)
    wording.check()
    return kind


def _kind(archive: Archive) -> str:
    if "_rels/.rels" not in archive.members:
        raise Refused(UNREADABLE, "no relationships")
    kinds: list[str] = []

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        declared = attributes.get("ContentType", "")
        if any(word in declared.lower() for word in _ACTIVE_TYPES):
            raise Refused(ACTIVE, "an active content type")
        if tag == "Override" and declared in MAIN_TYPES:
            if attributes.get("PartName", "").lstrip("/").lower() not in archive.members:
                raise Refused(UNREADABLE, "the main part is missing")
            kinds.append(MAIN_TYPES[declared])

    read(archive.chunks(CONTENT_TYPES), on_start, None, None)
    if len(kinds) != 1:
        raise Refused(WRONG_TYPE, "neither a Word nor an Excel document")
    return kinds[0]


def _inspect_part(archive: Archive, name: str, wording: Wording, nesting: int) -> None:
    pieces = archive.refuse_programs(name)
    first = next(pieces, b"")
    if name.endswith(".rels"):
        read(chain([first], pieces), _judge_relation, None, None)
    elif name.endswith(_XML_NAMES) or first.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        part = _Part(wording)
        read(chain([first], pieces), part.start, part.end, part.text)
        part.finish()
    elif first.startswith(b"PK\x03\x04"):
        _inspect_embedded(archive, b"".join(chain([first], pieces)), nesting)
    else:
        for _piece in pieces:
            pass  # read to the end, so that the checksum and the budget are honoured


def _inspect_embedded(archive: Archive, data: bytes, nesting: int) -> None:
    """A chart carries its own workbook: allowed, when that is clean itself."""
    if nesting >= MOST_NESTING:
        raise Refused(ACTIVE, "a package in a package")
    inner = Archive(data, archive.left)
    if CONTENT_TYPES not in inner.members:
        raise Refused(ACTIVE, "an archive inside")
    inspect_office(inner, nesting + 1)
    archive.left = inner.left


def _judge_relation(tag: str, attributes: dict[str, str]) -> None:
    if tag != "Relationship":
        return
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if kind in _ACTIVE_RELATIONS:
        raise Refused(ACTIVE, f"relation {kind}")
    if attributes.get("TargetMode", "").lower() != "external":
        return
    target = attributes.get("Target", "").strip()
    if kind != "hyperlink" or not (_SAFE_LINK.match(target) or _LOCAL_FILE.match(target)):
        raise Refused(ACTIVE, f"external {kind}")


class _Part:
    """One XML part on its way past: its words, its field codes, its formulas."""

    def __init__(self, wording: Wording):
        self._wording = wording
        self._codes: list[str] = []
        self._formula: list[str] | None = None
        self._in_code = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "instrText":
            self._in_code = True
        elif tag == "fldSimple":
            self._codes.append(next((value for name, value in attributes.items() if name.endswith("instr")), "") + "\n")
        elif tag == "fldChar":
            self._codes.append("\n")
        elif tag == "f":
            self._formula = []
        elif tag in ("ddeLink", "oleLink", "OLEObject", "oleObject", "altChunk"):
            raise Refused(ACTIVE, tag)
        elif tag == "sym" and any(value.upper() == _WINGDINGS_STAR for value in attributes.values()):
            self._wording.add("★")

    def end(self, tag: str) -> None:
        if tag == "instrText":
            self._in_code = False
        elif tag == "f" and self._formula is not None:
            if _FORMULAS.search("".join(self._formula)):
                raise Refused(ACTIVE, "formula")
            self._formula = None
        if tag in _PARAGRAPHS:
            self._wording.add("\n")

    def text(self, text: str) -> None:
        if self._in_code:
            self._codes.append(text)
        elif self._formula is not None:
            self._formula.append(text)
        else:
            self._wording.add(text)

    def finish(self) -> None:
        if _FIELDS.search("".join(self._codes)):
            raise Refused(ACTIVE, "field")
        self._wording.add("\n")
