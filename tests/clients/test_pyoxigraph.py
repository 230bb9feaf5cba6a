"""The parsers of pyoxigraph read every format that the service writes, and read the same from each."""

import httpx
import pyoxigraph as ox
import pytest

from tests.clients.conftest import NAMES, Service
from tests.w3c.results import same_graph

pytestmark = pytest.mark.xdist_group("clients")

ALL = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(isIRI(?s) && STRSTARTS(STR(?s), 'http://example.org/')) }"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://example.org/clients> { ?s ?p ?o } }"
ROW_FORMATS = [
    ox.QueryResultsFormat.JSON,
    ox.QueryResultsFormat.XML,
    ox.QueryResultsFormat.TSV,
]
GRAPH_FORMATS = [
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.RDF_XML,
    ox.RdfFormat.JSON_LD,
]


def ask(service: Service, query: str, accept: str) -> httpx.Response:
    response = httpx.post(service.endpoint, data={"query": query}, headers={"Accept": accept}, trust_env=False)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == accept
    return response


def rows(service: Service, fmt: ox.QueryResultsFormat) -> set[tuple[str, ...]]:
    result = ox.parse_query_results(ask(service, ALL, fmt.media_type.partition(";")[0]).content, format=fmt)
    assert isinstance(result, ox.QuerySolutions)
    blank = ox.BlankNode("any")
    return {tuple(str(blank if isinstance(v, ox.BlankNode) else v) for v in solution) for solution in result}


@pytest.mark.parametrize("fmt", ROW_FORMATS, ids=str)
def test_rows(service: Service, fmt: ox.QueryResultsFormat) -> None:
    found = rows(service, fmt)
    assert len(found) == 11
    assert found == rows(service, ox.QueryResultsFormat.JSON)
    assert {str(ox.Literal(name))[1:-1] for name in NAMES} <= {o.rpartition('"')[0][1:] for _, _, o in found}


@pytest.mark.parametrize("fmt", ROW_FORMATS[:2], ids=str)
@pytest.mark.parametrize("verdict", [True, False])
def test_verdicts(service: Service, fmt: ox.QueryResultsFormat, verdict: bool) -> None:
    text = f"ASK {{ FILTER({str(verdict).lower()}) }}"
    result = ox.parse_query_results(ask(service, text, fmt.media_type.partition(";")[0]).content, format=fmt)
    assert isinstance(result, ox.QueryBoolean)
    assert bool(result) is verdict


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=str)
def test_graphs(service: Service, fmt: ox.RdfFormat) -> None:
    found = [q.triple for q in ox.parse(ask(service, GRAPH, fmt.media_type).content, format=fmt)]
    wanted = ox.parse(ask(service, GRAPH, "application/n-triples").content, format=ox.RdfFormat.N_TRIPLES)
    assert len(found) == 12
    assert same_graph([q.triple for q in wanted], found)
