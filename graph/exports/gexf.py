"""GEXF 1.3, the format of Gephi (https://gexf.net). Identifiers of nodes are their IRIs."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from graph.exports._fields import EDGE_FIELDS, NODE_FIELDS, Fields, clean, edge_fields, node_fields, number
from graph.model import NetworkMap

NAME = "gexf"
TITLE = "GEXF 1.3 (Gephi)"
MEDIA_TYPE = "application/gexf+xml"
SUFFIX = ".gexf"

#: What GEXF itself has an attribute for; everything else is an "attvalue".
_OWN_OF_NODE = ("iri", "label")
_OWN_OF_EDGE = ("label", "weight")


def write(network: NetworkMap) -> bytes:
    root = ET.Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = "Common Ground"
    about = f"{clean(network.title)} (generation {network.generation})"
    if network.estimated_from is not None:
        about += f"; betweenness is estimated from {network.estimated_from} nodes"
    ET.SubElement(meta, "description").text = about
    graph = ET.SubElement(root, "graph", {"defaultedgetype": "undirected", "mode": "static"})
    _declare(graph, "node", NODE_FIELDS, _OWN_OF_NODE)
    _declare(graph, "edge", EDGE_FIELDS, _OWN_OF_EDGE)
    nodes = ET.SubElement(graph, "nodes")
    for node in network.nodes:
        fields = node_fields(node)
        of_node = {"id": str(fields["iri"]), "label": str(fields["label"])}
        _values(ET.SubElement(nodes, "node", of_node), fields, _OWN_OF_NODE)
    edges = ET.SubElement(graph, "edges")
    for index, edge in enumerate(network.edges):
        fields = edge_fields(edge)
        of_edge = {
            "id": str(index),
            "source": clean(edge.source),
            "target": clean(edge.target),
            # Edges of different kinds may run in parallel; this attribute is how 1.3 tells them apart.
            "kind": str(fields["kind"]),
            "label": str(fields["label"]),
            "weight": number(edge.weight),
        }
        _values(ET.SubElement(edges, "edge", of_edge), fields, _OWN_OF_EDGE)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _declare(graph: ET.Element, of: str, fields: dict[str, type], own: tuple[str, ...]) -> None:
    attributes = ET.SubElement(graph, "attributes", {"class": of})
    for name, kind in fields.items():
        if name not in own:
            of_type = "double" if kind is float else "string"
            ET.SubElement(attributes, "attribute", {"id": name, "title": name, "type": of_type})


def _values(element: ET.Element, fields: Fields, own: tuple[str, ...]) -> None:
    values = ET.SubElement(element, "attvalues")
    for name, value in fields.items():
        if name not in own and value != "":
            text = number(value) if isinstance(value, float) else str(value)
            ET.SubElement(values, "attvalue", {"for": name, "value": text})
