"""Things in the store that may be one: what is proposed to people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Quad

from graph.judgements.book import Judgements
from graph.matching import Matcher

#: Things that are compared with all others in one go; pairs that are proposed.
MOST_COMPARED, MOST_PAIRS = 5_000, 300


@dataclass(frozen=True, slots=True)
class Pair:
    """``left`` may be ``right``; ``score`` 0 to 100, ``why`` a sentence in each language."""

    left: str
    left_label: str
    right: str
    right_label: str
    score: float
    why: Mapping[str, str]


def likely_pairs(quads: Iterable[Quad], judgements: Judgements, kind: str = "organisation") -> tuple[Pair, ...]:
    """Pairs of one kind that may be the same and that nobody has judged, likeliest first. The one that more is said of
    stands on the right: the other would be merged into it."""
    quads = list(quads)
    matcher = Matcher.from_quads(kind, quads)
    said: dict[str, int] = {}
    for quad in quads:
        for term in (quad.subject, quad.object):
            iri = getattr(term, "value", "")
            if iri in matcher:
                said[iri] = said.get(iri, 0) + 1
    found: dict[frozenset[str], Pair] = {}
    for iri in sorted(matcher.things)[:MOST_COMPARED]:
        for one in matcher.others(iri):
            pair = frozenset((iri, one.iri))
            if pair in found or judgements.of(iri, one.iri) is not None:
                continue
            left, right = sorted(pair, key=lambda i: (said.get(i, 0), i))
            found[pair] = Pair(left, matcher.label(left), right, matcher.label(right), one.score, one.why)
    return tuple(sorted(found.values(), key=lambda pair: (-pair.score, pair.left, pair.right))[:MOST_PAIRS])
