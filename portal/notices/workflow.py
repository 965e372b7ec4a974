"""The life of a notice and of a receipt. Names of states and steps are contract; other programs rely on them."""

from portal.core.fields import Field
from portal.core.workflow import STAYS, Step, Workflow
from portal.notices import guards as g
from portal.notices import rules as r

WITHDRAW = (Field("reason", "撤回的原因", "text", least=2, most=500, hint="收到的人会看到"),)
ASK_LEAVE = (Field("reason", "请假原因", "text", least=2, most=500, hint="工委会看到"),)

# fmt: off
NOTICE = Workflow("notice", "通知公告", {"draft": "草稿", "published": "已发布", "withdrawn": "已撤回"}, [
    Step("publish",   ("draft",),     "published", r.keeps, "发布",
         "发布，发给{number}人", tell=("audience",)),
    Step("withdraw",  ("published",), "withdrawn", r.keeps, "撤回",
         "撤回：{reason}", WITHDRAW, tell=("audience",)),
    Step("remind",    ("published",), STAYS,       r.keeps, "提醒没有读的人",
         "提醒没有读的{number}人", guard=g.not_reminded_today),
])

RECEIPT = Workflow("receipt", "通知回执", {
    **{"unread": "未读", "read": "已读", "attending": "参加", "on_leave": "请假"},
}, [
    Step("read",      ("unread",),                      "read",      r.is_own,  "看过了",
         "读了通知", guard=g.still_stands),
    Step("attend",    ("unread", "read", "on_leave"),   "attending", r.answers, "参加",
         "回执：参加", guard=g.still_asked, waits="请回执"),
    Step("ask_leave", ("unread", "read", "attending"),  "on_leave",  r.answers, "请假",
         "回执：请假，{reason}", ASK_LEAVE, guard=g.still_asked),
])
# fmt: on

FLOWS = (NOTICE, RECEIPT)
