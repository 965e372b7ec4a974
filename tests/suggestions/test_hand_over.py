"""The clerk hands a colleague's open items on, in the own congress alone."""

from flask import Flask
from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.models import Account, Appointment
from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import Office


def of(username: str) -> Appointment:
    held = select(Appointment).join(Account, Account.person_id == Appointment.person_id)
    return db.session.scalars(held.where(Account.username == username)).one()


def test_the_clerk_hands_over_for_a_handler(app: Flask, life: Life):
    with app.app_context():
        task = life.act("housing", life.task(life.assigned()), "receive")
        giver = of("housing")
        congress, unit = task.suggestion.congress, task.unit
        office = Office(congress, task.suggestion.term, task.suggestion.session)
        office.post("housing2", "接替的人", p.HANDLER, unit)
        db.session.flush()
        taker, item, source = of("housing2"), task.id, giver.public_id
        to, unit_page = taker.public_id, unit.public_id
        target = taker.id
        db.session.commit()
    path = f"/appointments/{source}"
    for stranger in ("housing-signer", "govoffice", "zhang", "auditor"):
        assert as_(app, stranger).get(path).status_code == 404
    clerk = as_(app, "clerk")
    assert path in clerk.page(f"/units/{unit_page}").links
    page = clerk.page(path)
    assert "移交未办事项" in page.text and "请人代理" not in page.text
    assert clerk.submit(path, {"to": to}, action="hand-over").status_code == 303
    assert "1件未办事项已移交给接替的人。" in clerk.page(path).text
    with app.app_context():
        assert db.session.get(UnitTask, item).handler_id == target


def test_another_congress_is_not_the_clerk_s(app: Flask, life: Life):
    with app.app_context():
        found = of("housing")
        found.body.congress_id = None
        source = found.public_id
        db.session.commit()
    assert as_(app, "clerk").get(f"/appointments/{source}").status_code == 404
