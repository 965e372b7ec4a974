"""Where the floors are joined that may not know each other: the frame's surroundings, static files, health, commands."""

from flask import Flask

from portal import commands
from portal.web import frame


def install(app: Flask) -> None:
    """Join what only the assembly may see."""
    frame.surroundings()
    commands.register(app)
