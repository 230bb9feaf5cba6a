"""Shapes with some of them switched off: not removed, since ``sh:closed`` goes on knowing their properties. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal
from rdflib.namespace import SH
from rdflib.term import Node

_MILD = (SH.Warning, SH.Info)
#: Where any result of a shape counts, of whatever severity (SHACL, section 3.4): whether a value conforms to it.
_TESTED = (SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["and"], SH["or"], SH.xone)


def blocking(shapes: Graph) -> Graph:
    """The shapes without the rules that only warn or inform: what decides whether a write may be made."""
    mild = (shape for severity in _MILD for shape in shapes.subjects(SH.severity, severity))
    return without(
        shapes,
        [
            shape
            for shape in mild
            if not _counts(shapes, shape, frozenset()) and not any(shapes.objects(shape, SH.property))
        ],
    )


def without(shapes: Graph, rules: Iterable[Node]) -> Graph:
    """A copy in which some shapes are switched off (``sh:deactivated``)."""
    copy = Graph()
    for triple in shapes:
        copy.add(triple)
    for prefix, name in shapes.namespaces():
        copy.bind(prefix, name)
    for rule in rules:
        copy.add((rule, SH.deactivated, Literal(True)))
    return copy


def _counts(shapes: Graph, shape: Node, seen: frozenset[Node]) -> bool:
    """Whether its result may decide that of another shape."""
    if shape in seen:
        return False
    for predicate in _TESTED:
        if (None, predicate, shape) in shapes:
            return True
    listed = {member for p in _LISTS for members in shapes.objects(None, p) for member in shapes.items(members)}
    if shape in listed:
        return True
    return any(_counts(shapes, user, seen | {shape}) for user in shapes.subjects(SH.property, shape))
