"""Two texts of one sheet: what somebody typed and what was saved meanwhile, side by side, so that neither is lost."""

from collections.abc import Sequence
from typing import Any

from flask import request

from portal.core.errors import StaleText
from portal.web.forms import PickField, PortalForm, RowsField
from portal.web.kept import SKIPPED

Side = tuple[str, str, str]


def both_said(stale: StaleText, typed: PortalForm, saved: PortalForm, save: str, leave: str, **who: Any) -> bool:
    """Give the refusal what its page shows; False when the two texts are the same, so that nothing is in the way.

    `saved` is the sheet as it now stands, with its versions; `save` is where the typed text may be posted all the same,
    `leave` the page of the saved one; `who` and `when` say whose it is.
    """
    differing = [(mine, theirs) for mine, theirs in zip(_sides(typed), _sides(saved), strict=True) if mine != theirs]
    if not differing:
        return False
    saved["once"].data = request.form.get("once", "")  # names the page that is opened again
    hidden = {*SKIPPED, "act", *(field.name for field in saved if field.type == "HiddenField")}
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in hidden]
    mine, theirs = [one for one, _ in differing], [one for _, one in differing]
    stale.sides = {"mine": mine, "theirs": theirs, "form": saved, "sent": sent, "url": save, "theirs_url": leave, **who}
    return True


def _sides(form: PortalForm) -> Sequence[Side]:
    told = [one for one in form.declared if one.kind not in ("hidden", "file", "files", "secret")]
    return [(one.name, one.label, _said(form[one.name])) for one in told]


def _said(field: Any) -> str:
    if isinstance(field, RowsField):
        rows = ("　".join(filter(None, map(_said, row.form))) for row in field)
        return "\n".join(filter(None, rows))
    if hasattr(field, "choices") and not isinstance(field, PickField):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return "、".join(str(one.label) for one in field.choices if one.value and one.value in chosen)
    if isinstance(field.data, bool):
        return "是" if field.data else "否"
    return str(field.data or "")
