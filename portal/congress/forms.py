"""What the pages of deputies, units, sessions and the calendar ask for."""

from typing import Any

from portal.accounts.actor import Actor
from portal.congress import directory
from portal.congress.calendar_actions import KINDS
from portal.congress.importing_units import ORGANS
from portal.congress.queries import delegations, deputy_labels
from portal.core.fields import Choice, Field

SEXES = (("男", "男"), ("女", "女"))


def _delegations(actor: Actor, _item: Any) -> list[Choice]:
    return [(one.public_id, one.name) for one in delegations(actor.congress_id or 0)]


def _committees(actor: Actor, _item: Any) -> list[Choice]:
    return [(one.public_id, one.name) for one in directory.committees(actor)]


def _vacant(actor: Actor, _item: Any) -> list[Choice]:
    return [(one.public_id, f"{one.person.name}　{one.moved_out_on}") for one in directory.vacant(actor)]


def _deputies(actor: Actor, _item: Any) -> list[Choice]:
    return deputy_labels(actor.congress_id or 0, directory.running_term(actor).id)


DEPUTY_FIELDS = (
    Field("name", "姓名", most=60),
    Field("sex", "性别", "choice", required=False, choices=SEXES),
    Field("nation", "民族", required=False, most=20),
    Field("party", "党派", required=False, most=30),
    Field("birth_month", "出生年月", required=False, most=7, hint="如1975-03"),
    Field("education", "学历", required=False, most=30),
    Field("post", "职务", required=False, most=120, hint="工作单位和职务"),
    Field("phone", "手机号", required=False, most=20, hint="11位手机号；不改就空着"),
    Field("delegation", "代表团", "pick", required=False, choices=_delegations),
    Field("constituency", "选区", required=False, most=80),
    Field("card_number", "代表证号", required=False, most=20),
    Field("first_term", "本届新任", "yes", required=False),
)
NEW_DEPUTY = (
    *DEPUTY_FIELDS,
    Field("starts_on", "任职从哪天起", "date", required=False, hint="补选的写当选日期；不填就是今天"),
    Field("follows", "补选谁的缺额", "pick", required=False, choices=_vacant, hint="没有对应的缺额就空着"),
)
REVEAL = (Field("reason", "为什么要看完整号码", most=100, hint="会记入日志"),)
UNIT_FIELDS = (
    Field("name", "全称", most=120),
    Field("short_name", "简称", required=False, most=60),
    Field("organ", "性质", "choice", choices=tuple(ORGANS.items())),
    Field("committee", "对口委员会", "pick", required=False, choices=_committees),
    Field("leader_name", "分管领导", required=False, most=60),
    Field("liaison_name", "联络员", required=False, most=60),
    Field("liaison_line", "办公电话", required=False, most=60),
    Field("duties", "职责", "text", required=False, most=2000, hint="交办时按职责推荐承办单位"),
    Field("ends_on", "停用日期", "date", required=False, hint="机构改革撤并的才填；以前的件不受影响"),
)
SECTION_FIELDS = (Field("name", "科室名称", most=120),)
JOIN = (Field("deputy", "加入的代表", "pick", choices=_deputies, hint="输入姓名，从列表里选"),)
SESSION_FIELDS = (
    Field("number", "第几次会议", "number"),
    Field("opens", "开幕日期", "date"),
    Field("closes", "闭幕日期", "date"),
)
DAY_FIELDS = (
    Field("day", "日期", "date"),
    Field("kind", "这一天", "choice", choices=tuple(KINDS.items()), hint="照平常：去掉这一天原来的安排"),
    Field("name", "名称", required=False, most=40, hint="如春节、国庆节；调休上班可不写"),
    Field("source", "依据", most=400, hint="通知的名称和文号"),
)
YEAR_FIELDS = (
    Field("source", "依据的通知", "line", most=400, hint="如国务院办公厅关于2027年部分节假日安排的通知"),
    Field("confirmed", "这一年的安排已经登记完整", "yes", required=False, hint="没有确认的年份，期限都标暂定"),
)
