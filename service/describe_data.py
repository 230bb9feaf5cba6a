"""The data of one thing as a document that says what it is: statements of and about the thing, within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.errors import NotAcceptable
from graph.store import Store
from graph.terms import PREFIXES
from service import describe_jsonld
from service.describe_jsonld import Context
from service.describe_terms import CG, DCTERMS, FOAF, RDF, RDFS

JSON_LD = "application/ld+json"
#: Formats of data by the suffix of the address; ``json`` is JSON-LD that carries its context in itself.
FORMATS: dict[str, tuple[str, ox.RdfFormat]] = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "jsonld": (JSON_LD, ox.RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "json": (JSON_LD, ox.RdfFormat.JSON_LD),
}
#: What people call them.
FORMAT_NAMES = {"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples", "json": "JSON"}
#: Media type -> suffix, in the order in which a program that takes any of them gets one.
SUFFIX_BY_MEDIA_TYPE = {
    "text/turtle": "ttl",
    JSON_LD: "jsonld",
    "application/json": "json",
    "application/rdf+xml": "rdf",
    "application/n-triples": "nt",
}

#: More statements than these of the thing itself, or about it, are a query or a download.
MOST_OF, MOST_ABOUT = 20_000, 5_000

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: The end of an IRI that can be the name of an XML element.
_ELEMENT = re.compile(r"[^\W\d][\w.·-]*$")

Triples = list[Triple]


def exists(store: Store, iri: str) -> bool:
    """Whether anything is said of an IRI, as subject or as object."""
    term = NamedNode(iri)
    return bool(store.query(f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?q {term} }} }}"))


@dataclass(frozen=True, slots=True)
class Data:
    """What is said of a thing and of its own fragments (``of``), what refers to it (``about``), and a sentence where
    there is more than that."""

    of: tuple[Triple, ...]
    about: tuple[Triple, ...]
    note: str = ""


def data_of(store: Store, iri: str, most_of: int = MOST_OF, most_about: int = MOST_ABOUT) -> Data:
    """All triples with the IRI as subject or object, and what its fragments (period, quotation, position) say."""
    term = NamedNode(iri)
    own = f"FILTER(isBlank(?s) || STRSTARTS(STR(?s), {Literal(iri + '#')}))"
    of = [
        *_some(store, f"BIND({term} AS ?s) ?s ?p ?o", most_of + 1),
        *_some(store, f"{term} ?q ?s {own} ?s ?p ?o", most_of + 1),
    ]
    about = _some(store, f"BIND({term} AS ?o) ?s ?p ?o FILTER(?s != {term})", most_about + 1)
    notes = []
    if len(of) > most_of:
        notes.append(f"the first {most_of} statements of the thing itself")
    if len(about) > most_about:
        notes.append(f"the first {most_about} statements that refer to it")
    note = f"Not all of it: {' and '.join(notes)}. The rest can be asked for with SPARQL." if notes else ""
    return Data(_sorted(of[:most_of], iri), _sorted(about[:most_about], iri), note)


def _some(store: Store, where: str, most: int) -> Triples:
    result = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SELECT DISTINCT ?s ?p ?o {{ {where} }} LIMIT {most} }}")
    assert not isinstance(result, ox.QuerySolutions | ox.QueryBoolean)
    return list(result)


def _sorted(triples: Triples, iri: str) -> tuple[Triple, ...]:
    """In one order at all times, the thing before its fragments and those before others."""

    def rank(triple: Triple) -> tuple[bool, bool, str]:
        subject = triple.subject.value if isinstance(triple.subject, NamedNode) else ""
        return subject != iri, not subject.startswith(iri + "#"), str(triple)

    return tuple(sorted(set(triples), key=rank))


def document_of(address: str, iri: str, data: Data, generation: int, dataset: str) -> tuple[Triple, ...]:
    """What the document at ``address`` says of itself, then the data."""
    this = NamedNode(address)
    head = [
        Triple(this, RDF["type"], FOAF["Document"]),
        Triple(this, FOAF["primaryTopic"], NamedNode(iri)),
        Triple(this, DCTERMS["isPartOf"], NamedNode(dataset)),
        Triple(this, CG["generation"], Literal(generation)),
    ]
    if data.note:
        head.append(Triple(this, RDFS["comment"], Literal(data.note, language="en")))
    return (*head, *data.of, *data.about)


def serialise(
    triples: tuple[Triple, ...],
    suffix: str,
    context: Context,
    context_address: str,
    prefixes: Mapping[str, str] = PREFIXES,
) -> bytes:
    """A document in the format of a suffix. Raises NotAcceptable where the format cannot carry the data."""
    _, form = FORMATS[suffix]
    if form is ox.RdfFormat.JSON_LD:
        try:
            return describe_jsonld.document(triples, context, context_address if suffix == "jsonld" else None)
        except describe_jsonld.NotExpressible as error:
            raise _cannot("JSON-LD", str(error)) from None
    if form is ox.RdfFormat.RDF_XML:
        for triple in triples:
            # The serialiser does not look; what it would write is no XML.
            if not _ELEMENT.search(triple.predicate.value):
                raise _cannot("RDF/XML", triple.predicate.value)
            if isinstance(triple.object, Literal) and _NOT_XML.search(triple.object.value):
                raise _cannot("RDF/XML", "a control character")
    return ox.serialize(triples, format=form, prefixes=_used(triples, prefixes)) or b""


def _cannot(form: str, what: str) -> NotAcceptable:
    return NotAcceptable(
        "not-acceptable", f"These data cannot be written as {form}: it has no way to say {what[:200]}.", "Take Turtle."
    )


def _used(triples: tuple[Triple, ...], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that occur, the longest namespace of nested ones too."""
    iris = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, NamedNode):
                iris.add(term.value)
            elif isinstance(term, Literal):
                iris.add(term.datatype.value)
            elif not isinstance(term, BlankNode):
                return dict(prefixes)
    return {name: ns for name, ns in prefixes.items() if any(iri.startswith(ns) for iri in iris)}
