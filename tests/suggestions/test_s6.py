"""Scenario S6 by pages: a deputy moves away on 1 August, is announced on 20 August; a by-election fills the seat."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.congress import rulepacks
from portal.congress.models import Group, GroupMember, Seat
from portal.congress.nightly import turn_seats
from portal.core import clock
from portal.core.db import db
from portal.suggestions import actions
from portal.suggestions.models import Signature, Suggestion
from tests.suggestions.living import Life
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

SetClock = Callable[[str], None]
NOTICE = "示范区人大常委会公告第12号"
PACKS = {"Q": "first_cosigner", "SD": "not_rated"}


@pytest.fixture(params=PACKS)
def life(app: Flask, set_clock: SetClock, request: pytest.FixtureRequest) -> Life:
    """The small office under a pack of each policy, 2 March 2026. SD's own value is Q's, so it is changed for S6."""
    set_clock("2026-03-02T09:00")
    with app.app_context():
        office = stand(request.param)
        shipped = rulepacks.current_version(request.param, clock.today())
        assert shipped is not None
        row = {**shipped.content["policies"]["vacant_rating"], "value": PACKS[request.param]}
        content = {**shipped.content, "policies": {**shipped.content["policies"], "vacant_rating": row}}
        changed = rulepacks.version_of(shipped.pack, content, 2, rulepacks.SHIPPED_FROM)
        db.session.add(changed)
        db.session.flush()
        office.congress.pack_version_id = changed.id
        made = Life(office)
        made.pack = request.param  # type: ignore[attr-defined]
        db.session.commit()
        db.session.remove()
        return made


@pytest.fixture
def lived(app: Flask, life: Life, set_clock: SetClock) -> dict[str, str]:
    """li leads one answered item with wang and zhao behind, one under way, a draft; and co-signs two of zhang's."""
    with app.app_context():
        answered = life.draft("li", title="关于答复前后的建议")
        life.signed_by(answered, "wang", "zhao", by="li")
        life.take("li", answered, "submit")
        life.take("clerk", answered, "admit", category="0101")
        life.take("clerk", answered, "assign", units=life.rows((("housing", "sole"),)))
        under_way = life.assigned(by="li", title="关于正在办理的建议")
        joined = life.draft("zhang", title="关于李秀英联名的建议")
        life.signed_by(joined, "li")
        life.take("zhang", joined, "submit")
        own = life.draft("li", title="关于没有提交的草稿")
        asked = life.draft("zhang", title="关于等她联名的建议")
        seat = db.session.get(Seat, life.seats["li"])
        actions.invite(life.actor("zhang"), asked, [seat])
        group = Group(name="第一代表小组", congress_id=seat.body_id, superior_id=seat.body_id)
        db.session.add(group)
        db.session.flush()
        db.session.add(GroupMember(group_id=group.id, seat_id=seat.id, convener=True))
        db.session.flush()
        found = {
            "answered": answered.public_id,
            "task": life.task(answered).public_id,
            "under way": under_way.public_id,
            "joined": joined.public_id,
            "draft": own.public_id,
            "asked": asked.public_id,
            "signature": asked.signatures[0].public_id,
            "seat": seat.public_id,
            "group": group.public_id,
        }
        db.session.commit()
        return found


def roll(clerk: InspectingClient) -> str:
    return clerk.page("/deputies").text.split("，共")[1].split("名")[0]


def leave(app: Flask, seat: str, day: str = "2026-08-01") -> None:
    clerk = as_(app, "clerk")
    answer = clerk.submit(f"/deputies/{seat}/changes", {"kind": "moved", "day": day, "note": ""}, action="/changes/end")
    assert answer.status_code == 303, answer.text


def announce(app: Flask, seat: str, day: str = "2026-08-20") -> None:
    given = {"noticed_on": day, "notice_number": NOTICE}
    answer = as_(app, "clerk").submit(f"/deputies/{seat}/changes", given, action="/changes/notice")
    assert answer.status_code == 303, answer.text


def reply(app: Flask, life: Life, lived: dict[str, str]) -> None:
    with app.app_context():
        item = db.session.scalars(select(Suggestion).where(Suggestion.public_id == lived["answered"])).one()
        life.replied(life.task(item))
        db.session.commit()


def test_signing_stops_on_the_day_and_reading_on_the_notice(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    """A42 by the clock alone: no night lies between. Red without acts_on(): the draft goes out on 1 August, 303."""
    clerk = as_(app, "clerk")
    set_clock("2026-07-20T09:00")
    before = int(roll(clerk))
    leave(app, lived["seat"])
    li = as_(app, "li")
    assert li.page("/suggestions/new").form("/suggestions/new")
    set_clock("2026-07-31T23:00")
    assert li.submit(f"/suggestions/{lived['draft']}/edit", {"act": "save"}, action="/edit").status_code == 303
    draft = li.page(f"/suggestions/{lived['draft']}/edit").form("/edit").fields
    text_hash = {"text_hash": _hash(app, lived["asked"])}

    set_clock("2026-08-01T00:00")
    assert li.post(f"/suggestions/{lived['draft']}/edit", data={**draft, "act": "submit"}).status_code == 404
    confirmed = li.post(f"/signatures/{lived['signature']}/steps/confirm", data={**_csrf(li), **text_hash})
    assert confirmed.status_code == 404
    assert "/suggestions/new" not in li.page("/home").links and li.get("/suggestions/new").status_code == 404
    assert "关于正在办理的建议" in li.page("/suggestions").text
    assert li.page(f"/suggestions/{lived['joined']}").heading
    assert "待公告" in clerk.page(f"/deputies/{lived['seat']}").text and int(roll(clerk)) == before

    announce(app, lived["seat"])
    set_clock("2026-08-19T23:59")
    assert li.page(f"/suggestions/{lived['under way']}").heading and int(roll(clerk)) == before
    set_clock("2026-08-20T00:00")
    assert li.get(f"/suggestions/{lived['under way']}").status_code == 404 and int(roll(clerk)) == before - 1
    page = clerk.page(f"/deputies/{lived['seat']}").text
    assert "2026年8月1日" in page and "2026年8月20日" in page and NOTICE in page
    assert "李秀英" in clerk.page("/deputies?standing=terminated").text and "李秀英" not in clerk.page("/deputies").text


def _hash(app: Flask, item: str) -> str:
    with app.app_context():
        return db.session.scalar(select(Suggestion.text_hash).where(Suggestion.public_id == item)) or ""


def _csrf(client: InspectingClient) -> dict[str, Any]:
    return {"csrf_token": client.page("/me").forms[0].fields["csrf_token"]}


def test_items_go_on_and_are_rated_by_the_pack(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    set_clock("2026-08-03T09:00")
    leave(app, lived["seat"], "2026-08-01")
    set_clock("2026-08-05T09:00")
    reply(app, life, lived)
    li, wang, zhao = (as_(app, name) for name in ("li", "wang", "zhao"))
    page = li.page(f"/suggestions/{lived['answered']}")
    assert not [one for one in page.forms if one.action.endswith("/steps/rate")]
    pressed = {**_csrf(li), "attitude": "satisfied", "result": "satisfied"}
    assert li.post(f"/tasks/{lived['task']}/steps/rate", data=pressed).status_code == 404

    forms = [one for one in wang.page(f"/suggestions/{lived['answered']}").forms if one.action.endswith("/steps/rate")]
    assert zhao.post(f"/tasks/{lived['task']}/steps/rate", data={**pressed, **_csrf(zhao)}).status_code == 404
    letter = as_(app, "clerk").page(_letter(app, lived["answered"])).text
    assert "李秀英" in letter and "代表工作委员会" in letter
    if PACKS[life.pack] == "not_rated":  # type: ignore[attr-defined]
        assert not forms and "请评价答复" not in wang.page("/home").text
        assert wang.post(f"/tasks/{lived['task']}/steps/rate", data={**pressed, **_csrf(wang)}).status_code == 404
        return
    assert "领衔代表的资格已经终止，这件建议由您评价。" in wang.page(f"/suggestions/{lived['answered']}").text
    assert "请评价答复" in wang.page("/home").text and "请评价答复" not in zhao.page("/home").text
    done = wang.post(forms[0].action, data={**forms[0].fields, "attitude": "satisfied", "result": "satisfied"})
    assert done.status_code == 303
    with app.app_context():
        item = db.session.scalars(select(Suggestion).where(Suggestion.public_id == lived["answered"])).one()
        assert (item.state, item.closed_as) == ("closed", "rated")


def _letter(app: Flask, item: str) -> str:
    with app.app_context():
        found = db.session.scalars(select(Suggestion).where(Suggestion.public_id == item)).one()
        return f"/replies/{found.tasks[0].replies[-1].public_id}"


def test_the_stand_in_confirms_contacts_too(app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock) -> None:
    leave(app, lived["seat"], "2026-03-02")
    with app.app_context():
        item = db.session.scalars(select(Suggestion).where(Suggestion.public_id == lived["answered"])).one()
        life.contacted(life.task(item))
        db.session.commit()
    stands = PACKS[life.pack] == "first_cosigner"  # type: ignore[attr-defined]
    asked = [
        one
        for one in as_(app, "wang").page(f"/suggestions/{lived['answered']}").forms
        if "confirm_contact" in one.action
    ]
    assert bool(asked) is stands
    assert ("请核实" in as_(app, "wang").page("/home").text) is stands


def test_the_hand_over_sheet_lists_what_falls_vacant(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    set_clock("2026-08-01T10:00")
    leave(app, lived["seat"])
    clerk = as_(app, "clerk")
    sheet = clerk.page(f"/deputies/{lived['seat']}/hand-over")
    assert "第一代表小组召集人" in sheet.text and f"/groups/{lived['group']}" in sheet.links
    assert f"/suggestions/{lived['answered']}" in sheet.links and f"/suggestions/{lived['joined']}" in sheet.links
    words = "由王海代表评价" if PACKS[life.pack] == "first_cosigner" else "答复后不再评价"  # type: ignore[attr-defined]
    assert words in sheet.text
    assert "没有提交的草稿" in sheet.text and "关于没有提交的草稿" not in sheet.text
    assert "还没有推选召集人" in clerk.page("/bodies").text
    form = next(one for one in clerk.page(f"/groups/{lived['group']}").forms if one.action.endswith("/members"))
    clerk.post(f"/groups/{lived['group']}/members", data={**form.fields, "act": "leave"})
    assert "召集人" not in clerk.page(f"/deputies/{lived['seat']}/hand-over").text
    with app.app_context():
        asked = db.session.scalars(select(Suggestion).where(Suggestion.public_id == lived["asked"])).one()
        joined = db.session.scalars(select(Suggestion).where(Suggestion.public_id == lived["joined"])).one()
        assert not asked.signatures and [one.state for one in joined.signatures] == ["confirmed"]
    assert "联名随之失效" in as_(app, "zhang").page(f"/suggestions/{lived['asked']}").text


def test_an_end_entered_ahead_lapses_invitations_on_its_day(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    set_clock("2026-07-20T09:00")
    leave(app, lived["seat"])
    for day, left in (("2026-07-31", 1), ("2026-08-01", 0), ("2026-08-01", 0)):
        set_clock(f"{day}T00:05")
        with app.app_context():
            turn_seats(clock.today())
            db.session.commit()
            asked = select(Suggestion.id).where(Suggestion.public_id == lived["asked"])
            assert len(list(db.session.scalars(select(Signature).where(Signature.suggestion_id.in_(asked))))) == left


def test_a_by_election_fills_the_seat(app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock) -> None:
    set_clock("2026-08-20T09:00")
    clerk = as_(app, "clerk")
    before = int(roll(clerk))
    leave(app, lived["seat"])
    announce(app, lived["seat"])
    assert int(roll(clerk)) == before - 1
    set_clock("2026-10-12T09:00")
    given = {"name": "赵云", "phone": "19900005555", "delegation": "东团", "follows": "李秀英　2026-08-01"}
    early = clerk.submit("/deputies/new", {**given, "starts_on": "2026-07-01"})
    assert early.status_code == 422 and "不能早于原代表终止的日期（2026-08-01）" in early.text
    done = clerk.submit("/deputies/new", {**given, "starts_on": "2026-10-10"})
    assert done.status_code == 303 and int(roll(clerk)) == before
    assert "李秀英" in clerk.page(done.location).text
    again = clerk.submit("/deputies/new", {**given, "name": "钱进", "phone": "19900005556"})
    assert again.status_code == 422 and "没有找到“李秀英" in again.text


def test_while_the_lead_is_suspended_nobody_stands_in_and_rights_come_back(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    set_clock("2026-08-01T09:00")
    reply(app, life, lived)
    clerk = as_(app, "clerk")
    before = int(roll(clerk))
    given = {"day": "2026-08-01", "back_on": "2026-08-10", "reason": "依法被采取强制措施"}
    answer = clerk.submit(f"/deputies/{lived['seat']}/changes", given, action="/changes/suspend")
    assert answer.status_code == 303 and int(roll(clerk)) == before
    item = f"/suggestions/{lived['answered']}"
    for name in ("li", "wang"):
        forms = as_(app, name).page(item).forms
        assert not [one for one in forms if one.action.endswith("/steps/rate")], name
    li = as_(app, "li")
    assert li.post("/suggestions/new", data={**_csrf(li), "title": "关于某事的建议"}).status_code == 404
    set_clock("2026-08-10T00:00")
    assert [one for one in li.page(item).forms if one.action.endswith("/steps/rate")]
    with app.app_context():
        assert (turn_seats(clock.today()), turn_seats(clock.today())) == (1, 0)
        db.session.commit()
    assert "暂停期满" in clerk.page(f"/deputies/{lived['seat']}").text


def test_a_suspension_without_a_date_ends_by_the_clerk(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    path = f"/deputies/{lived['seat']}/changes"
    clerk, li = as_(app, "clerk"), as_(app, "li")
    reason = {"day": "2026-03-02", "reason": "依法被采取强制措施"}
    assert clerk.submit(path, reason, action="/changes/suspend").status_code == 303
    assert li.post("/suggestions/new", data={**_csrf(li), "title": "关于某事的建议"}).status_code == 404
    set_clock("2026-04-02T09:00")
    back = {"day": "2026-04-02", "reason": "强制措施已解除"}
    assert clerk.submit(path, back, action="/changes/resume").status_code == 303
    assert li.post("/suggestions/new", data={**_csrf(li), "title": "关于某事的建议"}).status_code == 303


REFUSED = [
    ("end", {"kind": "", "day": "2026-03-02"}, "请选择终止的情形。"),
    ("end", {"kind": "moved", "day": ""}, "请选择从哪天起终止。"),
    ("end", {"kind": "moved", "day": "2025-12-31"}, "日期不能早于任职开始的日期"),
    ("suspend", {"day": "2026-03-02", "back_on": "2026-03-01", "reason": "依法被采取措施"}, "恢复日期要晚于暂停的日期"),
    ("suspend", {"day": "2026-03-02", "reason": "因"}, "依据和原因太短"),
]


@pytest.mark.parametrize(("act", "given", "sentence"), REFUSED)
def test_what_is_wrong_is_said_beside_the_field(
    app: Flask, life: Life, lived: dict[str, str], act: str, given: dict[str, str], sentence: str
) -> None:
    answer = as_(app, "clerk").submit(f"/deputies/{lived['seat']}/changes", given, action=f"/changes/{act}")
    assert answer.status_code == 422 and sentence in answer.text


def test_a_notice_comes_after_the_end_and_an_end_is_taken_back_before_it(
    app: Flask, life: Life, lived: dict[str, str], set_clock: SetClock
) -> None:
    path = f"/deputies/{lived['seat']}/changes"
    clerk = as_(app, "clerk")
    form = clerk.page(path).form("/changes/end").fields
    pressed = {**form, "noticed_on": "2026-03-02", "notice_number": NOTICE, "once": ""}
    assert clerk.post(f"{path}/notice", data=pressed).status_code == 409
    assert clerk.post(f"{path}/anything", data=pressed).status_code == 404
    leave(app, lived["seat"], "2026-03-02")
    assert clerk.post(f"{path}/end", data={**form, "kind": "moved", "day": "2026-03-02", "once": ""}).status_code == 409
    early = clerk.submit(path, {"noticed_on": "2026-03-01", "notice_number": NOTICE}, action="/changes/notice")
    assert early.status_code == 422 and "公告日期不能早于终止日期（2026-03-02）" in early.text
    assert clerk.submit(path, {"reason": "登记错了人"}, action="/changes/take-back").status_code == 303
    li = as_(app, "li")
    assert li.submit(f"/suggestions/{lived['draft']}/edit", {"act": "save"}, action="/edit").status_code == 303
    leave(app, lived["seat"], "2026-03-02")
    announce(app, lived["seat"], "2026-03-02")
    assert clerk.post(f"{path}/take-back", data={**form, "reason": "登记错了人", "once": ""}).status_code == 409
