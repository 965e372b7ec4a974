"""The auditor's page: who did what to which thing, never what was written in it."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from portal.accounts.permissions import READ_LOG
from portal.audit import queries
from portal.audit.wording import CHECKED, DRILLED
from portal.core import clock
from portal.core.fields import Field
from portal.web.access import needs
from portal.web.forms import form_of
from portal.web.pages import page

DRILL_AT_LEAST_EVERY = timedelta(days=7)

blueprint = Blueprint("audit", __name__)

FIELDS = (
    Field("day", "日期", "date", required=False),
    Field("kind", "对象", "choice", required=False, choices=lambda actor, item: queries.kinds()),
    Field("person", "人员姓名", required=False, most=60),
)


@blueprint.get("/log")
@needs(READ_LOG)
def index() -> str:
    chosen = _chosen()
    checked, drilled = queries.last(CHECKED), queries.last(DRILLED)
    lines = queries.log(**chosen, before=request.args.get("before", type=int))
    shown = lines[: queries.SHOWN_PER_PAGE]
    more = len(lines) > queries.SHOWN_PER_PAGE
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("day", "kind", "person") and value
    }
    return page(
        "audit/index.html",
        lines=shown,
        form=form_of(FIELDS)(request.args),
        checked=checked,
        checked_well=checked is not None and not checked.data.get("subject"),
        drilled=drilled,
        drilled_lately=drilled is not None and clock.now() - drilled.office_at <= DRILL_AT_LEAST_EVERY,
        heads=queries.heads(1),
        older_url=url_for("audit.index", **kept, before=shown[-1].key) if more else "",
        newest_url=url_for("audit.index", **kept) if request.args.get("before") else "",
        filtered=bool(kept),
    )


def _chosen() -> dict[str, Any]:
    """The filters asked for; what cannot be read as a filter filters nothing."""
    known = {value for value, _ in queries.kinds()}
    kind = request.args.get("kind", "")
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = None
    return {"day": day, "kind": kind if kind in known else "", "person": request.args.get("person", "").strip()[:60]}
