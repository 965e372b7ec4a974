"""Who may enter: declared on every route, enforced in one place, printed by `flask access`.

A route says @needs(PERMISSION), @signed_in or @public; one that says nothing keeps the application from starting.
What may be done to a thing is not asked here but by the thing's own queries and workflow table.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.routing import BaseConverter, Rule

from portal.accounts import passwords, queries
from portal.accounts.actor import ANYBODY, Actor
from portal.accounts.queries import Capacity, Standing
from portal.core import clock
from portal.core.errors import NotAllowed, Unauthorised
from portal.web import sessions

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MUST_CHANGE = "请先设置您自己的密码，再继续使用。"
# Printable ASCII without backslash, quotes and angle brackets: what our own addresses are made of.
LOCAL_ADDRESS = re.compile(r"/[A-Za-z0-9_\-./~%?=&+,:;@!*()]*")
LONGEST_ADDRESS = 1000


@dataclass(frozen=True)
class Access:
    """A route's declaration: `permissions` of which one is enough, or none at all for anybody who is signed in.

    `of` names the kind of object the route opens; `unripe` lets people in who have yet to choose a password.
    """

    public: bool = False
    permissions: tuple[str, ...] = ()
    of: str = ""
    unripe: bool = False

    @property
    def said(self) -> str:
        """The declaration in one word per permission, for the printed list."""
        if self.public:
            return "public"
        return " or ".join(self.permissions) or "signed in"


def needs(*permissions: str, of: str = "") -> Callable[[View], View]:
    """Let in whoever's capacity carries one of `permissions`; to others the address does not exist (404)."""
    return _declare(Access(permissions=permissions, of=of))


def signed_in(view: View) -> View:
    """Let in everybody who is signed in, whatever their capacity."""
    return _declare(Access())(view)


def before_ripe(view: View) -> View:
    """Like signed_in, and also for people who must choose a password first: that page and the way out."""
    return _declare(Access(unripe=True))(view)


def public(view: View) -> View:
    """Let in everybody, signed in or not."""
    return _declare(Access(public=True))(view)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


class Opaque(BaseConverter):
    """The default type of an address's variable part: a public id, a slug or the name of a step; nothing else."""

    regex = "[A-Za-z0-9_-]{1,64}"


def install(app: Flask) -> None:
    """Type the variable parts of addresses and stand at the door of every request."""
    app.url_map.converters["default"] = Opaque
    app.before_request(_at_the_door)


def check_declared(app: Flask) -> None:
    """Raise RuntimeError naming every route that does not say who may enter."""
    silent = [f"{rule.rule} ({rule.endpoint})" for rule in app.url_map.iter_rules() if declared(app, rule) is None]
    if silent:
        raise RuntimeError("routes that do not say who may enter: " + ", ".join(sorted(silent)))


def declared(app: Flask, rule: Rule) -> Access | None:
    """The declaration of the view behind a rule; None when there is none."""
    return getattr(app.view_functions.get(rule.endpoint), "access", None)


def actor() -> Actor:
    """Who is asking, in the capacity chosen; ANYBODY when nobody is signed in. Worked out once per request."""
    if "actor" not in g:
        g.actor = _actor()
    return g.actor


def standing() -> Standing | None:
    """What is known about the person signed in (capacities, wishes, password due); None for anybody else."""
    if "standing" not in g:
        here = sessions.current()
        g.standing = queries.standing(here.person_id, clock.today()) if here.person_id else None
    return g.standing


def capacities() -> tuple[Capacity, ...]:
    """All capacities of the person signed in, today."""
    known = standing()
    return known.capacities if known else ()


def forget() -> None:
    """Work the actor out anew: after signing in or out, or switching capacity, within one request."""
    for name in ("actor", "standing", "frame"):
        g.pop(name, None)


def _actor() -> Actor:
    known = standing()
    if known is None:
        return ANYBODY
    chosen = known.capacity(sessions.current().capacity_id)
    return chosen.actor if chosen else Actor(person_id=known.person_id, name=known.name, role="")


def _at_the_door() -> Any:
    view = current_app.view_functions.get(request.endpoint or "")
    access: Access | None = getattr(view, "access", None)
    if access is None or access.public:
        return None
    if actor() is ANYBODY:
        if request.method in SAFE_METHODS:
            return redirect(url_for("accounts.sign_in", next=here()), 303)
        raise Unauthorised()
    if not access.unripe and must_change():
        if request.method in SAFE_METHODS:
            return redirect(url_for("accounts.password", next=here()), 303)
        raise Unauthorised(MUST_CHANGE)
    if access.permissions and not any(actor().may(permission) for permission in access.permissions):
        raise NotAllowed()
    return None


def must_change() -> bool:
    """Whether the person signed in has to choose a new password before anything else."""
    known = standing()
    return known is not None and passwords.rules_for(current_app.config["SETTINGS"].production).due(
        known.must_change, known.demo, known.password_changed_at, clock.real()
    )


def here() -> str:
    """The address asked for, quoted, to return to after signing in."""
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/~-_.") + (f"?{query}" if query else "")


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """`address` if it is a path of this portal, else `otherwise`.

    Refuses hosts in every disguise: `//`, backslashes, control characters, percent-encoded or full-width slashes.
    """
    text = address or ""
    if len(text) > LONGEST_ADDRESS or not LOCAL_ADDRESS.fullmatch(text):
        return otherwise
    plain = text
    for _ in range(3):
        plain = unicodedata.normalize("NFKC", unquote(plain))
        if plain.startswith("//") or "\\" in plain or any(ord(sign) < 32 or ord(sign) == 127 for sign in plain):
            return otherwise
    parts = urlsplit(text)
    return otherwise if parts.scheme or parts.netloc else text
