"""Things in the store that may be one: what is proposed to people. Pure.

To compare tens of thousands of things takes longer than a page may, so a search goes on from where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from pyoxigraph import Quad

from graph.judgements.book import Judgements
from graph.matching import Matcher
from graph.matching.known import Known, read

#: Pairs that wait for a judgement at most; with so many a search rests.
MOST_PAIRS = 2_000


@dataclass(frozen=True, slots=True)
class Pair:
    """``left`` may be ``right``; ``score`` 0 to 100, ``why`` a sentence in each language."""

    left: str
    left_label: str
    right: str
    right_label: str
    score: float
    why: Mapping[str, str]


class Search:
    """Compares the things of one kind with all others, one after the other. ``done`` of ``total`` were."""

    def __init__(self, kind: str, known: Known, quads: Iterable[Quad]) -> None:
        self.known = known
        self._matcher = Matcher(kind, known)
        self._order = sorted(self._matcher.things)
        self._found: dict[frozenset[str], Pair] = {}
        self._said: dict[str, int] = {}
        for quad in quads:
            for term in (quad.subject, quad.object):
                iri = getattr(term, "value", "")
                if iri in self._matcher:
                    self._said[iri] = self._said.get(iri, 0) + 1
        self.done = 0

    @property
    def total(self) -> int:
        return len(self._order)

    @classmethod
    def of(cls, kind: str, quads: Iterable[Quad], earlier: Search | None = None) -> Search:
        """The search of what quads say; ``earlier``, where that was of the same names: judging most pairs changes
        none."""
        quads = list(quads)
        known = read(kind, quads)
        return earlier if earlier is not None and earlier.known == known else cls(kind, known, quads)

    def go_on(self, judgements: Judgements, seconds: float = inf, clock: Callable[[], float] = time.monotonic) -> None:
        """Compare more, for about so long, until all are compared or there are pairs enough."""
        until = clock() + seconds
        waiting = len(self.pairs(judgements))
        while self.done < self.total and waiting < MOST_PAIRS and clock() < until:
            iri = self._order[self.done]
            self.done += 1
            for one in self._matcher.others(iri):
                both = frozenset((iri, one.iri))
                if both not in self._found:
                    # Of which more is said stands on the right: the other would be merged into it.
                    left, right = sorted(both, key=lambda i: (self._said.get(i, 0), i))
                    label = self._matcher.label
                    self._found[both] = Pair(left, label(left), right, label(right), one.score, one.why)
                    waiting += judgements.of(left, right) is None

    def pairs(self, judgements: Judgements) -> tuple[Pair, ...]:
        """What was found so far and nobody has judged, likeliest first."""
        found = (pair for pair in self._found.values() if judgements.of(pair.left, pair.right) is None)
        return tuple(sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right)))


def likely_pairs(quads: Iterable[Quad], judgements: Judgements, kind: str = "organisation") -> tuple[Pair, ...]:
    """All pairs of one kind that may be the same and that nobody has judged, up to ``MOST_PAIRS``, likeliest first."""
    search = Search.of(kind, quads)
    search.go_on(judgements)
    return search.pairs(judgements)
