"""Connected components: the parts of a network that nothing connects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def components(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The connected components of an undirected graph: each sorted, the largest first, equal ones by their first node.

    A node is in the same component as another when a chain of edges leads from one to the other; a node without
    edges is a component of its own. Ends of edges need not be among ``nodes``. Near-linear in nodes and edges.

    Disjoint sets with path halving and union by size: R. E. Tarjan and J. van Leeuwen, "Worst-case Analysis of Set
    Union Algorithms", Journal of the ACM 31(2), 1984, pages 245-281.

    >>> components(["a", "b", "c", "d"], [("a", "c"), ("c", "e")])
    (('a', 'c', 'e'), ('b',), ('d',))
    """
    parent: dict[str, str] = {}
    size: dict[str, int] = {}

    def root(node: str) -> str:
        if node not in parent:
            parent[node], size[node] = node, 1
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for node in nodes:
        root(node)
    for source, target in edges:
        small, large = sorted((root(source), root(target)), key=lambda r: size[r])
        if small != large:
            parent[small] = large
            size[large] += size[small]
    members: dict[str, list[str]] = defaultdict(list)
    for node in parent:
        members[root(node)].append(node)
    found = (tuple(sorted(group)) for group in members.values())
    return tuple(sorted(found, key=lambda group: (-len(group), group)))
