"""Pages of the congress: the deputies here; bodies, rules and calendar in the files beside."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_ROSTER
from portal.audit.queries import history
from portal.congress import (
    actions,
    bodies_pages,
    body_pages,
    directory,
    draft_pages,
    group_pages,
    rule_pages,
    seat_actions,
    seat_pages,
    term_pages,
)
from portal.congress.blueprint import blueprint
from portal.congress.forms import DEPUTY_FIELDS, NEW_DEPUTY, REVEAL
from portal.congress.models import Seat
from portal.congress.rules import ENDINGS, STANDINGS, term_words
from portal.core.errors import Conflict, Invalid
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

__all__ = [
    "blueprint",
    "bodies_pages",
    "body_pages",
    "draft_pages",
    "group_pages",
    "rule_pages",
    "seat_pages",
    "term_pages",
]

Answer = Any
MOST_PAGES = 400


@blueprint.get("/deputies")
@needs(KEEP_ROSTER)
def deputies() -> Answer:
    """The deputies of the running term, by delegation; found by name or pinyin."""
    kept = {name: request.args.get(name, "").strip()[:40] for name in ("q", "delegation", "standing")}
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    seats, total = directory.deputies(actor(), kept["q"], kept["delegation"], kept["standing"], number)
    last = max(1, -(-total // directory.PAGE))
    around: dict[str, Any] = {key: value for key, value in kept.items() if value}
    return page(
        "congress/deputies.html",
        seats=seats,
        total=total,
        kept=kept,
        delegations=directory.delegation_counts(actor()),
        standings=STANDINGS,
        term=directory.running_term(actor()),
        term_words=term_words,
        here=number,
        last=last,
        prev_url=url_for("congress.deputies", page=number - 1, **around) if number > 1 else "",
        next_url=url_for("congress.deputies", page=number + 1, **around) if number < last else "",
    )


@blueprint.route("/deputies/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_deputy() -> Answer:
    """A deputy who joined during the term."""
    form = filled(form_of(NEW_DEPUTY, actor(), None, "DeputyForm"))
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            seat = seat_actions.add_deputy(actor(), form.values())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"{seat.person.name}已登记。账号也开好了，请开口令单交给本人。", "good")
            return redirect(url_for("congress.deputy", id=seat.public_id), 303)
    status = refusal.status if refusal else 200
    return page("congress/deputy_form.html", form=form, seat=None), status


@blueprint.get("/deputies/<id>")
@needs(KEEP_ROSTER, of="seat")
def deputy(id: str) -> Answer:
    """One deputy: the seat, the facts, what was done about them."""
    return _deputy_page(directory.seat(actor(), id))


def _deputy_page(seat: Seat, reveal: Any = None, phone: str = "") -> str:
    return page(
        "congress/deputy.html",
        seat=seat,
        person=seat.person,
        phone=phone,
        groups=directory.groups_of(seat),
        standings=STANDINGS,
        endings=ENDINGS,
        term_words=term_words,
        reveal=reveal or filled(form_of(REVEAL, name="RevealForm")),
        lines=history(f"seat:{seat.id}"),
    )


@blueprint.post("/deputies/<id>/phone")
@needs(KEEP_ROSTER, of="seat")
def reveal_phone(id: str) -> Answer:
    """The whole number, shown in the answer itself and nowhere kept; the log says who asked and why."""
    seat = directory.seat(actor(), id)
    form = filled(form_of(REVEAL, name="RevealForm"))
    if not form.checked():
        return _deputy_page(seat, reveal=form), 422
    try:
        phone = actions.reveal_phone(actor(), seat, form.values()["reason"])
    except Invalid as refusal:
        form.blame(refusal)
        return _deputy_page(seat, reveal=form), refusal.status
    return _deputy_page(seat, phone=phone)


@blueprint.route("/deputies/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="seat")
def edit_deputy(id: str) -> Answer:
    """Correct a deputy's facts."""
    seat = directory.seat(actor(), id)
    form = filled(form_of(DEPUTY_FIELDS, actor(), seat, "DeputyForm"), _facts(seat), seat.person.version)
    refusal: Invalid | Conflict | None = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            touched = actions.edit_deputy(actor(), seat, form.values(), form.version_seen())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"已更正：{'、'.join(touched)}。" if touched else "没有改动。", "good")
            return redirect(url_for("congress.deputy", id=id), 303)
    return page("congress/deputy_form.html", form=form, seat=seat), refusal.status if refusal else 200


def _facts(seat: Seat) -> dict[str, Any]:
    person = {name: getattr(seat.person, name) for name in actions.FACTS}
    own = {name: getattr(seat, name) for name in actions.SEAT_FACTS}
    return {**person, **own, "delegation": seat.delegation.public_id if seat.delegation else ""}
