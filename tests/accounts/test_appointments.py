"""Capacities: appointing, the three administrators apart, lending for a period, handing over."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import appointments, people, queries
from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment
from portal.audit.queries import history
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.accounts.conftest import Office

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _on_the_second_of_march(set_clock) -> None:
    set_clock("2026-03-02T09:00")


@pytest.fixture
def at(app: Flask, office: Office):
    """The application context with the office in it."""
    with app.app_context():
        yield office
        db.session.rollback()


def who(office: Office, username: str, on: date = TODAY) -> Actor:
    return queries.capacities(office.persons[username], on)[0].actor


def held(office: Office, username: str) -> Appointment:
    return db.session.scalars(select(Appointment).where(Appointment.person_id == office.persons[username])).first()


def test_what_an_actor_knows(at: Office) -> None:
    handler, section, clerk = who(at, "handler"), who(at, "section"), who(at, "clerk")
    assert (handler.unit_id, handler.congress_id, handler.body_name) == (
        at.bodies["unit"],
        at.bodies["congress"],
        "区住建局",
    )
    assert (section.unit_id, section.body_id) == (at.bodies["unit"], at.bodies["section"])
    assert (clerk.unit_id, clerk.congress_id) == (None, at.bodies["congress"])
    assert who(at, "deputy01").seat_active


def test_a_suspended_seat_is_told(at: Office) -> None:
    held(at, "deputy01").rests_from = TODAY
    db.session.flush()
    assert not who(at, "deputy01").seat_active


def test_capacities_run_from_first_to_last_day(at: Office) -> None:
    one = held(at, "handler")
    one.starts_on, one.ends_on = TODAY, TODAY + timedelta(days=1)
    db.session.flush()
    found = [bool(queries.capacities(one.person_id, TODAY + timedelta(days=n))) for n in (-1, 0, 1, 2)]
    assert found == [False, True, True, False]


def test_only_the_right_administrator_appoints(at: Office) -> None:
    person, body = at.person("leader"), at.body("congress")
    for username, role in [
        ("security", p.CLERK), ("system", p.AUDITOR), ("system", p.SYSTEM_ADMIN), ("clerk", p.CLERK),
        ("system", p.DEPUTY), ("security", p.DEPUTY), ("auditor", p.CLERK), ("system", "emperor"),
    ]:  # fmt: skip
        with pytest.raises(NotAllowed):
            appointments.appoint(who(at, username), person, role, body, TODAY)
    appointments.appoint(who(at, "system"), person, p.CLERK, body, TODAY)
    assert [one.actor.role for one in queries.capacities(person.id, TODAY)] == [p.CLERK, p.LEADER]


@pytest.mark.parametrize("role", p.APART)
def test_nobody_holds_two_of_the_three(at: Office, role: str) -> None:
    for username in ("system", "security", "auditor"):
        if who(at, username).role == role:
            continue
        with pytest.raises(Conflict, match="三员"):
            appointments.appoint(who(at, "security"), at.person(username), role, at.body("congress"), TODAY)


def test_the_last_administrator_cannot_go(at: Office) -> None:
    security = who(at, "security")
    with pytest.raises(Conflict, match="至少要留一名系统管理员"):
        people.disable(security, at.person("system"))
    with pytest.raises(Conflict, match="至少要留一名系统管理员"):
        appointments.end_now(security, held(at, "system"))
    other = at.add("system2")
    appointments.appoint(security, other, p.SYSTEM_ADMIN, at.body("congress"), TODAY)
    appointments.end_now(security, held(at, "system"))
    assert queries.capacities(at.persons["system"], TODAY) == ()


def test_nobody_switches_off_or_resets_themselves(at: Office) -> None:
    security = who(at, "security")
    with pytest.raises(NotAllowed):
        people.disable(security, at.person("security"))
    with pytest.raises(NotAllowed):
        people.issue_slip(security, at.person("security"))


def test_the_clerk_hands_slips_to_mere_deputies_of_the_own_congress(at: Office) -> None:
    clerk = who(at, "clerk")
    assert len(people.issue_slip(clerk, at.person("deputy01"))) == 19
    appointments.appoint(who(at, "system"), at.person("deputy02"), p.SIGNER, at.body("unit"), TODAY)
    for username in ("deputy02", "handler", "system"):
        with pytest.raises(NotAllowed):
            people.issue_slip(clerk, at.person(username))
    with pytest.raises(NotAllowed):
        people.issue_slip(who(at, "system"), at.person("handler"))


def test_the_only_slip_that_counts_is_the_last(at: Office) -> None:
    from portal.accounts import signing_in

    security, person = who(at, "security"), at.person("handler")
    first, second = people.issue_slip(security, person), people.issue_slip(security, person)
    db.session.commit()
    with pytest.raises(signing_in.Unauthorised):
        signing_in.sign_in("handler", first, "10.0.0.1")
    assert signing_in.sign_in("handler", second, "10.0.0.1").person_id == person.id


def test_a_lent_capacity_is_there_for_its_days_only_and_says_whose_it_is(at: Office) -> None:
    mine = held(at, "handler")
    starts, ends = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    lent = appointments.lend(who(at, "handler"), mine, at.person("section"), starts, ends)

    def seen(on: date) -> list[str]:
        return [one.actor.on_behalf_of for one in queries.capacities(at.persons["section"], on)]

    assert [seen(TODAY + timedelta(days=n)) for n in (0, 1, 3, 4)] == [
        [""],
        ["", "人员handler"],
        ["", "人员handler"],
        [""],
    ]
    acting = queries.capacities(at.persons["section"], starts)[1].actor
    assert (acting.role, acting.unit_id, acting.capacity_id) == (p.HANDLER, at.bodies["unit"], lent.id)
    mine.ends_on = TODAY
    db.session.flush()
    assert seen(starts) == [""]


def test_lending_can_be_taken_back_at_once(at: Office) -> None:
    lent = appointments.lend(who(at, "handler"), held(at, "handler"), at.person("section"), TODAY, TODAY)
    assert len(queries.capacities(at.persons["section"], TODAY)) == 2
    appointments.end_now(who(at, "handler"), lent)
    assert len(queries.capacities(at.persons["section"], TODAY)) == 1


@pytest.mark.parametrize(("username", "to"), [("deputy01", "deputy02"), ("leader", "clerk"), ("system", "clerk")])
def test_mandates_votes_and_keys_are_never_lent(at: Office, username: str, to: str) -> None:
    with pytest.raises(NotAllowed):
        appointments.lend(who(at, username), held(at, username), at.person(to), TODAY, TODAY)


def test_lending_faults(at: Office) -> None:
    handler, mine = who(at, "handler"), held(at, "handler")
    with pytest.raises(NotAllowed):
        appointments.lend(who(at, "signer"), mine, at.person("section"), TODAY, TODAY)
    with pytest.raises(Invalid) as fault:
        appointments.lend(handler, mine, at.person("handler"), TODAY, TODAY)
    assert "to" in fault.value.fields
    with pytest.raises(Invalid) as fault:
        appointments.lend(handler, mine, at.person("section"), TODAY, TODAY - timedelta(days=1))
    assert fault.value.message == "结束时间不能早于开始时间。"
    lent = appointments.lend(handler, mine, at.person("section"), TODAY, TODAY + timedelta(days=5))
    with pytest.raises(Conflict):
        appointments.lend(handler, mine, at.person("signer"), TODAY + timedelta(days=5), TODAY + timedelta(days=9))
    with pytest.raises(NotAllowed):
        appointments.lend(who(at, "section"), lent, at.person("signer"), TODAY, TODAY)


def test_handing_over_moves_what_each_domain_has(at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[tuple[int, int]] = []
    monkeypatch.setattr(
        appointments, "HANDOVERS", [lambda actor, source, target: moved.append((source.id, target.id)) or 3]
    )
    colleague = at.add("handler2", p.HANDLER, "unit")
    source, target = held(at, "handler"), held(at, "handler2")
    assert appointments.hand_over(who(at, "system"), source, target) == 3
    assert moved == [(source.id, target.id)]
    assert history(f"account:{source.person_id}")[-1].said.endswith(f"3件未办事项移交给{colleague.name}。")
    for wrong in (held(at, "signer"), source):
        with pytest.raises(Invalid):
            appointments.hand_over(who(at, "handler"), source, wrong)
    with pytest.raises(NotAllowed):
        appointments.hand_over(who(at, "signer"), source, target)


def test_every_act_stands_in_the_log(at: Office) -> None:
    person = at.person("handler")
    security, system = who(at, "security"), who(at, "system")
    appointments.appoint(system, person, p.SIGNER, at.body("unit"), clock.today())
    people.issue_slip(security, person)
    people.disable(security, person, "调离")
    people.enable(security, person)
    codes = [line.code for line in history(f"account:{person.id}")][-4:]
    assert codes == ["account.appointed", "account.slip_issued", "account.disabled", "account.enabled"]
