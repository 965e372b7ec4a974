"""Who lives in the demonstration district: invented people with accounts, all with the one password."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.accounts import appointments, passwords, people, queries
from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Body, Person
from portal.core import clock

HERE = Path(__file__).parent
PASSWORD = "Demo-2026-portal"  # noqa: S105 - published on the sign-in page of the demo profile


@cache
def table(name: str) -> dict[str, Any]:
    """One of the files of names and bodies beside this one."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Deputy:
    """One line of the list of deputies."""

    area: str
    name: str
    sex: str
    nation: str
    post: str


def deputies() -> list[Deputy]:
    """The sixty deputies in the order of their accounts."""
    return [Deputy(*line.split(" ", 4)) for line in table("people")["deputies"]]


@dataclass
class Household:
    """Makes people and gives them their accounts; knows the actors by user name."""

    chance: random.Random
    since: date
    password_hash: str = field(default_factory=lambda: passwords.hashed(PASSWORD))
    persons: dict[str, Person] = field(default_factory=dict)
    _actors: dict[tuple[str, int | None], Actor] = field(default_factory=dict)
    _lines: int = 0

    def __post_init__(self) -> None:
        self._names = self._unused_names()

    def add(self, username: str, name: str = "", **facts: Any) -> Person:
        """A person with an account; an invented name where none is given."""
        self._lines += 1
        # Numbers of the 199 range with a zero in front of the line are not in use; the line numbers count up.
        phone = f"1990000{self._lines:04d}"
        person = people.add_person(SYSTEM, name or next(self._names), phone=phone, **facts)
        account = people.open_account(SYSTEM, person, username, approved=True)
        account.demo, account.must_change = True, False
        account.password_hash, account.password_changed_at = self.password_hash, clock.real()
        self.persons[username] = person
        return person

    def appoint(self, username: str, role: str, body: Body, title: str | None = None, name: str = "") -> Person:
        """A person with an account and a role from the first day of the term."""
        person = self.persons.get(username) or self.add(username, name, post=title)
        appointments.appoint(SYSTEM, person, role, body, self.since, title=title)
        return person

    def actor(self, username: str, body: Body | None = None) -> Actor:
        """The person of this user name acting in their first capacity, or in the one for `body`."""
        key = (username, body.id if body else None)
        if key not in self._actors:
            held = queries.capacities(self.persons[username].id, clock.today())
            fitting = (one.actor for one in held if body is None or one.actor.body_id == body.id)
            self._actors[key] = next(fitting)
        return self._actors[key]

    def facts(self) -> dict[str, Any]:
        """Education, party and birth month as a roster would say them."""
        listed = table("people")
        return {
            "education": self.chance.choice(listed["educations"]),
            "party": self.chance.choice(listed["parties"]),
            "birth_month": f"{self.chance.randint(1962, 1992)}-{self.chance.randint(1, 12):02d}",
        }

    def _unused_names(self) -> Iterator[str]:
        listed = table("people")
        taken = {deputy.name for deputy in deputies()}
        made = [f"{surname}{given}" for surname in listed["surnames"] for given in listed["given"]]
        fresh = sorted({name for name in made if name not in taken})
        self.chance.shuffle(fresh)
        yield from fresh
