"""Filling in a template: in a sandbox that knows nothing but the values given, within a bound of size."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from portal.letters.kinds import Kind, Values
from portal.letters.language import LOOP_FACTS, check_marks, check_part, fault

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_TEMPLATE_BYTES = 1024 * 1024
MOST_PART_CHARACTERS = 600_000
MOST_RENDERED_CHARACTERS = 6_000_000
# What XML cannot hold, and what docxtpl would take for a sign of its own (new paragraph, new page).
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PARTS = ("body", "header", "footer")


@dataclass(frozen=True)
class Letter:
    """A finished letter, ready for portal.web.downloads."""

    shown_name: str
    content: bytes
    media_type: str = MEDIA_TYPE

    @property
    def size(self) -> int:
        return len(self.content)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


class Sandbox(SandboxedEnvironment):
    """No globals, filters or tests, no calls, no attributes but a loop's counters; a missing name is an error."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and attr in LOOP_FACTS

    def is_safe_callable(self, obj: Any) -> bool:
        return False


class _Template(DocxTemplate):
    """docxtpl with what it does to people's words taken out: `{_{` in a text stays `{_{`; its size is bounded."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        template = jinja_env.from_string(_by_paragraph(src_xml))
        pieces, size = [], 0
        for piece in template.generate(context):
            size += len(piece)
            if size > MOST_RENDERED_CHARACTERS:
                raise fault("按这个模板生成的文件过大，请精简模板。")
            pieces.append(piece)
        xml = self.resolve_listing(re.sub(r"\n<w:p([ >])", r"<w:p\1", "".join(pieces)))
        parse_xml(xml)  # docxtpl would go on with a broken document and drop what it cannot read
        return xml

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing of the template's author goes out with a letter."""
        for name in ("author", "last_modified_by", "comments", "keywords", "subject", "title"):
            setattr(self.docx.core_properties, name, "")

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Footnotes hold no fields; they stay as they are."""

    def parts(self) -> Iterator[str]:
        """Body, headers and footers, with their marks made whole."""
        self.init_docx()
        yield self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.patch_xml(self.get_part_xml(part))


def filled(template: bytes, kind: Kind, values: Values) -> bytes:
    """The template with the values in it; raises Invalid when the template no longer fits its kind."""
    document = _Template(io.BytesIO(template))
    try:
        document.render(_writable(kind.said(values)), Sandbox(), autoescape=True)
    except TemplateError as error:
        raise fault(f"{kind.label}的模板与现在的字段不符，请在“文书模板”里改正，或者改用平台自带的模板。") from error
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def checked(template: bytes, kind: Kind) -> bytes:
    """The template filled in with the sample, for a template that is sound; raises Invalid naming what is wrong.

    The file has been looked into as every upload; here only what a template may say is asked.
    """
    if len(template) > MOST_TEMPLATE_BYTES:
        raise fault("模板不能超过1MB，请去掉图片后再传。")
    try:
        document = Document(io.BytesIO(template))
        xmls = _xmls(document)
    except Exception as error:  # noqa: BLE001 - python-docx fails in many ways on what is no sound document
        raise fault("这个文件Word也打不开，请另存为docx后再传。") from error
    if any(len(xml) > MOST_PART_CHARACTERS for xml in xmls):
        raise fault("模板过于复杂，请精简内容和格式后再传。")
    check_marks(_paragraphs(document))
    for xml in _Template(io.BytesIO(template)).parts():
        check_part(Sandbox(), _by_paragraph(xml), kind)
    try:
        filled(template, kind, kind.nothing())
        sample = filled(template, kind, kind.sample())
    except (ValueError, SyntaxError, KeyError) as error:
        raise fault("按这个模板生成的文件打不开：for 和 if 请各占一段，或者各占表格的一行。") from error
    return sample


def text_of(document: bytes) -> list[str | list[list[str]]]:
    """What stands in a document, in order: paragraphs as text, tables as rows of cells."""
    found: list[str | list[list[str]]] = []
    for block in Document(io.BytesIO(document)).iter_inner_content():
        if hasattr(block, "rows"):
            found.append([[cell.text for cell in row.cells] for row in block.rows])
        elif block.text.strip():
            found.append(block.text)
    return found


def _by_paragraph(xml: str) -> str:
    """One paragraph a line, so that an error can say where it is."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", xml)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNWRITABLE.sub("", value.replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value]


def _elements(document: Any) -> Iterator[Any]:
    yield document.element.body
    for section in document.sections:
        for part in (section.header, section.first_page_header, section.even_page_header):
            yield part._element
        for part in (section.footer, section.first_page_footer, section.even_page_footer):
            yield part._element


def _xmls(document: Any) -> list[str]:
    return [element.xml for element in _elements(document)]


def _paragraphs(document: Any) -> Iterator[str]:
    for element in _elements(document):
        for paragraph in element.iter(qn("w:p")):
            yield "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
