"""Several people press their buttons at the same moment, in one process on a real database, as F2 does."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.models import Account
from portal.audit.models import AuditEntry
from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.assurance import harness
from tests.assurance.world import MARCH, _cookie, _post
from tests.suggestions.living import Life
from tests.support.html import Page
from tests.support.office import Office, stand

REFUSAL = re.compile(r"(?:内容有了变化|没有找到) (.+?) 回首页")
ODD = re.compile(r"\d+|[\w-]{20,}")


@dataclass(frozen=True)
class Press:
    """One button: who, on which address, with what."""

    who: str
    path: str
    data: Mapping[str, str]


@dataclass
class Crowd:
    """People with a browser each, in front of one application."""

    app: Flask
    life: Life
    cookies: dict[str, str]

    def press(self, one: Press) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        client.inspects = False  # type: ignore[attr-defined]
        headers = {"Cookie": self.cookies[one.who], "Origin": "http://localhost"}
        return client.post(one.path, data=dict(one.data), headers=headers)

    def at_once(self, presses: Sequence[Press]) -> list[TestResponse]:
        """All of them, behind one barrier; the answers in the order of `presses`."""
        ready, answers = threading.Barrier(len(presses)), dict[int, TestResponse]()

        def tap(at: int) -> None:
            ready.wait()
            answers[at] = self.press(presses[at])

        threads = [threading.Thread(target=tap, args=(at,)) for at in range(len(presses))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[at] for at in range(len(presses))]


@contextmanager
def crowd(engine: str, pack: str = "Q", furnish: Callable[[Office], None] = lambda _: None) -> Iterator[Crowd]:
    """The small office on 2 March 2026 with everybody signed in; nothing is written to the access log meanwhile."""
    with harness.application(engine) as app:
        logging.getLogger("portal.access").disabled = True
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["SETTINGS"].data.joinpath("clock.txt").write_text(MARCH.isoformat(), encoding="utf-8")
        office = stand(pack)
        furnish(office)
        accounts = db.session.execute(select(Account.username, Account.person_id)).all()
        cookies = {name: _cookie(_post(person)) for name, person in accounts}
        db.session.commit()
        try:
            yield Crowd(app, Life(office), cookies)
        finally:
            logging.getLogger("portal.access").disabled = False


def settle() -> None:
    """Commit what was prepared and forget it, so that threads and later questions see the database."""
    db.session.commit()
    db.session.remove()


def said(answer: TestResponse) -> str:
    """The sentence of a refusal without what differs from item to item."""
    refusal = REFUSAL.search(Page(answer.text).text) if answer.status_code in (404, 409) else None
    return ODD.sub("", refusal[1]) if refusal else ""


def picture(*keys: int) -> tuple[Any, ...]:
    """How suggestions stand: states, versions, parts, facts, entries in the log; without names that differ."""
    db.session.remove()
    found = []
    for suggestion in db.session.scalars(select(Suggestion).where(Suggestion.id.in_(keys)).order_by(Suggestion.id)):
        parts = sorted((t.unit.called, t.role, t.state, t.ended_as or "", t.version) for t in suggestion.tasks)
        facts = Counter((fact.kind, fact.verdict or "") for fact in suggestion.facts)
        codes = db.session.scalars(select(AuditEntry.code).where(AuditEntry.subject == suggestion.audit_subject))
        log = Counter(codes)
        standing = suggestion.state, suggestion.closed_as, suggestion.version, suggestion.merged_into_id is not None
        found.append((standing, tuple(parts), tuple(sorted(facts.items())), tuple(sorted(log.items()))))
    db.session.remove()
    return tuple(found)
