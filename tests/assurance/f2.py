"""F2: of 50 who take a step on one suggestion at once exactly one wins; the others are told who was faster, when, and
what it is now. One entry in the log a round, the version counts up by one. Also two different steps at once, and the
mixed pairs (pairs.py), whose rows differ."""

import logging
import random
import re
import threading
from itertools import cycle, islice
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.audit.models import AuditEntry
from portal.core import workflow
from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.assurance import harness
from tests.assurance.pairs import PAIRS as PAIRED
from tests.assurance.pairs import race_pairs, unguarded
from tests.assurance.world import MARCH, _cookie, _post
from tests.suggestions.living import Life
from tests.support.html import Page
from tests.support.office import stand

TAPS, QUICK_TAPS, ROUNDS, QUICK_ROUNDS = 50, 12, 200, 6
MIXED, QUICK_MIXED = 20, 2  # rounds of each mixed pair
TOLD = re.compile(r"该建议已于09:00由代表工委改为“(已立案|不予立案|草稿)”，您的操作未执行。")
ADMIT = ("admit", {"category": "0101"})
REFUSE = ("not_admit", {"disposition": "letter", "explanation": "属于个人诉求，作来信处理。"})
RETURN = ("send_back", {"reason": "请写清是哪几个小区。"})
SKEWED = ("评价/说明", "并案/主件交办", "答复/退意见")
PAIRS = ((ADMIT,), (ADMIT, REFUSE), (ADMIT, RETURN), (RETURN, REFUSE))


def race(app: Flask, cookies: list[str], life: Life, taps: int, acts: Any) -> str:
    """One round; what was wrong with it, or nothing."""
    suggestion = life.submitted()
    item, version, key = suggestion.public_id, suggestion.version, suggestion.id
    before = _entries(suggestion.audit_subject)
    subject = suggestion.audit_subject
    db.session.commit()
    db.session.remove()
    ready, answers = threading.Barrier(taps), []

    def tap(cookie: str, act: tuple[str, dict[str, str]]) -> None:
        client = app.test_client(use_cookies=False)
        client.inspects = False  # type: ignore[attr-defined]
        headers = {"Cookie": cookie, "Origin": "http://localhost"}
        ready.wait()
        data = {**act[1], "expected_version": str(version)}
        answers.append(client.post(f"/suggestions/{item}/steps/{act[0]}", data=data, headers=headers))

    threads = [threading.Thread(target=tap, args=pair) for pair in islice(zip(cycle(cookies), cycle(acts)), taps)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return _judged(answers, taps, version, key, _entries(subject) - before)


def _judged(answers: list[Any], taps: int, version: int, key: int, entries: int) -> str:
    won = [one for one in answers if one.status_code == 303]
    lost = [one for one in answers if one.status_code == 409]
    untold = [one for one in lost if not TOLD.search(Page(one.text).text)]
    after = db.session.scalar(select(Suggestion.version).where(Suggestion.id == key)) or 0
    db.session.remove()
    if (len(won), len(lost)) != (1, taps - 1):
        return f"{len(won)} won, {sorted({one.status_code for one in answers})}"
    if untold:
        return f"{len(untold)} were not told who was faster: {Page(untold[0].text).text[-200:]}"
    return "" if (entries, after - version) == (1, 1) else f"{entries} entries, version by {after - version}"


def _entries(subject: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.subject == subject)) or 0


def run(engine: str, quick: bool, seed: int, rounds: int = 0) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    mixed = 0 if rounds else QUICK_MIXED if quick else MIXED
    taps, rounds = (QUICK_TAPS, rounds or QUICK_ROUNDS) if quick else (TAPS, rounds or ROUNDS)
    chance, wrong = random.Random(seed), []
    with harness.application(engine) as app:
        logging.getLogger("portal.access").disabled = True
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["SETTINGS"].data.joinpath("clock.txt").write_text(MARCH.isoformat(), encoding="utf-8")
        life = Life(stand())
        people = db.session.scalars(select(Account.person_id).where(Account.username.in_(("clerk", "clerk2")))).all()
        cookies = [_cookie(_post(person)) for person in people for _ in range(4)]
        db.session.commit()
        for number in range(rounds):
            acts = PAIRS[number % len(PAIRS)] if number < len(PAIRS) else chance.choice(PAIRS)
            fault = race(app, cookies, life, taps, acts)
            wrong += [f"round {number + 1}: {fault}"] if fault else []
        logging.getLogger("portal.access").disabled = False
    figure = f"{rounds} rounds of {taps} at once on {engine}: {rounds - len(wrong)} with one winner, the others told"
    if mixed:
        played, astray = race_pairs(engine, mixed)
        figure += f"; {played} rounds of {len(PAIRED)} mixed pairs: {played - len(astray)} as in one of the two orders"
        wrong += astray
    return figure + (f"; {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """Nobody looks at the version or the state: more than one must win. Where there is PostgreSQL, also: nobody waits
    for another's step on the same suggestion, and the mixed pairs must go astray (SQLite has one writer anyway)."""
    unseen = mock.patch.object(
        workflow.Workflow, "checked", lambda flow, _actor, _item, name, _seen=None: flow.steps[name]
    )
    with unseen:
        figure, ok = run("sqlite", quick=True, seed=1, rounds=1)
        _, swapped = race_pairs("sqlite", 1, ("撤回/交办", "答复/退回"))
    assert not ok, figure
    assert swapped, "the mixed pairs stay in order on SQLite although nobody looks"
    figure += f"; mixed pairs: {swapped[0][:120]}"
    try:
        with unguarded():
            _, astray = race_pairs("pg", 12, SKEWED)
    except harness.NotRun as reason:
        return f"{figure}; mixed pairs: {reason}"
    assert astray, "the mixed pairs stay in order without their guard"
    return f"{figure}; mixed pairs on pg: {astray[0][:300]}"
