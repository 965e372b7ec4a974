"""The deputy's own duties, and the steps of a slot for deputies and those who keep the station."""

from typing import Any

from flask import Response, flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_STATIONS, SERVE_STATIONS
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.stations import duty_actions, duty_queries
from portal.stations.blueprint import blueprint
from portal.stations.calendar_files import calendar_answer, who
from portal.stations.models import DutySlot
from portal.stations.workflow import SLOT
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any


@blueprint.get("/duty")
@needs(SERVE_STATIONS, KEEP_STATIONS)
def duty() -> Answer:
    """A deputy's duties: offers to answer, what is to come, what was this year. Staff go on to their stations."""
    if not actor().may(SERVE_STATIONS):
        return redirect(url_for("stations.kept"), 303)
    slots, today = duty_queries.own_slots(actor()), clock.today()
    mine = [one for one in slots if one.person_id == actor().person_id]
    return page(
        "stations/duty.html",
        offers=[one for one in slots if one.person_id != actor().person_id and one.reception.day > today],
        ahead=[one for one in mine if one.reception.day >= today and one.state in ("planned", "held", "on_leave")],
        past=[one for one in mine if one.reception.day < today and one.state != "swapped"][::-1],
        steps=lambda slot: SLOT.open_to(actor(), slot),
        possible=lambda step, slot: not (step.guard and step.guard(actor(), slot)),
        states=SLOT.states,
    )


@blueprint.get("/duty.ics")
@needs(SERVE_STATIONS)
def duty_file() -> Response:
    """The deputy's own duties for the calendar of a telephone."""
    mine = [one for one in duty_queries.own_slots(actor()) if one.person_id == actor().person_id]
    sitting = [one.reception for one in mine if one.state in duty_queries.SITTING]
    return calendar_answer("我的接待值班", [(one, one.station, who(one)) for one in sitting], shared=False)


@blueprint.route("/duty-slots/<id>/steps/<name>", methods=["GET", "POST"])
@needs(SERVE_STATIONS, KEEP_STATIONS, of="duty_slot")
def slot_step(id: str, name: str) -> Answer:
    """Ask for a step's input; take it."""
    slot = duty_queries.slot(actor(), id)
    step = SLOT.steps.get(name)
    if step is None or step.by_itself or not step.who(actor(), slot):
        raise NotFound()
    if request.method == "GET":
        SLOT.checked(actor(), slot, name)
    slot.exchangeable = duty_queries.exchangeable(slot) if name == "offer_swap" else []
    form = filled(form_of(step.fields, actor(), slot), version=slot.version)
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            duty_actions.take(actor(), slot, name, form.values(), form.version_seen())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"已{step.button}。" if name != "offer_swap" else "换班已提出，等对方同意。", "good")
            return redirect(_back(slot), 303)
    context = {"step": step, "slot": slot, "form": form, "home": _back(slot)}
    return page("stations/step.html", **context), refusal.status if refusal else 200


def _back(slot: DutySlot) -> str:
    if actor().may(SERVE_STATIONS):
        return url_for("stations.duty")
    return url_for("stations.station", id=slot.reception.station.public_id)
