"""A1: every route says who may enter, an undeclared one keeps the application from starting, the list is frozen."""

from unittest import mock

from flask import Flask

from portal.accounts.commands import access_table
from portal.web import access
from tests.assurance.small_office import office
from tests.rules.test_access import LOCK


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Routes declared of routes there are, and differences from the reviewed list."""
    with office(engine) as here:
        rules = list(here.app.url_map.iter_rules())
        declared = [rule for rule in rules if access.declared(here.app, rule) is not None]
        found = {"\t".join(line) for line in access_table(here.app)}
    changed = found ^ set(LOCK.read_text(encoding="utf-8").splitlines())
    refused = _refused()
    ok = len(declared) == len(rules) and not changed and refused
    figure = f"{len(declared)} of {len(rules)} routes declared, {len(changed)} unreviewed, "
    return figure + f"an undeclared one is {'refused' if refused else 'let in'}", ok


def _refused() -> bool:
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/planted", "planted", lambda: "")
    try:
        access.check_declared(app)
    except RuntimeError:
        return True
    return False


def negative_control() -> str:
    """Without the check at the start, the undeclared route is let in."""
    with mock.patch.object(access, "check_declared", lambda app: None):
        assert not _refused(), "an undeclared route is refused although nothing checks"
    return "an undeclared route is let in"
