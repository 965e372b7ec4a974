"""Pages on which the office makes pairings: the grid, the proposal by ratio, one pair by hand."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_PAIRINGS, READ_CONTACTS
from portal.audit.queries import history
from portal.contacts import forms, pairing_actions, proposing, queries
from portal.contacts.blueprint import blueprint
from portal.contacts.models import Pairing
from portal.contacts.ratios import Ratio, shipped
from portal.contacts.rules import KINDS
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web.access import actor, needs
from portal.web.forms import WholeField, filled, form_of
from portal.web.listing import page_of
from portal.web.pages import page

BY_HAND = tuple(forms.PAIR)
NUMBERS = tuple(one.name for one in forms.NUMBERS)


@blueprint.get("/pairings")
@needs(READ_CONTACTS)
def pairings() -> Any:
    """The coverage grid: quota, contacts of each quarter, time since the last one."""
    kind = request.args.get("kind", "")
    rows = queries.coverage(actor(), kind if kind in KINDS else "", after=page_of(request.args))
    shown = rows[: queries.PAGE]
    return page(
        "contacts/pairings.html",
        rows=shown,
        more=len(rows) > len(shown),
        kind=kind,
        counts=queries.counts_by_kind(actor()),
        keeps=actor().may(KEEP_PAIRINGS),
        KINDS=KINDS,
        BY_HAND=BY_HAND,
    )


@blueprint.get("/pairings/propose")
@needs(KEEP_PAIRINGS)
def propose() -> Any:
    """Who would be paired with whom by a ratio, before anything is made."""
    form = _numbers_form(request.args)
    code = request.args.get("ratio", "")
    try:
        ratio = proposing.ratio_for(actor(), code, _numbers(form))
    except Invalid as refusal:
        form.blame(refusal)
        return _proposal(proposing.ratio_for(actor(), code, {}), form), refusal.status
    return _proposal(ratio, form)


def _numbers_form(given: Any) -> Any:
    form = filled(form_of(forms.NUMBERS, name="NumbersForm"))
    for name in NUMBERS:
        if given.get(name):
            try:
                form[name].process_formdata([given[name]])
            except ValueError as reason:
                form[name].errors = [str(reason)]
    return form


def _numbers(form: Any) -> dict[str, int | None]:
    return {name: form[name].data for name in NUMBERS}


def _proposal(ratio: Ratio, form: Any) -> str:
    for side in ("leader", "member"):
        for bound in ("least", "most"):
            one: WholeField = form[f"{side}_{bound}"]
            one.data = getattr(getattr(ratio, side), bound) if one.data is None else one.data
    form.times.data = ratio.times if form.times.data is None else form.times.data
    return page(
        "contacts/propose.html",
        proposal=proposing.propose(actor(), ratio),
        form=form,
        ratios=shipped(),
        adopted=proposing.adopted(actor()),
        KINDS=KINDS,
    )


@blueprint.post("/pairings/propose")
@needs(KEEP_PAIRINGS)
def adopt() -> Any:
    """Make the pairs that were shown."""
    code = request.form.get("ratio", "")
    form = filled(form_of(forms.NUMBERS, name="NumbersForm"))
    try:
        if not form.validate():
            raise Invalid()
        ratio = proposing.ratio_for(actor(), code, form.values())
        made = pairing_actions.adopt(actor(), ratio, request.form.get("digest", ""))
    except (Invalid, Conflict) as refusal:
        form.blame(refusal)
        again = proposing.ratio_for(actor(), code, {}) if isinstance(refusal, Invalid) else ratio
        return _proposal(again, form), refusal.status
    flash(f"已结对{made}对，可以再逐对调整。", "good")
    return redirect(url_for("contacts.pairings", kind=ratio.kind), 303)


@blueprint.route("/pairings/new/<kind>", methods=["GET", "POST"])
@needs(KEEP_PAIRINGS)
def new_pairing(kind: str) -> Any:
    """One pair by hand."""
    if kind not in forms.PAIR:
        raise NotFound()
    form = filled(form_of(forms.PAIR[kind], actor(), None, "PairingForm"))
    refusal: Invalid | Conflict | None = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            made = pairing_actions.add_pairing(actor(), kind, form.values())
        except (Invalid, Conflict) as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"{made.near}与{made.far}已结对。", "good")
            return redirect(url_for("contacts.pairings", kind=kind), 303)
    return page("contacts/pairing_new.html", form=form, kind=kind, KINDS=KINDS), refusal.status if refusal else 200


@blueprint.get("/pairings/<id>")
@needs(KEEP_PAIRINGS, of="pairing")
def pairing(id: str) -> Any:
    """One pair: change how often or who, or end it."""
    return _pairing_page(queries.pairing(actor(), id))


def _pairing_page(one: Pairing, change: Any = None, end: Any = None) -> str:
    known = {"times": one.times}
    return page(
        "contacts/pairing.html",
        pairing=one,
        change=change or filled(form_of(forms.CHANGE, actor(), one, "ChangeForm"), known, one.version),
        end=end or filled(form_of(forms.END, name="EndForm"), version=one.version),
        lines=history(f"pairing:{one.id}"),
        KINDS=KINDS,
    )


@blueprint.post("/pairings/<id>/change")
@needs(KEEP_PAIRINGS, of="pairing")
def change_pairing(id: str) -> Any:
    """Another quota, or another member."""
    one = queries.pairing(actor(), id)
    form = filled(form_of(forms.CHANGE, actor(), one, "ChangeForm"))
    try:
        if not form.validate():
            raise Invalid()
        kept = pairing_actions.change(actor(), one, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _pairing_page(one, change=form), refusal.status
    flash("已改好。", "good")
    return redirect(url_for("contacts.pairing", id=kept.public_id), 303)


@blueprint.post("/pairings/<id>/end")
@needs(KEEP_PAIRINGS, of="pairing")
def end_pairing(id: str) -> Any:
    """They keep contact no longer."""
    one = queries.pairing(actor(), id)
    form = filled(form_of(forms.END, name="EndForm"))
    if not form.validate():
        return _pairing_page(one, end=form), 422
    pairing_actions.end(actor(), one, form.values()["reason"], form.version_seen())
    flash("这一对已结束，联系记录都还在。", "good")
    return redirect(url_for("contacts.pairings", kind=one.kind), 303)
