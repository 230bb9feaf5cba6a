"""Two partners with the same theme and place and no collaboration: ``not-collaborating.rq`` over columns. Pure.

There may be many millions of pairs, of which somebody wants the worst. Partners are gone through in the order of their
IRIs, and of each the others in that order, so that equally bad pairs come in the order in which they are shown; as soon
as there are enough of the worst that is possible, nothing more is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, iri, listed
from graph.projection import INFERRED, STATED, Flags, Ints, Projection
from graph.projection.hierarchy import Steps, different, ranges
from graph.projection.ties import Ties

#: How sure it is of both: stated, not stated in this combination, inferred.
_SURE, _MIXED, _CONCLUDED = 1, 2, 3
_GRADES = {_SURE: "stated", _MIXED: "combination-not-stated", _CONCLUDED: "inferred"}
#: A third for each common theme, at most 1.
_ENOUGH = 3
#: Others that are compared at once, at first; later more.
_FIRST_STEP = 512


@dataclass(frozen=True, slots=True)
class _Found:
    """Pairs in one place, with how many themes they have in common and how sure that is."""

    one: Ints
    other: Ints
    place: Ints
    common: Ints
    rank: Ints

    @classmethod
    def of(cls, parts: list[_Found]) -> _Found:
        names = ("one", "other", "place", "common", "rank")
        return cls(*(np.concatenate([getattr(part, name) for part in parts] or [_NOTHING]) for name in names))

    def at(self, chosen: Ints | Flags) -> _Found:
        return _Found(*(column[chosen] for column in (self.one, self.other, self.place, self.common, self.rank)))


_NOTHING = np.empty(0, dtype=np.int64)


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    work = p.keep("work", lambda: _Work(p, p.status(asked.day)), asked.day)
    ties = Ties.of(p, asked.day)
    search = _Search(asked, work, ties)
    found, more = search.worst()
    severity = search.severity(found)
    order = np.lexsort((found.place, found.other, found.one, -severity))[: asked.most]
    rows = [_row(search, found.at(np.array([at]))) for at in order]
    return Candidates(len(found.one), rows, more)


class _Work:
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
        rank = np.where(status[record] == INFERRED, _CONCLUDED, np.where(wide, _MIXED, _SURE))
        who_at, who = p.partners.steps.spread(record)
        self.sizes = (max(len(p.places), 1), max(len(p.themes), 1), max(len(p.organisations), 1))
        keys = np.ravel_multi_index((places[who_at], up[at][who_at], who), self.sizes)
        rank = rank[who_at]
        exact = exact[at][who_at]
        self.roll = _best(keys, rank)
        self.exact = _best(keys[exact], rank[exact])

    def spot(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Place, theme and organisation."""
        place, theme, who = np.unravel_index(keys, self.sizes)
        return place, theme, who

    @cached_property
    def by_organisation(self) -> Mapping[str, tuple[Steps, Ints]]:
        """Of ``exact`` and ``roll``: which rows each organisation has."""
        found = {}
        for name, (keys, _) in (("exact", self.exact), ("roll", self.roll)):
            who = keys % self.sizes[2]
            order = np.argsort(who, kind="stable")
            begins = np.concatenate(([0], np.cumsum(np.bincount(who, minlength=self.sizes[2]))))
            found[name] = (Steps(begins, order), order)
        return found


def _best(keys: Ints, rank: Ints) -> tuple[Ints, Ints]:
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


class _Search:
    """One search among the pairs."""

    def __init__(self, asked: Asked, work: _Work, ties: Ties) -> None:
        self.asked, self.work, self.ties = asked, work, ties
        p = self.projection = asked.projection
        self.themes, self.places = asked.flags("theme", p.themes), asked.flags("place", p.places)
        self.organisations = asked.flags("organisation", p.organisations)

    def severity(self, found: _Found) -> np.typing.NDArray[np.float64]:
        """How bad each pair is."""
        met = np.array(
            [
                bool(self.ties.met(one, other))
                for one, other in zip(found.one.tolist(), found.other.tolist(), strict=True)
            ],
            dtype=np.bool_,
        )
        return self.asked.severity(
            {
                "sure": np.where(found.rank == _SURE, 1.0, 0.5),
                "apart": np.where(met, 0.5, 1.0),
                "shared": np.minimum(found.common / _ENOUGH, 1.0),
            }
        )

    def worst(self) -> tuple[_Found, bool]:
        """The worst pairs, as many as are wanted or more; and whether there are others that were not looked at."""
        bounds = self._bounds()
        order = np.lexsort((np.arange(len(bounds)), -bounds))
        parts: list[_Found] = []
        severities: list[np.typing.NDArray[np.float64]] = []
        bound, surely, as_bad = np.inf, 0, _NOTHING
        for one in order[bounds[order] >= 0].tolist():
            if bounds[one] != bound:
                bound = float(bounds[one])
                found = np.concatenate(severities or [np.empty(0)])
                surely = int((found > bound).sum())
                # Of equally bad pairs those of partners that come before count.
                as_bad = np.sort(np.concatenate([part.one for part in parts] or [_NOTHING])[found == bound])
            if self._enough(surely + int(np.searchsorted(as_bad, one))):
                return _Found.of(parts), True
            of_one = 0
            for part in self._pairs_of(one):
                parts.append(part)
                severities.append(self.severity(part))
                of_one += int((severities[-1] >= bound).sum())
                if self._enough(surely + int(np.searchsorted(as_bad, one)) + of_one):
                    return _Found.of(parts), True
            surely += of_one
        return _Found.of(parts), False

    def _enough(self, number: int) -> bool:
        return self.asked.most is not None and number >= self.asked.most

    def _bounds(self) -> np.typing.NDArray[np.float64]:
        """How bad the pairs of each organisation, as the first of the two, can be at most; -1 where it has none."""
        place, theme, who = self.work.spot(self.work.roll[0])
        kept = self._kept(place)
        size = self.work.sizes[2]
        spots = np.sort(who[kept] * self.work.sizes[0] + place[kept])
        first = np.flatnonzero(np.concatenate(([True], spots[1:] != spots[:-1]))) if len(spots) else spots
        counts = np.diff(np.append(first, len(spots)))
        most = np.zeros(size, dtype=np.int64)
        np.maximum.at(most, spots[first] // self.work.sizes[0], counts)
        sure = np.zeros(size, dtype=np.bool_)
        sure[who[kept & (self.work.roll[1] == _SURE)]] = True
        if self.themes is not None:
            has = np.zeros(size, dtype=np.bool_)
            has[who[kept & self.themes[theme]]] = True
            most[~has] = 0
        found = self.asked.severity(
            {
                "sure": np.where(sure, 1.0, 0.5),
                "apart": np.ones(size),
                "shared": np.minimum(most / _ENOUGH, 1.0),
            }
        )
        found[most == 0] = -1
        return found

    def _kept(self, places: Ints) -> Flags:
        return np.ones(len(places), dtype=np.bool_) if self.places is None else self.places[places]

    def _pairs_of(self, one: int) -> Iterator[_Found]:
        """The pairs of which an organisation is the first, by the second."""
        tied: Flags | None = None
        mine = {name: self._rows_of(name, one) for name in ("exact", "roll")}
        size = self.work.sizes[2]
        begin, step = one + 1, _FIRST_STEP
        while begin < size:
            end = min(begin + step, size)
            found = self._common(mine, begin, end)
            if len(found.one):
                tied = self.ties.tied(one) if tied is None else tied
                kept = ~tied[found.other]
                if self.organisations is not None and not self.organisations[one]:
                    kept &= self.organisations[found.other]
                found = found.at(kept)
                if len(found.other):
                    order = np.lexsort((found.place, found.other))
                    found = found.at(order)
                    yield _Found(np.full(len(order), one), found.other, found.place, found.common, found.rank)
            begin, step = end, step * 2

    def _rows_of(self, name: str, one: int) -> tuple[Ints, Ints]:
        keys, ranks = self.work.exact if name == "exact" else self.work.roll
        rows = self.work.by_organisation[name][0].of(one)
        rows = rows[self._kept(self.work.spot(keys[rows])[0])]
        return keys[rows], ranks[rows]

    def _common(self, mine: Mapping[str, tuple[Ints, Ints]], begin: int, end: int) -> _Found:
        """Common themes with the organisations from ``begin`` up to ``end``: of the two themes the broader one."""
        size = self.work.sizes[2]
        spots, ranks = [], []
        for own, theirs in (("exact", self.work.roll), ("roll", self.work.exact)):
            keys, rank = mine[own]
            home = keys // size * size
            begins, ends = np.searchsorted(theirs[0], home + begin), np.searchsorted(theirs[0], home + end)
            rows = ranges(begins, ends)
            spots.append(theirs[0][rows])
            ranks.append(np.maximum(np.repeat(rank, ends - begins), theirs[1][rows]))
        keys, rank = _best(np.concatenate(spots), np.concatenate(ranks))
        place, theme, other = self.work.spot(keys)
        pair = other * self.work.sizes[0] + place
        order = np.lexsort((rank, pair))
        pair, rank, theme = pair[order], rank[order], theme[order]
        first = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1]))) if len(pair) else pair
        common = np.diff(np.append(first, len(pair)))
        found = _Found(
            pair[first], pair[first] // self.work.sizes[0], pair[first] % self.work.sizes[0], common, rank[first]
        )
        if self.themes is None or not len(first):
            return found
        asked_for = np.add.reduceat(self.themes[theme].astype(np.int64), first) > 0
        return found.at(asked_for)


def _row(search: _Search, found: _Found) -> dict[str, NamedNode | Literal]:
    p = search.projection
    one, other, place = int(found.one[0]), int(found.other[0]), int(found.place[0])
    themes, records = _evidence(search, one, other, place)
    met = search.ties.met(one, other)
    rank = int(found.rank[0])
    of_one, of_other = search.ties.ways(one), search.ties.ways(other)
    ways = np.where((of_one > 0) & (of_other > 0), of_one + of_other, 0)
    mutual = np.flatnonzero(ways)
    case = ("met" if met else "apart") + ("-mutual" if len(mutual) else "")
    return {
        "organisation": iri(p.organisations.iris[one]),
        "other": iri(p.organisations.iris[other]),
        "place": iri(p.places.iris[place]),
        "theme": listed(themes),
        "grade": Literal(_GRADES[rank]),
        "met": listed(met),
        "introducer": iri(p.organisations.iris[int(ways.argmax())]) if len(mutual) else Literal(""),
        "mutual": listed(p.organisations.iris[who] for who in mutual.tolist()),
        "case": Literal(case + ("" if rank == _SURE else "-unsure")),
        "severity_sure": Literal(1.0 if rank == _SURE else 0.5),
        "severity_apart": Literal(0.5 if met else 1.0),
        "severity_shared": Literal(min(int(found.common[0]) / _ENOUGH, 1.0)),
        "evidence": listed(records),
    }


def _evidence(search: _Search, one: int, other: int, place: int) -> tuple[list[str], list[str]]:
    """The common themes of two organisations in a place, and the records on either side."""
    p = search.projection
    (of_one, themes_of_one), (of_other, themes_of_other) = (_records(search, who, place) for who in (one, other))
    up = p.narrower.up
    ones, others = different(themes_of_one), different(themes_of_other)
    row, above_one = up.spread(ones)
    narrower_one = np.isin(above_one, others)
    row_other, above_other = up.spread(others)
    narrower_other = np.isin(above_other, ones)
    common = different(np.concatenate((above_one[narrower_one], above_other[narrower_other])))
    ones = np.concatenate((ones[row[narrower_one]], above_other[narrower_other]))
    others = np.concatenate((others[row_other[narrower_other]], above_one[narrower_one]))
    records = different(
        np.concatenate((of_one[np.isin(themes_of_one, ones)], of_other[np.isin(themes_of_other, others)]))
    )
    return [p.themes.iris[theme] for theme in common.tolist()], [p.iri(record) for record in records.tolist()]


def _records(search: _Search, who: int, place: int) -> tuple[Ints, Ints]:
    """What an organisation does now in a place: records and their themes, one row a theme."""
    p = search.projection
    records = p.records_of(who)
    records = records[search.work.live[records]]
    row, places = p.record_places.steps.spread(records)
    records = records[row[places == place]]
    row, themes = p.record_themes.steps.spread(records)
    return records[row], themes
