"""Imports point down: core, then models and rules, then actions and queries, then faces; and from upper tiers to lower.

Files with a name of their own stand as low as their imports let them: one that imports Flask or portal.web is a face,
one that imports actions or queries stands beside those. What imports them has to stand at least as high.
The order among the shared domains binds their models and actions; faces, which nobody imports, may use all of these.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest

from tests.rules.arrows import ARROWS
from tests.rules.sources import python_files

SHARED = ("audit", "jobs", "accounts", "documents", "letters", "notifications", "imports", "search")
WORK = ("congress", "matters", "suggestions", "supervision", "contacts", "stations", "activities", "notices")
OVERVIEW = ("dossier", "overview")
# Rooms of the assembly: they see everything and only the assembly sees them.
ASSEMBLY = ("backup", "demo", "founding")
MAY_USE = {"supervision": ("suggestions",), "contacts": ("matters",), "stations": ("matters",)}
LAYERS = {
    "models": 1, "rules": 1, "workflow": 1, "permissions": 1,
    "actions": 2, "queries": 2,
    "forms": 3, "schemas": 3, "pages": 3, "api": 3, "nightly": 3, "commands": 3, "styleguide": 3,
}  # fmt: skip
FACE_PACKAGES = ("flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "click")


@dataclass(frozen=True)
class Import:
    """One imported module, and whether it is imported inside a function."""

    name: str
    line: int
    inside: bool


def imports_of(text: str, known: frozenset[str]) -> Iterator[Import]:
    """Every import of the file; `from a import b` is a.b where that is a module we know."""
    tree = ast.parse(text)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in whole]
        else:
            continue
        yield from (Import(name, node.lineno, id(node) in inside) for name in dict.fromkeys(names))


def module_of(path: str) -> str:
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


class House:
    """All modules of portal/ with their imports, and where each stands."""

    def __init__(self, files: dict[str, str]):
        self.paths = {module_of(path): path for path in files}
        known = frozenset(self.paths)
        self.imports = {module_of(path): list(imports_of(text, known)) for path, text in files.items()}

    def room(self, module: str) -> str:
        """core, web, a domain, or "" for the assembly's own files."""
        parts = module.split(".")
        if len(parts) == 1 or parts[1] in ASSEMBLY:
            return ""
        inside = len(parts) > 2 or self.paths.get(module, "").endswith("/__init__.py")
        return parts[1] if inside else ""

    def layer(self, module: str, seen: tuple[str, ...] = ()) -> int:
        """1 models and rules, 2 actions and queries, 3 faces; named files by what they import."""
        parts = module.split(".")
        if len(parts) == 2:
            return 1  # a domain's __init__ is its docstring
        name = parts[2].rsplit("_", 1)[-1]
        if parts[2] in LAYERS or name in LAYERS:
            return LAYERS.get(parts[2], LAYERS.get(name, 1))
        if any(found.name.split(".")[0] in FACE_PACKAGES for found in self.imports.get(module, ())):
            return 3
        layers = [1]
        for found in self.imports.get(module, ()):
            room = self.room(found.name)
            if room == "web":
                return 3
            if room not in ("", "core") and found.name in self.imports and found.name not in seen:
                layers.append(self.layer(found.name, (*seen, module)))
        return max(layers)

    def violations(self) -> Iterator[str]:
        for module, found in sorted(self.imports.items()):
            for one in found:
                fault = self._inside(one) or self._fault(module, one.name)
                if fault and (module, one.name) not in ARROWS:
                    yield f"{self.paths[module]}:{one.line} imports {one.name}: {fault}"

    @staticmethod
    def _inside(one: Import) -> str:
        return "an import inside a function hides an arrow" if one.inside else ""

    def _fault(self, module: str, target: str) -> str:
        here = self.room(module)
        if here == "":
            return ""
        if here not in ("core", "web", *SHARED, *WORK, *OVERVIEW):
            return f"the room {here} has no tier in tests/rules/test_layers.py"
        package = target.split(".")[0]
        if package != "portal":
            is_low = here not in ("core", "web") and self.layer(module) < 3
            return "models, rules, actions and queries know no web" if is_low and package in FACE_PACKAGES else ""
        there = self.room(target)
        if there == "":
            return "nobody imports the assembly"
        if there == "core" or (there == here and here in ("core", "web")):
            return ""
        if here == "core":
            return "core imports nothing of portal"
        return self._between_floors(module, here, target, there)

    def _between_floors(self, module: str, here: str, target: str, there: str) -> str:
        if here == "web":
            known = there == "accounts" and self.layer(target) < 3
            return "" if known else "web knows core and the accounts behind a request, no other domain"
        mine = self.layer(module)
        if there == "web":
            return "" if mine == 3 else "only faces use web"
        if there == here:
            return self._inside_domain(module, target, mine)
        if there not in below(here) and not (mine == 3 and there in SHARED):
            return f"{here} may not know {there}"
        return "" if self.layer(target) <= min(mine, 2) else "an arrow that points up"

    def _inside_domain(self, module: str, target: str, mine: int) -> str:
        if {module.split(".")[-1], target.split(".")[-1]} == {"pages", "api"}:
            return "pages and api never import each other"
        return "" if self.layer(target) <= mine else "an arrow that points up"


def below(room: str) -> tuple[str, ...]:
    """The domains that `room` may import."""
    if room in SHARED:
        return SHARED[: SHARED.index(room)]
    if room in WORK:
        return (*SHARED, *(("congress",) if room != "congress" else ()), *MAY_USE.get(room, ()))
    return (*SHARED, *WORK)


def test_imports_point_down() -> None:
    found = list(House(dict(python_files("portal"))).violations())
    assert not found, "\n".join(found)


def test_every_arrow_is_still_needed() -> None:
    house = House(dict(python_files("portal")))
    drawn = {(module, one.name) for module, found in house.imports.items() for one in found}
    assert set(ARROWS) <= drawn


PLANTED = {
    "core imports a domain": {"portal/core/x.py": "import portal.audit.models"},
    "models import actions": {"portal/audit/models.py": "from portal.audit import actions"},
    "actions import flask": {"portal/audit/actions.py": "from flask import request"},
    "queries import web": {"portal/audit/queries.py": "from portal.web import pages"},
    "a lower domain imports a higher": {"portal/audit/actions.py": "from portal.jobs import actions"},
    "work domains sideways": {"portal/stations/queries.py": "from portal.suggestions import queries"},
    "somebody imports an overview": {"portal/suggestions/pages.py": "from portal.overview import queries"},
    "web imports a work domain": {"portal/web/frame.py": "from portal.suggestions import queries"},
    "pages import api": {"portal/audit/pages.py": "from portal.audit import api"},
    "a face of another domain": {"portal/suggestions/pages.py": "from portal.audit import pages"},
    "a domain imports the assembly": {"portal/audit/pages.py": "from portal import commands"},
    "inside a function": {"portal/audit/pages.py": "def f():\n    import portal.audit.models"},
    "through a named file": {
        "portal/audit/rules.py": "from portal.audit import said",
        "portal/audit/said.py": "from portal.audit import queries",
    },
    "an unknown room": {"portal/helpers/x.py": "import os\nimport portal.core.clock"},
}
BYSTANDERS = {
    f"portal/{path}.py": ""
    for path in (
        "__init__", "commands", "core/__init__", "core/clock", "web/pages", "audit/models", "audit/actions",
        "audit/queries", "audit/pages", "audit/api", "jobs/actions", "suggestions/queries", "overview/queries",
    )
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_arrow_is_found(planted: dict[str, str]) -> None:
    found = list(House({**BYSTANDERS, **planted}).violations())
    assert found
    assert all(any(path in line for path in planted) for line in found)
