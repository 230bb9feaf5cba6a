"""Degree: how many others each node is joined to."""

from __future__ import annotations

from collections.abc import Iterable


def degrees(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Number of *different* other nodes that each node has an edge with, by node, sorted.

    Parallel edges count once and loops not at all: an organisation that is joined to one other by a network, a project
    and a collaboration has one neighbour. This is the degree of the simple graph (L. C. Freeman, "Centrality in
    Social Networks: Conceptual Clarification", Social Networks 1(3), 1978/79, pages 215-239).

    >>> degrees(["a", "b", "c"], [("a", "b"), ("b", "a"), ("a", "a")])
    {'a': 1, 'b': 1, 'c': 0}
    """
    neighbours: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target in edges:
        for one, other in ((source, target), (target, source)):
            neighbours.setdefault(one, set())
            if one != other:
                neighbours[one].add(other)
    return {node: len(neighbours[node]) for node in sorted(neighbours)}
