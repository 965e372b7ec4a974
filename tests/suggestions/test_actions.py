"""Every act on a suggestion without a page and without a request, on both engines: what it changes, what the log says
of it in the same transaction, what it refuses."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, Stale
from portal.suggestions import actions, handling_actions
from portal.suggestions.models import Suggestion
from tests.suggestions.living import Life
from tests.suggestions.test_every_act import entries, invited, voided
from tests.support.office import stand

DAY = "2026-03-02T09:00"
IN_SESSION = "2026-02-25T10:00"


@pytest.fixture
def life(both_engines_session: Any, set_clock: Any) -> Life:
    set_clock(DAY)
    return Life(stand())


def told(error: pytest.ExceptionInfo[Invalid]) -> str:
    return "".join(error.value.fields.values()) or error.value.message


def test_a_session_item_is_checked_then_admitted(life: Life, set_clock: Any):
    set_clock(IN_SESSION)
    suggestion = life.take("zhang", life.draft(), "submit")
    with pytest.raises(Conflict, match="还没有经代表团核对"):
        life.take("clerk", suggestion, "admit", category="0101")
    life.take("delegation1", suggestion, "check", note="无误")
    life.take("clerk", suggestion, "admit", category="0101")
    assert suggestion.number_text == "十八届一次第1号"
    assert "suggestion.check" in entries(suggestion)


# --- numbers ---------------------------------------------------------------------------------------------------


def test_numbers_have_no_gap_and_no_double(life: Life):
    given = [life.admitted(title=f"关于第{n}件事的建议").number for n in range(1, 6)]
    assert given == [1, 2, 3, 4, 5]


def test_a_number_that_was_not_given_in_the_end_is_given_next(life: Life):
    life.admitted()
    waiting = life.submitted()
    db.session.commit()
    life.take("clerk", waiting, "admit", category="0101")
    assert waiting.number == 2
    db.session.rollback()
    waiting = db.session.get(Suggestion, waiting.id)
    assert waiting.number is None
    assert life.take("clerk", waiting, "admit", category="0101").number == 2


def test_what_is_not_admitted_takes_no_number(life: Life):
    explained = {"disposition": "letter", "explanation": "属于个人诉求，作来信处理。"}
    refused = life.take("clerk", life.submitted(), "not_admit", **explained)
    assert (refused.number, refused.series) == (None, None)
    assert life.admitted().number == 1


def test_session_and_inter_session_items_are_numbered_apart(life: Life, set_clock: Any):
    between = life.admitted()
    set_clock(IN_SESSION)
    session_item = life.submitted()
    set_clock(DAY)
    life.take("clerk", session_item, "admit", category="0101")
    assert (between.number, session_item.number) == (1, 1)
    assert between.series != session_item.series


# --- signatures are bound to the text -----------------------------------------------------------------------------


def save(life: Life, suggestion: Suggestion, **changed: Any) -> None:
    points = [{"text": point.text} for point in suggestion.points]
    values = {name: getattr(suggestion, name) for name in actions.TEXTS} | {"points": points}
    actions.save_draft(life.actor("zhang"), suggestion, {**values, **changed}, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "换个题目"},
        {"situation": "另一种情况"},
        {"cause": "一个原因"},
        {"request": "另一个请求"},
        {"points": [{"text": "多一点"}]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_text_voids_what_was_confirmed(life: Life, changed: dict[str, Any]):
    suggestion = life.draft()
    life.signed_by(suggestion, "li", "wang")
    save(life, suggestion, **changed)
    assert [one.state for one in suggestion.signatures] == ["void", "void"]
    with pytest.raises(Conflict, match="内容已修改，原有联名确认已失效，请重新邀请确认。"):
        life.take("zhang", suggestion, "submit")


def test_what_is_not_text_voids_nothing(life: Life):
    suggestion = life.draft()
    life.signed_by(suggestion, "li")
    save(life, suggestion, contact_wish="face", publicity_wish="none", preferred_unit=life.bodies["water"])
    assert suggestion.signatures[0].state == "confirmed"


def test_a_voided_signature_is_asked_for_again(life: Life):
    suggestion = voided(life)
    life.signed_by(suggestion, "li")
    assert [one.state for one in suggestion.signatures] == ["confirmed"]
    assert life.take("zhang", suggestion, "submit").state == "submitted"


def test_one_confirms_only_what_one_has_read(life: Life):
    suggestion = invited(life)
    with pytest.raises(Conflict, match="内容刚刚改过"):
        actions.take_signature(life.actor("li"), suggestion.signatures[0], "confirm", {"text_hash": "0" * 64})


def test_an_invitation_follows_the_text(life: Life):
    suggestion = invited(life)
    save(life, suggestion, cause="补一个原因")
    assert suggestion.signatures[0].state == "invited"
    assert suggestion.signatures[0].text_hash == suggestion.text_hash


@pytest.mark.parametrize("names", [("zhang",), ("li", "li"), ("li", "zhang")], ids="/".join)
def test_nobody_signs_twice_and_the_lead_does_not(life: Life, names: tuple[str, ...]):
    seats = [db.session.get(handling_actions.Appointment, life.seats[name]) for name in names]
    with pytest.raises(Invalid) as refused:
        actions.invite(life.actor("zhang"), life.draft(), seats)
    assert told(refused) == "联名代表不能重复，也不能填写您本人。"


# --- drafts ---------------------------------------------------------------------------------------------------


def test_a_state_secret_mark_is_kept_nowhere(life: Life):
    suggestion = life.draft()
    with pytest.raises(Invalid, match="发现国家秘密标志"):
        save(life, suggestion, cause="附件标有机密★10年")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Suggestion.cause.contains("★"))) == 0


def test_a_stale_draft_does_not_overwrite(life: Life):
    suggestion = life.draft()
    seen = suggestion.version
    save(life, suggestion, cause="在手机上补的")
    with pytest.raises(Conflict):
        actions.save_draft(life.actor("zhang"), suggestion, {"title": "旧页面"}, seen)
    assert suggestion.cause == "在手机上补的"


@pytest.mark.parametrize("who", ["li", "clerk", "delegation1", "housing"])
def test_nobody_else_writes_a_draft(life: Life, who: str):
    with pytest.raises(NotAllowed):
        actions.save_draft(life.actor(who), life.draft(), {"title": "改题目"}, None)


def test_one_sheet_is_one_draft(life: Life):
    first = actions.draft_for(life.actor("zhang"), "the key of the sheet")
    assert actions.draft_for(life.actor("zhang"), "the key of the sheet") is first
    assert actions.draft_for(life.actor("li"), "the key of the sheet") is not first


def test_what_was_submitted_once_is_not_thrown_away(life: Life):
    suggestion = life.take("clerk", life.submitted(), "send_back", reason="请写清地点。")
    with pytest.raises(NotAllowed):
        actions.discard(life.actor("zhang"), suggestion)


def test_an_old_page_is_told_who_was_faster(life: Life):
    suggestion = life.submitted()
    seen = suggestion.version
    life.take("clerk", suggestion, "admit", category="0101")
    with pytest.raises(Stale) as refused:
        handling_actions.take(life.actor("clerk2"), suggestion, "not_admit", {}, seen)
    kept = "您的操作未执行。您填写的内容已保留，请核对后再试。"
    assert refused.value.message == f"该建议已于09:00由代表工委改为“已立案”，{kept}"


def test_handing_over_inside_one_unit_only(life: Life):
    suggestion = life.assigned()
    task = life.act("housing", life.task(suggestion), "receive")
    post = handling_actions.Appointment
    of = {
        name: db.session.scalars(select(post).where(post.person_id == life.people[name])).one() for name in life.people
    }
    with pytest.raises(Invalid, match="只能移交给同一单位的人。"):
        handling_actions.hand_over(life.actor("housing"), of["housing"], of["water"])
    assert handling_actions.hand_over(life.actor("housing"), of["housing"], of["housing-signer"]) == 1
    assert task.handler_id == of["housing-signer"].id
    assert "unit_task.hand_over" in entries(suggestion)
