"""Rendering a page in its frame."""

from typing import Any

from flask import Flask, render_template
from jinja2 import StrictUndefined

from portal.web import frame


def page(template: str, /, **context: Any) -> str:
    """The template with the frame of whoever is looking (menu, capacity, unread, notes)."""
    around = frame.build()
    return render_template(template, frame=around, links=around.links, **context)


def install(app: Flask) -> None:
    """A misspelt name in a template is an error, never a blank."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
