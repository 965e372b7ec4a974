"""Not yet, not enough, not agreed: extensions, opinions sent back, coordination, urging, passing on and checking, by
pages and on both engines (S2, S4)."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.documents import corpus
from tests.suggestions.living import JOINT, LETTER, SOLE
from tests.suggestions.walking import CONTACT, Item, Walk, walking

SetClock = Callable[[str], None]
WHY = "涉及四个小区的管线改造，施工期较长。"
REST = "2026年8月1日（周六）是休息日，请改为2026年8月3日（周一）。"
CAP = "办理期限最长为交办之日起3个月；确需延长的，请走延期申请，总计不超过6个月。"
LATE = "办理期限已于6月2日届满，延期应在届满前申请。请尽快答复代表。"
NO_FUNDS = "本单位没有这项经费，也没有列入计划，难以参加。"
SPLIT = "住建局认为应由水务局改造立管，水务局认为没有经费。"
MINUTES = "4月24日政府办召集两家单位，听取了各自的意见。"
DECISION = "立管改造由区水务局列入下半年计划。"


@pytest.fixture
def walk(both_engines_app: Flask, set_clock: SetClock) -> Walk:
    return walking(both_engines_app, set_clock)


@pytest.fixture
def item(walk: Walk) -> Item:
    """One unit has it and has received it; answer due 2 June."""
    made = walk.begin(lambda life: life.assigned(SOLE))
    made.received()
    return made


def extend(item: Item, until: str, status: int = 303) -> Any:
    path = f"/tasks/{item.task('housing')}/steps/request_extension"
    return item.walk.submit("housing", path, status, asked=until, reason=WHY)


# --- 延期 ----------------------------------------------------------------------------------------------------------


def test_an_extension_is_asked_for_until_the_end_of_the_due_day_and_granted(item: Item, set_clock: SetClock) -> None:
    walk, due = item.walk, date(2026, 9, 2)
    set_clock("2026-06-02T23:59")
    extend(item, due.isoformat())
    assert "区住建局申请延期到" in walk.told("clerk") and "申请延期" in walk.told("govoffice")
    set_clock("2026-06-03T09:00")
    shown = walk.page("housing", item.address).text
    assert "逾期1天，延期申请待定" in shown, "until it is decided the part is late (A07)"
    walk.submit("clerk", f"/tasks/{item.task('housing')}/steps/grant_extension", note="同意延期。")
    assert item.part("housing", "due") == due
    said = "同意区住建局延期，原6月2日，延到9月2日"
    assert all(said in walk.told(who) for who in ("zhang", "housing", "housing-signer"))
    reasons = walk.page("zhang", item.address).text
    assert "6月2日" in reasons and "9月2日" in reasons, "both dates stay"
    assert item.see(lambda s: [d.due for d in s.facts_of("due")]) == [date(2026, 6, 2), due]
    page = extend(item, "2026-09-02", 422)
    assert "新的期限要晚于现在的期限" in page.text or "不能再延期" in page.text


def test_only_a_grant_uses_the_right_up(item: Item, set_clock: SetClock) -> None:
    """A08."""
    walk, path = item.walk, f"/tasks/{item.task('housing')}"
    set_clock("2026-05-25T10:00")
    extend(item, "2026-09-02")
    assert "延期申请正在等待决定。" in walk.page("housing", f"{path}/steps/request_extension", 409).text
    set_clock("2026-05-28T10:00")
    walk.submit("clerk", f"{path}/steps/refuse_extension", reason="理由不充分，请按期答复。")
    assert "不同意区住建局延期，仍在6月2日前答复" in walk.told("housing")
    assert item.part("housing", "due") == date(2026, 6, 2)
    extend(item, "2026-08-03")
    walk.submit("clerk", f"{path}/steps/grant_extension")
    page = extend(item, "2026-09-02", 422)
    assert "本件已延期1次，不能再延期。" in page.text
    assert page.form("/steps/request_extension").fields["reason"] == WHY


def test_after_the_due_day_nothing_is_extended_and_the_try_is_kept(item: Item, set_clock: SetClock) -> None:
    set_clock("2026-06-03T00:00")
    path = f"/tasks/{item.task('housing')}/steps/request_extension"
    page = item.walk.press("housing", path, 409, asked="2026-08-03", reason=WHY)
    assert LATE in page.text
    assert "想申请延期，被拒绝" in item.said


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("2026-09-03", CAP),
        ("2026-08-01", REST),
        ("2026-06-02", "新的期限要晚于现在的期限2026年6月2日（周二）。"),
        ("2026-02-30", "日期不存在，请重新选择。"),
        ("", "请选择延到哪一天。"),
    ],
)
def test_days_to_which_nothing_is_extended(item: Item, set_clock: SetClock, until: str, sentence: str) -> None:
    set_clock("2026-05-25T10:00")
    page = extend(item, until, 422)
    assert sentence in page.text, page.text[:600]
    assert page.form("/steps/request_extension").fields["reason"] == WHY


def test_what_was_long_from_the_start_is_not_extended(walk: Walk) -> None:
    """A70."""
    long = walk.begin(
        lambda life: life.take("clerk", life.admitted(), "assign", units=life.rows(SOLE), long_reply=True)
    )
    long.received()
    assert long.part("housing", "due") == date(2026, 9, 2)
    assert "本件交办时已按涉及面广、处理难度大定为6个月，不能再延期。" in extend(long, "2026-10-12", 422).text


def test_who_decides_on_an_extension_is_the_packs_affair(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, extension_approver="government_office")
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.received()
    extend(item, "2026-09-02")
    path = f"/tasks/{item.task('housing')}/steps/grant_extension"
    walk.press("clerk", path, 404)
    walk.submit("govoffice", path)
    assert item.part("housing", "due") == date(2026, 9, 2)


# --- 会办意见退回、协调 ---------------------------------------------------------------------------------------------


def test_an_empty_opinion_comes_back_and_the_units_are_coordinated(walk: Walk, set_clock: SetClock) -> None:
    """S2 with its dates: five working days over 6 April."""
    item = walk.begin(lambda life: life.assigned(JOINT))
    item.received()
    item.received("water")
    set_clock("2026-04-02T10:00")
    water = f"/tasks/{item.task('water')}"
    walk.submit("water", f"{water}/steps/give_opinion", text=NO_FUNDS)
    set_clock("2026-04-03T10:00")
    walk.submit("housing", f"{water}/steps/bounce_opinion", reason="没有说明立管改造的技术意见，请补充。")
    assert ("区水务局", "assist", "handling", date(2026, 4, 13)) in item.units
    assert "区水务局的会办意见退回重提，4月13日前再交" in walk.told("water") and "退回重提" in walk.told("govoffice")
    assert "退回重提" not in walk.told("zhang"), "never to the deputy"
    assert "会办意见退回" not in walk.page("zhang", item.address).text
    item.drafted()
    sign = f"/tasks/{item.task('housing')}/steps/sign_reply"
    assert "区水务局的会办意见还没有到，也没有逾期" in walk.page("housing-signer", sign, 409).text

    set_clock("2026-04-13T10:00")
    walk.submit("water", f"{water}/steps/give_opinion", text=NO_FUNDS + "仍不同意。")
    assert item.see(lambda s: len(s.facts_of("opinion"))) == 2, "the first version stays"
    walk.submit("housing", f"{item.address}/steps/open_coordination", reason=SPLIT)
    for who in ("clerk", "govoffice", "water"):
        assert "提请协调" in walk.told(who), who
    assert "已经在协调，请先作出决定。" in walk.page("clerk", f"{item.address}/steps/open_coordination", 409).text
    assert "待协调" in walk.page("govoffice", item.address).text

    set_clock("2026-04-24T10:00")
    decide = f"{item.address}/steps/decide_coordination"
    scan = (io.BytesIO(corpus.picture()), "会议纪要.jpg")
    walk.submit("govoffice", decide, minutes=MINUTES, decision=DECISION, file=scan)
    for who in ("zhang", "housing", "water"):
        assert f"协调决定：{DECISION}" in walk.told(who), who
    assert item.see(lambda s: (s.open_coordination, s.facts_of("decided")[0].document is not None)) == (None, True)
    shown = walk.page("clerk", item.address)
    assert MINUTES in shown.text
    paper = next(link for link in shown.links if "/record/" in link)
    assert walk.client("clerk").get(paper).status_code == 200
    assert "没有正在协调的事项。" in walk.page("govoffice", decide, 409).text

    walk.submit("housing-signer", sign)
    assert item.state == "replied"
    assert walk.client("water").get(f"/tasks/{item.task('water')}/steps/draft_reply").status_code == 404
    assert "主办单位已经答复，不能再退回意见。" in walk.page("housing", f"{water}/steps/bounce_opinion", 409).text


def test_an_opinion_is_judged_by_who_needs_it(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    item.received("water")
    path = f"/tasks/{item.task('water')}/steps/bounce_opinion"
    assert "当前状态为“办理中”，不能退回意见。" in walk.page("housing", path, 409).text
    walk.submit("water", f"/tasks/{item.task('water')}/steps/give_opinion", text=NO_FUNDS)
    for who in ("water", "clerk", "govoffice", "zhang", "education", "housing-signer"):
        walk.press(who, path, 404, reason="没有内容，请补充。")


def test_who_assists_opens_no_coordination_and_no_unit_decides_one(walk: Walk) -> None:
    item = walk.begin(lambda life: life.assigned(JOINT))
    walk.press("water", f"{item.address}/steps/open_coordination", 404, reason=SPLIT)
    walk.submit("clerk", f"{item.address}/steps/open_coordination", reason=SPLIT)
    for who in ("housing", "water", "zhang"):
        decision = {"minutes": MINUTES, "decision": DECISION}
        walk.press(who, f"{item.address}/steps/decide_coordination", 404, **decision)


# --- 催办、转交、核对 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["clerk", "govoffice"])
def test_urging_reaches_handler_and_signer_at_once(item: Item, who: str) -> None:
    walk = item.walk
    walk.submit(who, f"/tasks/{item.task('housing')}/steps/urge", text="请于本周内联系代表。")
    assert all("催办区住建局：请于本周内联系代表。" in walk.told(one) for one in ("housing", "housing-signer"))
    assert item.part("housing", "due") == date(2026, 6, 2)
    item.replied()
    assert "当前状态为“已答复”，不能催办。" in walk.page(who, f"/tasks/{item.task('housing')}/steps/urge", 409).text


def test_passing_on_is_a_stamp_that_moves_no_date(walk: Walk, set_clock: SetClock) -> None:
    """A01."""
    item = walk.begin(lambda life: life.assigned((("housing", "separate"), ("court", "separate"))))
    set_clock("2026-03-04T09:00")
    walk.submit("govoffice", f"/tasks/{item.task('housing')}/steps/dispatch")
    assert "政府办转交区住建局" in walk.told("housing")
    assert (item.part("housing", "state"), item.part("housing", "dispatched_on")) == ("pending", date(2026, 3, 4))
    assert item.part("housing", "due") == date(2026, 6, 2)
    again = walk.press("govoffice", f"/tasks/{item.task('housing')}/steps/dispatch", 409)
    assert "这件已经转交。" in again.text
    walk.press("govoffice", f"/tasks/{item.task('court')}/steps/dispatch", 404)
    walk.submit("housing", f"/tasks/{item.task('housing')}/steps/receive")
    assert item.part("housing", "return_due") == date(2026, 3, 11), "the window alone runs from receipt"


def test_where_the_pack_wants_it_nothing_is_received_before(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, dispatch_first=True)
    item = walk.begin(lambda life: life.assigned((("housing", "separate"), ("court", "separate"))))
    path = f"/tasks/{item.task('housing')}/steps/receive"
    assert "政府办还没有转交，转交后才能签收。" in walk.page("housing", path, 409).text
    walk.submit("court", f"/tasks/{item.task('court')}/steps/receive")
    walk.submit("govoffice", f"/tasks/{item.task('housing')}/steps/dispatch")
    walk.submit("housing", path)


def test_a_draft_is_checked_before_it_is_signed(both_engines_app: Flask, set_clock: SetClock) -> None:
    walk = walking(both_engines_app, set_clock, reply_check=True)
    item = walk.begin(lambda life: life.assigned(SOLE))
    item.drafted()
    task = f"/tasks/{item.task('housing')}"
    wanted = "政府办还没有核对这份答复，核对后才能签发。"
    assert wanted in walk.page("housing-signer", f"{task}/steps/sign_reply", 409).text
    walk.submit("govoffice", f"{task}/steps/check_reply", note="已核对，与代表沟通充分。")
    assert "政府办核对了区住建局的答复" in walk.told("housing-signer")
    assert "这份答复已经核过。" in walk.page("govoffice", f"{task}/steps/check_reply", 409).text
    assert "核对了" not in walk.page("zhang", item.address).text, "between the offices"
    walk.submit("housing-signer", f"{task}/steps/bounce_reply", reason="数字有误，请改正。")
    walk.submit("housing", f"{task}/steps/log_contact", happened_on="2026-03-02", **CONTACT)
    walk.submit("housing", f"{task}/steps/draft_reply", **LETTER)
    assert wanted in walk.page("housing-signer", f"{task}/steps/sign_reply", 409).text, "another draft, another check"
    walk.submit("govoffice", f"{task}/steps/bounce_reply", reason="没有回应第二点，请补充。")
    walk.submit("housing", f"{task}/steps/draft_reply", **LETTER)
    walk.submit("govoffice", f"{task}/steps/check_reply")
    walk.submit("housing-signer", f"{task}/steps/sign_reply")
    assert item.state == "replied"
