"""All measures of the nodes of a network at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graph.analysis.articulation import articulation_points
from graph.analysis.betweenness import betweenness
from graph.analysis.components import components
from graph.analysis.constraint import constraint
from graph.analysis.degree import degrees
from graph.model import Measures


def measures(nodes: Collection[str], edges: Collection[tuple[str, str]]) -> tuple[Mapping[str, Measures], int | None]:
    """By node; and how many nodes betweenness is estimated from, None where it is exact.

    >>> of, _ = measures(["a", "b", "c", "d"], [("a", "b"), ("b", "c")])
    >>> of["b"], of["d"].component
    (Measures(degree=2, component=1, betweenness=0.3333333333333333, constraint=0.5, articulation=True), 2)
    """
    parts = {node: at for at, part in enumerate(components(nodes, edges), start=1) for node in part}
    between, constraints = betweenness(nodes, edges), constraint(nodes, edges)
    cut = set(articulation_points(nodes, edges))
    found = {
        node: Measures(degree, parts[node], between.values[node], constraints.get(node), node in cut)
        for node, degree in degrees(nodes, edges).items()
    }
    return found, between.pivots if between.estimated else None
