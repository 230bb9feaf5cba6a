"""A partner of whom no connection is recorded: ``isolated-partner.rq`` over columns. Pure."""

from __future__ import annotations

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, best, iri, listed
from graph.gaps.columns.unconnected import OnThemes, doings, named, unnamed
from graph.projection import STATED, Flags, Ints
from graph.projection.columns import Pairs
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
    done = doings(p, found[order].tolist())
    rows = []
    for at in order.tolist():
        one = int(found[at])
        severity = {f"severity_{name}": Literal(float(values[at])) for name, values in terms.items()}
        rows.append({**isolated.row(one, done[one]), **severity})
    return Candidates(len(found), rows)


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
        self.common = self.others.with_theme(self.shared)
        self.mentions = np.zeros(parts.size, dtype=np.bool_)
        self.mentions[unnamed(p)[1]] = True

    def naming(self, pairs: Pairs, kept: Flags) -> Flags:
        """Who is stated to work on one of some themes, or in one of some places."""
        p = self.projection
        found = np.zeros(len(p.organisations), dtype=np.bool_)
        records = pairs.records[kept[pairs.things] & self.others.counted[pairs.records]]
        found[p.partners.steps.spread(records)[1]] = True
        return found

    def terms(self, found: Ints) -> dict[str, np.typing.NDArray[np.float64]]:
        """The terms of severity of each."""
        met = np.array([bool(self.ties.meetings(one)) for one in found.tolist()], dtype=np.bool_)
        return {
            "common": self.common[found].astype(np.float64),
            "unmentioned": np.where(self.mentions[found], 0.0, 1.0),
            "apart": np.where(met, 0.5, 1.0),
        }

    def row(self, one: int, done: list[str]) -> dict[str, NamedNode | Literal]:
        """A partner as the query has it, without its severity."""
        p, others = self.projection, self.others
        records = p.records_of(one)
        records = records[others.counted[records]]
        works_on = others.of(records).tolist()
        works_in = p.record_places.steps.spread(records)[1].tolist()
        themes = [theme for theme in works_on if self.shared[theme]]
        candidates = np.zeros(len(p.organisations), dtype=np.bool_)
        for theme in themes:
            candidates[others.partners(theme)] = True
        candidates[one] = False
        case = ("common" if themes else "alone") + ("-unnamed" if self.mentions[one] else "")
        return {
            "organisation": iri(p.organisations.iris[one]),
            "theme": listed(p.themes.iris[theme] for theme in works_on),
            "place": listed(p.places.iris[place] for place in works_in),
            "common": listed(p.themes.iris[theme] for theme in themes),
            "candidate": named(p.organisations, candidates),
            "met": listed(self.ties.meetings(one)),
            "case": Literal(case),
            "evidence": listed([*others.evidence(themes), *done]),
        }
