"""Files of at most 400 lines, functions of at most 40, lines of at most 120 characters: one screen, one thought.

No exceptions. Migrations are left out: they are records of what was done, written once and not read as code. In tests
only files and lines are counted: a test that tells a whole story may be longer than a screen.
"""

import ast
from collections.abc import Iterator

from tests.rules.sources import ROOT, findings

FILE_LINES = 400
FUNCTION_LINES = 40
LINE_CHARACTERS = 120
TEMPLATE_LINES = 250
SCRIPT_LINES = 200


def too_long(path: str, text: str) -> Iterator[str]:
    """Files and functions over the limit; decorators are not counted."""
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path} has {lines} lines"
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LINE_CHARACTERS and not line.endswith("# noqa: E501"):
            yield f"{path}:{number} has {len(line)} characters"
    if path.startswith("tests/"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                yield f"{path}:{node.lineno} {node.name} has {size} lines"


def over(folder: str, pattern: str, limit: int) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > limit:
            yield f"{path.relative_to(ROOT)} has {lines} lines"


def test_python_files_and_functions_are_short() -> None:
    found = findings(too_long, "portal", "tests", "bench", "start.py", "wsgi.py")
    assert not found, "\n".join(found)


def test_templates_and_scripts_are_short() -> None:
    found = [*over("templates", "*.html", TEMPLATE_LINES), *over("static/js", "*.js", SCRIPT_LINES)]
    assert not found, "\n".join(found)


def test_no_room_without_a_subject() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "misc"}
    found = [str(path.relative_to(ROOT)) for path in (ROOT / "portal").rglob("*") if path.stem in names]
    assert not found


def test_planted_lengths_are_found() -> None:
    assert list(too_long("a.py", "x = 1\n" * 401))
    assert list(too_long("a.py", "#" * 121))
    assert not list(too_long("a.py", "#" + "字" * 119))
    assert list(too_long("a.py", "def f():\n" + "    x = 1\n" * 40))
    assert not list(too_long("a.py", "def f():\n" + "    x = 1\n" * 39))
