"""I1: nothing that people type or carry reaches the log, and every event is one line.

Canaries (phone, ID number, name with content, password, token, session id, CSRF token) are sent through every way in:
addresses, queries, forms, JSON, headers, cookies, file names, and made to appear in errors and in libraries' chatter
with every logger at DEBUG. Then the log, the job payloads and the metrics are searched.
"""

import io
import json
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from flask import Flask
from sqlalchemy import select, text

from portal.core import personal
from portal.core.db import db, writing_transaction
from portal.jobs import worker
from portal.jobs.actions import enqueue
from portal.jobs.models import Job
from portal.web import logs
from tests.assurance.harness import application

SAID = "郝建国反映滨河路七号院漏水"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    canaries = made_up(random.Random(seed))
    with application(engine) as app, listening() as log:
        requests = send(app, canaries)
        stumble(canaries)
        chatter(canaries)
        jobs = [f"{job.payload} {job.trouble}" for job in db.session.scalars(select(Job))]
        events = log.getvalue().splitlines()
    broken = sum(not _is_event(line) for line in events)
    everything = log.getvalue()
    found = sorted(name for name, value in canaries.items() if value in everything)
    troubles = sum(value in job for job in jobs for value in canaries.values())
    figure = (
        f"{len(found)} of {len(canaries)} canaries in {len(events)} log lines after {requests} requests"
        f"{' (' + ', '.join(found) + ')' if found else ''}, {broken} lines broken, {troubles} in jobs"
    )
    return figure, not found and not broken and not troubles and len(events) >= requests


def made_up(chance: random.Random) -> dict[str, str]:
    """One value of each kind that must never be found."""
    return {
        "phone": "139" + "".join(chance.choices("0123456789", k=8)),
        "id number": "3302261979" + "".join(chance.choices("0123456789", k=7)) + "X",
        "content": SAID,
        "password": "Mi-" + chance.randbytes(6).hex() + "-Ma",
        "bearer token": chance.randbytes(24).hex(),
        "session": chance.randbytes(32).hex(),
        "csrf": chance.randbytes(20).hex(),
    }


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything the program writes to its log, with every logger at DEBUG."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logs.OneLine())
    handler.addFilter(logs.Redaction())
    root = logging.getLogger()
    others = [each for each in root.handlers if isinstance(each.formatter, logs.OneLine)]
    levels = {name: logging.getLogger(name).level for name in ("", "portal", "sqlalchemy.engine", "werkzeug")}
    for each in others:
        root.removeHandler(each)
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        for each in others:
            root.addHandler(each)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def send(app: Flask, canaries: dict[str, str]) -> int:
    """Requests that carry every canary in every place; how many."""
    whole = '\r\n\x1b[31m{"level":"forged"}'.join(canaries.values())
    headers = {
        "Authorization": f"Bearer {canaries['bearer token']}",
        "User-Agent": canaries["phone"],
        "Referer": f"http://localhost/track?code={canaries['session']}",
        "X-Request-Id": canaries["content"].encode().decode("latin-1"),
    }
    count = 0
    rules = sorted({rule.rule for rule in app.url_map.iter_rules()})
    client = app.test_client()
    client.inspects = False  # type: ignore[attr-defined]
    with mock.patch.dict(app.config, {"TESTING": False, "PROPAGATE_EXCEPTIONS": False}):
        for rule in rules:
            path = "/".join(canaries["csrf"][:22] if part.startswith("<") else part for part in rule.split("/"))
            for name in ("__Host-portal", "portal"):
                client.set_cookie(name, canaries["session"], secure=True)
            answers = (
                client.get(path, query_string={"q": whole}, headers=headers),
                client.post(path, data={**canaries, "csrf_token": canaries["csrf"]}, headers=headers),
                client.post(path, json=canaries, headers=headers),
            )
            count += len(answers)
    return count


def stumble(canaries: dict[str, str]) -> None:
    """Errors that quote what was typed: of ours, of the database, of a job, of Unicode."""
    log = logging.getLogger("portal")
    for value in canaries.values():
        for trouble in (_raise_key, _raise_statement, _raise_unicode):
            try:
                trouble(value)
            except Exception:
                log.exception("stumbled")
    with writing_transaction():
        enqueue("i1", {})

    def quoting(payload: object) -> None:
        raise KeyError(canaries["phone"])

    worker.run_once({"i1": quoting})


def _raise_key(value: str) -> None:
    {}[value]  # noqa: B018


def _raise_statement(value: str) -> None:
    try:
        db.session.execute(text("SELECT :said FROM nowhere"), {"said": value})
    finally:
        db.session.rollback()


def _raise_unicode(value: str) -> None:
    value.encode("ascii") and (value + "\udfff").encode()


def chatter(canaries: dict[str, str]) -> None:
    """What libraries and we ourselves might say carelessly."""
    for value in canaries.values():
        logging.getLogger("werkzeug").debug("form %r", {"text": value})
        logging.getLogger("sqlalchemy.engine").info("INSERT … %s", (value,))
    secret = personal.Secret(canaries["phone"])
    log = logging.getLogger("portal")
    log.info("told %s and %r\r\nforged: line", secret, secret)
    log.warning("phone %s id %s", canaries["phone"], canaries["id number"])
    log.warning("password=%s Authorization: Bearer %s", canaries["password"], canaries["bearer token"])
    log.warning("session=%s; csrf_token=%s", canaries["session"], canaries["csrf"])


def _is_event(line: str) -> bool:
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and {"at", "level", "from", "said"} <= set(event) and "\x1b" not in line


def negative_control() -> str:
    """The form logged as it came, without the redaction."""
    with (
        mock.patch.object(logs, "redacted", lambda said: said),
        mock.patch.object(logs.Redaction, "filter", lambda self, record: True),
    ):
        figure, ok = run("sqlite", True, 1)
    assert not ok, figure
    return figure
