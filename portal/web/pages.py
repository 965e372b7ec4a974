"""Rendering a page in its frame."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from flask.templating import Environment
from jinja2 import StrictUndefined

from portal.web import frame

FRESH_SECONDS = 60


class Templates(Environment):
    """No template has globals of its own, so all share one plain dict: every import and include of a page looks
    through it, which takes many times as long in Jinja's ChainMap."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def page(template: str, /, **context: Any) -> str:
    """The template with the frame of whoever is looking (menu, capacity, unread, notes)."""
    around = frame.build()
    return render_template(template, frame=around, links=around.links, **context)


def public_page(template: str, /, **context: Any) -> Response:
    """The template as everybody gets it, signed in or not: kept by caches for a minute, then asked for by its ETag."""
    around = frame.build_public()
    response = make_response(render_template(template, frame=around, links=around.links, **context))
    return kept_by_caches(response)


def kept_by_caches(response: Response) -> Response:
    """Let caches keep what is the same for everybody; 304 when the reader has it already."""
    response.cache_control.public, response.cache_control.max_age = True, FRESH_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response


def install(app: Flask) -> None:
    """A misspelt name in a template is an error, never a blank."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
