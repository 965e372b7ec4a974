"""The jobs that carry lines out of the portal. Addresses are looked up at the last moment and are in no job."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import current_app

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
    effect = actions.receipt_name(payload)
    whole = f"{text}\n\n{FOOT.format(where=full_address('/me/messages'))}" if name == "mail" else text
    courier.deliver(effect, name, person, partial(channel.send, to, whole, effect))


FOOT = "接收方式可以自己改：{where}"


def _address(name: str, person: int) -> str:
    """Where this person is reached by the channel; empty when they do not want it any longer."""
    wish = queries.wish(person)
    if wish is None or getattr(wish, name) == rules.NONE:
        return ""
    return own_address(name, person)


def own_address(name: str, person: int) -> str:
    """Where this person could be reached by the channel; empty when it is not known."""
    return queries.mail_address(person) if name == "mail" else queries.telephone(person)


def _nothing() -> None:
    """Nothing to write."""


@slow
def trial(payload: Mapping[str, Any]) -> Callable[[], None]:
    """The "trial" job: a test message to the administrator who asked for it, whatever their wishes."""
    name, person = payload["channel"], payload["person"]
    channel, to = configured().get(name), own_address(name, person)
    if channel is not None and to:
        text = "代表履职平台的测试消息\n收到这条消息，说明这个渠道是通的。"
        courier.deliver(payload["effect"], name, person, partial(channel.send, to, text, payload["effect"]))
    return _nothing


HANDLERS = {**actions.HANDLERS, "send": send, "digest": digest, "trial": trial}
