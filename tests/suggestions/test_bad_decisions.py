"""Bad input in the forms of returns, extensions, coordination, withdrawal, merging, rework: the status, the sentence
beside the field and in the summary, what was typed still there; old pages, second taps, other people's things."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.suggestions.models import Suggestion
from tests.suggestions.living import JOINT, SOLE, Life
from tests.suggestions.test_bad_input import kept, refused
from tests.suggestions.walking import Item, Walk, walking
from tests.support.inspecting import signed_in_as as as_

UNSEEN = "内容中含有看不见的特殊字符，已在原处标出，请删除后再提交。"
BIDI = "这里藏着\u202e一个字符，看起来没有什么。"
RETURN = "请填写退回理由（不少于10字），并选择建议改办的单位。"
LONG = "字" * 6_000
NO_DAY = "日期不存在，请重新选择。"
FOREIGN = "x" * 22

# --- where each form is reached --------------------------------------------------------------------------------------


def handling(life: Life) -> Suggestion:
    item = life.assigned(SOLE)
    life.act("housing", life.task(item), "receive")
    return item


def return_asked(life: Life) -> Suggestion:
    item = handling(life)
    unit = life.bodies["education"]
    life.act("housing", life.task(item), "request_return", unit=unit, reason="不属于本单位的职责，请改由教育局办理。")
    return item


def extension_asked(life: Life) -> Suggestion:
    from_page = {"asked": date(2026, 9, 2), "reason": "涉及管线改造，施工期较长。"}
    item = handling(life)
    life.act("housing", life.task(item), "request_extension", **from_page)
    return item


def opinion_given(life: Life) -> Suggestion:
    item = life.assigned(JOINT)
    water = life.act("water", life.task(item, "water"), "receive")
    life.act("water", water, "give_opinion", text="没有这项经费，也没有列入计划。")
    return item


def drafted(life: Life) -> Suggestion:
    item = life.assigned(SOLE)
    life.drafted(life.task(item))
    return item


def coordinating(life: Life) -> Suggestion:
    return life.take("clerk", life.assigned(JOINT), "open_coordination", reason="两家单位意见不一致，请协调。")


def withdrawing(life: Life) -> Suggestion:
    item = life.draft()
    life.signed_by(item, "li", "wang")
    life.take("zhang", item, "submit")
    return life.take("zhang", item, "request_withdrawal", reason="已经解决，不再需要。")


def dissatisfied(life: Life) -> Suggestion:
    item = life.assigned(SOLE)
    life.rated(life.replied(life.task(item)), "dissatisfied", reason="没有解决。")
    return item


def twice(life: Life) -> Suggestion:
    item = dissatisfied(life)
    task = life.task(item)
    life.take("clerk", item, "rehandle", task=task.public_id, text="请当面听取意见。", unit=None)
    again = next(one for one in item.tasks if one.live)  # type: ignore[attr-defined]
    life.rated(life.replied(again), "dissatisfied", reason="仍没有解决。")
    return item


def convened(life: Life) -> Suggestion:
    met = {"happened_on": clock.today(), "who": "双方", "text": "双方当面说明了情况，没有新的意见。"}
    return life.take("clerk", twice(life), "convene", **met)


def in_session(life: Life) -> Suggestion:
    """A session item that its delegation has still to check, on a day of the session."""
    life.on("2026-02-25T10:00")  # type: ignore[attr-defined]
    return life.take("zhang", life.draft(), "submit")


def two(life: Life) -> Suggestion:
    """Two admitted ones; the second may go into the first."""
    life.admitted(title="关于主件的建议")
    return life.admitted("li")


def merged(life: Life) -> Suggestion:
    main = life.admitted(title="关于主件的建议")
    return life.take("clerk", life.admitted("li"), "merge", into=main.number_text, reason="两件一并办理。")


TASK, ITEM = True, False
Case = tuple[Callable[[Life], Suggestion], str, bool, str, dict[str, Any], str]
FIRST = "十八届2026年闭会第1号"
NOT_OURS = "不属于本单位的职责范围。"


def returning(unit: str, reason: str, sentence: str) -> Case:
    """The form of a return, filled in so."""
    return handling, "housing", TASK, "request_return", {"unit": unit, "reason": reason}, sentence


def approving(unit: str, sentence: str) -> Case:
    """The form by which a return is approved to this unit."""
    return return_asked, "clerk", TASK, "approve_return", {"unit": unit, "note": "同意"}, sentence


def extending(asked: str, reason: str, sentence: str) -> Case:
    """The form of an extension, filled in so."""
    return handling, "housing", TASK, "request_extension", {"asked": asked, "reason": reason}, sentence


def adjusting(reason: str, sentence: str) -> Case:
    """The form that adds the education unit as an assist."""
    added = {"unit": "区教育局", "role": "assist", "reason": reason}
    return handling, "clerk", ITEM, "adjust", added, sentence


MET = {"happened_on": "2026-03-02", "who": "双方", "text": "双方当面说明了情况，没有新的意见。"}
CASES: dict[str, Case] = {
    "return without unit": returning("", NOT_OURS, RETURN),
    "27 return without reason": returning("区教育局", "", RETURN),
    "27 reason of blanks": returning("区教育局", "\u200b \u3000", RETURN),
    "return in short": returning("区教育局", "不归我们管。", "不少于10字"),
    "return to oneself": returning("区住建局", NOT_OURS, "没有找到“区住建局”，请从列表里选。"),
    "5 return with bidi": returning("区教育局", BIDI, UNSEEN),
    "approve without unit": approving("", "请填写改由哪家单位办理。"),
    "approve to a foreign id": approving(FOREIGN, "请从列表里选。"),
    "refuse return, no reason": (return_asked, "clerk", TASK, "refuse_return", {"reason": ""}, "请填写不同意退办的理由。"),
    "refuse return, short": (return_asked, "clerk", TASK, "refuse_return", {"reason": "不行"}, "太短，请写清楚（不少于5字）。"),
    "5 refuse return": (return_asked, "clerk", TASK, "refuse_return", {"reason": BIDI}, UNSEEN),
    "23 extension": extending("2026-02-30", "施工期较长。", NO_DAY),
    "extension, no reason": extending("2026-08-03", "", "请填写延期理由。"),
    "5 extension": extending("2026-08-03", BIDI, UNSEEN),
    "refuse extension, no reason": (extension_asked, "clerk", TASK, "refuse_extension", {"reason": ""}, "请填写不同意延期的理由。"),
    "5 grant extension": (extension_asked, "clerk", TASK, "grant_extension", {"note": BIDI}, UNSEEN),
    "urge, nothing said": (handling, "clerk", TASK, "urge", {"text": ""}, "请填写催办的话。"),
    "urge, short": (handling, "clerk", TASK, "urge", {"text": "快办"}, "催办的话太短，请写清楚（不少于5字）。"),
    "bounce opinion, no reason": (opinion_given, "housing", TASK, "bounce_opinion", {"reason": ""}, "请填写意见缺什么。"),
    "5 bounce opinion": (opinion_given, "housing", TASK, "bounce_opinion", {"reason": BIDI}, UNSEEN),
    "5 check reply": (drafted, "govoffice", TASK, "check_reply", {"note": BIDI}, UNSEEN),
    "check reply, long": (drafted, "govoffice", TASK, "check_reply", {"note": "字" * 501}, "核对意见不能超过500字，现在有501字。"),
    "coordination, short": (handling, "clerk", ITEM, "open_coordination", {"reason": "有分歧"}, "分歧在哪里太短，请写清楚（不少于10字）。"),
    "coordination, nothing": (handling, "housing", ITEM, "open_coordination", {"reason": " "}, "请填写分歧在哪里。"),
    "decide without decision": (
        *(coordinating, "govoffice", ITEM, "decide_coordination", {"minutes": "召集两家单位听取了意见。", "decision": ""}),
        "请填写协调决定。",
    ),
    "decide, long": (
        *(coordinating, "govoffice", ITEM, "decide_coordination", {"minutes": LONG, "decision": "由水务局办理。"}),
        "协调情况不能超过5000字，现在有6000字。",
    ),
    "withdraw, no reason": (handling, "zhang", ITEM, "request_withdrawal", {"reason": ""}, "请填写撤回原因。"),
    "5 withdraw": (handling, "zhang", ITEM, "request_withdrawal", {"reason": BIDI}, UNSEEN),
    "consent, no answer": (withdrawing, "li", ITEM, "consent_withdrawal", {"note": "再想一想。"}, "请选择您的意见。"),
    "consent, made up": (withdrawing, "li", ITEM, "consent_withdrawal", {"answer": "maybe", "note": "再想。"}, "您的意见"),
    "merge, no reason": (two, "clerk", ITEM, "merge", {"into": FIRST, "reason": ""}, "请填写并案理由。"),
    "5 split": (
        *(Life.admitted, "clerk", ITEM, "split"),
        *({"title": "关于供水的建议", "request": BIDI, "reason": "供水是另一件事。"}, UNSEEN),
    ),
    "check, long": (in_session, "delegation1", ITEM, "check", {"note": "字" * 501}, "核对意见不能超过500字，现在有501字。"),
    "23 receive": (Life.assigned, "housing", TASK, "receive", {"happened_on": "2026-02-30"}, NO_DAY),
    "23 sign": (drafted, "housing-signer", TASK, "sign_reply", {"happened_on": "2026-02-30"}, NO_DAY),
    "bounce reply": (drafted, "housing-signer", TASK, "bounce_reply", {"reason": ""}, "请填写退回修改的意见。"),
    "unmerge, no reason": (merged, "clerk", ITEM, "unmerge", {"reason": ""}, "请填写取消并案的理由。"),
    "5 adjust": adjusting(BIDI, UNSEEN),
    "adjust, no reason": adjusting("", "请填写调整原因。"),
    "rehandle, nothing asked": (dissatisfied, "clerk", ITEM, "rehandle", {"text": ""}, "请填写重新办理的要求。"),
    "5 rehandle": (dissatisfied, "clerk", ITEM, "rehandle", {"text": BIDI}, UNSEEN),
    "explain, nothing said": (dissatisfied, "clerk", ITEM, "explain", {"text": "\u3000"}, "请填写向代表说明。"),
    "23 convene": (twice, "clerk", ITEM, "convene", {**MET, "happened_on": "2026-02-30"}, NO_DAY),
    "convene tomorrow": (twice, "clerk", ITEM, "convene", {**MET, "happened_on": "2026-03-03"}, "日期不能晚于今天（3月2日）。"),
    "convene nobody": (twice, "clerk", ITEM, "convene", {**MET, "who": ""}, "请填写参加的人。"),
    "23 close": (convened, "clerk", ITEM, "close", {"text": "请单位继续跟踪，年底报告。", "reported_on": "2026-02-30"}, NO_DAY),
    "close, short": (convened, "clerk", ITEM, "close", {"text": "办结。", "reported_on": "2026-03-02"}, "处理意见太短"),
}
UNCHECKED = ("2026-02-30", BIDI, "maybe")


@pytest.fixture
def walk(app: Flask, set_clock: Callable[[str], None]) -> Walk:
    made = walking(app, set_clock)
    made.life.on = set_clock  # type: ignore[attr-defined]
    return made


def place(item: Item, of_task: bool, step: str, who: str) -> str:
    if not of_task:
        return f"{item.address}/steps/{step}"
    return f"/tasks/{item.task('water' if step == 'bounce_opinion' else 'housing')}/steps/{step}"


@pytest.mark.parametrize("case", CASES)
def test_what_is_refused_stays_typed(walk: Walk, case: str) -> None:
    make, who, of_task, step, sent, sentence = CASES[case]
    item = walk.begin(make)
    path = place(item, of_task, step, who)
    before = item.see(lambda s: (s.state, s.version, len(s.facts)))
    page = refused(as_(walk.app, who).submit(path, sent, action=path), 422, sentence)
    shown = {name: value for name, value in sent.items() if value.strip("\u200b \u3000") and value not in UNCHECKED}
    kept(page, path, shown)
    if BIDI in sent.values():
        assert any("【看不见的字符】" in str(value) for value in page.form(path).fields.values()), "marked where it stands"
    assert item.see(lambda s: (s.state, s.version, len(s.facts))) == before


def test_a_contact_is_not_confirmed_without_an_answer(walk: Walk) -> None:
    item = walk.begin(drafted)
    path, asked = f"/tasks/{item.task('housing')}/steps/confirm_contact", item.part("housing", "contacts")[0].public_id
    answer = as_(walk.app, "zhang").submit(f"{path}?contact={asked}", {"note": "想不起来了。"}, action=path)
    page = refused(answer, 422, "请选择单位登记的联系是否属实。")
    kept(page, path, {"note": "想不起来了。", "contact": asked})


OLD_PAGES = {
    "approve_return": (return_asked, "clerk", TASK, {"unit": "区教育局", "note": "同意退办"}, "refuse_return"),
    "grant_extension": (extension_asked, "clerk", TASK, {"note": "同意延期"}, "refuse_extension"),
    "decide_coordination": (
        *(coordinating, "govoffice", ITEM),
        *({"minutes": "召集两家单位听取了意见。", "decision": "由水务局办理。"}, "decide_coordination"),
    ),
    "rehandle": (dissatisfied, "clerk", ITEM, {"text": "请当面听取意见。"}, "explain"),
}
FASTER = {
    "refuse_return": {"reason": "属于本单位职责，请继续办理。"},
    "refuse_extension": {"reason": "理由不充分，请按期答复。"},
    "decide_coordination": {"minutes": "召集两家单位听取了意见。", "decision": "由住建局办理。"},
    "explain": {"text": "受国家标准限制，本期不能改造。"},
}


@pytest.mark.parametrize("step", OLD_PAGES)
def test_14_who_was_faster_is_told_and_what_was_typed_is_kept(walk: Walk, step: str) -> None:
    make, who, of_task, sent, other = OLD_PAGES[step]
    item = walk.begin(make)
    path = place(item, of_task, step, who)
    slow = as_(walk.app, who)
    form = slow.page(path).form(path)
    walk.submit("clerk2", place(item, of_task, other, "clerk2"), **FASTER[other])
    answer = slow.post(path, data={**form.fields, **sent}, headers={"Referer": f"http://localhost{path}"})
    assert answer.status_code == 409 and "您的操作未执行。您填写的内容已保留" in answer.text, answer.text[:600]
    assert all(value in answer.text for value in sent.values()), "typed, and shown again"


@pytest.mark.parametrize(
    ("make", "who", "of_task", "step", "sent", "kind"),
    [
        (handling, "housing", TASK, "request_return", {"unit": "区教育局", "reason": "不属于本单位的职责，请改办。"}, "return"),
        extending("2026-08-03", "施工期较长，需要延期。", "extension"),
        (handling, "clerk", TASK, "urge", {"text": "请于本周内联系代表。"}, "urge"),
        (handling, "clerk", ITEM, "open_coordination", {"reason": "两家单位意见不一致，请协调。"}, "coord"),
        (withdrawing, "li", ITEM, "consent_withdrawal", {"answer": "agreed"}, "consent"),
        (dissatisfied, "clerk", ITEM, "rehandle", {"text": "请当面听取意见。"}, "rework"),
    ],
)
def test_a_second_tap_does_it_once(
    walk: Walk, make: Any, who: str, of_task: bool, step: str, sent: Any, kind: str
) -> None:
    item = walk.begin(make)
    path = place(item, of_task, step, who)
    client = as_(walk.app, who)
    data = {**client.page(path).form(path).fields, **sent}
    answers = [client.post(path, data=data, headers={"Referer": f"http://localhost{path}"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303], answers[1].text[:300]
    assert len(item.see(lambda s: s.facts_of(kind))) == 1


def test_16_other_peoples_things_do_not_exist(walk: Walk) -> None:
    item = walk.begin(return_asked)
    path = place(item, TASK, "approve_return", "clerk")
    for who in ("water", "water-signer", "li", "delegation1", "auditor", "system"):
        page = walk.press(who, path, 404, unit="区教育局")
        assert "没有找到该内容，或您没有查看权限。" in page.text
    walk.press("clerk", "/tasks/nosuchtask/steps/approve_return", 404, unit="区教育局")
    walk.press("clerk", f"{item.address}/steps/withdraw", 404)
    walk.press("clerk", f"{item.address}/steps/go_along", 404)
    walk.press("clerk", f"{item.address}/steps/divide_off", 404)
