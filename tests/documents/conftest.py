"""A place for files without the rest of the portal."""

import tempfile
from types import SimpleNamespace

import pytest
from flask import Flask


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A data folder that files() answers with; temporary files go there too, so that nothing left behind is missed."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    app = Flask(__name__)
    app.config["SETTINGS"] = SimpleNamespace(data=tmp_path)
    with app.app_context():
        yield tmp_path
