"""What a template may say: fields, one `for` over a list, `if`. Nothing is called, computed, imported or looked into.

A template is a program that somebody else has written, so the language is made small here, and what is left runs in a
sandbox of `rendering` that would refuse the rest again.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from portal.core.errors import Invalid
from portal.letters.kinds import Kind, Slot

MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|｛｛|｝｝|｛%|%｝")
CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
TAGS = re.compile(r"<[^>]+>")
LOOP_FACTS = ("index", "first", "last")
SHOWN = 24
MOST_MARKS = 500
# How a name in scope may be used: a text, a list, one row of a list, the counter of the loop.
Scope = Mapping[str, Slot | str]
TEXT, COUNTER = "text", "counter"


def fault(sentence: str) -> Invalid:
    """The refusal of a template, beside the field it was uploaded by."""
    return Invalid(sentence, fields={"file": sentence}, code="letter_template")


def check_marks(paragraphs: Iterator[str]) -> None:
    """Every mark is closed in the paragraph it was opened in; raises Invalid quoting the place."""
    many = 0
    for text in paragraphs:
        opened = ""
        for found in MARKS.finditer(text):
            mark, many = found.group(), many + 1
            if mark[0] == "｛" or mark[-1] == "｝":
                raise fault(f"“{_near(text, found.start())}”处的花括号是全角的，请改成半角的 {{{{ }}}}。")
            if mark != CLOSING.get(opened, "") and (opened or mark not in CLOSING):
                raise _unclosed(text, found.start())
            opened = "" if opened else mark
        if opened:
            raise _unclosed(text, text.rfind(opened))
    if many > MOST_MARKS:
        raise fault(f"模板里的标记超过{MOST_MARKS}处，请精简。")


def check_part(environment: SandboxedEnvironment, xml: str, kind: Kind) -> None:
    """One part of the template, its marks made whole; raises Invalid naming what is wrong."""
    try:
        tree = environment.parse(xml)
    except TemplateSyntaxError as error:
        near = TAGS.sub("", xml.splitlines()[min(error.lineno, xml.count("\n") + 1) - 1]).strip()
        place = f"“{_near(near, 0)}”附近的标记写错了" if near else "模板里的标记写错了"
        raise fault(f"{place}：for 要有 endfor，if 要有 endif，字段写成 {{{{ 字段名 }}}}。") from error
    _Reader(kind).read(tree.body, dict(kind.by_label), in_loop=False)


class _Reader:
    """Walks the parsed template and refuses whatever is not on the list."""

    def __init__(self, kind: Kind):
        self._kind = kind

    def read(self, body: list[Any], scope: Scope, in_loop: bool) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for one in node.nodes:
                    if not isinstance(one, nodes.TemplateData):
                        self._printed(one, scope)
            elif isinstance(node, nodes.For):
                self._loop(node, scope, in_loop)
            elif isinstance(node, nodes.If):
                for branch in (node, *node.elif_):
                    self._asked(branch.test, scope)
                    self.read(branch.body, scope, in_loop)
                self.read(node.else_, scope, in_loop)
            else:
                raise _forbidden(node)

    def _printed(self, node: Any, scope: Scope) -> None:
        found = self._named(node, scope)
        if isinstance(found, Slot):
            words = f"{{% for 行 in {found.label} %}}"
            if found.is_list:
                raise fault(f"“{found.label}”是列表，要写成 {words} …… {{% endfor %}}。")
            if found.columns:
                raise fault(
                    f"“{node.name}”是{found.label}的一行，要写明哪一栏，例如 {node.name}.{found.columns[0].label}。"
                )

    def _asked(self, node: Any, scope: Scope) -> None:
        if isinstance(node, nodes.Not):
            self._asked(node.node, scope)
        elif isinstance(node, (nodes.And, nodes.Or)):
            self._asked(node.left, scope)
            self._asked(node.right, scope)
        elif isinstance(node, nodes.Compare):
            if (
                len(node.ops) != 1
                or node.ops[0].op not in ("eq", "ne")
                or not isinstance(node.ops[0].expr, nodes.Const)
            ):
                raise fault("模板里的 if 只能问字段有没有内容，或者等于（==）、不等于（!=）几个字。")
            self._named(node.expr, scope)
        else:
            self._named(node, scope)

    def _loop(self, node: nodes.For, scope: Scope, in_loop: bool) -> None:
        if in_loop:
            raise fault("模板里的 for 不能套在另一个 for 里面。")
        if node.recursive or node.test or node.else_ or not isinstance(node.target, nodes.Name):
            raise fault("模板里的循环请写成 {% for 行 in 列表 %} …… {% endfor %}。")
        over = self._named(node.iter, scope)
        if not isinstance(over, Slot) or not over.is_list:
            raise fault(f"“{_called(node.iter)}”不是列表，不能循环。")
        row: Slot | str = Slot(over.name, over.label, "", over.columns) if over.columns else TEXT
        self.read(node.body, {**scope, node.target.name: row, "loop": COUNTER}, in_loop=True)

    def _named(self, node: Any, scope: Scope) -> Slot | str:
        if isinstance(node, nodes.Name):
            if node.name not in scope:
                raise fault(f"“{node.name}”不是{self._kind.label}的字段，请对照字段表改正。")
            return scope[node.name]
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            return self._column(node, self._named(node.node, scope))
        raise _forbidden(node)

    def _column(self, node: nodes.Getattr, row: Slot | str) -> str:
        if row == COUNTER and node.attr in LOOP_FACTS:
            return TEXT
        columns = [] if isinstance(row, str) or row.is_list else [column.label for column in row.columns]
        if node.attr not in columns:
            known = f"{row.label}只有这些栏：{'、'.join(columns)}。" if columns and not isinstance(row, str) else ""
            raise fault(f"“{_called(node)}”不是{self._kind.label}的字段。{known or '请对照字段表改正。'}")
        return TEXT


def _forbidden(node: Any) -> Invalid:
    allowed = "模板里只能写字段、for 循环和 if 判断"
    if isinstance(node, nodes.Filter):
        return fault(f"{allowed}，不能写“|{node.name}”。")
    if isinstance(node, nodes.Call):
        return fault(f"{allowed}，不能写“{_called(node.node)}( )”。")
    if isinstance(node, (nodes.Getattr, nodes.Getitem)):
        return fault(f"{allowed}，不能写“{_called(node)}”。")
    return fault(f"{allowed}，不能写计算、赋值和引用别的文件。")


def _called(node: Any) -> str:
    """A name as the template wrote it, for the sentence."""
    if isinstance(node, nodes.Name):
        return node.name[:SHOWN]
    if isinstance(node, nodes.Getattr):
        return f"{_called(node.node)}.{node.attr}"[-SHOWN:]
    return "…"


def _unclosed(text: str, at: int) -> Invalid:
    return fault(f"“{_near(text, at)}”处的标记没有写完整：{{{{ 和 }}}}、{{% 和 %}} 要成对，写在同一段里。")


def _near(text: str, at: int) -> str:
    return text[max(0, at - 4) : at + SHOWN].strip()
