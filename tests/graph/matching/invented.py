"""Known things for the tests: organisations of no existence, beside the reference data's places."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.reference import load_reference
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, node

GRAPH = NamedNode(f"{DEFAULT_BASE}source/test")


def reference() -> list[Quad]:
    store = EmbeddedStore()
    load_reference(store)
    return list(store.quads())


def iri(name: str, kind: str = "organisation") -> str:
    return f"{DEFAULT_BASE}{kind}/{name}"


def thing(name: str, *labels: str, kind: str = "organisation", **more: Iterable[str]) -> list[Quad]:
    """A thing with a preferred label, alternative ones, and codes (``codes=``), hidden labels (``hidden=``)."""
    it = NamedNode(iri(name, kind))
    classes = {"organisation": "org:FormalOrganization", "person": "foaf:Person", "theme": "cg:Theme"}
    said = [(node("rdf:type"), node(classes[kind]))]
    preferred, *others = labels
    texts = [("skos:prefLabel", preferred), *(("skos:altLabel", text) for text in others)]
    texts += [("skos:hiddenLabel", text) for text in more.get("hidden", ())]
    quads = [Quad(it, node(prop), Literal(text, language="en"), GRAPH) for prop, text in texts]
    quads += [Quad(it, prop, value, GRAPH) for prop, value in said]
    return quads + [Quad(it, node("dcterms:identifier"), Literal(code), GRAPH) for code in more.get("codes", ())]
