"""S5: training over quota, by the pages; and the turns of it that its text names."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.activities import actions, placing, queries
from portal.activities.models import Activity, SignUp
from portal.core.db import db
from portal.core.errors import Conflict
from tests.activities import gathering
from tests.activities.gathering import many_deputies, published, signed, typed
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

NUMBERS = {"东团": 18, "西团": 17, "南团": 8}
QUOTAS = {"东团": 15, "西团": 15, "南团": 10}


def class_of_40(life: Life, **more: Any) -> Activity:
    rows = [{"delegation": life.bodies[name], "places": places} for name, places in QUOTAS.items()]
    return published(life, places=40, quotas=rows, **more)


def stands(activity_id: int) -> dict[str, Counter[str]]:
    """Delegation → state → how many."""
    found: dict[str, Counter[str]] = {}
    for one in db.session.scalars(select(SignUp).where(SignUp.activity_id == activity_id)):
        found.setdefault(one.delegation.name if one.delegation else "", Counter())[one.state] += 1
    return found


def total(activity_id: int, state: str) -> int:
    return sum(one[state] for one in stands(activity_id).values())


@pytest.fixture
def crowd(app: Flask, set_clock: Callable[[str], None]) -> tuple[Life, dict[str, list[str]]]:
    set_clock("2026-03-02T09:00")
    with app.app_context():
        office = stand()
        names = many_deputies(office, NUMBERS, first_term=2)
        life = Life(office)
        db.session.remove()
        return life, names


def test_s5(app: Flask, crowd: Any, set_clock: Callable[[str], None]):
    life, names = crowd
    clerk = as_(app, "clerk")
    rows = {}
    for at, (name, places) in enumerate(QUOTAS.items()):
        rows |= {f"quotas-{at}-delegation": life.bodies[name], f"quotas-{at}-places": str(places)}
    path = clerk.submit("/activities/new", typed(places="40", **rows), action="/activities/new").location
    as_(app, "clerk2").submit(path, action="/steps/approve")
    clerk.submit(path, action="/steps/publish")
    with app.app_context():
        key = db.session.scalars(select(Activity.id)).one()
        for name, people in names.items():
            for username in people[1:] if name == "东团" else people:
                signed(life, db.session.get_one(Activity, key), username)
        db.session.commit()
    first = as_(app, names["东团"][0])
    refused = first.page(path)
    assert "还有2个" in refused.text, "the whole is not full, the delegation is"
    answer = first.submit(path, action="/sign-ups")
    assert answer.status_code == 409 and "您代表团的名额已满（15/15）。您可以登记候补。" in answer.text
    form = first.post(f"{path}/sign-ups", data={**refused.form("/sign-ups").fields, "wait": "y", "once": "x" * 20})
    assert form.status_code == 303 and "候补第3位" in first.page(path).text
    with app.app_context():
        found = stands(key)
        assert {n: (c["confirmed"], c["waiting"]) for n, c in found.items()} == {
            **{"东团": (15, 3), "西团": (15, 2), "南团": (8, 0)}
        }
    set_clock("2026-03-16T17:01")
    gathering.work(app)  # the deadline: sign-up closes, South's two places go to the waiting list in time order
    with app.app_context():
        assert (total(key, "confirmed"), total(key, "waiting")) == (40, 3)
        waiting = queries.sign_ups(db.session.get_one(Activity, key), states=("waiting",))
        following = waiting[0].person.sort_name
    gone = next(one for one in names["东团"][1:] if one != following)
    own = sign_up_of(app, key, gone)
    assert as_(app, gone).submit(f"/sign-ups/{own}/steps/cancel", action="/steps/cancel").status_code == 303
    gathering.work(app)
    with app.app_context():
        assert (total(key, "confirmed"), total(key, "waiting")) == (40, 2)
        assert gathering.states(key)[following] == "confirmed"
    _the_day(app, life, clerk, path, key, set_clock)


def sign_up_of(app: Flask, key: int, username: str) -> str:
    with app.app_context():
        listed = db.session.scalars(select(SignUp).where(SignUp.activity_id == key))
        return next(one.public_id for one in listed if one.person.sort_name == username)


def _the_day(app: Flask, life: Life, clerk: Any, path: str, key: int, set_clock: Callable[[str], None]) -> None:
    with app.app_context():
        activity = db.session.get_one(Activity, key)
        coming = queries.sign_ups(activity, states=("confirmed",), most=None)
        for one in coming[:2]:
            actions.take_sign_up(life.actor(one.person.sort_name), one, "request_leave", {"reason": "要住院检查。"})
            actions.take_sign_up(life.actor("clerk"), one, "approve_leave", {})
        names = {one.person.name for one in coming[:4]}
        db.session.commit()
        set_clock("2026-03-20T09:05")
        for one in coming[4:]:
            actions.take_sign_up(life.actor("clerk"), one, "check_in", {})
        db.session.commit()
        someone = coming[4].capacity_id
    assert clerk.submit(path, action="/steps/hold").status_code == 303
    page = clerk.page(path).text
    assert "到会36/40" in page and "到会率90.0%" in page and "请假2人，缺席2人" in page
    make_up = clerk.page(f"{path}/make-up").text
    assert "共4人" in make_up and all(name in make_up for name in names)
    again = clerk.page(f"{path.replace('/activities/', '/activities/new?make_up=')}")
    fields = again.form("/activities/new").fields
    assert {fields[f"named-{at}-deputy"].partition("　")[0] for at in range(4)} == names
    with app.app_context():
        one = db.session.get_one(Activity, key)
        came = queries.sign_ups(one, states=("attended",), most=None)
        assert sum(one.hours for _ in came) == 216
        tally = queries.tally(someone, one.starts_at.date(), one.starts_at.date())
        assert (tally.came, tally.hours, tally.leave, tally.absent) == (1, 6, 0, 0)


def test_first_term_deputies_are_placed_before_others(app: Flask, crowd: Any, set_clock: Callable[[str], None]):
    """Settled A62: the allocation happens at the deadline, inside the quota, first-term deputies first."""
    life, names = crowd
    with app.app_context():
        activity = class_of_40(life, order_key="first_term", releases=False)
        for username in reversed(names["东团"]):
            signed(life, activity, username)
        assert set(gathering.states(activity.id).values()) == {"waiting"}
        key = activity.id
        db.session.commit()
    assert "截止后排定名单" in as_(app, names["东团"][0]).page(f"/activities/{id_of(app, key)}").text
    set_clock("2026-03-16T17:01")
    gathering.work(app)
    with app.app_context():
        found = gathering.states(key)
        early = list(reversed(names["东团"]))
        assert found[names["东团"][0]] == found[names["东团"][1]] == "confirmed", "the last to come, but first-term"
        assert [one for one in early if found[one] == "waiting"] == early[13:16], "the others by time"


def id_of(app: Flask, key: int) -> str:
    with app.app_context():
        return db.session.get_one(Activity, key).public_id


def test_before_the_release_the_same_delegation_follows(app: Flask, crowd: Any):
    """Settled A63."""
    life, names = crowd
    with app.app_context():
        activity = class_of_40(life)
        for people in names.values():
            signed(life, activity, *people)
        first_west = next(one for one in names["西团"] if gathering.states(activity.id)[one] == "waiting")
        gone = names["西团"][3]
        mine = next(one for one in queries.sign_ups(activity, most=None) if one.person.sort_name == gone)
        actions.take_sign_up(life.actor(gone), mine, "cancel", {})
        assert gathering.states(activity.id)[first_west] == "confirmed"
        assert {name: one["confirmed"] for name, one in stands(activity.id).items()} == {"东团": 15, "西团": 15, "南团": 8}
        db.session.commit()


def test_unused_quota_is_released_by_hand_once(app: Flask, crowd: Any):
    life, names = crowd
    with app.app_context():
        activity = class_of_40(life, releases=False)
        for people in names.values():
            signed(life, activity, *people)
        key, path = activity.id, activity.address
        db.session.commit()
    clerk = as_(app, "clerk")
    assert clerk.get(f"{path}/steps/release_quota").status_code == 409, "not before sign-up is closed"
    clerk.submit(path, action="/steps/close_sign_up")
    with app.app_context():
        assert total(key, "waiting") == 5
    assert clerk.submit(path, action="/steps/release_quota").status_code == 303
    with app.app_context():
        assert total(key, "waiting") == 3
    assert clerk.get(f"{path}/steps/release_quota").status_code == 409


def test_thirty_cancels_are_thirty_promotions_in_order(app: Flask, crowd: Any):
    life, names = crowd
    everybody = [one for people in names.values() for one in people]
    with app.app_context():
        activity = published(life, places=10)
        signed(life, activity, *everybody)
        waiting = [one.person.sort_name for one in queries.sign_ups(activity, states=("waiting",), most=None)]
        assert waiting == everybody[10:]
        for number in range(30):
            confirmed = queries.sign_ups(activity, states=("confirmed",), most=None)
            gone = min(confirmed, key=lambda one: one.order)
            actions.take_sign_up(life.actor(gone.person.sort_name), gone, "cancel", {})
            assert gathering.states(activity.id)[waiting[number]] == "confirmed"
            assert placing.room(activity).total == 10
        db.session.commit()


def test_whoever_signs_up_again_is_last(app: Flask, crowd: Any):
    life, names = crowd
    a, b, c = names["东团"][:3]
    with app.app_context():
        activity = published(life, places=1)
        first, second, _ = signed(life, activity, a, b, c)
        actions.take_sign_up(life.actor(b), second, "cancel", {})
        signed(life, activity, b)
        actions.take_sign_up(life.actor(a), first, "cancel", {})
        assert gathering.states(activity.id) == {a: "cancelled", b: "waiting", c: "confirmed"}
        with pytest.raises(Conflict):
            signed(life, activity, c)
        db.session.commit()
