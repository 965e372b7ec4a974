"""Letters and sheets about a suggestion, as Word files read back and as printed pages: what stands in them, whose words
stay as they are, which template is used, and who may have them."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from docx import Document
from flask import Flask

from portal.core.db import db
from portal.letters.rendering import MEDIA_TYPE
from portal.suggestions import letters
from portal.suggestions.models import Suggestion
from tests.letters.test_templates import made, read, sent
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.support.inspecting import signed_in_as as as_

EDGE = "A & B <x> {{ 7*7 }} {_{ 原样 }_} — 𠮷"
NUMBER = "十八届2026年闭会第1号"


def word(client: Any, path: str) -> tuple[str, list[str]]:
    """A Word file: the name it is offered under, and its texts."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, MEDIA_TYPE), path
    name = answer.headers["Content-Disposition"].split("filename*=UTF-8''")[1]
    section = Document(io.BytesIO(answer.data)).sections[0]
    assert [round(one.mm) for one in (section.page_width, section.left_margin, section.top_margin)] == [210, 28, 37]
    return name, read(answer.data)


def quoted(name: str) -> str:
    return quote(name, safe="")


def keep(app: Flask, work: Callable[[], Any]) -> Any:
    with app.app_context():
        found = work()
        db.session.commit()
        db.session.remove()
        return found


def joint(life: Life) -> Suggestion:
    """A suggestion of three deputies, led by one unit, with one assist whose opinion came."""
    draft = life.draft(points=["设一个窗口", "装扶手"])
    life.signed_by(draft, "li", "wang")
    life.take("zhang", draft, "submit")
    life.take("clerk", draft, "admit", category="0101")
    return life.take("clerk", draft, "assign", units=life.rows(JOINT))


def opined(life: Life, suggestion: Suggestion) -> Any:
    water = life.task(suggestion, "water")
    life.act("water", water, "receive")
    life.act("water", water, "give_opinion", text=f"同意由住建局牵头。\n{EDGE}", happened_on=None, file=None)
    return water.opinions[-1]


def test_the_reply_says_grade_number_signers_and_opinions(app: Flask, life: Life):
    def work() -> tuple[str, str]:
        suggestion = joint(life)
        opinion = opined(life, suggestion)
        task = life.contacted(life.task(suggestion))
        body = f"您提出的建议收悉，窗口已经设立。\n{EDGE}"
        life.act("housing", task, "draft_reply", **{**LETTER, "body": body, "document_number": "示住建函〔2026〕12号"})
        life.act("housing-signer", task, "sign_reply")
        return task.replies[0].public_id, opinion.public_id

    reply, opinion = keep(app, work)
    name, said = word(as_(app, "zhang"), f"/letters/{reply}.docx")
    assert name == quoted(f"答复函-{NUMBER}.docx")
    assert [one for one in said if "A" in one][0] == " A 　全文公开", "the grade stands first"
    for line in (
        "区住建局",
        "示住建函〔2026〕12号",
        f"关于{NUMBER}\n代表建议的答复",
        "张建国、李秀英、王海代表：",
        EDGE,
    ):
        assert line in said
    assert "2026年3月2日" in said and "（联系人：王科长　电话：0000-1234567）" in said
    assert "（会办情况：区水务局2026年3月2日提出会办意见）" in said
    assert "抄送：示范区人大常委会代表工作委员会，示范区政府督查室。" in said
    page = as_(app, "zhang").page(f"/replies/{reply}").text
    for line in ("张建国、李秀英、王海代表", "示住建函〔2026〕12号", "区水务局2026年3月2日提出会办意见", "{{ 7*7 }}"):
        assert line in page, "the printed page says the same"
    name, said = word(as_(app, "housing"), f"/letters/{opinion}.docx")
    assert name == quoted(f"会办意见-{NUMBER}.docx")
    assert {"区水务局", "区住建局：", "同意由住建局牵头。", EDGE} <= set(said)


def test_a_missing_opinion_is_named(app: Flask, life: Life, set_clock: Callable[[str], None]):
    def work() -> str:
        suggestion = joint(life)
        set_clock("2026-04-08T09:00")
        task = life.drafted(life.task(suggestion))
        note = "区水务局的会办意见逾期未到。"
        life.act("housing-signer", task, "sign_reply", missing_opinions_note=note)
        return task.replies[0].public_id

    _, said = word(as_(app, "zhang"), f"/letters/{keep(app, work)}.docx")
    assert "（会办情况：区水务局会办意见未到）" in said
    assert "（会办意见未到的说明：区水务局的会办意见逾期未到。）" in said


def test_the_survey_has_boxes_and_its_day(app: Flask, life: Life):
    reply = keep(app, lambda: life.replied(life.task(life.assigned(SOLE))).replies[0].public_id)
    zhang = as_(app, "zhang")
    name, said = word(zhang, f"/replies/{reply}/survey.docx")
    assert name == quoted(f"征询意见表-{NUMBER}.docx")
    assert said.count("□满意　　□基本满意　　□不满意　　") == 2
    assert any("请在2026年3月23日前" in one and "示范区人大常委会代表工作委员会" in one for one in said)
    page = zhang.page(f"/replies/{reply}/survey").text
    assert "□基本满意" in page and "2026年3月23日前" in page


def test_assignment_and_receipts_name_every_unit(app: Flask, life: Life):
    item = keep(app, lambda: joint(life).public_id)
    clerk = as_(app, "clerk")
    name, said = word(clerk, f"/suggestions/{item}/assignment.docx")
    assert name == quoted(f"交办通知-{NUMBER}.docx")
    assert "区住建局、区水务局：" in said
    assert {"主办", "会办", "2026年6月2日前答复代表", "2026年4月2日前交会办意见"} <= set(said)
    assert "张建国、李秀英、王海代表提出的" in "".join(said)
    name, said = word(clerk, f"/suggestions/{item}/receipts.docx")
    assert name == quoted(f"签收表-{NUMBER}.docx")
    assert {"区住建局", "区水务局", "　年　月　日"} <= set(said)
    assert "2026年6月2日前答复代表" in clerk.page(f"/suggestions/{item}/assignment").text
    assert "签收人签字" in clerk.page(f"/suggestions/{item}/receipts").text


def test_the_explanation_gives_the_days_of_the_page(app: Flask, life: Life):
    task = keep(app, lambda: life.task(life.assigned(SOLE)).public_id)
    _, said = word(as_(app, "housing"), f"/tasks/{task}/deadline.docx")
    page = as_(app, "housing").page(f"/tasks/{task}/deadline").text
    for line in ("2026年3月2日（周一）交办，当天不算", "6月2日（周二）24:00", "核算日期：2026年3月2日"):
        assert line in said and line in page


def test_the_reply_to_be_written_is_filled_in(app: Flask, life: Life):
    def work() -> str:
        draft = life.admitted(points=["设一个窗口", "装扶手"])
        return life.task(life.take("clerk", draft, "assign", units=life.rows(SOLE))).public_id

    task = keep(app, work)
    name, said = word(as_(app, "housing"), f"/tasks/{task}/reply.docx")
    assert name == quoted(f"答复函-{NUMBER}.docx")
    assert {"一、关于设一个窗口。", "二、关于装扶手。", "〔2026〕　　号", "　年　月　日", "张建国代表："} <= set(said)
    for who in ("zhang", "clerk", "water", "govoffice"):
        assert as_(app, who).get(f"/tasks/{task}/reply.docx").status_code == 404, who


def test_the_decision_on_a_return(app: Flask, life: Life):
    def work() -> tuple[str, str]:
        task = life.task(life.assigned(SOLE))
        life.act("housing", task, "receive")
        asked = {"unit": life.bodies["water"], "reason": f"供水管线不属于本单位职责 {EDGE}"}
        life.act("housing", task, "request_return", **asked)
        life.act("clerk", task, "refuse_return", reason="经核对职责清单，属于住建部门")
        return task.suggestion.public_id, task.facts_of("returned")[0].public_id

    item, fact = keep(app, work)
    name, said = word(as_(app, "clerk"), f"/letters/{fact}.docx")
    assert name == quoted(f"退办决定-{NUMBER}.docx")
    text = "".join(said)
    assert EDGE in text and "建议改由区水务局办理。" in text and "经研究，不同意退办，请继续办理。" in text
    assert "经核对职责清单，属于住建部门。" in said
    assert f"/letters/{fact}" in as_(app, "clerk").get(f"/suggestions/{item}").text
    assert "不同意退办" in as_(app, "housing").page(f"/letters/{fact}").text
    assert as_(app, "zhang").get(f"/letters/{fact}").status_code == 404


def test_a_granted_return_names_the_new_unit(app: Flask, life: Life):
    def work() -> str:
        task = life.task(life.assigned(SOLE))
        life.act("housing", task, "receive")
        life.act("housing", task, "request_return", unit=life.bodies["water"], reason="供水管线由区水务局负责养护。")
        life.act("clerk", task, "approve_return", unit=life.bodies["water"], note="", leader_decision="")
        return task.facts_of("returned")[0].public_id

    _, said = word(as_(app, "clerk"), f"/letters/{keep(app, work)}.docx")
    assert "经研究，同意退办，改由区水务局办理。" in said
    assert "区住建局：" in said and "示范区人大常委会代表工作委员会" in said


def test_a_refused_extension_keeps_the_day(app: Flask, life: Life):
    def work() -> str:
        task = life.contacted(life.task(life.assigned(SOLE)))
        life.act("housing", task, "request_extension", asked=date(2026, 7, 1), reason="涉及多个部门，需要论证。")
        life.act("clerk", task, "refuse_extension", reason="请抓紧办理")
        return task.facts_of("extended")[0].public_id

    _, said = word(as_(app, "clerk"), f"/letters/{keep(app, work)}.docx")
    assert "经研究，不同意延期，请在2026年6月2日前办结。" in said and "请抓紧办理。" in said


def test_the_decision_on_an_extension(app: Flask, life: Life):
    def work() -> str:
        task = life.contacted(life.task(life.assigned(SOLE)))
        life.act("housing", task, "request_extension", asked=date(2026, 7, 1), reason="涉及多个部门，需要论证。")
        life.act("clerk", task, "grant_extension", note="")
        return task.facts_of("extended")[0].public_id

    fact = keep(app, work)
    _, said = word(as_(app, "housing"), f"/letters/{fact}.docx")
    assert "经研究，同意延期，期限由2026年6月2日延长到2026年7月1日。" in said
    assert as_(app, "zhang").get(f"/letters/{fact}").status_code == 200, "the deputy is told"


def test_coordination_and_urge(app: Flask, life: Life):
    def work() -> tuple[str, str, str]:
        suggestion = life.assigned(JOINT)
        task = life.contacted(life.task(suggestion))
        life.act("clerk", task, "urge", text="请在三日内报进展")
        life.take("clerk", suggestion, "open_coordination", reason="主办会办意见不一致，需要协调。")
        return suggestion.public_id, task.facts_of("urge")[0].public_id, suggestion.facts_of("coord")[0].public_id

    item, urge, coord = keep(app, work)
    clerk = as_(app, "clerk")
    name, said = word(clerk, f"/letters/{urge}.docx")
    assert name == quoted(f"催办函-{NUMBER}.docx")
    assert "请在三日内报进展" in "".join(said) and "期限是2026年6月2日" in "".join(said)
    name, said = word(clerk, f"/letters/{coord}.docx")
    assert name == quoted(f"协调会议单-{NUMBER}.docx")
    assert "主办会办意见不一致，需要协调。" in said and "参会人员签字" in said
    decided = {"minutes": "三方到会，会上达成一致。", "decision": "费用由区财政列支。", "file": None}
    keep(app, lambda: life.take("clerk", found(item), "decide_coordination", **decided))
    _, said = word(clerk, f"/letters/{coord}.docx")
    assert "费用由区财政列支。" in said and "参会人员签字" not in said
    assert "费用由区财政列支" in clerk.page(f"/letters/{coord}").text
    for fact in (urge, coord):
        assert as_(app, "zhang").get(f"/letters/{fact}").status_code == 404


def found(item: str) -> Suggestion:
    return db.session.query(Suggestion).filter_by(public_id=item).one()


def test_the_offices_own_template_is_used(app: Flask, life: Life):
    reply = keep(app, lambda: life.replied(life.task(life.assigned(SOLE))).replies[0].public_id)
    assert sent(as_(app, "clerk"), made("本办公室 {{ 建议编号 }} {{ 类别 }}：{{ 类别说明 }}")).status_code == 303
    _, said = word_of(as_(app, "zhang"), f"/letters/{reply}.docx")
    assert said == [f"本办公室 {NUMBER} A：所提问题已经解决或者基本解决，所提意见已经采纳"]


def word_of(client: Any, path: str) -> tuple[str, list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.headers["Content-Disposition"], read(answer.data)


NOT_READERS = ("zhao", "education", "system", "auditor")


def test_who_may_not_read_gets_nothing(app: Flask, life: Life):
    def work() -> list[str]:
        suggestion = joint(life)
        opinion = opined(life, suggestion)
        task = life.replied(life.task(suggestion))
        reply = task.replies[0].public_id
        return [
            *(f"/suggestions/{suggestion.public_id}/{one}" for one in ("assignment", "receipts")),
            f"/tasks/{task.public_id}/deadline",
            f"/replies/{reply}/survey",
            f"/letters/{reply}",
            f"/letters/{opinion.public_id}",
        ]

    paths = keep(app, work)
    for who in NOT_READERS:
        client = as_(app, who)
        for path in paths:
            assert client.get(path).status_code == 404, (who, path)
            assert client.get(f"{path}.docx").status_code == 404, (who, path)
    zhang = as_(app, "zhang")
    assert zhang.get(paths[-1]).status_code == 404, "opinions are not for deputies"
    assert zhang.get(f"{paths[-1]}.docx").status_code == 404
    for path in paths:
        assert as_(app, "clerk").get(path).status_code == 200, path
    assert app.test_client().get(f"{paths[0]}.docx").status_code == 303, "who is not signed in is asked to"


def test_a_fact_that_is_no_letter_has_none(app: Flask, life: Life):
    contact = keep(app, lambda: life.contacted(life.task(life.assigned(SOLE))).contacts[0].public_id)
    assert as_(app, "clerk").get(f"/letters/{contact}").status_code == 404


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("区水务局", ["区水务局"]),
        ("示范区综合行政执法局（示范区城市管理局）", ["示范区综合行政执法局", "（示范区城市管理局）"]),
        ("示范区人民政府行政审批服务管理和大数据发展局", ["示范区人民政府行政审批", "服务管理和大数据发展局"]),
        ("关于十八届一次第37号代表建议退办申请的决定", ["关于十八届一次第37号代表建议", "退办申请的决定"]),
    ],
)
def test_long_names_break_where_they_should(text: str, lines: list[str]):
    assert letters._balanced(text, letters.LONG_NAME).split("\n") == lines
