"""What is done with pairings, groups of voters and campaigns."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body
from portal.audit import actions as audit
from portal.congress.models import Seat
from portal.contacts import proposing, queries
from portal.contacts.models import Campaign, Pairing, Voter, VoterGroup
from portal.contacts.ratios import Ratio
from portal.contacts.rules import DEPUTY_VOTERS, KINDS, MOST_TIMES, ORGAN_DEPUTY
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, Stale

TAKEN = "他们已经结对，不用重复。"
MOST_HOUSEHOLDS = 5000
CHANGED = "名单刚刚有了变化，结对还没有保存。下面是按新名单重新排的，请核对后再确认。"


def _subject(pairing: Pairing) -> str:
    return f"pairing:{pairing.id}"


def times_of(values: Mapping[str, Any]) -> int:
    """How often a year; raises Invalid beside the field."""
    times: int | None = values.get("times")
    if times is None or not 1 <= times <= MOST_TIMES:
        raise Invalid(fields={"times": f"应为1到{MOST_TIMES}之间的整数。"})
    return times


def add_pairing(actor: Actor, kind: str, values: Mapping[str, Any]) -> Pairing:
    """Pair two by hand. Raises Invalid, Conflict when they are a pair already."""
    congress = actor.congress_id
    seat = queries.seat_in(congress, values.get("deputy"))
    place = queries.body_in(congress, values.get("place"), "delegation")
    member = queries.member_in(congress, values.get("member"))
    organ = queries.body_in(congress, values.get("organ"), "unit", "committee") if kind == ORGAN_DEPUTY else None
    if (member is None and organ is None) or (seat is None and place is None):
        raise Invalid("请从列表里选双方。")
    return _pair(actor, kind, times_of(values), contactor=member, organ=organ, seat=seat, place=place)


def _pair(
    actor: Actor,
    kind: str,
    times: int,
    *,
    contactor: Appointment | None = None,
    organ: Body | None = None,
    seat: Seat | None = None,
    place: Body | None = None,
    group: VoterGroup | None = None,
    proposed: bool = False,
) -> Pairing:
    pairing = Pairing(
        congress_id=actor.congress_id, kind=kind, times=times, proposed=proposed, starts_on=clock.today(),
        contactor=contactor, organ=organ, seat=seat, place=place, group=group,
    )  # fmt: skip
    with db.session.no_autoflush:
        _check_new(pairing)
    db.session.add(pairing)
    db.session.flush()
    said = f"{KINDS[kind]}：{pairing.near}与{pairing.far}结对，每年{times}次"
    audit.record(actor, _subject(pairing), "pairing.made", {"kind": kind, "times": times}, said)
    return pairing


def _check_new(pairing: Pairing) -> None:
    sides = {name: getattr(pairing, name) for name in ("contactor", "organ", "seat", "place", "group")}
    alike = [getattr(Pairing, f"{name}_id") == one.id for name, one in sides.items() if one is not None]
    live = select(Pairing.id).where(Pairing.kind == pairing.kind, Pairing.ends_on.is_(None), *alike)
    if db.session.scalar(live.limit(1)) is not None:
        raise Conflict(TAKEN)
    if pairing.contactor is not None and pairing.seat is not None:
        if pairing.contactor.person_id == pairing.seat.person_id:
            raise Invalid(fields={"deputy": "不能和本人结对。"})


def adopt(actor: Actor, ratio: Ratio, digest: str) -> int:
    """Make the pairs that were shown; how many. Raises Conflict when the roster changed since (nothing is made)."""
    proposal = proposing.propose(actor, ratio)
    if proposal.digest != digest:
        raise Conflict(CHANGED)
    for giver, taker in proposal.pairs:
        far: dict[str, Any] = {"seat": taker} if isinstance(taker, Seat) else {"place": taker}
        _pair(actor, ratio.kind, ratio.times, contactor=giver, proposed=True, **far)
    return len(proposal.pairs)


def change(actor: Actor, pairing: Pairing, values: Mapping[str, Any], seen: int | None) -> Pairing:
    """Another quota, or somebody else who keeps the contact: then the old pair ends and a new one begins."""
    _check_running(pairing, seen)
    times, member = times_of(values), queries.member_in(actor.congress_id, values.get("member"))
    if member is None or member.id == pairing.contactor_id:
        if times != pairing.times:
            said = f"由每年{pairing.times}次改为{times}次"
            audit.record(actor, _subject(pairing), "pairing.changed", {"times": times}, said)
            pairing.times = times
        return pairing
    if pairing.contactor is None:
        raise Invalid(fields={"member": "机关联系代表的结对，请结束后另结。"})
    end(actor, pairing, f"改由{member.person.name}联系", seen)
    return _pair(actor, pairing.kind, times, contactor=member, seat=pairing.seat, place=pairing.place)


def end(actor: Actor, pairing: Pairing, reason: str, seen: int | None) -> None:
    """They keep contact no longer; its records stay."""
    _check_running(pairing, seen)
    pairing.ends_on, pairing.ending = clock.today(), reason
    said = f"{pairing.near}与{pairing.far}不再结对：{reason}"
    audit.record(actor, _subject(pairing), "pairing.ended", {"reason": reason}, said)
    db.session.flush()


def _check_running(pairing: Pairing, seen: int | None) -> None:
    if seen is not None and seen != pairing.version:
        raise Stale()
    if pairing.ends_on is not None:
        raise Conflict("这一对已经结束，不能再改。")


def save_group(actor: Actor, group: VoterGroup | None, values: Mapping[str, Any]) -> VoterGroup:
    """A deputy's group of voters, paired with the deputy from its first day. Raises Invalid, NotAllowed."""
    seat = db.session.get(Seat, actor.capacity_id)
    if seat is None or not actor.seat_active or (group is not None and group.seat_id != seat.id):
        raise NotAllowed()
    times = times_of(values)
    if not 0 <= (values["households"] or 0) <= MOST_HOUSEHOLDS:
        raise Invalid(fields={"households": f"应为0到{MOST_HOUSEHOLDS}之间的整数。"})
    fresh = group is None
    group = group or VoterGroup(seat=seat, congress_id=seat.body_id)
    group.name, group.place = values["name"], values.get("place") or ""
    group.households = values["households"] or 0
    db.session.add(group)
    db.session.flush()
    audit.record(actor, f"voter_group:{group.id}", "voter_group.saved", {}, f"登记选民小组“{group.name}”")
    if fresh:
        _pair(actor, DEPUTY_VOTERS, times, contactor=seat, group=group)
    else:
        running = select(Pairing).where(Pairing.group_id == group.id, Pairing.ends_on.is_(None))
        for pairing in db.session.scalars(running):
            pairing.times = times
    return group


def add_voter(actor: Actor, group: VoterGroup, values: Mapping[str, Any]) -> Voter:
    """A voter or household of the deputy's own group; what is noted stays sealed and out of the log."""
    if group.seat_id != actor.capacity_id or not actor.seat_active:
        raise NotAllowed()
    voter = Voter(group=group, **{name: values.get(name) or None for name in ("name", "phone", "address")})
    db.session.add(voter)
    db.session.flush()
    group.households = max(group.households, len(group.voters))
    audit.record(actor, f"voter_group:{group.id}", "voter_group.voter_added", {}, "登记一户选民")
    return voter


def drop_voter(actor: Actor, voter: Voter) -> None:
    """Forget a voter of one's own group for good (个人信息保护法 47)."""
    if voter.group.seat_id != actor.capacity_id:
        raise NotAllowed()
    audit.record(actor, f"voter_group:{voter.group_id}", "voter_group.voter_dropped", {}, "删去一户选民")
    db.session.delete(voter)


def reveal_voter(actor: Actor, voter: Voter) -> str:
    """The whole telephone number, for the deputy it was given to; every look is on record."""
    if voter.group.seat_id != actor.capacity_id:
        raise NotAllowed()
    audit.record(actor, f"voter_group:{voter.group_id}", "voter_group.phone_seen", {}, "查看一户选民的电话")
    return voter.phone.full if voter.phone else ""  # type: ignore[attr-defined]


def save_campaign(actor: Actor, campaign: Campaign | None, values: Mapping[str, Any]) -> Campaign:
    """A drive of visits. Raises Invalid for an end before its beginning (message 24)."""
    if values["ends_on"] < values["starts_on"]:
        raise Invalid(fields={"ends_on": "结束时间不能早于开始时间。"})
    campaign = campaign or Campaign(congress_id=actor.congress_id)
    for name in ("name", "starts_on", "ends_on"):
        setattr(campaign, name, values[name])
    campaign.theme = values.get("theme") or ""
    db.session.add(campaign)
    db.session.flush()
    audit.record(actor, f"campaign:{campaign.id}", "campaign.saved", {}, f"登记“{campaign.name}”")
    return campaign
