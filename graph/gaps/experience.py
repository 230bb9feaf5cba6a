"""Who works on what and where, and how much: whom a gap could be closed by. Past work counts, proposed work does not.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from graph.projection import INFERRED, STATED, Flags, Ints, Projection
from graph.projection.columns import Pairs
from graph.projection.hierarchy import Hierarchy, Steps, different


class Experience:
    """Of one projection; things and organisations are IRIs."""

    def __init__(self, projection: Projection) -> None:
        p = self.projection = projection
        self._counted = (p.basis == STATED) | (p.basis == INFERRED)
        self._by_theme = _by_thing(p.record_themes, len(p.themes), self._counted)
        self._by_place = _by_thing(p.record_places, len(p.places), self._counted)
        self._on: dict[tuple[str, int], Ints] = {}
        self._there: dict[int, Flags] = {}
        self._themes: dict[int, Ints] = {}

    def on_theme(self, theme: str) -> Iterator[str]:
        """Who works on a theme, narrower ones included; who has most records first."""
        p = self.projection
        return self._named(self._most("theme", self._by_theme, p.narrower, p.themes.position(theme)))

    def in_place(self, place: str) -> Iterator[str]:
        """Who works in a place, or in one in it; who has most records first."""
        p = self.projection
        return self._named(self._most("place", self._by_place, p.inside, p.places.position(place)))

    def on_theme_around(self, theme: str, place: str) -> Iterator[str]:
        """Who works on a theme and on anything in a place or in what contains it, in the same order."""
        p = self.projection
        who = self._most("theme", self._by_theme, p.narrower, p.themes.position(theme))
        return self._named(who[self._around(p.places.position(place))[who]])

    def wider_themes(self, theme: str) -> list[str]:
        """The themes that include a theme, by IRI."""
        return _above(self.projection.themes.iris, self.projection.narrower, self.projection.themes.position(theme))

    def wider_places(self, place: str) -> list[str]:
        """The places that contain a place, by IRI."""
        return _above(self.projection.places.iris, self.projection.inside, self.projection.places.position(place))

    def family(self, organisation: str) -> set[str]:
        """An organisation and its units."""
        p = self.projection
        at = p.organisations.position(organisation)
        units = p.units.within(at).tolist() if at >= 0 else []
        return {organisation, *(p.organisations.iris[one] for one in units)}

    def related(self, one: str, other: str) -> bool:
        """Whether two organisations are of one family."""
        p = self.projection
        above = [p.units.above(at) for at in map(p.organisations.position, (one, other)) if at >= 0]
        return one == other or (len(above) == 2 and bool(np.isin(above[0], above[1]).any()))

    def alike(self, ones: Sequence[str], others: Sequence[str], most: int) -> list[tuple[str, str]]:
        """The pairs with most themes in common, of equals the first."""
        p = self.projection
        ones, others = sorted(ones), sorted(others)
        columns = np.array([p.organisations.position(other) for other in others], dtype=np.int64)
        common = np.zeros((len(ones), len(others)), dtype=np.int64)
        for row, one in enumerate(ones):
            counts = np.zeros(len(p.organisations), dtype=np.int64)
            for theme in self._themes_of(p.organisations.position(one)).tolist():
                counts[self._exact(theme)] += 1
            common[row] = counts[columns]
        keys = np.arange(common.size) - common.reshape(-1) * common.size
        chosen = np.argsort(keys, kind="stable")[:most].tolist()
        return [(ones[at // len(others)], others[at % len(others)]) for at in chosen]

    def _named(self, organisations: Ints) -> Iterator[str]:
        return (self.projection.organisations.iris[at] for at in organisations.tolist())

    def _most(self, name: str, by_thing: Steps, hierarchy: Hierarchy, at: int) -> Ints:
        if (name, at) not in self._on:
            p = self.projection
            records = by_thing.spread(hierarchy.within(at))[1]
            counts = np.bincount(p.partners.steps.spread(records)[1], minlength=len(p.organisations))
            who = np.flatnonzero(counts)
            self._on[name, at] = who[np.argsort(-counts[who], kind="stable")]
        return self._on[name, at]

    def _around(self, place: int) -> Flags:
        if place not in self._there:
            p = self.projection
            found = np.zeros(len(p.organisations), dtype=np.bool_)
            found[p.partners.steps.spread(self._by_place.spread(p.inside.above(place))[1])[1]] = True
            self._there[place] = found
        return self._there[place]

    def _exact(self, theme: int) -> Ints:
        if theme not in self._themes:
            self._themes[theme] = different(self.projection.partners.steps.spread(self._by_theme.of(theme))[1])
        return self._themes[theme]

    def _themes_of(self, organisation: int) -> Ints:
        p = self.projection
        records = p.records_of(organisation)
        return different(p.record_themes.steps.spread(records[self._counted[records]])[1])


def _by_thing(pairs: Pairs, size: int, counted: Flags) -> Steps:
    return pairs.by_thing(size).only(counted)


def _above(iris: Sequence[str], hierarchy: Hierarchy, at: int) -> list[str]:
    return [iris[one] for one in hierarchy.above(at).tolist() if one != at]


def first(candidates: Iterable[str], most: int) -> list[str]:
    """The first different ones."""
    found: dict[str, None] = {}
    for one in candidates:
        found.setdefault(one)
        if len(found) == most:
            break
    return list(found)
