"""What the pages of sign-in, the own account and the office's accounts ask for."""

from datetime import timedelta

from portal.accounts import permissions as p
from portal.accounts import queries
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment
from portal.accounts.rules import may_appoint
from portal.core import clock
from portal.core.fields import Choice, Field
from portal.web.forms import form_of

LONGEST_LENDING = timedelta(days=366)

SIGN_IN = form_of(
    (
        Field("username", "用户名", hint="手机号或工作人员账号"),
        Field("password", "密码", "secret", hint="有口令单的，把上面的口令填在这里"),
    ),
    name="SignInForm",
)

NEW_PASSWORD = (
    Field("new", "新密码", "secret", hint="至少10个字符，不要含有姓名、单位、手机号"),
    Field("again", "再写一遍新密码", "secret"),
)
CHANGE_PASSWORD = form_of((Field("old", "现在的密码", "secret"), *NEW_PASSWORD), name="ChangePasswordForm")
FIRST_PASSWORD = form_of(NEW_PASSWORD, name="FirstPasswordForm")

THEMES = (("auto", "随手机或电脑"), ("light", "浅色"), ("dark", "深色"))
WISHES = form_of(
    (
        Field("theme", "颜色", "choice", choices=THEMES),
        Field("large_type", "大字", "yes", required=False, hint="所有文字放大四分之一"),
    ),
    name="WishesForm",
)

STANDINGS = (("open", "正常"), ("unused", "还没有设密码"), ("waiting", "待启用"), ("disabled", "已停用"))
NEW_ACCOUNT = form_of(
    (
        Field("name", "姓名", most=60),
        Field("phone", "手机号", required=False, hint="填了就可以用手机号登录", most=20),
        Field("username", "用户名", required=False, hint="不写就用姓名的拼音", most=40),
    ),
    name="NewAccountForm",
)

DISABLE = (Field("reason", "停用的理由", required=False, most=100),)


def appointable_roles(actor: Actor, item: object) -> list[Choice]:
    """The roles that this administrator may give."""
    return [(role, label) for role, label in p.ROLE_LABELS.items() if may_appoint(actor, role)]


APPOINT = (
    Field("role", "身份", "choice", choices=appointable_roles),
    Field("body", "单位", "pick", choices=lambda actor, item: queries.bodies_to_appoint(), hint="输入名称，从列表里选"),
    Field("starts_on", "从哪天起", "date"),
    Field("ends_on", "到哪天止", "date", required=False),
    Field("title", "职务", required=False, most=60),
)


def deputies_at_hand(actor: Actor, item: Appointment) -> list[Choice]:
    """People of the same body, by name; their role tells namesakes apart."""
    return [
        (public_id, f"{name}（{p.ROLE_LABELS.get(role, '')}）") for public_id, name, role in queries.body_mates(item)
    ]


LEND = (
    Field("to", "请谁代理", "choice", choices=deputies_at_hand),
    Field("starts", "从哪天起", "date"),
    Field("ends", "到哪天止", "date"),
)


def colleagues_at_hand(actor: Actor, item: Appointment) -> list[Choice]:
    """Who may take over the open items of this appointment."""
    return [(one.public_id, one.person.name) for one in queries.colleagues(item, clock.today())]


HAND_OVER = (Field("to", "移交给谁", "choice", choices=colleagues_at_hand),)
END = (Field("last_day", "最后一天", "date", hint="填今天以前的日子，就立即结束"),)
