"""A report as RDF: ``sh:ValidationReport`` (SHACL, section 3.6). Pure.

What SHACL found keeps its own words. A fault that table layouts found has the layout's rule as its constraint
component, and the row or file as its focus node, by its IRI (RFC 7111): nothing else is there to speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, SH

from graph.model import CellRef, Severity, ValidationReport, ValidationResult
from graph.shacl.explain import to_ours
from graph.terms import NS, PREFIXES, RULES, node

#: Those of a report, for the formats that have them.
REPORT_PREFIXES = {
    name: PREFIXES[name] for name in ("cg", "dcterms", "foaf", "org", "prov", "rdf", "schema", "sh", "skos", "xsd")
} | {"shape": NS.removesuffix("#") + "/shapes#", "rule": RULES}
_SEVERITIES = {
    Severity.VIOLATION: node("sh:Violation"),
    Severity.WARNING: node("sh:Warning"),
    Severity.INFO: node("sh:Info"),
}

#: The IRI of a row, or of a file where the row is 0.
Locate = Callable[[CellRef], str]


def component_of(result: ValidationResult) -> str:
    """The IRI of what was broken: a constraint component of SHACL, or a rule of the table layouts."""
    return result.component or RULES + result.rule


def to_triples(report: ValidationReport, shapes: rdflib.Graph, locate: Locate | None = None) -> Iterator[ox.Triple]:
    """The triples of a report, in its order. ``shapes`` tells the paths that are more than one property."""
    whole = ox.BlankNode("validationReport")
    yield ox.Triple(whole, node("rdf:type"), node("sh:ValidationReport"))
    # SHACL counts warnings too; whether a batch may go in is another question.
    yield ox.Triple(whole, node("sh:conforms"), ox.Literal(not report.results))
    for number, result in enumerate(report.results, 1):
        it = ox.BlankNode(f"validationResult{number}")
        yield ox.Triple(whole, node("sh:result"), it)
        yield from _result(it, result, shapes, locate)


def _result(
    it: ox.BlankNode, result: ValidationResult, shapes: rdflib.Graph, locate: Locate | None
) -> Iterator[ox.Triple]:
    place = locate(result.ref) if locate is not None and result.ref is not None else ""
    yield ox.Triple(it, node("rdf:type"), node("sh:ValidationResult"))
    yield ox.Triple(it, node("sh:focusNode"), _focus(result.focus, place or RULES + result.rule))
    yield ox.Triple(it, node("sh:resultSeverity"), _SEVERITIES[result.severity])
    yield ox.Triple(it, node("sh:sourceConstraintComponent"), ox.NamedNode(component_of(result)))
    if result.component and result.rule:
        yield ox.Triple(it, node("sh:sourceShape"), ox.NamedNode(result.rule))
    path = shapes.value(rdflib.URIRef(result.rule), SH.path)
    if result.path:
        yield ox.Triple(it, node("sh:resultPath"), ox.NamedNode(result.path))
    elif path is not None:
        name, structure = _copy(shapes, path, f"{it.value}path")
        yield ox.Triple(it, node("sh:resultPath"), name)
        yield from structure
    if result.term or result.value:
        yield ox.Triple(it, node("sh:value"), _term(result.term) if result.term else ox.Literal(result.value))
    for language, sentence in sorted(result.message.items()):
        yield ox.Triple(it, node("sh:resultMessage"), ox.Literal(sentence, language=language))
    if place:
        yield ox.Triple(it, node("prov:wasDerivedFrom"), ox.NamedNode(place))


def _focus(text: str, otherwise: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    """The focus node: an IRI, or what is no IRI as N-Triples write it."""
    if text.startswith(("_:", '"', "<")):
        return _term(text)
    return ox.NamedNode(text or otherwise)


def _term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    """A term from N-Triples."""
    line = f"<urn:s> <urn:p> {text} ."
    (quad,) = ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS)
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple = quad.object
    return term


def _copy(
    shapes: rdflib.Graph, part: rdflib.term.Node, name: str
) -> tuple[ox.NamedNode | ox.BlankNode, list[ox.Triple]]:
    """A path (section 2.3.1) of a shapes graph, its blank nodes named anew."""
    if not isinstance(part, rdflib.BNode):
        ours = to_ours(part)
        assert isinstance(ours, ox.NamedNode)
        return ours, []
    it = ox.BlankNode(name)
    triples: list[ox.Triple] = []
    for number, (predicate, value) in enumerate(sorted(shapes.predicate_objects(part))):
        if predicate == RDF.type:
            continue
        inner, more = _copy(shapes, value, f"{name}x{number}")
        triples += [ox.Triple(it, ox.NamedNode(str(predicate)), inner), *more]
    return it, triples
