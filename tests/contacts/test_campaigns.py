"""A drive of 60 deputies, 900 voters and 140 problems at three cut-off days; one problem solved and reopened."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.congress.models import Seat
from portal.contacts import actions, pairing_actions
from portal.contacts.models import Campaign, ContactRecord
from portal.core.db import db
from portal.matters import actions as matters
from portal.matters.models import Matter
from tests.contacts.conftest import Contacts

DEPUTIES, VOTERS_EACH = 60, 15
TOLD = {"name": "2026年代表走访选民月", "starts_on": "2026-04-01", "ends_on": "2026-04-30", "theme": "听民声"}


def deputies(contacts: Contacts) -> list[Actor]:
    """Sixty in all, as actors."""
    first = db.session.scalars(db.select(Seat).order_by(Seat.id)).first()
    assert first is not None
    for number in range(DEPUTIES - len(contacts.seat_ids)):
        person = Person(name=f"代表{number:02d}", sort_name=f"daibiao{number:02d}")
        db.session.add(person)
        db.session.flush()
        seat = {"role": p.DEPUTY, "body_id": contacts.congress_id, "starts_on": first.starts_on}
        db.session.add(Seat(person_id=person.id, term_id=first.term_id, delegation_id=first.delegation_id, **seat))
    db.session.flush()
    rows = db.session.execute(db.select(Seat.id, Person.id, Person.name).join(Person, Person.id == Seat.person_id))
    return [
        Actor(person, name, p.DEPUTY, capacity_id=seat, body_id=contacts.congress_id, congress_id=contacts.congress_id)
        for seat, person, name in rows
    ]


def visit(actor: Actor, campaign: Campaign, persons: int, problems: int) -> ContactRecord:
    told = {
        "form": "visit", "topic": "走访", "persons": persons, "campaign": campaign.public_id,
        "problems": [{"said": f"问题{number}", "answered": ""} for number in range(problems)],
    }  # fmt: skip
    record = actions.save(actor, None, told)
    actions.file(actor, record)
    return record


def answered(clerk: Actor, matter: Matter, outcome: str = "solved") -> None:
    if matter.state == "new":
        matters.take(clerk, matter, "triage", {"title": matter.title})
    matters.take(clerk, matter, "answer", {"text": "已经解决，请大家看看。", "outcome": outcome})
    matters.take(clerk, matter, "feed_back", {"how": "phone", "text": "已经告诉本人。"})


def month(app: Flask, contacts: Contacts, set_clock: Callable[[str], None]) -> str:
    """The drive lived through: its public id."""
    with app.app_context():
        set_clock("2026-04-01T09:00")
        clerk = contacts.actor("clerk")
        values = {**TOLD, "starts_on": date(2026, 4, 1), "ends_on": date(2026, 4, 30)}
        campaign = pairing_actions.save_campaign(clerk, None, values)
        people = deputies(contacts)
        for number, actor in enumerate(people[:20]):  # 20 visits, 300 voters, 50 problems by 10 April
            visit(actor, campaign, VOTERS_EACH, 3 if number < 10 else 2)
        found = db.session.scalars(db.select(Matter).order_by(Matter.id)).all()
        for matter in found[:5]:
            answered(clerk, matter)
        answered(clerk, found[5], "explained")
        set_clock("2026-04-20T23:59")
        for number, actor in enumerate(people[20:]):  # the other 40: 600 voters, 90 problems
            visit(actor, campaign, VOTERS_EACH, 3 if number < 10 else 2)
        matters.take(clerk, found[0], "reopen", {"reason": "路灯又不亮了，群众说没有解决"})
        set_clock("2026-04-30T18:00")
        matters.take(clerk, found[0], "answer", {"text": "换了线路。", "outcome": "solved"})
        for matter in found[6:9]:
            answered(clerk, matter)
        extra = visit(people[0], campaign, 7, 0)
        db.session.commit()
        public_id = campaign.public_id
        assert extra.campaign_id == campaign.id
        db.session.remove()
        return public_id


def numbers(page: Any) -> list[str]:
    return [one.text for one in page.root.all("span") if "figure" in one.attrs.get("class", "").split()]


def test_four_counters_at_three_cut_off_days(app: Flask, contacts: Contacts, set_clock: Callable[[str], None]):
    address = f"/campaigns/{month(app, contacts, set_clock)}"
    clerk = contacts.client("clerk")
    expected = {
        "2026-04-10": ["20 人", "300 人次", "50 件", "5 件"],
        "2026-04-20": ["60 人", "900 人次", "140 件", "4 件"],  # one reopened
        "2026-04-30": ["60 人", "907 人次", "140 件", "8 件"],  # solved again, and three more
        "2026-03-31": ["0 人", "0 人次", "0 件", "0 件"],
    }
    for day, told in expected.items():
        page = clerk.page(f"{address}?on={day}")
        assert [one.replace(" ", "") for one in numbers(page)] == [one.replace(" ", "") for one in told], day
        for which, number in zip(("deputies", "problems", "solved"), (told[0], told[2], told[3]), strict=True):
            rows = clerk.page(f"{address}/list/{which}?on={day}").root.all("tr")
            assert len(rows) - 1 == int(number.split()[0]), (day, which)
    assert "61次走访" in clerk.page(f"{address}?on=2026-04-30").text


def test_a_disputed_visit_counts_until_it_was_disputed(
    app: Flask, contacts: Contacts, set_clock: Callable[[str], None]
):
    set_clock("2026-04-01T09:00")
    clerk, zhang = contacts.client("clerk"), contacts.client("zhang")
    made = clerk.submit("/campaigns/new", TOLD)
    assert made.status_code == 303
    told = {
        "form": "visit",
        "topic": "走访",
        "persons": "30",
        "deputy": contacts.labels["zhang"],
        "campaign": made.location.rsplit("/")[-1],
    }
    record = contacts.noted(clerk, **told)
    set_clock("2026-04-05T09:00")
    assert zhang.submit(f"{record}/steps/dispute", {"reason": "那天只见了三个人"}).status_code == 303
    assert numbers(clerk.page(f"{made.location}?on=2026-04-04"))[1].replace(" ", "") == "30人次"
    assert numbers(clerk.page(f"{made.location}?on=2026-04-05"))[1].replace(" ", "") == "0人次"


def test_a_drive_is_arranged_corrected_and_refused(contacts: Contacts):
    clerk = contacts.client("clerk")
    bad = clerk.submit("/campaigns/new", {**TOLD, "ends_on": "2026-03-01"})
    assert bad.status_code == 422 and "结束时间不能早于开始时间。" in bad.text and TOLD["name"] in bad.text
    made = clerk.submit("/campaigns/new", TOLD).location
    assert clerk.submit(f"{made}/edit", {"name": "走访月"}).status_code == 303
    assert "走访月" in contacts.client("zhang").page("/campaigns").text
    assert contacts.client("zhang").get(f"{made}/list/problems").status_code == 404
    assert contacts.client("zhang").get(f"{made}/edit").status_code == 404
    assert clerk.get(f"{made}/list/nonsense").status_code == 404
    assert "日期不存在" in clerk.page(f"{made}?on=2026-02-30", status=422).text
