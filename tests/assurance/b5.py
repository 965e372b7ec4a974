"""B5: data never becomes code: no string-built SQL, shell, eval, pickle or template from data; nothing speaks to
another machine while the tests run; bandit finds nothing high."""

import json
import subprocess
import sys

from tests.rules.sources import ROOT, findings
from tests.rules.test_injection import dangers

PLANTED = "from sqlalchemy import text\ndef f(name):\n    return text(f'SELECT * FROM persons WHERE name = {name}')\n"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Findings of our own checker and of bandit (high) over the whole program."""
    found = findings(dangers, "portal", "wsgi.py", "start.py", "migrations")
    high = _bandit()
    return f"{len(found)} doors from data to code, {high} high findings of bandit", not found and high == 0


def _bandit() -> int:
    words = [sys.executable, "-m", "bandit", "-q", "-r", "portal", "-f", "json", "-lll"]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True).stdout
    return len(json.loads(said)["results"])


def negative_control() -> str:
    """A planted string-built statement is found."""
    found = list(dangers("planted.py", PLANTED))
    assert found, "a statement built from a name was not found"
    return found[0]
