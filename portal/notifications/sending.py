"""The jobs that carry lines out of the portal. Addresses are looked up at the last moment and are in no job."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import current_app

from portal.core import clock
from portal.jobs.actions import slow
from portal.notifications import actions, channels, courier, queries, rules
from portal.notifications.models import Notification
from portal.web.addresses import full_address

SHOWN_IN_DIGEST = 30


def configured() -> Mapping[str, channels.Channel]:
    """The channels of this deployment."""
    return channels.configured(current_app.config["SETTINGS"])


@slow
def send(payload: Mapping[str, Any]) -> Callable[[], None]:
    """The "send" job: one line to one person by one channel, if they still want it there."""
    line = queries.line(payload["person"], payload["effect"])
    if line is None or (payload["channel"] == "mail" and line.mailed_at is not None):
        return _nothing
    _deliver(payload, f"{line.outside}\n{full_address(line.url)}")
    mail = payload["channel"] == "mail"
    return partial(actions.mailed, payload["person"], [line.id]) if mail else _nothing


@slow
def digest(payload: Mapping[str, Any]) -> Callable[[], None]:
    """The "digest" job: one mail with what is unread, nothing when all was read meanwhile."""
    lines = queries.unmailed(payload["person"])
    if not lines:
        return _nothing
    ids = [line.id for line in lines]
    _deliver(payload, digest_text(lines))
    return partial(actions.mailed, payload["person"], ids)


def digest_text(lines: Sequence[Notification]) -> str:
    """How many lines are unread, and each as number and link, the same thing once."""
    told = dict.fromkeys(f"{line.outside}\n{full_address(line.url)}" for line in lines)
    shown = list(told)[:SHOWN_IN_DIGEST]
    head = f"您有{len(lines)}条未读消息"
    rest = [] if len(told) <= SHOWN_IN_DIGEST else ["其余请登录查看。"]
    return "\n".join([head, "", *shown, *rest, "", f"全部消息：{full_address('/notifications')}"])


def _deliver(payload: Mapping[str, Any], text: str) -> None:
    """Send now and once, or not at all where the channel or the address is gone."""
    name, person = payload["channel"], payload["person"]
    channel, to = configured().get(name), _address(name, person)
    if channel is None or not to:
        return
    effect = f"{name}:{person}:{payload['effect']}"
    whole = f"{text}\n\n{FOOT.format(where=full_address('/me/messages'))}" if name == "mail" else text
    courier.deliver(effect, name, person, partial(channel.send, to, whole, effect))


FOOT = "接收方式可以自己改：{where}"


def _address(name: str, person: int) -> str:
    """Where this person is reached by the channel; empty when they do not want it any longer."""
    wish = queries.wish(person)
    if wish is None or getattr(wish, name) == rules.NONE:
        return ""
    return queries.mail_address(person) if name == "mail" else queries.telephone(person)


def _nothing() -> None:
    """Nothing to write."""


def trial(name: str, to: str) -> None:
    """A test message, sent at once and told of as it happened; raises Refused or Unsure."""
    now = clock.now()
    text = f"测试消息\n{now:%Y-%m-%d %H:%M}由系统管理员发出，收到即说明这一路是通的。"
    configured()[name].send(to, text, f"trial:{clock.real().isoformat()}")


HANDLERS = {**actions.HANDLERS, "send": send, "digest": digest}
