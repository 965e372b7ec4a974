"""The life of a contact record. Names of states and steps are contract (design §6)."""

from portal.contacts import fields as f
from portal.contacts import rules as r
from portal.core.workflow import Step, Workflow

# fmt: off
CONTACT_RECORD = Workflow("contact_record", "联系记录", {
    "draft": "草稿", "filed": "待核实", "confirmed": "已核实", "disputed": "代表说不属实",
}, [
    Step("file",    ("draft",), "filed",     r.is_writer,    "登记",
         "登记：{near}{form_words}{far}{proxy_words}", tell=("contacted",)),
    Step("confirm", ("filed",), "confirmed", r.is_contacted, "属实",
         "{who}核实：属实", tell=("writer",), waits="登记说联系过您，请核实"),
    Step("dispute", ("filed",), "disputed",  r.is_contacted, "不属实",
         "{who}说不属实：{reason}", f.DISPUTE, tell=("writer", "clerks")),
])
# fmt: on

FLOWS = (CONTACT_RECORD,)
