"""Addresses to hand to somebody else: in a message, on a slip, in a group chat."""

from flask import Flask, current_app, has_request_context, request

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def install(app: Flask) -> None:
    """`full_address(path)` for templates; url_for(…, _external=True) would believe the Host header."""
    app.jinja_env.globals["full_address"] = full_address


def full_address(path: str) -> str:
    """`path` at the configured origin. Without one the portal is on this machine only, whatever the request claims."""
    origin = current_app.config["SETTINGS"].origin
    if origin:
        return f"{origin}{path}"
    here = request.host if has_request_context() else ""
    host = here if here.partition(":")[0] in LOOPBACK else LOOPBACK[0]
    return f"http://{host}{path}"
