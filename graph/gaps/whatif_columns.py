"""The gaps of a state with something assumed, over columns: nothing is copied, and only those gaps are looked at that
the assumption can touch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

import numpy as np

from graph.coverage.asof import newest_statement
from graph.gaps import columns, filters_of, kinds
from graph.gaps.assumptions import Assumption, change_of
from graph.gaps.filters import reached_in
from graph.gaps.found import Row
from graph.gaps.moved import MOST_COMPARED, Key, Listing, Moved, closed, moved
from graph.gaps.reach import SELECTIVE, Assumed, Box, Reach, listed_places, listed_themes
from graph.gaps.rows import shares_of, weighed
from graph.model import GapKind, Thing
from graph.names import Names
from graph.projection import Projection
from graph.store import Store

#: Gaps that are listed of a kind of which it is not known what an assumption can touch.
MOST_LISTED = 2_000
#: Rows that are made at once.
_BLOCK = 100


class GapsOfColumns:
    """``Gaps`` of the kinds that are found over columns. ``projection`` is that of the store's state; the store is only
    asked for names and evidence."""

    def __init__(
        self,
        store: Store,
        projection: Projection,
        *,
        filters: Mapping[str, Thing] | None = None,
        lang: str = "en",
        as_of: date | None = None,
        names: Names,
        patience: Callable[[], None] = lambda: None,
    ) -> None:
        self.base, self.generation = store.base, store.generation
        self.store, self.projection, self.names, self.lang = store, projection, names, lang
        self.day = as_of or newest_statement(store, projection=projection)
        self._filters = filters or {}
        self._patience = patience
        self._last: tuple[tuple[Assumption, ...], Assumed] | None = None

    def rows(self, kind: str, most: int | None = None) -> tuple[tuple[Row, ...], bool]:
        """The gaps of a kind, worst first, or so many of them; and whether there are more."""
        definition, p = kinds()[kind], self.projection
        found = columns.find(definition, self._asked(definition, p, self._kept(kind, p), most))
        rows = tuple(weighed(definition, row, shares_of(definition), self.names, self.lang) for row in found.rows)
        return rows, found.more or found.total > len(rows)

    def moved(self, kind: str, assumptions: Sequence[Assumption], *, changes: bool = True) -> Moved:
        """What becomes of the gaps of a kind; which of those that stay change only if ``changes``."""
        before, after, standing, touched = self._sides(kind, assumptions)
        return moved(before, after, standing, touched, MOST_COMPARED if changes else 0)

    def closed(self, kind: str, assumptions: Sequence[Assumption]) -> Sequence[Key]:
        """The gaps of a kind that close."""
        return closed(*self._sides(kind, assumptions)[:3])

    def _sides(
        self, kind: str, assumptions: Sequence[Assumption]
    ) -> tuple[Listing, Listing, Callable[[Sequence[Key], bool], Collection[Key]], Callable[[Key], bool] | None]:
        """What ``moved`` compares."""
        self._patience()
        assumed = self._assumed(tuple(assumptions))
        reach = Reach() if self._named_already(assumptions) else assumed.reach(kind)

        def standing(keys: Sequence[Key], after: bool) -> Collection[Key]:
            return self._standing(kind, assumed.after if after else assumed.before, keys, reach)

        before, after = (self._listing(kind, p, reach, self._filters) for p in (assumed.before, assumed.after))
        return before, after, standing, reach.touched

    def _assumed(self, assumptions: tuple[Assumption, ...]) -> Assumed:
        if self._last is None or self._last[0] != assumptions:
            change = change_of(assumptions, self.base, self.day)
            after = self.projection.after((), change.added)
            self._last = assumptions, Assumed(self.projection, after, self.day, assumptions)
        return self._last[1]

    def _named_already(self, assumptions: Sequence[Assumption]) -> bool:
        """Whether the data have records that are called like the assumed ones, which adds to what these say."""
        p = self.projection
        records = {str(quad.subject) for quad in change_of(assumptions, self.base, self.day).added}
        numbers = [number for record in records if (number := p.relations.dictionary.get(record)) is not None]
        return any(number < len(p.record_at) and p.record_at[number] >= 0 for number in numbers)

    # --- lists ------------------------------------------------------------------------------------------------------

    def _kept(self, kind: str, p: Projection, filters: Mapping[str, Thing] | None = None) -> dict[str, frozenset[str]]:
        chosen = self._filters if filters is None else filters
        return reached_in(p, {name: filters_of(kind)[name] for name in chosen}, chosen)

    def _asked(self, kind: GapKind, p: Projection, allowed: Box, most: int | None) -> columns.Asked:
        return columns.Asked(p, self.day, allowed, shares_of(kind), most)

    def _listing(self, kind: str, p: Projection, reach: Reach, filters: Mapping[str, Thing]) -> Listing:
        """The gaps of the boxes, as a list with these filters has them."""
        found, kept = Listing(), self._kept(kind, p, filters)
        # A box asks for its themes and places; a list that is not asked for any leaves some out.
        selective = kind in SELECTIVE
        themes = listed_themes(p) if selective and "theme" not in filters else None
        places = listed_places(p) if selective and "place" not in filters else None
        for box in reach.boxes:
            self._patience()
            allowed = {**kept, **{name: self._both(kind, name, kept, iris) for name, iris in box.items()}}
            keys, make, more = self._gaps(kind, p, allowed, None if box or reach.touched else MOST_LISTED)
            if themes is not None:
                keys = [(at, key) for at, key in keys if key[0] in themes]
            if places is not None:
                keys = [(at, key) for at, key in keys if key[1] in places]
            found.add(keys, make)
            found.partly |= more
        return found

    @staticmethod
    def _both(kind: str, name: str, kept: Box, iris: frozenset[str]) -> frozenset[str]:
        """What a filter and a box keep together. Where a gap may pass by one thing for the one and by another for the
        other, it is the filter's; the box only spares work."""
        if name not in kept:
            return iris
        subject, chosen = kinds()[kind].subject, filters_of(kind)[name]
        single = len(chosen.columns) == 1 and chosen.columns[0] in subject
        return kept[name] & iris if single else kept[name]

    def _gaps(
        self, kind: str, p: Projection, allowed: Box, most: int | None
    ) -> tuple[list[tuple[int, Key]], Callable[[Sequence[int]], list[Row]], bool]:
        """The gaps that filters keep, by their places; what makes rows of some places; and whether there are more."""
        definition = kinds()[kind]
        found = columns.find(definition, self._asked(definition, p, allowed, most))

        def made(places: Sequence[int]) -> list[Row]:
            return [
                weighed(definition, row, shares_of(definition), self.names, self.lang)
                for begin in range(0, len(places), _BLOCK)
                for row in self._made(found.rows, places[begin : begin + _BLOCK])
            ]

        keys = columns.keys(definition, found.rows)
        return list(enumerate(keys)), made, found.more or found.total > len(keys)

    def _made(self, rows: Sequence[columns.Row], places: Sequence[int]) -> Sequence[columns.Row]:
        self._patience()
        if isinstance(rows, columns.Rows):
            return rows.make(np.array(places))
        return [rows[at] for at in places]

    def _standing(self, kind: str, p: Projection, keys: Sequence[Key], reach: Reach) -> frozenset[Key]:
        """Those that are gaps of a state, whether or not a list of it has them."""
        if reach.touched is not None and kind not in SELECTIVE:
            # All of them are in a list without filters.
            there = {*self._listing(kind, p, reach, {})} if self._filters else set()
        else:
            definition = kinds()[kind]
            about = dict(zip(definition.subject, zip(*keys, strict=True), strict=True))
            single = {name: one.columns for name, one in filters_of(kind).items() if len(one.columns) == 1}
            allowed = {name: frozenset(about[column]) for name, (column,) in single.items() if column in about}
            there = {key for _, key in self._gaps(kind, p, allowed, None)[0]}
        return frozenset(key for key in keys if key in there)
