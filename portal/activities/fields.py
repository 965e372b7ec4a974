"""What each step of an activity and of a sign-up asks for."""

from portal.core.fields import Field

CALL_OFF = (Field("reason", "取消的原因", "text", least=2, most=500, hint="报了名的人会看到"),)
SUMMARISE = (
    Field("summary", "活动小结", "text", least=20, most=5000, hint="时间、内容、发现的问题和建议；写给参加的人和领导看"),
    Field("papers", "照片和材料", "files", required=False, most=10),
)
SIGN_UP = (Field("wait", "没有名额时，登记候补", "yes", required=False),)
REQUEST_LEAVE = (Field("reason", "请假原因", "text", least=2, most=500, hint="工委同意后才算请假"),)
APPROVE_LEAVE = (Field("answer", "说明", "line", required=False, most=200),)
REFUSE_LEAVE = (Field("answer", "不同意的理由", "line", least=2, most=200),)
CHECK_IN = (
    Field("code", "签到码", "line", required=False, most=12, hint="会场屏幕上的六位数字，每半分钟换一次"),
    Field("happened_on", "到会日期", "date", required=False, hint="不填就是今天；补记以前的日期，请写明原因"),
    Field("late_reason", "补记原因", "line", required=False, most=200),
)
BY_CODE = (Field("code", "签到码", "line", most=12, hint=CHECK_IN[0].hint),)
MARK_ABSENT = (Field("reason", "说明", "line", required=False, most=200),)
