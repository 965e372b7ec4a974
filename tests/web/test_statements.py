"""A list costs at most 6 statements and an item at most 8, session and frame included, for one row and for fifty; the
first visit of a phone stays small."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from portal import config
from portal.core.db import db
from portal.suggestions import queries
from portal.suggestions.models import Suggestion
from portal.suggestions.workflow import SUGGESTION
from tests.suggestions.living import JOINT, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.office import stand

# A start page asks seven subjects, each once.
LIST_AT_MOST, ITEM_AT_MOST, DESK_AT_MOST, HOME_AT_MOST = 6, 8, 8, 14
FIRST_VISIT_BYTES = 100_000
MANY = 50
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to any database while the block runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(CONTROL):
            seen.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def life(app: Flask, set_clock: Any) -> Life:
    set_clock("2026-03-02T09:00")
    with app.app_context():
        made = Life(stand())
        db.session.remove()
        return made


def fill(app: Flask, life: Life, many: int) -> str:
    """`many` suggestions on the lists of zhang, the clerk and the units, the first with a long history; its id."""
    with app.app_context():
        first = life.assigned(JOINT, points=["设一个窗口", "装扶手"])
        life.act("water", life.task(first, "water"), "receive")
        for _ in range(1 if many == 1 else 30):
            life.contacted(life.task(first))
        for number in range(1, many):
            life.assigned(JOINT, title=f"{TITLE}{number}")
        life.submitted(title="关于等待审查的建议")
        life.admitted(title="关于等待交办的建议")
        for number in range(1, many):
            life.submitted(title=f"关于等待审查的建议{number}")
        found = first.public_id
        db.session.commit()
        db.session.remove()
        return found


def cost(client: InspectingClient, path: str) -> list[str]:
    client.page(path)  # once, so that nothing is counted that is read only once in a process
    with counted() as seen:
        client.page(path)
    return seen


def told(path: str, seen: list[str]) -> str:
    return f"{path}: {len(seen)} statements\n" + "\n".join(f"  {one[:160]} … {one[-120:]}" for one in seen)


@pytest.mark.parametrize("many", [1, MANY])
def test_list_item_and_desks(app: Flask, life: Life, many: int):
    item = fill(app, life, many)
    bounds = {"/suggestions": LIST_AT_MOST, f"/suggestions/{item}": ITEM_AT_MOST}
    desks = {f"/desk/{name}": DESK_AT_MOST for name in ("screening", "assigning", "reviewing")}
    for username in ("zhang", "clerk", "housing", "water", "govoffice", "leader1"):
        client = app.test_client()
        client.sign_in(username)
        for path, most in {**bounds, **(desks if username == "clerk" else {})}.items():
            seen = cost(client, path)
            assert len(seen) <= most, f"{username}: {told(path, seen)}"


def test_start_pages_do_not_grow(app: Flask, life: Life):
    fill(app, life, 1)
    clients = {name: app.test_client() for name in ("zhang", "housing", "govoffice")}
    for name, client in clients.items():
        client.sign_in(name)
    with app.app_context():
        life.assigned(JOINT)
        db.session.commit()
        db.session.remove()
    one = {name: len(cost(client, "/home")) for name, client in clients.items()}
    with app.app_context():
        for number in range(20):
            life.assigned(JOINT, title=f"{TITLE}又{number}")
        db.session.commit()
        db.session.remove()
    for name, client in clients.items():
        many = cost(client, "/home")
        assert len(many) <= min(one[name], HOME_AT_MOST), f"{name}: {told('/home', many)}"


def sent(name: str) -> int:
    """Bytes of a built file as a browser receives it: packed by brotli where we have packed it."""
    file = config.ROOT / "static" / "dist" / name
    assert file.exists(), name
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.exists() else file).stat().st_size


def test_the_first_visit_of_a_phone_is_small(app: Flask, life: Life):
    fill(app, life, MANY)
    client = app.test_client()
    client.sign_in("zhang")
    answer = client.get("/home")
    page = Page(answer.text)
    elements = page.root.all("script", "link", "img", "use")
    addresses = [e.attrs[name] for e in elements for name in ("src", "href") if e.attrs.get(name)]
    assets = sorted({urlsplit(one).path.rpartition("/")[2] for one in addresses} - {""})
    assert any(name.endswith(".css") for name in assets) and any(name.endswith(".js") for name in assets)
    parts = {path: sent(path) for path in assets} | {"/home": len(gzip.compress(answer.data))}
    assert sum(parts.values()) <= FIRST_VISIT_BYTES, parts


def test_a_list_is_bounded_and_ordered(app: Flask, life: Life):
    fill(app, life, MANY)
    client = app.test_client()
    client.sign_in("clerk")
    page = client.page("/suggestions")
    shown = [link for link in page.links if link.startswith("/suggestions/") and link.count("/") == 2]
    assert len(set(shown)) == MANY
    more = [link for link in page.links if "after=" in link]
    assert more, "the rest is a page away"
    beyond = client.page(more[0])
    with app.app_context():
        everything = {f"/suggestions/{one}" for one in db.session.scalars(db.select(Suggestion.public_id))}
    rest = {link for link in beyond.links if link in everything}
    assert not rest & set(shown)


def test_desks_are_counted_in_every_state_that_is_under_way():
    """counts() names the states once more, so that an index serves it: a new state belongs to them or has ended."""
    assert set(queries.UNDER_WAY) == set(SUGGESTION.states) - {"draft", "closed", "not_admitted"}
