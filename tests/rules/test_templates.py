"""Templates obey the content security policy and speak Chinese.

They are read by Jinja's own lexer and parser, and what remains by an HTML reader: no guessing by patterns.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.rules.sources import ROOT
from tests.support.html import Element, Reader

ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
ALLOWED = frozenset(
    line for line in (Path(__file__).parent / "ascii_words.txt").read_text().splitlines() if not line.startswith("#")
)
LATIN = re.compile(r"[A-Za-z][A-Za-z-]*[A-Za-z]|[A-Za-z]")
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-roledescription", "label", "content")
UNSPOKEN_TAGS = frozenset({"script", "style", "code", "kbd", "template"})
# Macros also make attributes, which stand outside any tag in their own file.
ATTRIBUTE = re.compile(r"""[a-z-]+="[^"]*"|[a-z-]+='[^']*'""")
HIDDEN_VALUE = "\ufffc"


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def without_jinja(text: str) -> str:
    """The template's own HTML: expressions become one opaque character (a tag's name: div), blocks nothing.

    Blocks called …_class are left out: their words are class names which another template puts into an attribute.
    """
    pieces = [""]
    statement: list[str] = []
    open_blocks: list[str] = []
    for _, kind, value in ENVIRONMENT.lex(text):
        if kind == "data" and not any(name.endswith("_class") for name in open_blocks):
            pieces.append(value)
        elif kind == "variable_begin":
            pieces.append("div" if pieces[-1].endswith(("<", "</")) else HIDDEN_VALUE)
        elif kind == "block_begin":
            statement = []
        elif kind == "name":
            statement.append(value)
        elif kind == "block_end" and statement[:1] == ["block"]:
            open_blocks.append(statement[1])
        elif kind == "block_end" and statement[:1] == ["endblock"]:
            open_blocks.pop()
    return "".join(pieces)


def policy_faults(path: str, text: str) -> Iterator[str]:
    """What the content security policy forbids, and output that is not escaped."""
    for element in Reader(without_jinja(text)).root.walk():
        yield from (f"{path}: {fault} on <{element.tag}>" for fault in _element_faults(element))
    tree = ENVIRONMENT.parse(text)
    for found in tree.find_all((nodes.Filter, nodes.Call)):
        if isinstance(found, nodes.Filter) and found.name in ("safe", "forceescape"):
            yield f"{path}:{found.lineno} marks output as safe by |{found.name}"
        elif isinstance(found, nodes.Call) and isinstance(found.node, nodes.Name) and found.node.name == "Markup":
            yield f"{path}:{found.lineno} makes markup in a template"
    for block in tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield f"{path}:{block.lineno} switches escaping"


def _element_faults(element: Element) -> Iterator[str]:
    if element.tag == "style" or "style" in element.attrs:
        yield "inline style"
    if element.tag == "script" and "src" not in element.attrs and element.attrs.get("type") != "application/json":
        yield "script without src"
    for name, value in element.attrs.items():
        if name.startswith("on"):
            yield f"event attribute {name}"
        if name in ("href", "src", "action") and value.strip().lower().startswith(("javascript:", "data:")):
            yield f"{name} with a script or data address"
        if name in ("href", "src", "action") and re.match(r"(https?:)?//", value):
            yield f"{name} at another host"


def latin_words(path: str, text: str) -> Iterator[str]:
    """Words a reader would meet in Latin letters, outside the allow-list."""
    if "/mail/" in path:
        return
    for element in Reader(without_jinja(text)).root.walk():
        if element.tag in UNSPOKEN_TAGS or any(element.inside(tag) for tag in UNSPOKEN_TAGS):
            continue
        spoken = [ATTRIBUTE.sub("", child) for child in element.children if isinstance(child, str)]
        spoken += [element.attrs.get(name, "") for name in SPOKEN if not (name == "content" and _is_machine(element))]
        for word in (word for piece in spoken for word in LATIN.findall(piece)):
            if word not in ALLOWED:
                yield f"{path}: {word!r} in <{element.tag}>"


def _is_machine(element: Element) -> bool:
    return element.tag == "meta" and element.attrs.get("name") not in ("description",)


def test_templates_obey_the_policy() -> None:
    found = [fault for path, text in templates() for fault in policy_faults(path, text)]
    assert not found, "\n".join(found)


def test_templates_speak_chinese() -> None:
    found = [fault for path, text in templates() for fault in latin_words(path, text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        '<p {% if x %}style="{{ y }}"{% endif %}>',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="//elsewhere/x.png">',
        "{{ text|safe }}",
        "{{ (text ~ '<br>')|upper|safe }}",
        "{% autoescape false %}{{ text }}{% endautoescape %}",
        "{{ Markup(text) }}",
    ],
)
def test_a_planted_breach_is_found(line: str) -> None:
    assert list(policy_faults("templates/x.html", line))


@pytest.mark.parametrize(
    "line", ["<p>Save 保存</p>", '<input placeholder="Name">', '<img alt="Photo">', "<p>{{ a }} items</p>"]
)
def test_a_planted_word_is_found(line: str) -> None:
    assert list(latin_words("templates/x.html", line))


def test_what_is_not_read_aloud_may_be_latin() -> None:
    line = '{# note #}<a class="btn" href="/sign-in">{{ link.label }}</a>{% set a = "b" %}<code>make run</code>'
    assert not list(latin_words("templates/x.html", line))
    assert not list(policy_faults("templates/x.html", line))
