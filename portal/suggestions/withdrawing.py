"""撤回: the lead deputy asks in writing; by the pack that is enough, or every co-signer answers in person."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.actor import Actor
from portal.core import clock
from portal.core.db import db
from portal.suggestions import merging, rules
from portal.suggestions.assigning import end_part, live_tasks
from portal.suggestions.fact_models import WithdrawalConsent, WithdrawalRequest
from portal.suggestions.models import Signature, Suggestion


def _request(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> None:
    db.session.add(
        WithdrawalRequest(
            suggestion=suggestion, text=data["reason"], happened_on=clock.today(), by_id=actor.capacity_id
        )
    )


def _consent(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.add(
        WithdrawalConsent(
            suggestion=suggestion,
            verdict=data["answer"],
            text=data.get("note") or "",
            happened_on=clock.today(),
            by_id=actor.capacity_id,
        )
    )
    return {"name": actor.name, "answer_words": rules.CONSENTS[data["answer"]]}


def asked_for_consent(suggestion: Suggestion) -> tuple[list[Signature], list[Signature]]:
    """The confirmed co-signers who are asked, and those who are not because their seat is not active (A34)."""
    signed = [one for one in suggestion.signatures if one.state == "confirmed"]
    today = clock.today()
    held = [s for s in signed if s.seat.active and (s.seat.ends_on is None or s.seat.ends_on >= today)]
    return held, [one for one in signed if one not in held]


def agreed(suggestion: Suggestion) -> bool:
    """Whether the request at hand has every consent that the pack wants."""
    asked = suggestion.asked_to_withdraw
    if asked is None:
        return False
    if suggestion.pack.flag("withdraw") == "lead":
        return True
    given = {f.by_id for f in suggestion.facts_of("consent") if f.id > asked.id and f.verdict == "agreed"}
    return all(one.seat_id in given for one in asked_for_consent(suggestion)[0])


def _withdraw(actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The number stays, the clocks end, nothing is rated; it is counted in the table of withdrawals only (S8)."""
    suggestion.closed_as, suggestion.closed_on = "withdrawn", clock.today()
    for task in live_tasks(suggestion):
        end_part(task, "withdrawn")
        task.due = task.feedback_due = None
    if suggestion.merged_into_id is not None:
        merging.part_ways(actor, suggestion, "已撤回，不再随主件办理")
    away = [one.seat.person.name for one in asked_for_consent(suggestion)[1]]
    return {"listed": f"（{'、'.join(away)}代表已不在任，没有征求意见）" if away else ""}


EFFECTS = {"request_withdrawal": _request, "consent_withdrawal": _consent, "withdraw": _withdraw}
