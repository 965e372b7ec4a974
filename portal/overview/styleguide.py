"""The catalogue of components at /_styleguide, with every state of each, and sample pages in each frame.

For those who write pages, and for the accessibility tests; never registered in production. All sample facts agree
with each other: today is 12 May 2026, and 131 of 213 answered is what the figures say everywhere.
"""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.fields import Field
from portal.web.access import public
from portal.web.forms import PortalForm, form_of
from portal.web.frame import Entry

blueprint = Blueprint("styleguide", __name__, url_prefix="/_styleguide")

TODAY = date(2026, 5, 12)
PAGES = {
    "home": ("代表首页", "deputy"),
    "track": ("一件建议", "deputy"),
    "write": ("写建议", "deputy"),
    "desk": ("审查工作台", "desk"),
    "board": ("办理情况", "desk"),
    "station": ("联络站", "public"),
    "sign-in": ("登录", "plain"),
    "letter": ("答复函", "print"),
    "form": ("征询意见表", "print"),
    "lost": ("没有找到", "deputy"),
    "conflict": ("内容有了变化", "desk"),
}
CATEGORY_NAMES = ("城乡建设", "交通出行", "教育体育", "医疗卫生", "生态环境", "养老民政", "其他")
CAPACITIES = (("a", "区人大代表 · 清河代表团", True), ("b", "代表小组召集人 · 第二小组", False))
LINKS = ("notices", "large", "switch", "sign_out", "me", "search", "sign_in", "privacy")
FIELDS = (
    Field("title", "建议题目", hint="一事一议，60字以内，“关于……的建议”", most=60),
    Field("body", "情况", "text", hint="写清楚在哪里、有多少、多久了。可以用输入法的语音说。", most=3000),
    Field("when", "哪一天", "date", hint="按实际发生的那一天"),
    Field("people", "见了多少人", "number"),
    Field("unit", "希望哪个单位办", required=False),
    Field("publicity", "能不能公开", "choice", choices=(("full", "全文公开"), ("none", "不公开"))),
    Field("attitude", "办理态度", "choice", choices=(("3", "满意"), ("2", "基本满意"), ("1", "不满意"))),
    Field("channels", "怎么通知您", "choices", required=False, choices=(("sms", "短信"), ("mail", "邮件"))),
    Field(
        "category",
        "类别",
        "choice",
        choices=tuple((name, name) for name in CATEGORY_NAMES),
    ),
    Field("agreed", "我已核对，内容属实", "yes"),
    Field("photos", "照片或文件", "files", required=False, hint="照片会自动缩小。请不要拍到门牌号、身份证。"),
    Field("password", "密码", "secret"),
    Field("username", "用户名", hint="手机号或工作人员账号"),
)
WRONG = {
    "body": "路灯不亮",
    "when": "2026-02-30",
    "people": "十来个",
    "unit": "区水务局",
    "publicity": "full",
    "channels": "sms",
}
STEP = (
    Field("reason", "退回的理由", "text", hint="单位和代表都会看到。", least=10, most=500),
    Field("happened_on", "发生在哪一天", "date", required=False),
)
WEEKS = (
    ("4/13", 6, 6), ("4/20", 9, 9), ("4/27", 12, 12), ("5/4", 15, 13), ("本周", 22, 21), ("5/18", 19, 19),
    ("5/25", 24, 24), ("6/1", 41, 17), ("6/8", 36, 8), ("6/15", 18, 2), ("6/22", 7, 0), ("6/29", 4, 0),
)  # fmt: skip
CATEGORIES = (
    ("城乡建设", 41, 118), ("交通出行", 38, 96), ("教育体育", 44, 82), ("医疗卫生", 36, 71), ("生态环境", 22, 64),
    ("养老民政", 27, 52), ("其他", 14, 38),
)  # fmt: skip
EXPLAINED = (
    ("从哪天起", "5月8日（周五）收到答复，当天不算"),
    ("给多久", "15个工作日"),
    ("算进去", "5月9日（周六）调休上班"),
    ("跳过", "5月10、16、17、23、24日"),
    ("到哪天", "5月28日（周四）24:00"),
)


@blueprint.get("")
@public
def catalogue() -> str:
    """Every component in all its states."""
    return render_template("styleguide.html", frame=_frame("deputy", ""), pages=PAGES, **_samples())


@blueprint.get("/<name>")
@public
def sample(name: str) -> str:
    """One sample page in its own frame; ?theme=dark and ?large=1 show it as such a person would see it."""
    if name not in PAGES:
        raise NotFound()
    frame = _frame(PAGES[name][1], name)
    template = {"lost": "errors/error.html", "conflict": "errors/conflict.html"}.get(name, f"styleguide/{name}.html")
    return render_template(template, frame=frame, **_samples(), **_refusals(name))


def _frame(layout: str, here: str) -> SimpleNamespace:
    deputy = layout != "desk"
    return SimpleNamespace(
        office="示范区代表履职",
        layout=f"layouts/{layout}.html",
        person="沈若兰" if deputy else "高明远",
        capacity="区人大代表 · 清河代表团" if deputy else "代表工作委员会",
        capacities=CAPACITIES if deputy else (),
        menu=_deputy_menu(here) if deputy else _desk_menu(here),
        unread=2 if deputy else 5,
        notes=[],
        phone="000-0000-0100",
        theme="dark" if request.args.get("theme") == "dark" else "light",
        large=bool(request.args.get("large")),
        demo=True,
        today=TODAY,
        links=dict.fromkeys(LINKS, "#") | {"home": "/_styleguide/home"},
    )


def _deputy_menu(here: str) -> tuple[Entry, ...]:
    rows = (("首页", "home", "house-door"), ("建议", "track", "file-text"), ("写建议", "write", "plus-circle"))
    entries = [Entry(label, f"/_styleguide/{name}", icon, 0, name == here) for label, name, icon in rows]
    return (*entries, Entry("消息", "#", "bell", 2), Entry("我的", "#", "person"))


def _desk_menu(here: str) -> tuple[Entry, ...]:
    rows = (
        ("审查", "desk", "inbox", 18), ("交办", "", "send", 7), ("办理", "", "hourglass-split", 82),
        ("督办", "", "flag", 9), ("回头看", "", "arrow-repeat", 31), ("双联系", "", "people", 0),
        ("家站点", "", "geo-alt", 0), ("统计报告", "board", "bar-chart", 0),
    )  # fmt: skip
    return tuple(
        Entry(label, f"/_styleguide/{name}" if name else "#", icon, count, name == here)
        for label, name, icon, count in rows
    )


def _samples() -> dict[str, Any]:
    return {
        "empty_form": form_of(FIELDS, name="SampleForm")(),
        "wrong_form": _wrong(),
        "step": SimpleNamespace(name="request_return", button="申请退回"),
        "step_form_sample": form_of(STEP, name="SampleStep")(),
        "day": TODAY,
        "replied_on": date(2026, 5, 8),
        "moment": datetime(2026, 5, 12, 10, 42, tzinfo=clock.OFFICE_ZONE),
        "weeks": [(label, "#weeks", due, done, label == "本周") for label, due, done in WEEKS],
        "categories": [(label, done, all_of_them, "#") for label, done, all_of_them in CATEGORIES],
        "explained": EXPLAINED,
    }


def _wrong() -> PortalForm:
    form: PortalForm = form_of(FIELDS, name="SampleForm")(MultiDict(WRONG))
    form.validate()
    return form


def _refusals(name: str) -> dict[str, Any]:
    if name == "lost":
        error = SimpleNamespace(status=404, message=NotFound.default, code="not_found")
        return {"error": error, "title": "没有找到", "back": None, "typed": [], "reference": "7F3-2K9"}
    if name != "conflict":
        return {}
    mine = "清淤已完成600米，剩余300米及截污管于6月5日前完成，负责人：副局长罗建平。"
    theirs = "清淤已完成600米，剩余300米及截污管预计6月上旬完成。"
    return {
        "said": "您写的时候，陈敏先改了这份答复",
        "mine": [("point2", "诉求点2", mine)],
        "theirs": [("point2", "诉求点2", theirs)],
        "who": "陈敏",
        "when": "今天10:39",
        "url": "#",
        "theirs_url": "#",
        "merge_url": "#",
    }
