"""A priority or next step on which no work is stated where it is meant for: ``priority-without-actor.rq`` over columns.
Pure."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, cited, evidence, iri, listed, named
from graph.projection import ENDED, INFERRED, PROPOSED, UNCONFIRMED, Flags, Ints, Pairs
from graph.projection.hierarchy import different
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

    def __init__(self, asked: Asked, number: int) -> None:
        p = self.projection = asked.projection
        self.number = number
        self.themes = p.themes.positions(p.objects("theme", number))
        self.places = p.places.positions(p.objects("place", number))
        self._status = p.status(asked.day)

    @cached_property
    def records(self) -> Ints:
        """The records on its themes."""
        p = self.projection
        records = different(p.by_theme.spread(different(p.narrower.down.spread(self.themes)[1]))[1])
        return records[self._status[records] >= 0]

    @cached_property
    def ranks(self) -> Ints:
        """What is known by each record."""
        status, where = self._status[self.records], self._where
        return np.select(
            [
                status == PROPOSED,
                (status == ENDED) | (status == UNCONFIRMED),
                where == _ELSEWHERE,
                status == INFERRED,
            ],
            [_PROPOSED, _OVER, _ELSEWHERE, _CONCLUDED],
            default=where,
        )

    @cached_property
    def rank(self) -> int:
        """The best that is known."""
        return int(self.ranks.min(initial=_NOBODY))

    @property
    def _where(self) -> Ints:
        """Whether each record is there, around it, elsewhere, or cannot be told to be there."""
        p, records = self.projection, self.records
        if not len(self.places):
            return np.full(len(records), _HERE)
        inside, around, on = (np.zeros(len(axis), dtype=np.bool_) for axis in (p.places, p.places, p.themes))
        inside[p.inside.down.spread(self.places)[1]] = True
        around[p.inside.up.strict().spread(self.places)[1]] = True
        on[p.narrower.down.spread(self.themes)[1]] = True
        places, themes = p.record_places, p.record_themes
        named, there, near = places.number(records), _count(places, records, inside), _count(places, records, around)
        whole = (there == named) | (_count(themes, records, on) == themes.number(records))
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
        """Whether it is about a theme, one of those asked for, and for one of the places or for none in particular."""
        on_theme = len(self.themes) > 0 and (themes is None or bool(themes[self.themes].any()))
        return on_theme and (places is None or not len(self.places) or bool(places[self.places].any()))

    def row(self) -> dict[str, NamedNode | Literal]:
        p = self.projection
        case, unanswered = _CASES[self.rank]
        best = self.records[self.ranks == self.rank]
        partners = different(p.partners.steps.spread(best)[1])
        statement = p.terms[self.number][1:-1]
        return {
            "statement": iri(statement),
            "asked_as": listed(expand(f"cg:{kind}") for kind in _ASKING if self.number in p.instances(kind)),
            "theme": listed(p.themes.iris[one] for one in self.themes.tolist()),
            "place": listed(p.places.iris[one] for one in self.places.tolist()),
            "organisation": named(p.organisations, partners),
            "event": listed(p.terms[one][1:-1] for one in p.objects("made_at", self.number).tolist()),
            "case": Literal(case),
            "severity_unanswered": Literal(unanswered),
            "severity_said": Literal(self.said),
            "evidence": evidence([statement], cited(p, self.records)),
        }


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    themes, places = asked.flags("theme", p.themes), asked.flags("place", p.places)
    found = [_Statement(asked, number) for number in p.any_of(*_ASKING).tolist()]
    found = [one for one in found if one.passes(themes, places) and one.rank != _HERE]
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
