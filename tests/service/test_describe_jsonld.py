"""JSON-LD with our context: whatever the triples, reading it gives the same ones."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic

from ontology import HERE
from service.describe_jsonld import Context, NotExpressible, document

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning")

CONTEXT = Context(json.loads((HERE / "context.jsonld").read_text(encoding="utf-8"))["@context"])
ADDRESS = "https://example.org/ns/context.jsonld"
XSD = "http://www.w3.org/2001/XMLSchema#"

PROPERTIES = [
    *CONTEXT.by_property,
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
    "https://schema.org/unlisted",
    "https://example.org/property",
    "urn:property",
]
IRIS = st.one_of(
    st.sampled_from(
        [*PROPERTIES, "https://example.org/Ж", "urn:x:y", "javascript:alert(1)", "schema://x", "mailto:a@b.c"]
    ),
    st.from_regex(r"https://example\.org/[a-z]{1,3}(#[a-z])?", fullmatch=True),
).map(ox.NamedNode)
NODES = st.one_of(IRIS, st.sampled_from(["a", "b1"]).map(ox.BlankNode))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text, lang: ox.Literal(text, language=lang), TEXT, st.sampled_from(["en", "ru", "de-at"])),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)),
        st.one_of(
            TEXT,
            st.sampled_from(["true", "1", "0", "-0", "007", "12", "-3", "9007199254740993", "1e3", "2010", "false"]),
        ),
        st.sampled_from([XSD + "integer", XSD + "boolean", XSD + "decimal", XSD + "gYear", "urn:type"]),
    ),
)
TRIPLES = st.builds(ox.Triple, NODES, st.sampled_from(PROPERTIES).map(ox.NamedNode), st.one_of(NODES, LITERALS))


def read(text: bytes) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)}


@settings(max_examples=300, deadline=None)
@given(st.lists(TRIPLES, max_size=8))
def test_nothing_is_lost_or_changed_on_the_way(triples: list[ox.Triple]) -> None:
    assert read(document(triples, CONTEXT, None)) == {str(triple) for triple in triples}


@pytest.mark.parametrize("file", ["vocabulary.ttl", "themes.ttl", "places.ttl"])
def test_our_files_read_the_same_to_another_parser(file: str) -> None:
    triples = [quad.triple for quad in ox.parse(path=HERE / file, format=ox.RdfFormat.TURTLE)]
    text = document(triples, CONTEXT, None)
    assert isomorphic(Graph().parse(data=text, format="json-ld"), Graph().parse(HERE / file))


def test_it_names_the_context_or_carries_the_part_it_needs() -> None:
    triples = [
        ox.Triple(
            ox.NamedNode("https://example.org/e"),
            ox.NamedNode("https://w3id.org/commonground/ns#theme"),
            ox.NamedNode("https://example.org/t"),
        )
    ]
    named = json.loads(document(triples, CONTEXT, ADDRESS))
    assert named == {"@context": ADDRESS, "@graph": [{"id": "https://example.org/e", "theme": "https://example.org/t"}]}
    carried = json.loads(document(triples, CONTEXT, None))["@context"]
    assert carried == {
        "@version": 1.1,
        "cg": "https://w3id.org/commonground/ns#",
        "id": "@id",
        "type": "@type",
        "theme": {"@id": "cg:theme", "@type": "@id"},
    }


@pytest.mark.parametrize("iri", ["schema:Person", "cg:x", "id:1"])
def test_an_iri_that_would_be_read_as_another_is_refused(iri: str) -> None:
    strange = ox.NamedNode(iri)
    for triple in (
        ox.Triple(strange, ox.NamedNode("https://example.org/p"), ox.Literal("x")),
        ox.Triple(ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p"), strange),
        ox.Triple(ox.NamedNode("https://example.org/s"), strange, ox.Literal("x")),
    ):
        with pytest.raises(NotExpressible):
            document([triple], CONTEXT, None)


def test_a_statement_about_a_statement_is_refused() -> None:
    inner = ox.Triple(ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/b"), ox.Literal("c"))
    with pytest.raises(NotExpressible):
        document([ox.Triple(inner.subject, inner.predicate, inner)], CONTEXT, None)
