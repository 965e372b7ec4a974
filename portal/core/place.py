"""Where this installation keeps what is not in the database."""

from pathlib import Path

from flask import current_app


def data_folder() -> Path:
    """The data folder of the application at hand (PORTAL_DATA)."""
    return Path(current_app.config["SETTINGS"].data)
