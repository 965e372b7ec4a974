"""K2: no secret in the tree or its history, three planted ones are found, and unsafe settings keep production shut."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from portal import config
from portal.core.errors import Misconfigured
from tests.assurance.harness import NotRun
from tests.rules.sources import ROOT
from tests.rules.test_secrets import PLANTED, scan_history, scan_tree, secrets_in

GOOD = "a-long-random-secret-for-this-test-only-0123456789"
UNSAFE = (
    {"secret": ""},
    {"secret": "changeme"},
    {"secret": "short-one"},
    {"secret": GOOD, "debug": True},
    {"secret": GOOD, "origin": "http://portal.example"},
)


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Secrets in tree and history, planted ones found, unsafe starts refused."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        raise NotRun("the history is not here")
    tree, history = list(scan_tree(ROOT)), sorted(set(scan_history(ROOT)))
    found = sum(1 for text in PLANTED.values() if list(secrets_in(text)))
    refused = sum(_refused(**one) for one in UNSAFE)
    ok = not tree and not history and found == len(PLANTED) and refused == len(UNSAFE)
    figure = f"{len(tree)} in the tree, {len(history)} in the history, {found} of {len(PLANTED)} planted found, "
    return figure + f"{refused} of {len(UNSAFE)} unsafe starts refused", ok


def _refused(**settings: object) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        asked = replace(config.Settings(profile="production", data=Path(folder)), **settings)
        try:
            config.settle(asked)
        except Misconfigured:
            return True
    return False


def negative_control() -> str:
    """With the list of weak secrets and the shortest length gone, a default secret starts."""
    weak, shortest = config.WEAK, config.SHORTEST_SECRET
    config.WEAK, config.SHORTEST_SECRET = (), 0
    try:
        assert not _refused(secret="changeme"), "a default secret is refused although nothing looks"
    finally:
        config.WEAK, config.SHORTEST_SECRET = weak, shortest
    return "production starts with the secret changeme"
