"""SPARQL 1.1 Service Description: the three tests of the W3C's suite, and that what it says of the service is so."""

from __future__ import annotations

import httpx
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, VOID
from rdflib.term import Node

from tests.running import Running

pytestmark = pytest.mark.xdist_group("w3c")

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

#: What the vocabulary says of its properties: the class of their subject and, for things, of their object.
SCHEMA = {
    SD.endpoint: (SD.Service, None),
    SD.feature: (SD.Service, SD.Feature),
    SD.supportedLanguage: (SD.Service, SD.Language),
    SD.resultFormat: (SD.Service, None),
    SD.inputFormat: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.extensionFunction: (SD.Service, SD.Function),
    SD.defaultEntailmentRegime: (SD.Service, SD.EntailmentRegime),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.GraphCollection, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
}
BUILT_IN = {
    SD.Feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
    SD.Language: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
}


@pytest.fixture(scope="module")
def described(service: Running) -> Graph:
    return describe(service)


def describe(service: Running) -> Graph:
    response = httpx.get(f"{service.url}/sparql", headers={"Accept": "text/turtle"}, trust_env=False)
    assert response.status_code == 200, response.text
    return Graph().parse(data=response.text, format="turtle", publicID=f"{service.url}/sparql")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, None),
        ("*/*", None),
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
    ],
)
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own use of it
def test_returns_rdf(service: Running, accept: str | None, kind: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    with httpx.Client(trust_env=False) as client:
        del client.headers["accept"]
        response = client.get(f"{service.url}/sparql", headers=headers)
    assert response.status_code == 200, response.text
    given = response.headers["content-type"].partition(";")[0]
    assert given == (kind or given)
    assert len(Graph().parse(data=response.text, format=given))


def test_has_endpoint_triple(service: Running, described: Graph) -> None:
    assert (None, SD.endpoint, URIRef(f"{service.url}/sparql")) in described


def test_conforms_to_schema(described: Graph) -> None:
    (_,) = described.subjects(RDF.type, SD.Service)
    terms = {p for p in described.predicates() if str(p).startswith(str(SD))}
    assert terms <= set(SCHEMA), "a property that the vocabulary does not have"
    for subject, prop, value in described:
        if prop in SCHEMA:
            domain, range_ = SCHEMA[URIRef(str(prop))]
            assert is_a(described, subject, domain), f"{subject} has {prop} and is no {domain}"
            assert range_ is None or is_a(described, value, range_), f"{value} is the {prop} of something, no {range_}"
            assert not isinstance(value, Literal)


def is_a(graph: Graph, thing: Node, kind: URIRef) -> bool:
    if thing in BUILT_IN.get(kind, set()):
        return True
    narrower = {SD.GraphCollection: (SD.Dataset,), SD.Graph: (SD.NamedGraph,)}.get(kind, ())
    return any((thing, RDF.type, found) in graph for found in (kind, *narrower))


def test_it_says_what_it_does(described: Graph) -> None:
    (service,) = described.subjects(RDF.type, SD.Service)
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in described
    assert (service, SD.supportedLanguage, SD.SPARQL11Update) in described
    results = set(described.objects(service, SD.resultFormat))
    assert {FORMATS.SPARQL_Results_JSON, FORMATS.SPARQL_Results_XML, FORMATS.Turtle} <= results
    # This service keeps the default graph apart, and sends no requests for anybody.
    assert (service, SD.feature, SD.UnionDefaultGraph) not in described
    assert (service, SD.feature, SD.BasicFederatedQuery) not in described
    assert (service, SD.feature, SD.DereferencesURIs) not in described


def test_void_describes_the_dataset(service: Running) -> None:
    response = httpx.get(
        f"{service.url}/.well-known/void", headers={"Accept": "text/turtle"}, follow_redirects=True, trust_env=False
    )
    assert response.status_code == 200, response.text
    graph = Graph().parse(data=response.text, format="turtle", publicID=str(response.url))
    assert list(graph.subjects(RDF.type, VOID.Dataset))
    assert (None, VOID.sparqlEndpoint, URIRef(f"{service.url}/sparql")) in graph
