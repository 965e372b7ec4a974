"""Pages of the stations: the public directory and the public page of one station."""

from portal.stations import models
from portal.stations.blueprint import blueprint

__all__ = ["blueprint", "models"]
