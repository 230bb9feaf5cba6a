"""What the shapes let a record say, as a table: class -> properties. Read from the shapes, so that it says what they
say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import rdflib
from rdflib.namespace import RDF, RDFS, SH

from graph.ingest.validation import Shapes
from graph.terms import NS, expand

#: What the service itself writes about sources, batches and history: nobody else's statements.
SERVICE = frozenset(expand(c) for c in ("cg:Source", "cg:Batch", "cg:SupersededStatement"))
#: Lists of themes and places that a source has of its own.
_SCHEMES = expand("skos:ConceptScheme")
_OF_SCHEMES = frozenset(expand(p) for p in ("rdf:type", "skos:prefLabel", "skos:altLabel", "skos:definition"))


@dataclass(frozen=True, slots=True)
class Model:
    """``allowed``: class -> the properties that its closed shapes know; ``required``: class -> sets of properties, of
    each of which a record must have one; ``above``: class -> itself and the classes that it is a kind of;
    ``properties``: all that any shape knows."""

    allowed: Mapping[str, frozenset[str]]
    required: Mapping[str, frozenset[frozenset[str]]]
    above: Mapping[str, frozenset[str]]
    properties: frozenset[str]

    @classmethod
    def of(cls, shapes: Shapes) -> Model:
        graph = shapes.shapes
        allowed: dict[str, frozenset[str]] = {_SCHEMES: _OF_SCHEMES}
        required: dict[str, set[frozenset[str]]] = {}
        for shape in set(graph.subjects(SH.targetClass)):
            parts = list(graph.objects(shape, SH.property))
            paths = {str(path) for one in parts for path in graph.objects(one, SH.path) if _simple(path)}
            needed = {_properties(graph, one) for one in parts if _at_least_one(graph, one)}
            ignored = {str(p) for lists in graph.objects(shape, SH.ignoredProperties) for p in graph.items(lists)}
            for target in graph.objects(shape, SH.targetClass):
                required.setdefault(str(target), set()).update(needed)
                if (shape, SH.closed, rdflib.Literal(True)) in graph:
                    allowed[str(target)] = frozenset(paths | ignored)
        supers: dict[str, set[str]] = {}
        for one, other in shapes.vocabulary.subject_objects(RDFS.subClassOf):
            supers.setdefault(str(one), set()).add(str(other))
        names = {*allowed, *required, *supers}
        return cls(
            allowed={name: allowed[name] for name in allowed if name not in SERVICE},
            required={name: frozenset(paths) for name, paths in required.items()},
            above={name: frozenset(_closure(name, supers)) for name in names},
            properties=frozenset().union(*allowed.values()),
        )

    def knows(self, classes: Iterable[str]) -> bool:
        """Whether a thing of these classes can be one of our records."""
        return bool(self._shaped(classes))

    def may_say(self, classes: Iterable[str]) -> frozenset[str]:
        """The properties that a record of these classes may have: each closed shape has to know them."""
        known = [self.allowed[name] for name in self._shaped(classes)]
        return frozenset.intersection(*known) if known else frozenset()

    def must_say(self, classes: Iterable[str]) -> frozenset[frozenset[str]]:
        """Sets of properties, of each of which a record of these classes needs one."""
        found = (self.required.get(above, frozenset()) for name in classes for above in self._above(name))
        return frozenset[frozenset[str]]().union(*found)

    def is_ours(self, iri: str) -> bool:
        """Whether a property is one that our records use: then the shapes judge it."""
        return iri in self.properties or iri.startswith(NS)

    def _above(self, name: str) -> frozenset[str]:
        return self.above.get(name, frozenset({name}))

    def _shaped(self, classes: Iterable[str]) -> set[str]:
        classes = list(classes)
        if any(name in SERVICE for name in classes):
            return set()
        return {above for name in classes for above in self._above(name) if above in self.allowed}


def _at_least_one(graph: rdflib.Graph, shape: rdflib.term.Node) -> bool:
    count = graph.value(shape, SH.minCount)
    severity = graph.value(shape, SH.severity, default=SH.Violation)
    return count is not None and int(str(count)) > 0 and severity == SH.Violation


def _simple(path: rdflib.term.Node) -> bool:
    return isinstance(path, rdflib.URIRef)


def _properties(graph: rdflib.Graph, shape: rdflib.term.Node) -> frozenset[str]:
    """The properties of which the shape wants one: that of its path, or those between which its path chooses."""
    path = graph.value(shape, SH.path)
    choice = graph.value(path, SH.alternativePath) if path is not None else None
    return frozenset(map(str, graph.items(choice))) if choice is not None else frozenset({str(path)})


def _closure(name: str, supers: Mapping[str, set[str]]) -> set[str]:
    found, ahead = {name}, [name]
    while ahead:
        new = supers.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found


#: The class of a thing is said with this property.
TYPE = str(RDF.type)
