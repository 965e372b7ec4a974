"""Pure rules of telling: which ways out somebody's wishes leave open."""

import re
from typing import Any

CHANNELS = ("mail", "sms", "dingtalk", "wecom")
NONE, REMINDERS, DIGEST, ALL = "none", "reminders", "digest", "all"
WANTED = ((NONE, "不要"), (REMINDERS, "只要期限提醒"), (ALL, "每条消息都发"))
WANTED_BY_MAIL = ((DIGEST, "期限提醒单独发，其他消息每个工作日合成一封"), *WANTED)
TRIAL = "trial:"
QUIET = (("quiet_from", "20"), ("quiet_until", "8"))
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,180}[A-Za-z0-9])?\.[A-Za-z]{2,24}")


def ways(wish: Any, reminder: bool) -> list[str]:
    """The channels by which a line leaves at once for somebody with these wishes."""
    open_to = (ALL, REMINDERS, DIGEST) if reminder else (ALL,)
    return [name for name in CHANNELS if getattr(wish, name) in open_to and (name != "mail" or wish.mail_address)]
