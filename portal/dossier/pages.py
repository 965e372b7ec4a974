"""Pages of the dossiers: the roll with its counts, one deputy's year, objections and corrections, the yearly sheet."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from portal.accounts import permissions as p
from portal.accounts.permissions import READ_DOSSIERS
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.core.fields import Field
from portal.dossier import actions, queries, sheets
from portal.dossier.models import Objection
from portal.dossier.queries import Dossier
from portal.dossier.rules import KINDS, UNITS
from portal.dossier.schemes import shown
from portal.letters import queries as letters
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.listing import page_of, words_of
from portal.web.pages import page

blueprint = Blueprint("dossier", __name__)

REASON = Field("reason", "为什么", "text", least=5, most=300, hint="写清哪里不对，或者漏了哪一次、在什么时候")
_ADDED = (
    Field("kind", "补记哪一项", "choice", required=False, choices=tuple(KINDS.items())),
    Field("day", "哪一天", "date", required=False),
    Field("title", "内容", "line", required=False, most=60),
)
DECIDE = (
    Field("answer", "怎样答复", "choice", choices=(("upheld", "采纳，更正档案"), ("refused", "不采纳"))),
    Field("text", "答复", "text", least=5, most=300, hint="代表会看到"),
)
CORRECT = (Field("reason", "更正的依据", "text", least=5, most=300, hint="代表会看到"),)
FIRST_YEAR = 1979


@blueprint.get("/dossiers")
@needs(READ_DOSSIERS)
def index() -> Any:
    """The roll with each deputy's counts of the year; a deputy is led to their own."""
    if actor().role == p.DEPUTY:
        return redirect(url_for("dossier.show", id=queries.own_seat(actor()).public_id), 303)
    year, words = _year(None), words_of(request.args)
    rows = queries.dossiers(actor(), year, words, page_of(request.args))
    return page(
        "dossier/index.html",
        rows=rows[: queries.PAGE],
        more=len(rows) > queries.PAGE,
        year=year,
        words=words,
        **WORDS,
    )


@blueprint.get("/dossiers/objections")
@needs(READ_DOSSIERS)
def objections() -> Any:
    """The objections that the office has not answered."""
    if actor().role != p.CLERK:
        raise NotFound()
    return page("dossier/objections.html", objections=queries.waiting(actor()))


WORDS: dict[str, Any] = {"KINDS": KINDS, "UNITS": UNITS, "points": shown}


def _year(seat: Any) -> int:
    """The year asked for; this one, or the seat's last. Raises NotFound for one that cannot be."""
    given = request.args.get("year", "")
    last = queries.years(seat)[0] if seat else clock.today().year
    if not given:
        return last
    if not given.isdecimal() or not FIRST_YEAR <= int(given[:5]) <= clock.today().year:
        raise NotFound()
    return int(given)


def _dossier(public_id: str) -> Dossier:
    seat = queries.seat(actor(), public_id)
    return queries.dossier(seat, _year(seat))


@blueprint.get("/dossiers/<id>")
@needs(READ_DOSSIERS, of="seat")
def show(id: str) -> Any:
    """One deputy's year: counts that open their entries, each entry with its source."""
    about, kind = _dossier(id), request.args.get("kind", "")
    return page(
        "dossier/show.html",
        dossier=about,
        kind=kind if kind in KINDS else "",
        years=queries.years(about.seat),
        objections=queries.objections(about.seat, about.year),
        keeps=actor().role == p.CLERK and about.sealed is None,
        objects=actor().role == p.DEPUTY and about.sealed is None,
        **WORDS,
    )


@blueprint.route("/dossiers/<id>/object", methods=["GET", "POST"])
@needs(READ_DOSSIERS, of="seat")
def object_to(id: str) -> Any:
    """Say that an entry is wrong, or that something is missing."""
    about, key = _dossier(id), request.args.get("entry", "")
    if actor().role != p.DEPUTY:
        raise NotFound()
    form = filled(form_of((REASON,), name="ObjectionForm"))
    entry = about.entry(key) if key else None
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        actions.object_to(actor(), about, key, form.values()["reason"], request.form.get("once", ""))
        flash("已提交，工委查实后会答复您。", "good")
        return redirect(url_for("dossier.show", id=id, year=about.year), 303)
    shown_page = page("dossier/object.html", form=form, dossier=about, entry=entry, **WORDS)
    return shown_page, refusal.status if refusal else 200


@blueprint.get("/dossiers/objections/<id>")
@needs(READ_DOSSIERS, of="objection")
def objection(id: str) -> Any:
    """One objection, to be answered."""
    return _objection_page(queries.objection(actor(), id))


def _decide_form(about: Objection) -> Any:
    return filled(form_of((*DECIDE, *(() if about.entry else _ADDED)), name="DecisionForm"))


def _objection_page(about: Objection, form: Any = None, status: int = 200) -> Any:
    form = form or _decide_form(about)
    answers = actor().role == p.CLERK and about.decision is None
    return page("dossier/objection.html", objection=about, form=form, answers=answers), status


@blueprint.post("/dossiers/objections/<id>")
@needs(READ_DOSSIERS, of="objection")
def decide(id: str) -> Any:
    """The office answers an objection."""
    about = queries.objection(actor(), id)
    if actor().role != p.CLERK:
        raise NotFound()
    form = _decide_form(about)
    try:
        if not form.validate():
            raise Invalid()
        actions.decide(actor(), about, queries.dossier(about.seat, about.year), form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return _objection_page(about, form, refusal.status)
    flash("已答复，代表会收到消息。", "good")
    return redirect(url_for("dossier.show", id=about.seat.public_id, year=about.year), 303)


@blueprint.route("/dossiers/<id>/correct", methods=["GET", "POST"])
@needs(READ_DOSSIERS, of="seat")
def correct(id: str) -> Any:
    """The office drops an entry, restores it, or adds what no other subject holds."""
    about, key = _dossier(id), request.args.get("entry", "")
    if actor().role != p.CLERK:
        raise NotFound()
    entry = about.entry(key) if key else None
    act = ("restore" if entry.dropped else "drop") if entry else "add"
    form = filled(form_of((*(() if entry else _ADDED), *CORRECT), name="CorrectionForm"))
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            actions.correct(actor(), about, {**form.values(), "act": act, "entry": key})
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash("已更正，代表会收到消息。", "good")
            return redirect(url_for("dossier.show", id=id, year=about.year), 303)
    shown_page = page("dossier/correct.html", form=form, dossier=about, entry=entry, act=act, **WORDS)
    return shown_page, refusal.status if refusal else 200


@blueprint.get("/dossiers/<id>/sheet.docx")
@needs(READ_DOSSIERS, of="seat")
def sheet(id: str) -> Any:
    """履职登记表: the year as a Word file."""
    about = _dossier(id)
    kind, values = sheets.yearly(about)
    name = f"{about.seat.person.name}{about.year}年"
    return downloads.send(letters.letter(about.seat.body_id, kind, values, name))
