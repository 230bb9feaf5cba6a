"""Which nodes may fail their shapes, found by one SPARQL query a shape over an in-memory store.

The promise is one-sided: whatever node pySHACL reports on is among the suspects; a suspect may turn out to conform. A
shape that cannot be expressed makes all its targets suspects, and says so (``Screen.unsupported``).

The engine keeps numbers in canonical form (``005`` becomes ``5``), so data that hold others cannot be screened; see
``keeps``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from rdflib import Graph, Literal
from rdflib.namespace import RDF, RDFS, SH, XSD
from rdflib.term import Node

from graph.shacl.failing import CASTS, Compiler, Failing
from graph.shacl.likeness import Looks, looks_of
from graph.shacl.likeness import Term as Term
from graph.shacl.paths import is_simple, length

#: Types whose literals the engine keeps as another type, and those that it keeps in canonical form.
_REWRITTEN = {
    str(XSD[name])
    for name in [
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger", "nonNegativeInteger", "dateTimeStamp"),
    ]
}
_CANONICAL = {str(datatype) for datatype in CASTS} - {str(XSD.string)}
_ALL = "?this ?anything ?at_all"


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape with targets: queries for its targets that fail. ``shape`` is its IRI, or a blank node's name."""

    shape: str
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspects:
    """Nodes that may fail, by the shape whose target they are."""

    by_shape: Mapping[str, frozenset[Term]]

    @property
    def nodes(self) -> frozenset[Term]:
        return frozenset[Term]().union(*self.by_shape.values())


@dataclass(frozen=True, slots=True)
class Screen:
    """A shapes graph, compiled. ``unsupported``: what could not be expressed, by shape. ``depth``: how many steps from
    a node the shapes look at most; None where that cannot be told, and all data are needed to judge a node.
    ``nested``: whether property shapes have property shapes, so that a report on a node names other nodes too.
    ``looks``: what the shapes can see of values; None where that cannot be told."""

    rules: tuple[Rule, ...]
    unsupported: Mapping[str, str] = field(default_factory=dict)
    depth: int | None = None
    nested: bool = False
    looks: Looks | None = None

    def suspects(self, data: ox.Store) -> Suspects:
        """Run it over data, the vocabulary's ``rdfs:subClassOf`` among them."""
        found: dict[str, frozenset[Term]] = {}
        for rule in self.rules:
            nodes: set[Term] = set()
            for query in rule.queries:
                for row in data.query(query):  # type: ignore[union-attr]
                    nodes.add(row["this"])
            if nodes:
                found[rule.shape] = found.get(rule.shape, frozenset()) | nodes
        return Suspects(found)

    def neighbourhood(self, data: ox.Store, nodes: Iterable[Term]) -> tuple[frozenset[Term], list[ox.Quad]]:
        """The nodes that a report on these ones may be about (they themselves, and with ``nested`` those that they
        lead to), and all statements that are needed to judge them."""
        if self.depth is None:
            everything = list(data)
            return frozenset(quad.subject for quad in everything) | frozenset(nodes), everything
        about = set(nodes)
        seen: set[Term] = set()
        edge = set(nodes)
        quads: list[ox.Quad] = []
        for step in range(self.depth * (2 if self.nested else 1) + 1):
            seen |= edge
            if self.nested and step <= self.depth:
                about |= edge
            reached = set[Term]()
            for node in edge:
                if isinstance(node, ox.Literal):
                    continue
                for quad in data.quads_for_pattern(node, None, None):
                    quads.append(quad)
                    reached.add(quad.object)
            edge = reached - seen
        return frozenset(about), quads


def keeps(literal: ox.Literal) -> bool:
    """Whether the engine's store gives a literal back as it is."""
    datatype = literal.datatype.value
    if datatype in _REWRITTEN:
        return False
    if literal.language is not None:
        return literal.language == literal.language.lower()
    if datatype not in _CANONICAL:
        return True
    store = ox.Store()
    store.add(ox.Quad(ox.BlankNode(), ox.NamedNode("urn:p"), literal))
    return bool(next(iter(store)).object == literal)


def compile_shapes(shapes: Graph) -> Screen:
    """Compile all shapes with targets (section 2.1.3) of a shapes graph."""
    compiler = Compiler(shapes)
    rules: dict[str, Rule] = {}
    targeted = _shapes_with_targets(shapes)
    for shape in sorted(targeted, key=str):
        if (shape, SH.deactivated, Literal(True)) in shapes:
            continue
        failing = compiler.shape(shape, "?this")
        queries = tuple(_query(target, failing) for target in _targets(shapes, shape, compiler))
        if not failing.never and queries:
            rules[str(shape)] = Rule(str(shape), queries)
    nested = any((shape, SH.path, None) in shapes for shape in shapes.subjects(SH.property, None))
    depth = _depth(shapes)
    looks = looks_of(shapes, targeted) if depth is not None else None
    return Screen(tuple(rules.values()), dict(compiler.unsupported), depth, nested, looks)


def _shapes_with_targets(shapes: Graph) -> set[Node]:
    found: set[Node] = set()
    for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target):
        found |= set(shapes.subjects(predicate, None))
    for kind in (SH.NodeShape, SH.PropertyShape):
        found |= {shape for shape in shapes.subjects(RDF.type, kind) if (shape, RDF.type, RDFS.Class) in shapes}
    return found


def _targets(shapes: Graph, shape: Node, compiler: Compiler) -> Iterator[str]:
    """Each target as a pattern for ``?this``."""
    subclasses = f"{RDF.type.n3()}/{RDFS.subClassOf.n3()}*"
    classes = set(shapes.objects(shape, SH.targetClass))
    if (shape, RDF.type, RDFS.Class) in shapes:
        classes.add(shape)
    for found in sorted(classes, key=str):
        yield f"?this {subclasses} {found.n3()} ."
    for found in sorted(shapes.objects(shape, SH.targetNode), key=str):
        yield f"VALUES ?this {{ {found.n3()} }}"
    for found in sorted(shapes.objects(shape, SH.targetSubjectsOf), key=str):
        yield f"?this {found.n3()} ?of_target ."
    for found in sorted(shapes.objects(shape, SH.targetObjectsOf), key=str):
        yield f"?of_target {found.n3()} ?this ."
    for found in sorted(shapes.objects(shape, SH.target), key=str):
        select = shapes.value(found, SH.select)
        if select is None or (found, SH.prefixes, None) in shapes:
            compiler.unsupported.setdefault(str(shape), "a target of another kind")
            yield f"{{ {_ALL} }} UNION {{ ?nothing ?at_all ?this }}"
        else:
            yield f"{{ {select} }}"


def _query(target: str, failing: Failing) -> str:
    return f"SELECT DISTINCT ?this WHERE {{ {target} FILTER({failing.condition}) }}"


def _depth(shapes: Graph) -> int | None:
    """The longest way that the paths of nested shapes lead away from a node; None where one leads back or has no end,
    or where SPARQL may look anywhere."""
    if any((None, predicate, None) in shapes for predicate in (SH.sparql, SH.js, SH.rule, SH.parameter)):
        return None
    nesting = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
    lists = (SH["and"], SH["or"], SH.xone)

    def deepest(shape: Node, above: frozenset[Node]) -> int | None:
        if shape in above:
            return None
        path = shapes.value(shape, SH.path)
        if path is not None and not is_simple(shapes, path):
            return None
        inner = [part for predicate in nesting for part in shapes.objects(shape, predicate)]
        inner += [
            part for predicate in lists for found in shapes.objects(shape, predicate) for part in shapes.items(found)
        ]
        below = [deepest(part, above | {shape}) for part in inner]
        if None in below:
            return None
        # A class is a step from the value, and its superclasses come with the vocabulary.
        own = length(shapes, path) if path is not None else 0
        return own + 1 + max((found for found in below if found is not None), default=0)

    depths = [deepest(shape, frozenset()) for shape in _shapes_with_targets(shapes)]
    return None if None in depths else max((found for found in depths if found is not None), default=0)
