"""Pages on which offices and stations keep stations: facts, who is placed there, rules, receptions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_ROSTER, KEEP_STATIONS, STATION
from portal.audit.queries import latest
from portal.core import clock
from portal.core.errors import Conflict, Invalid
from portal.core.fields import Field
from portal.stations import actions, duty_actions, duty_queries, fields, queries, rules
from portal.stations.blueprint import blueprint
from portal.stations.models import Station
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of
from portal.web.listing import page_of, words_of
from portal.web.pages import page

Answer = Any
LISTED_AHEAD = 12


@blueprint.get("/desk/stations")
@needs(KEEP_STATIONS)
def kept() -> Answer:
    """The stations the reader keeps; before them who sits today, who was missed, which turns nobody takes."""
    wanted = queries.Wanted(words_of(request.args), request.args.get("township", "")[:60], "", page_of(request.args))
    lines = duty_queries.listed(actor(), wanted)
    shown = lines[: queries.PAGE]
    more = ""
    if len(lines) > queries.PAGE:
        more = url_for("stations.kept", after=shown[-1].station.id, q=wanted.words or None)
    return page(
        "stations/kept.html",
        wanted=wanted,
        lines=shown,
        more=more,
        today=duty_queries.today(actor()),
        missed=duty_queries.missed(actor()),
        uncovered=duty_queries.uncovered(actor()),
        kinds=rules.PLACE_KINDS,
        may_add=actor().may(KEEP_ROSTER),
    )


@blueprint.get("/desk/stations/<id>")
@needs(KEEP_STATIONS, of="station")
def station(id: str) -> Answer:
    """One station as its office sees it."""
    found = queries.kept(actor(), id)
    return page(
        "stations/station.html",
        station=found,
        placements=duty_queries.with_turns(found),
        duty_rules=duty_queries.rules_of(found),
        receptions=duty_queries.coming([found.id], LISTED_AHEAD),
        sitting=duty_queries.sitting,
        kinds=rules.PLACE_KINDS,
        levels=rules.LEVELS,
        lines=latest(found.audit_subject, "station.")[::-1],
    )


@blueprint.route("/desk/stations/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_station() -> Answer:
    """A station that is new."""
    return _station_form(None)


@blueprint.route("/desk/stations/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="station")
def edit_station(id: str) -> Answer:
    """Correct a station: the office everything, its own staff what they live with."""
    return _station_form(queries.kept(actor(), id))


def _station_form(station: Station | None) -> Answer:
    declared: tuple[Field, ...] = (*fields.STATION, *fields.CLOSING) if station else fields.STATION
    if actor().is_a(STATION):
        declared = fields.STATION_BY_STAFF
    known = _facts(station, declared) if station else {}
    form = filled(form_of(declared, name="StationForm"), known, station.edition if station else None)

    def done() -> Answer:
        saved = actions.save(actor(), station, form.values(), form.version_seen())
        flash(f"{saved.name}已保存。", "good")
        return redirect(url_for("stations.station", id=saved.public_id), 303)

    heading = f"更正{station.name}" if station else "登记站点"
    home = url_for("stations.station", id=station.public_id) if station else url_for("stations.kept")
    return _asked(form, done, heading, "保存" if station else "登记", home)


def _facts(station: Station, declared: tuple[Any, ...]) -> dict[str, Any]:
    facts = {one.name: getattr(station, one.name) for one in declared if one.name != "position"}
    placed = station.longitude is not None and station.latitude is not None
    return {**facts, "position": f"{station.longitude}, {station.latitude}" if placed else ""}


def _asked(
    form: PortalForm, done: Callable[[], Answer], heading: str, verb: str, home: str, lead: str = "", **more: Any
) -> Answer:
    """The page of one question: shown, or done, or shown again with what stands in the way."""
    refusal: Invalid | Conflict | None = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            return done()
        except (Invalid, Conflict) as error:
            if error.code == "stale":
                raise
            form.blame(error)
            refusal = error
    context = {"form": form, "heading": heading, "verb": verb, "home": home, "lead": lead, **more}
    return page("stations/ask.html", **context), refusal.status if refusal else 200


# --- who is placed there ------------------------------------------------------------------------------------------


@blueprint.route("/desk/stations/<id>/placements/new", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="station")
def place(id: str) -> Answer:
    """Place a deputy."""
    found = queries.kept(actor(), id)
    form = filled(form_of(fields.placement_fields(queries.seats_to_place(found)), name="PlacementForm"))

    def done() -> Answer:
        made = actions.place(actor(), found, form.values())
        flash(f"{made.person.name}已安排进站。", "good")
        return _home(found)

    return _asked(form, done, "安排代表进站", "安排", _url(found), f"{found.name}。排好的接待不变，下一次排班时轮到。")


@blueprint.route("/placements/<id>/end", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="placement")
def end_placement(id: str) -> Answer:
    """A deputy leaves the station; duties after that day wait for somebody else."""
    found = queries.placement(actor(), id)
    form = filled(form_of(fields.END_PLACEMENT, name="LeaveForm"))

    def done() -> Answer:
        actions.leave(actor(), found, form.values()["ends_on"] or clock.today())
        vacant = duty_actions.vacate(found)
        flash(f"已登记。{f'有{vacant}次接待空出来，请安排人顶班。' if vacant else ''}", "good")
        return _home(found.station)

    return _asked(form, done, f"{found.person.name}不再在本站", "登记", _url(found.station), found.station.name)


def _url(station: Station) -> str:
    return url_for("stations.station", id=station.public_id)


def _home(station: Station) -> Answer:
    return redirect(_url(station), 303)


# --- rules and receptions -----------------------------------------------------------------------------------------


@blueprint.route("/desk/stations/<id>/rules/new", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="station")
def new_rule(id: str) -> Answer:
    """A duty rule in office words, shown back as a sentence and a list of dates before it counts (settled A67)."""
    found = queries.kept(actor(), id)
    form = filled(form_of(fields.WHEN, name="RuleForm"))
    shown: dict[str, Any] = {"reading": "", "days": [], "share": ""}

    def done() -> Answer:
        values = form.values()
        if request.form.get("act") == "save":
            duty_actions.add_rule(actor(), found, values)
            flash("接待规则已定，今后一年的接待已经排出。", "good")
            return _home(found)
        pattern, starts = duty_actions.checked(values)
        days = duty_actions.preview(pattern, starts)
        heads = len(queries.placed(found))
        share = duty_actions.share_words(len(days), values["at_once"], heads, values["least"])
        shown.update(reading=rules.sentence(pattern), days=days, share=share)
        return page("stations/rule.html", form=form, station=found, **shown)

    refusal: Invalid | None = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            return done()
        except Invalid as error:
            form.blame(error)
            refusal = error
    return page("stations/rule.html", form=form, station=found, **shown), refusal.status if refusal else 200


@blueprint.route("/duty-rules/<id>/end", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="duty_rule")
def end_rule(id: str) -> Answer:
    """A rule ends; what it planned later is called off."""
    found = duty_queries.rule(actor(), id)
    form = filled(form_of(fields.END_PLACEMENT, name="EndRuleForm"))

    def done() -> Answer:
        duty_actions.end_rule(actor(), found, form.values()["ends_on"] or clock.today() - timedelta(days=1))
        flash("这条规则已结束，以后的接待已取消。", "good")
        return _home(found.station)

    lead = f"{found.sentence}。到那一天为止，以后已经排出的接待一并取消。"
    return _asked(form, done, "结束接待规则", "结束", _url(found.station), lead)


@blueprint.route("/receptions/<id>/call-off", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="reception")
def call_off(id: str) -> Answer:
    """One reception does not take place."""
    found = duty_queries.reception(actor(), id)
    form = filled(form_of(fields.CALL_OFF, name="CallOffForm"))

    def done() -> Answer:
        duty_actions.call_off(actor(), found, form.values()["reason"])
        flash("这次接待已取消，值班代表会收到消息。", "good")
        return _home(found.station)

    lead = f"{found.station.name}{rules.day_words(found.day)}{found.hours}"
    return _asked(form, done, "取消这次接待", "取消接待", _url(found.station), lead)


@blueprint.route("/receptions/<id>/fill", methods=["GET", "POST"])
@needs(KEEP_STATIONS, of="reception")
def fill(id: str) -> Answer:
    """Somebody sits in for a deputy on leave, or where nobody was planned."""
    found = duty_queries.reception(actor(), id)
    form = filled(form_of(fields.fill_fields(duty_queries.free_deputies(found)), name="FillForm"))
    instead = duty_queries.to_cover(found)

    def done() -> Answer:
        made = duty_actions.fill(actor(), found, form.values()["deputy"], instead)
        flash(f"已请{made.person.name}到站，消息已发给本人。", "good")
        return _home(found.station)

    absent = f"，{instead.person.name}请假" if instead else ""
    lead = f"{found.station.name}{rules.day_words(found.day)}{found.hours}{absent}"
    return _asked(form, done, "请人顶班", "请他到站", _url(found.station), lead)
