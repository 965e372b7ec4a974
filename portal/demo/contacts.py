"""双联系 in the demonstration district: pairings by ratio, a year's contacts, one drive of visits, groups of voters."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Account
from portal.contacts import actions, pairing_actions, proposing
from portal.contacts.models import Campaign, ContactRecord, Pairing
from portal.contacts.ratios import shipped
from portal.core import clock
from portal.core.db import db
from portal.demo.district import District
from portal.demo.people import table
from portal.matters import actions as matters
from portal.matters.models import Matter

SEED = 20260518
PAIRED_BEFORE = timedelta(days=195)
CAMPAIGN_BEFORE, CAMPAIGN_DAYS = 45, 25
CONTACTED, UNCONFIRMED, WITH_GROUP, ORGANS_EACH = 0.85, 6, 10, 2
LATER = timedelta(days=8)


def keep(district: District) -> None:
    """Everything of the subject, from ten months ago to today."""
    chance = random.Random(SEED)  # noqa: S311 - the same district every time
    words, clerk = table("contacts"), district.household.actor("clerk")
    began = max(district.now - PAIRED_BEFORE, _at(district.term.starts_on))
    with clock.at(began):
        for code in ("two_to_three", "streets"):
            ratio = shipped()[code]
            pairing_actions.adopt(clerk, ratio, proposing.propose(clerk, ratio).digest)
    for username in list(district.seats)[:WITH_GROUP]:
        _group(district, chance, username, words)
    _members(district, chance, words, began)
    _organs(district, chance, words)
    _campaign(district, chance, words, clerk)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.OFFICE_ZONE)


def _filed(actor: Actor, moment: datetime, values: dict[str, Any]) -> ContactRecord:
    with clock.at(moment):
        record = actions.save(actor, None, values)
        actions.file(actor, record)
    return record


def _usernames(district: District) -> dict[int, str]:
    """User names by person, as the demonstration knows its people."""
    rows = db.session.execute(select(Account.person_id, Account.username))
    return {row[0]: row[1] for row in rows}


def _group(district: District, chance: random.Random, username: str, words: dict[str, Any]) -> None:
    deputy = district.household.actor(username, district.congress)
    with clock.at(district.now - timedelta(days=chance.randint(60, 200))):
        told = {
            "name": f"联系户{chance.randint(1, 9)}组",
            "place": "",
            "households": chance.randint(12, 24),
            "times": 4,
        }
        group = pairing_actions.save_group(deputy, None, told)
        for name in chance.sample(words["voters"], 3):
            pairing_actions.add_voter(deputy, group, {"name": name, "phone": f"1990000{chance.randint(0, 9999):04d}"})


def _members(district: District, chance: random.Random, words: dict[str, Any], began: datetime) -> None:
    """Most pairs had a contact; the deputies confirmed, all but the newest few; one said that it was not so."""
    known = _usernames(district)
    wanted = select(Pairing).where(Pairing.contactor_id.is_not(None), Pairing.group_id.is_(None)).order_by(Pairing.id)
    chosen = [one for one in db.session.scalars(wanted) if chance.random() < CONTACTED]
    span = max((district.now - began).days - 2, 1)
    moments = sorted(_at(district.working((began + timedelta(days=chance.randrange(span))).date())) for _ in chosen)
    last = len(chosen) - UNCONFIRMED
    for number, (pairing, moment) in enumerate(zip(chosen, moments, strict=True)):
        member = district.household.actor(known[pairing.contactor.person_id])  # type: ignore[union-attr]
        told: dict[str, Any] = {"form": chance.choice(("visit", "phone", "talk", "message"))}
        if pairing.seat is not None:
            told |= {"deputy": pairing.seat.public_id, "topic": chance.choice(words["members"])}
        elif pairing.place is not None:
            told |= {"place": pairing.place.public_id, "topic": chance.choice(words["places"])}
        record = _filed(member, min(moment, district.now), told)
        if pairing.seat is not None and number < last:
            deputy = district.household.actor(known[pairing.seat.person_id], district.congress)
            with clock.at(min(moment + LATER, district.now)):
                if number == last // 2:
                    actions.take(deputy, record, "dispute", {"reason": "那天没有接到电话，是另一位代表"})
                else:
                    actions.take(deputy, record, "confirm")


def _organs(district: District, chance: random.Random, words: dict[str, Any]) -> None:
    for unit, form, topic in words["organs"]:
        actor = district.household.actor(unit)
        for username in chance.sample(list(district.seats), ORGANS_EACH):
            day = district.working(district.today - timedelta(days=chance.randint(20, 120)))
            told = {"form": form, "topic": topic, "deputy": district.seats[username].public_id}
            record = _filed(actor, _at(day), told)
            with clock.at(_at(day) + LATER):
                actions.take(district.household.actor(username, district.congress), record, "confirm")


def _campaign(district: District, chance: random.Random, words: dict[str, Any], clerk: Actor) -> None:
    """Every deputy goes out once; some problems are solved since, and one of them came back."""
    first = district.today - timedelta(days=CAMPAIGN_BEFORE)
    told = {
        "name": f"{first.year}年代表走访选民月", "starts_on": first, "ends_on": first + timedelta(days=CAMPAIGN_DAYS),
        "theme": "听取群众对就医、就学、养老和出行的意见，每位代表走访不少于十户。",
    }  # fmt: skip
    with clock.at(_at(first - timedelta(days=7))):
        campaign = pairing_actions.save_campaign(clerk, None, told)
    days = sorted(chance.randrange(CAMPAIGN_DAYS) for _ in district.seats)
    for username, day in zip(district.seats, days, strict=True):
        visit = _visit(chance, words, campaign)
        _filed(district.household.actor(username, district.congress), _at(first + timedelta(days=day), 16), visit)
    _settle(district, chance, clerk, first + timedelta(days=CAMPAIGN_DAYS))


def _visit(chance: random.Random, words: dict[str, Any], campaign: Campaign) -> dict[str, Any]:
    heard = chance.sample(words["problems"], chance.choice((0, 0, 1, 1, 2)))
    problems = [
        {"said": said, "answered": chance.choice(words["answers"]) if chance.random() < 0.3 else ""} for said in heard
    ]
    topic = chance.choice(words["topics"])
    persons = chance.randint(10, 22)
    return {"form": "visit", "topic": topic, "persons": persons, "problems": problems, "campaign": campaign.public_id}


def _settle(district: District, chance: random.Random, clerk: Actor, day: date) -> None:
    wanted = select(Matter).where(Matter.source == "contact", Matter.state == "new").order_by(Matter.id)
    chosen = [one for one in db.session.scalars(wanted) if chance.random() < 0.5]
    with clock.at(min(_at(day), district.now)):
        for matter in chosen:
            matters.take(clerk, matter, "triage", {"title": matter.title})
            matters.take(clerk, matter, "answer", {"text": "已请有关部门现场处理，问题解决。", "outcome": "solved"})
            matters.take(clerk, matter, "feed_back", {"how": "phone", "text": "已打电话告诉本人。"})
    if chosen:
        with clock.at(min(_at(day + timedelta(days=9)), district.now)):
            matters.take(clerk, chosen[0], "reopen", {"reason": "群众说又坏了，请再看一看"})
