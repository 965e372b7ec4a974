"""Tables of figures; every number opens the list behind it."""

from datetime import date
from itertools import chain

from flask import Blueprint, request

from portal.accounts.permissions import READ_FIGURES
from portal.core import clock
from portal.suggestions import figures
from portal.web.access import actor, needs
from portal.web.pages import page

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


@blueprint.get("/returns")
@needs(READ_FIGURES)
def returns() -> str:
    """退办情况: per unit how many were asked, tried too late, granted, refused, and still wait."""
    today = clock.today()
    first, last = _day("since", date(today.year, 1, 1)), _day("until", today)
    units = figures.returns(actor(), first, last)
    whole = figures.UnitReturns("", "合计", list(chain.from_iterable(one.returns for one in units)))
    chosen = next((one for one in units if one.unit == request.args.get("unit")), whole)
    outcome = request.args.get("outcome", "")
    known = outcome == figures.ASKED or outcome in figures.OUTCOMES
    listed = chosen.those(outcome) if known else None
    return page(
        "suggestions/returns.html", first=first, last=last, rows=[*units, whole], chosen=chosen, outcome=outcome,
        listed=listed, outcomes={figures.ASKED: "申请", **figures.OUTCOMES},
    )  # fmt: skip


def _day(name: str, otherwise: date) -> date:
    """The day asked for; what cannot be read as one is as if not asked. The edges of the calendar are none."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if date.min < day < date.max else otherwise
