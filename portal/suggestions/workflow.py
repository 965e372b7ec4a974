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
    **{"replied": "已答复", "rehandling": "重新办理", "second_dissatisfied": "再次不满意"},
    **{"closed": "已办结", "not_admitted": "不予立案"},
}, [
    Step("submit",      ("draft",),     "submitted",    r.is_lead,   "提交",
         "提交了建议", guard=g.ready_to_submit, tell=("clerks", "delegation")),
    Step("check",       ("submitted",), STAYS,          r.checks,    "核对无误",
         "代表团核对了会上建议", f.CHECK, guard=g.not_yet_checked, tell=("clerks",), waits="会上建议，请核对"),
    Step("send_back",   ("submitted",), "draft",        r.is_clerk,  "退回补充",
         "退回补充：{reason}", f.SEND_BACK, guard=g.can_be_rewritten, tell=("deputies",)),
    Step("not_admit",   ("submitted",), "not_admitted", r.is_clerk,  "不予立案",
         "不予立案，{disposition_words}：{explanation}", f.NOT_ADMIT, tell=("deputies",)),
    Step("admit",       ("submitted",), "admitted",     r.is_clerk,  "立案并编号",
         "立案，编为{number_text}", f.ADMIT, guard=g.checked_where_needed, tell=("deputies",), waits="待审查"),
    Step("assign",      ("admitted",),  "assigned",     r.is_clerk,  "交办",
         "交办：{units_words}", f.ASSIGN, guard=g.not_merged, tell=("deputies", "units", "gov_office"), waits="待交办"),
    Step("merge",       ("admitted", "assigned"), STAYS, r.is_clerk, "并案",
         "并入{other}一并办理：{reason}", f.MERGE, guard=g.mergeable, tell=("deputies", "units")),
    Step("unmerge",     ("admitted", "assigned"), STAYS, r.is_clerk, "取消并案",
         "取消与{other}的并案：{reason}", f.UNMERGE, guard=g.merged, tell=("deputies", "units")),
    Step("split",       ("admitted",),  STAYS,          r.is_clerk,  "拆分",
         "分出{other}：{reason}", f.SPLIT, guard=g.not_merged, tell=("deputies",)),
    Step("divide_off",  (NEW,),         "admitted",     r.is_system, "分出一件",
         "从{origin}分出，编为{number_text}", tell=("deputies",), by_itself=True),
    Step("go_along",    ("admitted",),  "assigned",     r.is_system, "随主件交办",
         "随主件交办：{units_words}", tell=("deputies", "units"), by_itself=True),
    Step("adjust",      ("assigned", "rehandling"), STAYS, r.is_clerk, "调整单位",
         "{change_words}：{reason}", f.ADJUST, guard=g.not_merged, tell=("deputies", "units", "gov_office")),
    Step("open_coordination",   ("assigned", "rehandling"), STAYS, r.opens_coordination, "提请协调",
         "提请协调：{reason}", f.OPEN_COORDINATION, guard=g.none_open, tell=("clerks", "gov_office", "units")),
    Step("decide_coordination", ("assigned", "rehandling"), STAYS, r.decides_coordination, "作出协调决定",
         "协调决定：{decision}", f.DECIDE_COORDINATION, guard=g.one_open, tell=("deputies", "units"), waits="待协调"),
    Step("request_withdrawal",  ("submitted", "admitted", "assigned"), STAYS, r.is_lead, "撤回",
         "提出撤回：{reason}", f.REQUEST_WITHDRAWAL, guard=g.withdrawable, tell=("deputies", "clerks", "units")),
    Step("consent_withdrawal",  ("submitted", "admitted", "assigned"), STAYS, r.consents, "答复撤回",
         "{name}代表{answer_words}", f.CONSENT_WITHDRAWAL, guard=g.still_withdrawable,
         tell=("deputies", "clerks"), waits="领衔代表想撤回，请您答复"),
    Step("withdraw",    ("submitted", "admitted", "assigned"), "closed", r.is_system, "撤回成立",
         "建议已撤回{listed}", tell=("deputies", "clerks", "units", "gov_office"), by_itself=True),
    Step("all_replied", ("assigned", "rehandling"), "replied", r.is_system, "全部答复",
         "承办单位全部答复，办理结果：{grade_shown}", tell=("clerks",), by_itself=True),
    Step("all_rated",   ("replied",),   "closed",       r.is_system, "全部评价",
         "代表已全部评价，办结", tell=("clerks", "units"), by_itself=True),
    Step("feedback_lapsed", ("replied",), "closed",     r.is_system, "逾期未评价",
         "评价期限届满，代表没有评价，办结", tell=("deputies", "clerks", "units"), by_itself=True),
    Step("rehandle",    ("assigned", "replied", "rehandling", "closed"), "rehandling", r.reworks, "重新办理",
         "{unit}重新办理，{due_words}前答复：{text}", f.REHANDLE, guard=g.unsettled,
         tell=("deputies", "units", "gov_office"), waits="代表不满意，待研究"),
    Step("explain",     ("replied", "closed"), "closed", r.is_clerk, "说明办结",
         "不再重新办理，向代表说明：{text}", f.EXPLAIN, guard=g.nothing_else_open, tell=("deputies", "units")),
    Step("dissatisfied_again", ("replied",), "second_dissatisfied", r.is_system, "再次不满意",
         "代表对重新办理的答复仍不满意", tell=("clerks", "units", "gov_office"), by_itself=True),
    Step("convene",     ("second_dissatisfied",), STAYS, r.is_clerk, "召集双方",
         "{path_words}：{text}", f.CONVENE, guard=g.not_convened, tell=("deputies", "units"), waits="再次不满意，待召集"),
    Step("close",       ("second_dissatisfied",), "closed", r.is_clerk, "办结",
         "提出处理意见后办结：{text}", f.CLOSE, guard=g.convened, tell=("deputies", "units", "gov_office"),
         waits="已召集双方，待提出处理意见"),
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
    Step("sign_along", (NEW,),      "confirmed", r.is_system,   "随件联名",
         "{name}代表的联名随分出的一件", by_itself=True),
    Step("void",    ("confirmed",), "void",      r.is_system,   "失效",
         "内容有修改，{name}代表的联名失效", tell=("cosigner",), by_itself=True),
])

UNIT_TASK = Workflow("unit_task", "承办任务", {
    **{"pending": "待签收", "handling": "办理中", "reply_drafted": "待签发"},
    **{"return_requested": "申请退办", "returned": "已退办"},
    **{"replied": "已答复", "done": "已评价", "opinion_given": "已交意见"},
}, [
    Step("dispatch",        ("pending",),                  STAYS,           r.dispatches,   "转交",
         "政府办转交{unit}", guard=g.not_yet_dispatched, tell=("unit",), waits="待转交"),
    Step("receive",         ("pending",),                  "handling",      r.receives,     "签收",
         "{unit}{how}签收", f.RECEIVE, guard=g.dispatched_where_needed, waits="待签收"),
    Step("request_return",  ("pending", "handling"), "return_requested",    r.handles,      "申请退办",
         "{unit}申请退办，建议改由{proposed}办理：{reason}", f.REQUEST_RETURN, guard=g.may_return,
         tell=("clerks", "gov_office", "deputies")),
    Step("approve_return",  ("return_requested",),         "returned",      r.oversees,     "同意退办",
         "同意{unit}退办，改由{new_unit}办理，{clock_words}", f.APPROVE_RETURN,
         tell=("deputies", "units", "former", "gov_office"), waits="申请退办，待决定"),
    Step("refuse_return",   ("return_requested",),         "handling",      r.oversees,     "不同意退办",
         "不同意{unit}退办，请继续办理：{reason}", f.REFUSE_RETURN, tell=("deputies", "unit", "signers")),
    Step("log_contact",     ("handling", "reply_drafted"), STAYS,           r.answers,      "登记联系",
         "{unit}登记：{day}{who}{form_words}联系代表", f.LOG_CONTACT, tell=("lead",)),
    Step("confirm_contact", g.ONCE_TAKEN_UP,               STAYS,           r.is_deputy_of, "核实联系",
         "对{unit}登记的联系，代表答：{answer_words}",
         f.CONFIRM_CONTACT, guard=g.something_to_confirm, tell=("unit",), waits="单位说联系过您，请核实"),
    Step("request_extension", ("handling", "reply_drafted"), STAYS,         r.answers,      "申请延期",
         "{unit}申请延期到{asked}：{reason}", f.REQUEST_EXTENSION, guard=g.may_extend,
         tell=("clerks", "gov_office")),
    Step("grant_extension", ("handling", "reply_drafted"), STAYS,           r.grants,       "同意延期",
         "同意{unit}延期，原{old_due}，延到{new_due}", f.GRANT_EXTENSION, guard=g.extension_waits,
         tell=("deputies", "unit", "signers"), waits="申请延期，待决定"),
    Step("refuse_extension", ("handling", "reply_drafted"), STAYS,          r.grants,       "不同意延期",
         "不同意{unit}延期，仍在{old_due}前答复：{reason}", f.REFUSE_EXTENSION, guard=g.extension_waits,
         tell=("unit", "signers")),
    Step("give_opinion",    ("handling",),                 "opinion_given", r.assists,      "交会办意见",
         "{unit}交会办意见", f.GIVE_OPINION, tell=("lead_unit",), waits="待交会办意见"),
    Step("bounce_opinion",  ("opinion_given",),            "handling",      r.leads_over,   "退回意见",
         "{unit}的会办意见退回重提，{due_words}前再交：{reason}", f.BOUNCE_OPINION, guard=g.lead_not_answered,
         tell=("unit", "gov_office")),
    Step("draft_reply",     ("handling",),                 "reply_drafted", r.answers,      "送签",
         "{unit}拟好答复，送签", f.DRAFT_REPLY, tell=("signers",), waits="待答复"),
    Step("bounce_reply",    ("reply_drafted",),            "handling",      r.bounces,      "退回修改",
         "{unit}的答复退回修改：{reason}", f.BOUNCE_REPLY, tell=("unit",)),
    Step("check_reply",     ("reply_drafted",),            STAYS,           r.oversees_reply, "核对答复",
         "政府办核对了{unit}的答复", f.CHECK_REPLY, guard=g.not_checked, tell=("signers",)),
    Step("sign_reply",      ("reply_drafted",),            "replied",       r.signs,        "签发答复",
         "{unit}答复，{grade_shown}",
         f.SIGN_REPLY, guard=g.ready_to_sign, tell=("deputies", "clerks", "gov_office", "unit"), waits="待签发"),
    Step("rate",            ("replied",),                  "done",          r.is_deputy_of, "评价答复",
         "评价{unit}：态度{attitude_words}，结果{result_words}", f.RATE, guard=g.feedback_open,
         tell=("clerks", "unit"), waits="请评价答复"),
    Step("urge",            g.UNDER_WAY,                   STAYS,           r.oversees,     "催办",
         "催办{unit}：{text}", f.URGE, tell=("unit", "signers")),
])
# fmt: on


@dataclass(frozen=True)
class Driven:
    """When the live answering parts stand so, the suggestion takes `step` by itself; row after row."""

    step: str
    start: tuple[str, ...]
    holds: Callable[[Sequence[Any]], bool]
    words: str


DRIVEN = (
    # step            while it is      when the answering parts are so
    Driven("all_replied", ("assigned", "rehandling"), g.all_answered, "全部已答复"),
    Driven("dissatisfied_again", ("replied",), g.dissatisfied_again, "重新办理后仍有不满意，其余的都已了结"),
    Driven("all_rated", ("replied",), g.all_over, "全部已评价或逾期，至少一份已评价，没有待研究的不满意"),
    Driven("feedback_lapsed", ("replied",), g.all_lapsed, "全部逾期未评价"),
)

FLOWS = (SIGNATURE, SUGGESTION, UNIT_TASK)
