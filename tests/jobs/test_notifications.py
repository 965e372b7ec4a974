"""Notices: told with the step, once, to everybody but whoever took it."""

from dataclasses import dataclass

import pytest

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.core.db import db, writing_transaction
from portal.core.workflow import Step, Taken, Workflow
from portal.jobs import worker
from portal.jobs.models import Job
from portal.notifications import actions, queries

FLOW = Workflow(
    "note",
    "便条",
    {"draft": "草稿", "sent": "已发出"},
    [
        Step("write", (), "draft", lambda a, i: True, "起草", "起草了便条"),
        Step("send", ("draft",), "sent", lambda a, i: True, "发出", "已发给{to}", tell=("office", "author")),
        Step("keep", ("draft",), "draft", lambda a, i: True, "留存", "留存"),
    ],
)


@dataclass
class Note:
    id: int = 1
    version: int = 3
    address: str = "/suggestions/abc"
    called: str = "第12号建议"


@pytest.fixture
def people(session):
    with writing_transaction():
        made = [Person(name=name) for name in ("甲", "乙", "丙")]
        db.session.add_all(made)
        db.session.flush()
        ids = [person.id for person in made]
    return ids


def taken(actor_id, step="send"):
    actor = Actor(person_id=actor_id, name="甲", role="clerk")
    return Taken(FLOW, FLOW.steps[step], actor, Note(), {"to": "住建局"}, "draft", {})


def test_everybody_but_the_actor_is_told_once(people):
    one, two, three = people
    tell = actions.tell_step({"office": lambda item: [one, two], "author": lambda item: [two, three]})
    with writing_transaction():
        tell(taken(one))
        tell(taken(one))
    assert worker.run_all(actions.HANDLERS) == 1
    assert [queries.unread(person) for person in people] == [0, 1, 1]
    [line] = queries.lines(two)
    assert (line.title, line.url, line.kind) == ("第12号建议：已发给住建局", "/suggestions/abc", "note.send")


def test_repeating_the_job_tells_nobody_twice(people):
    with writing_transaction():
        actions.tell(people, "note.send", "有新的便条", "/", "note:1")
    job = db.session.scalars(db.select(Job)).one()
    payload = dict(job.payload)
    for _ in range(2):
        with writing_transaction():
            actions.write(payload)
    assert queries.unread(people[0]) == 1


def test_reading_is_ones_own(people):
    with writing_transaction():
        actions.tell(people, "note.send", "有新的便条", "/", "note:1")
    worker.run_all(actions.HANDLERS)
    with writing_transaction():
        actions.mark_read(people[0])
    assert [queries.unread(person) for person in people] == [0, 1, 1]


def test_a_step_without_audience_tells_nobody(people):
    with writing_transaction():
        actions.tell_step({})(taken(people[0], "keep"))
    assert db.session.scalars(db.select(Job)).all() == []
    with pytest.raises(KeyError):
        actions.tell_step({})(taken(people[0]))
