"""A7: a form changes what it asks for and nothing else, whatever more is sent.

Every form that people of all roles can reach is posted twice inside a transaction that is never kept: as a browser
would, and again with every column name of every table as further fields. The statements that write must be the same,
value by value, and no odd value may be among them. Then every unsafe route is asked with such fields alone. There is
no JSON route yet; the unknown field that answers 422 there belongs to this row as soon as there is one.
"""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any
from unittest import mock
from urllib.parse import urlencode, urlsplit

from flask import Flask, request
from sqlalchemy import Engine, event, select, text
from werkzeug.datastructures import MultiDict

from portal.accounts import people
from portal.accounts.models import Account, Appointment, Person
from portal.core import clock, personal
from portal.core.db import db
from portal.demo.district import settle
from portal.demo.handling import handle
from portal.demo.lives import begin
from portal.demo.plans import plans
from tests.assurance.b6 import STARTS, unsafe_routes
from tests.assurance.browsers import Inside, crawl, signed_in, username_who_may
from tests.assurance.harness import Answer, engine_url, folder
from tests.assurance.small_office import Office
from tests.support import apps
from tests.support.html import Element, Form, Page

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=clock.OFFICE_ZONE)
PER_STAGE = 1
# Pages with a form of many columns' names that a short walk does not reach.
DEEP = ("/rules/drafts/new", "/campaigns/new")
QUICK_FORMS, FULL_FORMS = 30, 2000
QUICK_PAGES, FULL_PAGES = 20, 120
PEOPLE = (
    "deputy01", "deputy02", "deputy03", "clerk", "delegation1", "govoffice", "housing", "housing-signer", "water",
    "water-signer", "leader1", "system", "security", "auditor",
)  # fmt: skip
CANARY, NUMBER, DAY = "a7canary", 987_654_321, "1999-09-09"
# Not ours to say: tokens, digests, keys drawn afresh for every request.
SIGN = "[A-Za-z0-9_-]"
DRAWN = re.compile(f"(?<!{SIGN})(?:[0-9a-f]{{32}}|[0-9a-f]{{64}}|{SIGN}{{16}}|{SIGN}{{22}}|{SIGN}{{40,}})(?!{SIGN})")
FRAME = frozenset({"csrf_token", "once", "expected_version"})
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Sign-in and sessions live in tables of their own kind; what the browser is called is not a form's business.
PASSED_OVER = re.compile(r"\b(web_sessions|sign_in_tries|submissions|kept_inputs)\b")


def odd_fields() -> dict[str, list[str]]:
    """Two odd values for every column of every table, by name: one that can be recognised, one that might fit."""
    made: dict[str, list[str]] = {}
    for table in db.metadata.tables.values():
        for column in table.columns:
            kind = getattr(column.type, "impl", column.type)
            python = getattr(kind, "python_type", str)
            odd = {int: str(NUMBER), bool: "y", date: DAY, datetime: f"{DAY}T09:09"}.get(python, CANARY)
            made.setdefault(column.name, [odd, "2"])
    return made


@contextmanager
def town(engine: str) -> Iterator[Office]:
    """The demonstration district with a few suggestions in every stage, on either engine."""
    with folder() as data, engine_url(engine) as url:
        app = apps.build(data, data / "clock.txt", database_url=url)
        apps.make_tables(app)
        with app.app_context(), clock.at(NOW):
            district = settle(NOW)
            seen: dict[str, int] = {}
            for plan in plans(district):
                seen[plan.stage] = seen.get(plan.stage, 0) + 1
                if seen[plan.stage] <= PER_STAGE:
                    handle(begin(district, plan))
            db.session.commit()
            made = Office(app, data, url)
            rows = select(Account.username, Appointment.person_id, Appointment.id).join(
                Appointment, Appointment.person_id == Account.person_id
            )
            made.people = {name: (person, capacity) for name, person, capacity in db.session.execute(rows)}
            db.session.remove()
        (data / "clock.txt").write_text(NOW.isoformat(), encoding="utf-8")
        yield made
        with app.app_context():
            db.engine.dispose()


@contextmanager
def nothing_kept(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Commits only flush, so that the end of the request rolls back; the writing statements are noted."""
    noted: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if WRITES.match(statement) and not PASSED_OVER.search(statement):
            noted.append((statement, plain(parameters)))

    with app.app_context(), numbers_given_back():
        event.listen(Engine, "before_cursor_execute", note)
        try:
            with mock.patch.object(db.session, "commit", db.session.flush):
                yield noted
        finally:
            event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def numbers_given_back() -> Iterator[None]:
    """Sequences are not rolled back: without this the second posting would get other row numbers than the first."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.connect() as connection:
        before = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences")).all()
    yield
    with db.engine.connect() as connection:
        for name, value in before:
            given = {"name": f'"{name}"', "value": value or 1, "called": value is not None}
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :value, :called)"), given)


def plain(value: Any) -> Any:
    """A parameter as it may be compared: moments and drawn values by their kind, sealed ones opened."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return "a moment" if value.year != int(DAY[:4]) else value.isoformat()
    if isinstance(value, str) and value.startswith("p1:"):
        return personal.unseal(value)
    if isinstance(value, str):
        return DRAWN.sub("drawn", re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*([+-]\d\d:\d\d)?", "a moment", value))
    return value


def odd(noted: list[tuple[str, Any]]) -> bool:
    """Whether an odd value was written."""
    said = repr(noted)
    return CANARY in said or str(NUMBER) in said or DAY in said


def filled_in(form: Form) -> MultiDict[str, str]:
    """The form as somebody fills it in who answers every question."""
    sent: MultiDict[str, str] = MultiDict()
    for element in form.element.all("input", "textarea", "select"):
        name, kind = element.attrs.get("name", ""), element.attrs.get("type", "text")
        if not name or "disabled" in element.attrs or kind in ("submit", "button", "file", "image"):
            continue
        if kind in ("radio", "checkbox"):
            if "checked" in element.attrs or (kind == "radio" and name not in sent):
                sent.setlist(name, [element.attrs.get("value", "on")])
        else:
            sent.add(name, _answer(element, kind))
    for button in islice((one for one in form.element.all("button") if one.attrs.get("name")), 1):
        sent[button.attrs["name"]] = button.attrs.get("value", "")
    return sent


def _answer(element: Element, kind: str) -> str:
    given = element.attrs.get("value", "")
    if element.tag == "select":
        values = [one.attrs.get("value", one.text) for one in element.all("option")]
        return next((value for value in values if value), "")
    if element.tag == "textarea":
        return (
            element.text
            or "情况属实，请按规定的时间办理并告诉我们结果，需要我们配合的请提前联系，谢谢各位的辛苦工作，期待你们的答复。"
        )
    if kind == "date":
        return given or "2026-11-18"
    listed = element.attrs.get("list")
    return given or ("" if kind in ("hidden", "password") or listed else "补充说明")


def post(client: Inside, path: str, fields: MultiDict[str, str]) -> Answer:
    return client.send("POST", path, urlencode(list(fields.items(multi=True))).encode())


def with_odd(fields: MultiDict[str, str], own: set[str], odds: dict[str, list[str]], which: int) -> MultiDict[str, str]:
    """The same with every column's name besides; names that the form itself asks for stay the reader's."""
    more = MultiDict(fields)
    for name, values in odds.items():
        if name not in own and name not in FRAME:
            more.add(name, values[which])
    return more


def form_faults(client: Inside, form: Form, here: str, odds: dict[str, list[str]]) -> tuple[int, list[str]]:
    """The status of the plain posting, and what the odd fields changed, for one form."""
    path = urlsplit(form.action).path or urlsplit(here).path
    fields, found = filled_in(form), []
    own = names_of(form)
    tokens = dict(client.cookies)
    with nothing_kept(client.app) as as_asked:
        status = post(client, path, fields).status
    for which in (0, 1):
        client.cookies = dict(tokens)
        with nothing_kept(client.app) as as_sent:
            got = post(client, path, with_odd(fields, own, odds, which)).status
        if odd(as_sent) and not odd(as_asked):
            found.append(f"POST {path} wrote an odd value")
        elif (got, as_sent) != (status, as_asked):
            other = difference(as_asked, as_sent)
            found.append(f"POST {path} answered {got} for {status}, or wrote something else: {other}")
    client.cookies = tokens
    return status, found


def difference(first: list[tuple[str, Any]], second: list[tuple[str, Any]]) -> str:
    """The first statement in which the two differ, short."""
    for one, two in zip(first, second, strict=False):
        if one != two:
            return f"{one[0][:40]} {str(one[1])[:200]} / {str(two[1])[:200]}"
    return f"{len(first)} and {len(second)} statements"


def names_of(form: Form) -> set[str]:
    """The names that the form itself asks for."""
    asked = form.element.all("input", "textarea", "select", "button")
    return {element.attrs.get("name", "").split("-")[0] for element in asked}


def asked_by(forms: list[tuple[str, str, Form]]) -> dict[str, set[str]]:
    """The names that may be sent to an address, ids left out: by its forms, or by a form that saves itself there."""
    asked: dict[str, set[str]] = {}
    for _, here, form in forms:
        for address in (form.action or here, form.element.attrs.get("data-autosave", "")):
            asked.setdefault(without_ids(urlsplit(address).path), set()).update(names_of(form))
    return asked


def without_ids(address: str) -> str:
    return re.sub(r"<[^<>]+>|[A-Za-z0-9_-]{22}|(?<=/)\d+(?=/|$)", "*", address)


def route_faults(made: Office, odds: dict[str, list[str]], asked: dict[str, set[str]]) -> Iterator[str]:
    """One line per unsafe route that writes an odd value when it is sent nothing it asks for."""
    for method, rule, declared in unsafe_routes(made.app):
        client = Inside("", app=made.app)
        if not declared.public:
            signed_in(made, client, username_who_may(made, declared.permissions))
        page = Page(client.get("/me" if not declared.public else "/sign-in").text)
        token = page.form("/me/wishes" if not declared.public else "/sign-in").fields["csrf_token"]
        fields = with_odd(MultiDict({"csrf_token": str(token)}), asked.get(without_ids(rule), set()), odds, 0)
        path = re.sub(r"<[^<>]+>", "A" * 22, re.sub(r"<int:[^<>]+>", "2026", rule))
        with nothing_kept(made.app) as noted:
            client.send(method, path, urlencode(list(fields.items(multi=True))).encode())
        if odd(noted):
            yield f"{method} {rule} wrote an odd value"


def reachable(made: Office, pages: int, seed: int) -> list[tuple[str, str, Form]]:
    """(person, page, form) of every form that can be reached; each kind of address once per person before repeats."""
    found: list[tuple[str, str, Form]] = []
    for username in PEOPLE:
        client = signed_in(made, Inside("", app=made.app), username)
        for here, page in crawl(client, (*STARTS, *DEEP), pages).items():
            found += [(username, here, form) for form in page.forms if form.method == "post"]
    random.Random(seed).shuffle(found)
    seen: dict[tuple[str, str], int] = {}

    def earlier(one: tuple[str, str, Form]) -> int:
        key = (one[0], without_ids(one[2].action or one[1]))
        seen[key] = seen.get(key, 0) + 1
        return seen[key]

    return [one for _, one in sorted(((earlier(one), one) for one in found), key=lambda pair: pair[0])]


def check(made: Office, forms: int, pages: int, seed: int) -> tuple[int, int, list[str]]:
    """(forms posted, of these done, faults)."""
    odds, done, posted = odd_fields(), 0, 0
    known = reachable(made, pages, seed)
    found = list(route_faults(made, odds, asked_by(known)))
    for username, here, form in known[:forms]:
        client = signed_in(made, Inside("", app=made.app), username)
        fresh = Page(client.get(here).text)
        same = next((one for one in fresh.forms if one.action == form.action and one.method == "post"), None)
        if same is None or "sign-out" in form.action:
            continue
        status, faults = form_faults(client, same, here, odds)
        found += faults
        posted, done = posted + 1, done + (status < 400)
    return posted, done, found


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """In this process, where commits can be held back."""
    with town(engine) as made:
        forms, pages = (QUICK_FORMS, QUICK_PAGES) if quick else (FULL_FORMS, FULL_PAGES)
        posted, done, found = check(made, forms, pages, seed)
        routes = len(list(unsafe_routes(made.app)))
    figure = f"{posted} forms ({done} done) and {routes} routes × {len(odd_fields())} column names"
    return f"{figure}, {len(found)} changes" + (f"; first: {found[0]}" if found else ""), not found and done > 0


def negative_control() -> str:
    """With an action that takes over whatever was sent something must be noticed; the first red line."""

    def greedy(actor: Any, theme: str, large_type: bool) -> None:
        person = db.session.get(Person, actor.person_id)
        for name, value in request.form.items():
            if hasattr(person, name) and name in ("post", "education", "party", "theme"):
                setattr(person, name, value)

    with town("sqlite") as made, mock.patch.object(people, "set_wishes", greedy):
        client = signed_in(made, Inside("", app=made.app), "clerk")
        form = Page(client.get("/me").text).form("/me/wishes")
        for fault in form_faults(client, form, "/me", odd_fields())[1]:
            return fault
    raise AssertionError("A7 stayed green with an action that takes everything")
