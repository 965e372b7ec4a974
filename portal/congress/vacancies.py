"""What falls vacant with a seat: posts in groups and bodies, capacities that were lent."""

from sqlalchemy import select

from portal.accounts.appointments import lendings_of
from portal.accounts.models import Appointment, Body
from portal.accounts.permissions import DEPUTY, ROLE_LABELS
from portal.accounts.queries import holds_on
from portal.congress.handover import Line, Part
from portal.congress.models import Group, GroupMember, Seat
from portal.core import clock
from portal.core.db import db


def posts(seat: Seat) -> list[Part]:
    """The posts of the person that are vacant now or have to be looked at, empty parts left out."""
    return [part for part in (_groups(seat), _posts(seat), _lent(seat)) if part.total]


def _groups(seat: Seat) -> Part:
    rows = db.session.execute(
        select(Group, GroupMember.convener)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.seat_id == seat.id)
        .order_by(GroupMember.convener.desc(), Group.order)
    ).all()
    lines = [
        Line(
            f"{group.name}{'召集人' if convener else '组员'}",
            f"/groups/{group.public_id}",
            "空缺，请组织推选" if convener else "空缺",
        )
        for group, convener in rows
    ]
    note = "在小组页把离任的代表移出，这一行就销掉。"
    return Part("代表小组", note, tuple(lines), len(lines), wanted=True)


def _posts(seat: Seat) -> Part:
    today = clock.today()
    rows = db.session.execute(
        select(Appointment, Body)
        .join(Body, Body.id == Appointment.body_id)
        .where(Appointment.person_id == seat.person_id, Appointment.role != DEPUTY, holds_on(Appointment, today))
        .where(Appointment.deputises_for_id.is_(None))
        .order_by(Appointment.id)
    ).all()
    lines = [
        Line(f"{body.called}　{one.title or ROLE_LABELS.get(one.role, '')}", note="请核对是否一并免去")
        for one, body in rows
    ]
    return Part("其他职务", "以代表身份为前提的职务随代表资格终止。", tuple(lines), len(lines), wanted=True)


def _lent(seat: Seat) -> Part:
    lines = [
        Line(f"{one.person.name}代理{one.body.called}{ROLE_LABELS.get(one.role, '')}", note="请核对是否结束代理")
        for one in lendings_of(seat.person_id, clock.today())
    ]
    return Part("请人代理的身份", "", tuple(lines), len(lines), wanted=True)
