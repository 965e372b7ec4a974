"""Pairings by the three ratios of the field and by hand: the numbers that places printed, the grid, who comes next."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, Person
from portal.congress.models import Delegation, Seat
from portal.contacts.models import Pairing
from portal.contacts.ratios import Share, distribute, shipped
from portal.core.db import db
from tests.contacts.conftest import Contacts

PROPOSE = "/pairings/propose"


def crowd(app: Flask, contacts: Contacts, leaders: int, members: int, deputies: int, streets: int = 0) -> None:
    """As many of each in all; whoever is there already counts."""
    with app.app_context():
        here = contacts.congress_id
        held = Counter(db.session.scalars(db.select(Appointment.role).where(Appointment.body_id == here)))
        first = db.session.scalars(db.select(Seat).order_by(Seat.id)).first()
        assert first is not None

        def person(kind: str, number: int) -> Person:
            made = Person(name=f"{kind}{number:03d}", sort_name=f"{kind}{number:03d}")
            db.session.add(made)
            db.session.flush()
            return made

        for role, wanted in ((p.LEADER, leaders), (p.SC_MEMBER, members)):
            for number in range(wanted - held[role]):
                made = person("委员" if role == p.SC_MEMBER else "领导", number)
                db.session.add(Appointment(person_id=made.id, role=role, body_id=here, starts_on=first.starts_on))
        for number in range(deputies - held[p.DEPUTY]):
            made = person("代表", number)
            seat = {"role": p.DEPUTY, "body_id": here, "starts_on": first.starts_on, "term_id": first.term_id}
            db.session.add(Seat(person_id=made.id, delegation_id=first.delegation_id, **seat))
        known = db.session.scalar(db.select(db.func.count(Delegation.id))) or 0
        for number in range(streets - known):
            db.session.add(Delegation(name=f"第{number}街道", congress_id=here, term_id=first.term_id))
        db.session.commit()
        db.session.remove()


def adopt(client: Any, query: str) -> Any:
    return client.submit(f"{PROPOSE}?{query}", action=PROPOSE)


def pairs(app: Flask) -> tuple[Counter[str], Counter[tuple[str, int]], int]:
    """How many take on how many, by role; how many of the far side have one; times a year."""
    with app.app_context():
        rows = db.session.execute(
            db.select(Appointment.role, Appointment.id, db.func.count(Pairing.id))
            .join(Pairing, Pairing.contactor_id == Appointment.id)
            .group_by(Appointment.role, Appointment.id)
        ).all()
        each = Counter((role, number) for role, _, number in rows)
        total = Counter[str]()
        for role, _, number in rows:
            total[role] += number
        far = db.session.scalar(
            db.select(db.func.count(db.func.coalesce(Pairing.seat_id, Pairing.place_id).distinct()))
        )
        db.session.remove()
        return total, each, far or 0


def test_leaders_five_members_three_reach_all_of_114(app: Flask, contacts: Contacts):
    """五指山: 34 members, among them 6 leaders, keep contact with all 114 deputies."""
    crowd(app, contacts, 6, 28, 114)
    clerk = contacts.client("clerk")
    assert "提出的结对" in clerk.page(f"{PROPOSE}?ratio=five_and_three").text
    assert adopt(clerk, "ratio=five_and_three").status_code == 303
    total, each, far = pairs(app)
    assert far == 114
    assert each == {(p.LEADER, 5): 6, (p.SC_MEMBER, 3): 28}
    assert sum(total.values()) == 114


def test_two_to_three_each_says_who_is_left(app: Flask, contacts: Contacts):
    """河南: two or three each; 34 members reach 102 of 114, and the page names the other twelve."""
    crowd(app, contacts, 6, 28, 114)
    clerk = contacts.client("clerk")
    assert "还有12名代表没有人联系" in clerk.page(f"{PROPOSE}?ratio=two_to_three").text
    adopt(clerk, "ratio=two_to_three")
    _, each, far = pairs(app)
    assert far == 102 and each == {(p.LEADER, 3): 6, (p.SC_MEMBER, 3): 28}


def test_two_each_when_there_are_few_deputies(app: Flask, contacts: Contacts):
    crowd(app, contacts, 2, 8, 23)
    adopt(contacts.client("clerk"), "ratio=two_to_three")
    _, each, far = pairs(app)
    assert far == 23
    assert sum(number for (_, many), number in each.items() if many == 2) == 7
    assert sum(number for (_, many), number in each.items() if many == 3) == 3


def test_leaders_take_two_or_three_streets_each_quarter(app: Flask, contacts: Contacts):
    """枣庄: resident leaders keep contact with two or three townships and streets, every quarter."""
    crowd(app, contacts, 4, 10, 4, streets=10)
    adopt(contacts.client("clerk"), "ratio=streets")
    total, each, far = pairs(app)
    assert far == 10 and total == {p.LEADER: 10}
    assert each == {(p.LEADER, 3): 2, (p.LEADER, 2): 2}
    with app.app_context():
        assert set(db.session.scalars(db.select(Pairing.times))) == {4}
        db.session.remove()


def test_the_offices_own_numbers_and_wrong_ones(app: Flask, contacts: Contacts):
    crowd(app, contacts, 1, 2, 9)
    clerk = contacts.client("clerk")
    own = "ratio=two_to_three&leader_least=1&leader_most=1&member_least=4&member_most=4&times=3"
    assert adopt(clerk, own).status_code == 303
    _, each, far = pairs(app)
    assert far == 9 and each == {(p.LEADER, 1): 1, (p.SC_MEMBER, 4): 2}
    wrong = clerk.page(f"{PROPOSE}?{own}".replace("member_most=4", "member_most=2"), status=422)
    assert "至多不能少于至少" in wrong.text
    assert "应为0到30之间的整数" in clerk.page(f"{PROPOSE}?{own}".replace("times=3", "times=99"), status=422).text
    assert "请填写整数" in clerk.page(f"{PROPOSE}?{own}".replace("times=3", "times=二"), status=422).text


def test_what_stands_is_kept_and_a_changed_roster_is_shown_again(app: Flask, contacts: Contacts):
    clerk, other = contacts.client("clerk"), contacts.client("clerk2")
    made = clerk.submit(
        "/pairings/new/member_deputy",
        {"member": "孟成　常委会组成人员", "deputy": contacts.labels["zhang"], "times": "2"},
    )
    assert made.status_code == 303
    stale = other.page(f"{PROPOSE}?ratio=two_to_three").form(PROPOSE)
    crowd(app, contacts, 1, 2, 6)
    late = other.post(PROPOSE, data=stale.fields)
    assert late.status_code == 409 and "名单刚刚有了变化" in late.text
    assert adopt(clerk, "ratio=two_to_three").status_code == 303
    _, _, far = pairs(app)
    assert far == 6
    assert "另有6对已经结好" in clerk.page(PROPOSE).text


def test_pairs_by_hand_changed_and_ended(app: Flask, contacts: Contacts):
    clerk = contacts.client("clerk")
    values = {"member": "孟成　常委会组成人员", "deputy": contacts.labels["zhang"], "times": "2"}
    assert clerk.submit("/pairings/new/member_deputy", values).status_code == 303
    twice = clerk.submit("/pairings/new/member_deputy", values)
    assert twice.status_code == 409 and "已经结对" in twice.text
    bad = clerk.submit("/pairings/new/member_deputy", {**values, "times": "0"})
    assert bad.status_code == 422 and "应为1到52之间的整数" in bad.text
    unknown = clerk.submit("/pairings/new/member_deputy", {**values, "deputy": "没有这个人"})
    assert unknown.status_code == 422 and "请从列表里选" in unknown.text
    page = clerk.page("/pairings")
    path = next(
        link for link in page.links if link.startswith("/pairings/") and "/new" not in link and "propose" not in link
    )
    changed = clerk.submit(path, {"times": "4", "member": "丁一　常委会组成人员"}, action=f"{path}/change")
    assert changed.status_code == 303 and changed.location != path
    assert "改由丁一联系" in clerk.page(path).text
    assert clerk.submit(changed.location, {"reason": "工作调整"}, action=f"{changed.location}/end").status_code == 303
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(Pairing.ends_on.is_(None))) == 0
        db.session.remove()


def test_organs_are_paired_too(contacts: Contacts):
    clerk = contacts.client("clerk")
    told = {"organ": "区住建局", "deputy": contacts.labels["li"], "times": "2"}
    assert clerk.submit("/pairings/new/organ_deputy", told).status_code == 303
    assert "李秀英" in contacts.client("housing").page("/contacts").text
    assert "李秀英" not in contacts.client("water").page("/contacts").text


def test_the_grid_counts_contacts_and_names_the_next_visit(app: Flask, contacts: Contacts, set_clock: Any):
    clerk = contacts.client("clerk")
    for deputy in ("zhang", "li"):
        told = {"member": "孟成　常委会组成人员", "deputy": contacts.labels[deputy], "times": "2"}
        clerk.submit("/pairings/new/member_deputy", told)
    member = contacts.client("member1")
    contacts.noted(member, form="visit", topic="听取意见", deputy=contacts.labels["zhang"])
    disputed = contacts.noted(member, form="visit", topic="听取意见", deputy=contacts.labels["zhang"])
    contacts.client("zhang").submit(f"{disputed}/steps/dispute", {"reason": "只来过一次"})
    set_clock("2026-09-10T09:00")
    rows = {row.text for row in clerk.page("/pairings").root.all("tr")}
    zhang = next(row for row in rows if "张建国" in row)
    assert "1 /2次" in zhang and "上次联系是192天前" in zhang and "该联系了，已过8天" in zhang
    home = member.page("/contacts").text
    assert "该联系了，已过8天" in home and "还没有联系过" in home


def test_a_vacated_seat_leaves_its_pairings_vacant(app: Flask, contacts: Contacts):
    clerk = contacts.client("clerk")
    told = {"member": "孟成　常委会组成人员", "deputy": contacts.labels["li"], "times": "2"}
    clerk.submit("/pairings/new/member_deputy", told)
    with app.app_context():
        seat = db.session.get_one(Seat, contacts.seat_ids["li"])
        seat.moved_out_on, seat.ended_as = seat.starts_on, "moved"
        db.session.commit()
        db.session.remove()
    assert "空缺，请另行安排" in clerk.page("/pairings").text
    assert "空缺" not in contacts.client("member1").page("/contacts").text
    sheet = clerk.page(f"/deputies/{contacts.seats['li']}/hand-over").text
    assert "组成人员联系代表：孟成 → 李秀英" in sheet


@pytest.mark.parametrize("many", [0, 1, 7, 40, 200])
def test_nobody_is_given_more_than_the_most_nor_two_more_than_a_peer(many: int):
    givers = [(f"g{n}", Share(2, 3)) for n in range(10)]
    made = distribute(givers, list(range(many)))
    held = Counter(giver for giver, _ in made.pairs)
    assert len({taker for _, taker in made.pairs}) == len(made.pairs) == min(many, 30)
    assert max(held.values(), default=0) <= 3
    assert not many or max(held.values()) - min(held.get(f"g{n}", 0) for n in range(10)) <= 1
    assert len(made.left) == max(0, many - 30)


def test_every_ratio_says_where_it_comes_from():
    assert all(one.basis and one.times for one in shipped().values())
