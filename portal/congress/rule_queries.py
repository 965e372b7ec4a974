"""Questions about rules being prepared, adopted and in force; a congress sees its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment
from portal.accounts.permissions import GRANTS, KEEP_RULES
from portal.accounts.queries import holds_on
from portal.congress import pack_schema
from portal.congress.models import Congress
from portal.congress.pack_models import OPEN, RuleAdoption, RuleDraft, RulePack, RulePackVersion
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotFound

Counting = Callable[[int], Mapping[int, int]]
# Who knows how many open items of a congress began under each version (version id → number); joined by the assembly.
OPEN_ITEMS: list[Counting] = []


def draft(actor: Actor, public_id: str) -> RuleDraft:
    """One draft of the actor's congress; NotFound otherwise."""
    found = db.session.scalars(
        select(RuleDraft)
        .where(RuleDraft.public_id == public_id, RuleDraft.congress_id == actor.congress_id)
        .options(joinedload(RuleDraft.proposed_by))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def open_draft(congress_id: int) -> RuleDraft | None:
    """The draft being prepared, if any."""
    return db.session.scalar(
        select(RuleDraft).where(RuleDraft.congress_id == congress_id, RuleDraft.state.in_(OPEN)).limit(1)
    )


def adoptions(congress_id: int) -> Sequence[RuleAdoption]:
    """What the congress has adopted, the latest day first, with version, pack and both people."""
    return db.session.scalars(
        select(RuleAdoption)
        .where(RuleAdoption.congress_id == congress_id)
        .options(
            joinedload(RuleAdoption.version).joinedload(RulePackVersion.pack),
            joinedload(RuleAdoption.draft),
            joinedload(RuleAdoption.entered_by),
            joinedload(RuleAdoption.approved_by),
        )
        .order_by(RuleAdoption.starts_on.desc(), RuleAdoption.id.desc())
    ).all()


def founding(congress: Congress) -> RulePackVersion:
    """The version the congress was founded under; raises NotFound when it has none."""
    version = db.session.get(RulePackVersion, congress.pack_version_id) if congress.pack_version_id else None
    if version is None:
        raise NotFound()
    return version


def last_adopted(congress: Congress) -> tuple[RulePackVersion, date | None]:
    """The version that a new one follows, and the day it begins or began (None for the founding one)."""
    known = adoptions(congress.id)
    return (known[0].version, known[0].starts_on) if known else (founding(congress), None)


def sources(congress: Congress) -> list[RulePackVersion]:
    """What a draft may be copied from: the version to be followed first, then what ships with the product."""
    followed = last_adopted(congress)[0]
    shipped = db.session.scalars(
        select(RulePackVersion)
        .join(RulePackVersion.pack)
        .where(RulePackVersion.entered_by_id.is_(None), RulePackVersion.id != followed.id)
        .options(joinedload(RulePackVersion.pack))
        .order_by(RulePack.id)
    )
    return [followed, *shipped]


def called(version: RulePackVersion) -> str:
    """How a version is called: 通用规则第1版."""
    return f"{version.content['name']}第{version.number}版"


def faults(draft: RuleDraft) -> list[tuple[str, str]]:
    """(dotted path, sentence) of everything that keeps the draft from being a whole pack."""
    return faults_of(draft.content)


def faults_of(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(dotted path, sentence) of everything that is wrong with a pack's content."""
    try:
        pack_schema.check(content)
    except Invalid as refusal:
        return list(refusal.fields.items())
    return []


def items_under(congress_id: int) -> dict[int, int]:
    """How many open items began under each version."""
    counted: dict[int, int] = {}
    for ask in OPEN_ITEMS:
        for version, number in ask(congress_id).items():
            counted[version] = counted.get(version, 0) + number
    return counted


def keepers(congress_id: int) -> list[int]:
    """Persons who keep the rules of the congress today."""
    roles = [role for role, granted in GRANTS.items() if KEEP_RULES in granted]
    here = Appointment.body_id == congress_id, Appointment.role.in_(roles), holds_on(Appointment, clock.today())
    return list(db.session.scalars(select(Appointment.person_id).where(*here)))
