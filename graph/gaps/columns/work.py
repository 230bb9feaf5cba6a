"""Who works on what where, now; what kinds that look for pairs of partners go through. Pure."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from graph.projection import INFERRED, STATED, Flags, Ints, Projection
from graph.projection.hierarchy import different, ranges

#: How sure it is: stated, not stated in this combination, inferred.
SURE, MIXED, CONCLUDED = 1, 2, 3


class Work:
    """Who works on what where, now: each place, theme and organisation once, with how sure it is at best. ``exact``
    names the theme itself, ``roll`` it or a narrower one."""

    def __init__(self, projection: Projection, status: np.typing.NDArray[np.int8]) -> None:
        p = self.projection = projection
        self.live = (status == STATED) | (status == INFERRED)
        rows = np.flatnonzero(self.live[p.record_themes.records])
        records, themes = p.record_themes.records[rows], p.record_themes.things[rows]
        step, up = p.narrower.up.spread(themes)
        inside = _share(records[step], up, p.record_themes.counts, len(p.themes))
        exact = up == themes[step]
        at, places = p.record_places.steps.spread(records[step])
        record = records[step][at]
        here = _within(p, record, places)
        wide = ~inside[at] & ~here
        rank = np.where(status[record] == INFERRED, CONCLUDED, np.where(wide, MIXED, SURE))
        who_at, who = p.partners.steps.spread(record)
        self.sizes = (max(len(p.places), 1), max(len(p.themes), 1), max(len(p.organisations), 1))
        keys = np.ravel_multi_index((places[who_at], up[at][who_at], who), self.sizes)
        rank = rank[who_at]
        exact = exact[at][who_at]
        self.roll = best_of(keys, rank)
        self.exact = best_of(keys[exact], rank[exact])

    def spot(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Place, theme and organisation."""
        place, theme, who = np.unravel_index(keys, self.sizes)
        return place, theme, who

    def of(self, one: int) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """What one organisation has of ``exact`` and of ``roll``."""
        p = self.projection
        records = p.records_of(one)
        records = records[self.live[records]]
        row, themes = p.record_themes.steps.spread(records)
        step, up = p.narrower.up.spread(themes)
        found = []
        for (keys, rank), of, theme in ((self.exact, records[row], themes), (self.roll, records[row][step], up)):
            at, places = p.record_places.steps.spread(of)
            mine = different(np.ravel_multi_index((places, theme[at], np.full(len(at), one)), self.sizes))
            found.append((mine, rank[np.searchsorted(keys, mine)]))
        return found[0], found[1]

    def rows(self, places: Flags | None, themes: Flags | None) -> Ints:
        """The rows of ``roll`` in some places on some themes."""
        _, number, width = self.sizes
        spots = np.arange(self.sizes[0]) if places is None else np.flatnonzero(places)
        if themes is None:
            width *= number
        else:
            spots = (spots[:, None] * number + np.flatnonzero(themes)).reshape(-1)
        return ranges(*(np.searchsorted(self.roll[0], edge * width) for edge in (spots, spots + 1)))

    @cached_property
    def everywhere(self) -> tuple[Ints, Flags]:
        """``themes_in`` all places."""
        return self.themes_in(None)

    def themes_in(self, places: Flags | None) -> tuple[Ints, Flags]:
        """Of each organisation on how many themes it works in one of some places at most, and whether it is sure that
        it works on any."""
        number, _, size = self.sizes
        rows = self.rows(places, None)
        keys, rank = (column[rows] for column in self.roll)
        who, place = keys % size, keys // (size * self.sizes[1])
        spots = np.sort(who * number + place)
        first = np.flatnonzero(np.concatenate(([True], spots[1:] != spots[:-1]))) if len(spots) else spots
        most = np.zeros(size, dtype=np.int64)
        np.maximum.at(most, spots[first] // number, np.diff(np.append(first, len(spots))))
        sure = np.zeros(size, dtype=np.bool_)
        sure[who[rank == SURE]] = True
        return most, sure


def best_of(keys: Ints, rank: Ints) -> tuple[Ints, Ints]:
    """Each key once, with the best of its ranks; ascending."""
    order = np.sort(keys * 4 + rank)
    keys, rank = order // 4, order % 4
    first = np.concatenate(([True], keys[1:] != keys[:-1])) if len(keys) else keys.astype(np.bool_)
    return keys[first], rank[first]


def _share(records: Ints, reached: Ints, counts: Ints, size: int) -> Flags:
    """Whether all that a record names is reached; one row a way."""
    keys = records * max(size, 1) + reached
    ordered = np.sort(keys)
    ways = np.searchsorted(ordered, keys, "right") - np.searchsorted(ordered, keys, "left")
    found: Flags = ways == counts[records]
    return found


def _within(p: Projection, records: Ints, places: Ints) -> Flags:
    """Whether all places of each record are inside of one of them."""
    found = np.ones(len(records), dtype=np.bool_)
    several = np.flatnonzero(p.record_places.counts[records] > 1)
    at, others = p.record_places.steps.spread(records[several])
    up = p.inside.up
    origins = np.repeat(np.arange(len(p.places)), np.diff(up.begins)) * max(len(p.places), 1) + up.to
    ways = others * max(len(p.places), 1) + places[several][at]
    inside = np.isin(ways, origins)
    found[several[at[~inside]]] = False
    return found
