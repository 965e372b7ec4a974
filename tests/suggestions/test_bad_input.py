"""Bad input by pages (the numbers are those of the list of forty): the status, the very sentence, beside the field and
in the summary, and everything typed still there. Beside it what must be accepted."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal.core.db import db
from portal.documents.models import Document
from portal.suggestions.models import Suggestion
from tests.documents import corpus, hostile
from tests.suggestions.living import JOINT, LETTER, REQUEST, SITUATION, SOLE, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_

WORDS = {"title": TITLE, "situation": SITUATION, "cause": "物业没有人牵头。", "request": REQUEST}
SECRET = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"
UNSEEN = "内容中含有看不见的特殊字符，已在原处标出，请删除后再提交。"
SHORT = "正文太短，请写明情况、原因和具体建议（不少于50字）。"
NOT_FOUND = "没有找到该内容，或您没有查看权限。"


def made(app: Flask, what: Any) -> str:
    """The public id of the thing that `what()` makes by actions."""
    with app.app_context():
        found = what().public_id
        db.session.commit()
        db.session.remove()
        return found


def count(app: Flask, model: Any = Suggestion) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def refused(answer: Any, status: int, sentence: str) -> Page:
    """The refusal page; the sentence stands beside its field and in the summary."""
    page = Page(answer.text)
    assert answer.status_code == status, f"{answer.status_code}: {page.text[:300]}"
    assert sentence in page.text
    if status in (413, 415, 422):
        summary = next((e for e in page.root.walk() if "data-summary" in e.attrs), None)
        assert summary is not None and sentence in summary.text, "the summary says it"
        assert "有1处要改" in summary.text, "one mistake is one mistake"
    return page


def kept(page: Page, action: str, sent: dict[str, Any]) -> None:
    fields = page.form(action).fields
    lost = {name: (value, fields.get(name)) for name, value in sent.items() if fields.get(name) != value}
    assert not lost, f"typed and lost: {lost}"


# --- the sheet of writing: 1–5, 23, 37 ----------------------------------------------------------------------------

SHEET = {
    "1 empty title": ({"title": ""}, "请填写标题。"),
    "1 blanks": ({"title": " \u3000 "}, "请填写标题。"),
    "1 zero-width": ({"title": "\u200b\u200d\ufeff"}, "请填写标题。"),
    "2 long title": ({"title": "题" * 61}, "标题不能超过60个字，现在有61个字。"),
    "3 short body": ({"situation": "路灯坏了。", "cause": "", "request": "请修好。"}, SHORT),
    "3 punctuation": ({"situation": "。" * 200, "cause": "！" * 200, "request": "？" * 200}, SHORT),
    "4 long body": (
        {"situation": "情" * 10_001},
        "不能超过10000字，现在有10001字",
    ),
    "4 long in all": (
        {"situation": "情" * 6_000, "cause": "因" * 3_000, "request": "议" * 1_001},
        "正文不能超过10000字，现在有10001字；较长材料请作为附件上传。",
    ),
    "5 control": ({"situation": SITUATION + "\x07"}, UNSEEN),
    "5 bidi": ({"title": "关于\u202e路灯的建议"}, UNSEEN),
    "5 isolate": ({"request": REQUEST + "\u2066"}, UNSEEN),
    "5 NUL": ({"cause": "原因\x00在此"}, UNSEEN),
    "no such unit": ({"preferred_unit": "区不存在局"}, "没有找到“区不存在局”，请从列表里选。"),
    "long point": ({"points-0-text": "点" * 301}, "第1行：诉求不能超过300个字，现在有301个字。"),
    "too many points": ({f"points-{n}-text": f"第{n}点" for n in range(10)}, "诉求点最多9项，现在有10项。"),
}
CANNOT_BE_SHOWN = {"1 blanks", "1 zero-width"}
MARK = "【看不见的字符】"


@pytest.mark.parametrize("case", SHEET)
def test_the_sheet_of_writing(app: Flask, life: Life, case: str):
    changed, sentence = SHEET[case]
    zhang = as_(app, "zhang")
    sent = {**WORDS, **changed}
    answer = zhang.submit("/suggestions/new", {**sent, "act": "submit"}, action="/suggestions/new")
    page = refused(answer, 422, sentence)
    shown = {name: value for name, value in sent.items() if case not in CANNOT_BE_SHOWN or name not in changed}
    if case.startswith("5"):
        shown = {name: re.sub("[\x00\x07\u202e\u2066]", MARK, value) for name, value in shown.items()}
    kept(page, "/suggestions/new", shown)
    with app.app_context():
        assert {one.state for one in db.session.scalars(select(Suggestion))} <= {"draft"}, "kept, but not submitted"


MARKED = {
    "title": ("关于\u202e路灯的建议", "关于【看不见的字符】路灯的建议", "在第2个字后。"),
    "points-1-text": ("\x1b每个 单元\x00装一盏", "【看不见的字符】每个 单元【看不见的字符】装一盏", "在最前面、第4个字后。"),
    "cause": ("一\x07二\x07三\x07四\x85", "一【】二【】三【】四【】".replace("【】", MARK), "在第1个字后、第2个字后、第3个字后，共4处。"),
}


@pytest.mark.parametrize("name", MARKED)
def test_5_the_place_is_marked_in_the_field_until_it_is_deleted(app: Flask, life: Life, name: str):
    typed, marked, place = MARKED[name]
    zhang = as_(app, "zhang")
    sent = {**WORDS, name: typed}
    page = refused(zhang.submit("/suggestions/new", sent, action="/suggestions/new"), 422, UNSEEN + place)
    fields = page.form("/suggestions/new").fields
    assert fields[name] == marked
    still = refused(zhang.post("/suggestions/new", data=fields), 422, UNSEEN + place)
    mended = {**still.form("/suggestions/new").fields, name: marked.replace(MARK, "")}
    assert zhang.post("/suggestions/new", data=mended).status_code == 303
    told = zhang.post("/suggestions/new/autosave", data={**fields, name: typed})
    assert (told.status_code, told.json["message"]) in ((422, UNSEEN + place), (422, "第2行：" + UNSEEN + place))


@pytest.mark.parametrize("mark", ["机密★10年", "秘密★长期", "绝密★启用前", "机 密 ★ 5年"])
def test_37_a_state_secret_mark_is_kept_nowhere(app: Flask, life: Life, mark: str):
    zhang = as_(app, "zhang")
    zhang.inspects = False
    for path in ("/suggestions/new", "/suggestions/new/autosave"):
        form = zhang.page("/suggestions/new").form("/suggestions/new").fields
        answer = zhang.post(path, data={**form, **WORDS, "cause": f"文件标有{mark}，canary-7f3a"})
        assert answer.status_code == 422
        assert SECRET in (answer.json["message"] if answer.is_json else Page(answer.text).text)
        if answer.is_json:
            assert answer.json["forget"] is True, "the page is told to clear its copy"
    with app.app_context():
        for table in db.metadata.sorted_tables:
            rows = str(db.session.execute(text(f'SELECT * FROM "{table.name}"')).all())
            assert "canary-7f3a" not in rows, table.name


# --- files: 31–37 -------------------------------------------------------------------------------------------------

NOT_ALLOWED = "文件内容与格式不符，不能上传。可上传：docx、xlsx、pdf、ofd、jpg、png。"
ACTIVE = "文件中含有宏、嵌入程序或外部链接，不能上传，请另存为普通文档后再传。"
FILES = {
    "31 empty": ("空.pdf", b"", 422, "文件是空的，请检查后重新上传。"),
    "33 other content": ("照片.jpg", b"MZ" + bytes(500), 415, NOT_ALLOWED),
    "33 not allowed": ("脚本.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, NOT_ALLOWED),
    "33 old Word": ("旧.doc", hostile.OLE, 415, NOT_ALLOWED),
    "34 macro": ("表.docx", corpus.word(parts={"word/vbaProject.bin": "x"}), 422, ACTIVE),
    "35 damaged": ("坏.docx", corpus.word()[:-200], 422, "文件已加密或损坏，无法检查，请去除密码或重新导出后上传。"),
    "36 huge picture": ("大.png", corpus.png_of(60_000, 60_000), 422, "文件展开后过大，不能上传，请精简内容后重试。"),
    "37 marked": ("密.docx", corpus.word("<w:p><w:r><w:t>机密★10年</w:t></w:r></w:p>"), 422, SECRET),
}


def send_file(client: InspectingClient, name: str, content: bytes) -> Any:
    fields = client.page("/suggestions/new").form("/suggestions/new").fields
    data = {**fields, **WORDS, "photos": (io.BytesIO(content), name)}
    return client.post("/suggestions/new", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_refused(app: Flask, life: Life, case: str):
    name, content, status, sentence = FILES[case]
    answer = send_file(as_(app, "zhang"), name, content)
    page = refused(answer, status, sentence)
    kept(page, "/suggestions/new", WORDS)
    assert (count(app), count(app, Document)) == (0, 0)


def test_32_a_file_beyond_the_limit(app: Flask, life: Life):
    answer = send_file(as_(app, "zhang"), "大.pdf", b"%PDF-1.7" + bytes(21 * 1024 * 1024))
    assert answer.status_code == 413
    assert "文件超过20MB，请压缩或分开上传。" in Page(answer.text).text
    assert (count(app), count(app, Document)) == (0, 0)


def test_a_file_comes_and_goes(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    saved = send_file(zhang, "现场情况（修改稿）.docx", corpus.word())
    assert saved.status_code == 303, Page(saved.text).text[:300]
    page = zhang.page(saved.location)
    assert "现场情况（修改稿）.docx" in page.text
    form = page.form(saved.location)
    removal = next(e.attrs["formaction"] for e in page.root.walk() if "formaction" in e.attrs)
    assert zhang.post(removal, data={**form.fields, "once": form.fields["once"]}).status_code == 303
    assert "现场情况（修改稿）.docx" not in zhang.page(saved.location).form(saved.location).element.text


# --- co-signing: 10–12 --------------------------------------------------------------------------------------------


def invite(app: Flask, item: str, *names: str) -> Any:
    chosen = {f"deputies-{n}-deputy": name for n, name in enumerate(names)}
    return as_(app, "zhang").submit(f"/suggestions/{item}/edit", chosen, action=f"/suggestions/{item}/signatures")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("张建国　东团",), "联名代表不能重复，也不能填写您本人。"),
        (("李秀英　东团", "李秀英　东团"), "联名代表不能重复，也不能填写您本人。"),
        (("查无此人",), "没有找到“查无此人”，请从列表里选。"),
        ((), "请从列表里选要邀请的代表。"),
    ],
    ids=["10 oneself", "10 twice", "nobody", "none"],
)
def test_invitations(app: Flask, life: Life, names: tuple[str, ...], sentence: str):
    item = made(app, life.draft)
    page = refused(invite(app, item, *names), 422, sentence)
    kept(page, "/signatures", {f"deputies-{n}-deputy": name for n, name in enumerate(names)})


def test_11_and_12_co_signers_stand_in_the_way(app: Flask, life: Life):
    item = made(app, life.draft)
    path = f"/suggestions/{item}/edit"
    assert invite(app, item, "李秀英　东团", "王海　东团").status_code == 303
    zhang = as_(app, "zhang")
    submit = {"act": "submit"}
    refused(zhang.submit(path, submit, action=path), 409, "还有2位联名代表未确认，请等待确认，或移除后再提交。")
    li = as_(app, "li")
    form = next(f for f in li.page(f"/suggestions/{item}").forms if f.action.endswith("/steps/confirm"))
    assert li.post(form.action, data=form.fields).status_code == 303
    changed = {**submit, "cause": "改一句，联名就要重来。"}
    answer = zhang.submit(path, changed, action=path)
    refused(answer, 409, "内容已修改，原有联名确认已失效，请重新邀请确认。")
    assert zhang.page(path).form(path).fields["cause"] == "改一句，联名就要重来。", "the draft keeps it"


def test_a_co_signer_confirms_only_the_text_that_was_shown(app: Flask, life: Life):
    item = made(app, life.draft)
    invite(app, item, "李秀英　东团")
    li = as_(app, "li")
    form = next(f for f in li.page(f"/suggestions/{item}").forms if f.action.endswith("/steps/confirm"))
    path = f"/suggestions/{item}/edit"
    assert as_(app, "zhang").submit(path, {"cause": "先改了"}, action=path).status_code == 303
    answer = li.post(form.action, data=form.fields)
    refused(answer, 409, "内容刚刚改过，请重新看一遍，再确认联名。")


# --- 15, 16 -------------------------------------------------------------------------------------------------------


def test_15_a_step_out_of_turn(app: Flask, life: Life):
    item = made(app, lambda: life.assigned(SOLE))
    clerk = as_(app, "clerk")
    for name, button in (("admit", "立案并编号"), ("send_back", "退回补充"), ("assign", "交办")):
        told = f"当前状态为“已交办”，不能{button}。"
        assert told in clerk.page(f"/suggestions/{item}/steps/{name}", status=409).text


@pytest.mark.parametrize(
    "path",
    [
        *("/suggestions/{0}", "/suggestions/{0}/edit", "/suggestions/{0}/steps/submit", "/suggestions/{0}/print"),
        *("/tasks/{0}/steps/receive", "/tasks/{0}/deadline", "/replies/{0}", "/replies/{0}/file", "/co-sign/{0}"),
    ],
)
def test_16_foreign_and_unknown_are_one_answer(app: Flask, life: Life, path: str):
    foreign = made(app, life.draft)
    li = as_(app, "li")
    answers = [Page(li.page(path.format(one), status=404).source).text for one in (foreign, "x" * 22)]
    assert answers[0] == answers[1]
    assert NOT_FOUND in answers[0]


# --- steps: what is asked is answered in one sentence each -----------------------------------------------------------

STEPS = {
    "send_back short": ("submitted", "clerk", "send_back", {"reason": "不行"}, "退回原因太短，请写清楚（不少于5字）。"),
    "send_back empty": ("submitted", "clerk", "send_back", {"reason": ""}, "请填写退回原因。"),
    "not_admit empty": (
        "submitted",
        "clerk",
        "not_admit",
        {"explanation": "作来信处理，已转有关部门。"},
        "请选择怎样处理。",
    ),
    "not_admit short": (
        *("submitted", "clerk", "not_admit", {"disposition": "letter", "explanation": "作来信"}),
        "向代表说明太短，请写清楚（不少于10字）。",
    ),
    "admit empty": ("submitted", "clerk", "admit", {"category": ""}, "请选择类别。"),
    "assign nobody": ("admitted", "clerk", "assign", {}, "请至少选择一家承办单位。"),
    "26 same unit": (
        *("admitted", "clerk", "assign"),
        {"units-0-unit": "区住建局", "units-0-role": "lead", "units-1-unit": "区住建局", "units-1-role": "assist"},
        "主办单位和协办单位不能相同。",
    ),
    "assign unknown": (
        *("admitted", "clerk", "assign", {"units-0-unit": "区没有局", "units-0-role": "sole"}),
        "第1行：没有找到“区没有局”，请从列表里选。",
    ),
    "23 no such day": (
        *("admitted", "clerk", "assign"),
        {"units-0-unit": "区住建局", "units-0-role": "sole", "happened_on": "2026-02-30"},
        "日期不存在，请重新选择。",
    ),
    "a day to come": (
        *("admitted", "clerk", "assign"),
        {"units-0-unit": "区住建局", "units-0-role": "sole", "happened_on": "2026-03-03"},
        "日期不能晚于今天（3月2日）。",
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_a_step_of_the_suggestion(app: Flask, life: Life, case: str):
    state, who, step, sent, sentence = STEPS[case]
    item = made(app, getattr(life, state))
    path = f"/suggestions/{item}/steps/{step}"
    page = refused(as_(app, who).submit(path, sent, action=f"/steps/{step}"), 422, sentence)
    kept(page, f"/steps/{step}", {name: value for name, value in sent.items() if value and value != "2026-02-30"})


CONTACT = {"happened_on": "2026-03-02", "form": "phone", "who": "王科长", "summary": "电话里谈了方案。"}
TASKS = {
    "contact on no day": (
        "housing",
        "log_contact",
        {**CONTACT, "happened_on": "2026-02-30"},
        "日期不存在，请重新选择。",
    ),
    "contact too early": (
        "housing",
        "log_contact",
        {**CONTACT, "happened_on": "2026-03-01", "late_reason": "补"},
        "联系日期不能早于交办日期。",
    ),
    "contact without form": ("housing", "log_contact", {**CONTACT, "form": None}, "请选择联系方式。"),
    "contact by pigeon": ("housing", "log_contact", {**CONTACT, "form": "pigeon"}, "联系方式"),
    "opinion short": ("water", "give_opinion", {"text": "同意。"}, "会办意见太短，请写清楚（不少于10字）。"),
    "reply without grade": ("housing", "draft_reply", {**LETTER, "grade": ""}, "请选择办理结果。"),
    "reply short": ("housing", "draft_reply", {**LETTER, "body": "已办。"}, "答复内容太短，请写清楚（不少于20字）。"),
    "reply half public": (
        *("housing", "draft_reply", {**LETTER, "publicity": "none", "publicity_reason": ""}),
        "不全文公开的，请写明理由。",
    ),
}


@pytest.mark.parametrize("case", TASKS)
def test_a_step_of_a_task(app: Flask, life: Life, case: str):
    unit, step, sent, sentence = TASKS[case]

    def received() -> Any:
        return life.act(unit, life.task(life.assigned(JOINT), unit), "receive")

    path = f"/tasks/{made(app, received)}/steps/{step}"
    page = refused(as_(app, unit).submit(path, sent, action=f"/steps/{step}"), 422, sentence)
    words = {name: value for name, value in sent.items() if value and name not in ("happened_on", "form", "grade")}
    kept(page, f"/steps/{step}", words)


def test_28_dissatisfied_without_a_reason(app: Flask, life: Life):
    task = made(app, lambda: life.replied(life.task(life.assigned(SOLE))))
    sent = {"attitude": "satisfied", "result": "dissatisfied", "reason": ""}
    answer = as_(app, "zhang").submit(f"/tasks/{task}/steps/rate", sent, action="/steps/rate")
    page = refused(answer, 422, "评价为“不满意”时，请写明理由，以便重新办理。")
    kept(page, "/steps/rate", {"attitude": "satisfied", "result": "dissatisfied"})
