"""Two themes alive in a place that nobody joins there, with a reason to join them: ``unlinked-themes.rq`` over columns.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal

from graph.coverage.cells import STATED_GRADE, Cells
from graph.gaps.columns.asked import (
    MOST_LISTED,
    Asked,
    Candidates,
    Row,
    Rows,
    best,
    cited,
    evidence,
    iri,
    listed,
    named,
)
from graph.projection import STATED, Flags, Ints, Projection
from graph.projection.hierarchy import among, different, ranges
from graph.terms import CODE

_TITLED = ("Talk", "Event", "CreativeWork")
#: How much it asks for, by the kind of statement.
_ASKING = {"Challenge": 1.0, "Priority": 1.0, "Recommendation": 1.0, "NextStep": 1.0, "Goal": 0.5, "Claim": 0.5}
#: A third for each presentation, session or resource that names both, at most 1.
_ENOUGH = 3
#: Organisations whose records are looked through at once, at first; and how many times as many next.
_FIRST_STEP, _GROWTH = 4, 4
#: Pairs of which it is kept what their gaps have in common.
_PAIRS = 1_000
#: How many bits are set in each byte.
_IN_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.int64)

#: Two themes, by position; the first comes first by IRI.
_Pair = tuple[int, int]
_NONE = np.empty(0, dtype=np.int64)


@dataclass(slots=True)
class _Naming:
    """What names two themes, as numbers of terms, and how much it asks for."""

    titled: set[int] = field(default_factory=set)
    said: set[int] = field(default_factory=set)
    asks: float = 0.0


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    search = p.keep("unlinked-themes", lambda: _Search(asked), asked.day)
    apart = search.apart
    if (themes := asked.flags("theme", p.themes)) is not None:
        apart = np.where((themes[search.one] | themes[search.other])[:, None], apart, 0)
    if (places := asked.flags("place", p.places)) is not None:
        apart = apart & _packed(places[search.cells.places])
    if (who := asked.flags("organisation", p.organisations)) is not None:
        held = _packed(search.held(who))
        apart = apart & (held[search.one] | held[search.other])
    counts = _IN_BYTE[apart].sum(axis=1)
    # All gaps of a pair are equally bad, so that only those of the worst pairs are told apart by place.
    pairs = np.flatnonzero(counts)
    severity = asked.severity({name: values[pairs] for name, values in search.terms.items()})
    pairs = pairs[best(severity, (search.one[pairs], search.other[pairs]), None)]
    if asked.most is not None:
        pairs = pairs[: np.searchsorted(np.cumsum(counts[pairs]), asked.most) + 1]
    row, columns = np.nonzero(np.unpackbits(apart[pairs], axis=1))
    pairs, columns = pairs[row][: asked.most], columns[: asked.most]
    rows = Rows(
        lambda at: search.rows(pairs[at], columns[at]),
        (p.themes.iris, search.one[pairs]),
        (p.themes.iris, search.other[pairs]),
        (p.places.iris, search.cells.places[columns]),
    )
    return Candidates(int(counts.sum()), rows)


class _Search:
    """Everything that does not depend on what is filtered. Pairs have a reason to join their two themes, which are
    ``one`` and ``other``; ``apart`` has in which countries (a bit a column of ``cells``) both are alive and no family
    does both."""

    def __init__(self, asked: Asked) -> None:
        p = self.projection = asked.projection
        self.cells = Cells(p, asked.day, np.arange(len(p.themes)), np.flatnonzero(p.are("Country")))
        self.naming = _naming(p)
        #: Which records state every combination of what they name.
        self._plain = (p.record_themes.counts == 1) | (p.record_places.counts == 1)
        self._plain &= self.cells.status == STATED
        self._spots: dict[int, tuple[Ints, Ints, Ints]] = {}
        self._common = lru_cache(_PAIRS)(self._of_pair)
        self.joined = self._joined()
        self.one, self.other = self._with_reason()
        self.apart = self._apart()
        self.terms = self._terms()

    # --- pairs --------------------------------------------------------------------------------------------------------

    def _joined(self) -> Flags:
        """Whether a family does both of two themes in one place: stated of the very themes and place, now."""
        p = self.projection
        status, themes, places, who = self.cells.standing.alike
        stated = status == STATED
        found = np.zeros((len(p.themes), len(p.themes)), dtype=np.bool_)
        for _, one, other, _ in _both(places[stated], p.family[who[stated]], themes[stated], len(p.themes)):
            found[one, other] = True
        return found

    def _with_reason(self) -> tuple[Ints, Ints]:
        p = self.projection
        reason = self.joined.copy()
        for pair in self.naming:
            reason[pair] = True
        steps = p.narrower.up.strict()
        origins = np.repeat(np.arange(len(p.themes)), np.diff(steps.begins))
        reason[origins, steps.to] = False
        reason[steps.to, origins] = False
        one, other = np.nonzero(np.triu(reason, 1))
        return one, other

    def _apart(self) -> npt.NDArray[np.uint8]:
        p, width = self.projection, self.cells.shape[1]
        at, who = self.cells.partners(STATED_GRADE)
        themes, columns = np.divmod(at, max(width, 1))
        found = np.zeros((len(self.one), (width + 7) // 8), dtype=np.uint8)
        for column, one, other, alive in _both(columns, p.family[who], themes, len(p.themes)):
            apart = alive[:, None] & alive[None, :]
            apart[one, other] = False
            found[:, column // 8] |= apart[self.one, self.other].astype(np.uint8) << np.uint8(7 - column % 8)
        return found

    def held(self, allowed: Flags) -> Flags:
        """Whether one of some organisations is stated to work on each theme in each place."""
        at, who = self.cells.partners(STATED_GRADE)
        found = np.zeros(self.cells.shape, dtype=np.bool_)
        found.reshape(-1)[at[allowed[who]]] = True
        return found

    def _terms(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """The terms of the severity of each pair."""
        size = len(self.projection.themes)
        asks, named = np.zeros((size, size)), np.zeros((size, size))
        for pair, naming in self.naming.items():
            asks[pair], named[pair] = naming.asks, min(len(naming.titled) / _ENOUGH, 1.0)
        at = (self.one, self.other)
        return {"joined": self.joined[at].astype(np.float64), "asked": asks[at], "named": named[at]}

    # --- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, pairs: Ints, columns: Ints) -> list[Row]:
        """The gaps of pairs of themes in countries."""
        p = self.projection
        chosen = np.zeros(self.cells.shape, dtype=np.bool_)
        for themes in (self.one[pairs], self.other[pairs]):
            chosen[themes, columns] = True
        at, records = self.cells.stated(chosen)
        found: list[Row] = []
        for pair, column in zip(pairs.tolist(), columns.tolist(), strict=True):
            common = self._common(pair)
            sides = []
            for theme in (self.one[pair], self.other[pair]):
                cell = theme * self.cells.shape[1] + column
                sides.append(different(records[slice(*np.searchsorted(at, [cell, cell + 1]))]))
            partners = [named(p.organisations, different(p.partners.steps.spread(side)[1])) for side in sides]
            told = [cited(p, side) for side in sides]
            found.append(
                {
                    **common,
                    "place": iri(p.places.iris[self.cells.places[column]]),
                    "organisation": partners[0],
                    "partner": partners[1],
                    "evidence": evidence(*told, str(common["evidence"].value).split()),
                }
            )
        return found

    def _of_pair(self, pair: int) -> Row:
        """What the gaps of a pair have in common, wherever they are."""
        p = self.projection
        one, other = int(self.one[pair]), int(self.other[pair])
        naming = self.naming.get((one, other), _Naming())
        joiners, joining = self._joiners(one, other)
        titled = [p.terms[number][1:-1] for number in naming.titled]
        said = [p.terms[number][1:-1] for number in naming.said]
        return {
            "theme": iri(p.themes.iris[one]),
            "other": iri(p.themes.iris[other]),
            "joined": named(p.organisations, joiners),
            "named": listed(titled),
            "statement": listed(said),
            "case": Literal("joined" if len(joiners) else "named" if titled else "said"),
            **{f"severity_{name}": Literal(float(values[pair])) for name, values in self.terms.items()},
            "evidence": evidence([*titled, *said], cited(p, joining)),
        }

    def _joiners(self, one: int, other: int) -> tuple[Ints, Ints]:
        """Organisations of one family that do the two themes in one place, and the records of both; of very many
        records those of the first organisations."""
        if not self.joined[one, other]:
            return _NONE, _NONE
        (of_one, at_one, spots), (of_other, at_other, others) = (self._exact(theme) for theme in (one, other))
        both = spots[among(spots, others)]
        joiners = different(np.concatenate((of_one[among(at_one, both)], of_other[among(at_other, both)])))
        number = _FIRST_STEP
        while True:
            records = self._joining(joiners[:number], both, (one, other))
            if number >= len(joiners) or len(records) >= MOST_LISTED:
                return joiners, records
            number *= _GROWTH

    def _exact(self, theme: int) -> tuple[Ints, Ints, Ints]:
        """Who is stated to do a theme somewhere, now; where, as place and family in one number; and these numbers, once
        each."""
        if theme not in self._spots:
            p = self.projection
            status, themes, places, who = self.cells.standing.alike
            # They are in this order.
            stated = slice(*np.searchsorted(status, [STATED, STATED + 1]))
            rows = slice(*(stated.start + np.searchsorted(themes[stated], [theme, theme + 1])))
            spots = places[rows] * max(len(p.organisations), 1) + p.family[who[rows]]
            self._spots[theme] = who[rows], spots, different(spots)
        return self._spots[theme]

    def _joining(self, joiners: Ints, spots: Ints, pair: _Pair) -> Ints:
        """The records by which organisations do one of two themes in the places where their family does both."""
        p = self.projection
        row, records = p.by_partner.spread(joiners)
        row, records = row[self._plain[records]], records[self._plain[records]]
        at, themes = p.record_themes.steps.spread(records)
        at = at[(themes == pair[0]) | (themes == pair[1])]
        families, records = p.family[joiners[row[at]]], records[at]
        at, places = p.record_places.steps.spread(records)
        return different(records[at[among(places * max(len(p.organisations), 1) + families[at], spots)]])


def _naming(p: Projection) -> Mapping[_Pair, _Naming]:
    """What names two themes and is nobody's work: presentations, sessions, resources, statements."""
    proposed = {
        number for name in ("basis", "availability") for number in p.subjects(name, f"{CODE}{name}/proposed").tolist()
    }
    titled = set(p.any_of(*_TITLED).tolist())
    asks: dict[int, float] = defaultdict(float)
    for kind, weight in _ASKING.items():
        for number in p.instances(kind).tolist():
            asks[number] = max(asks[number], weight)
    found: dict[_Pair, _Naming] = defaultdict(_Naming)
    for number in {*titled, *asks} - proposed:
        working = len(p.objects("partner", number)) > 0
        themes = [] if working else different(p.themes.positions(p.objects("theme", number))).tolist()
        for pair in combinations(themes, 2):
            naming = found[pair]
            (naming.titled if number in titled else naming.said).add(number)
            naming.asks = max(naming.asks, asks.get(number, 0.0))
    return dict(found)


def _both(places: Ints, families: Ints, themes: Ints, size: int) -> Iterator[tuple[int, Ints, Ints, Flags]]:
    """By place: pairs of themes that one family has there, the first before the other; and all themes that are there.
    ``size`` is the number of themes."""
    families_of = int(families.max(initial=0)) + 1
    spots, themes = np.divmod(different((places * families_of + families) * size + themes), max(size, 1))
    ends = np.searchsorted(spots, spots, "right")
    borders = np.searchsorted(spots, np.arange(int(places.max(initial=-1)) + 2) * families_of)
    for place, (begin, end) in enumerate(pairwise(borders.tolist())):
        if begin < end:
            rows = np.arange(begin, end)
            others = ranges(rows + 1, ends[begin:end])
            alive = np.zeros(size, dtype=np.bool_)
            alive[themes[begin:end]] = True
            yield place, np.repeat(themes[begin:end], ends[begin:end] - rows - 1), themes[others], alive


def _packed(places: Flags) -> npt.NDArray[np.uint8]:
    """A bit a place."""
    return np.packbits(places, axis=-1)
