"""One statement, and how it is written as RDF. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.provenance import label
from graph.ingest.values import partial_date
from graph.terms import CODE, node

#: What can be stated.
ABSENCE, NOT_NEEDED, COMPLETE, CONFIRM = KINDS = ("absence", "not-needed", "complete", "confirm")
#: The source that they are kept as, under the base of the installation.
SOURCE = "source/statements"

_TYPE, _PREF = node("rdf:type"), node("skos:prefLabel")
_THEME, _PLACE, _ABSENT, _CONFIRMS = node("cg:theme"), node("cg:place"), node("cg:absence"), node("cg:confirms")
_WHO, _DAY, _NOTE, _IN = node("dcterms:creator"), node("cg:statedOn"), node("cg:basisNote"), node("dcterms:source")
_CLASSES: Mapping[str, tuple[str, NamedNode]] = {
    ABSENCE: ("absence", node("cg:AbsenceStatement")),
    NOT_NEEDED: ("absence", node("cg:AbsenceStatement")),
    COMPLETE: ("completeness", node("cg:CompletenessStatement")),
    CONFIRM: ("confirmation", node("cg:Confirmation")),
}
_ABSENCES = {ABSENCE: NamedNode(f"{CODE}absence/nobody"), NOT_NEEDED: NamedNode(f"{CODE}absence/not-needed")}
_CALLED = (Literal("Statements recorded here", language="en"), Literal("Записанные здесь утверждения", language="ru"))


@dataclass(frozen=True, slots=True)
class Said:
    """``say`` is one of KINDS. ``themes`` and ``places`` are IRIs, or, of a confirmation, ``engagements`` are. ``who``
    is a name, ``day`` a year, month or day in ISO form, ``source`` the IRI of a document or web page, or empty where
    ``who`` said so."""

    say: str
    who: str
    day: str
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    engagements: tuple[str, ...] = ()
    source: str = ""
    note: str = ""

    def iri(self, base: str) -> str:
        """The same statement has the same IRI, whoever records it and whenever."""
        digest = hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()[:16]
        return f"{base}{_CLASSES[self.say][0]}/statements/{digest}"


def to_quads(said: Said, base: str) -> frozenset[Quad]:
    """The record of a statement; of a confirmation also its day, said of each engagement.

    That day is what questions look at. It stands in this graph, so what the source of an engagement says of it stays
    as it is.
    """
    me, graph = NamedNode(said.iri(base)), NamedNode(base + SOURCE)
    day = partial_date(said.day)
    assert isinstance(day, Literal), "a day is read before it is stated"
    triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (me, _TYPE, _CLASSES[said.say][1]),
        (me, _WHO, Literal(said.who)),
        (me, _DAY, day),
        (me, node("cg:basis"), NamedNode(f"{CODE}basis/stated")),
        *((me, _THEME, NamedNode(iri)) for iri in said.themes),
        *((me, _PLACE, NamedNode(iri)) for iri in said.places),
    ]
    if said.say in _ABSENCES:
        triples.append((me, _ABSENT, _ABSENCES[said.say]))
    for iri in said.engagements:
        triples += [(me, _CONFIRMS, NamedNode(iri)), (NamedNode(iri), _DAY, day)]
    if said.source:
        triples.append((me, _IN, NamedNode(said.source)))
    if said.note:
        triples.append((me, _NOTE, label(said.note)))
    return frozenset(Quad(s, p, o, graph) for s, p, o in triples)


def description(base: str) -> frozenset[Quad]:
    """How the source describes itself, as every source does in its own graph."""
    graph = NamedNode(base + SOURCE)
    called = {Quad(graph, _PREF, name, graph) for name in _CALLED}
    return frozenset({Quad(graph, _TYPE, node("cg:Source"), graph), *called})


def from_quads(quads: Iterable[Quad]) -> Iterator[tuple[str, Said]]:
    """The statements that quads describe, each with its IRI; what is no statement is passed over."""
    found: dict[str, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            found[quad.subject.value][quad.predicate].append(quad.object)
    for iri in sorted(found):
        about = found[iri]
        say = _kind(about)
        if say:
            text = {name: min(value.value for value in values) for name, values in about.items()}
            several = {name: tuple(sorted(value.value for value in values)) for name, values in about.items()}
            yield (
                iri,
                Said(
                    say,
                    text.get(_WHO, ""),
                    text.get(_DAY, ""),
                    several.get(_THEME, ()),
                    several.get(_PLACE, ()),
                    several.get(_CONFIRMS, ()),
                    text.get(_IN, ""),
                    text.get(_NOTE, ""),
                ),
            )


def _kind(about: Mapping[NamedNode, list[Any]]) -> str:
    classes, absent = about.get(_TYPE, ()), about.get(_ABSENT, ())
    for say in KINDS:
        if _CLASSES[say][1] in classes and (say not in _ABSENCES or _ABSENCES[say] in absent):
            return say
    return ""
