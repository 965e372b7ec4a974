"""Pure rules of contacts: the kinds, who is who to a record, what stands between a draft and the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts import permissions as p
from portal.core.workdays import add_months

MEMBER_DEPUTY, LEADER_PLACE, ORGAN_DEPUTY, DEPUTY_VOTERS = (
    "member_deputy",
    "leader_place",
    "organ_deputy",
    "deputy_voters",
)
KINDS: Mapping[str, str] = {
    MEMBER_DEPUTY: "组成人员联系代表",
    LEADER_PLACE: "领导联系乡镇街道",
    ORGAN_DEPUTY: "机关联系代表",
    DEPUTY_VOTERS: "代表联系选民",
}
FORMS: Mapping[str, str] = {
    "visit": "走访",
    "talk": "座谈",
    "phone": "电话",
    "message": "微信或短信",
    "letter": "书信或邮件",
    "activity": "参加小组活动",
    "meeting": "邀请列席或视察",
    "online": "网上平台",
}
ORGAN_FORMS: Mapping[str, str] = {
    "visit": "上门走访",
    "hearing": "邀请旁听庭审",
    "open_day": "开放日",
    "bulletin": "通报情况",
    "talk": "座谈征求意见",
    "feedback": "反馈意见办理",
    "phone": "电话",
}
ALL_FORMS: Mapping[str, str] = {**ORGAN_FORMS, **FORMS}
MONTHS_A_YEAR = 12
MOST_TIMES, MOST_PERSONS = 52, 2000
ORGANS = (p.HANDLER, p.SIGNER, p.COMMITTEE)


def is_writer(actor: Any, record: Any) -> bool:
    """Whoever wrote the record down."""
    return actor.capacity_id is not None and actor.capacity_id == record.written_by_id


def is_contacted(actor: Any, record: Any) -> bool:
    """The deputy concerned, or the staff of the township or street that a leader visited."""
    if record.seat_id is not None:
        return bool(actor.role == p.DEPUTY and actor.capacity_id == record.seat_id)
    return bool(actor.role == p.DELEGATION and record.place_id is not None and actor.body_id == record.place_id)


def own_words(record: Any) -> bool:
    """The deputy concerned wrote it themselves, so there is nobody else to confirm it."""
    return record.seat_id is not None and record.written_by_id == record.seat_id


def reads_voters(actor: Any, seat_id: int | None) -> bool:
    """Names and telephones of voters are read by the deputy they were told to, and by nobody else."""
    return bool(actor.role == p.DEPUTY and seat_id is not None and actor.capacity_id == seat_id)


@dataclass(frozen=True)
class Rhythm:
    """How a pair stands with its quota in one year: `done` of `times`, the last contact, by when the next is due."""

    times: int
    done: int
    last: date | None
    next_by: date

    def days_since(self, today: date) -> int | None:
        """Days since the last contact; None when there was none."""
        return (today - self.last).days if self.last else None

    def light(self, today: date) -> str:
        """green: the year's quota is met; red: the next contact is late; yellow: it is due within its last quarter."""
        if self.done >= self.times:
            return "green"
        if today > self.next_by:
            return "red"
        span = MONTHS_A_YEAR * 30 // (self.times * 4)
        return "yellow" if (self.next_by - today).days <= span else "green"


def rhythm(times: int, begun: date, dates: list[date], today: date) -> Rhythm:
    """The quota spread over the year, from the days of all contacts."""
    this_year = [day for day in dates if day.year == today.year]
    return spread(times, begun, max(dates, default=None), len(this_year))


def spread(times: int, begun: date, last: date | None, done: int) -> Rhythm:
    """The quota spread over the year in equal parts, counted from the last contact, else from when the pair began."""
    return Rhythm(times, done, last, add_months(last or begun, max(1, MONTHS_A_YEAR // times)))
