"""The JSON-LD context: a short name for every term that data use, and nothing is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.compare import isomorphic

from graph.terms import NS, expand
from ontology import HERE
from tests.ontology.shape_examples import EXAMPLES, REPOSITORY, trig

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning")

CONTEXT: dict[str, Any] = json.loads((HERE / "context.jsonld").read_text(encoding="utf-8"))["@context"]
NAMES = {k: v for k, v in CONTEXT.items() if k not in {"@version", "id", "type"} and not str(v).endswith(("#", "/"))}
VOCABULARY = Graph().parse(HERE / "vocabulary.ttl")
EXAMPLE = trig(REPOSITORY / "tests" / "graph" / "example.trig")


def _iri(definition: str | dict[str, str]) -> str:
    return expand(definition if isinstance(definition, str) else definition["@id"])


def _layouts() -> list[dict[str, Any]]:
    files = sorted((HERE / "tables").rglob("*.json"))
    return [column for f in files for column in json.loads(f.read_text(encoding="utf-8"))["columns"]]


def test_no_two_names_mean_the_same() -> None:
    iris = [_iri(definition) for definition in NAMES.values()]
    assert len(set(iris)) == len(iris)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_a_listed_term_and_links_are_links(name: str) -> None:
    term = URIRef(_iri(NAMES[name]))
    kind = VOCABULARY.value(term, RDF.type)
    assert kind is not None
    if kind == OWL.ObjectProperty:
        assert NAMES[name]["@type"] == "@id"
    if kind == OWL.DatatypeProperty:
        assert not isinstance(NAMES[name], dict) or NAMES[name].get("@type") != "@id"


def test_every_class_and_property_of_ours_and_of_the_tables_has_a_name() -> None:
    named = {_iri(definition) for definition in NAMES.values()}
    words = {str(t) for k in (OWL.AnnotationProperty, RDFS.Datatype) for t in VOCABULARY.subjects(RDF.type, k)}
    ours = {str(s) for s in VOCABULARY.subjects() if str(s).startswith(NS)}
    assert ours - words <= named
    tables = {expand(c["propertyUrl"]) for c in _layouts() if c.get("propertyUrl", "rdf:type") != "rdf:type"}
    assert tables <= named


def test_text_with_a_language_is_a_language_map() -> None:
    texts = {expand(c["propertyUrl"]) for c in _layouts() if "lang" in c}
    maps = {_iri(d) for d in NAMES.values() if isinstance(d, dict) and d.get("@container") == "@language"}
    assert texts
    assert texts <= maps


def test_an_engagement_reads_as_plain_json() -> None:
    engagement = URIRef("https://w3id.org/commonground/id/engagement/example/e2")
    alone = Graph()
    for triple in EXAMPLE.triples((engagement, None, None)):
        alone.add(triple)
    text = alone.serialize(format="json-ld", context=CONTEXT, auto_compact=False)
    document = json.loads(text)
    assert document["type"] == "Engagement"
    assert document["id"] == str(engagement)
    assert document["theme"] == "https://w3id.org/commonground/id/theme/deinstitutionalisation"
    assert document["basisNote"] == {"en": "The session's title names the theme, the talk's does not."}
    assert document["statedOn"] == {"type": "xsd:date", "@value": "2010-05-12"}
    assert isomorphic(Graph().parse(data=text, format="json-ld"), alone)


@pytest.mark.parametrize("name", ["example", *sorted(p.name for p in EXAMPLES.iterdir() if p.is_dir())])
def test_nothing_is_lost_through_json_ld(name: str) -> None:
    graph = EXAMPLE if name == "example" else Graph().parse(EXAMPLES / name / "valid.ttl")
    text = graph.serialize(format="json-ld", context=CONTEXT)
    assert isomorphic(Graph().parse(data=text, format="json-ld"), graph)


def test_the_context_is_read_from_the_document_and_from_its_own_file() -> None:
    """What a person would write by hand, with the context inline: no network is needed."""
    document = {
        "@context": CONTEXT,
        "id": "https://example.org/engagement/1",
        "type": "Engagement",
        "partner": ["https://example.org/organisation/1"],
        "description": {"en": "Trains teachers.", "ru": "Обучает учителей."},
        "statedOn": {"@value": "2010-05", "@type": "xsd:gYearMonth"},
    }
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    subject = URIRef("https://example.org/engagement/1")
    assert graph.value(subject, URIRef(expand("cg:partner"))) == URIRef("https://example.org/organisation/1")
    assert {o.language for o in graph.objects(subject, URIRef(expand("dcterms:description")))} == {"en", "ru"}  # type: ignore[union-attr]
    assert graph.value(subject, URIRef(expand("cg:statedOn"))).datatype == URIRef(expand("xsd:gYearMonth"))  # type: ignore[union-attr]
