"""Who brought in what and when, as PROV-O: one activity a batch. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from graph.terms import node, slug

Clock = Callable[[], datetime]


def batch_iri(base: str, source: str, hashes: Iterable[str], as_of: str, after: int | None = None) -> str:
    """The same source, files and day make the same batch. ``after`` is the generation, for a source that returns to
    an earlier state: that is another activity at another time."""
    seed = json.dumps([source, sorted(hashes), as_of, *([after] if after is not None else [])])
    return f"{base}batch/{hashlib.sha256(seed.encode()).hexdigest()[:16]}"


def instant(clock: Clock) -> Literal:
    """Now, as an ``xsd:dateTime`` in UTC to the second. A clock without a time zone raises ValueError."""
    now = clock()
    if now.tzinfo is None:
        raise ValueError("The clock must tell its time zone.")
    text = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Literal(text, datatype=node("xsd:dateTime"))


def agent_iri(base: str, by: str) -> str:
    """The agent that a name stands for. A name without Latin letters is hashed."""
    return f"{base}agent/{slug(by) or hashlib.sha256(by.encode()).hexdigest()[:12]}"


def label(text: str) -> Literal:
    """A name that somebody typed, with the language that its letters suggest: labels carry one."""
    return Literal(text, language="ru" if re.search("[\u0400-\u04ff]", text) else "en")


def describe(
    base: str,
    batch: str,
    source: NamedNode,
    files: Mapping[str, tuple[str, int]],
    by: str,
    started: Literal,
    ended: Literal,
) -> tuple[Quad, ...]:
    """The quads of one batch in the graph ``{base}graph/provenance``. ``files`` is name -> (SHA-256, rows)."""
    graph, activity, agent = NamedNode(base + "graph/provenance"), NamedNode(batch), NamedNode(agent_iri(base, by))
    triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (activity, node("rdf:type"), node("prov:Activity")),
        (activity, node("rdf:type"), node("cg:Batch")),
        (activity, node("prov:startedAtTime"), started),
        (activity, node("prov:endedAtTime"), ended),
        (activity, node("prov:wasAssociatedWith"), agent),
        (activity, node("prov:generated"), source),
        (activity, node("cg:rowCount"), Literal(sum(rows for _, rows in files.values()))),
        (source, node("prov:wasGeneratedBy"), activity),
        (agent, node("rdf:type"), node("foaf:Agent")),
        (agent, node("skos:prefLabel"), label(by)),
    ]
    for name, (sha256, rows) in sorted(files.items()):
        file = NamedNode(f"{base}file/{sha256}")
        triples += [
            (activity, node("prov:used"), file),
            (file, node("rdf:type"), node("prov:Entity")),
            (file, node("cg:fileName"), Literal(name)),
            (file, node("cg:sha256"), Literal(sha256)),
            (file, node("cg:rowCount"), Literal(rows)),
        ]
    return tuple(Quad(s, p, o, graph) for s, p, o in triples)
