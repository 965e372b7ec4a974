"""What of 双联系 falls vacant with a seat: the pairings it stood in, on either side."""

from sqlalchemy import or_, select

from portal.accounts.actor import Actor
from portal.congress.handover import Line, Part
from portal.congress.models import Seat
from portal.contacts.models import Pairing
from portal.contacts.queries import PAIRED
from portal.contacts.rules import DEPUTY_VOTERS, KINDS
from portal.core.db import db

NOTE = "改由别人联系，或者结束结对，这一行就销掉。选民的姓名、电话只有本人看得到，不移交。"


def sheet(_actor: Actor, seat: Seat) -> list[Part]:
    """The running pairings of a seat, for its hand-over sheet (scenario S6)."""
    sides = or_(Pairing.seat_id == seat.id, Pairing.contactor_id == seat.id)
    wanted = select(Pairing).where(sides, Pairing.ends_on.is_(None)).options(*PAIRED).order_by(Pairing.id)
    lines = [
        Line(
            f"{KINDS[one.kind]}：{one.near} → {one.far}",
            f"/pairings/{one.public_id}",
            "空缺，选民由接任的代表另行联系" if one.kind == DEPUTY_VOTERS else "空缺",
        )
        for one in db.session.scalars(wanted).unique()
    ]
    return [Part("双联系的结对", NOTE, tuple(lines), len(lines), wanted=True)]
