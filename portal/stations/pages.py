"""Pages of the stations: the public directory and the public page of one station."""

from flask import Blueprint

from portal.stations import models

__all__ = ["blueprint", "models"]

blueprint = Blueprint("stations", __name__)
