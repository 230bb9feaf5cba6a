"""Node-link JSON, for D3, Cytoscape.js and other programs; ``networkx.node_link_graph(data)`` reads it.

``{"directed": false, "multigraph": true, "graph": {"name", "title", "generation", "estimated_from"},
"nodes": [{"id", "label", "kind", "weight", "note", "sources": [...], "degree", "component", "betweenness",
"constraint", "articulation"}],
"edges": [{"source", "target", "key", "kind", "label", "weight", "basis", "start", "end", "stated_on",
"evidence": [...], "sources": [...]}]}`` - identifiers are IRIs, ``key`` tells parallel edges apart. ``estimated_from``
is the number of nodes from which betweenness is estimated, null where it is exact; ``constraint`` is null without a
neighbour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from graph.exports._fields import NODE_FIELDS, clean, edge_fields, node_fields
from graph.model import NetworkMap

NAME = "json"
TITLE = "JSON, nodes and links (D3, Cytoscape.js)"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"

_LISTS = ("sources", "evidence")


def write(network: NetworkMap) -> bytes:
    nodes = [_listed({"id": clean(node.iri)}, node_fields(node).items()) for node in network.nodes]
    edges = [
        _listed(
            {"source": clean(edge.source), "target": clean(edge.target), "key": str(index)}, edge_fields(edge).items()
        )
        for index, edge in enumerate(network.edges)
    ]
    graph = {
        "name": network.name,
        "title": clean(network.title),
        "generation": network.generation,
        "estimated_from": network.estimated_from,
    }
    document = {"directed": False, "multigraph": True, "graph": graph, "nodes": nodes, "edges": edges}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def _listed(start: dict[str, object], fields: Iterable[tuple[str, str | float]]) -> dict[str, object]:
    for name, value in fields:
        if name != "iri":
            if name in _LISTS and isinstance(value, str):
                start[name] = value.split()
            else:
                # A number that is not known.
                start[name] = None if value == "" and NODE_FIELDS.get(name) is float else value
    return start
