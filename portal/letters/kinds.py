"""The kinds of letters and sheets, and the fields that a template of each kind may name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Slot:
    """One field: `name` in the program, `label` as templates write it, `sample` for the preview.

    The sample says what it is: a text; a list of paragraphs (tuple of texts); with `columns` a list of rows.
    """

    name: str
    label: str
    sample: Any = ""
    columns: tuple["Slot", ...] = ()

    @property
    def is_list(self) -> bool:
        return isinstance(self.sample, tuple)

    @property
    def marks(self) -> str:
        """How a template writes it."""
        if not self.is_list:
            return f"{{{{ {self.label} }}}}"
        inside = "　".join(f"{{{{ 行.{column.label} }}}}" for column in self.columns) or "{{ 行 }}"
        return f"{{% for 行 in {self.label} %}}　{inside}　{{% endfor %}}"


@dataclass(frozen=True)
class Kind:
    """One kind of letter. `form` is letter (公文 with red head), sheet (a table of facts), survey (boxes to tick)
    or dossier (a year's entries)."""

    name: str
    label: str
    hint: str
    slots: tuple[Slot, ...]
    form: str = "letter"

    @cached_property
    def by_label(self) -> Mapping[str, Slot]:
        return {slot.label: slot for slot in self.slots}

    def sample(self) -> Values:
        """What the preview is filled with."""
        return {slot.name: _sample(slot) for slot in self.slots}

    def nothing(self) -> Values:
        """Every field left empty, for the other side of every if."""
        return {slot.name: () if slot.is_list else "" for slot in self.slots}

    def said(self, values: Values) -> dict[str, Any]:
        """`values` under the names that templates use; raises KeyError when one is missing."""
        return {slot.label: _said(slot, values[slot.name]) for slot in self.slots}


def _sample(slot: Slot) -> Any:
    if not slot.columns:
        return slot.sample
    names = [column.name for column in slot.columns]
    return tuple(dict(zip(names, row, strict=True)) for row in slot.sample)


def _said(slot: Slot, value: Any) -> Any:
    if not slot.columns:
        return value
    return [{column.label: row[column.name] for column in slot.columns} for row in value]


NUMBER, TITLE = "十八届二次第37号", "关于推进清河街道老旧小区加装电梯和适老化改造的建议"
HOUSING, WATER, EDUCATION = "示范区住房和城乡建设局", "示范区水务局", "示范区教育和体育局"
COMMISSION = "示范区人大常委会代表工作委员会"

ITEM = (
    Slot("item_number", "建议编号", NUMBER),
    Slot("item_title", "建议标题", TITLE),
    Slot("deputies", "代表", "沈若兰、李秀英、王海"),
)


def _letter(
    organ: str, heading: str, to: str, body: Sequence[str], copies: str = "", number: str = ""
) -> tuple[Slot, ...]:
    """The fields that every letter with a red head has."""
    return (
        Slot("organ", "发文机关", organ),
        Slot("number", "发文字号", number or "〔2026〕　　号"),
        Slot("heading", "标题", heading),
        Slot("to", "主送", to),
        Slot("body", "正文", tuple(body)),
        Slot("signed", "落款", organ),
        Slot("on", "日期", "2026年5月8日"),
        Slot("contact", "联系方式", "联系人：王科长　电话：000-0000-0137"),
        Slot("copies", "抄送", copies),
        *ITEM,
    )


def _sheet(heading: str, *rows: tuple[str, str]) -> tuple[Slot, ...]:
    """The fields of a sheet: a heading and a table of facts."""
    columns = (Slot("label", "事项"), Slot("words", "内容"))
    return (Slot("heading", "标题", heading), *ITEM, Slot("rows", "各项", rows, columns))


_UNIT_SAMPLES = (
    (HOUSING, "主办", "诉求点1、2", "2026年6月2日前答复代表"),
    (WATER, "会办", "", "2026年4月2日前交会办意见"),
)
UNITS = Slot(
    "units",
    "承办单位",
    _UNIT_SAMPLES,
    (Slot("unit", "单位"), Slot("role", "分工"), Slot("points", "诉求点"), Slot("until", "期限")),
)
SIGN_FOR = Slot(
    "units",
    "承办单位",
    ((HOUSING, "主办", "2026年3月3日"), (WATER, "会办", "　年　月　日")),
    (Slot("unit", "单位"), Slot("role", "分工"), Slot("received", "签收日期")),
)
ASSISTS = Slot(
    "assists",
    "会办单位",
    ((WATER, "2026年3月27日提出会办意见"), (EDUCATION, "会办意见未到")),
    (Slot("unit", "单位"), Slot("state", "情况")),
)
LEVELS = Slot("levels", "评价等次", (("满意",), ("基本满意",), ("不满意",)), (Slot("word", "等次"),))

ASSIGNMENT = Kind(
    "assignment",
    "交办通知",
    "交办后发给各承办单位",
    (
        *_letter(
            COMMISSION,
            f"关于交办{NUMBER}代表建议的通知",
            f"{HOUSING}、{WATER}",
            (
                f"沈若兰、李秀英、王海代表提出的《{TITLE}》（{NUMBER}）已经立案，现交你们办理，分工和期限如下表。",
                "请认真研究，主动联系代表，在期限内办结。对分工有不同意见的，请在规定的时间内书面说明理由。",
            ),
            "示范区政府督查室",
        ),
        Slot("assigned_on", "交办日期", "2026年3月2日"),
        UNITS,
    ),
)
RECEIPTS = Kind(
    "receipts",
    "签收表",
    "承办单位签收交办件",
    (Slot("heading", "标题", "代表建议交办签收表"), *ITEM, Slot("assigned_on", "交办日期", "2026年3月2日"), SIGN_FOR),
    "sheet",
)
OPINION = Kind(
    "opinion",
    "会办意见",
    "会办单位交主办单位",
    (
        *_letter(
            WATER,
            f"关于{NUMBER}代表建议的会办意见",
            HOUSING,
            ("经研究，对涉及供水管线迁改的部分提出以下意见。", "同意随加装电梯工程同步迁改，费用列入年度计划。"),
        ),
    ),
)
REPLY = Kind(
    "reply",
    "答复函",
    "承办单位答复代表",
    (
        *_letter(
            HOUSING,
            f"关于{NUMBER}代表建议的答复",
            "沈若兰、李秀英、王海代表",
            (
                f"你们提出的《{TITLE}》收悉。现答复如下：",
                "一、关于一个窗口受理。已经落实，清河街道政务服务大厅6号窗口统一受理。",
                "二、关于楼道加装扶手和照明。17个小区分两年完成，今年12月20日前完成9个。",
            ),
            "示范区人大常委会代表工作委员会，示范区政府督查室",
            "示住建函〔2026〕41号",
        ),
        Slot("grade", "类别", "B"),
        Slot("grade_word", "类别说明", "所提问题正在解决或者已经列入计划"),
        Slot("publicity", "公开方式", "全文公开"),
        ASSISTS,
        Slot("missing", "会办意见未到说明", "示范区教育和体育局的会办意见逾期未到。"),
    ),
)
SURVEY = Kind(
    "survey",
    "征询意见表",
    "随答复函送代表评价",
    (
        Slot("heading", "标题", "代表建议办理情况征询意见表"),
        *ITEM,
        Slot("unit", "承办单位", HOUSING),
        Slot("number", "发文字号", "示住建函〔2026〕41号"),
        Slot("on", "答复日期", "2026年5月8日"),
        Slot("grade", "类别", "B　所提问题正在解决或者已经列入计划"),
        Slot("until", "评价期限", "2026年5月29日"),
        Slot("office", "交回何处", COMMISSION),
        LEVELS,
    ),
    "survey",
)
DEADLINE = Kind(
    "deadline",
    "期限说明单",
    "说明期限是怎么算的",
    (
        *_sheet(
            "期限说明单",
            ("承办单位", f"{HOUSING}（主办）"),
            ("从哪天起", "2026年3月2日（周一）交办，当天不算"),
            ("给多久", "3个月"),
            ("到哪天", "6月2日（周二）24:00"),
            ("依据", "《代表法》第五十一条"),
        ),
        Slot("on", "核算日期", "2026年5月8日"),
    ),
    "sheet",
)
RETURN_DECISION = Kind(
    "return_decision",
    "退办决定",
    "答复承办单位的退办申请",
    _letter(
        COMMISSION,
        f"关于{NUMBER}代表建议\n退办申请的决定",
        HOUSING,
        ("你单位2026年3月4日提出的退办申请收悉。理由是：供水管线不属本单位职责。", "经研究，不同意退办，请继续办理。"),
    ),
)
EXTENSION_DECISION = Kind(
    "extension_decision",
    "延期决定",
    "答复承办单位的延期申请",
    (
        *_letter(
            COMMISSION,
            f"关于{NUMBER}代表建议\n延期办理申请的决定",
            HOUSING,
            ("你单位2026年5月20日提出的延期申请收悉。", "经研究，同意延期，答复期限由2026年6月2日延长到2026年8月3日。"),
        ),
        Slot("due_before", "原期限", "2026年6月2日"),
        Slot("due_after", "新期限", "2026年8月3日"),
    ),
)
COORDINATION = Kind(
    "coordination",
    "协调会议单",
    "记录协调会议的议题和结论",
    (
        *_sheet(
            "代表建议办理协调会议单",
            ("承办单位", f"{HOUSING}（主办）、{WATER}（会办）"),
            ("提出日期", "2026年4月10日"),
            ("协调事由", "主办和会办单位对管线迁改费用意见不一致。"),
            ("会议记录", "4月14日上午在政府三号会议室召开，三方到会。"),
            ("协调结论", "费用由区财政列支，住建局牵头实施。"),
            ("决定日期", "2026年4月14日"),
        ),
    ),
    "sheet",
)
URGE = Kind(
    "urge",
    "催办函",
    "催承办单位按期办理",
    (
        *_letter(
            COMMISSION,
            f"关于{NUMBER}代表建议的催办函",
            HOUSING,
            (
                f"《{TITLE}》（{NUMBER}）于2026年3月2日交你单位办理，期限是2026年6月2日，现在还没有办结。",
                "请抓紧办理，并在收到本函后尽快报告进展。",
            ),
        ),
        Slot("due", "期限", "2026年6月2日"),
    ),
)
DOSSIER = Kind(
    "dossier",
    "履职登记表",
    "代表一年的履职登记",
    (
        Slot("heading", "标题", "2026年代表履职登记表"),
        Slot("name", "姓名", "沈若兰"),
        Slot("delegation", "代表团", "清河街道代表团"),
        Slot("constituency", "选区", "清河街道第3选区"),
        Slot("card_number", "代表证号", "180012"),
        Slot("points", "积分", "27.5分（逐项积分）"),
        Slot(
            "totals",
            "汇总",
            (("领衔提出建议", "2件", "6分"), ("走访联系选民", "4次", "4分")),
            (Slot("kind", "项目"), Slot("number", "数量"), Slot("points", "得分")),
        ),
        Slot(
            "entries",
            "明细",
            (("3月2日", "领衔提出建议", TITLE, ""), ("4月18日", "走访联系选民", "走访清河社区", "15人次")),
            (Slot("day", "日期"), Slot("kind", "项目"), Slot("title", "内容"), Slot("more", "备注")),
        ),
        Slot("on", "制表日期", "2026年12月31日"),
    ),
    "dossier",
)

_ALL = (
    ASSIGNMENT, RECEIPTS, OPINION, REPLY, SURVEY, DEADLINE, RETURN_DECISION, EXTENSION_DECISION, COORDINATION, URGE,
    DOSSIER,
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
