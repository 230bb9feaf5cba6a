"""A priority or next step on which no work is stated where it is meant for: ``priority-without-actor.rq`` over columns.
Pure."""

from __future__ import annotations

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, iri, listed
from graph.projection import ENDED, INFERRED, PROPOSED, UNCONFIRMED, Flags, Ints, Pairs
from graph.terms import expand

#: What is known instead of stated work there, best first: the case, and the value of the term "unanswered".
_HERE, _AROUND, _UNSURE, _CONCLUDED, _ELSEWHERE, _OVER, _PROPOSED, _NOBODY = range(1, 9)
_CASES = {
    _AROUND: ("regional", 0.3),
    _UNSURE: ("place-not-stated", 0.4),
    _CONCLUDED: ("inferred", 0.5),
    _ELSEWHERE: ("elsewhere", 0.6),
    _OVER: ("ended", 0.8),
    _PROPOSED: ("proposed", 0.9),
    _NOBODY: ("nobody", 1.0),
}
_ASKING = ("Priority", "NextStep")
_NEXT_STEP = 0.8
_HEDGED = 0.5


class _Statement:
    """One priority or next step, and what bears on it. ``number`` is that of its term."""

    def __init__(self, asked: Asked, number: int, status: np.typing.NDArray[np.int8]) -> None:
        p = self.projection = asked.projection
        self.number = number
        self.themes = p.themes.positions(p.objects("theme", number))
        self.places = p.places.positions(p.objects("place", number))
        self.records, inside_themes = self._of_themes(status)
        where = self._where(inside_themes)
        status = status[self.records]
        self.ranks = np.select(
            [
                status == PROPOSED,
                (status == ENDED) | (status == UNCONFIRMED),
                where == _ELSEWHERE,
                status == INFERRED,
            ],
            [_PROPOSED, _OVER, _ELSEWHERE, _CONCLUDED],
            default=where,
        )
        self.rank = int(self.ranks.min(initial=_NOBODY))

    def _of_themes(self, status: np.typing.NDArray[np.int8]) -> tuple[Ints, Ints]:
        """The records on its themes, and how many of their themes are among them."""
        p = self.projection
        within = np.unique(p.narrower.down.spread(self.themes)[1])
        by_theme = p.keep("records-by-theme", lambda: p.record_themes.by_thing(len(p.themes)))
        records, counts = np.unique(by_theme.spread(within)[1], return_counts=True)
        usable = status[records] >= 0
        return records[usable], counts[usable]

    def _where(self, inside_themes: Ints) -> Ints:
        """Whether each record is there, around it, elsewhere, or cannot be told to be there."""
        p, records = self.projection, self.records
        if not len(self.places):
            return np.full(len(records), _HERE)
        inside, around = np.zeros(len(p.places), dtype=np.bool_), np.zeros(len(p.places), dtype=np.bool_)
        inside[p.inside.down.spread(self.places)[1]] = True
        around[p.inside.up.strict().spread(self.places)[1]] = True
        places = p.record_places
        named, there, near = places.counts[records], _count(places, records, inside), _count(places, records, around)
        whole = (there == named) | (inside_themes == p.record_themes.counts[records])
        found = np.where(there > 0, np.where(whole, _HERE, _UNSURE), np.where(near > 0, _AROUND, _ELSEWHERE))
        return np.where(named == 0, _UNSURE, found)

    @property
    def said(self) -> float:
        """How firmly it was said."""
        p = self.projection
        firm = 1.0 if self.number in p.instances("Priority") else _NEXT_STEP
        hedged = any(p.terms[number] == "true" for number in p.objects("hedged", self.number).tolist())
        return firm * (_HEDGED if hedged else 1.0)

    def passes(self, themes: Flags | None, places: Flags | None) -> bool:
        """Whether it is about one of the themes asked for, and for one of the places or for none in particular."""
        on_theme = themes is None or bool(themes[self.themes].any())
        return on_theme and (places is None or not len(self.places) or bool(places[self.places].any()))

    def row(self) -> dict[str, NamedNode | Literal]:
        p = self.projection
        case, unanswered = _CASES[self.rank]
        best = self.records[self.ranks == self.rank]
        partners = np.unique(p.partners.steps.spread(best)[1])
        statement = p.terms[self.number][1:-1]
        return {
            "statement": iri(statement),
            "asked_as": listed(expand(f"cg:{kind}") for kind in _ASKING if self.number in p.instances(kind)),
            "theme": listed(p.themes.iris[one] for one in self.themes.tolist()),
            "place": listed(p.places.iris[one] for one in self.places.tolist()),
            "organisation": listed(p.organisations.iris[one] for one in partners.tolist()),
            "event": listed(p.terms[one][1:-1] for one in p.objects("made_at", self.number).tolist()),
            "case": Literal(case),
            "severity_unanswered": Literal(unanswered),
            "severity_said": Literal(self.said),
            "evidence": listed([statement, *(p.iri(record) for record in self.records.tolist())]),
        }


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    status = p.status(asked.day)
    themes, places = asked.flags("theme", p.themes), asked.flags("place", p.places)
    themed = p.relations["theme"].subjects
    numbers = np.intersect1d(p.any_of(*_ASKING), themed)
    found = [_Statement(asked, number, status) for number in numbers.tolist()]
    found = [one for one in found if one.rank != _HERE and one.passes(themes, places)]
    severity = asked.severity(
        {
            "unanswered": np.array([_CASES[one.rank][1] for one in found]),
            "said": np.array([one.said for one in found]),
        }
    )
    order = sorted(range(len(found)), key=lambda at: (-severity[at], p.terms[found[at].number]))
    return Candidates(len(found), [found[at].row() for at in order[: asked.most]])


def _count(pairs: Pairs, records: Ints, wanted: Flags) -> Ints:
    """How many of the things that each record names are wanted."""
    row, things = pairs.steps.spread(records)
    return np.bincount(row, weights=wanted[things], minlength=len(records)).astype(np.int64)
