"""Which nodes a change may put in violation: what judging a node reads, followed back from what changed. Pure.

A shape that is judged at a node walks along the paths of its property shapes and reads statements where it comes to.
Read backwards: a changed statement matters to the nodes from which such a walk leads to its subject. A change of
``rdf:type`` matters to whatever points to the thing by a property whose values have to be of a class; a change of a
name to the thing itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import Graph, URIRef, Variable
from rdflib.namespace import RDF, RDFS, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from graph.shacl.paths import is_simple

#: Constraints between the values of a path and those of another property of the focus node.
_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_NESTED = (SH.node, SH["not"], SH.qualifiedValueShape, SH.property)
_LISTS = (SH["and"], SH["or"], SH.xone)
#: What may look anywhere.
_BEYOND = (SH.sparql, SH.js, SH.rule, SH.parameter, SH.expression)
_DEEPEST = 20
#: Parts of a SELECT's algebra that only combine what its triple patterns find.
_HARMLESS = {"SelectQuery", "Project", "BGP", "Filter", "Join", "LeftJoin", "Union", "Extend", "Distinct", "ToMultiSet"}


@dataclass(frozen=True, slots=True)
class Read:
    """From a focus node along ``steps`` (IRIs of properties), then statements with this ``predicate``; None: all."""

    steps: tuple[str, ...]
    predicate: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What the shapes read, and their targets (SHACL, section 2.1.3): ``classes`` and explicit ``nodes``, subjects of
    and objects of properties. ``selected`` are properties of the nodes that a target in SPARQL selects."""

    reads: frozenset[Read]
    classes: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    subjects_of: frozenset[str] = frozenset()
    objects_of: frozenset[str] = frozenset()
    selected: frozenset[str] = frozenset()


class _Anywhere(Exception):
    """The shapes may look anywhere."""


def reach(shapes: Graph) -> Reach | None:
    """What the shapes of a shapes graph read; None where that cannot be told: then any change matters to any node."""
    if any((None, predicate, None) in shapes for predicate in _BEYOND):
        return None
    found = _Reader(shapes)
    try:
        found.look()
    except _Anywhere:
        return None
    nodes, subjects_of, objects_of = (
        frozenset(str(one) for one in shapes.objects(None, predicate))
        for predicate in (SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    )
    return Reach(
        frozenset(found.reads), frozenset(found.classes), nodes, subjects_of, objects_of, frozenset(found.selected)
    )


@dataclass(slots=True)
class _Reader:
    shapes: Graph
    reads: set[Read] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)

    def look(self) -> None:
        targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
        shapes = {shape for predicate in targets for shape in self.shapes.subjects(predicate, None)}
        for kind in (SH.NodeShape, SH.PropertyShape):
            implicit = {s for s in self.shapes.subjects(RDF.type, kind) if (s, RDF.type, RDFS.Class) in self.shapes}
            self.classes |= {str(shape) for shape in implicit}
            shapes |= implicit
        self.classes |= {str(found) for found in self.shapes.objects(None, SH.targetClass)}
        if self.classes:
            self.reads.add(Read((), str(RDF.type)))
        for found in self.shapes.objects(None, SH.targetSubjectsOf):
            self.reads.add(Read((), str(found)))
        for target in self.shapes.objects(None, SH.target):
            self._selected(str(self.shapes.value(target, SH.select) or ""))
        for shape in shapes:
            self._shape(shape, (), 0)

    def _selected(self, text: str) -> None:
        """A target in SPARQL is followed where it looks at properties of ``?this`` alone."""
        try:
            algebra = prepareQuery(text).algebra
        except Exception:
            raise _Anywhere from None
        for subject, predicate, _ in _patterns(algebra):
            if subject != Variable("this") or not isinstance(predicate, URIRef):
                raise _Anywhere
            self.selected.add(str(predicate))
            self.reads.add(Read((), str(predicate)))

    def _shape(self, shape: Node, at: tuple[str, ...], depth: int) -> None:
        """What judging a node reads, to which the steps ``at`` led."""
        if depth > _DEEPEST:
            raise _Anywhere
        path = self.shapes.value(shape, SH.path)
        places = [at] if path is None else [at + steps for steps in self._sequences(path)]
        for place in places:
            for end in range(len(at), len(place)):
                self.reads.add(Read(place[:end], place[end]))
            if (shape, SH["class"], None) in self.shapes:
                self.reads.add(Read(place, str(RDF.type)))
            if any(str(closed).lower() in ("true", "1") for closed in self.shapes.objects(shape, SH.closed)):
                self.reads.add(Read(place, None))
            for inner in self._inner(shape):
                self._shape(inner, place, depth + 1)
        for predicate in _PAIRS:
            for other in self.shapes.objects(shape, predicate):
                self.reads.add(Read(at, str(other)))

    def _inner(self, shape: Node) -> Iterator[Node]:
        for predicate in _NESTED:
            yield from self.shapes.objects(shape, predicate)
        for predicate in _LISTS:
            for members in self.shapes.objects(shape, predicate):
                yield from self.shapes.items(members)

    def _sequences(self, path: Node) -> list[tuple[str, ...]]:
        """All the ways of a path, step by step."""
        if isinstance(path, URIRef):
            return [(str(path),)]
        if not is_simple(self.shapes, path):
            raise _Anywhere
        if (path, RDF.first, None) in self.shapes:
            ways: list[tuple[str, ...]] = [()]
            for step in self.shapes.items(path):
                ways = [way + more for way in ways for more in self._sequences(step)]
            return ways
        alternatives = self.shapes.value(path, SH.alternativePath)
        if alternatives is not None:
            return [way for part in self.shapes.items(alternatives) for way in self._sequences(part)]
        inner = self.shapes.value(path, SH.zeroOrOnePath)
        assert inner is not None, "a simple path is one of these"
        return [(), *self._sequences(inner)]


def _patterns(part: object) -> Iterator[tuple[Node, Node, Node]]:
    """The triple patterns of a SELECT. Raises _Anywhere for what looks elsewhere, or into another query's result."""
    if isinstance(part, CompValue):
        if part.name == "BGP":
            yield from part.triples
            return
        expression = part.name not in _HARMLESS
        if expression and ("Builtin_EXISTS" in part.name or "Builtin_NOTEXISTS" in part.name or _is_pattern(part)):
            raise _Anywhere
        for value in part.values():
            yield from _patterns(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _patterns(one)


def _is_pattern(part: CompValue) -> bool:
    """Whether it is a part of a pattern that is not known here (GRAPH, SERVICE, MINUS, VALUES ...)."""
    return any(isinstance(part.get(key), CompValue) for key in ("p", "p1", "p2", "graph"))
