"""Files are looked into before the writing transaction begins, because inspection is slow and there is one writer.

A view marked @takes_files has its request's files received first; the form's file fields then give what was received,
or the view meets the refusal when it asks, so that the page can show it beside the field with everything typed kept.
When the sheet is refused, its sound files are kept under tokens that the page sends back (`kept-NAME`).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app, g, request

from portal.core.db import db, writing_transaction
from portal.core.errors import Invalid, PortalError
from portal.web.access import actor
from portal.web.anonymous import NOBODYS
from portal.web.kept import kept_values

View = TypeVar("View", bound=Callable[..., Any])
KEPT = "kept-"


class Store(Protocol):
    """How documents are received and kept (the assembly knows)."""

    def receive(self, chosen: Sequence[Any], sound: bool = False) -> list[Any]: ...
    def keep(self, person_id: int, field: str, one: Any) -> None: ...
    def kept(self, person_id: int, field: str, tokens: Sequence[str]) -> list[Any]: ...
    def check_together(self, all_of_them: Sequence[Any]) -> None: ...


def takes_files(view: View) -> View:
    """Mark a view whose uploaded files are stored as documents."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def takes_files_if(asked: Callable[[], bool], sound: str = "") -> Callable[[View], View]:
    """Mark a view of people who are not signed in: their files are looked into only where `asked()` says yes, and
    those of a refused sheet are kept for whoever holds their tokens. The field `sound` takes a voice recording."""

    def mark(view: View) -> View:
        view.asked_before_files, view.sound = asked, sound  # type: ignore[attr-defined]
        return takes_files(view)

    return mark


def install(app: Flask, store: Store) -> None:
    """Tell the web floor and its templates about documents."""
    app.extensions["portal.files"] = store
    app.jinja_env.globals["kept_files"] = offered


def receive_early(view: Any) -> None:
    """Receive the files of the request at hand, by field; a refusal waits until the view asks."""
    g.received, g.refused, g.offered = {}, {}, {}
    if not getattr(view, "takes_files", False):
        return
    asked = getattr(view, "asked_before_files", None)
    if asked is not None:
        g.files_of_anybody = True
        welcome = asked()
        db.session.rollback()  # looking into files is slow, and the first statement has begun the writing transaction
        if not welcome:
            return
    for name in request.files:
        chosen = [one for one in request.files.getlist(name) if one.filename]
        if chosen:
            g.received[name] = _sound(name, chosen, name == getattr(view, "sound", ""))
    # Only now, because the first statement begins the writing transaction.
    for name in [one.removeprefix(KEPT) for one in request.form if one.startswith(KEPT)]:
        earlier = _kept(name, request.form.getlist(KEPT + name))
        g.received[name] = [*g.received.get(name, ()), *earlier]
        try:
            _store().check_together(g.received[name])
        except PortalError as refusal:
            g.refused.setdefault(name, refusal)
            g.received[name] = earlier


def _sound(name: str, chosen: list[Any], voice: bool) -> list[Any]:
    """What was received in the field: all of it, or of a refused choice those files that are sound by themselves."""
    try:
        return _store().receive(chosen, voice)
    except PortalError as refusal:
        g.refused[name] = refusal
    sound: list[Any] = []
    for one in chosen if len(chosen) > 1 else ():
        one.stream.seek(0)
        try:
            sound += _store().receive([one], voice)
            _store().check_together(sound)
        except PortalError:
            continue
    return [] if len(sound) == len(chosen) else sound  # all are sound, but together too much


def received(name: str) -> list[Any]:
    """What was received in the field; raises Invalid (or its kin) naming the field when a file was refused."""
    refusal = g.get("refused", {}).get(name)
    if refusal is not None:
        told = Invalid(refusal.message, fields={name: refusal.message}, code=refusal.code)
        told.status = refusal.status
        raise told
    return at_hand(name)


def at_hand(name: str) -> list[Any]:
    """The sound files of the field, whatever else was wrong."""
    return list(g.get("received", {}).get(name, []))


def offered(name: str, single: bool = False) -> list[tuple[str, str]]:
    """(token, file name) of what the field of a refused sheet still holds; a single field holds the newest."""
    if request.method != "POST":
        tokens = (kept_values() or {}).get(KEPT + name)
        return [(one.token, one.name) for one in _kept(name, tokens)] if tokens else []
    if g.get("keep_work"):
        return []
    for one in at_hand(name)[: 1 if single else None]:
        token = one.token or secrets.token_urlsafe(12)
        g.offered.setdefault(name, {}).setdefault(one.sha256, replace(one, token=token))
    return [(one.token, one.name) for one in g.get("offered", {}).get(name, {}).values()]


def offer_all() -> dict[str, list[str]]:
    """What a page that shows no form must remember, as the form fields that bring the files back."""
    return {KEPT + name: [token for token, _ in offered(name)] for name in g.get("received", {}) if at_hand(name)}


def forget() -> None:
    """Keep nothing of this request (a state-secret mark was found)."""
    g.received, g.offered = {}, {}


def keep_offered() -> None:
    """Write down what the refused page has offered, in a transaction of its own after the request's is gone."""
    person_id = _whose()
    fresh = [
        (name, one)
        for name, files in g.get("offered", {}).items()
        for one in files.values()
        if one.token not in request.form.getlist(KEPT + name)
    ]
    g.offered = {}
    if not fresh or person_id is None:
        return
    db.session.rollback()
    with writing_transaction():
        for name, one in fresh:
            _store().keep(person_id, name, one)


def _kept(name: str, tokens: Sequence[str]) -> list[Any]:
    person_id = _whose()
    return _store().kept(person_id, name, tokens) if person_id is not None else []


def _whose() -> int | None:
    return NOBODYS if g.get("files_of_anybody") else actor().person_id


def _store() -> Store:
    store: Store = current_app.extensions["portal.files"]
    return store
