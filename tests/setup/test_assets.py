"""The asset build: hashed names, compressed twins, only the icons that are named, the same bytes every time."""

import gzip
import json
import os
import time
from pathlib import Path

import brotli
import pytest

from portal import assets


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project: one style sheet with a picture, one script, one template with icons."""
    for folder in ("static/css", "static/js", "static/img", "templates", "portal"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "static/css/own.css").write_text("a{background:url('../img/dot.png')}b{background:url(data:x)}")
    (tmp_path / "static/img/dot.png").write_bytes(b"\x89PNG")
    (tmp_path / "static/js/own.js").write_text("// nothing\n")
    page = """{{ icon('bell') }}{{ row(icon="file-text") }}<use href='#person'/>"""
    (tmp_path / "templates/page.html").write_text(page)
    (tmp_path / "portal/menu.py").write_text('MENU = (("首页", "house-door"),)')
    return tmp_path


def contents(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "static/dist").iterdir()}


def test_every_file_has_a_hashed_name_and_its_twins(project: Path) -> None:
    files = assets.build(project)
    assert set(files) == {"bootstrap.min.css", "icons.svg", "own.css", "own.js", "dot.png"}
    built = contents(project)
    for name in ("own.css", "own.js", "icons.svg", "bootstrap.min.css"):
        plain = built[files[name]]
        assert gzip.decompress(built[files[name] + ".gz"]) == plain
        assert brotli.decompress(built[files[name] + ".br"]) == plain
    assert json.loads(built["manifest.json"])["files"] == files
    assert f'url("{files["dot.png"]}")' in built[files["own.css"]].decode()
    assert b"sourceMappingURL" not in built[files["bootstrap.min.css"]]


def test_the_sprite_holds_the_icons_named_and_few_others(project: Path) -> None:
    files = assets.build(project)
    sprite = contents(project)[files["icons.svg"]].decode()
    assert all(f'id="{name}"' in sprite for name in ("bell", "file-text", "person", "house-door"))
    assert sprite.count("<symbol") == 4


def test_the_same_sources_give_the_same_bytes(project: Path) -> None:
    assets.build(project)
    first = contents(project)
    for path in (project / "static/dist").iterdir():
        path.unlink()
    for path in project.rglob("*.css"):
        os.utime(path, (1, 1))
    assets.build(project)
    assert contents(project) == first


def test_nothing_changed_writes_nothing(project: Path) -> None:
    assets.build(project)
    before = {path: path.stat().st_mtime_ns for path in (project / "static/dist").iterdir()}
    began = time.perf_counter()
    assets.build(project)
    assert time.perf_counter() - began < 0.5
    assert {path: path.stat().st_mtime_ns for path in (project / "static/dist").iterdir()} == before


def test_a_change_replaces_the_old_file(project: Path) -> None:
    old = assets.build(project)["own.css"]
    (project / "static/css/own.css").write_text("a{color:red}")
    new = assets.build(project)["own.css"]
    assert new != old
    assert old not in contents(project) and new in contents(project)


def test_a_lost_file_is_made_again(project: Path) -> None:
    name = assets.build(project)["own.js"]
    (project / "static/dist" / name).unlink()
    assets.build(project)
    assert name in contents(project)


def test_a_style_sheet_that_points_at_nothing_is_refused(project: Path) -> None:
    (project / "static/css/own.css").write_text("a{background:url(../img/lost.png)}")
    with pytest.raises(assets.AssetMissing, match="lost.png"):
        assets.build(project)


def test_two_files_of_one_name_are_refused(project: Path) -> None:
    (project / "static/js/own.css").write_text("")
    with pytest.raises(assets.AssetMissing, match="own.css"):
        assets.build(project)


def test_bootstrap_is_the_one_we_looked_at() -> None:
    """An upgrade of the wheel must be noticed: the pages were checked against this file."""
    assert assets.manifest()["bootstrap.min.css"] == "bootstrap.min.8f8173cb2d8f.css"
