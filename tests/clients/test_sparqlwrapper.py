"""SPARQLWrapper, unmodified: every method and format, updates with a token, errors as its own exceptions."""

import pytest
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, QueryBadFormed, Unauthorized

from tests.clients.conftest import GRAPH, NAMES, ROWS, Service

pytestmark = pytest.mark.xdist_group("clients")

CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s <http://example.org/name> ?o ; ?p ?o }"


def wrapper(service: Service, query: str, fmt: str | None = None) -> Wrapper:
    made = Wrapper(service.endpoint)
    made.setQuery(query)
    if fmt:
        made.setReturnFormat(fmt)
    return made


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("how", [URLENCODED, POSTDIRECTLY])
def test_rows_by_every_method(service: Service, method: str, how: str) -> None:
    asked = wrapper(service, ROWS, JSON)
    asked.setMethod(method)
    asked.setRequestMethod(how)
    rows = asked.queryAndConvert()["results"]["bindings"]
    assert {row["name"]["value"] for row in rows} == NAMES


@pytest.mark.parametrize("fmt", [JSON, XML, CSV, TSV])
def test_rows_in_every_format(service: Service, fmt: str) -> None:
    result = wrapper(service, ROWS, fmt).query()
    assert "Один" in result.response.read().decode("utf-8")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("fmt", [TURTLE, RDFXML, N3, JSONLD])
def test_graphs_in_every_format(service: Service, fmt: str) -> None:
    converted = wrapper(service, CONSTRUCT, fmt).queryAndConvert()
    # Of some formats it makes a graph itself, of others it hands on the text.
    text = converted.decode("utf-8") if isinstance(converted, bytes) else converted.serialize(format="nt")
    assert "Один" in text or "\\u041E\\u0434\\u0438\\u043D" in text


def test_a_verdict(service: Service) -> None:
    assert wrapper(service, "ASK { ?s ?p 'One'@en }", JSON).queryAndConvert()["boolean"] is True


def test_the_dataset_of_a_request(service: Service) -> None:
    asked = wrapper(service, ROWS, JSON)
    asked.addDefaultGraph("http://example.org/elsewhere")
    assert asked.queryAndConvert()["results"]["bindings"] == []
    asked.addDefaultGraph(GRAPH)
    assert len(asked.queryAndConvert()["results"]["bindings"]) == len(NAMES)


@pytest.mark.parametrize("how", [URLENCODED, POSTDIRECTLY])
def test_updates_with_a_token(service: Service, how: str) -> None:
    text = f"INSERT DATA {{ GRAPH <urn:wrapper> {{ <urn:s> <urn:{how}> 'ü' }} }}"
    update = wrapper(service, text)
    update.setMethod(POST)
    update.setRequestMethod(how)
    with pytest.raises(Unauthorized):
        update.query()
    update.addCustomHttpHeader("Authorization", service.bearer["Authorization"])
    assert update.query().response.status in (200, 204)
    assert wrapper(service, f"ASK {{ <urn:s> <urn:{how}> 'ü' }}", JSON).queryAndConvert()["boolean"] is True


def test_errors_are_its_own(service: Service) -> None:
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper(service, "SELECT nonsense").query()
    asked = Wrapper(service.endpoint + "/nowhere")
    asked.setQuery("ASK {}")
    with pytest.raises(EndPointNotFound):
        asked.query()
