"""Pages of a deputy's own voters: nobody else reads them, the office included."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_VOTERS
from portal.contacts import forms, pairing_actions, queries
from portal.contacts.blueprint import blueprint
from portal.contacts.models import VoterGroup
from portal.core.errors import Invalid
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page


@blueprint.get("/voter-groups")
@needs(KEEP_VOTERS)
def voter_groups() -> Any:
    """The deputy's groups of voters."""
    return page("contacts/voter_groups.html", groups=queries.own_groups(actor()))


@blueprint.route("/voter-groups/new", methods=["GET", "POST"])
@needs(KEEP_VOTERS)
def new_group() -> Any:
    """A new group."""
    return _group_form(None)


@blueprint.route("/voter-groups/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_VOTERS, of="voter_group")
def edit_group(id: str) -> Any:
    """Correct a group."""
    return _group_form(queries.own_group(actor(), id))


def _group_form(group: VoterGroup | None) -> Any:
    known = {name: getattr(group, name) for name in ("name", "place", "households")} if group else {}
    form = filled(form_of(forms.VOTER_GROUP, name="GroupForm"), known)
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            saved = pairing_actions.save_group(actor(), group, form.values())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash("已保存。", "good")
            return redirect(url_for("contacts.voter_group", id=saved.public_id), 303)
    return page("contacts/voter_group_form.html", form=form, group=group), refusal.status if refusal else 200


@blueprint.get("/voter-groups/<id>")
@needs(KEEP_VOTERS, of="voter_group")
def voter_group(id: str) -> Any:
    """One group with its voters."""
    return _group_page(queries.own_group(actor(), id))


def _group_page(group: VoterGroup, form: Any = None, shown: tuple[str, str] = ("", "")) -> str:
    form = form or filled(form_of(forms.VOTER, name="VoterForm"))
    return page("contacts/voter_group.html", group=group, form=form, shown_voter=shown[0], shown_phone=shown[1])


@blueprint.post("/voter-groups/<id>/voters")
@needs(KEEP_VOTERS, of="voter_group")
def add_voter(id: str) -> Any:
    """Note down a voter."""
    group = queries.own_group(actor(), id)
    form = filled(form_of(forms.VOTER, name="VoterForm"))
    if not form.validate():
        return _group_page(group, form), 422
    pairing_actions.add_voter(actor(), group, form.values())
    flash("已登记。", "good")
    return redirect(url_for("contacts.voter_group", id=id), 303)


@blueprint.post("/voters/<id>/phone")
@needs(KEEP_VOTERS, of="voter")
def voter_phone(id: str) -> Any:
    """The whole number, in the answer itself and nowhere kept."""
    voter = queries.own_voter(actor(), id)
    phone = pairing_actions.reveal_voter(actor(), voter)
    return _group_page(queries.own_group(actor(), voter.group.public_id), shown=(voter.public_id, phone or "没有登记"))


@blueprint.post("/voters/<id>/drop")
@needs(KEEP_VOTERS, of="voter")
def drop_voter(id: str) -> Any:
    """Forget a voter."""
    voter = queries.own_voter(actor(), id)
    group = voter.group.public_id
    pairing_actions.drop_voter(actor(), voter)
    flash("已删去，不再保存。", "good")
    return redirect(url_for("contacts.voter_group", id=group), 303)
