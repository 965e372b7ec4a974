"""Pages of the stations: what the public reads here; what offices and deputies keep in the files beside."""

from datetime import date
from typing import Any

from flask import Response, request, url_for

from portal.core import clock
from portal.core.workdays import add_months
from portal.stations import duty_pages, duty_queries, maps, message_voices, office_pages, print_sheets, queries, rules
from portal.stations.blueprint import blueprint
from portal.stations.calendar_files import calendar_answer, who
from portal.stations.models import Reception, Station
from portal.web.access import public
from portal.web.listing import page_of, words_of
from portal.web.pages import public_page

__all__ = ["blueprint", "duty_pages", "office_pages", "print_sheets"]

LONGEST_NAME = 60
CALENDAR_MONTHS = 12


def asked() -> queries.Wanted:
    """What the address of a list asks for."""
    township, kind = (request.args.get(name, "").strip()[:LONGEST_NAME] for name in ("township", "kind"))
    return queries.Wanted(
        words_of(request.args), township, kind if kind in rules.PLACE_KINDS else "", page_of(request.args)
    )


@blueprint.get("/stations")
@public
def directory() -> Response:
    """All stations: looked for by name, pinyin, township; on our own map and as a list."""
    wanted = asked()
    found = queries.directory(wanted)
    stations = found[: queries.PAGE]
    around = {"q": wanted.words, "township": wanted.township, "kind": wanted.place_kind}
    kept: dict[str, Any] = {name: value for name, value in around.items() if value}
    more = url_for("stations.directory", after=stations[-1].id, **kept) if len(found) > queries.PAGE else ""
    return public_page(
        "stations/directory.html",
        wanted=wanted,
        stations=stations,
        more=more,
        townships=queries.townships(),
        drawing=maps.draw(queries.outlines(), queries.spots()),
        next_days=duty_queries.next_days([one.id for one in stations]),
        kinds=rules.PLACE_KINDS,
    )


@blueprint.get("/stations/<slug>")
@public
def show(slug: str) -> Response:
    """One station, as the code on its door opens it: telephone and next reception first."""
    station = queries.by_slug(slug)
    coming = duty_queries.coming([station.id])
    return public_page(
        "stations/show.html",
        voices=message_voices.voices(station.id),
        station=station,
        next=coming[0] if coming else None,
        sitting=duty_queries.sitting,
        placements=queries.placed(station),
        duty_rules=duty_queries.rules_of(station),
        drawing=_place_of(station),
        kinds=rules.PLACE_KINDS,
        today=clock.today(),
    )


def _place_of(station: Station) -> maps.Drawing | None:
    """The station's township with the station in it; its neighbours would only add bytes."""
    if station.longitude is None or station.latitude is None:
        return None
    here = queries.Spot(station.name, station.slug, station.township, station.longitude, station.latitude)
    return maps.draw([one for one in queries.outlines() if one.township == station.township], [here])


@blueprint.get("/stations/<slug>/calendar")
@public
def calendar(slug: str) -> Response:
    """The reception plan of the year to come (年度接待计划), called off days included."""
    station = queries.by_slug(slug)
    return public_page("stations/calendar.html", station=station, months=_months(_plan(station)), sitting=who)


@blueprint.get("/stations/<slug>/calendar.ics")
@public
def calendar_file(slug: str) -> Response:
    """The same plan for the calendar of a telephone."""
    station = queries.by_slug(slug)
    return calendar_answer(f"{station.called}接待", [(one, station, who(one)) for one in _plan(station)])


def _plan(station: Station) -> list[Reception]:
    today = clock.today()
    return duty_queries.year_of(station, today, add_months(today, CALENDAR_MONTHS))


def _months(receptions: list[Reception]) -> list[tuple[date, list[Reception]]]:
    """By month, in order."""
    months: dict[date, list[Reception]] = {}
    for one in receptions:
        months.setdefault(one.day.replace(day=1), []).append(one)
    return list(months.items())
