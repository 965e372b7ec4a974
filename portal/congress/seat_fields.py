"""What the changes of a seat ask for, each with the act that writes it down."""

from portal.congress import seat_actions
from portal.congress.rules import ENDINGS
from portal.core.fields import Field

REASON = Field("reason", "依据和原因", "text", least=4, most=500, hint="写明决定或通知的名称")
SUSPEND = (
    Field("day", "从哪天起暂停", "date"),
    Field(
        "back_on", "到哪天恢复", "date", required=False, hint="到这一天自动恢复；还不知道就空着，原因消除后再登记恢复"
    ),
    REASON,
)
RESUME = (Field("day", "从哪天起恢复", "date"), REASON)
END = (
    Field("kind", "终止的情形", "choice", choices=tuple((code, words) for code, (words, _) in ENDINGS.items())),
    Field("day", "从哪天起终止", "date", hint="法定终止的日期，如迁出之日、接受辞职之日；不是公告的日期"),
    Field("note", "说明", "text", required=False, most=500),
)
NOTICE = (
    Field("noticed_on", "公告日期", "date"),
    Field("notice_number", "公告文号", most=60, hint="如示范区人大常委会公告第12号"),
)
TAKE_BACK = (REASON,)

ACTS = {
    "suspend": (SUSPEND, seat_actions.suspend, "已登记暂停。"),
    "resume": (RESUME, seat_actions.resume, "已登记恢复。"),
    "end": (END, seat_actions.end, "已登记终止。公告以后再登记文号；请看交接清单。"),
    "notice": (NOTICE, seat_actions.announce, "公告已登记。"),
    "take-back": (TAKE_BACK, seat_actions.take_back, "已撤销终止登记。"),
}


def open_to(standing: str, ends: bool) -> tuple[str, ...]:
    """The acts a seat of this standing allows, the likeliest first; `ends`: its end is on record."""
    if ends:
        return ("notice",) if standing == "terminated" else ("notice", "take-back")
    if standing == "past":
        return ()
    return ("resume", "end") if standing == "suspended" else ("end", "suspend")
