"""Which pairs a ratio asks for today, given the members, the roster and the pairs that stand already."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Person
from portal.accounts.queries import acts_on
from portal.congress.models import Congress, Delegation, Seat
from portal.congress.queries import current_term
from portal.contacts import queries
from portal.contacts.models import Pairing
from portal.contacts.ratios import DEFAULT, Ratio, distribute, shipped
from portal.contacts.rules import MEMBER_DEPUTY
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid

MOST_EACH = 30


@dataclass(frozen=True)
class Proposal:
    """Pairs to be made (capacity of the member, seat or place), who is left without, which members have too few.

    `kept` counts the pairs that stand and are kept; `digest` tells whether a page still shows today's proposal.
    """

    ratio: Ratio
    pairs: tuple[tuple[Appointment, Any], ...]
    left: tuple[Any, ...]
    short: tuple[Appointment, ...]
    kept: int

    @property
    def digest(self) -> str:
        """Of who is paired with whom, and how often."""
        pairs = ",".join(f"{giver.id}-{taker.id}" for giver, taker in self.pairs)
        return hashlib.sha256(f"{self.ratio.kind}:{self.ratio.times}:{pairs}".encode()).hexdigest()[:32]

    @property
    def by_giver(self) -> list[tuple[Appointment, list[Any]]]:
        """Each member with those they are to take on, in the order of the roster."""
        found: dict[int, tuple[Appointment, list[Any]]] = {}
        for giver, taker in self.pairs:
            found.setdefault(giver.id, (giver, []))[1].append(taker)
        return list(found.values())


def ratio_for(actor: Actor, code: str, numbers: dict[str, int | None]) -> Ratio:
    """The ratio named, or the one that the congress's rules adopted, with the office's own numbers where given.

    Raises Invalid for numbers that cannot be.
    """
    ratio = shipped().get(code) or shipped()[adopted(actor)]
    if not numbers or all(one is None for one in numbers.values()):
        return ratio
    wrong = {
        name: f"应为0到{MOST_EACH}之间的整数。"
        for name, one in numbers.items()
        if one is None or not 0 <= one <= MOST_EACH
    }
    if not wrong and not numbers["times"]:
        wrong["times"] = "每年至少一次。"
    for side in ("leader", "member"):
        if not wrong and (numbers[f"{side}_least"] or 0) > (numbers[f"{side}_most"] or 0):
            wrong[f"{side}_most"] = "至多不能少于至少。"
    if wrong:
        raise Invalid(fields=wrong)
    return ratio.with_numbers({name: one or 0 for name, one in numbers.items()})


def adopted(actor: Actor) -> str:
    """The ratio of the congress's rules (key `contact_ratio`)."""
    congress = db.session.get(Congress, actor.congress_id)
    version = congress.pack_version if congress else None
    policy = version.content["policies"].get("contact_ratio") if version else None
    return policy["value"] if policy and policy["value"] in shipped() else DEFAULT


def propose(actor: Actor, ratio: Ratio) -> Proposal:
    """Every deputy (or township) without a pair gets one, as far as the ratio reaches; pairs that stand are kept.

    A member who is a deputy too is not paired with themselves; members of the committee count as contacted by it.
    """
    givers = [one for one in queries.members(actor) if _share(ratio, one).most > 0]
    takers = _deputies(actor, givers) if ratio.kind == MEMBER_DEPUTY else _places(actor)
    ids = {one.id: one for one in takers}
    far = Pairing.seat_id if ratio.kind == MEMBER_DEPUTY else Pairing.place_id
    standing = select(Pairing.contactor_id, far).where(
        Pairing.congress_id == actor.congress_id, Pairing.kind == ratio.kind, Pairing.ends_on.is_(None)
    )
    kept = [(near, other) for near, other in db.session.execute(standing) if other in ids]
    made = distribute([(one.id, _share(ratio, one)) for one in givers], list(ids), kept)
    by_id = {one.id: one for one in givers}
    return Proposal(
        ratio,
        tuple((by_id[giver], ids[taker]) for giver, taker in made.pairs),
        tuple(ids[one] for one in made.left),
        tuple(by_id[one] for one in made.short),
        len(kept),
    )


def _share(ratio: Ratio, one: Appointment) -> Any:
    return ratio.leader if one.role == p.LEADER else ratio.member


def _deputies(actor: Actor, givers: list[Appointment]) -> list[Seat]:
    """The active deputies who do not sit on the standing committee themselves, by delegation and pinyin."""
    term = current_term(actor.congress_id or 0, clock.today())
    if term is None:
        return []
    inside = {one.person_id for one in givers}
    rows = db.session.scalars(
        select(Seat)
        .join(Person, Person.id == Seat.person_id)
        .outerjoin(Delegation, Delegation.id == Seat.delegation_id)
        .where(Seat.body_id == actor.congress_id, Seat.term_id == term.id, acts_on(Seat, clock.today()))
        .options(joinedload(Seat.person), joinedload(Seat.delegation))
        .order_by(Delegation.order, Person.sort_name, Seat.id)
    )
    return [one for one in rows.unique() if one.person_id not in inside]


def _places(actor: Actor) -> list[Delegation]:
    here = Delegation.congress_id == actor.congress_id, Delegation.ends_on.is_(None)
    return list(db.session.scalars(select(Delegation).where(*here).order_by(Delegation.order, Delegation.id)))
