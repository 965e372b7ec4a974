"""Pages of what happens to a seat during its term: suspension, return, end, notice, and the hand-over sheet."""

from typing import Any

from flask import flash, redirect, url_for

from portal.accounts.permissions import KEEP_ROSTER
from portal.congress import directory, handover, vacancies
from portal.congress.blueprint import blueprint
from portal.congress.models import Seat
from portal.congress.rules import ENDINGS, STANDINGS, term_words
from portal.congress.seat_fields import ACTS, open_to
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of, fresh
from portal.web.pages import page

Answer = Any


@blueprint.get("/deputies/<id>/changes")
@needs(KEEP_ROSTER, of="seat")
def seat_changes(id: str) -> Answer:
    """How the seat stands and what may be entered about it."""
    return _changes_page(directory.seat(actor(), id))


def _changes_page(seat: Seat, posted: tuple[str, Any] | None = None) -> str:
    forms = {act: fresh(form_of(ACTS[act][0], actor(), seat), _suggested(seat, act)) for act in _acts(seat)}
    if posted:
        forms[posted[0]] = posted[1]
    shown = {"seat": seat, "person": seat.person, "forms": forms, "open": posted[0] if posted else ""}
    words = {"standings": STANDINGS, "endings": ENDINGS, "term_words": term_words}
    return page("congress/seat_changes.html", **shown, **words)


def _acts(seat: Seat) -> tuple[str, ...]:
    return open_to(seat.standing, seat.moved_out_on is not None)


def _suggested(seat: Seat, act: str) -> dict[str, Any]:
    if act == "notice":
        return {"noticed_on": seat.noticed_on or clock.today(), "notice_number": seat.notice_number or ""}
    return {"day": clock.today()}


@blueprint.post("/deputies/<id>/changes/<act>")
@needs(KEEP_ROSTER, of="seat")
def change_seat(id: str, act: str) -> Answer:
    """Enter one change of the seat."""
    seat = directory.seat(actor(), id)
    if act not in ACTS:
        raise NotFound()
    fields, change, said = ACTS[act]
    form = filled(form_of(fields, actor(), seat))
    try:
        if not form.validate():
            raise Invalid()
        change(actor(), seat, form.values())
    except (Invalid, Conflict) as refusal:
        form.blame(refusal)
        return _changes_page(seat, (act, form)), refusal.status
    flash(said, "good")
    return redirect(url_for("congress.seat_changes", id=id), 303)


@blueprint.get("/deputies/<id>/hand-over")
@needs(KEEP_ROSTER, of="seat")
def hand_over_sheet(id: str) -> Answer:
    """交接清单: what falls vacant, what goes on and who rates it."""
    seat = directory.seat(actor(), id)
    parts = [*vacancies.posts(seat), *handover.sheet(actor(), seat)]
    return page("congress/hand_over.html", seat=seat, person=seat.person, parts=parts, endings=ENDINGS)
