"""Our own map: townships' outlines and stations as points, of our own data; nothing is asked of another host."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from portal.stations.models import Outline
from portal.stations.queries import Spot

WIDTH = 400.0
MARGIN = 14.0
NARROWEST, TALLEST = 150.0, 330.0
LETTER = 14.0


@dataclass(frozen=True)
class Area:
    """A township: its outline as the points of a polygon, and where its name stands."""

    name: str
    points: str
    x: float
    y: float


@dataclass(frozen=True)
class Pin:
    """A station on the drawing."""

    name: str
    slug: str
    township: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A map of `width` by `height` units."""

    width: float
    height: float
    areas: tuple[Area, ...]
    pins: tuple[Pin, ...]


def draw(outlines: Iterable[Outline], spots: Iterable[Spot]) -> Drawing | None:
    """All of it fitted into one drawing, north up; None when no position is known."""
    areas, points = list(outlines), list(spots)
    known = [(x, y) for one in areas for x, y in one.points] + [(one.longitude, one.latitude) for one in points]
    if not known:
        return None
    fit = _Fit(known)
    pins = tuple(Pin(one.name, one.slug, one.township, *fit(one.longitude, one.latitude)) for one in points)
    return Drawing(WIDTH, fit.height, tuple(_area(one, fit, pins) for one in areas), pins)


class _Fit:
    """From degrees to units of the drawing; a degree of longitude is shorter by the cosine of the latitude."""

    def __init__(self, known: Sequence[tuple[float, float]]):
        self._west, self._north = min(x for x, _ in known), max(y for _, y in known)
        east, south = max(x for x, _ in known), min(y for _, y in known)
        self._narrow = cos(radians((self._north + south) / 2))
        wide, tall = (east - self._west) * self._narrow or 0.001, (self._north - south) or 0.001
        inner = WIDTH - 2 * MARGIN
        self._scale = min(inner / wide, (TALLEST - 2 * MARGIN) / tall)
        self.height = round(max(NARROWEST, tall * self._scale + 2 * MARGIN), 1)
        self._left = (WIDTH - wide * self._scale) / 2
        self._top = (self.height - tall * self._scale) / 2

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = self._left + (longitude - self._west) * self._narrow * self._scale
        return round(x, 1), round(self._top + (self._north - latitude) * self._scale, 1)


def _area(outline: Outline, fit: _Fit, pins: Sequence[Pin]) -> Area:
    corners = [fit(longitude, latitude) for longitude, latitude in outline.points]
    x = sum(x for x, _ in corners) / len(corners)
    y = sum(y for _, y in corners) / len(corners)
    # The name stands in the middle, or as near to it as no point is in the way.
    half = len(outline.township) * LETTER / 2
    clear = (y + step for step in (0, 18, -18, 34, -34) if not _any_near(pins, x, y + step - LETTER / 3, half))
    points = " ".join(f"{x},{y}" for x, y in corners)
    return Area(outline.township, points, round(x, 1), round(next(clear, y), 1))


def _any_near(pins: Iterable[Pin], x: float, y: float, half: float) -> bool:
    return any(abs(pin.x - x) < half + LETTER / 2 and abs(pin.y - y) < LETTER for pin in pins)
