"""Files are looked into before the writing transaction begins, because inspection is slow and there is one writer.

A view marked @takes_files has its request's files received first; the form's file fields then give what was received,
or the view meets the refusal when it asks, so that the page can show it beside the field with everything typed kept.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import current_app, g, request

from portal.core.errors import Invalid, PortalError

View = TypeVar("View", bound=Callable[..., Any])
Receive = Callable[[Sequence[Any]], list[Any]]


def takes_files(view: View) -> View:
    """Mark a view whose uploaded files are stored as documents."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def receive_with(app: Any, receive: Receive) -> None:
    """Tell the web floor how documents are received (the assembly knows)."""
    app.extensions["portal.receive"] = receive


def receive_early(view: Any) -> None:
    """Receive the files of the request at hand, by field; a refusal waits until the view asks."""
    g.received, g.refused = {}, {}
    if not getattr(view, "takes_files", False):
        return
    for name in request.files:
        chosen = [one for one in request.files.getlist(name) if one.filename]
        if not chosen:
            continue
        try:
            g.received[name] = current_app.extensions["portal.receive"](chosen)
        except PortalError as refusal:
            g.refused[name] = refusal


def received(name: str) -> list[Any]:
    """What was received in the field; raises Invalid (or its kin) naming the field when a file was refused."""
    refusal = g.get("refused", {}).get(name)
    if refusal is not None:
        told = Invalid(refusal.message, fields={name: refusal.message}, code=refusal.code)
        told.status = refusal.status
        raise told
    return list(g.get("received", {}).get(name, []))
