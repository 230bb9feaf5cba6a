"""What a new version of a source leaves as it was: origins of records that it says again unchanged, statements that no
table can say, the source's own name. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from graph.ingest.marks import Line
from graph.ingest.messages import fault
from graph.model import Severity, ValidationResult
from graph.terms import node

#: Says where a record stood in its file.
ORIGIN = node("prov:wasDerivedFrom")
_TYPE = node("rdf:type")
_EVIDENCE = "/evidence/"


@dataclass(frozen=True, slots=True)
class Kept:
    """The statements that stay, and what is to be told of those that cannot."""

    quads: frozenset[Quad]
    faults: tuple[ValidationResult, ...]


def owner(quad: Quad) -> str:
    """What a statement belongs to: the record that its subject's IRI begins with; a blank node is its own."""
    subject = quad.subject
    return subject.value.partition("#")[0] if isinstance(subject, NamedNode) else str(subject)


def keep_origins(before: AbstractSet[Quad], after: AbstractSet[Quad]) -> AbstractSet[Quad]:
    """``after``, where each record of which nothing else changed keeps the origin that it had: the row that said so
    first. A record has changed too where a quotation that it rests on has."""
    if not before:
        return after
    # Of a large source that comes again most is the same: only what differs is looked at by record.
    gone, new = [{quad for quad in one if quad not in other} for one, other in ((before, after), (after, before))]
    differ = {owner(quad) for quad in chain(gone, new) if quad.predicate != ORIGIN}
    moved = {owner(quad) for quad in chain(gone, new)} - differ
    if not moved:
        return after
    # It may have come or gone with nothing but an origin.
    for one in (before, after):
        moved &= {record for quad in one if (record := owner(quad)) in moved}
    there = {record for quad in after if _EVIDENCE in (record := owner(quad))} - differ
    for quad in after:
        if isinstance(quad.object, NamedNode) and _EVIDENCE in quad.object.value and quad.predicate != ORIGIN:
            evidence = quad.object.value.partition("#")[0]
            if evidence not in there:
                moved.discard(owner(quad))
    out = {quad for quad in new if owner(quad) in moved}
    return (after - out) | {quad for quad in gone if owner(quad) in moved}


def statements(lines: Iterable[Line], before: frozenset[Quad], graph: NamedNode) -> Kept:
    """The statements of lines that the source makes now. Such lines keep what is there; they add nothing."""
    quads: set[Quad] = set()
    faults: list[ValidationResult] = []
    for line in lines:
        try:
            found = list(parse(line.text.encode(), format=RdfFormat.N_TRIPLES))
        except (SyntaxError, ValueError):
            found = []
        if len(found) != 1:
            faults.append(fault("unreadable-statement", line.ref, value=line.text))
            continue
        quad = Quad(found[0].subject, found[0].predicate, found[0].object, graph)
        if quad in before:
            quads.add(quad)
        else:
            faults.append(fault("statement-gone", line.ref, value=line.text, severity=Severity.WARNING))
    return Kept(frozenset(quads), tuple(faults))


def with_their_records(kept: frozenset[Quad], said: AbstractSet[Quad], before: frozenset[Quad]) -> frozenset[Quad]:
    """Those of ``kept`` whose record is still there. What belongs to a record goes with it."""
    typed_before = {owner(quad) for quad in before if quad.predicate == _TYPE}
    while True:
        there = {owner(quad) for quad in (*said, *kept) if quad.predicate == _TYPE}
        named = {str(quad.object) for quad in (*said, *kept) if isinstance(quad.object, BlankNode)}
        left = frozenset(
            quad
            for quad in kept
            if ((record := owner(quad)) in there or record not in typed_before)
            # A blank node is part of what points to it, where anything did.
            and (not isinstance(quad.subject, BlankNode) or record in named or not _pointed_to(record, before))
        )
        if left == kept:
            return kept
        kept = left


def _pointed_to(node_id: str, before: frozenset[Quad]) -> bool:
    return any(isinstance(quad.object, BlankNode) and str(quad.object) == node_id for quad in before)


def name_of_source(before: Iterable[Quad], graph: NamedNode, given: Literal, slug: str) -> frozenset[Literal]:
    """What the source is called: as it was given, or, where that is no more than its code, as it was called so far."""
    known = frozenset(
        quad.object
        for quad in before
        if quad.subject == graph and quad.predicate == node("skos:prefLabel") and isinstance(quad.object, Literal)
    )
    return known if known and given.value == slug else frozenset({given})
