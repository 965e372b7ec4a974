"""How the log calls acts and things. Steps take their words from their own life cycle; the rest stands here."""

from collections.abc import Mapping

from portal.core.workflow import FLOWS

OWN = "portal"
"""The kind of subject that stands for the platform itself: backups, drills, checks."""

CHECKED = "audit.verified"
DRILLED = "backup.drilled"

kind_label: Mapping[str, str] = {
    "suggestion": "建议",
    "matter": "群众意见",
    "message": "留言",
    "person": "人员",
    "account": "账号",
    "body": "机构",
    "pack": "规则",
    "calendar": "日历",
    "import": "导入",
    "document": "文件",
    "term": "届次",
    "seat": "代表席位",
    "station": "联络站",
    "contact_record": "联系记录",
    "pairing": "结对",
    "voter_group": "选民小组",
    "campaign": "走访选民活动",
    "activity": "活动",
    "sign_up": "活动报名",
    "notice": "通知公告",
    "receipt": "通知回执",
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
    "contact_record.save": "写联系记录",
    "contact_record.attach": "附上联系照片",
    "contact_record.discard": "放弃联系草稿",
    "pairing.made": "结对",
    "pairing.changed": "调整结对",
    "pairing.ended": "结束结对",
    "voter_group.saved": "登记选民小组",
    "voter_group.voter_added": "登记选民",
    "voter_group.voter_dropped": "删去选民",
    "voter_group.phone_seen": "查看选民电话",
    "campaign.saved": "登记走访选民活动",
    "group.planned": "写小组活动计划",
    "dossier.objected": "对履职档案提出异议",
    "dossier.decided": "答复履职档案异议",
    "dossier.corrected": "更正履职档案",
    "body.added": "登记机构",
    "body.edited": "更正机构",
    "calendar.day": "改日历",
    "calendar.notice": "按通知登记日历",
    "calendar.year": "确认日历",
    "suggestion.recomputed": "期限重算",
    "station.added": "登记站点",
    "station.edited": "更正站点",
    "station.placed": "安排代表进站",
    "station.left": "结束代表进站",
    "station.ruled": "定接待规则",
    "station.rule_ended": "结束接待规则",
    "station.planned": "排接待",
    "station.moved": "按日历改接待日",
    "station.called_off": "取消接待",
    "station.filled": "请人顶班",
    "matter.suggestion_answered": "写成的建议得到答复",
    "message.reveal_phone": "查看留言人的电话",
    "activity.edited": "改活动计划",
    "notice.edited": "改通知草稿",
    "notice.exported": "导出回执名单",
}


def call(code: str) -> str:
    """The Chinese name of an act: "建议：交办"; codes that nobody has named are 其他操作."""
    if code in _acts:
        return _acts[code]
    flow_name, _, step_name = code.partition(".")
    flow = FLOWS.get(flow_name)
    step = flow.steps.get(step_name) if flow else None
    return f"{flow.label}：{step.button}" if flow and step else "其他操作"
