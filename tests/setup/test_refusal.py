"""Unsafe settings of production are refused in one sentence, without a trace of the program, and not tried again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLASK = ("flask", "--app", "wsgi", "access")
GUNICORN = ("gunicorn", "-c", "portal/gunicorn.py", "wsgi:app")


@pytest.mark.parametrize("command", [FLASK, GUNICORN], ids=["flask", "gunicorn"])
def test_a_default_secret_is_refused_in_plain_words(tmp_path: Path, command: tuple[str, ...]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    settings = {"PORTAL_PROFILE": "production", "PORTAL_DATA": str(tmp_path), "PORTAL_BIND": f"unix:{tmp_path}/door"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env={**kept, **settings}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 3
    assert "PORTAL_SECRET 太短或是默认值" in done.stderr
    assert "Traceback" not in done.stderr
