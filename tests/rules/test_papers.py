"""What the papers name is there: files and pictures, settings, commands, tests. Documentation is tested, or it goes."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.rules.sources import ROOT

READMES = ("README.md", "README.zh-CN.md")
PAPERS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / "docs", ROOT / "docs/handbook", ROOT / "templates/components", ROOT / "migrations")
    for path in folder.glob("*.md")
)
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
READ_SETTING = re.compile(r"""environ(?:ment)?\.get\(["']([A-Z_]+)["']""")
NAMED_SETTING = re.compile(r"\b(PORTAL_[A-Z_]+|[A-Z]+_URL)\b")
IN_TABLE = re.compile(r"^\| `([a-z]+)", re.M)
QUOTED = re.compile("“([^”]+)”")
TESTS = re.compile(r"`((?:tests/[\w/]+/)?[\w/]+\.(?:py|lock))`")
# Of Flask and of Flask-Migrate, and what only programs call.
NOT_OURS = frozenset({"run", "shell", "routes", "db"})
# Read elsewhere than by the portal: by its tests.
FOR_TESTS = frozenset({"PORTAL_TEST_REQUIRE", "PORTAL_SHOTS"})


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    found = {
        name for path in ("portal/config.py", "portal/gunicorn.py") for name in READ_SETTING.findall(text_of(path))
    }
    return found - {"FLASK_DEBUG"}


@pytest.mark.parametrize("name", PAPERS)
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    named = [one or other for one, other in LINK.findall(text_of(name))]
    here = (ROOT / name).parent
    dead = [
        link
        for link in named
        if not link.startswith(("http", "#")) and not (here / link.partition("#")[0]).resolve().exists()
    ]
    assert not dead


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_explained(name: str) -> None:
    assert settings_read() <= set(re.findall(r"`([A-Z_]+)`", text_of(name)))


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "deploy/env.example"])
def test_no_setting_is_named_that_nobody_reads(name: str) -> None:
    assert set(NAMED_SETTING.findall(text_of(name))) <= settings_read() | FOR_TESTS


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_explained_and_every_explained_one_is_there(sqlite_app: Flask, name: str) -> None:
    ours = {key for key, one in sqlite_app.cli.commands.items() if isinstance(one, click.Command)} - NOT_OURS
    table = text_of(name).split("| `flask --app wsgi …` |")[1].split("\n\n")[0]
    named = set(IN_TABLE.findall(table)) | set(re.findall(r"`(backup|restore|drill)", table))
    assert named - NOT_OURS == ours


def spoken() -> str:
    """All that the pages may say: templates, the words in the code, the scripts."""
    places = (("templates", "*.html"), ("portal", "*.py"), ("portal", "*.toml"), ("static/js", "*.js"))
    return "".join(path.read_text(encoding="utf-8") for folder, kind in places for path in (ROOT / folder).rglob(kind))


@pytest.mark.parametrize("name", [name for name in PAPERS if name.endswith(".zh.md")])
def test_the_handbook_speaks_the_words_of_the_pages(name: str) -> None:
    said = spoken()
    quoted = {part for words in QUOTED.findall(text_of(name)) for part in words.split("…") if part}
    assert quoted
    assert not {words for words in quoted if words not in said}


def test_the_tests_that_are_named_as_guards_are_there() -> None:
    named = TESTS.findall(text_of("CONTRIBUTING.md"))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.*")}
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "portal").rglob("*.py")}
    missing = [one for one in named if not any(path.endswith("/" + one) or path == one for path in files | code)]
    assert not missing


def test_the_readme_is_kept_short_of_secrets_and_machines() -> None:
    for name in PAPERS:
        assert "/work/" not in text_of(name) and "/root/" not in text_of(name), name


def test_a_dead_link_is_found() -> None:
    assert LINK.findall('[a](b.md) <img src="c.png">') == [("b.md", ""), ("", "c.png")]
    assert not Path(ROOT / "b.md").exists()
