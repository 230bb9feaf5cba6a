"""What is written when a batch goes in, and when it is undone. Reads a store, writes to none."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches import history
from graph.batches.difference import Kept
from graph.batches.record import Record
from graph.errors import GraphError
from graph.ingest import provenance
from graph.store import Change, Readable
from graph.store.fingerprint import fingerprint, shifted
from graph.terms import node


@dataclass(frozen=True, slots=True)
class Plan:
    """One write: the change, the IRI of its PROV activity, and the source's graph with its fingerprint before and after
    it."""

    change: Change
    activity: str
    graph: str
    before: str
    after: str


def graph_iri(base: str, record: Record) -> str:
    """The named graph of the batch's source."""
    return f"{base}source/{record.source}"


def to_accept(
    store: Readable,
    record: Record,
    change: Kept,
    by: str,
    started: Literal,
    ended: Literal,
    generation: int,
    origins: dict[Quad, history.Origin],
) -> Plan:
    """The write that takes a batch in: the source's graph, what it no longer says as history, and the activity."""
    graph = NamedNode(graph_iri(store.base, record))
    before = fingerprint(store.quads(graph.value))
    known = frozenset(store.quads(store.base + "graph/provenance"))
    iri = provenance.batch_iri(store.base, record.source, record.files.values(), record.as_of)
    if any(quad.subject == NamedNode(iri) for quad in known):
        iri = provenance.batch_iri(store.base, record.source, record.files.values(), record.as_of, generation)
    assert record.outcome is not None
    rows = record.outcome.rows_by_file
    counted = {name: (sha256, rows.get(name, 0)) for name, sha256 in record.files.items()}
    said = provenance.describe(store.base, iri, graph, counted, by, started, ended)
    gone = history.superseded(
        change.removed, graph, NamedNode(iri), ended, history.first_of(known, graph, change.removed) | origins
    )
    whole = Change(change.removed, (frozenset(said) - known) | gone, (change.added,))
    after = shifted(before, change.removed, change.added.lines())
    return Plan(whole, iri, graph.value, before, after)


def to_withdraw(store: Readable, record: Record, change: Change, by: str, now: Literal, undo: str) -> Plan:
    """The write that undoes a batch: the source's graph, and its history, are exactly what they were before.

    What the batch had said does not become history of its records: most of what is withdrawn was brought by mistake.
    The provenance says that it was there, and ``past`` knows what was known meanwhile. Raises GraphError
    (``newer-there``) where anything of the source came after it.
    """
    graph = NamedNode(record.graph)
    current = frozenset(store.quads(graph.value))
    if fingerprint(current) != record.after:
        raise GraphError(
            "newer-there",
            f"The source '{record.title}' has changed since this batch: to undo it would undo that too.",
            "Withdraw the newer batches of this source first, the newest before the others; or bring the version that "
            "is to hold as a new batch.",
        )
    activity, undoing = NamedNode(record.activity), NamedNode(undo)
    own, agent = NamedNode(store.base + "graph/provenance"), NamedNode(provenance.agent_iri(store.base, by))
    known = frozenset(store.quads(own.value))
    kept = frozenset(store.quads(history.graph_of(graph).value))
    revived = history.ended_by(kept, activity)
    said = {
        Quad(s, p, o, own)
        for s, p, o in (
            (undoing, node("rdf:type"), node("prov:Activity")),
            (undoing, node("skos:prefLabel"), Literal(f"Batch withdrawn: {record.title}", language="en")),
            (undoing, node("prov:startedAtTime"), now),
            (undoing, node("prov:endedAtTime"), now),
            (undoing, node("prov:wasAssociatedWith"), agent),
            (undoing, node("prov:wasInformedBy"), activity),
            (agent, node("rdf:type"), node("foaf:Agent")),
            (agent, node("skos:prefLabel"), provenance.label(by)),
        )
    }
    after = (current - change.added) | change.removed
    whole = Change(change.added | revived, change.removed | (said - known))
    return Plan(whole, undo, graph.value, record.after, fingerprint(after))


def is_in(store: Readable, activity: str) -> bool:
    """Whether an activity is in the provenance graph: its write is kept or nothing of it is."""
    wanted = NamedNode(activity)
    return any(quad.subject == wanted for quad in store.quads(store.base + "graph/provenance"))
