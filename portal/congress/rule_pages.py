"""Pages of the rules in force and of the working-day calendar."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from flask import flash, redirect, url_for

from portal.accounts.permissions import KEEP_RULES
from portal.audit.queries import history
from portal.congress import calendar_actions, directory, rule_queries
from portal.congress.blueprint import blueprint
from portal.congress.forms import DAY_FIELDS, YEAR_FIELDS
from portal.congress.pack import LEVELS
from portal.congress.pack_models import CalendarDay, CalendarYear
from portal.congress.rulepacks import pack_of
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.core.fields import Field
from portal.core.workdays import ONE
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any
FIRST_YEAR, LAST_YEAR = 2007, 2100
NOTICE_FIELDS = (
    Field("source", "通知的名称和文号", most=400, hint="如国务院办公厅关于2027年部分节假日安排的通知"),
    Field("text", "通知的全文", "text", most=4000, hint="从“一、元旦”起粘贴；星期和天数会逐一核对"),
)


@blueprint.get("/rules")
@needs(KEEP_RULES)
def rules() -> Answer:
    """The rules that new items begin under, each with its legal basis."""
    congress = directory.congress(actor())
    if congress.pack_version is None:
        raise NotFound()
    begun = (one.starts_on for one in rule_queries.adoptions(congress.id) if one.starts_on <= clock.today())
    return page(
        "congress/rules.html",
        congress=congress,
        version=congress.pack_version,
        since=next(begun, congress.pack_version.effective_from),
        pack=pack_of(congress.pack_version.id),
        levels=LEVELS,
        years=directory.calendar_years(),
        this_year=clock.today().year,
    )


@blueprint.get("/rules/calendar/<int:year>")
@needs(KEEP_RULES)
def calendar(year: int) -> Answer:
    """One year's rest days and make-up days."""
    return _calendar_page(year)


@blueprint.post("/rules/calendar/<int:year>/days")
@needs(KEEP_RULES)
def set_day(year: int) -> Answer:
    """Enter, change or take away a day."""
    _known_range(year)
    form = filled(form_of(DAY_FIELDS, name="DayForm"))
    if not form.checked():
        return _calendar_page(year, day_form=form), 422
    try:
        calendar_actions.set_day(actor(), year, form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return _calendar_page(year, day_form=form), refusal.status
    flash("日历已改，期限按新的日历计算；已经到手的期限不会提前。", "good")
    return redirect(url_for("congress.calendar", year=year), 303)


@blueprint.post("/rules/calendar/<int:year>/source")
@needs(KEEP_RULES)
def set_year(year: int) -> Answer:
    """The year's notice, and whether it is complete."""
    _known_range(year)
    form = filled(form_of(YEAR_FIELDS, name="YearForm"))
    if not form.checked():
        return _calendar_page(year, year_form=form), 422
    try:
        values = form.values()
        calendar_actions.set_year(actor(), year, values["source"], bool(values["confirmed"]))
    except Invalid as refusal:
        form.blame(refusal)
        return _calendar_page(year, year_form=form), refusal.status
    flash("已保存。", "good")
    return redirect(url_for("congress.calendar", year=year), 303)


@blueprint.post("/rules/calendar/<int:year>/notice")
@needs(KEEP_RULES)
def enter_notice(year: int) -> Answer:
    """A whole year from the text of its notice; a second person confirms it."""
    _known_range(year)
    form = filled(form_of(NOTICE_FIELDS, name="NoticeForm"))
    if not form.checked():
        return _calendar_page(year, notice_form=form), 422
    try:
        values = form.values()
        number = calendar_actions.enter_notice(actor(), year, values["source"], values["text"])
    except Invalid as refusal:
        form.blame(refusal)
        return _calendar_page(year, notice_form=form), refusal.status
    flash(f"登记了{number}天。请另一位同事对照通知核对后确认。", "good")
    return redirect(url_for("congress.calendar", year=year), 303)


def _calendar_page(year: int, day_form: Any = None, year_form: Any = None, notice_form: Any = None) -> str:
    _known_range(year)
    known = directory.calendar_year(year)
    given = {"source": known.source, "confirmed": known.confirmed} if known else {}
    return page(
        "congress/calendar.html",
        year=year,
        known=known,
        runs=list(_runs(known)) if known else [],
        day_form=day_form or filled(form_of(DAY_FIELDS, name="DayForm"), {"source": given.get("source", "")}),
        year_form=year_form or filled(form_of(YEAR_FIELDS, name="YearForm"), given),
        notice_form=notice_form or filled(form_of(NOTICE_FIELDS, name="NoticeForm")),
        mine=known is not None and known.entered_by_id == actor().person_id,
        lines=history(f"calendar:{year}"),
    )


def _runs(known: CalendarYear) -> Iterator[tuple[str, bool, date, date, str]]:
    """Neighbouring days of one name as (name, working, first, last, source)."""
    days = sorted(known.days, key=lambda one: one.day)
    keyed: list[tuple[int, CalendarDay]] = []
    run = 0
    for place, one in enumerate(days):
        before = days[place - 1] if place else None
        if before and (one.day - before.day != ONE or (one.name, one.working) != (before.name, before.working)):
            run += 1
        keyed.append((run, one))
    for _, group in groupby(keyed, key=lambda pair: pair[0]):
        rows = [one for _, one in group]
        yield rows[0].name, rows[0].working, rows[0].day, rows[-1].day, rows[0].source or known.source


def _known_range(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound()
