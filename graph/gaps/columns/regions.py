"""Which countries are near a place: in a region that it is directly in, the world apart. Pure."""

from __future__ import annotations

import numpy as np

from graph.projection import Ints, Projection
from graph.terms import WORLD


class Regions:
    """The regions of one projection; positions are those of places."""

    def __init__(self, projection: Projection) -> None:
        p = projection
        contained = p.relations["contained_in"]
        self._below, self._above = p.places.positions(contained.subjects), p.places.positions(contained.objects)
        self._world = p.places.position(WORLD)
        self._countries = p.are("Country")

    def of(self, place: int) -> Ints:
        """What a place is directly in, the world apart."""
        found = self._above[self._below == place]
        regions: Ints = found[found != self._world]
        return regions

    def near(self, place: int) -> Ints:
        """The countries directly in one of these regions, but for the place itself; ascending."""
        inside = np.unique(self._below[np.isin(self._above, self.of(place))])
        countries: Ints = inside[self._countries[inside] & (inside != place)]
        return countries
