"""One gap as RDF: what it is about, why it is one, how it was weighed, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Triple

from graph.gaps.book import CLOSED, OPENED, Event
from graph.gaps.chronicle import open_since
from graph.gaps.filters import iris
from graph.model import Gap, GapKind, Thing
from service.describe_data import Data
from service.describe_terms import CG, DCTERMS, PROV, RDF, SKOS, XSD

#: What a gap is about, by the kind of thing; everything else is its subject.
_ABOUT = {"theme": CG["theme"], "place": CG["place"], "organisation": CG["partner"]}
_DECIMAL = XSD["decimal"]


def gap_data(iri: str, kind: GapKind, told: Mapping[str, Gap], history: Sequence[Event]) -> Data:
    """``told`` is the gap by language where it is open now, else empty: then it is as it last was."""
    gap = NamedNode(iri)
    of = [*_said(gap, kind, told, history), *_weighed(gap, kind, told, history), *_happened(gap, history)]
    return Data(tuple(dict.fromkeys(of)), ())


def _said(gap: NamedNode, kind: GapKind, told: Mapping[str, Gap], history: Sequence[Event]) -> Iterator[Triple]:
    yield Triple(gap, RDF["type"], CG["Gap"])
    yield Triple(gap, CG["gapKind"], Literal(kind.name))
    yield Triple(gap, CG["open"], Literal(bool(told)))
    for lang, title in kind.title.items():
        yield Triple(gap, DCTERMS["title"], Literal(title, language=lang))
    reasons = {lang: one.reason for lang, one in told.items()} or (dict(history[-1].reason) if history else {})
    remedies = {lang: one.remedy for lang, one in told.items()} or (dict(history[-1].remedy) if history else {})
    for lang, text in reasons.items():
        yield Triple(gap, DCTERMS["description"], Literal(text, language=lang))
    for lang, text in remedies.items():
        yield Triple(gap, CG["remedy"], Literal(text, language=lang))
    for one in list(told.values())[:1]:
        for name in kind.subject:
            kind_of = value.kind if isinstance(value := one.subjects[name], Thing) else ""
            for about in iris(value):
                yield Triple(gap, _ABOUT.get(kind_of, DCTERMS["subject"]), NamedNode(about))
        yield Triple(gap, CG["query"], Literal(one.query))
        for evidence in one.evidence:
            yield Triple(gap, PROV["hadPrimarySource"], NamedNode(evidence.iri))
    if not told and history:
        for about in history[-1].subjects:
            yield Triple(gap, DCTERMS["subject"], NamedNode(about))


def _weighed(gap: NamedNode, kind: GapKind, told: Mapping[str, Gap], history: Sequence[Event]) -> Iterator[Triple]:
    one = next(iter(told.values()), None)
    if one is None and not history:
        return
    severity, terms = (one.severity, one.severity_terms) if one else (history[-1].severity, history[-1].terms)
    yield Triple(gap, CG["severity"], _decimal(severity))
    for term in kind.severity:
        if term.name not in terms:
            continue
        node = NamedNode(f"{gap.value}#severity-{term.name}")
        yield Triple(gap, CG["severityTerm"], node)
        yield Triple(node, SKOS["notation"], Literal(term.name))
        yield Triple(node, CG["value"], _decimal(terms[term.name]))
        yield Triple(node, CG["weight"], _decimal(term.weight))
        for lang, text in term.about.items():
            yield Triple(node, DCTERMS["description"], Literal(text, language=lang))


def _happened(gap: NamedNode, history: Sequence[Event]) -> Iterator[Triple]:
    # Of one that was there when history began nobody knows since when.
    if (since := open_since(tuple(history))) is not None and since.what == OPENED:
        yield Triple(gap, PROV["generatedAtTime"], _time(since.at))
    if history and history[-1].what == CLOSED:
        yield Triple(gap, PROV["invalidatedAtTime"], _time(history[-1].at))
    for event in history:
        node = NamedNode(event.iri)
        yield Triple(gap, CG["gapEvent"], node)
        yield Triple(node, RDF["type"], PROV["InstantaneousEvent"])
        yield Triple(node, CG["change"], Literal(event.what))
        yield Triple(node, PROV["atTime"], _time(event.at))
        yield Triple(node, CG["generation"], Literal(event.generation))
        yield Triple(node, CG["severity"], _decimal(event.severity))
        for lang, text in event.reason.items():
            yield Triple(node, DCTERMS["description"], Literal(text, language=lang))


def _decimal(number: float) -> Literal:
    return Literal(str(round(number, 3)), datatype=_DECIMAL)


def _time(text: str) -> Literal:
    return Literal(text, datatype=XSD["dateTime"])
