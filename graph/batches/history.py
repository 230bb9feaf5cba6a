"""What a source no longer says: kept in a graph of its own, as statements about statements. Pure.

Each statement that a new version takes back is a ``cg:SupersededStatement`` in ``{base}graph/history/<source>``:
``rdf:subject``, ``rdf:predicate``, ``rdf:object``, the source (``dcterms:source``), the batch that ended it and when
(``prov:wasInvalidatedBy``, ``prov:invalidatedAtTime``), and the batch that stated it where that is known for certain
(``prov:wasGeneratedBy``, ``prov:generatedAtTime``). As the statement itself is in no graph any more, no question takes
it for current; ``graph/questions/history-of.rq`` asks for it, and ``past`` puts the data together as they were.

Where a record stands in its file (``prov:wasDerivedFrom``) is left out: another file moves all rows and nothing is said
anew. The files themselves are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches.difference import ORIGIN
from graph.terms import node

#: Who said it: activity and time.
Origin = tuple[NamedNode, Literal]


def graph_of(source: NamedNode) -> NamedNode:
    """The graph of a source's history: ``{base}source/x`` -> ``{base}graph/history/x``."""
    base, _, name = source.value.rpartition("source/")
    return NamedNode(f"{base}graph/history/{name}")


def superseded(
    gone: Iterable[Quad], source: NamedNode, ended_by: NamedNode, at: Literal, origins: Mapping[Quad, Origin]
) -> frozenset[Quad]:
    """The quads that remember what was taken out of a source's graph."""
    graph = graph_of(source)
    base = source.value.rpartition("source/")[0]
    found: list[Quad] = []
    for quad in gone:
        if quad.predicate == ORIGIN:
            continue
        name = hashlib.sha256(f"{ended_by.value} {quad}".encode()).hexdigest()[:24]
        about = NamedNode(f"{base}superseded/{name}")
        said = [
            (node("rdf:type"), node("cg:SupersededStatement")),
            (node("rdf:subject"), quad.subject),
            (node("rdf:predicate"), quad.predicate),
            (node("rdf:object"), quad.object),
            (node("dcterms:source"), source),
            (node("prov:wasInvalidatedBy"), ended_by),
            (node("prov:invalidatedAtTime"), at),
        ]
        if (origin := origins.get(quad)) is not None:
            said += [(node("prov:wasGeneratedBy"), origin[0]), (node("prov:generatedAtTime"), origin[1])]
        found += [Quad(about, prop, value, graph) for prop, value in said]
    return frozenset(found)


def first_of(known: Iterable[Quad], graph: NamedNode, before: Iterable[Quad]) -> dict[Quad, Origin]:
    """Who made the statements of a source that only one batch has ever brought in: that one did."""
    made = {q.subject for q in known if q.predicate == node("prov:generated") and q.object == graph}
    if len(made) != 1:
        return {}
    activity = made.pop()
    at = next((q.object for q in known if q.subject == activity and q.predicate == node("prov:endedAtTime")), None)
    if not isinstance(activity, NamedNode) or not isinstance(at, Literal):
        return {}
    return dict.fromkeys(before, (activity, at))


def ended_by(history: Iterable[Quad], activity: NamedNode) -> frozenset[Quad]:
    """What one activity added to a history: goes when that is undone."""
    quads = frozenset(history)
    mine = {q.subject for q in quads if q.predicate == node("prov:wasInvalidatedBy") and q.object == activity}
    return frozenset(quad for quad in quads if quad.subject in mine)
