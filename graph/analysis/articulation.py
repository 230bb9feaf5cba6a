"""Articulation points: those without whom a part of a network falls apart."""

from __future__ import annotations

from collections.abc import Iterable

import rustworkx

from graph.analysis.simple import Simple


def articulation_points(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The nodes of an undirected graph that it would have more components without, sorted.

    One search in depth, linear in nodes and edges, without recursion: J. Hopcroft and R. E. Tarjan, "Algorithm 447:
    Efficient Algorithms for Graph Manipulation", Communications of the ACM 16(6), 1973, pages 372-378 (rustworkx).

    >>> articulation_points(["e"], [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")])
    ('b',)
    """
    simple = Simple.of(nodes, edges)
    graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(simple.nodes))
    graph.add_edges_from_no_data(list(zip(simple.ones.tolist(), simple.others.tolist(), strict=True)))
    return tuple(simple.nodes[at] for at in sorted(rustworkx.articulation_points(graph)))
