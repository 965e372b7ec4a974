"""How the log calls acts and things. Steps take their words from their own life cycle; the rest stands here."""

from collections.abc import Mapping

from portal.core.workflow import FLOWS

OWN = "portal"
"""The kind of subject that stands for the platform itself: backups, drills, checks."""

CHECKED = "audit.verified"
DRILLED = "backup.drilled"

kind_label: Mapping[str, str] = {
    "suggestion": "建议",
    "person": "人员",
    "account": "账号",
    "body": "机构",
    "pack": "规则",
    "calendar": "日历",
    "import": "导入",
    "document": "文件",
    "term": "届次",
    "seat": "代表席位",
    OWN: "平台",
}

_acts: Mapping[str, str] = {
    "audit.blanked": "按规定删除内容",
    CHECKED: "核对日志",
    "backup.made": "备份",
    DRILLED: "恢复演练",
    "backup.restored": "从备份恢复",
    "account.signed_in": "登录",
    "account.signed_out": "退出登录",
    "account.refused": "登录未成功",
    "account.password_changed": "修改密码",
    "account.reset": "重置密码",
    "account.disabled": "停用账号",
    "account.enabled": "启用账号",
    "account.person_added": "登记人员",
    "account.opened": "开账号",
    "account.slip_issued": "开口令单",
    "account.session_ended": "退出其他设备",
    "account.switched": "换身份",
    "account.appointed": "任命",
    "account.appointment_ended": "免去或结束代理",
    "account.lent": "请人代理",
    "account.handed_over": "移交未办事项",
    "seat.added": "登记代表",
    "seat.suspended": "登记暂停执行职务",
    "seat.resumed": "登记恢复执行职务",
    "seat.returned": "暂停期满恢复",
    "seat.ended": "登记终止代表资格",
    "seat.end_taken_back": "撤销终止登记",
    "seat.announced": "登记公告",
    "seat.filled": "补选缺额",
    "term.opened": "开启新一届",
    "term.kept": "沿用到新一届",
    "term.left_out": "不沿用到新一届",
    "body.added": "登记机构",
    "body.edited": "更正机构",
    "calendar.day": "改日历",
    "calendar.notice": "按通知登记日历",
    "calendar.year": "确认日历",
    "suggestion.recomputed": "期限重算",
}


def call(code: str) -> str:
    """The Chinese name of an act: "建议：交办"; codes that nobody has named are 其他操作."""
    if code in _acts:
        return _acts[code]
    flow_name, _, step_name = code.partition(".")
    flow = FLOWS.get(flow_name)
    step = flow.steps.get(step_name) if flow else None
    return f"{flow.label}：{step.button}" if flow and step else "其他操作"
