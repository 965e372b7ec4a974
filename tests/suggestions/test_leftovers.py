"""What is added to the record beside the steps, through its pages: time to rate opened again, the sealed scan that
comes after signing, requests cut for a deputy, co-signers' words on a reply; both ratings of an item handled twice."""

import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Body
from portal.core.db import db
from portal.core.errors import Conflict
from portal.suggestions import additions
from portal.suggestions.models import Suggestion
from tests.documents import corpus
from tests.suggestions.living import JOINT, Life
from tests.suggestions.walking import Item, Walk, walking
from tests.support.inspecting import signed_in_as

SetClock = Callable[[str], None]
CUT = {"points-0-text": "设一个窗口，二十个工作日办完", "points-1-text": "楼道加装扶手和照明"}
WHY = "代表住院，没有能按期评价。"


@pytest.fixture
def walk(app: Flask, set_clock: SetClock) -> Walk:
    return walking(app, set_clock)


def scanned(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(corpus.picture()), name


def replied(walk: Walk, set_clock: SetClock, units: tuple[tuple[str, str], ...] = (("housing", "sole"),)) -> Item:
    item = walk.begin(lambda life: life.assigned(units))
    set_clock("2026-05-20T10:00")
    item.replied("housing")
    return item


def reply_of(item: Item) -> str:
    return str(item.see(lambda s: s.facts_of("reply")[-1].public_id))


def signed_item(life: Life) -> Suggestion:
    draft = life.draft()
    life.signed_by(draft, "li", "wang")
    life.take("zhang", draft, "submit")
    life.take("clerk", draft, "admit", category="0101")
    return life.take("clerk", draft, "assign", units=life.rows((("housing", "sole"),)))


# Time to rate, opened again (settled A19).


def test_the_clerk_opens_the_time_to_rate_again(walk: Walk, set_clock: SetClock) -> None:
    item = replied(walk, set_clock)
    path = f"/tasks/{item.task('housing')}/reopen-rating"
    assert "重新开放评价" not in walk.page("clerk", item.address).text
    walk.page("clerk", path, 404)
    set_clock("2026-06-11T09:00")
    assert path in walk.page("clerk", item.address).links
    refused = walk.submit("clerk", path, 422, reason="")
    assert "请写明为什么重新开放评价。" in refused.text
    shown = walk.submit("clerk", path, reason=WHY)
    assert "已重新开放评价。" in shown.text and f"的评价，到7月3日：{WHY}" in item.said
    assert "重新开放" in walk.told("zhang")
    assert item.part("housing", "feedback_due").isoformat() == "2026-07-03"
    item.rated()
    assert (item.state, item.closed_as) == ("closed", "rated")


def test_opening_it_again_is_the_commissions_alone(walk: Walk, set_clock: SetClock) -> None:
    item = replied(walk, set_clock)
    set_clock("2026-06-11T09:00")
    path = f"/tasks/{item.task('housing')}/reopen-rating"
    for who in ("zhang", "housing", "govoffice", "leader1"):
        walk.press(who, path, 404, reason=WHY)
    walk.press("clerk", path, reason=WHY)
    walk.press("clerk", path, 404, reason=WHY)  # the second tap of an old page: it is open


# The sealed scan, after signing.


def test_a_scan_follows_the_signature_and_the_one_before_stays(walk: Walk, set_clock: SetClock) -> None:
    item = replied(walk, set_clock)
    reply = reply_of(item)
    path = f"/replies/{reply}/scan"
    assert f"/replies/{reply}/file" not in walk.page("zhang", item.address).links
    assert "补上盖章扫描件" in walk.page("housing", item.address).text
    assert "请选择扫描件。" in walk.submit("housing", path, 422).text
    walk.submit("housing", path, file=scanned("盖章.jpg"), note="")
    page = walk.page("zhang", item.address)
    assert f"/replies/{reply}/file" in page.links and "补上答复的盖章扫描件" in page.text
    first = walk.client("zhang").get(f"/replies/{reply}/file")
    assert first.status_code == 200 and "盖章.jpg" in _name(first)

    walk.submit("housing-signer", path, file=scanned("重新盖章.jpg"), note="原件盖章不清楚。")
    assert "重新盖章.jpg" in _name(walk.client("zhang").get(f"/replies/{reply}/file"))
    old = next(one.public_id for one in item.see(lambda s: s.facts_of("scan")))
    kept = walk.client("zhang").get(f"{item.address}/record/{old}/file")
    assert kept.status_code == 200 and "盖章.jpg" in _name(kept) and "重新" not in _name(kept)
    assert item.see(lambda s: [one.number for one in s.facts_of("reply")]) == [1]


def test_a_scan_is_the_answering_units_own(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    set_clock("2026-05-20T10:00")
    walk.submit("water", f"/tasks/{item.task('water')}/steps/receive")
    walk.submit("water", f"/tasks/{item.task('water')}/steps/give_opinion", text="同意由住建局牵头办理，管线同步改造。")
    item.replied("housing")
    path = f"/replies/{reply_of(item)}/scan"
    for who in ("water", "clerk", "govoffice", "zhang", "education"):
        walk.press(who, path, 404)


def _name(answer: object) -> str:
    return unquote(answer.headers["Content-Disposition"])  # type: ignore[attr-defined]


# Requests cut for the deputy.


def test_the_clerk_cuts_requests_and_the_signed_text_stays(walk: Walk) -> None:
    item = walk.begin(lambda life: life.admitted())
    before = item.see(lambda s: (s.text_hash, s.requests, s.version))
    path = f"{item.address}/points"
    assert path in walk.page("clerk", item.address).links
    assert "请至少写一个诉求点。" in walk.submit("clerk", path, 422).text
    walk.submit("clerk", path, **CUT)
    assert item.see(lambda s: (s.text_hash, s.requests, s.version)) == before
    seen = walk.page("zhang", item.address).text
    assert "工委代为归纳" in seen and CUT["points-0-text"] in seen
    assert "代为归纳诉求点2条" in walk.told("zhang")
    assert walk.page("clerk", path).form(path).fields["points-1-text"] == CUT["points-1-text"]

    asks = f"{item.address}/steps/assign"
    parts = {"units-0-unit": _named(walk, "housing"), "units-0-role": "separate", "units-0-points": "1"}
    parts |= {"units-1-unit": _named(walk, "water"), "units-1-role": "separate"}
    assert "诉求点2还没有分给单位。" in walk.submit("clerk", asks, 422, **parts).text
    walk.submit("clerk", asks, **{**parts, "units-1-points": "2"})
    assert item.part("water", "points") == [2]
    walk.page("clerk", path, 404)


def test_a_later_cut_follows_and_an_old_page_is_told(walk: Walk) -> None:
    item = walk.begin(lambda life: life.admitted())
    path = f"{item.address}/points"
    walk.submit("clerk", path, **CUT)
    late = walk.press("clerk", path, 409, **CUT, seen="")
    assert "诉求点刚有同事归纳过" in late.text
    walk.submit("clerk", path, **{**CUT, "points-0-text": "设两个窗口"})
    assert item.see(lambda s: [one.text for one in s.points])[0] == "设两个窗口"
    assert len(item.see(lambda s: s.facts_of("points"))) == 2


def test_what_the_deputy_cut_is_the_deputys(walk: Walk) -> None:
    item = walk.begin(lambda life: life.admitted(points=["设一个窗口"]))
    walk.page("clerk", f"{item.address}/points", 404)
    other = walk.begin(lambda life: life.admitted())
    for who in ("zhang", "delegation1", "govoffice"):
        walk.press(who, f"{other.address}/points", 404, **CUT)


def test_two_clerks_at_once_leave_one_cut(both_engines_app: Flask, set_clock: SetClock) -> None:
    """The second finds the first's: unique per cut that is followed. Without the comparison with `seen`
    it was red: DID NOT RAISE Conflict."""
    walk = walking(both_engines_app, set_clock)
    item = walk.begin(lambda life: life.admitted())
    walk.submit("clerk", f"{item.address}/points", **CUT)
    with both_engines_app.app_context():
        found = db.session.scalars(select(Suggestion).where(Suggestion.public_id == item.id)).one()
        with pytest.raises(Conflict):
            additions.cut_points(walk.life.actor("clerk2"), found, {"points": [{"text": "装扶手"}], "seen": ""})


def _named(walk: Walk, unit: str) -> str:
    with walk.app.app_context():
        return str(db.session.scalars(select(Body.name).where(Body.public_id == walk.life.bodies[unit])).one())


# A deputy who left rewrites nothing.


def test_nothing_is_sent_back_to_a_deputy_who_left(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(lambda life: life.submitted())
    set_clock("2026-03-10T09:00")
    seat = item.see(lambda s: s.lead_seat.public_id)
    given = {"kind": "moved", "day": "2026-03-09", "note": ""}
    answer = walk.client("clerk").submit(f"/deputies/{seat}/changes", given, action="/changes/end")
    assert answer.status_code == 303, answer.text
    assert "已经离任，退回以后没有人能修改。请直接立案" in walk.page("clerk", item.address).text
    said = walk.press("clerk", f"{item.address}/steps/send_back", 409, reason="请补充具体地点。")
    assert "不能立案的，选“不予立案”并说明。" in said.text
    assert item.state == "submitted"
    walk.submit("clerk", f"{item.address}/steps/admit", category="0101")
    assert item.state == "admitted"


# Joint rating by pack.


def test_co_signers_say_what_they_think_where_the_pack_rates_jointly(app: Flask, set_clock: SetClock) -> None:
    walk = walking(app, set_clock, joint_rating="group")
    item = walk.begin(signed_item)
    set_clock("2026-05-20T10:00")
    item.replied("housing")
    path = f"/replies/{reply_of(item)}/voice"
    assert path in walk.page("li", item.address).links
    assert path not in walk.page("zhang", item.address).links
    walk.submit("li", path, 422, attitude="satisfied", result="")
    walk.submit("li", path, attitude="satisfied", result="dissatisfied", reason="三号楼还没有动工。")
    walk.press("li", path, 404, attitude="satisfied", result="satisfied")  # once
    walk.press("zhang", path, 404, attitude="satisfied", result="satisfied")
    seen = walk.page("zhang", item.address).text
    assert "联名代表" in seen and "三号楼还没有动工。" in seen and "不满意" in seen
    assert "提出意见：不满意" in walk.told("zhang")
    item.rated(level="basically")
    assert (item.state, item.closed_as) == ("closed", "rated")  # the lead's form is the one that counts (A44)
    walk.press("wang", path, 404, attitude="satisfied", result="satisfied")


def test_where_the_lead_rates_co_signers_are_not_asked(walk: Walk, set_clock: SetClock) -> None:
    item = walk.begin(signed_item)
    set_clock("2026-05-20T10:00")
    item.replied("housing")
    path = f"/replies/{reply_of(item)}/voice"
    assert path not in walk.page("li", item.address).links
    walk.press("li", path, 404, attitude="satisfied", result="satisfied")


# First and last rating, apart (settled A53, A54).


def test_first_and_last_rating_stand_apart(walk: Walk, set_clock: SetClock) -> None:
    item = replied(walk, set_clock)
    set_clock("2026-05-21T10:00")
    item.rated(level="dissatisfied", reason="没有时间表。")
    walk.submit("clerk", f"{item.address}/steps/rehandle", task=item.task("housing"), text="请拿出时间表，重新答复。")
    shown = walk.page("zhang", item.address).text
    assert "首次评价：不满意（态度不满意，结果不满意）" in shown and "最终评价：还没有" in shown
    set_clock("2026-06-01T10:00")
    item.replied("housing", "B")
    item.rated(level="basically")
    for who in ("zhang", "clerk", "housing"):
        shown = walk.page(who, item.address).text
        assert "首次评价：不满意" in shown and "最终评价：基本满意（态度基本满意，结果基本满意）" in shown


def test_an_item_handled_once_has_one_rating(walk: Walk, set_clock: SetClock) -> None:
    item = replied(walk, set_clock)
    item.rated()
    shown = signed_in_as(walk.app, "zhang").page(item.address).text
    assert "您的评价：满意" in shown and "首次评价" not in shown
