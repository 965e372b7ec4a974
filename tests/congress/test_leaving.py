"""Pages of what happens to a seat, in a township too; who may not see them; what the lists say by the clock."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.queries import history
from portal.congress.models import Congress, Seat
from portal.congress.rulepacks import current_version
from portal.congress.rules import ENDINGS, standing_on
from portal.core import clock
from portal.core.db import db
from tests.support.inspecting import InspectingClient

Ids = dict[str, str]
SetClock = Callable[[str], None]


@pytest.fixture(params=["Q", "TW"])
def clerk(app: Flask, roster: Ids, client: InspectingClient, request: pytest.FixtureRequest) -> InspectingClient:
    with app.app_context():
        version = current_version(request.param, clock.today())
        assert version is not None
        for one in db.session.scalars(select(Congress)):
            one.pack_version_id = version.id
            one.level = "township" if request.param == "TW" else "county"
        db.session.commit()
    client.sign_in("clerk")
    return client


def changes(roster: Ids, name: str = "欧阳静怡") -> str:
    return f"/deputies/{roster[name]}/changes"


@pytest.mark.parametrize("kind", ENDINGS)
def test_every_ending_bears_its_legal_basis(app: Flask, clerk: InspectingClient, roster: Ids, kind: str) -> None:
    given = {"kind": kind, "day": "2026-11-18", "note": ""}
    assert clerk.submit(changes(roster), given, action="/changes/end").status_code == 303
    words, basis = ENDINGS[kind]
    text = clerk.page(changes(roster)).text
    assert words in text and basis in text and "已终止，待公告" in text
    with app.app_context():
        seat = db.session.scalars(select(Seat).where(Seat.public_id == roster["欧阳静怡"])).one()
        assert history(f"seat:{seat.id}")[-1].code == "seat.ended"
        assert standing_on(seat, clock.today()) == "leaving" and not seat.active


def test_the_lists_say_who_left_and_who_rests(clerk: InspectingClient, roster: Ids) -> None:
    ended = {"kind": "died", "day": "2026-11-18"}
    rests = {"day": "2026-11-20", "reason": "依法被采取强制措施"}
    assert clerk.submit(changes(roster), ended, action="/changes/end").status_code == 303
    assert clerk.submit(changes(roster, "沈若兰"), rests, action="/changes/suspend").status_code == 303
    everybody = clerk.page("/deputies").text
    assert "共3名" in everybody and "暂停执行职务" in everybody and "待公告" in everybody
    for standing, name in (("leaving", "欧阳静怡"), ("suspended", "沈若兰"), ("active", "古丽娜尔")):
        text = clerk.page(f"/deputies?standing={standing}").text
        assert "找到1名" in text and name in text


def test_a_past_deputy_known_by_telephone_keeps_person_and_account(
    app: Flask, clerk: InspectingClient, roster: Ids
) -> None:
    seated = clerk.submit("/deputies/new", {"name": "欧阳静怡", "phone": "19900001002", "starts_on": "2026-11-20"})
    assert seated.status_code == 422 and "欧阳静怡已在本届名册中。" in seated.text
    path = changes(roster)
    assert clerk.submit(path, {"kind": "resigned", "day": "2026-11-10"}, action="/changes/end").status_code == 303
    notice = {"noticed_on": "2026-11-12", "notice_number": "公告第3号"}
    assert clerk.submit(path, notice, action="/changes/notice").status_code == 303
    again = clerk.submit("/deputies/new", {"name": "欧阳静怡", "phone": "19900001002", "starts_on": "2026-11-20"})
    assert again.status_code == 303
    with app.app_context():
        seats = db.session.scalars(select(Seat).join(Seat.person).where(Seat.person.has(name="欧阳静怡"))).all()
        assert len(seats) == 2 and len({one.person_id for one in seats}) == 1


def test_a_corrected_notice_keeps_both_on_record(clerk: InspectingClient, roster: Ids) -> None:
    path = changes(roster)
    clerk.submit(path, {"kind": "moved", "day": "2026-11-10"}, action="/changes/end")
    for number in ("公告第3号", "公告第4号"):
        given = {"noticed_on": "2026-11-18", "notice_number": number}
        assert clerk.submit(path, given, action="/changes/notice").status_code == 303
    text = clerk.page(f"/deputies/{roster['欧阳静怡']}").text
    assert "公告：2026-11-18，公告第3号" in text and "更正公告：2026-11-18，公告第4号" in text


def test_others_do_not_find_the_pages(app: Flask, roster: Ids) -> None:
    paths = (changes(roster), f"/deputies/{roster['欧阳静怡']}/hand-over")
    for name in ("neighbour", "deputy00"):
        other = app.test_client()
        other.sign_in(name)
        fields = {
            "csrf_token": other.page("/me").form("/sign-out").fields["csrf_token"],
            "day": "2026-11-18",
            "kind": "moved",
        }
        assert [other.get(path).status_code for path in paths] == [404, 404]
        assert other.post(f"{paths[0]}/end", data=fields).status_code == 404


def test_whose_seat_is_over_signs_in_to_nothing(
    app: Flask, clerk: InspectingClient, roster: Ids, set_clock: SetClock
) -> None:
    path = changes(roster, "沈若兰")
    clerk.submit(path, {"kind": "recalled", "day": "2026-11-18"}, action="/changes/end")
    clerk.submit(path, {"noticed_on": "2026-11-30", "notice_number": "公告第5号"}, action="/changes/notice")
    set_clock("2026-11-29T23:59")
    before = app.test_client()
    before.sign_in("deputy00")
    assert before.get("/suggestions").status_code == 200
    set_clock("2026-11-30T00:00")
    after = app.test_client()
    after.sign_in("deputy00")
    assert before.get("/suggestions").status_code == after.get("/suggestions").status_code == 404
