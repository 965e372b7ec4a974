"""What pages and steps of the stations ask for, declared once."""

from collections.abc import Sequence
from typing import Any

from portal.core.fields import Choice, Field
from portal.stations.rules import CONGRESS_LEVELS, LEVELS, PLACE_KINDS, day_words, hours_words


def slot_label(slot: Any) -> str:
    """沈若兰　6月15日上午."""
    reception = slot.reception
    return f"{slot.person.name}　{day_words(reception.day)}{hours_words(reception.half, None, None)}"


def _in_exchange(_actor: Any, slot: Any) -> Sequence[Choice]:
    return [(one.public_id, slot_label(one)) for one in slot.exchangeable]


OFFER_SWAP = (
    Field(
        *("other", "和谁的哪一次换", "pick"),
        choices=_in_exchange,
        missing="请从列表里选一次要换的接待。",
        hint="从列表里选；对方同意后，两次接待对调",
    ),
    Field("note", "给对方的话", required=False, most=100),
)
TAKE_LEAVE = (Field("reason", "请假原因", least=2, most=200),)
ARRIVE = (
    Field("happened_on", "到站日期", "date", required=False, hint="不填就是今天；补记以前的日期，请写明原因"),
    Field("late_reason", "补记原因", required=False, most=200),
)
MARK_MISSED = (Field("reason", "说明", required=False, most=200),)

NAMES = (
    Field("name", "名称", most=120, hint="和牌子上的一样，例如：清河街道人大代表联络站"),
    Field("short_name", "简称", required=False, most=60),
)
PLACE = (
    Field("place_kind", "类型", "choice", required=False, choices=tuple(PLACE_KINDS.items())),
    Field("level", "级别", "choice", required=False, choices=tuple(LEVELS.items())),
    Field("township", "所在乡镇、街道", required=False, most=60),
    Field("address", "地址", required=False, most=200),
    Field("directions", "怎么走", required=False, most=200, hint="例如：2路公交“惠民路口”站旁"),
    Field("position", "位置", required=False, most=40, hint="经度和纬度，例如 117.1203, 36.2011；地图上用"),
)
PEOPLE = (
    Field("station_line", "站里电话", required=False, most=60, hint="公开的值班电话，不要写个人手机"),
    Field("head_name", "站长", required=False, most=60),
    Field("liaison_name", "联络员", required=False, most=60),
    Field("hours", "平时开放时间", required=False, most=200, hint="例如：周一至周五9:00–17:00"),
    Field("reception_words", "接待说明", "text", required=False, most=400, hint="接待规则写不下的话，原样登在公开页"),
    Field("services", "服务内容", "text", required=False, most=400),
)
STATION = (*NAMES, *PLACE, *PEOPLE)
# The station's own staff change what they live with; its name, kind and level are the office's.
STATION_BY_STAFF = (*PLACE[3:5], *PEOPLE)
CLOSING = (Field("ends_on", "停用日期", "date", required=False, hint="撤并的才填；以前的记录不受影响"),)

WHEN = (
    Field(
        *("words", "什么时候接待"),
        most=120,
        hint="照平时的说法写：每月15日上午9:00–11:30；单月10日；每周四；每月第二个星期三。休息日默认顺延",
    ),
    Field("at_once", "每次几位代表", "number"),
    Field("notice_days", "提前几天通知代表", "number"),
    Field("least", "每位代表一年至少几次", "number"),
    Field("starts_on", "从哪天起", "date", required=False, hint="不填就从明天起"),
)


def placement_fields(deputies: Sequence[Choice]) -> tuple[Field, ...]:
    """Placing a deputy: one of our own congresses, or somebody of a higher one by name."""
    return (
        Field("deputy", "代表", "pick", required=False, choices=deputies, hint="输入姓名，从列表里选"),
        Field("outside", "上级代表姓名", required=False, most=60, hint="名册里没有的市级以上代表，直接写姓名"),
        Field(
            *("levels", "还是哪一级的代表", "choices"),
            required=False,
            choices=tuple(CONGRESS_LEVELS.items()),
            hint="名册上的级别自动算上；同一个人只算一位",
        ),
        Field("area", "联系哪些小区、村组", required=False, most=120),
        Field("starts_on", "从哪天起", "date", required=False, hint="不填就是今天"),
    )


END_PLACEMENT = (Field("ends_on", "到哪天为止", "date", required=False, hint="不填就是今天"),)
CALL_OFF = (Field("reason", "为什么取消", least=2, most=200, hint="群众在公开页会看到"),)


def fill_fields(free: Sequence[Choice]) -> tuple[Field, ...]:
    """Who sits in for somebody on leave."""
    return (Field("deputy", "请谁来", "choice", choices=free, missing="请选一位代表。"),)
