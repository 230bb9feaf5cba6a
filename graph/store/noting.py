"""Who wrote what and when, as PROV-O: what goes in with every write that is no batch. Pure."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from graph.terms import node


def note_of(base: str, agent: str, name: str, what: str, now: datetime, *, validated: bool) -> str:
    """One activity in the graph ``{base}graph/provenance``, as N-Quads.

    ``agent`` is the IRI of who wrote and ``name`` what they are called; ``what`` says in words what was done, and to
    which graph: a link to a graph would make one that was removed a thing that something is said of.
    """
    activity = NamedNode(f"{base}write/{secrets.token_hex(8)}")
    who = NamedNode(agent)
    at = Literal(now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=node("xsd:dateTime"))
    triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (activity, node("rdf:type"), node("prov:Activity")),
        (activity, node("skos:prefLabel"), Literal(what, language="en")),
        (activity, node("prov:startedAtTime"), at),
        (activity, node("prov:endedAtTime"), at),
        (activity, node("prov:wasAssociatedWith"), who),
        (activity, node("cg:validated"), Literal(validated)),
        (who, node("rdf:type"), node("foaf:Agent")),
        (who, node("skos:prefLabel"), Literal(name, language="en")),
    ]
    own = NamedNode(base + "graph/provenance")
    return "".join(f"{Quad(s, p, o, own)} .\n" for s, p, o in triples)
