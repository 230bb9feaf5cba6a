"""SHACL property paths (SHACL, section 2.3.1) as SPARQL property paths. Pure."""

from __future__ import annotations

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

_UNARY = {SH.inversePath: "^{}", SH.zeroOrMorePath: "{}*", SH.oneOrMorePath: "{}+", SH.zeroOrOnePath: "{}?"}


class Unsupported(Exception):
    """Something that the screen cannot express; what it would have found counts as failing."""


def path_text(shapes: Graph, path: Node, depth: int = 0) -> str:
    """A path as SPARQL writes it. Raises Unsupported for one that is ill-formed."""
    if isinstance(path, URIRef):
        return path.n3()
    if depth > 50:
        raise Unsupported("a path within itself")
    if (path, RDF.first, None) in shapes:
        steps = [path_text(shapes, step, depth + 1) for step in Collection(shapes, path)]
        return f"({'/'.join(steps)})"
    alternatives = shapes.value(path, SH.alternativePath)
    if alternatives is not None:
        parts = [path_text(shapes, part, depth + 1) for part in Collection(shapes, alternatives)]
        return f"({'|'.join(parts)})"
    for predicate, form in _UNARY.items():
        inner = shapes.value(path, predicate)
        if inner is not None:
            return f"({form.format(path_text(shapes, inner, depth + 1))})"
    raise Unsupported("a path of an unknown kind")


def is_simple(shapes: Graph, path: Node) -> bool:
    """Whether a path goes forward and ends: what it reaches from a node is in the statements about the node and, for
    each further step, about the nodes that it passes."""
    if isinstance(path, URIRef):
        return True
    if (path, RDF.first, None) in shapes:
        return all(is_simple(shapes, step) for step in Collection(shapes, path))
    alternatives = shapes.value(path, SH.alternativePath)
    if alternatives is not None:
        return all(is_simple(shapes, part) for part in Collection(shapes, alternatives))
    inner = shapes.value(path, SH.zeroOrOnePath)
    return inner is not None and is_simple(shapes, inner)


def length(shapes: Graph, path: Node) -> int:
    """The most steps that a simple path takes."""
    if isinstance(path, URIRef):
        return 1
    if (path, RDF.first, None) in shapes:
        return sum(length(shapes, step) for step in Collection(shapes, path))
    alternatives = shapes.value(path, SH.alternativePath)
    if alternatives is not None:
        return max((length(shapes, part) for part in Collection(shapes, alternatives)), default=0)
    inner = shapes.value(path, SH.zeroOrOnePath)
    return length(shapes, inner) if inner is not None else 1
