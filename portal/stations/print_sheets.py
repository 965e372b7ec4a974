"""Sheets to print: the poster for the station's door and the cards of its deputies, each with its code."""

from typing import Any

from flask import current_app, request, url_for

from portal.accounts.permissions import KEEP_STATIONS
from portal.stations import codes, duty_queries, queries
from portal.stations.blueprint import blueprint
from portal.web.access import actor, needs
from portal.web.pages import page

Answer = Any


@blueprint.get("/desk/stations/<id>/poster")
@needs(KEEP_STATIONS, of="station")
def poster(id: str) -> Answer:
    """One A4 sheet: what to do, where, when, and the telephone for those without a smartphone."""
    station = queries.kept(actor(), id)
    address = public_address(station.slug)
    return page(
        "stations/poster.html",
        station=station,
        address=address,
        code=codes.code_of(address),
        duty_rules=duty_queries.rules_of(station),
    )


@blueprint.get("/desk/stations/<id>/cards")
@needs(KEEP_STATIONS, of="station")
def cards(id: str) -> Answer:
    """A card for each deputy placed there; its code opens the station's page at that deputy."""
    station = queries.kept(actor(), id)
    placements = queries.placed(station)
    return page(
        "stations/cards.html",
        station=station,
        cards=[(one, codes.code_of(f"{public_address(station.slug)}#d-{one.public_id}")) for one in placements],
    )


def public_address(slug: str) -> str:
    """The whole address of a station's page, as printed codes carry it."""
    origin = current_app.config["SETTINGS"].origin or request.host_url
    return origin.rstrip("/") + url_for("stations.show", slug=slug)
