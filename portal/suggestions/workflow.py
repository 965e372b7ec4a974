"""The life of a suggestion, of a co-signature and of a unit's task: three tables, and the one by which tasks drive
their suggestion. Names of states and steps are contract; other programs rely on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.workflow import NEW, STAYS, Step, Workflow
from portal.suggestions import fields as f
from portal.suggestions import guards as g
from portal.suggestions import rules as r

# fmt: off
SUGGESTION = Workflow("suggestion", "代表建议", {
    **{"draft": "草稿", "submitted": "已提交", "admitted": "已立案", "assigned": "已交办"},
    **{"replied": "已答复", "closed": "已办结", "not_admitted": "不予立案"},
}, [
    Step("submit",      ("draft",),     "submitted",    r.is_lead,   "提交",
         "提交了建议", guard=g.ready_to_submit, tell=("clerks", "delegation")),
    Step("check",       ("submitted",), STAYS,          r.checks,    "核对无误",
         "代表团核对了会上建议", f.CHECK, tell=("clerks",), waits="会上建议，请核对"),
    Step("send_back",   ("submitted",), "draft",        r.is_clerk,  "退回补充",
         "退回补充：{reason}", f.SEND_BACK, tell=("deputies",)),
    Step("not_admit",   ("submitted",), "not_admitted", r.is_clerk,  "不予立案",
         "不予立案，{disposition_words}：{explanation}", f.NOT_ADMIT, tell=("deputies",)),
    Step("admit",       ("submitted",), "admitted",     r.is_clerk,  "立案并编号",
         "立案，编为{number_text}", f.ADMIT, guard=g.checked_where_needed, tell=("deputies",), waits="待审查"),
    Step("assign",      ("admitted",),  "assigned",     r.is_clerk,  "交办",
         "交办：{units_words}", f.ASSIGN, tell=("deputies", "units", "gov_office"), waits="待交办"),
    Step("all_replied", ("assigned",),  "replied",      r.is_system, "全部答复",
         "承办单位全部答复，办理结果：{grade_shown}", tell=("clerks",), by_itself=True),
    Step("all_rated",   ("replied",),   "closed",       r.is_system, "全部评价",
         "代表已全部评价，办结", tell=("clerks", "units"), by_itself=True),
])

SIGNATURE = Workflow("signature", "联名", {
    **{"invited": "等待确认", "confirmed": "已确认", "declined": "不联名", "void": "已失效"},
}, [
    Step("invite",  (NEW, "void"),  "invited",   r.is_inviting, "邀请联名",
         "邀请{name}代表联名", tell=("cosigner",)),
    Step("confirm", ("invited",),   "confirmed", r.is_invited,  "确认联名",
         "{name}代表确认联名", guard=g.still_a_draft, tell=("lead",), waits="请您联名"),
    Step("decline", ("invited",),   "declined",  r.is_invited,  "不联名",
         "{name}代表表示不联名", tell=("lead",)),
    Step("void",    ("confirmed",), "void",      r.is_system,   "失效",
         "内容有修改，{name}代表的联名失效", tell=("cosigner",), by_itself=True),
])

UNIT_TASK = Workflow("unit_task", "承办任务", {
    **{"pending": "待签收", "handling": "办理中", "reply_drafted": "待签发"},
    **{"replied": "已答复", "done": "已评价", "opinion_given": "已交意见"},
}, [
    Step("receive",         ("pending",),                  "handling",      r.handles,      "签收",
         "{unit}签收", f.RECEIVE, waits="待签收"),
    Step("log_contact",     ("handling", "reply_drafted"), STAYS,           r.answers,      "登记联系",
         "{unit}登记：{day}{who}{form_words}联系代表", f.LOG_CONTACT, tell=("lead",)),
    Step("confirm_contact", g.ONCE_TAKEN_UP,              STAYS,           r.is_deputy_of, "核实联系",
         "对{unit}登记的联系，代表答：{answer_words}",
         f.CONFIRM_CONTACT, guard=g.something_to_confirm, tell=("unit",), waits="单位说联系过您，请核实"),
    Step("give_opinion",    ("handling",),                 "opinion_given", r.assists,      "交会办意见",
         "{unit}交会办意见", f.GIVE_OPINION, tell=("lead_unit",), waits="待交会办意见"),
    Step("draft_reply",     ("handling",),                 "reply_drafted", r.answers,      "送签",
         "{unit}拟好答复，送签", f.DRAFT_REPLY, tell=("signers",), waits="待答复"),
    Step("bounce_reply",    ("reply_drafted",),            "handling",      r.signs,        "退回修改",
         "{unit}签发人退回修改：{reason}", f.BOUNCE_REPLY, tell=("unit",)),
    Step("sign_reply",      ("reply_drafted",),            "replied",       r.signs,        "签发答复",
         "{unit}答复，{grade_shown}",
         f.SIGN_REPLY, guard=g.ready_to_sign, tell=("deputies", "clerks", "gov_office", "unit"), waits="待签发"),
    Step("rate",            ("replied",),                  "done",          r.is_deputy_of, "评价答复",
         "评价{unit}：态度{attitude_words}，结果{result_words}", f.RATE, tell=("clerks", "unit"), waits="请评价答复"),
])
# fmt: on


@dataclass(frozen=True)
class Driven:
    """When the answering tasks of the live round stand so, the suggestion takes `step` by itself."""

    step: str
    start: str
    holds: Callable[[Sequence[Any]], bool]
    words: str


DRIVEN = (
    # step         while it is  when the answering tasks are so
    Driven("all_replied", "assigned", lambda tasks: all(t.state in ("replied", "done") for t in tasks), "全部已答复"),
    Driven("all_rated", "replied", lambda tasks: all(g.settled(t) for t in tasks), "全部已评价且没有不满意"),
)

FLOWS = (SIGNATURE, SUGGESTION, UNIT_TASK)
