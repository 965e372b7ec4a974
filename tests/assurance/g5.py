"""G5: a thousand messages, four runners, twenty kills: every effect leaves the portal exactly once, none is lost.

The mail server counts letters and knows nothing of effects. It takes a while to acknowledge, so that kills land while
a letter has been handed over and nobody has written it down yet. A poison message (an address that is always refused)
is parked after five tries and shown to the administrator. What is told commits with the act that tells it.

Not covered, because nobody can cover it: the death of the courier itself, as in a power cut, between the server's
acknowledgement and the receipt. Such a message is listed as in doubt and never sent again by itself
(tests/notifications/test_sending.py).
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Account, Person
from portal.core.db import db, writing_transaction
from portal.jobs import queries as jobs
from portal.notifications import actions, courier
from portal.notifications.models import Notification, Wish
from tests.assurance import harness, runners
from tests.support import apps
from tests.support.browser import environment_for
from tests.support.gateways import MailServer, mail_server

FULL, QUICK = (1000, 20), (90, 5)
PEOPLE = 20
POISON = "nobody@example.cn"
SLOW_SECONDS = 0.03


@contextmanager
def office(engine: str, server: MailServer) -> Iterator[tuple[Flask, dict[str, str]]]:
    """People who want every line by mail, on a Monday morning; the application here and the runners' environment."""
    with harness.folder() as data, harness.engine_url(engine) as url:
        app = apps.build(data, data / "clock.txt", database_url=url)
        (data / "clock.txt").write_text("2026-03-02T10:00", encoding="utf-8")
        apps.make_tables(app)
        more = {**server.environment(), **({"DATABASE_URL": url} if url else {})}
        with app.app_context():
            with writing_transaction():
                for number in range(PEOPLE):
                    _person(f"p{number}@example.cn")
                _person(POISON)
            try:
                yield app, environment_for(data, "test", **more)
            finally:
                db.session.remove()
                db.engine.dispose()


def _person(address: str) -> None:
    person = Person(name=address)
    db.session.add_all([person, Account(person=person, username=address, must_change=False)])
    db.session.flush()
    db.session.add(Wish(person_id=person.id, mail_address=address, mail="all", quiet_from=0, quiet_until=0))


def tell(number: int) -> None:
    """The state change and what is told of it, in one transaction."""
    outside = actions.Outside(f"第{number}号有新情况，请登录查看。")
    with writing_transaction():
        person = db.session.scalars(select(Person.id).order_by(Person.id).offset(number % PEOPLE).limit(1)).one()
        actions.tell([person], "g5.told", f"第{number}号", "/", f"g5:{number}", outside=outside)


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    return trial(engine, *(QUICK if quick else FULL), seed, runners.WORK)


def trial(
    engine: str, count: int, kills: int, seed: int, command: tuple[str, ...], slow: float = SLOW_SECONDS
) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    chance = random.Random(seed)
    with mail_server() as server, office(engine, server) as (app, environment):
        server.slow, server.refused = slow, {POISON}
        whole = _commits_with_the_act()
        for number in range(count):
            tell(number)
        with writing_transaction():
            poison = db.session.scalars(select(Person.id).where(Person.name == POISON)).one()
            outside = actions.Outside("毒信")
            actions.tell([poison], "g5.told", "毒信", "/", "g5:poison", outside=outside)
        with runners.running(app, environment, command) as pool:
            _wait_for(lambda: bool(server.letters))
            for _ in range(kills):
                time.sleep(chance.uniform(0.02, 0.9))
                pool.kill(chance)
            settled = pool.settle()
        found = Counter(str(letter["Subject"]) for _, letter in server.letters)
        lines = db.session.scalar(select(func.count()).select_from(Notification)) or 0
        shown = [job for job in jobs.parked() if job.tries == 5]
        met = f"{pool.kills} kills ({pool.hits} met work under way)"
    twice, lost = sum(one > 1 for one in found.values()), count - len(found)
    figure = (
        f"{count} messages, 4 runners, {met} on {engine}: {len(found)} left once or more, {twice} twice, {lost} lost, "
        f"{lines - count - 1} lines too many, {len(shown)} poison parked after 5 tries"
    )
    return figure, settled and whole and not twice and not lost and lines == count + 1 and len(shown) == 1


def _commits_with_the_act() -> bool:
    """An act that fails tells nobody."""
    try:
        with writing_transaction():
            actions.tell([1], "g5.told", "没有发生的事", "/", "g5:never")
            raise RuntimeError
    except RuntimeError:
        return jobs.load().waiting == 0


def _wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)


def careless() -> None:
    """A runner that sends by itself and writes it down afterwards, with its job."""
    courier.deliver = lambda _effect, _channel, _person, send: send()
    runners.work()


def negative_control() -> str:
    """Without claim and courier a kill between sending and committing sends the letter again."""
    figure, ok = trial("sqlite", 60, 8, 1, runners.careless(__name__), slow=0.3)
    assert not ok, figure
    return figure
