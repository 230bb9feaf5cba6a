"""Nodes that are alike to the shapes: whatever holds of one of them holds of all, so one is judged for all. Pure.

Two nodes are alike when what the shapes can see of them is: kind by kind and step by step, as far as paths lead (a
bounded bisimulation). ``Looks`` is what a shapes graph can see of the value of a property, read off the graph:

- which node it is, only where that is compared: with a constant of the shapes graph, with other values (the end of a
  path of several steps, sh:lessThan), or by its text (sh:pattern, bounds). Such values are taken as they are.
- whether it is one that another property has too, where a path takes either or sh:equals or sh:disjoint compares them.
  A node with such a value is like no other.
- else what is left of SHACL Core: its kind, datatype, language, well-formedness, length, and its own statements.

Values of one property are a set, so how many there are is seen without telling them apart. Of a value only those
statements are seen to which a path or a shape within a shape leads.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH, XSD
from rdflib.term import Node

from graph.shacl.failing import CASTS

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE = str(RDF.type)
_EVERY = 10_000  # nodes between two words on how far it is
_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
#: Constraints that look at the text of a value, or at its order among others.
_CONTENT = (SH.pattern, SH.minExclusive, SH.minInclusive, SH.maxExclusive, SH.maxInclusive)
_NESTED = (SH.node, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["and"], SH["or"], SH.xone)
_CASTS = {str(datatype) for datatype in CASTS}


@dataclass(slots=True)
class Looks:
    """What shapes can see of values, by the IRI of the property. ``exact``: which one it is; ``mixed``: whether another
    of these has it too; ``lengths``: on which side of these numbers of characters it is. ``within``: what is seen of
    values, None for all. ``constants``: terms of the shapes graph. ``focus``: whether they look at the text of the very
    nodes that they judge."""

    exact: set[str] = field(default_factory=lambda: {_TYPE})
    mixed: set[str] = field(default_factory=set)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    within: set[str] | None = field(default_factory=lambda: {_TYPE})
    constants: frozenset[Term] = frozenset()
    focus: bool = False


class _Unlike(Exception):
    """Nodes cannot be compared."""


def looks_of(shapes: Graph, targeted: Iterable[Node]) -> Looks | None:
    """What the shapes can see, ``targeted`` being those with targets; None where that is not told here. The shapes must
    be of SHACL Core, with paths that end (``Screen.depth``)."""
    looks = Looks()
    try:
        for shape in set(shapes.subjects(SH.path, None)):
            _read_property(shapes, shape, looks)
            if not all(_read_within(shapes, part, looks) for part in _parts(shapes, shape)):
                looks.within = None
        for target in set(shapes.objects(None, SH.target)):
            looks.exact |= _read_target(str(shapes.value(target, SH.select)))
    except _Unlike:
        return None
    of_nodes = {shape for pair in _PAIRS for shape in shapes.subjects(pair, None)} - set(shapes.subjects(SH.path, None))
    if of_nodes or (None, SH.targetObjectsOf, None) in shapes:
        return None
    on_focus = [tests for shape in targeted if (shape, SH.path, None) not in shapes for tests in _tests(shapes, shape)]
    looks.focus = any(test in (*_CONTENT, SH.minLength, SH.maxLength) for test, _ in on_focus)
    looks.constants = frozenset(_ours(term) for term in shapes.all_nodes() if not isinstance(term, BNode))
    return looks


def _read_property(shapes: Graph, shape: Node, looks: Looks) -> None:
    path = shapes.value(shape, SH.path)
    assert path is not None
    ends = {str(end) for end in _ends(shapes, path)}
    alternatives = shapes.value(path, SH.alternativePath)
    either = alternatives is not None and all(isinstance(one, URIRef) for one in Collection(shapes, alternatives))
    if either:
        looks.mixed |= ends
    elif not isinstance(path, URIRef):
        looks.exact |= ends
        if looks.within is not None:
            looks.within |= set(_steps(shapes, path))
    for test, parameter in _tests(shapes, shape):
        if test in _CONTENT:
            looks.exact |= ends
        elif test in (SH.minLength, SH.maxLength):
            bound = int(str(parameter)) + (test == SH.maxLength)
            for end in ends:
                looks.lengths[end] = tuple(sorted({*looks.lengths.get(end, ()), bound}))
    for pair in (SH.lessThan, SH.lessThanOrEquals):
        for other in shapes.objects(shape, pair):
            looks.exact |= ends | {str(other)}
    for pair in (SH.equals, SH.disjoint):
        for other in shapes.objects(shape, pair):
            (looks.mixed if either or isinstance(path, URIRef) else looks.exact).update(ends | {str(other)})


def _read_within(shapes: Graph, shape: Node, looks: Looks, above: frozenset[Node] = frozenset()) -> bool:
    """Note what a shape sees of the values that it judges; false where that may be anything."""
    if shape in above or (shape, SH.closed, Literal(True)) in shapes:
        return False
    seen = {str(other) for pair in _PAIRS for other in shapes.objects(shape, pair)}
    path = shapes.value(shape, SH.path)
    if path is not None:
        seen |= set(_steps(shapes, path))
    if looks.within is not None:
        looks.within |= seen
    return all(_read_within(shapes, part, looks, above | {shape}) for part in _parts(shapes, shape))


def _parts(shapes: Graph, shape: Node) -> Iterator[Node]:
    """The shapes within a shape."""
    for predicate in (*_NESTED, SH.property):
        yield from shapes.objects(shape, predicate)
    for predicate in _LISTS:
        for members in shapes.objects(shape, predicate):
            yield from Collection(shapes, members)


def _steps(shapes: Graph, path: Node) -> Iterator[str]:
    """All properties of a path."""
    if isinstance(path, URIRef):
        yield str(path)
        return
    members = shapes.value(path, SH.alternativePath) or path
    if (members, RDF.first, None) not in shapes:
        raise _Unlike
    for step in Collection(shapes, members):
        yield from _steps(shapes, step)


#: A SELECT for targets without anything nested, and what it may say: statements about the node itself.
_SELECT = re.compile(r"\s*SELECT\s+\?this\s+WHERE\s*\{([^{}$]*)\}\s*", re.IGNORECASE)
_COMPUTED = re.compile(r"\b(?:BIND|FILTER)\s*(?=\()", re.IGNORECASE)
_STATED = re.compile(r"(\s*\?this(\s+<[^<>\s]*>\s+\?\w+\s*;?)+\s*\.?)+\s*")


def _read_target(select: str) -> set[str]:
    """The properties of a node at whose values a SELECT for targets looks. Raises _Unlike where it may look elsewhere,
    or at which node it is."""
    found = _SELECT.fullmatch(select)
    stated = found[1] if found else ""
    while computed := _COMPUTED.search(stated):
        end, opened = computed.end(), 0
        while end < len(stated) and (opened or end == computed.end()):
            opened += (stated[end] == "(") - (stated[end] == ")")
            end += 1
        if "?this" in stated[computed.start() : end]:
            raise _Unlike
        stated = stated[: computed.start()] + " " + stated[end:]
    if not _STATED.fullmatch(stated):
        raise _Unlike
    return set(re.findall(r"<([^<>]*)>", stated))


def _ends(shapes: Graph, path: Node) -> Iterator[URIRef]:
    """The properties by which a path may end."""
    if isinstance(path, URIRef):
        yield path
    elif (path, RDF.first, None) in shapes:
        yield from _ends(shapes, list(Collection(shapes, path))[-1])
    elif (alternatives := shapes.value(path, SH.alternativePath)) is not None:
        for one in Collection(shapes, alternatives):
            yield from _ends(shapes, one)
    else:
        raise _Unlike


def _tests(shapes: Graph, shape: Node, above: frozenset[Node] = frozenset()) -> Iterator[tuple[Node, Node]]:
    """The constraints of a shape on its values themselves, those of shapes without a path within it among them."""
    if shape in above:
        return
    for predicate, parameter in shapes.predicate_objects(shape):
        yield predicate, parameter
        inner: Iterable[Node] = (parameter,) if predicate in _NESTED else ()
        if predicate in _LISTS:
            inner = Collection(shapes, parameter)
        for part in inner:
            if (part, SH.path, None) not in shapes:
                yield from _tests(shapes, part, above | {shape})


def _ours(term: Node) -> Term:
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD.string)))
    return ox.NamedNode(str(term))


#: Its number, whether values are taken as they are, whether they are compared with those of others, whether it is seen
#: of a value, and the lengths that matter.
_Property = tuple[int, bool, bool, bool, tuple[int, ...]]


class Likeness:
    """Finds the nodes that are alike in data: ``about`` has the statements about each, ``depth`` is how far shapes
    look."""

    def __init__(self, looks: Looks, about: Mapping[Term, Sequence[ox.Quad]], depth: int) -> None:
        self.looks, self.depth, self._about = looks, depth, about
        #: Numbers for properties, for looks of values, and for what is seen of nodes.
        self._properties: dict[ox.NamedNode, _Property] = {}
        self._seen: dict[object, int] = {}
        self._of_values: dict[tuple[int, Term], int] = {}
        self._known: list[dict[Term, int]] = [{} for _ in range(depth + 1)]
        self._well_formed = ox.Store()

    def groups(self, nodes: Iterable[Term], advance: Callable[[int], None]) -> list[list[Term]]:
        """The nodes, those together that are alike."""
        found: dict[int, list[Term]] = {}
        for done, node in enumerate(nodes):
            if done and done % _EVERY == 0:
                advance(done)
            found.setdefault(self._look_at(node, self.depth, itself=True), []).append(node)
        return list(found.values())

    def _number(self, seen: object) -> int:
        return self._seen.setdefault(seen, len(self._seen))

    def _sight(self, node: Term, depth: int) -> int:
        """A number for what is seen of a node within so many steps: the same one for nodes that are alike."""
        known = self._known[depth]
        if node not in known:
            known[node] = self._look_at(node, depth, itself=False)
        return known[node]

    def _look_at(self, node: Term, depth: int, *, itself: bool) -> int:
        quads = self._about[node]
        parts: list[tuple[int, int, int]] = []
        compared: list[Term] = []
        for quad in quads:
            number, exact, mixed, within, lengths = self._property(quad.predicate)
            if not (itself or within):
                continue
            value = quad.object
            look = self._of_values.get((number, value))
            if look is None:
                look = self._of_values[number, value] = self._number(self._look(value, exact, lengths))
            parts.append((number, look, self._sight(value, depth - 1) if depth and value in self._about else -1))
            if mixed:
                compared.append(value)
        parts.sort()
        if any(one == other for one, other in pairwise(parts)) or len(set(compared)) < len(compared):
            said = {(quad.predicate, quad.object) for quad in quads}
            values = [value for predicate, value in said if self._property(predicate)[2]]
            # The same statement of two graphs is one; the same value of two properties may be seen to be so.
            if len(said) < len(quads) or len(set(values)) < len(values):
                return self._number(node)
        which = node if self.looks.focus or node in self.looks.constants else isinstance(node, ox.BlankNode)
        return self._number((which, *parts))

    def _property(self, predicate: ox.NamedNode) -> _Property:
        found = self._properties.get(predicate)
        if found is None:
            iri, looks = predicate.value, self.looks
            if iri == str(RDFS.subClassOf):
                raise _Unlike
            within = looks.within is None or iri in looks.within
            found = len(self._properties), iri in looks.exact, iri in looks.mixed, within, looks.lengths.get(iri, ())
            self._properties[predicate] = found
        return found

    def _look(self, value: Term, exact: bool, lengths: tuple[int, ...]) -> object:
        if exact or value in self.looks.constants or isinstance(value, ox.Triple):
            return value
        length = bisect(lengths, len(value.value)) if lengths else 0
        if not isinstance(value, ox.Literal):
            return isinstance(value, ox.BlankNode), length
        datatype = value.datatype.value
        if value.language is not None or datatype == str(XSD.string):
            return datatype, value.language, length
        return (datatype, self._is_well_formed(value), length) if datatype in _CASTS else value

    def _is_well_formed(self, value: ox.Literal) -> bool:
        text = ox.Literal(value.value)
        return bool(self._well_formed.query(f"ASK {{ FILTER(COALESCE(isLiteral({value.datatype}({text})), false)) }}"))


def alike(
    looks: Looks | None,
    about: Mapping[Term, Sequence[ox.Quad]],
    depth: int,
    nodes: Sequence[Term],
    advance: Callable[[int], None] = lambda _: None,
) -> list[list[Term]]:
    """The nodes, those together that are alike; each by itself where that cannot be told. ``advance`` is told now and
    then how many were looked at."""
    try:
        if looks is not None:
            return Likeness(looks, about, depth).groups(nodes, advance)
    except _Unlike:  # The data have classes of their own.
        pass
    return [[node] for node in nodes]
