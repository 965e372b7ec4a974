"""The office's own templates: what they may say, what is refused and with which sentence, and that nothing of a refused
one is kept."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import pytest
from docx import Document
from flask import Flask
from sqlalchemy import func, select

from portal.core.db import db
from portal.core.errors import Invalid
from portal.letters import rendering, shipped
from portal.letters.kinds import KINDS
from portal.letters.models import LetterTemplate
from tests.suggestions.living import Life
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_

REPLY = KINDS["reply"]
PAGE = "/rules/letters/reply"
EDGE = "A & B <x> {{ 7*7 }} {_{ 原样 }_} \"引号\" 'x' — 𠮷"


def made(*paragraphs: str, rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word file with these paragraphs and, below them, a table."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def sent(client: InspectingClient, content: bytes, name: str = "模板.docx") -> Any:
    return client.submit(PAGE, {"file": (io.BytesIO(content), name)}, action=PAGE)


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    """The same file with one more member."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, data)
    return file.getvalue()


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(LetterTemplate)) or 0


def read(document: bytes) -> list[str]:
    """All texts of a document, cells apart."""
    return [
        text
        for one in rendering.text_of(document)
        for text in ([one] if isinstance(one, str) else [cell for row in one for cell in row])
    ]


# --- what ships -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_every_shipped_template_is_sound_and_official(name: str):
    kind = KINDS[name]
    template = shipped.template(name)
    assert rendering.checked(template, kind)
    filled = rendering.filled(template, kind, kind.sample())
    section = Document(io.BytesIO(filled)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in (section.page_width, section.page_height, *margins)] == [210, 297, 37, 35, 28, 26]
    xml = Document(io.BytesIO(filled)).element.body.xml
    assert "仿宋_GB2312" in Document(io.BytesIO(filled)).styles["Normal"].element.xml
    assert "{{" not in xml and "{%" not in xml
    if kind.form == "letter":
        assert 'w:color w:val="C00D0D"' in xml and 'w:line="560"' in xml, "red head, lines of 28 points"
    said = "\n".join(read(filled))
    missing = [slot.label for slot in kind.slots if not slot.is_list and slot.name not in UNSHOWN and slot.sample]
    assert [label for label in missing if str(kind.by_label[label].sample) not in said] == []


# What only templates of the office's own show, because the text that ships says it in its sentences.
UNSHOWN = ("item_number", "item_title", "deputies", "grade_word", "assigned_on", "due", "due_before", "due_after")


def test_what_people_wrote_stays_as_they_wrote_it():
    values = {**REPLY.sample(), "body": [EDGE, "第二段\n换行"], "heading": EDGE, "missing": "\x0c\x07坏字符"}
    said = read(rendering.filled(shipped.template("reply"), REPLY, values))
    assert said.count(EDGE) == 2
    assert "第二段\n换行" in said
    assert any("坏字符" in one for one in said)


def test_a_letter_says_nothing_of_who_made_the_template():
    document = Document(io.BytesIO(rendering.filled(shipped.template("urge"), KINDS["urge"], KINDS["urge"].sample())))
    properties = document.core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")


# --- what a template may say --------------------------------------------------------------------------------------

SOUND = {
    "fields": made("{{ 标题 }}", "{{ 主送 }}：", "{{发文字号}}　{{ 类别 }}"),
    "a loop over paragraphs": made("{%p for 段 in 正文 %}", "{{ 段 }}", "{%p endfor %}"),
    "a loop in a line": made(
        "{% for 行 in 会办单位 %}{{ loop.index }}.{{ 行.单位 }}{% if not loop.last %}、{% endif %}{% endfor %}"
    ),
    "rows of a table": made(rows=[["{%tr for 行 in 会办单位 %}", ""], ["{{ 行.单位 }}", "{{ 行.情况 }}"], ["{%tr endfor %}", ""]]),
    "questions": made(
        *("{%p if 类别 == 'A' or not 抄送 %}", "好", "{%p elif 类别 and 标题 != '' %}", "中"),
        *("{%p else %}", "差", "{%p endif %}"),
    ),
    "no field at all": made("本函由办公室填写。"),
    "a comment": made("{# 备注 #}{{ 标题 }}"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_template(name: str):
    assert Document(io.BytesIO(rendering.checked(SOUND[name], REPLY)))


BROKEN = {
    "unknown field": (made("{{ 标题 }}", "{{ 电话号码 }}"), "“电话号码”不是答复函的字段，请对照字段表改正。"),
    "unknown column": (made("{% for 行 in 会办单位 %}{{ 行.电话 }}{% endfor %}"), "“行.电话”不是答复函的字段。会办单位只有这些栏：单位、情况。"),
    "unknown in a question": (made("{% if 密级 %}密{% endif %}"), "“密级”不是答复函的字段"),
    "unknown list": (made("{% for 行 in 单位们 %}{{ 行 }}{% endfor %}"), "“单位们”不是答复函的字段"),
    "field of another kind": (made("{{ 新期限 }}"), "“新期限”不是答复函的字段"),
    "one brace short": (made("发文：{{ 发文字号 }"), "“发文：{{ 发文字号 }”处的标记没有写完整"),
    "never closed": (made("{{ 标题", "}}"), "处的标记没有写完整"),
    "never opened": (made("标题 }}"), "处的标记没有写完整"),
    "full-width braces": (made("｛｛ 标题 ｝｝"), "处的花括号是全角的"),
    "no endfor": (made("{%p for 段 in 正文 %}", "{{ 段 }}"), "for 要有 endfor"),
    "no endif": (made("{% if 抄送 %}抄送"), "for 要有 endfor，if 要有 endif"),
    "empty mark": (made("{{ }}"), "附近的标记写错了"),
    "a list as text": (made("{{ 正文 }}"), "“正文”是列表，要写成 {% for 行 in 正文 %}"),
    "a row as text": (made("{% for 行 in 会办单位 %}{{ 行 }}{% endfor %}"), "“行”是会办单位的一行，要写明哪一栏，例如 行.单位。"),
    "a text as list": (made("{% for 字 in 标题 %}{{ 字 }}{% endfor %}"), "“标题”不是列表，不能循环。"),
    "loop in a loop": (made("{% for a in 正文 %}{% for b in 正文 %}{{ b }}{% endfor %}{% endfor %}"), "for 不能套在另一个 for 里面"),
    "loop outside": (made("{{ loop.index }}"), "“loop”不是答复函的字段"),
    "a row's mark outside a table": (made("{%tr for 行 in 会办单位 %}", "{%tr endfor %}"), "标记写错了"),
    "if that ends in a table": (made("甲{% if 抄送 %}乙", rows=[["丙{% endif %}"]]), "请各占一段"),
    "a filter": (made("{{ 标题|upper }}"), "不能写“|upper”"),
    "a call": (made("{{ 标题.upper() }}"), "不能写“标题.upper( )”"),
    "magic": (made("{{ 标题.__class__ }}"), "“标题.__class__”不是答复函的字段"),
    "an item": (made("{{ 标题[0] }}"), "模板里只能写字段、for 循环和 if 判断"),
    "a sum": (made("{{ 标题 * 9999999 }}"), "不能写计算、赋值和引用别的文件"),
    "an assignment": (made("{% set x = 标题 %}"), "不能写计算、赋值和引用别的文件"),
    "a file": (made("{% include '/etc/passwd' %}"), "不能写计算、赋值和引用别的文件"),
    "an import": (made("{% import 'os' as os %}"), "不能写计算、赋值和引用别的文件"),
    "a macro of the language": (made("{% macro f() %}{% endmacro %}"), "不能写计算、赋值和引用别的文件"),
    "too many marks": (made("{{ 标题 }}" * 260), "标记超过500处"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_template_with_a_mistake(name: str):
    content, sentence = BROKEN[name]
    with pytest.raises(Invalid) as refused:
        rendering.checked(content, REPLY)
    assert sentence in refused.value.fields["file"]


def test_a_mistake_in_a_footer_is_found():
    document = Document()
    document.sections[0].footer.paragraphs[0].text = "{{ 页脚字段 }}"
    file = io.BytesIO()
    document.save(file)
    with pytest.raises(Invalid, match="页脚字段"):
        rendering.checked(file.getvalue(), REPLY)


# --- the sandbox, should the reading ever let something through -----------------------------------------------------

HOSTILE = (
    "{{ 标题.__class__.__mro__ }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.getcwd() }}",
    "{{ lipsum.__globals__ }}",
    "{{ config }}",
    "{{ 标题.format(标题) }}",
    "{{ '{0.__class__}'.format(标题) }}",
    "{{ range(10) }}",
    "{{ 标题|map('upper') }}",
    "{% include '/etc/passwd' %}",
    "{{ 没有的名字 }}",
)


@pytest.mark.parametrize("line", HOSTILE)
def test_a_template_reaches_nothing_but_its_fields(line: str):
    with pytest.raises(Invalid):
        rendering.filled(made(line), REPLY, REPLY.sample())


def test_without_the_sandbox_it_would(monkeypatch: pytest.MonkeyPatch):
    """The control: in a plain environment the same lines render; the first red line was "DID NOT RAISE Invalid"."""
    monkeypatch.setattr(rendering, "Sandbox", lambda: jinja2.Environment(autoescape=True))
    assert str(Path.cwd()) in read(rendering.filled(made(HOSTILE[3]), REPLY, REPLY.sample()))
    with pytest.raises(pytest.fail.Exception):
        test_a_template_reaches_nothing_but_its_fields(HOSTILE[0])


def test_what_a_template_makes_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rendering, "MOST_RENDERED_CHARACTERS", 20_000)
    values = {**REPLY.sample(), "body": ["字" * 100] * 300}
    with pytest.raises(Invalid, match="文件过大"):
        rendering.filled(made("{% for 段 in 正文 %}{{ 段 }}{% endfor %}"), REPLY, values)


# --- the page ----------------------------------------------------------------------------------------------------


def test_an_own_template_is_used_until_the_office_goes_back(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    assert "现在用平台自带的模板" in clerk.page(PAGE).text
    ready = clerk.get(f"{PAGE}/shipped.docx")
    assert ready.data == shipped.template("reply") and ready.mimetype == rendering.MEDIA_TYPE
    assert sent(clerk, made("本办公室：{{ 标题 }}"), "答复函.docx").status_code == 303
    page = clerk.page(PAGE).text
    assert "现在用本办公室的模板：答复函.docx" in page and "换了答复函的模板：答复函.docx" in page
    assert f"本办公室：{REPLY.sample()['heading']}" in page, "the preview"
    assert read(clerk.get(f"{PAGE}/sample.docx").data) == [f"本办公室：{REPLY.sample()['heading']}"]
    assert clerk.get(f"{PAGE}/own.docx").data == made("本办公室：{{ 标题 }}") or kept(app) == 1
    assert sent(clerk, made("第二版：{{ 标题 }}"), "新.docx").status_code == 303
    assert kept(app) == 1
    assert clerk.submit(PAGE, {}, action=f"{PAGE}/shipped").status_code == 303
    page = clerk.page(PAGE).text
    assert "现在用平台自带的模板" in page and "答复函改用平台自带的模板" in page
    assert kept(app) == 0


REFUSED = {
    "unknown field": (made("{{ 电话号码 }}"), "模板.docx", 422, "“电话号码”不是答复函的字段"),
    "broken mark": (made("{{ 标题 }"), "模板.docx", 422, "没有写完整"),
    "a macro": (with_member(made("{{ 标题 }}"), "word/vbaProject.bin", b"x"), "模板.docx", 422, "含有宏"),
    "not a Word file": (b"%PDF-1.4\nnothing", "模板.docx", 422, "文件已加密或损坏"),
    "a text called docx": ("{{ 标题 }}".encode(), "模板.docx", 415, "文件内容与格式不符"),
    "cut off": (made("{{ 标题 }}")[:-400], "模板.docx", 422, "文件已加密或损坏"),
    "nothing": (b"", "模板.docx", 422, "文件是空的"),
    "docm by name": (made("{{ 标题 }}"), "模板.docm", 415, "文件内容与格式不符"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_template_leaves_nothing(app: Flask, life: Life, name: str):
    content, called, status, sentence = REFUSED[name]
    clerk = as_(app, "clerk")
    answer = sent(clerk, content, called)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert kept(app) == 0
    assert "现在用平台自带的模板" in clerk.page(PAGE).text


def test_a_workbook_is_no_template(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    book = clerk.get("/imports/templates/units").data
    answer = sent(clerk, book, "模板.xlsx")
    assert (answer.status_code, "模板要用Word文档" in answer.text) == (422, True)


def test_nothing_chosen_is_said(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    answer = clerk.submit(PAGE, {"file": None}, action=PAGE)
    assert (answer.status_code, "请选择模板文件" in answer.text) == (422, True)


def test_going_back_twice_is_told(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    assert sent(clerk, made("{{ 标题 }}")).status_code == 303
    form = clerk.page(PAGE).form(f"{PAGE}/shipped")
    other = as_(app, "clerk2")
    assert other.submit(PAGE, {}, action=f"{PAGE}/shipped").status_code == 303
    assert clerk.post(form.action, data=form.fields).status_code == 409


def test_only_the_office_keeps_templates(app: Flask, life: Life):
    for who in ("zhang", "housing", "govoffice", "leader1", "system"):
        client = as_(app, who)
        for path in ("/rules/letters", PAGE, f"{PAGE}/shipped.docx", f"{PAGE}/own.docx", f"{PAGE}/sample.docx"):
            assert client.get(path).status_code == 404, (who, path)
    assert as_(app, "clerk").get("/rules/letters/unheard-of").status_code == 404
    assert "签收表" in as_(app, "clerk").page("/rules/letters").text
