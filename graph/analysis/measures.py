"""All measures of the nodes of a network at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graph.analysis.articulation import articulation_points
from graph.analysis.betweenness import betweenness
from graph.analysis.components import components
from graph.analysis.constraint import constraint
from graph.analysis.degree import degrees


def measures(
    nodes: Collection[str], edges: Collection[tuple[str, str]]
) -> tuple[Mapping[str, Mapping[str, float]], int | None]:
    """By node; and how many nodes betweenness is estimated from, None where it is exact.

    ``degree``; ``component``, the number of the component it is in, 1 the largest; ``betweenness``; ``constraint``,
    which a node without a neighbour does not have; ``articulation``, 1 for an articulation point, else 0. What each is,
    is said in the module of its name.

    >>> of, _ = measures(["a", "b", "c", "d"], [("a", "b"), ("b", "c")])
    >>> of["b"]["articulation"], of["d"]["component"], "constraint" in of["d"]
    (1.0, 2.0, False)
    """
    parts = {node: at for at, part in enumerate(components(nodes, edges), start=1) for node in part}
    between, constraints = betweenness(nodes, edges), constraint(nodes, edges)
    cut = set(articulation_points(nodes, edges))
    found = {
        node: {
            "degree": float(degree),
            "component": float(parts[node]),
            "betweenness": between.values[node],
            **({"constraint": constraints[node]} if node in constraints else {}),
            "articulation": float(node in cut),
        }
        for node, degree in degrees(nodes, edges).items()
    }
    return found, between.pivots if between.estimated else None
