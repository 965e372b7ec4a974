"""Rendering a page in its frame."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, render_template
from flask.templating import Environment
from jinja2 import StrictUndefined

from portal.web import frame


class Templates(Environment):
    """No template has globals of its own, so all share one plain dict: every import and include of a page looks
    through it, which takes many times as long in Jinja's ChainMap."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def page(template: str, /, **context: Any) -> str:
    """The template with the frame of whoever is looking (menu, capacity, unread, notes)."""
    around = frame.build()
    return render_template(template, frame=around, links=around.links, **context)


def install(app: Flask) -> None:
    """A misspelt name in a template is an error, never a blank."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
