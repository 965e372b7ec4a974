"""The life of a message in one table. Names of states and steps are contract; other programs rely on them."""

from typing import Any

from portal.core.workflow import NEW, STAYS, Step, Workflow
from portal.stations import message_fields as f
from portal.stations import message_rules as r


def answered(_actor: Any, message: Any) -> str | None:
    """There is a word back to be rated."""
    told = message.matter is not None and message.matter.state in ("fed_back", "closed")
    return None if told else "还没有答复，有了答复再评价。"


# fmt: off
MESSAGE = Workflow("message", "群众留言", {
    **{"received": "待审核", "released": "已采用", "quarantined": "未采用"},
}, [
    Step("send",       (NEW,),                      "received",    r.wrote_it,      "留言",
         "群众留言{day_words}", tell=("staff",), by_itself=True),
    Step("release",    ("received", "quarantined"), "released",    r.keeps,         "采用",
         "采用，作为群众意见《{title}》办理", f.RELEASE, waits="群众留言，请审核"),
    Step("quarantine", ("received",),               "quarantined", r.keeps_or_time, "不采用",
         "不采用：{reason}", f.QUARANTINE),
    Step("rate",       ("released",),               STAYS,         r.wrote_it,      "评价",
         "群众评价：{rating_words}", f.RATE, guard=answered, tell=("staff",)),
])
# fmt: on
FLOWS = (MESSAGE,)
