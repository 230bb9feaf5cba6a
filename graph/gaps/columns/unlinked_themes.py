"""Two themes alive in a place that nobody joins there, with a reason to join them: ``unlinked-themes.rq`` over columns.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal

from graph.coverage.cells import STATED_GRADE, Cells
from graph.gaps.columns.asked import Asked, Candidates, Row, best, iri, listed
from graph.projection import STATED, Flags, Ints, Projection
from graph.projection.hierarchy import different, ranges
from graph.terms import CODE

_TITLED = ("Talk", "Event", "CreativeWork")
#: How much it asks for, by the kind of statement.
_ASKING = {"Challenge": 1.0, "Priority": 1.0, "Recommendation": 1.0, "NextStep": 1.0, "Goal": 0.5, "Claim": 0.5}
#: A third for each presentation, session or resource that names both, at most 1.
_ENOUGH = 3

#: Two themes, by position; the first comes first by IRI.
_Pair = tuple[int, int]


@dataclass(slots=True)
class _Naming:
    """What names two themes, as numbers of terms, and how much it asks for."""

    titled: set[int] = field(default_factory=set)
    said: set[int] = field(default_factory=set)
    asks: float = 0.0


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    search = p.keep(("unlinked-themes", asked.day), lambda: _Search(asked))
    one, other, place = search.apart
    kept = np.ones(len(one), dtype=np.bool_)
    if (themes := asked.flags("theme", p.themes)) is not None:
        kept &= themes[one] | themes[other]
    if (places := asked.flags("place", p.places)) is not None:
        kept &= places[place]
    if (who := asked.flags("organisation", p.organisations)) is not None:
        kept &= search.held(one, place, who) | search.held(other, place, who)
    one, other, place = one[kept], other[kept], place[kept]
    terms = search.terms(one, other)
    severity = asked.severity(terms)
    order = best(severity, (one, other, place), asked.most)
    rows = [search.row(int(one[at]), int(other[at]), int(place[at])) for at in order.tolist()]
    return Candidates(len(one), rows)


class _Search:
    """Everything that does not depend on what is filtered."""

    def __init__(self, asked: Asked) -> None:
        p = self.projection = asked.projection
        self.status = p.status(asked.day)
        self.cells = Cells(p, asked.day, np.arange(len(p.themes)), np.flatnonzero(p.are("Country")))
        self.naming = _naming(p)
        self.joined = self._joined()
        self.apart = self._apart()

    # --- pairs --------------------------------------------------------------------------------------------------------

    def _joined(self) -> Flags:
        """Whether a family does both of two themes in one place: stated of the very themes and place, now."""
        p = self.projection
        found = np.zeros((len(p.themes), len(p.themes)), dtype=np.bool_)
        records, themes, places = self._exact
        row, who = p.partners.steps.spread(records)
        spots = places[row]
        for part in _by(spots):
            found |= _shared(themes[row][part], p.family[who[part]], len(p.themes))
        return found

    @cached_property
    def _exact(self) -> tuple[Ints, Ints, Ints]:
        """Records, their themes and their places, where that combination is stated; by theme."""
        p = self.projection
        records = np.flatnonzero(
            (self.status == STATED) & ((p.record_themes.counts == 1) | (p.record_places.counts == 1))
        )
        row, themes = p.record_themes.steps.spread(records)
        records = records[row]
        row, places = p.record_places.steps.spread(records)
        order = np.argsort(themes[row], kind="stable")
        return records[row][order], themes[row][order], places[order]

    def _apart(self) -> tuple[Ints, Ints, Ints]:
        """Pairs with a reason to join them, and the countries where both are alive and no family does both."""
        p = self.projection
        reason = self.joined.copy()
        for pair in self.naming:
            reason[pair] = True
        steps = p.narrower.up.strict()
        origins = np.repeat(np.arange(len(p.themes)), np.diff(steps.begins))
        reason[origins, steps.to] = False
        reason[steps.to, origins] = False
        reason = np.triu(reason, 1)
        at, who = self.cells.partners(STATED_GRADE)
        themes, columns = np.divmod(at, max(self.cells.shape[1], 1))
        found: list[tuple[Ints, Ints, Ints]] = []
        for part in _by(columns):
            alive = np.zeros(len(p.themes), dtype=np.bool_)
            alive[themes[part]] = True
            shared = _shared(themes[part], p.family[who[part]], len(p.themes))
            one, other = np.nonzero(reason & alive[:, None] & alive[None, :] & ~shared)
            found.append((one, other, np.full(len(one), self.cells.places[columns[part[0]]])))
        empty = np.empty(0, dtype=np.int64)
        one, other, place = (np.concatenate(parts) for parts in zip((empty, empty, empty), *found, strict=True))
        return one, other, place

    def held(self, themes: Ints, places: Ints, allowed: Flags) -> Flags:
        """Whether one of some organisations is stated to work on each theme in each place."""
        at, who = self.cells.partners(STATED_GRADE)
        kept = np.zeros(self.cells.shape, dtype=np.bool_).reshape(-1)
        kept[at[allowed[who]]] = True
        return kept.reshape(self.cells.shape)[themes, self.cells.columns_of(places)]

    def terms(self, one: Ints, other: Ints) -> Mapping[str, npt.NDArray[np.float64]]:
        """The terms of the severity of each pair."""
        naming = [self.naming.get(pair, _Naming()) for pair in zip(one.tolist(), other.tolist(), strict=True)]
        return {
            "joined": self.joined[one, other].astype(np.float64),
            "asked": np.array([found.asks for found in naming]),
            "named": np.array([min(len(found.titled) / _ENOUGH, 1.0) for found in naming]),
        }

    # --- rows ---------------------------------------------------------------------------------------------------------

    def row(self, one: int, other: int, place: int) -> Row:
        """One gap."""
        p = self.projection
        naming = self.naming.get((one, other), _Naming())
        joiners, joining = self._joiners(one, other) if self.joined[one, other] else (set(), set())
        sides = [self._side(theme, place) for theme in (one, other)]
        named = [p.terms[number][1:-1] for number in naming.titled]
        said = [p.terms[number][1:-1] for number in naming.said]
        terms = self.terms(np.array([one]), np.array([other]))
        return {
            "theme": iri(p.themes.iris[one]),
            "other": iri(p.themes.iris[other]),
            "place": iri(p.places.iris[place]),
            "organisation": listed(p.organisations.iris[who] for who in sides[0][0]),
            "partner": listed(p.organisations.iris[who] for who in sides[1][0]),
            "joined": listed(p.organisations.iris[who] for who in joiners),
            "named": listed(named),
            "statement": listed(said),
            "case": Literal("joined" if joiners else "named" if named else "said"),
            **{f"severity_{name}": Literal(float(values[0])) for name, values in terms.items()},
            "evidence": listed([*sides[0][1], *sides[1][1], *named, *said, *(p.iri(record) for record in joining)]),
        }

    def _side(self, theme: int, place: int) -> tuple[set[int], list[str]]:
        """Who is stated to work on a theme in a country, and the records that say so."""
        p, cells = self.projection, self.cells
        chosen = np.zeros(cells.shape, dtype=np.bool_)
        column = int(cells.columns_of(np.array([place]))[0])
        chosen[theme, column] = True
        records = np.unique(cells.stated(chosen)[1])
        return set(p.partners.steps.spread(records)[1].tolist()), [p.iri(int(record)) for record in records]

    def _joiners(self, one: int, other: int) -> tuple[set[int], set[int]]:
        """Organisations of one family that do the two themes in one place, and the records of both."""
        p = self.projection
        records, themes, places = self._exact
        wanted = np.array([one, other])
        rows = ranges(np.searchsorted(themes, wanted, "left"), np.searchsorted(themes, wanted, "right"))
        row, who = p.partners.steps.spread(records[rows])
        records, themes, places = records[rows][row], themes[rows][row], places[rows][row]
        spots = places * max(len(p.organisations), 1) + p.family[who]
        both = np.intersect1d(spots[themes == one], spots[themes == other])
        here = np.isin(spots, both)
        return set(who[here].tolist()), set(records[here].tolist())


def _naming(p: Projection) -> Mapping[_Pair, _Naming]:
    """What names two themes and is nobody's work: presentations, sessions, resources, statements."""
    proposed = {
        number for name in ("basis", "availability") for number in p.subjects(name, f"{CODE}{name}/proposed").tolist()
    }
    working = set(np.unique(p.relations["partner"].subjects).tolist())
    titled = set(p.any_of(*_TITLED).tolist())
    asks: dict[int, float] = defaultdict(float)
    for kind, weight in _ASKING.items():
        for number in p.instances(kind).tolist():
            asks[number] = max(asks[number], weight)
    found: dict[_Pair, _Naming] = defaultdict(_Naming)
    for number in {*titled, *asks} - working - proposed:
        themes = different(p.themes.positions(p.objects("theme", number))).tolist()
        for pair in combinations(themes, 2):
            naming = found[pair]
            (naming.titled if number in titled else naming.said).add(number)
            naming.asks = max(naming.asks, asks.get(number, 0.0))
    return dict(found)


def _by(values: Ints) -> Iterator[Ints]:
    """The rows of each value."""
    order = np.argsort(values, kind="stable")
    if len(values):
        yield from np.split(order, np.flatnonzero(np.diff(values[order])) + 1)


def _shared(themes: Ints, families: Ints, size: int) -> Flags:
    """Of each two themes whether one family has both."""
    different_families, columns = np.unique(families, return_inverse=True)
    used, rows = np.unique(themes, return_inverse=True)
    has = np.zeros((len(used), len(different_families)), dtype=np.float32)
    has[rows, columns] = 1
    found = np.zeros((size, size), dtype=np.bool_)
    found[np.ix_(used, used)] = (has @ has.T) > 0
    return found
