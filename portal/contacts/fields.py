"""What each step asks for, declared once for page and program."""

from portal.core.fields import Field

DISPUTE = (Field("reason", "哪里不属实", "text", least=4, most=300, hint="例如：那天没有联系过我；人数不对"),)
