"""What the formats have in common: the fields of nodes and edges, as clean text and numbers.

Field names are the same in every format. Lists are IRIs, which have no blanks in them, joined by blanks.
"""

from __future__ import annotations

import unicodedata

from graph.model import Edge, Node

#: What is measured of a node.
MEASURES = ("degree", "component", "betweenness", "constraint", "articulation")
#: Fields of a node beside its identifier, and of an edge beside its ends; those of numbers are ``float``.
NODE_FIELDS: dict[str, type] = {
    "iri": str,
    "label": str,
    "kind": str,
    "weight": float,
    "note": str,
    "sources": str,
    **dict.fromkeys(MEASURES, float),
}
EDGE_FIELDS: dict[str, type] = {
    "kind": str,
    "label": str,
    "weight": float,
    "basis": str,
    "start": str,
    "end": str,
    "stated_on": str,
    "evidence": str,
    "sources": str,
}

Fields = dict[str, str | float]


def node_fields(node: Node) -> Fields:
    """Keys are those of NODE_FIELDS, in their order."""
    return {
        "iri": clean(node.iri),
        "label": clean(node.label),
        "kind": clean(node.kind),
        "weight": node.weight,
        "note": clean(node.note),
        "sources": clean(" ".join(node.sources)),
        # Empty where something was not measured, or cannot be.
        **{name: round(node.measures[name], 6) if name in node.measures else "" for name in MEASURES},
    }


def edge_fields(edge: Edge) -> Fields:
    """Keys are those of EDGE_FIELDS, in their order."""
    return {
        "kind": clean(edge.kind),
        "label": clean(edge.label),
        "weight": edge.weight,
        "basis": clean(edge.basis),
        "start": clean(edge.start),
        "end": clean(edge.end),
        "stated_on": clean(edge.stated_on),
        "evidence": clean(" ".join(edge.evidence)),
        "sources": clean(" ".join(edge.sources)),
    }


def clean(text: str) -> str:
    """One line without characters that XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets) or that no file in UTF-8
    can hold: line breaks and other white space become single blanks; control characters, halves of surrogate pairs
    and non-characters go.
    """
    return " ".join("".join(c for c in text if c.isspace() or _can_be_written(c)).split())


def _can_be_written(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and ord(character) & 0xFFFE != 0xFFFE


def number(value: float) -> str:
    """``2.0`` as ``2``, ``0.5`` as ``0.5``."""
    return str(int(value)) if value == int(value) else repr(value)
