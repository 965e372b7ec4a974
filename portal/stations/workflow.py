"""The life of a duty slot: one deputy's turn at one reception (names of states and steps are contract)."""

from portal.core.workflow import NEW, STAYS, Step, Workflow
from portal.stations import fields as f
from portal.stations import guards as g

# fmt: off
SLOT = Workflow("duty_slot", "接待值班", {
    **{"planned": "待值班", "swapped": "已换班", "on_leave": "请假", "held": "已到站", "missed": "缺勤"},
}, [
    Step("plan",        (NEW,),                "planned",  g.is_system,  "排班",
         "排{name}代表{day}接待", by_itself=True),
    Step("offer_swap",  ("planned",),          STAYS,      g.is_own,     "换班",
         "{name}代表想用{day}的接待换{other_name}代表{other_day}的接待", f.OFFER_SWAP, guard=g.still_ahead,
         tell=("other",)),
    Step("accept_swap", ("planned",),          "swapped",  g.is_offered, "同意换班",
         "{name}代表{day}的接待与{other_name}代表{other_day}的接待对调", guard=g.offer_stands,
         tell=("deputy", "staff"), waits="同事想和您换班，请答复"),
    Step("exchange",    ("planned",),          "swapped",  g.is_system,  "随换班对调",
         "{name}代表{day}的接待随换班对调", by_itself=True),
    Step("take_leave",  ("planned",),          "on_leave", g.own_or_staff, "请假",
         "{name}代表{day}的接待请假：{reason}", f.TAKE_LEAVE, guard=g.not_over, tell=("deputy", "staff")),
    Step("fall_vacant", ("planned",),          "on_leave", g.is_system,  "空缺",
         "{name}代表{day}的接待空出来：{reason}", tell=("staff",), by_itself=True),
    Step("arrive",      ("planned", "missed"), "held",     g.own_or_staff, "登记到站",
         "{name}代表{day}到站接待{late_words}", f.ARRIVE, guard=g.day_has_come),
    Step("mark_missed", ("planned",),          "missed",   g.staff,      "记缺勤",
         "{name}代表{day}没有到站{reason_words}", f.MARK_MISSED, guard=g.day_is_over, tell=("deputy", "staff")),
])
# fmt: on

FLOWS = (SLOT,)
