"""The life of a matter in one table. Names of states and steps are contract; other programs rely on them."""

from portal.core.workflow import NEW, Step, Workflow
from portal.matters import fields as f
from portal.matters import guards as g
from portal.matters import rules as r

# fmt: off
MATTER = Workflow("matter", "群众意见", {
    **{"new": "待受理", "triaged": "已受理", "answered_on_spot": "当场答复", "forwarded": "已转交"},
    **{"handling": "办理中", "answered": "已答复", "converted": "已写成建议", "not_accepted": "不受理"},
    **{"fed_back": "已回告", "closed": "已办结"},
}, [
    Step("raise",     (NEW,),                 "new",              r.is_source,      "登记",
         "登记{source_words}", tell=("keepers",), by_itself=True),
    Step("triage",    ("new",),               "triaged",          r.answers_there,  "受理",
         "受理", f.TRIAGE, waits="待受理"),
    Step("answer",    ("triaged",),           "answered_on_spot", r.answers_there,  "当场答复",
         "当场答复，{outcome_words}：{text}", f.ANSWER, waits="待答复或转交"),
    Step("forward",   ("triaged", "forwarded", "handling", "converted"), "forwarded", r.keeps, "转交",
         "转交{to_words}", f.FORWARD, guard=g.not_a_suggestion, tell=("holder", "raiser"), waits="待答复或转交"),
    Step("receive",   ("forwarded",),         "handling",         r.holds,          "接收",
         "{holder}接收", tell=("keepers",), waits="群众意见，请接收"),
    Step("reply",     ("handling",),          "answered",         r.holds,          "答复",
         "{holder}答复，{outcome_words}：{text}", f.REPLY, tell=("keepers", "raiser"), waits="群众意见，待答复"),
    Step("convert",   ("new", "triaged", "forwarded", "handling"), "converted", r.writes_it, "写成建议",
         "写成代表建议", f.CONVERT, tell=("keepers",)),
    Step("decline",   ("new", "triaged"),     "not_accepted",     r.keeps,          "不受理",
         "不受理，{ground_words}：{text}", f.DECLINE, tell=("raiser",)),
    Step("feed_back", ("answered_on_spot", "answered", "converted", "not_accepted"), "fed_back", r.tells_back, "回告群众",
         "回告群众（{how_words}）：{text}", f.FEED_BACK, guard=g.something_to_tell,
         tell=("keepers", "raiser"), waits="有了答复，请回告群众"),
    Step("reopen",    ("fed_back", "closed"), "triaged",          r.takes_up_again, "重新办理",
         "重新办理：{reason}", f.REOPEN, tell=("keepers", "former")),
    Step("close",     ("fed_back",),          "closed",           r.closes,         "办结",
         "办结", waits="已回告，请办结"),
])
# fmt: on
FLOWS = (MATTER,)
