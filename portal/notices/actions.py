"""Writing, publishing, withdrawing a notice; reading and answering it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.congress import audience
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, OutOfTurn
from portal.core.times import moment_of
from portal.core.workflow import Taken
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.notices import rules
from portal.notices.models import Notice, NoticePaper, Receipt
from portal.notices.workflow import NOTICE, RECEIPT
from portal.notifications.actions import Outside, tell, tell_step

SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
BAD_TIME = "请写成9:00这样的时间。"
NOBODY = "按选定的范围，现在一个人也发不到，请核对。"


def write(
    actor: Actor, notice: Notice | None, values: Mapping[str, Any], expected_version: int | None = None
) -> Notice:
    """Keep a draft, new or changed. Raises NotAllowed, OutOfTurn, Conflict, Invalid with a sentence per field."""
    kept = notice or Notice(congress_id=actor.congress_id)
    if not rules.keeps(actor, kept):
        raise NotAllowed()
    if notice is not None and notice.state != "draft":
        raise OutOfTurn(f"当前状态为“{NOTICE.states[notice.state]}”，不能再修改。")
    if notice is not None and expected_version is not None and expected_version != notice.version:
        raise Conflict()
    if has_secret_mark(f"{values['title']}\n{values['body']}"):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    times = _times(values)
    for name in ("title", "body", "kind", "sender", "place"):
        setattr(kept, name, values.get(name) or "")
    for name, moment in times.items():
        setattr(kept, name, moment)
    kept.answers = bool(values.get("answers")) or kept.kind == rules.MEETING
    with db.session.no_autoflush:
        kept.audience = audience.save(actor, kept.audience, values)
        kept.audience_id = kept.audience.id
    db.session.add(kept)
    db.session.flush()
    _keep_papers(actor, kept, values.get("papers") or ())
    said = "改了通知草稿" if notice else "起草了通知"
    audit.record(actor, kept.audit_subject, "notice.edited", {"title": kept.title}, said)
    return kept


def _keep_papers(actor: Actor, notice: Notice, files: Sequence[Any]) -> None:
    for file in files:
        notice.papers.append(NoticePaper(document=store(actor, file)))


def _times(values: Mapping[str, Any]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {"starts_at": None, "answer_until": None}
    wrong = {}
    for name, day, time in (("starts_at", "starts_on", "begins"), ("answer_until", "until_on", "until")):
        if values.get(day) is None:
            continue
        found[name] = moment_of(values[day], values.get(time) or "")
        if found[name] is None:
            wrong[time] = BAD_TIME
    if values.get("kind") == rules.MEETING and values.get("starts_on") is None:
        wrong["starts_on"] = "会议通知请写明哪一天开会。"
    starts, until = found["starts_at"], found["answer_until"]
    if starts and until and until > starts:
        wrong["until_on"] = "回执截止不能晚于会议开始。"
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _publish(_actor: Any, notice: Notice, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    people = audience.members(notice.audience)
    if not people:
        raise Conflict(NOBODY)
    notice.published_at = clock.now()
    db.session.flush()
    db.session.add_all(
        Receipt(notice_id=notice.id, capacity_id=o.capacity_id, person_id=o.person_id, delegation_id=o.delegation_id)
        for o in people
    )
    db.session.flush()
    return {"number": len(people)}


def _withdraw(_actor: Any, notice: Notice, data: Mapping[str, Any]) -> None:
    notice.withdrawn_because = data["reason"]


def _remind(_actor: Any, notice: Notice, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Through the inbox and each one's own channels; the day's effect key makes a second press tell nobody."""
    unread = db.session.scalars(
        select(Receipt.person_id).where(Receipt.notice_id == notice.id, Receipt.state == "unread")
    ).all()
    if not unread:
        raise Conflict("每个人都读过了，没有人要提醒。")
    notice.reminded_at = clock.now()
    outside = Outside(f"{notice.reference}您还没有读，请登录查看。")
    effect = f"notice:{notice.id}:remind:{clock.today().isoformat()}"
    tell(unread, "notice.remind", f"{notice.called}您还没有读，请打开看看", notice.address, effect, outside=outside)
    return {"number": len(unread)}


def _receivers(notice: Notice) -> list[int]:
    return list(db.session.scalars(select(Receipt.person_id).where(Receipt.notice_id == notice.id)))


_take = NOTICE.taker(
    {"publish": _publish, "withdraw": _withdraw, "remind": _remind},
    (audit.record_step, tell_step({"audience": _receivers})),
)


def take(
    actor: Actor,
    notice: Notice,
    name: str,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Taken:
    """Take a step of a notice, one at a time."""
    locked = select(Notice).where(Notice.id == notice.id).with_for_update(of=Notice)
    now = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    return _take(actor, now, name, data, expected_version)


def _read(_actor: Any, receipt: Receipt, _data: Mapping[str, Any]) -> None:
    receipt.read_at = clock.now()


def _answer(_actor: Any, receipt: Receipt, data: Mapping[str, Any]) -> None:
    receipt.read_at = receipt.read_at or clock.now()
    receipt.answered_at = clock.now()
    receipt.reason = data.get("reason") or ""


_take_receipt = RECEIPT.taker({"read": _read, "attend": _answer, "ask_leave": _answer}, (audit.record_step,))


def take_receipt(
    actor: Actor,
    receipt: Receipt,
    name: str,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Taken:
    """Take a step of a receipt, one at a time; a notice withdrawn meanwhile is seen."""
    locked = select(Receipt).where(Receipt.id == receipt.id).with_for_update(of=Receipt)
    now = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    db.session.refresh(now.notice)
    return _take_receipt(actor, now, name, data, expected_version)
