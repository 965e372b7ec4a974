"""What is done with a message: leaving it, releasing it into a matter, putting it aside, rating the answer."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts import tries
from portal.accounts.actor import ANYBODY, SYSTEM, Actor
from portal.accounts.queries import appointed
from portal.audit import actions as audit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, TooMany
from portal.documents.actions import Received, store
from portal.documents.inspector.marks import has_secret_mark
from portal.matters import actions as matters
from portal.notifications.actions import tell_step
from portal.stations import message_rules as rules
from portal.stations.message_models import Message, MessageFile
from portal.stations.message_workflow import MESSAGE
from portal.stations.models import Reception, Station

SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
UNLIKE = "本次内容与刚才提交的不一致，请刷新页面后重新提交。"
WRONG_PHONE = "手机号不正确，请填写11位手机号码。"
TOO_OFTEN = "提交太频繁，请10分钟后再试。"
TOO_MANY_LINKS = "链接过多，请减少到3个以内。"
# security-bar E1: how often one client may write, and how often when they have answered the plain question.
TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
WRITING = ((3, TEN_MINUTES), (10, DAY))
WRITING_ASKED = ((12, TEN_MINUTES), (60, DAY))
SURELY_A_MACHINE = ("trap", "fast")


def writing_key(address: str, asked: bool = False) -> str:
    """Under which a client's messages are counted; those with the plain question answered apart."""
    return tries.key_of("message asked" if asked else "message", address)


def may_write(address: str, asked: bool) -> bool:
    """Whether this client may leave another message now. Counts nothing."""
    return not tries.used_up(writing_key(address, asked), WRITING_ASKED if asked else WRITING)


def earlier(nonce: str) -> Message | None:
    """The message that this sheet already became."""
    return db.session.scalar(select(Message).where(Message.form_key == rules.fingerprint(nonce)))


def leave(
    station: Station,
    nonce: str,
    values: Mapping[str, Any],
    doubts: Sequence[str] = (),
    address: str = "",
    asked: bool = False,
) -> str:
    """Keep what somebody says; the tracking code. The same sheet again is the same message with the same code.

    What a machine surely wrote is put aside at once, never dropped. Raises Invalid, or TooMany (message 40).
    """
    if has_secret_mark(values["text"]):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    tries.in_turn(rules.fingerprint(nonce))  # the second of two taps waits here, then finds the first
    body, known = _digest(values), earlier(nonce)
    if known is not None:
        if known.body_hash != body:
            raise Invalid(UNLIKE, code="key_reused")
        return rules.code_of(nonce)
    if tries.spend(writing_key(address, asked), WRITING_ASKED if asked else WRITING) is None:
        raise TooMany(TOO_OFTEN, code="too_often")
    code = rules.code_of(nonce)
    message = Message(
        station=station,
        reception=_reception(station, values.get("reception")),
        code_hash=rules.fingerprint(code),
        form_key=rules.fingerprint(nonce),
        body_hash=body,
        text=values["text"],
        phone=_phone(values.get("phone")),
        doubts=list(doubts),
    )
    message.files = [MessageFile(document=store(ANYBODY, one)) for one in _files(values)]
    db.session.add(message)
    take(ANYBODY, message, "send")
    if set(doubts) & set(SURELY_A_MACHINE):
        signs = "、".join(rules.DOUBTS[one] for one in doubts)
        take(SYSTEM, message, "quarantine", {"reason": f"像是机器发的：{signs}"})
    return code


def _files(values: Mapping[str, Any]) -> list[Received]:
    return [*(values.get("photos") or []), *([values["voice"]] if values.get("voice") else [])]


def _digest(values: Mapping[str, Any]) -> str:
    said = [values["text"], values.get("phone") or "", values.get("reception") or ""]
    return hashlib.sha256("\x1f".join([*said, *(one.sha256 for one in _files(values))]).encode()).hexdigest()


def _phone(typed: str | None) -> str | None:
    if not typed:
        return None
    phone = rules.tidy_phone(typed)
    if phone is None:
        raise Invalid(fields={"phone": WRONG_PHONE})
    return phone


def _reception(station: Station, public_id: str | None) -> Reception | None:
    if not public_id or public_id == "none":
        return None
    here = Reception.public_id == public_id, Reception.station_id == station.id
    ahead = Reception.day >= clock.today(), Reception.called_off_at.is_(None)
    found = db.session.scalar(select(Reception).where(*here, *ahead))
    if found is None:
        raise Invalid(fields={"reception": "这一天不接待了，请换一天。"})
    return found


def _send(_actor: Any, message: Message, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.flush()  # the log needs its number
    day = message.reception.day if message.reception else None
    return {"day_words": f"，预约{day.month}月{day.day}日的接待" if day else ""}


def _release(actor: Actor, message: Message, data: Mapping[str, Any]) -> None:
    heard = clock.office(message.created_at).date()
    message.matter = matters.raise_matter(
        actor,
        source="message",
        title=data["title"],
        text=data["text"],
        congress_id=message.station.congress_id or 0,
        keeper_id=message.station_id,
        origin_id=message.id,
        happened_on=heard,
        late_reason="留言的日期" if heard < clock.today() else "",
        documents=[one.document for one in message.files],
    )
    _looked(actor, message, "")


def _quarantine(actor: Actor, message: Message, data: Mapping[str, Any]) -> None:
    _looked(actor, message, data["reason"])


def _looked(actor: Actor, message: Message, reason: str) -> None:
    message.looked_at, message.looked_by_id, message.reason = clock.now(), actor.capacity_id, reason


def _rate(_actor: Any, message: Message, data: Mapping[str, Any]) -> Mapping[str, Any]:
    note = data.get("note") or ""
    if data["rating"] == "unsolved" and not note:
        raise Invalid(fields={"note": "请写一句还差什么，站里好接着办。"})
    message.rating, message.rating_note, message.rated_at = data["rating"], note, clock.now()
    matter = message.matter
    if matter is not None and data["rating"] == "unsolved":
        matters.take(SYSTEM, matter, "reopen", {"reason": f"群众评价没有解决：{note}"})
    elif matter is not None and matter.state == "fed_back":
        matters.take(SYSTEM, matter, "close")
    return {"rating_words": rules.RATINGS[data["rating"]]}


def reveal_phone(actor: Actor, message: Message) -> str:
    """The telephone number in full, for staff who must call; who looked is on record. Raises NotAllowed."""
    if not rules.keeps(actor, message) or message.phone is None:
        raise NotAllowed()
    audit.record(actor, message.audit_subject, "message.reveal_phone", {}, "查看了留言人的电话")
    return message.phone.full  # type: ignore[attr-defined, no-any-return]


def _staff(message: Message) -> list[int]:
    if set(message.doubts or []) & set(SURELY_A_MACHINE):
        return []
    return appointed([p.STATION], [message.station_id]) or appointed([p.CLERK], [message.station.congress_id or 0])


take = MESSAGE.taker(
    {"send": _send, "release": _release, "quarantine": _quarantine, "rate": _rate},
    (audit.record_step, tell_step({"staff": _staff})),
)
