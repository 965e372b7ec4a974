"""The protective headers of every answer: pages, redirects, refusals, downloads; and of whatever stands around them.

They are set outside Flask, so that no error path can do without them. A view may set a header itself (a download is
sandboxed, a public page may be cached): what is there stays.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # data: for the small drawings inside Bootstrap's style sheet, blob: for the preview of a photo just taken.
        "img-src 'self' data: blob:",
        # A voice recording: blob: to hear it before it is sent.
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
PROTECTION = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    # Nothing of what somebody signed in has seen stays on a shared machine; public pages say otherwise themselves.
    "Cache-Control": "no-store",
}
BANNERS = frozenset({"server", "x-powered-by", "via"})

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]


class Protected:
    """A WSGI application whose every answer carries PROTECTION and names no software."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]):
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, error: Any = None) -> Any:
            return start_response(status, protect(headers), error)

        return self._inner(environ, start)


def protect(headers: Headers) -> Headers:
    """The headers with everything that PROTECTION asks for and none of BANNERS."""
    present = {name.lower() for name, _ in headers}
    kept = [(name, value) for name, value in headers if name.lower() not in BANNERS]
    return kept + [(name, value) for name, value in PROTECTION.items() if name.lower() not in present]


def install(app: Flask) -> None:
    """Stand around the application; what is wrapped around it later has to protect its own answers."""
    app.wsgi_app = Protected(app.wsgi_app)  # type: ignore[method-assign]
