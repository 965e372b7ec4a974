"""Pages of the drives in which deputies visit voters: what is asked, the four counters, the lists behind them."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts import permissions as p
from portal.accounts.permissions import KEEP_PAIRINGS, READ_CONTACTS
from portal.contacts import campaigns, forms, pairing_actions
from portal.contacts.blueprint import blueprint
from portal.contacts.models import Campaign
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

LIST_READERS = (p.CLERK, p.LEADER)
WORDS = {"deputies": "参加的代表", "records": "走访记录", "problems": "收集的问题", "solved": "已经解决的问题"}


@blueprint.get("/campaigns")
@needs(READ_CONTACTS)
def campaigns_list() -> Any:
    """All drives of the congress."""
    return page("contacts/campaigns.html", campaigns=campaigns.listed(actor()), keeps=actor().may(KEEP_PAIRINGS))


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@needs(KEEP_PAIRINGS)
def new_campaign() -> Any:
    """A new drive."""
    return _form(None)


@blueprint.route("/campaigns/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_PAIRINGS, of="campaign")
def edit_campaign(id: str) -> Any:
    """Correct a drive."""
    return _form(campaigns.get(actor(), id))


def _form(campaign: Campaign | None) -> Any:
    known = {one.name: getattr(campaign, one.name) for one in forms.CAMPAIGN_FIELDS} if campaign else {}
    form = filled(form_of(forms.CAMPAIGN_FIELDS, name="CampaignForm"), known)
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            saved = pairing_actions.save_campaign(actor(), campaign, form.values())
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash("已保存。", "good")
            return redirect(url_for("contacts.campaign", id=saved.public_id), 303)
    return page("contacts/campaign_form.html", form=form, campaign=campaign), refusal.status if refusal else 200


@blueprint.get("/campaigns/<id>")
@needs(READ_CONTACTS, of="campaign")
def campaign(id: str) -> Any:
    """The four counters at the end of any day."""
    found = campaigns.get(actor(), id)
    day = _day()
    return page(
        "contacts/campaign.html",
        campaign=found,
        day=day,
        figures=campaigns.figures(found.id, day),
        opens_lists=actor().is_a(*LIST_READERS),
        keeps=actor().may(KEEP_PAIRINGS),
    )


@blueprint.get("/campaigns/<id>/list/<which>")
@needs(READ_CONTACTS, of="campaign")
def campaign_list(id: str, which: str) -> Any:
    """The list behind a counter, for those who read all records."""
    if not actor().is_a(*LIST_READERS):
        raise NotFound()
    found, day = campaigns.get(actor(), id), _day()
    rows = campaigns.behind(found.id, day, which)
    return page("contacts/campaign_list.html", campaign=found, day=day, which=which, rows=rows, words=WORDS[which])


def _day() -> date:
    """The cut-off day asked for; today when none is. Raises Invalid for what is no day (message 23)."""
    text = request.args.get("on", "")
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Invalid("日期不存在，请重新选择。") from None
