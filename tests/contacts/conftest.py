"""The small office with a leader, two members of the standing committee and staff of a delegation."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.queries import capacities
from portal.core import clock
from portal.core.db import db
from tests.support.inspecting import InspectingClient, signed_in_as
from tests.support.office import stand


class Contacts:
    """What people of the office do, by user name; ids only, because every request has its own session."""

    def __init__(self, app: Flask):
        self.app = app
        office = stand()
        office.post("member1", "孟成", p.SC_MEMBER, office.congress)
        office.post("member2", "丁一", p.SC_MEMBER, office.congress)
        db.session.commit()
        self.congress_id = office.congress.id
        self.people = {name: person.id for name, person in office.people.items()}
        self.seats = {name: seat.public_id for name, seat in office.seats.items()}
        self.seat_ids = {name: seat.id for name, seat in office.seats.items()}
        self.posts = {name: post.public_id for name, post in office.posts.items()}
        named = {name: (seat.person.name, seat.delegation) for name, seat in office.seats.items()}
        self.labels = {name: f"{who}　{team.name if team else ''}" for name, (who, team) in named.items()}

    def actor(self, username: str) -> Actor:
        """The person in their first capacity."""
        return capacities(self.people[username], clock.today())[0].actor

    def client(self, username: str) -> InspectingClient:
        """A browser of theirs, signed in."""
        return signed_in_as(self.app, username)

    def noted(self, who: InspectingClient, **values: Any) -> str:
        """A contact written down on its page; the address of the record."""
        answer = who.submit("/contact-records/new", values, action="/contact-records/new")
        assert answer.status_code == 303, answer.text[:3000]
        return answer.location


@pytest.fixture
def contacts(app: Flask, set_clock: Callable[[str], None]) -> Contacts:
    set_clock("2026-03-02T09:00")
    with app.app_context():
        made = Contacts(app)
        db.session.remove()
        return made
