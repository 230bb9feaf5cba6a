"""The vocabulary and the shapes as pages tell them: each term with its words, its place, and the rules it is under.

Read from the files of the package, which the store's vocabulary graph is loaded from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.terms import NS, PREFIXES, expand
from ontology import HERE
from service.describe_terms import OWL, RDF, RDFS, SH, SKOS

ONTOLOGY = NS.removesuffix("#")
SHAPES = f"{ONTOLOGY}/shapes#"
SHAPE_PREFIXES = {"shape": SHAPES, **PREFIXES}

#: What a term is, by its first fitting class, and the heading under which such terms are listed.
KINDS = {
    OWL["Class"].value: ("Class", "Classes"),
    OWL["ObjectProperty"].value: ("Property that leads to a thing", "Properties"),
    OWL["DatatypeProperty"].value: ("Property that has a value", "Properties"),
    OWL["AnnotationProperty"].value: ("Word of the table layouts", "Words of the table layouts"),
    RDFS["Datatype"].value: ("Form of a value", "Words of the table layouts"),
    RDF["Property"].value: ("Property", "Properties"),
}
REUSED = "Terms of others that we use"

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One property shape, or a closed node shape. ``on`` are the IRIs of the properties that it looks at, ``shapes``
    the names of the node shapes that it is part of, ``values`` its other constraints as (name, text)."""

    name: str
    on: tuple[str, ...]
    severity: str
    message: Texts
    shapes: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NodeShape:
    """One file of ``ontology/shapes``: what it is for, whether it refuses other properties, and its rules."""

    name: str
    targets: tuple[str, ...]
    closed: bool
    message: Texts
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One term. ``name`` is its segment under ``/ns/``: ``Engagement``, ``org:Organization``."""

    iri: str
    name: str
    curie: str
    kind: str
    heading: str
    label: Texts
    definition: Texts
    note: Texts
    examples: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    sources: tuple[str, ...]
    is_class: bool


class Vocabulary:
    """Both files' contents, read once."""

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        return tuple(quad.triple for quad in ox.parse(path=HERE / "vocabulary.ttl", format=ox.RdfFormat.TURTLE))

    @cached_property
    def text(self) -> bytes:
        """The vocabulary's file, byte by byte, with its comments."""
        return (HERE / "vocabulary.ttl").read_bytes()

    @cached_property
    def shape_triples(self) -> tuple[Triple, ...]:
        found: list[Triple] = []
        for path in sorted((HERE / "shapes").glob("*.ttl")):
            # Each file's blank nodes are its own, and are called the same at every start.
            labels: dict[str, BlankNode] = {}
            for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
                subject, value = (
                    labels.setdefault(term.value, BlankNode(f"{path.stem}{len(labels)}"))
                    if isinstance(term, BlankNode)
                    else term
                    for term in (quad.subject, quad.object)
                )
                assert isinstance(subject, NamedNode | BlankNode)
                found.append(Triple(subject, quad.predicate, value))
        return tuple(found)

    @cached_property
    def _said(self) -> dict[str, dict[str, list[NamedNode | Literal]]]:
        return _by_subject(self.triples)

    @cached_property
    def about(self) -> dict[str, Texts]:
        """The vocabulary's own title and description, by language."""
        own = self._said[ONTOLOGY]
        return {name: _texts(own.get(expand(f"dcterms:{name}"), ())) for name in ("title", "description")}

    @cached_property
    def version(self) -> str:
        return next((v.value for v in self._said[ONTOLOGY].get(OWL["versionInfo"].value, ())), "")

    @cached_property
    def terms(self) -> dict[str, Term]:
        """Every term by its name under ``/ns/``, ours first, then those of others that we use."""
        defined = RDFS["isDefinedBy"].value
        found = [self._term(iri, said) for iri, said in self._said.items() if defined in said]
        return {t.name: t for t in sorted(found, key=lambda t: (t.heading == REUSED, t.name.casefold()))}

    @cached_property
    def by_iri(self) -> dict[str, Term]:
        return {term.iri: term for term in self.terms.values()}

    def _term(self, iri: str, said: Mapping[str, list[NamedNode | Literal]]) -> Term:
        kinds = {v.value for v in said.get(RDF["type"].value, ())}
        kind, heading = next((words for known, words in KINDS.items() if known in kinds), ("Term", "Properties"))
        above = [*said.get(RDFS["subClassOf"].value, ()), *said.get(RDFS["subPropertyOf"].value, ())]
        upward = (RDFS["subClassOf"].value, RDFS["subPropertyOf"].value)
        below = (i for i, s in self._said.items() if any(v.value == iri for up in upward for v in s.get(up, ())))
        return Term(
            iri=iri,
            name=iri.removeprefix(NS) if iri.startswith(NS) else curie(iri),
            curie=curie(iri),
            kind=kind,
            heading=heading if iri.startswith(NS) else REUSED,
            label=_texts(said.get(RDFS["label"].value, ())),
            definition=_texts(said.get(SKOS["definition"].value, ())),
            note=_texts(said.get(SKOS["scopeNote"].value, ())),
            examples=tuple(sorted(v.value for v in said.get(SKOS["example"].value, ()))),
            above=tuple(sorted(v.value for v in above)),
            below=tuple(sorted(below)),
            sources=tuple(sorted(v.value for v in said.get(expand("dcterms:source"), ()))),
            is_class=OWL["Class"].value in kinds,
        )

    def lineage(self, iri: str) -> set[str]:
        """A class or property with everything above it."""
        found, ahead = set(), [iri]
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead += self.by_iri[one].above if one in self.by_iri else ()
        return found

    @cached_property
    def shapes(self) -> dict[str, NodeShape]:
        """The node shapes by name; those without a name of their own are parts of rules."""
        return {shape.name: shape for shape in _node_shapes(_by_subject(self.shape_triples))}

    def rules_on(self, term: Term) -> tuple[tuple[NodeShape, tuple[Rule, ...]], ...]:
        """The rules for things of a class, or those that look at a property, by node shape."""
        above = self.lineage(term.iri)
        found = []
        for shape in self.shapes.values():
            if term.is_class:
                rules = shape.rules if above & {*shape.targets} else ()
            else:
                rules = tuple(rule for rule in shape.rules if term.iri in rule.on)
            if rules:
                found.append((shape, rules))
        return tuple(found)

    def triples_of(self, term: Term) -> tuple[Triple, ...]:
        """What the vocabulary says of one term."""
        return tuple(t for t in self.triples if isinstance(t.subject, NamedNode) and t.subject.value == term.iri)


def curie(iri: str) -> str:
    """``org:Organization``, by the longest namespace that fits; the IRI where none does."""
    fitting = [(ns, prefix) for prefix, ns in SHAPE_PREFIXES.items() if iri.startswith(ns) and len(iri) > len(ns)]
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
    return f"{prefix}:{iri.removeprefix(namespace)}" if prefix else iri


def _by_subject(triples: tuple[Triple, ...]) -> dict[str, dict[str, list[NamedNode | Literal]]]:
    """Subject -> property -> values. Blank nodes are called as they are written, ``_:b0``, and are values too."""
    found: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for triple in triples:
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else str(triple.subject)
        value = triple.object
        if isinstance(value, BlankNode):
            value = Literal(str(value), datatype=_BLANK)
        if isinstance(value, NamedNode | Literal):
            found.setdefault(subject, {}).setdefault(triple.predicate.value, []).append(value)
    return found


_BLANK = NamedNode("urn:blank")


def _texts(values: list[NamedNode | Literal] | tuple[()]) -> Texts:
    return {v.language or "": v.value for v in values if isinstance(v, Literal)}


def _node_shapes(said: dict[str, dict[str, list[NamedNode | Literal]]]) -> Iterator[NodeShape]:
    targets = (SH["targetClass"].value, SH["targetSubjectsOf"].value, SH["targetObjectsOf"].value)
    nodes = {
        iri: own
        for iri, own in sorted(said.items())
        if iri.startswith(SHAPES) and SH["NodeShape"].value in {v.value for v in own.get(RDF["type"].value, ())}
    }
    users: dict[str, list[str]] = {}
    for iri, own in nodes.items():
        for prop in own.get(SH["property"].value, ()):
            users.setdefault(prop.value, []).append(iri.removeprefix(SHAPES))
    for iri, own in nodes.items():
        rules = [_rule(said, p.value, tuple(users[p.value])) for p in own.get(SH["property"].value, ())]
        yield NodeShape(
            name=iri.removeprefix(SHAPES),
            targets=tuple(sorted(v.value for target in targets for v in own.get(target, ()))),
            closed=any(v.value == "true" for v in own.get(SH["closed"].value, ())),
            message=_texts(own.get(SH["message"].value, ())),
            rules=tuple(rules),
        )


#: Told in a form of their own.
_TOLD = {RDF["type"].value, *(SH[name].value for name in ("path", "severity", "message"))}


def _rule(said: dict[str, dict[str, list[NamedNode | Literal]]], iri: str, shapes: tuple[str, ...]) -> Rule:
    own = said.get(iri, {})
    values = []
    for prop, found in sorted(own.items()):
        if prop not in _TOLD:
            texts = (
                curie(v.value) if isinstance(v, NamedNode) else v.value
                for v in found
                if isinstance(v, NamedNode) or v.datatype != _BLANK
            )
            # A constraint whose value is a structure is told by the message, and whole in the data.
            values.append((curie(prop), ", ".join(sorted(texts)) or "…"))
    return Rule(
        name=iri.removeprefix(SHAPES),
        on=tuple(dict.fromkeys(p for v in own.get(SH["path"].value, ()) for p in _path(said, v))),
        severity=next((v.value.rpartition("#")[2].lower() for v in own.get(SH["severity"].value, ())), "violation"),
        message=_texts(own.get(SH["message"].value, ())),
        shapes=shapes,
        values=tuple(values),
    )


def _path(said: dict[str, dict[str, list[NamedNode | Literal]]], step: NamedNode | Literal) -> Iterator[str]:
    """The properties that a path consists of."""
    if isinstance(step, NamedNode):
        if step != RDF["nil"]:
            yield step.value
        return
    for values in said.get(step.value, {}).values():
        for value in values:
            yield from _path(said, value)
