"""F3: two editors save one draft at once, 500 rounds: exactly one text is saved, and the other editor gets both texts
side by side and the own one back in the form. A deputy's draft on two devices, and a reply that two handlers write."""

import logging
import re
import threading
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Account
from portal.core.db import db
from portal.suggestions.handling_models import ReplyDraft
from portal.suggestions.models import Suggestion
from portal.web.forms import PortalForm
from tests.assurance import harness
from tests.assurance.world import MARCH, _cookie, _post
from tests.suggestions.living import LETTER, REQUEST, SITUATION, TITLE, Life
from tests.support.html import Page
from tests.support.office import stand

ROUNDS, QUICK_ROUNDS = 500, 24
KEPT = re.compile(r'href="([^"]*[?&]kept=[^"]+)"')


class Editor:
    """One browser of one person."""

    def __init__(self, app: Flask, username: str):
        person = db.session.scalars(select(Account.person_id).where(Account.username == username)).one()
        self.headers = {"Cookie": _cookie(_post(person)), "Origin": "http://localhost"}
        self.client = app.test_client(use_cookies=False)
        self.client.inspects = False  # type: ignore[attr-defined]

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, data: dict[str, str]) -> Any:
        return self.client.post(path, data=data, headers=self.headers)


def race(pair: tuple[Editor, Editor], page: str, save: str, name: str, texts: dict[str, str], number: int) -> str:
    """Both open the page, both save at once; what was wrong, or nothing."""
    typed = [f"第{number}轮，第{who}位写的话，说明情况。" for who in (1, 2)]
    sheets = []
    for one, words in zip(pair, typed, strict=True):
        sheets.append({**Page(one.get(page).text).form(page).fields, **texts, name: words})
    ready, answers = threading.Barrier(2), dict[int, Any]()

    def send(at: int) -> None:
        ready.wait()
        answers[at] = pair[at].post(save, sheets[at])

    threads = [threading.Thread(target=send, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _judged(pair, page, save, name, typed, answers)


def _judged(pair: Any, page: str, save: str, name: str, typed: list[str], answers: dict[int, Any]) -> str:
    statuses = [answers[at].status_code for at in (0, 1)]
    if sorted(statuses) != [303, 409]:
        return f"answered {statuses}: one text is gone without a word"
    won = statuses.index(303)
    if Page(pair[won].get(page).text).form(page).fields[name] != typed[won]:
        return "the saved text is not the winner's"
    lost, told = 1 - won, answers[1 - won].text
    if Page(told).form(save).fields.get(name) != typed[lost] or "<ins>" not in told or typed[won] not in told:
        return "the loser's page does not show both texts"
    back = KEPT.search(told)
    again = pair[lost].get(back[1].replace("&amp;", "&")).text if back else ""
    if not back or Page(again).form(page).fields[name] != typed[lost]:
        return "the loser's text did not come back in the form"
    return ""


def run(engine: str, quick: bool, seed: int, rounds: int = 0) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    rounds, wrong = rounds or (QUICK_ROUNDS if quick else ROUNDS), []
    with harness.application(engine) as app:
        logging.getLogger("portal.access").disabled = True
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["SETTINGS"].data.joinpath("clock.txt").write_text(MARCH.isoformat(), encoding="utf-8")
        life = Life(stand())
        draft, task = life.draft().public_id, life.contacted(life.task(life.assigned())).public_id
        deputy, unit = [(Editor(app, who), Editor(app, who)) for who in ("zhang", "housing")]
        db.session.commit()
        sheet, letter = f"/suggestions/{draft}/edit", f"/tasks/{task}/steps/draft_reply"
        words = {"title": TITLE, "situation": SITUATION, "request": REQUEST}
        for number in range(1, rounds + 1):
            if number % 2:
                fault = race(deputy, sheet, sheet, "cause", words, number)
            else:
                fault = race(unit, letter, f"/tasks/{task}/reply", "body", LETTER, number)
            db.session.remove()
            wrong += [f"round {number}: {fault}"] if fault else []
        versions = db.session.scalar(select(Suggestion.version).where(Suggestion.public_id == draft)) or 0
        versions += db.session.scalar(select(ReplyDraft.version)) or 0
        logging.getLogger("portal.access").disabled = False
    lost = f"{len(wrong)} silent overwrites or lost texts"
    figure = f"{rounds} rounds of two editors on {engine}: {lost}, {versions} versions"
    return figure + (f"; {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """Nobody looks at the version: both must be told that they were saved, and one text is gone."""
    with mock.patch.object(PortalForm, "version_seen", lambda _form: None):
        figure, ok = run("sqlite", quick=True, seed=1, rounds=1)
    assert not ok, figure
    return figure
