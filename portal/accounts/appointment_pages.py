"""One capacity: lending it for a period, handing over what is open, ending it. For its holder and administrators."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from portal.accounts import appointments, queries
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import END, HAND_OVER, LEND
from portal.accounts.models import Appointment
from portal.accounts.permissions import ROLE_LABELS
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web.access import actor, signed_in
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any


@blueprint.get("/appointments/<id>")
@signed_in
def appointment(id: str) -> Answer:
    return _appointment_page(_find(id))


@blueprint.post("/appointments/<id>/lend")
@signed_in
def lend(id: str) -> Answer:
    found = _find(id)

    def work(values: dict[str, Any]) -> str:
        to = queries.person(values["to"])
        appointments.lend(actor(), found, to, values["starts"], values["ends"])
        return f"到时候{to.name}就能代您办事。"

    return _done(found, "lend", work)


@blueprint.post("/appointments/<id>/hand-over")
@signed_in
def hand_over(id: str) -> Answer:
    found = _find(id)

    def work(values: dict[str, Any]) -> str:
        target = appointments.find(values["to"])
        return f"{appointments.hand_over(actor(), found, target)}件未办事项已移交给{target.person.name}。"

    return _done(found, "hand_over", work)


@blueprint.post("/appointments/<id>/end")
@signed_in
def end_appointment(id: str) -> Answer:
    found = _find(id)

    def work(values: dict[str, Any]) -> str:
        appointments.end(actor(), found, values["last_day"])
        return "记下了结束的日子。"

    return _done(found, "end", work)


def _done(found: Appointment, act: str, work: Callable[[dict[str, Any]], str]) -> Answer:
    forms = _forms(found)
    if act not in forms:
        raise NotFound()
    form = forms[act]
    if not form.checked():
        return _appointment_page(found, forms), 422
    try:
        flash(work(form.values()), "good")
    except (Invalid, Conflict) as refusal:
        form.blame(refusal)
        return _appointment_page(found, forms), refusal.status
    return redirect(url_for("accounts.appointment", id=found.public_id), 303)


def _find(public_id: str) -> Appointment:
    """The appointment, when it is the reader's own, lent by them, or theirs to keep or hand on; NotFound otherwise."""
    found = appointments.find(public_id)
    who = actor()
    keeps = appointments.may_end(who, found) or appointments.may_hand_over(who, found)
    if who.person_id != found.person_id and not keeps:
        raise NotFound()
    return found


def _forms(found: Appointment) -> dict[str, Any]:
    """The forms of the acts that are open to this reader."""
    who, today = actor(), clock.today()
    offered = {
        "lend": appointments.may_lend(who, found) and bool(queries.body_mates(found)),
        "hand_over": appointments.may_hand_over(who, found) and bool(queries.colleagues(found, today)),
        "end": appointments.may_end(who, found) and found.kind == "post",
    }
    if not queries.is_running(found, today) and found.starts_on <= today:
        offered = {**offered, "lend": False, "end": False}
    declared = {"lend": LEND, "hand_over": HAND_OVER, "end": END}
    return {
        act: filled(form_of(declared[act], who, found, f"{act.title()}Form"), {"starts": today, "last_day": today})
        for act, open_to in offered.items()
        if open_to
    }


def _appointment_page(found: Appointment, forms: dict[str, Any] | None = None) -> str:
    return page(
        "accounts/appointment.html",
        one=found,
        role=ROLE_LABELS.get(found.role, ""),
        forms=_forms(found) if forms is None else forms,
        lendings=appointments.lendings_from(found, clock.today()),
        own=actor().person_id == found.person_id,
    )
