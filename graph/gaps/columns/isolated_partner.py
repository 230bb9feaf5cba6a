"""A partner of whom no connection is recorded: ``isolated-partner.rq`` over columns. Pure."""

from __future__ import annotations

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, Row, Rows, best, evidence, iri, listed, named
from graph.gaps.columns.unconnected import Doings, OnThemes, unnamed
from graph.projection import STATED, Flags, Ints
from graph.projection.columns import Pairs
from graph.projection.hierarchy import different
from graph.projection.parts import Parts
from graph.projection.ties import Ties


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    isolated = p.keep("isolated", lambda: _Isolated(asked), asked.day)
    alone = isolated.alone
    if (allowed := asked.flags("organisation", p.organisations)) is not None:
        alone = alone & allowed
    for name, pairs, axis in (("theme", p.record_themes, p.themes), ("place", p.record_places, p.places)):
        if (kept := asked.flags(name, axis)) is not None:
            alone = alone & isolated.naming(pairs, kept)
    found = np.flatnonzero(alone)
    terms = isolated.terms(found)
    order = best(asked.severity(terms), (found,), asked.most)

    def made(at: Ints) -> list[Row]:
        return [
            {
                **isolated.row(int(found[place])),
                **{f"severity_{name}": Literal(float(values[place])) for name, values in terms.items()},
            }
            for place in order[at].tolist()
        ]

    return Candidates(len(found), Rows(made, (p.organisations.iris, found[order])))


class _Isolated:
    """The isolated partners of a day."""

    def __init__(self, asked: Asked) -> None:
        p = self.projection = asked.projection
        self.ties = Ties.of(p, asked.day)
        parts = Parts.of(p, self.ties)
        acting = np.flatnonzero(parts.acting)
        single = np.bincount(parts.label[acting], minlength=parts.size) == 1
        #: Who does something now and is connected with nobody who does anything.
        self.alone = self.ties.active & parts.acting & single[parts.label]
        self.others = OnThemes(p, p.status(asked.day) == STATED)
        #: Themes of several organisations, and who works on them.
        self.shared = self.others.shared(np.arange(parts.size))
        self.common = self.others.partners(np.flatnonzero(self.shared))
        alone = np.flatnonzero(self.alone)
        row, records = p.by_partner.spread(alone)
        counted = self.others.counted[records]
        #: The records that count of those who are alone, and whose they are.
        self._records, self._who = records[counted], alone[row[counted]]
        self._doings = Doings(p, self.alone)
        #: Who was on one programme with somebody else.
        self.met = np.zeros(parts.size, dtype=np.bool_)
        self.met[[one for one in self.ties.programmes if self.ties.meetings(one)]] = True
        self.mentions = np.zeros(parts.size, dtype=np.bool_)
        self.mentions[unnamed(p)[1]] = True

    def naming(self, pairs: Pairs, kept: Flags) -> Flags:
        """Who of them is stated to work on one of some themes, or in one of some places."""
        found = np.zeros(len(self.alone), dtype=np.bool_)
        row, things = pairs.steps.spread(self._records)
        found[self._who[row[kept[things]]]] = True
        return found

    def terms(self, found: Ints) -> dict[str, np.typing.NDArray[np.float64]]:
        """The terms of severity of each."""
        return {
            "common": self.common[found].astype(np.float64),
            "unmentioned": np.where(self.mentions[found], 0.0, 1.0),
            "apart": np.where(self.met[found], 0.5, 1.0),
        }

    def row(self, one: int) -> dict[str, NamedNode | Literal]:
        """A partner as the query has it, without its severity."""
        p, others = self.projection, self.others
        records = p.records_of(one)
        records = records[others.counted[records]]
        works_on = others.of(records)
        works_in = different(p.record_places.steps.spread(records)[1])
        themes = works_on[self.shared[works_on]]
        candidates = others.partners(themes)
        candidates[one] = False
        case = ("common" if len(themes) else "alone") + ("-unnamed" if self.mentions[one] else "")
        return {
            "organisation": iri(p.organisations.iris[one]),
            "theme": named(p.themes, works_on),
            "place": named(p.places, works_in),
            "common": named(p.themes, themes),
            "candidate": named(p.organisations, np.flatnonzero(candidates)),
            "met": listed(self.ties.meetings(one)),
            "case": Literal(case),
            "evidence": evidence(self._doings.of(one), others.evidence(themes)),
        }
