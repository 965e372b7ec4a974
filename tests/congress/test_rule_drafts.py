"""The office's own rules through the pages: one clerk copies and edits, another approves, the day comes.

Seen red with the guard rule_workflow.second_person removed: "assert 500 == 409" in
test_nobody_approves_what_they_proposed (the table itself refuses: ck_rule_pack_versions_second_person).
"""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.congress import rulepacks
from portal.congress.models import Congress
from portal.congress.pack_models import Rewritten, RuleAdoption, RuleDraft, RulePackVersion
from portal.core.db import db
from portal.jobs.models import Job
from tests.congress.conftest import TERM_STARTS
from tests.congress.rule_office import START, Ids, at_desk, begun, changed, clerk, in_force, proposed, second, step
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

__all__ = ["clerk", "second"]


def test_from_copy_to_the_day_it_begins(
    app: Flask, clerk: InspectingClient, second: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    draft = proposed(clerk)
    with app.app_context():
        told = [job.payload for job in db.session.scalars(select(Job).where(Job.kind == "notify"))]
        assert len(told) == 1 and "规则草稿“通用规则”：提交核对，2026年12月1日起用" in told[0]["title"]
        assert len(told[0]["persons"]) == 1, "whoever proposes is not told"
    shown = second.page(draft).text
    assert "3个月，从交办之日起" in shown and "2个月，从交办之日起" in shown and "本区办法第十二条" in shown
    assert "退办理由最少字数" not in shown.split("影响到谁")[0], "only what differs"
    assert "新提交的建议按这一稿办" in shown
    assert step(second, draft, "approve").status_code == 303
    assert in_force(app) == ("Q", 1, 3)
    assert "还没起用" in clerk.page("/rules/versions").text
    set_clock("2026-11-30T23:59")
    assert in_force(app) == ("Q", 1, 3)
    set_clock("2026-12-01T00:00")
    assert in_force(app) == ("Q", 2, 2)
    history = clerk.page("/rules/versions").text
    assert "通用规则第2版" in history and "孙静" in history and START["reason"] in history and "现行" in history
    assert "第2版" in clerk.page("/rules").text
    assert "2个月，从交办之日起" in clerk.page(draft).text, "what changed stays readable"


def test_nobody_approves_what_they_proposed(clerk: InspectingClient) -> None:
    draft = proposed(clerk)
    page = clerk.page(draft)
    assert "要请另一位同事核对后批准" in page.text and "核对无误，批准" not in page.text
    hidden = page.form("/steps/drop").fields
    answer = clerk.post(f"{draft}/steps/approve", data=hidden)
    assert answer.status_code == 409 and "这一稿是您提交的" in Page(answer.text).text
    back = clerk.post(f"{draft}/steps/send_back", data={**hidden, "reason": "再看看依据"})
    assert back.status_code == 409


def test_sent_back_with_a_reason_and_proposed_again(clerk: InspectingClient, second: InspectingClient) -> None:
    draft = proposed(clerk)
    silent = step(second, draft, "send_back", reason="")
    assert silent.status_code == 422 and "请填写退回的原因" in Page(silent.text).text
    assert step(second, draft, "send_back", reason="第十二条是三个月").status_code == 303
    assert "退回修改：第十二条是三个月" in clerk.page(draft).text
    changed(clerk, draft, "periods/reply", amount="75", unit="d", basis="本区办法第十三条")
    assert "不能超过最长办理期限，单位也要相同" in clerk.page(draft).text
    refused = step(clerk, draft, "propose")
    assert refused.status_code == 409 and "还有1处要改" in Page(refused.text).text
    changed(clerk, draft)
    assert step(second, draft, "propose").status_code == 303
    assert step(clerk, draft, "approve").status_code == 303


def test_a_whole_other_pack_is_chosen_by_changing_nothing(
    app: Flask, clerk: InspectingClient, second: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    with app.app_context():
        rules = rulepacks.current_version("CQ", TERM_STARTS)
        assert rules is not None
        key, number = rules.public_id, rules.id
    draft = begun(clerk, base=key)
    assert clerk.submit(draft, START, action="/start").status_code == 303
    assert step(clerk, draft, "propose").status_code == 303
    assert "20个工作日" in second.page(draft).text
    assert step(second, draft, "approve").status_code == 303
    set_clock("2026-12-01T00:00")
    assert in_force(app)[0] == "CQ"
    assert "2026年12月1日 起用" in clerk.page("/rules").text
    with app.app_context():
        assert db.session.scalars(select(RuleAdoption)).one().version_id == number, "no copy is made of what ships"


def test_rules_of_the_offices_own_have_name_and_code(
    app: Flask, clerk: InspectingClient, second: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    draft = begun(clerk, name="清河区规则", code="qhq")
    assert clerk.submit(draft, START, action="/start").status_code == 303
    assert step(clerk, draft, "propose").status_code == 303
    assert step(second, draft, "approve").status_code == 303
    set_clock("2026-12-02T08:00")
    assert in_force(app) == ("QHQ", 1, 3)
    assert "清河区规则" in clerk.page("/rules").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "清河区规则"}, "名称和代号都要写"),
        ({"code": "QHQ"}, "名称和代号都要写"),
        ({"name": "清河区规则", "code": "7号"}, "代号是2到10个大写字母或数字"),
        ({"name": "清河区规则", "code": "SH"}, "这个代号已经有了"),
        ({"base": "nothing"}, "从哪一版改起"),
    ],
)
def test_a_draft_that_cannot_begin_says_why(clerk: InspectingClient, values: dict[str, str], sentence: str) -> None:
    answer = clerk.submit("/rules/drafts/new", values)
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    assert page.form("/new").fields["name"] == values.get("name", "")


def test_one_draft_at_a_time(clerk: InspectingClient, second: InspectingClient) -> None:
    form = second.page("/rules/drafts/new").form("/new").fields
    begun(clerk)
    assert second.post("/rules/drafts/new", data=form).status_code == 409
    assert "已经有一稿正在改" in second.page("/rules/drafts/new").text


def test_two_people_at_once_on_one_draft(app: Flask, clerk: InspectingClient, second: InspectingClient) -> None:
    draft = begun(clerk)
    stale = second.page(f"{draft}/periods/assist").form("/assist").fields
    changed(clerk, draft)
    lost = second.post(f"{draft}/periods/assist", data={**stale, "amount": "20", "unit": "wd"})
    assert lost.status_code == 409 and "已保留" in Page(lost.text).text
    back = next(link for link in Page(lost.text).links if f"{draft}/periods/assist" in link)
    again = second.page(back).form("/assist").fields
    assert again["amount"] == "20", "what was typed is put back"
    assert second.post(f"{draft}/periods/assist", data=again).status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(RuleDraft)).one().content["periods"]
        assert (kept["reply"]["amount"], kept["assist"]["amount"]) == (2, 20)


def test_a_page_older_than_the_proposal_is_refused(clerk: InspectingClient, second: InspectingClient) -> None:
    draft = begun(clerk)
    changed(clerk, draft)
    clerk.submit(draft, START, action="/start")
    stale = second.page(f"{draft}/periods/assist").form("/assist").fields
    step(clerk, draft, "propose")
    assert second.post(f"{draft}/periods/assist", data=stale).status_code == 404
    assert second.get(f"{draft}/periods/assist").status_code == 404
    approve = second.page(draft).form("/steps/approve").fields
    step(second, draft, "send_back", reason="再核一遍")
    assert second.post(f"{draft}/steps/approve", data=approve).status_code == 409


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("2026-11-20", "起用日期要晚于今天"), ("2026-02-30", "日期不存在"), ("", "请选择从哪天起用")],
)
def test_a_wrong_day_is_refused(clerk: InspectingClient, day: str, sentence: str) -> None:
    draft = begun(clerk)
    answer = clerk.submit(draft, {**START, "effective_from": day}, action="/start")
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    assert page.form("/start").fields["reason"] == START["reason"]


def test_what_is_not_ready_is_not_proposed(
    clerk: InspectingClient, second: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    draft = begun(clerk)
    assert "请先填写从哪天起用" in Page(step(clerk, draft, "propose").text).text
    clerk.submit(draft, START, action="/start")
    same = step(clerk, draft, "propose")
    assert same.status_code == 409 and "没有差别" in Page(same.text).text
    changed(clerk, draft)
    set_clock("2026-12-01T09:00")
    late = step(clerk, draft, "propose")
    assert late.status_code == 409 and "起用日期要晚于今天" in Page(late.text).text
    clerk.submit(draft, {**START, "effective_from": "2026-12-05"}, action="/start")
    assert step(clerk, draft, "propose").status_code == 303
    set_clock("2026-12-05T00:01")
    too_late = step(second, draft, "approve")
    assert too_late.status_code == 409 and "起用日期要晚于今天" in Page(too_late.text).text


def test_a_later_version_never_begins_before_an_approved_one(clerk: InspectingClient, second: InspectingClient) -> None:
    assert step(second, proposed(clerk), "approve").status_code == 303
    draft = begun(clerk)
    early = clerk.submit(draft, {**START, "effective_from": "2026-11-25"}, action="/start")
    assert early.status_code == 422 and "2026年12月1日起用的一版已经批准" in Page(early.text).text
    changed(clerk, draft, "periods/assist", amount="20", unit="wd")
    assert clerk.submit(draft, START, action="/start").status_code == 303
    assert step(clerk, draft, "propose").status_code == 303
    assert step(second, draft, "approve").status_code == 303


def test_a_dropped_draft_is_read_and_never_revived(clerk: InspectingClient) -> None:
    draft = begun(clerk)
    assert step(clerk, draft, "drop").status_code == 303
    assert "已作废" in clerk.page(draft).text
    assert clerk.get(f"{draft}/periods/reply").status_code == 404
    assert begun(clerk) != draft


def test_a_day_is_tried_out_under_both_rules(clerk: InspectingClient) -> None:
    draft = begun(clerk)
    changed(clerk, draft)
    text = clerk.page(f"{draft}?day=2026-03-02").text
    assert "3个月：2026年6月2日（周二）" in text and "2个月：2026年5月6日（周三）" in text
    assert "暂定" in clerk.page(f"{draft}?day=2027-03-02").text
    assert "日期不存在" in clerk.page(f"{draft}?day=2026-02-30").text
    assert clerk.get(f"{draft}?day=9999-12-31").status_code == 200


def test_the_rules_are_the_offices_alone(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    draft = proposed(clerk)
    for username in ("deputy00", "neighbour"):
        stranger = at_desk(app, username)
        for path in (draft, f"{draft}/periods", f"{draft}/periods/reply"):
            assert stranger.get(path).status_code == 404, (username, path)
        for path in ("start", "steps/approve", "steps/drop", "grades/A/move", "periods/reply"):
            assert stranger.post(f"{draft}/{path}").status_code in (403, 404), (username, path)
    assert at_desk(app, "deputy00").get("/rules/versions").status_code == 404


def test_the_neighbours_go_on_under_theirs(
    app: Flask, clerk: InspectingClient, second: InspectingClient, set_clock: Callable[[str], None]
) -> None:
    step(second, proposed(clerk), "approve")
    set_clock("2026-12-01T00:00")
    with app.app_context():
        other = db.session.scalars(select(Congress).where(Congress.name == "邻区人民代表大会")).one()
        assert other.pack_version is not None and other.pack_version.number == 1
    assert "第1版" in at_desk(app, "neighbour").page("/rules").text


def test_what_was_approved_stays(app: Flask, clerk: InspectingClient, second: InspectingClient) -> None:
    step(second, proposed(clerk), "approve")
    with app.app_context():
        adoption = db.session.scalars(select(RuleAdoption)).one()
        adoption.reason = "改"
        with pytest.raises(Rewritten):
            db.session.flush()
        db.session.rollback()
        version = db.session.scalars(select(RulePackVersion).where(RulePackVersion.number == 2)).one()
        assert version.entered_by_id is not None and version.entered_by_id != version.approved_by_id
