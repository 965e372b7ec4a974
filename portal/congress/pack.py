"""A rule pack as the program reads it: frozen values with typed access, nothing that touches files or tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

UNSTATED = "本办法未规定，按办公室约定"

UNITS = {"wd": "个工作日", "d": "日", "m": "个月"}

# What a clock starts from, in the words of the explanation sheet.
EVENTS = {
    "submit": "提交",
    "session_end": "会议闭幕",
    "assign": "交办",
    "dispatch": "转交",
    "receive": "签收",
    "bounce_opinion": "要求重提意见",
    "sign_reply": "答复",
    "delivered": "送达答复",
    "feedback_due": "评价期满",
    "rehandle": "决定重新办理",
    "matter": "收到意见",
    "triage": "受理",
    "forward": "转交",
    "answer": "答复",
    "close": "办结",
    "term_end": "任期届满",
}

LEVELS = {"province": "省级", "city": "设区的市", "county": "县级", "township": "乡镇"}
COLOURS = ("green", "blue", "yellow", "red", "grey")
WORDS = ("suggestion", "sole", "lead", "assist", "separate")
LIMITS = ("title_most", "body_least", "body_most", "reason_least")

# Every duration, with the events it may be counted from.
PERIODS: dict[str, tuple[str, ...]] = {
    "assign": ("submit",),
    "assign_session": ("session_end",),
    "deemed_received": ("dispatch",),
    "return_window": ("receive", "assign"),
    "first_contact": ("assign", "receive"),
    "assist": ("assign", "receive"),
    "assist_redo": ("bounce_opinion",),
    "reply": ("assign", "receive"),
    "long_reply": ("assign", "receive"),
    "cap": ("assign",),
    "feedback": ("sign_reply", "delivered"),
    "feedback_urge": ("feedback_due",),
    "redo": ("rehandle",),
    "publish": ("sign_reply",),
    "matter_triage": ("matter",),
    "matter_forward": ("triage",),
    "matter_handle": ("forward",),
    "matter_feedback": ("answer",),
    "message_phone": ("close",),
    "read_after_term": ("term_end",),
}

YES_NO = {True: "是", False: "否"}

# Every policy, with the values it may take and how each reads.
POLICIES: dict[str, dict[Any, str]] = {
    "due_on_rest_day": {"next_working_day": "顺延到下一个工作日", "unchanged": "不顺延"},
    "reassign_keeps_due": YES_NO,
    "extension_approver": {
        "commission": "代表工委",
        "presidium": "乡镇人大主席团",
        "government_office": "政府办公室",
        "told": "告知代表即可",
    },
    "extension_times": {0: "不可延期", 1: "一次", 2: "两次"},
    "second_return_approver": {"leader": "政府分管领导", "commission": "代表工委"},
    "unreturned_policy": {"exclude": "不计入满意率", "basically": "按基本满意计算"},
    "redo_trigger": {"review": "代表工委研究后决定", "automatic": "自动重新办理"},
    "second_dissatisfied_path": {"meeting": "召集双方当面沟通", "expert": "专家评估", "explain": "书面说明"},
    "second_dissatisfied_report": YES_NO,
    "joint_reply": {
        "each": "答复每位代表",
        "each_or_relay": "答复每位代表，或者由领衔代表转复",
        "lead": "答复领衔代表",
    },
    "joint_rating": {"lead": "由领衔代表评价", "group": "共同评价"},
    "withdraw": {"all": "全体联名代表同意", "lead": "领衔代表决定"},
    "withdraw_until": {"assignment": "交办之前", "first_reply": "首次答复之前", "any": "办结之前"},
    "rate_after_term": YES_NO,
    "vacant_rating": {"first_cosigner": "由第一联名代表评价", "not_rated": "不再评价"},
    "session_check": YES_NO,
    "dispatch_first": YES_NO,
    "reply_check": YES_NO,
    "contact_before_reply": YES_NO,
    "grade_set_by": {"unit": "承办单位", "jointly": "代表、单位和督办机构共同", "supervisor": "督办机构"},
    "grade_when": {"reply": "答复时", "monthly": "每月"},
    "suggestion_grade_rule": {"worst": "取最差的一类", "mixed": "列为混合", "lead": "取第一主办单位的"},
    "signer_level": {"principal": "主要负责人", "leader": "单位负责人"},
    "key_item_face_reply": {"principal": "主要负责人", "leader": "单位负责人", "none": "不作规定"},
    "publicity_default": {"full": "全文公开", "summary": "摘要公开", "none": "不主动公开"},
    "deputy_may_object": YES_NO,
    "contact_ratio": {
        "two_to_three": "每人联系两至三名基层代表",
        "five_and_three": "领导各联系五名，其他组成人员各联系三名",
        "streets": "驻会领导各联系两至三个乡镇街道",
    },
    "points_scheme": {"items": "逐项积分", "hundred": "百分制", "none": "不计分"},
}

# Policies that are the starting event of a period: one truth, two names.
STARTING_POINTS = {"reply_clock_start": "reply", "return_from": "return_window", "feedback_from": "feedback"}


@dataclass(frozen=True)
class Period:
    """A duration: `amount` of `unit` (wd working days, d calendar days, m months) after the day of `start_event`."""

    key: str
    amount: int
    unit: str
    start_event: str
    label: str
    basis: str
    starts: str

    @property
    def words(self) -> str:
        """3个月, 5个工作日, 30日."""
        return f"{self.amount}{UNITS[self.unit]}"


@dataclass(frozen=True)
class Policy:
    """A choice an office has made, with what it is called and why."""

    key: str
    value: Any
    label: str
    basis: str

    @property
    def words(self) -> str:
        """The value as the rules page reads it: 全体联名代表同意."""
        return POLICIES[self.key][self.value]


@dataclass(frozen=True)
class Grade:
    """One outcome grade (办理类别). `letter` is empty where the place uses words only; lower `order` is better."""

    code: str
    letter: str
    word: str
    short: str
    colour: str
    order: int
    counts_as_solved: bool
    needs_follow_up: bool
    is_reference: bool

    @property
    def shown(self) -> str:
        """A类 where there are letters, else the short word."""
        return f"{self.letter}类" if self.letter else self.short


@dataclass(frozen=True)
class Scheme:
    """The grades of one pack, best first."""

    grades: tuple[Grade, ...]

    def __iter__(self) -> Iterator[Grade]:
        return iter(self.grades)

    def __getitem__(self, code: str) -> Grade:
        """The grade with this code; raises KeyError for an unknown one."""
        for grade in self.grades:
            if grade.code == code:
                return grade
        raise KeyError(code)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(code, words) pairs for a form."""
        return tuple((g.code, f"{g.shown}　{g.word}" if g.letter else g.word) for g in self.grades)

    def worst(self, codes: list[str]) -> Grade:
        """The last in order of several grades; `codes` must not be empty."""
        return max((self[code] for code in codes), key=lambda grade: grade.order)


@dataclass(frozen=True)
class Term:
    """A coded word that a clerk or deputy chooses: a rating level, a disposition, a ground."""

    code: str
    word: str
    hint: str = ""
    colour: str = "grey"
    asks_reason: bool = False


@dataclass(frozen=True)
class Category:
    """A top category with its children as (code, name) pairs."""

    code: str
    name: str
    children: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ladder:
    """When reminders go out: `before` are calendar days before the due day, largest first; `after` each working day
    once it has passed; mail and SMS leave at `mail_hour` office time of a working day."""

    before: tuple[int, ...]
    after: str
    mail_hour: int

    @property
    def warns_from(self) -> int:
        """Calendar days before the due day from which a light is yellow."""
        return max(self.before, default=0)


@dataclass(frozen=True)
class Pack:
    """One version of a rule pack. Missing keys raise KeyError: a validated pack has them all."""

    code: str
    name: str
    level: str
    legal_note: str
    words: Mapping[str, str]
    periods: Mapping[str, Period]
    policies: Mapping[str, Policy]
    limits: Mapping[str, int]
    ladder: Ladder
    numbers: Mapping[str, Mapping[str, str]]
    scheme: Scheme
    ratings: tuple[Term, ...]
    dispositions: tuple[Term, ...]
    grounds: tuple[Term, ...]
    categories: tuple[Category, ...]

    def period(self, key: str) -> Period:
        """The duration named `key`."""
        return self.periods[key]

    def flag(self, key: str) -> Any:
        """The value of the policy named `key`: a bool, a word of its vocabulary or a small number."""
        if key in STARTING_POINTS:
            return self.periods[STARTING_POINTS[key]].start_event
        return self.policies[key].value

    def limit(self, key: str) -> int:
        """The number of characters named `key`."""
        return self.limits[key]

    def word(self, key: str) -> str:
        """What this place calls a suggestion (`suggestion`) or a role (`sole`, `lead`, `assist`, `separate`)."""
        return self.words[key]

    @property
    def moves(self) -> bool:
        """Whether a last day that is a rest day moves to the next working day (民法典 203)."""
        return self.flag("due_on_rest_day") == "next_working_day"

    def rating(self, code: str) -> Term:
        """The rating level with this code; raises KeyError."""
        return {term.code: term for term in self.ratings}[code]

    def worse(self, one: str, other: str) -> str:
        """The worse of two rating codes: the level of a form is the worse of attitude and result."""
        order = [term.code for term in self.ratings]
        return max(one, other, key=order.index)

    def disposition(self, code: str) -> Term:
        """What is done with an item that is not admitted; raises KeyError."""
        return {term.code: term for term in self.dispositions}[code]

    def category(self, code: str) -> str:
        """The name of a category, with its parent in front for a child: 城乡建设／物业管理."""
        for top in self.categories:
            if top.code == code:
                return top.name
            for child, name in top.children:
                if child == code:
                    return f"{top.name}／{name}"
        raise KeyError(code)

    def number(self, series: str, n: int, *, session: str = "", term: str = "", year: int | str = "") -> str:
        """The display number in full: 十八届一次第37号. `series` is session or inter_session."""
        return self.numbers[series]["full"].format(n=n, session=session, term=term, year=year)

    def short_number(self, series: str, n: int) -> str:
        """The display number where the session is known from the surroundings: 第37号, 闭08号."""
        return self.numbers[series]["short"].format(n=n)


def pack_of_content(content: Mapping[str, Any]) -> Pack:
    """A Pack from validated content (see pack_schema)."""
    return Pack(
        code=content["code"],
        name=content["name"],
        level=content["level"],
        legal_note=content["legal_note"],
        words=dict(content["words"]),
        periods={key: _period(key, row) for key, row in content["periods"].items()},
        policies={
            key: Policy(key, row["value"], row["label"], row["basis"] or UNSTATED)
            for key, row in content["policies"].items()
        },
        limits={key: row["value"] for key, row in content["limits"].items()},
        ladder=Ladder(tuple(content["ladder"]["before"]), content["ladder"]["after"], content["ladder"]["mail_hour"]),
        numbers=content["numbers"],
        scheme=Scheme(tuple(Grade(order=order, **row) for order, row in enumerate(content["grades"]))),
        ratings=_terms(content["ratings"]),
        dispositions=_terms(content["dispositions"]),
        grounds=_terms(content["grounds"]),
        categories=tuple(
            Category(row["code"], row["name"], tuple(sorted(row["children"].items()))) for row in content["categories"]
        ),
    )


def _period(key: str, row: Mapping[str, Any]) -> Period:
    return Period(
        key=key,
        amount=row["amount"],
        unit=row["unit"],
        start_event=row["from"],
        label=row["label"],
        basis=row["basis"] or UNSTATED,
        starts=row.get("starts") or EVENTS[row["from"]],
    )


def _terms(rows: list[Mapping[str, Any]]) -> tuple[Term, ...]:
    return tuple(Term(**row) for row in rows)
