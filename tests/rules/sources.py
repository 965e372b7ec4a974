"""What the rules read: our own Python files as (path, text), and the names of the rooms of the house."""

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Checker = Callable[[str, str], Iterable[str]]


def python_files(*tops: str) -> Iterator[tuple[str, str]]:
    """(path from the top of the project, text) of every Python file in the named folders or files."""
    for top in tops:
        start = ROOT / top
        for path in sorted(start.rglob("*.py")) if start.is_dir() else [start] * start.exists():
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def findings(checker: Checker, *tops: str) -> list[str]:
    """Everything `checker(path, text)` has to say about the named folders."""
    return [finding for path, text in python_files(*tops) for finding in checker(path, text)]


def called(node: ast.Call) -> str:
    """The name a call is made by, without what stands before the last dot."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names, or nothing when something else is in it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def is_text(node: ast.AST | None, value: str) -> bool:
    """Whether the node is that very string."""
    return isinstance(node, ast.Constant) and node.value == value
