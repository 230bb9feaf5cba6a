"""Burt's constraint: how far somebody's contacts are each other's contacts, so that they bridge no structural hole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from graph.analysis.simple import Ints, Simple

#: Pairs of neighbours that are looked at together.
_AT_ONCE = 4_000_000


def constraint(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Constraint by node, sorted; of the simple graph, where everybody gives each contact the same attention. Nodes
    without a contact have none and are left out.

    The sum over the contacts j of (p(i,j) + the sum over common contacts q of p(i,q) p(q,j)) squared, where p(i,j) is
    1 divided by the number of contacts of i: near 0 for somebody whose many contacts do not know each other, 1 for
    somebody with one, up to 1.125. R. S. Burt, "Structural Holes", Harvard University Press, 1992, pages 54-56.

    Triangles are found from the end with the fewest contacts, which takes time of edges to the power of 1.5 at most,
    and near linear time in sparse graphs: N. Chiba and T. Nishizeki, "Arboricity and Subgraph Listing Algorithms",
    SIAM Journal on Computing 14(1), 1985, pages 210-223.

    >>> constraint(["d"], [("a", "b"), ("a", "c")])
    {'a': 0.5, 'b': 1.0, 'c': 1.0}
    """
    simple = Simple.of(nodes, edges)
    degrees = simple.degrees
    attention = 1 / np.maximum(degrees, 1)
    # Over each edge, the attention that common contacts of its ends give to either.
    indirect = np.zeros(len(simple.ones))
    for one, other, third, sides in _triangles(simple, degrees):
        for side, opposite in zip(sides, (third, other, one), strict=True):
            np.add.at(indirect, side, attention[opposite])
    found = np.zeros(len(simple.nodes))
    for ends in (simple.ones, simple.others):
        np.add.at(found, ends, (attention[ends] * (1 + indirect)) ** 2)
    return {node: float(found[at]) for at, node in enumerate(simple.nodes) if degrees[at]}


def _triangles(simple: Simple, degrees: Ints) -> Iterator[tuple[Ints, Ints, Ints, tuple[Ints, Ints, Ints]]]:
    """All triangles, many at once: three columns of nodes, and of the edges between the first and second, the first and
    third, the second and third."""
    size = len(simple.nodes)
    rank = np.empty(size, dtype=np.int64)
    rank[np.argsort(degrees, kind="stable")] = np.arange(size)
    ones, others = rank[simple.ones], rank[simple.others]
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    keys = low * size + high
    node = np.argsort(rank)
    # Of each edge up, those that come after it and begin at the same end.
    rest = np.searchsorted(low, low, "right") - np.arange(len(low)) - 1
    done = np.concatenate(([0], np.cumsum(rest)))
    begin = 0
    while begin < len(low):
        end = max(begin + 1, int(np.searchsorted(done, done[begin] + _AT_ONCE, "right")) - 1)
        counts = rest[begin:end]
        first = np.repeat(np.arange(begin, end), counts)
        second = first + 1 + np.arange(len(first)) - np.repeat(done[begin:end] - done[begin], counts)
        wanted = high[first] * size + high[second]
        third = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        closed = keys[third] == wanted
        first, second, third = first[closed], second[closed], third[closed]
        yield node[low[first]], node[high[first]], node[high[second]], (order[first], order[second], order[third])
        begin = end
