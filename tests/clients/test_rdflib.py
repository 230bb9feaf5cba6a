"""rdflib's SPARQLStore and SPARQLUpdateStore, unmodified."""

import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.clients.conftest import GRAPH, NAMES, ROWS, Service

pytestmark = pytest.mark.xdist_group("clients")

E = "http://example.org/"


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("fmt", ["xml", "json", "csv", "tsv"])
def test_rows(service: Service, method: str, fmt: str) -> None:
    store = SPARQLStore(service.endpoint, method=method, returnFormat=fmt)
    assert {str(row[1]) for row in store.query(ROWS)} == NAMES


def test_a_remote_graph_as_a_graph(service: Service) -> None:
    graph = Graph(SPARQLStore(service.endpoint), identifier=URIRef(GRAPH))
    one, two = URIRef(E + "one"), URIRef(E + "two")
    assert (one, URIRef(E + "next"), two) in graph
    assert graph.value(one, URIRef(E + "size")) == Literal(1)
    assert graph.value(URIRef(E + "three"), URIRef(E + "day")) == Literal("2010-05-12", datatype=XSD.date)
    assert set(graph.subjects(URIRef(E + "next"))) == {one, two}
    assert {str(name) for name in graph.objects(None, URIRef(E + "name"))} == NAMES
    assert len(graph) == 12


def test_a_constructed_graph(service: Service) -> None:
    store = SPARQLStore(service.endpoint)
    result = store.query("CONSTRUCT WHERE { ?s <http://example.org/part> ?part }")
    assert result.graph is not None
    ((_, _, part),) = result.graph
    assert isinstance(part, BNode)


def test_a_verdict(service: Service) -> None:
    assert bool(SPARQLStore(service.endpoint).query("ASK { ?s ?p 2.5 }"))


def update_store(service: Service, **options: object) -> SPARQLUpdateStore:
    return SPARQLUpdateStore(service.endpoint, service.endpoint, headers=service.bearer, **options)


@pytest.mark.parametrize("method", ["POST", "POST_FORM"])
def test_a_graph_is_written_and_read(service: Service, method: str) -> None:
    name = URIRef(f"urn:rdflib:{method}")
    graph = Graph(update_store(service, method=method), identifier=name)
    triple = (URIRef("urn:s"), URIRef("urn:p"), Literal('quote " backslash \\ line\nend ü', lang="en"))
    graph.add(triple)
    graph.add((URIRef("urn:s"), URIRef("urn:q"), Literal(7)))
    assert triple in graph
    assert len(graph) == 2
    graph.remove(triple)
    assert triple not in graph
    graph.update("INSERT { ?s <urn:r> ?o } WHERE { ?s <urn:q> ?o }")
    assert (URIRef("urn:s"), URIRef("urn:r"), Literal(7)) in graph


def test_many_triples_at_once(service: Service) -> None:
    store = update_store(service, autocommit=False)
    graph = Graph(store, identifier=URIRef("urn:rdflib:many"))
    graph += [(URIRef(f"urn:s{n}"), URIRef("urn:p"), Literal(n)) for n in range(200)]
    store.commit()
    assert len(Graph(SPARQLStore(service.endpoint), identifier=URIRef("urn:rdflib:many"))) == 200


def test_graphs_of_a_dataset(service: Service) -> None:
    dataset = Dataset(store=update_store(service))
    # Dataset.graph sends CREATE GRAPH, which of a graph that is there is an error (SPARQL 1.1 Update, 3.2.1); so
    # Dataset.graphs, which sends it for rdflib's default graph each time, works once, on any store that keeps empty
    # graphs.
    added = dataset.graph(URIRef("urn:rdflib:added"))
    added.add((URIRef("urn:s"), URIRef("urn:p"), Literal(1)))
    assert len(added) == 1
    assert URIRef("urn:rdflib:added") in set(dataset.store.contexts())
    dataset.remove_graph(added)
    assert len(added) == 0
    assert URIRef("urn:rdflib:added") not in set(dataset.store.contexts())


def test_writing_without_a_token_raises(service: Service) -> None:
    graph = Graph(SPARQLUpdateStore(service.endpoint, service.endpoint), identifier=URIRef(GRAPH))
    with pytest.raises(Exception, match="401"):
        graph.add((URIRef("urn:s"), URIRef("urn:p"), URIRef("urn:o")))
