"""Every route says who may enter; the list of routes is frozen, and each change of it is a reviewed change."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import UnicodeConverter

from portal.accounts.commands import access_table
from portal.accounts.permissions import GRANTS
from portal.web import access

LOCK = Path(__file__).with_name("routes.lock")
HOW = "run `flask --app wsgi access > tests/rules/routes.lock` and say in the change why a door was added or moved"


def test_an_undeclared_route_keeps_the_application_from_starting() -> None:
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/planted", "planted", lambda: "")
    with pytest.raises(RuntimeError, match="/planted"):
        access.check_declared(app)
    app.view_functions["planted"] = access.public(lambda: "")
    access.check_declared(app)


def test_every_route_is_declared(sqlite_app: Flask) -> None:
    access.check_declared(sqlite_app)


def test_the_list_of_routes_is_the_reviewed_one(sqlite_app: Flask) -> None:
    found = ["\t".join(line) for line in access_table(sqlite_app)]
    locked = LOCK.read_text(encoding="utf-8").splitlines()
    new, gone = sorted(set(found) - set(locked)), sorted(set(locked) - set(found))
    assert not (new or gone), "\n".join([HOW, *(f"+ {line}" for line in new), *(f"- {line}" for line in gone)])


def test_every_variable_part_of_an_address_has_a_type(sqlite_app: Flask) -> None:
    for rule in sqlite_app.url_map.iter_rules():
        for name in rule.arguments:
            assert type(rule._converters[name]) is not UnicodeConverter, f"{rule.rule}: {name} takes anything"


def test_every_permission_named_on_a_route_is_granted_to_somebody(sqlite_app: Flask) -> None:
    granted = frozenset().union(*GRANTS.values())
    for rule in sqlite_app.url_map.iter_rules():
        found = access.declared(sqlite_app, rule)
        assert found is not None and set(found.permissions) <= granted, rule.rule


def test_a_stranger_is_sent_to_sign_in_or_refused(client) -> None:
    asked = client.get("/accounts?x=1")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/accounts?x%3D1")
    assert client.post("/accounts/new").status_code == 401
