"""What pySHACL, the reference, says of some nodes: the one border between rdflib's terms and ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import RDF, SH, XSD

from graph.model import Severity
from graph.shacl.screen import Term

_SEVERITIES = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}


@dataclass(frozen=True, slots=True)
class Finding:
    """One validation result (SHACL, section 3.6.2). ``path`` is the IRI of the property where the path is one, else
    empty: then the path is that of the shape. ``steps`` are all properties that the path names, in order. ``shape``
    is empty where the shape has no IRI. ``messages`` are by language, "" for none."""

    focus: Term
    severity: Severity
    component: str
    shape: str = ""
    path: str = ""
    steps: tuple[str, ...] = ()
    value: Term | None = None
    messages: Mapping[str, str] | None = None


def explain(
    quads: Iterable[ox.Quad], about: Iterable[Term], shapes: rdflib.Graph, vocabulary: rdflib.Graph
) -> Iterator[Finding]:
    """The results on the nodes ``about``, given ``quads``: all that the shapes may look at to judge them.

    Other nodes are judged too, perhaps wrongly, as their surroundings may be missing, and are left out.
    """
    graph = rdflib.Graph()
    for prefix, name in shapes.namespaces():
        # pySHACL reads queries without sh:prefixes with those of the data.
        graph.bind(prefix, name)
    for quad in quads:
        graph.add((_resource(quad.subject), rdflib.URIRef(quad.predicate.value), to_rdflib(quad.object)))
    # Not with pySHACL's own focus_nodes: it takes every value outside of them as conforming to a nested shape, so
    # that sh:node, sh:not and qualified counts come out wrong.
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=vocabulary, advanced=True, inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise TypeError(f"pySHACL gave no report: {report!r}")
    wanted = {to_rdflib(node) for node in about}
    for result in report.objects(None, SH.result):
        focus = report.value(result, SH.focusNode)
        if focus in wanted:
            yield _finding(report, result)


def _finding(report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    path, shape = report.value(result, SH.resultPath), report.value(result, SH.sourceShape)
    messages = [m for m in report.objects(result, SH.resultMessage) if isinstance(m, rdflib.Literal)]
    assert focus is not None
    return Finding(
        focus=to_ours(focus),
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity), Severity.VIOLATION),  # type: ignore[call-overload]
        component=str(report.value(result, SH.sourceConstraintComponent) or ""),
        shape=str(shape) if isinstance(shape, rdflib.URIRef) else "",
        path=str(path) if isinstance(path, rdflib.URIRef) and path != RDF.nil else "",
        steps=tuple(_steps(report, path)),
        value=None if value is None else to_ours(value),
        messages={m.language or "": str(m) for m in sorted(messages)},
    )


def _steps(report: rdflib.Graph, path: rdflib.term.Node | None) -> Iterator[str]:
    if isinstance(path, rdflib.URIRef):
        if path != RDF.nil:
            yield str(path)
    elif path is not None:
        for predicate in (SH.alternativePath, RDF.first, RDF.rest):
            for part in report.objects(path, predicate):
                yield from _steps(report, part)


def _resource(term: Term) -> rdflib.URIRef | rdflib.BNode:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    raise TypeError(f"No subject: {term!r}")


def to_rdflib(term: Term) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    """A term as rdflib has it. A triple as a term, which it does not have, becomes a blank node of its own."""
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype.value == str(XSD.string):
            # To rdflib a text with this type is another one than a plain text, such as shapes have.
            return rdflib.Literal(term.value)
        # Not normalised: what is validated is what is stored.
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    if isinstance(term, ox.Triple):
        return rdflib.BNode("t" + hashlib.sha256(str(term).encode()).hexdigest())
    return _resource(term)


def to_ours(term: rdflib.term.Node) -> Term:
    """A term of rdflib as pyoxigraph has it."""
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return (
            ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))
        )
    raise TypeError(f"No term: {term!r}")
