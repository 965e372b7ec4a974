"""Keeping delegations and committees: added, corrected, ended on a day. Audited; nothing here commits."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body
from portal.accounts.permissions import KEEP_ROSTER
from portal.accounts.queries import holds_on
from portal.audit.actions import record
from portal.congress import directory
from portal.congress.models import Committee, Delegation, Group, Seat, Unit
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, NotFound

LABELS = {"name": "全称", "short_name": "简称", "order": "排序", "ends_on": "停用日期", "commission": "性质", "professional": "性质"}
Kept = Delegation | Committee | Group
KINDS: Mapping[str, type[Kept]] = {"delegations": Delegation, "committees": Committee, "groups": Group}
CALLED = {"delegations": "代表团", "committees": "委员会", "groups": "代表小组"}
NAME_TAKEN = "已有同名的{kind}，请核对。"
STILL_SEATED = "还有{number}名代表在这个团，先把代表分到别的团再停用。"
STILL_SERVED = "还有{number}家单位对口这个委员会，先改单位的对口委员会再停用。"
STILL_STAFFED = "还有{number}名工作人员在这里任职，先免去任职再停用。"


def found(actor: Actor, kind: str, public_id: str) -> Kept:
    """One delegation, committee or group of the actor's congress; NotFound otherwise."""
    made = KINDS[kind]
    one = db.session.scalar(select(made).where(made.public_id == public_id, made.congress_id == actor.congress_id))
    if one is None:
        raise NotFound()
    return one


def save(actor: Actor, kind: str, body: Kept | None, values: Mapping[str, Any]) -> Body:
    """A new delegation, committee or group, or a changed one.

    Raises Invalid for a name that is taken, and for an end while deputies, units or staff still belong to it.
    """
    if not actor.may(KEEP_ROSTER):
        raise NotAllowed()
    _check_name(actor, kind, body, values["name"])
    if body is not None and values.get("ends_on"):
        _check_end(body, values["ends_on"])
    saved = body or _new(actor, kind)
    touched = [label for name, label in LABELS.items() if name in values and _set(saved, name, values[name])]
    db.session.add(saved)
    db.session.flush()
    if body is None or touched:
        said = f"更正了{CALLED[kind]}{saved.name}的{'、'.join(touched)}" if body else f"登记{CALLED[kind]}{saved.name}"
        code = "body.edited" if body else "body.added"
        record(actor, f"body:{saved.id}", code, {"fields": touched}, said)
    return saved


def _set(body: Body, name: str, value: Any) -> bool:
    value = value if value != "" else None
    if name == "order":
        value = value or 0
    if getattr(body, name) == value:
        return False
    setattr(body, name, value)
    return True


def _new(actor: Actor, kind: str) -> Kept:
    made = KINDS[kind](name="", congress_id=actor.congress_id, superior_id=actor.congress_id)
    if isinstance(made, Delegation):
        made.term_id = directory.running_term(actor).id
    return made


def _check_name(actor: Actor, kind: str, body: Body | None, name: str) -> None:
    made = KINDS[kind]
    alike = select(made.id).where(made.congress_id == actor.congress_id, made.name == name, made.ends_on.is_(None))
    if db.session.scalar(alike.where(made.id != (body.id if body else 0)).limit(1)) is not None:
        raise Invalid(fields={"name": NAME_TAKEN.format(kind=CALLED[kind])})


def _check_end(body: Body, day: date) -> None:
    seated = select(func.count(Seat.id)).where(Seat.delegation_id == body.id, holds_on(Seat, max(day, clock.today())))
    served = select(func.count(Unit.id)).where(Unit.committee_id == body.id, Unit.ends_on.is_(None))
    staffed = select(func.count(Appointment.id)).where(
        Appointment.body_id == body.id, holds_on(Appointment, max(day, clock.today()))
    )
    for asked, sentence in ((seated, STILL_SEATED), (served, STILL_SERVED), (staffed, STILL_STAFFED)):
        number = db.session.scalar(asked)
        if number:
            raise Invalid(fields={"ends_on": sentence.format(number=number)})
