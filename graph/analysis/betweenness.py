"""Betweenness: how often a node lies on the shortest ways between others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import rustworkx

from graph.analysis.simple import Ints, Simple

#: Nodes up to which betweenness is exact: of all of them as pivots, which is quadratic.
EXACT_UP_TO = 2_000
#: Pivots from which it is estimated above.
PIVOTS = 256
#: Where the pseudo-random choice of pivots begins, so that the same graph has the same estimate.
_SEED = 2007


@dataclass(frozen=True, slots=True)
class Betweenness:
    """``values`` by node, sorted, from 0 to 1. ``pivots`` is the number of nodes from which the shortest ways were
    followed; where these are not all (``estimated``) the values are estimates."""

    values: Mapping[str, float]
    pivots: int

    @property
    def estimated(self) -> bool:
        return self.pivots < len(self.values)


def betweenness(
    nodes: Iterable[str], edges: Iterable[tuple[str, str]], *, exact_up_to: int = EXACT_UP_TO, pivots: int = PIVOTS
) -> Betweenness:
    """Of each node the share of pairs of others that it lies between, ways of equal length counted by halves, thirds
    and so on; of the simple graph, ways counted in edges.

    L. C. Freeman, "A Set of Measures of Centrality Based on Betweenness", Sociometry 40(1), 1977, pages 35-41; found
    after U. Brandes, "A Faster Algorithm for Betweenness Centrality", Journal of Mathematical Sociology 25(2), 2001,
    pages 163-177 (rustworkx), in time of nodes times edges. Of more nodes than ``exact_up_to`` it is estimated from
    that many ``pivots``, drawn evenly: U. Brandes and C. Pich, "Centrality Estimation in Large Networks",
    International Journal of Bifurcation and Chaos 17(7), 2007, pages 2303-2318.

    >>> betweenness([], [("a", "b"), ("b", "c")]).values
    {'a': 0.0, 'b': 1.0, 'c': 0.0}
    """
    simple = Simple.of(nodes, edges)
    size = len(simple.nodes)
    if size <= max(exact_up_to, pivots):
        graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph(multigraph=False)
        graph.add_nodes_from([None] * size)
        graph.add_edges_from_no_data(list(zip(simple.ones.tolist(), simple.others.tolist(), strict=True)))
        found = rustworkx.betweenness_centrality(graph, normalized=True)
        return Betweenness({node: float(found[at]) for at, node in enumerate(simple.nodes)}, size)
    chosen = np.random.default_rng(_SEED).choice(size, pivots, replace=False)
    ways = _Ways(simple)
    total = np.zeros(size)
    for pivot in np.sort(chosen).tolist():
        total += ways.dependencies(pivot)
    # Each pair is met from both of its ends.
    shares = total * (size / pivots) / ((size - 1) * (size - 2))
    return Betweenness(dict(zip(simple.nodes, shares.tolist(), strict=True)), pivots)


class _Ways:
    """The shortest ways from one node to all others, level by level."""

    def __init__(self, simple: Simple) -> None:
        self._size = len(simple.nodes)
        origins = np.concatenate((simple.ones, simple.others))
        order = np.argsort(origins, kind="stable")
        self._to = np.concatenate((simple.others, simple.ones))[order]
        self._begins = np.concatenate(([0], np.cumsum(np.bincount(origins, minlength=self._size))))

    def dependencies(self, pivot: int) -> npt.NDArray[np.float64]:
        """Of each node the sum, over all others, of its share in the shortest ways from the pivot to them."""
        distance = np.full(self._size, -1)
        number = np.zeros(self._size)
        distance[pivot], number[pivot] = 0, 1.0
        edge = np.array([pivot])
        levels: list[tuple[Ints, Ints]] = []
        while len(edge):
            origins, to = self._steps(edge)
            onward = distance[to] < 0
            origins, to = origins[onward], to[onward]
            levels.append((origins, to))
            np.add.at(number, to, number[origins])
            distance[to] = len(levels)
            edge = np.unique(to)
        found = np.zeros(self._size)
        for origins, to in reversed(levels):
            np.add.at(found, origins, number[origins] / number[to] * (1 + found[to]))
        found[pivot] = 0
        return found

    def _steps(self, nodes: Ints) -> tuple[Ints, Ints]:
        begins, counts = self._begins[nodes], self._begins[nodes + 1] - self._begins[nodes]
        at = np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
        return np.repeat(nodes, counts), self._to[at]
