"""Recording a statement, and taking it back. Reads a store; makes changes, and writes none."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches import history
from graph.errors import GraphError
from graph.ingest import provenance
from graph.statements.book import Book, Recorded
from graph.statements.said import SOURCE, Said, description, to_quads
from graph.store import Change, Readable
from graph.terms import node


def record(store: Readable, said: Said, *, by: str, clock: provenance.Clock) -> tuple[str, Change]:
    """The statement's IRI and the write that keeps it; an empty one where the same is stated already.

    ``by`` is who records it, which need not be who says so. Nothing that was there is changed.
    """
    iri = said.iri(store.base)
    present = frozenset(store.quads(store.base + SOURCE))
    if any(quad.subject == NamedNode(iri) for quad in present):
        return iri, Change()
    source = NamedNode(store.base + SOURCE)
    told = _activity(store, "Statement recorded", iri, by, provenance.instant(clock))
    activity = _subject(told)
    own = NamedNode(store.base + "graph/provenance")
    told |= {Quad(activity, node("prov:generated"), made, own) for made in (NamedNode(iri), source)}
    added = to_quads(said, store.base) | description(store.base)
    return iri, Change(added=(added - present) | _new(store, told))


def withdraw(store: Readable, iri: str, *, by: str, clock: provenance.Clock) -> Change:
    """The write that takes a statement back: the graph is as if it had never been, and history keeps it.

    Others stand, whenever they were recorded. Raises GraphError (``not-found``, ``undone-already``).
    """
    book = Book.of_store(store)
    iri = book.iri_of(iri)
    found = next((one for one in book.standing if one.iri == iri), None)
    if found is None:
        earlier = max(one.withdrawn for one in book.withdrawn if one.iri == iri)
        raise GraphError("undone-already", f"That statement was withdrawn on {earlier}.")
    source = NamedNode(store.base + SOURCE)
    present = frozenset(store.quads(source.value))
    gone = _gone(found, book, present, store.base)
    now = provenance.instant(clock)
    told = _activity(store, "Statement withdrawn", iri, by, now)
    undoing = _subject(told)
    origin: history.Origin | None = None
    if found.activity:
        own = NamedNode(store.base + "graph/provenance")
        told |= {Quad(undoing, node("prov:wasInformedBy"), NamedNode(found.activity), own)}
        origin = NamedNode(found.activity), Literal(found.at, datatype=node("xsd:dateTime"))
    remembered = gone - description(store.base)
    kept = history.superseded(remembered, source, undoing, now, dict.fromkeys(remembered, origin) if origin else {})
    kept -= frozenset(store.quads(history.graph_of(source).value))
    return Change(removed=gone, added=kept | _new(store, told))


def _gone(found: Recorded, book: Book, present: frozenset[Quad], base: str) -> frozenset[Quad]:
    """What leaves the graph with a statement: its record, days that no other one confirms, and, with the last, the
    description of the source."""
    me = NamedNode(found.iri)
    others = [to_quads(one.said, base) for one in book.standing if one.iri != found.iri]
    stays = frozenset().union(*others)
    gone = frozenset(quad for quad in present if quad.subject == me) | (to_quads(found.said, base) & present)
    return (gone - stays) | (frozenset() if others else description(base) & present)


def _activity(store: Readable, what: str, iri: str, by: str, now: Literal) -> frozenset[Quad]:
    """That somebody did something now. Its IRI is of its own: the same statement may be recorded again."""
    own, agent = NamedNode(store.base + "graph/provenance"), NamedNode(provenance.agent_iri(store.base, by))
    stamp = "".join(char for char in now.value if char.isdigit())
    done = what.rpartition(" ")[2]
    activity = NamedNode(f"{store.base}write/{done}-{iri.rpartition('/')[2]}-{stamp}")
    return frozenset(
        Quad(s, p, o, own)
        for s, p, o in (
            (activity, node("rdf:type"), node("prov:Activity")),
            (activity, node("skos:prefLabel"), Literal(what, language="en")),
            (activity, node("prov:startedAtTime"), now),
            (activity, node("prov:endedAtTime"), now),
            (activity, node("prov:wasAssociatedWith"), agent),
            (agent, node("rdf:type"), node("foaf:Agent")),
            (agent, node("skos:prefLabel"), provenance.label(by)),
        )
    )


def _subject(told: frozenset[Quad]) -> NamedNode:
    found = next(quad.subject for quad in told if quad.predicate == node("prov:endedAtTime"))
    assert isinstance(found, NamedNode)
    return found


def _new(store: Readable, told: frozenset[Quad]) -> frozenset[Quad]:
    return told - frozenset(store.quads(store.base + "graph/provenance"))
