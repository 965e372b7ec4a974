"""The life of an activity and of a sign-up. Names of states and steps are contract; other programs rely on them."""

from portal.activities import fields as f
from portal.activities import guards as g
from portal.activities import rules as r
from portal.core.workflow import NEW, STAYS, Step, Workflow

# fmt: off
ACTIVITY = Workflow("activity", "活动", {
    **{"planned": "已拟定", "approved": "已批准", "published": "报名中", "closed": "报名截止"},
    **{"held": "已举行", "summarised": "已总结", "called_off": "已取消"},
}, [
    Step("plan",          (NEW,),         "planned",    r.runs,      "拟定计划",
         "拟定了活动计划"),
    Step("approve",       ("planned",),   "approved",   r.approves,  "批准",
         "批准了活动计划", guard=g.not_the_planner, tell=("clerks",), waits="活动计划，请审批"),
    Step("publish",       ("approved",),  "published",  r.runs,      "发布",
         "发布，开始报名", guard=g.still_ahead, tell=("audience",), waits="已批准，等发布"),
    Step("close_sign_up", ("published",), "closed",     r.closes,    "截止报名",
         "报名截止"),
    Step("release_quota", ("closed",),    STAYS,        r.closes,    "调剂剩余名额",
         "剩余名额调剂给候补的人", guard=g.unreleased),
    Step("hold",          ("closed",),    "held",       r.runs,      "登记已举行",
         "活动已举行：到会{came}人，请假{leave}人，缺席{absent}人", guard=g.has_begun),
    Step("summarise",     ("held",),      "summarised", r.runs,      "写小结",
         "写了活动小结", f.SUMMARISE, waits="已举行，等小结"),
    Step("call_off",      ("planned", "approved", "published", "closed"), "called_off", r.runs, "取消活动",
         "活动取消：{reason}", f.CALL_OFF, tell=("signed",)),
])

SIGN_UP = Workflow("sign_up", "活动报名", {
    **{"waiting": "候补", "confirmed": "已报名", "leave_requested": "请假待批", "on_leave": "已请假"},
    **{"cancelled": "已取消报名", "attended": "已到会", "absent": "缺席"},
}, [
    Step("sign_up",       (NEW, "cancelled"), "waiting",     r.is_own,         "报名",
         "报了名", f.SIGN_UP, guard=g.open_to_sign_up),
    Step("take_place",    ("waiting",),       "confirmed",   r.is_system,      "得到名额",
         "有名额，报名成功", by_itself=True),
    Step("cancel",        ("confirmed", "waiting", "leave_requested", "on_leave"), "cancelled", r.is_own, "取消报名",
         "取消了报名", guard=g.not_begun),
    Step("promote",       ("waiting",),       "confirmed",   r.gives_places,   "候补转正",
         "有了名额，从候补转为报名成功", guard=g.not_begun, tell=("self",)),
    Step("request_leave", ("confirmed",),     "leave_requested", r.is_own,     "请假",
         "请假：{reason}", f.REQUEST_LEAVE, guard=g.not_over, tell=("clerks",)),
    Step("approve_leave", ("leave_requested",), "on_leave",  r.organises,      "同意请假",
         "同意请假", f.APPROVE_LEAVE, tell=("self",), waits="有人请假，请答复"),
    Step("refuse_leave",  ("leave_requested",), "confirmed", r.organises,      "不同意请假",
         "不同意请假：{answer}", f.REFUSE_LEAVE, tell=("self",)),
    Step("check_in",      ("confirmed", "leave_requested", "on_leave", "absent"), "attended", r.notes_presence, "签到",
         "到会{how}", f.CHECK_IN, guard=g.on_the_day),
    Step("mark_absent",   ("confirmed", "leave_requested", "attended"), "absent", r.notes_absence, "记缺席",
         "没有到会", f.MARK_ABSENT, guard=g.known_by_now),
])
# fmt: on

FLOWS = (ACTIVITY, SIGN_UP)
