"""Two partners with the same theme and place and no collaboration: ``not-collaborating.rq`` over columns. Pure.

There may be many millions of pairs, of which somebody wants the worst. Partners are gone through in the order of their
IRIs, and of each the others in that order, so that equally bad pairs come in the order in which they are shown; as soon
as there are enough of the worst that is possible, nothing more is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, Rows, cited, evidence, iri, listed, named
from graph.gaps.columns.work import CONCLUDED, MIXED, SURE, Work, best_of
from graph.projection import Flags, Ints
from graph.projection.hierarchy import among, different, ranges
from graph.projection.ties import Ties

_GRADES = {SURE: "stated", MIXED: "combination-not-stated", CONCLUDED: "inferred"}
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
    work = p.keep("work", lambda: Work(p, p.status(asked.day)), asked.day)
    ties = Ties.of(p, asked.day)
    search = _Search(asked, work, ties)
    found, more = search.worst()
    severity = search.severity(found)
    order = np.lexsort((found.place, found.other, found.one, -severity))[: asked.most]
    organisations = p.organisations.iris
    rows = Rows(
        lambda at: [_row(search, found.at(np.array([one]))) for one in order[at]],
        (organisations, found.one[order]),
        (organisations, found.other[order]),
        (p.places.iris, found.place[order]),
    )
    return Candidates(len(found.one), rows, more)


class _Search:
    """One search among the pairs."""

    def __init__(self, asked: Asked, work: Work, ties: Ties) -> None:
        self.asked, self.work, self.ties = asked, work, ties
        p = self.projection = asked.projection
        self.themes, self.places = asked.flags("theme", p.themes), asked.flags("place", p.places)
        self.organisations = asked.flags("organisation", p.organisations)
        #: Who is on any programme: of most partners none is known.
        self.presenting = np.zeros(len(p.organisations), dtype=np.bool_)
        self.presenting[[*ties.programmes]] = True

    def severity(self, found: _Found) -> np.typing.NDArray[np.float64]:
        """How bad each pair is."""
        met = np.zeros(len(found.one), dtype=np.bool_)
        for at in np.flatnonzero(self.presenting[found.one] & self.presenting[found.other]).tolist():
            met[at] = bool(self.ties.met(int(found.one[at]), int(found.other[at])))
        return self.asked.severity(
            {
                "sure": np.where(found.rank == SURE, 1.0, 0.5),
                "apart": np.where(met, 0.5, 1.0),
                "shared": np.minimum(found.common / _ENOUGH, 1.0),
            }
        )

    def worst(self) -> tuple[_Found, bool]:
        """The worst pairs, as many as are wanted or more; and whether there are others that were not looked at."""
        if self.organisations is not None:
            return _Found.of([self._pairs_with(one) for one in np.flatnonzero(self.organisations).tolist()]), False
        bounds = self._bounds()
        order = np.flatnonzero(bounds >= 0)
        order = order[np.argsort(-bounds[order], kind="stable")]
        parts: list[_Found] = []
        severities: list[np.typing.NDArray[np.float64]] = []
        bound, surely, as_bad = np.inf, 0, _NOTHING
        for one in order.tolist():
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
        work = self.work
        most, sure = work.everywhere if self.places is None else work.themes_in(self.places)
        if self.themes is not None:
            has = np.zeros(len(most), dtype=np.bool_)
            has[work.roll[0][work.rows(self.places, self.themes)] % len(most)] = True
            most = np.where(has, most, 0)
        found = self.asked.severity(
            {
                "sure": np.where(sure, 1.0, 0.5),
                "apart": np.ones(len(most)),
                "shared": np.minimum(most / _ENOUGH, 1.0),
            }
        )
        found[most == 0] = -1
        return found

    def _pairs_of(self, one: int) -> Iterator[_Found]:
        """The pairs of which an organisation is the first, by the second."""
        tied: Flags | None = None
        mine = [self._kept(*rows) for rows in self.work.of(one)]
        size = self.work.sizes[2]
        begin, step = one + 1, _FIRST_STEP
        while begin < size:
            end = min(begin + step, size)
            found = self._common(mine, begin, end)
            if len(found.one):
                tied = self.ties.tied(one) if tied is None else tied
                found = found.at(~tied[found.other])
                if len(found.other):
                    order = np.lexsort((found.place, found.other))
                    found = found.at(order)
                    yield _Found(np.full(len(order), one), found.other, found.place, found.common, found.rank)
            begin, step = end, step * 2

    def _pairs_with(self, one: int) -> _Found:
        """All pairs with an organisation that is asked for; those with another one that is, only of the first."""
        assert self.organisations is not None
        found = self._common([self._kept(*rows) for rows in self.work.of(one)], 0, self.work.sizes[2])
        other = found.other
        found = found.at(~self.ties.tied(one)[other] & (~self.organisations[other] | (other > one)))
        first, second = np.minimum(one, found.other), np.maximum(one, found.other)
        return _Found(first, second, found.place, found.common, found.rank)

    def _kept(self, keys: Ints, ranks: Ints) -> tuple[Ints, Ints]:
        if self.places is None:
            return keys, ranks
        here = self.places[self.work.spot(keys)[0]]
        return keys[here], ranks[here]

    def _common(self, mine: Sequence[tuple[Ints, Ints]], begin: int, end: int) -> _Found:
        """Common themes with the organisations from ``begin`` up to ``end``: of the two themes the broader one."""
        size = self.work.sizes[2]
        spots, ranks = [], []
        for (keys, rank), theirs in zip(mine, (self.work.roll, self.work.exact), strict=True):
            home = keys // size * size
            begins, ends = np.searchsorted(theirs[0], home + begin), np.searchsorted(theirs[0], home + end)
            rows = ranges(begins, ends)
            spots.append(theirs[0][rows])
            ranks.append(np.maximum(np.repeat(rank, ends - begins), theirs[1][rows]))
        keys, rank = best_of(np.concatenate(spots), np.concatenate(ranks))
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
    ways = np.concatenate((of_one[among(of_one, of_other)], of_other[among(of_other, of_one)]))
    mutual, number = np.unique(ways, return_counts=True)
    case = ("met" if met else "apart") + ("-mutual" if len(mutual) else "")
    return {
        "organisation": iri(p.organisations.iris[one]),
        "other": iri(p.organisations.iris[other]),
        "place": iri(p.places.iris[place]),
        "theme": listed(themes),
        "grade": Literal(_GRADES[rank]),
        "met": listed(met),
        "introducer": iri(p.organisations.iris[int(mutual[np.argmax(number)])]) if len(mutual) else Literal(""),
        "mutual": named(p.organisations, mutual),
        "case": Literal(case + ("" if rank == SURE else "-unsure")),
        "severity_sure": Literal(1.0 if rank == SURE else 0.5),
        "severity_apart": Literal(0.5 if met else 1.0),
        "severity_shared": Literal(min(int(found.common[0]) / _ENOUGH, 1.0)),
        "evidence": evidence(records),
    }


def _evidence(search: _Search, one: int, other: int, place: int) -> tuple[list[str], list[str]]:
    """The common themes of two organisations in a place, and the records on either side."""
    p = search.projection
    (of_one, themes_of_one), (of_other, themes_of_other) = (_records(search, who, place) for who in (one, other))
    up = p.narrower.up
    ones, others = different(themes_of_one), different(themes_of_other)
    row, above_one = up.spread(ones)
    narrower_one = among(above_one, others)
    row_other, above_other = up.spread(others)
    narrower_other = among(above_other, ones)
    common = different(np.concatenate((above_one[narrower_one], above_other[narrower_other])))
    ones = np.concatenate((ones[row[narrower_one]], above_other[narrower_other]))
    others = np.concatenate((others[row_other[narrower_other]], above_one[narrower_one]))
    records = different(
        np.concatenate((of_one[np.isin(themes_of_one, ones)], of_other[np.isin(themes_of_other, others)]))
    )
    return [p.themes.iris[theme] for theme in common.tolist()], cited(p, records)


def _records(search: _Search, who: int, place: int) -> tuple[Ints, Ints]:
    """What an organisation does now in a place: records and their themes, one row a theme."""
    p = search.projection
    records = p.records_of(who)
    records = records[search.work.live[records]]
    row, places = p.record_places.steps.spread(records)
    records = records[row[places == place]]
    row, themes = p.record_themes.steps.spread(records)
    return records[row], themes
