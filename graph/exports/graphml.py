"""GraphML (http://graphml.graphdrawing.org), read by igraph, yEd, Cytoscape, networkx and many more.

Identifiers must be name tokens there, which IRIs are not: they are counted, and the IRI is the field ``iri``.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from graph.exports._fields import EDGE_FIELDS, NODE_FIELDS, Fields, clean, edge_fields, node_fields, number
from graph.model import NetworkMap

NAME = "graphml"
TITLE = "GraphML (igraph, yEd, Cytoscape)"
MEDIA_TYPE = "application/graphml+xml"
SUFFIX = ".graphml"


def write(network: NetworkMap) -> bytes:
    root = ET.Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    of_graph: dict[str, type] = {"title": str, "generation": float, "estimated_from": float}
    for of, kinds in (("graph", of_graph), ("node", NODE_FIELDS), ("edge", EDGE_FIELDS)):
        for name, kind in kinds.items():
            of_type = "double" if kind is float else "string"
            key = {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": of_type}
            ET.SubElement(root, "key", key)
    graph = ET.SubElement(root, "graph", {"id": network.name, "edgedefault": "undirected"})
    fields: Fields = {"title": clean(network.title), "generation": float(network.generation)}
    if network.estimated_from is not None:
        fields["estimated_from"] = float(network.estimated_from)
    _data(graph, "graph", fields)
    identifiers = {node.iri: f"n{index}" for index, node in enumerate(network.nodes)}
    for node in network.nodes:
        _data(ET.SubElement(graph, "node", {"id": identifiers[node.iri]}), "node", node_fields(node))
    for index, edge in enumerate(network.edges):
        ends = {"id": f"e{index}", "source": identifiers[edge.source], "target": identifiers[edge.target]}
        _data(ET.SubElement(graph, "edge", ends), "edge", edge_fields(edge))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _data(element: ET.Element, of: str, fields: Fields) -> None:
    for name, value in fields.items():
        if value != "":
            text = number(value) if isinstance(value, float) else str(value)
            ET.SubElement(element, "data", {"key": f"{of}-{name}"}).text = text
