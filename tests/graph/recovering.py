"""What the tests of recovery write, and how they look whether it is there."""

import pyoxigraph as ox

#: Quads of one version of the big graph: enough for a kill to come in the middle of it.
ROWS = 1500

P = "https://example.org/"


def quad(n: int, kind: str) -> str:
    """As the body of INSERT DATA."""
    return f"GRAPH <{P}{kind}> {{ <{P}{n}> <{P}p> {n} }}"


def pair(n: int) -> frozenset[ox.Quad]:
    """Two quads in two graphs, of one write."""
    return frozenset(
        ox.Quad(ox.NamedNode(f"{P}{n}"), ox.NamedNode(f"{P}p"), ox.Literal(n), ox.NamedNode(f"{P}{graph}"))
        for graph in ("left", "right")
    )


def big_graph(n: int) -> str:
    """Version ``n`` of one graph, as N-Quads."""
    return "".join(f"<{P}row/{i}> <{P}version> <{P}{n}> .\n" for i in range(ROWS))


def numbers(quads: set[ox.Quad], kind: str) -> set[int]:
    """The numbers that stand in one of the graphs."""
    graph = ox.NamedNode(f"{P}{kind}")
    return {int(q.object.value) for q in quads if q.graph_name == graph and isinstance(q.object, ox.Literal)}


def versions(quads: set[ox.Quad]) -> dict[int, int]:
    """How many rows each version of the big graph has: one version with all of them, or the graph is a half."""
    found: dict[int, int] = {}
    for q in quads:
        if q.graph_name == ox.NamedNode(f"{P}big") and isinstance(q.object, ox.NamedNode):
            n = int(q.object.value.removeprefix(P))
            found[n] = found.get(n, 0) + 1
    return found
