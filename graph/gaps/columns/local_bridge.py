"""Circles of partners that one pair alone connects: ``local-bridge.rq`` over columns. Pure."""

from __future__ import annotations

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, Row, Rows, best, cited, evidence, iri, listed, named
from graph.projection import STATED, Flags, Ints, Projection
from graph.projection.circles import Bridges
from graph.projection.hierarchy import Steps, different
from graph.projection.ties import Ties

#: A fifth for each partner in the smaller circle, at most 1.
_ENOUGH = 5


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    ties = Ties.of(p, asked.day)
    bridges = p.keep("bridges of circles", lambda: Bridges(p, ties))
    today = p.keep("circles", lambda: _Today(p, bridges, p.status(asked.day)), asked.day)
    kept = np.ones(len(bridges.ones), dtype=np.bool_)
    if (allowed := asked.flags("organisation", p.organisations)) is not None:
        row, who = bridges.carriers
        kept = allowed[bridges.ones] | allowed[bridges.others]
        kept[row[allowed[who]]] = True
    if (themes := asked.flags("theme", p.themes)) is not None:
        row, theme = today.shared
        there = np.zeros(len(kept), dtype=np.bool_)
        there[row[themes[theme]]] = True
        kept &= there
    found = np.flatnonzero(kept)
    terms = {
        "common": today.common[found].astype(np.float64),
        "size": np.minimum(np.minimum(*bridges.sizes)[found] / _ENOUGH, 1.0),
        "loose": np.where(today.held[found], 0.5, 1.0),
    }
    order = best(asked.severity(terms), (bridges.ones[found], bridges.others[found]), asked.most)

    def made(at: Ints) -> list[Row]:
        return [
            {
                **today.row(int(found[place])),
                **{f"severity_{name}": Literal(float(values[place])) for name, values in terms.items()},
            }
            for place in order[at].tolist()
        ]

    shown, iris = found[order], p.organisations.iris
    return Candidates(len(found), Rows(made, (iris, bridges.ones[shown]), (iris, bridges.others[shown])))


class _Today:
    """What depends on the day: what the circles work on, and whether the ends are connected now."""

    def __init__(self, projection: Projection, bridges: Bridges, status: np.typing.NDArray[np.int8]) -> None:
        self.projection, self.bridges, self._stated = projection, bridges, status == STATED
        holds = bridges.affiliations.holds(status)
        row, group = bridges.groups.spread(np.arange(len(bridges.ones)))
        self.held: Flags = np.zeros(len(bridges.ones), dtype=np.bool_)
        self.held[row[holds[group]]] = True
        self._works_on = self._families_on_themes()
        self.shared = self._shared()
        self.common: Flags = np.zeros(len(bridges.ones), dtype=np.bool_)
        self.common[self.shared[0]] = True
        self._themes = Steps(np.searchsorted(self.shared[0], np.arange(len(bridges.ones) + 1)), self.shared[1])

    def _families_on_themes(self) -> Steps:
        """From each family to the themes that somebody of it is stated to work on now."""
        p, size = self.projection, max(len(self.projection.themes), 1)
        rows = np.flatnonzero(self._stated[p.record_themes.records])
        at, who = p.partners.steps.spread(p.record_themes.records[rows])
        family, themes = np.divmod(different(p.family[who] * size + p.record_themes.things[rows][at]), size)
        return Steps(np.searchsorted(family, np.arange(len(p.organisations) + 1)), themes)

    def _shared(self) -> tuple[Ints, Ints]:
        """Bridges, and the themes that somebody of either circle works on."""
        bridges, size = self.bridges, max(len(self.projection.themes), 1)
        ends = different(np.concatenate((bridges.ones, bridges.others)))
        row, who = bridges.near(ends)
        at, theme = self._works_on.spread(who)
        keys, counts = np.unique(row[at] * size + theme, return_counts=True)
        of_end = Steps(np.searchsorted(keys // size, np.arange(len(ends) + 1)), keys % size)
        how_many = Steps(of_end.begins, counts)
        sides = []
        for end, other in ((bridges.ones, bridges.others), (bridges.others, bridges.ones)):
            # The other end is one of the partners, and none of the circle.
            places = np.searchsorted(ends, end)
            bridge, themes = of_end.spread(places)
            number = how_many.spread(places)[1]
            theirs = np.repeat(np.arange(len(other)), np.diff(self._works_on.begins)[other])
            own = np.isin(bridge * size + themes, theirs * size + self._works_on.spread(other)[1])
            there = number > own
            sides.append(bridge[there] * size + themes[there])
        both = np.intersect1d(sides[0], sides[1], assume_unique=True)
        return both // size, both % size

    def row(self, bridge: int) -> dict[str, NamedNode | Literal]:
        """A bridge as the query has it, without its severity."""
        bridges, organisations = self.bridges, self.projection.organisations.iris
        one, other = int(bridges.ones[bridge]), int(bridges.others[bridge])
        circle, other_circle = bridges.circle(one, other), bridges.circle(other, one)
        themes = self._themes.of(bridge)
        tie = self._tie(circle, other_circle, themes) if len(themes) else ()
        row, carriers = bridges.carriers
        begin, end = np.searchsorted(row, [bridge, bridge + 1])
        return {
            "end": iri(organisations[one]),
            "other_end": iri(organisations[other]),
            "organisation": listed(organisations[who] for who in carriers[begin:end].tolist()),
            "circle": named(self.projection.organisations, circle),
            "size": Literal(len(circle)),
            "other_circle": named(self.projection.organisations, other_circle),
            "other_size": Literal(len(other_circle)),
            "theme": named(self.projection.themes, themes),
            "tie": listed(organisations[who] for who in tie),
            "case": Literal(("common" if tie else "apart") + ("" if self.held[bridge] else "-over")),
            "evidence": evidence(bridges.says(bridge), self._records(tie)),
        }

    def _tie(self, circle: Ints, other_circle: Ints, themes: Ints) -> tuple[int, int]:
        """One of each circle: the two with most themes in common, of equals the first."""
        near, far = (self._on(who, themes) for who in (circle, other_circle))
        best, most = (0, 0), 0
        for at in np.argsort(-near.sum(axis=1), kind="stable").tolist():
            if near[at].sum() < most or not near[at].any():
                break
            common = far[:, near[at]].sum(axis=1)
            pair = int(circle[at]), int(other_circle[common.argmax()])
            number = int(common.max())
            if number > most or (number == most and pair < best):
                best, most = pair, number
        return best

    def _on(self, families: Ints, themes: Ints) -> Flags:
        row, theme = self._works_on.spread(families)
        kept = np.isin(theme, themes)
        found = np.zeros((len(families), len(themes)), dtype=np.bool_)
        found[row[kept], np.searchsorted(themes, theme[kept])] = True
        return found

    def _records(self, tie: tuple[int, ...]) -> list[str]:
        """The records of both on the themes that they have in common."""
        if not tie:
            return []
        p = self.projection
        one, other = (self._works_on.of(family) for family in tie)
        common = np.intersect1d(one, other, assume_unique=True)
        records = np.concatenate([p.records_of(who) for who in np.flatnonzero(np.isin(p.family, tie)).tolist()])
        records = different(records[self._stated[records]])
        row, theme = p.record_themes.steps.spread(records)
        return cited(p, different(records[row[np.isin(theme, common)]]))
