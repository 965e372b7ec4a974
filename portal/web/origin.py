"""A request that changes something must come from our own pages.

Three independent walls: the browser's own word (Sec-Fetch-Site, Origin), the type of the body (a foreign form cannot
send JSON without asking first, and text/plain is never ours), and the form token checked by Flask-WTF after this.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.core.errors import Forbidden

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_SITES = ("same-origin", "none")
OWN_BODIES = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json", "")


def install(app: Flask) -> None:
    """Refuse foreign requests before anything else looks at them; know who asks behind the configured proxies.

    The reader's address is taken from X-Forwarded-For only as far as PORTAL_TRUSTED_PROXIES counts, or sign-in limits
    would count everybody as one; the scheme is gunicorn's to judge (portal/gunicorn.py).
    """
    proxies = app.config["SETTINGS"].trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    app.before_request(refuse_foreign)


def refuse_foreign() -> None:
    """Raise Forbidden when an unsafe request does not come from our own origin."""
    if request.method not in UNSAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in OWN_SITES:
        raise Forbidden()
    if origin is not None and not _own(origin, site):
        raise Forbidden()
    if request.mimetype not in OWN_BODIES:
        raise Forbidden()


def _own(origin: str, site: str | None) -> bool:
    # Some in-app browsers hide the origin ("null"); then only the browser's word for "same-origin" counts.
    if origin == "null":
        return site == "same-origin"
    configured = current_app.config["SETTINGS"].origin
    if configured:
        return origin.lower() == configured.lower()
    return urlsplit(origin).netloc.lower() == request.host.lower()
