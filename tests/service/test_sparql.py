"""/sparql over HTTP: the protocol, formats, refusals, and the clients that people use."""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from graph.errors import QueryTooLarge
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import BROWSER, serving_app

LABELS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?label { <https://w3id.org/commonground/id/organisation/example-agency> skos:prefLabel ?label }"""
CONSTRUCT = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3"
EXAMPLE_GRAPH = "https://w3id.org/commonground/id/source/example"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json;q=0.3, text/csv;q=0.9", "text/csv; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/turtle;q=0.9, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_formats_of_rows(client: httpx.Client, accept: str | None, media_type: str) -> None:
    for query, token in ((LABELS, "Example Agency"), ("ASK { ?s ?p ?o }", "true")):
        response = client.get("/sparql", params={"query": query}, headers={"Accept": accept} if accept else {})
        assert response.headers["content-type"] == media_type
        assert token in response.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_formats_of_graphs(client: httpx.Client, accept: str | None, media_type: str) -> None:
    response = client.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": accept} if accept else {})
    assert response.headers["content-type"] == media_type
    assert response.content


def test_an_unsupported_format_is_not_acceptable(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": LABELS}, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.json()["code"] == "not-acceptable"


def test_the_three_ways_to_send_a_query(client: httpx.Client) -> None:
    by_address = client.get("/sparql", params={"query": LABELS}).json()
    by_form = client.post("/sparql", data={"query": LABELS}).json()
    headers = {"Content-Type": "application/sparql-query; charset=utf-8"}
    by_body = client.post("/sparql", content=LABELS, headers=headers).json()
    assert by_address == by_form == by_body
    assert by_address["results"]["bindings"][0]["label"]["value"] == "Example Agency"


def test_the_dataset_of_the_protocol(client: httpx.Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    def n(query: str, **dataset: str) -> int:
        names = {key.replace("_", "-"): value for key, value in dataset.items()}
        by_get = client.get("/sparql", params={"query": query, **names}).json()
        headers = {"Content-Type": "application/sparql-query"}
        by_post = client.post("/sparql", params=names, content=query, headers=headers).json()
        assert by_get == by_post
        return int(by_get["results"]["bindings"][0]["n"]["value"])

    everything, one = n(count), n(count, default_graph_uri=EXAMPLE_GRAPH)
    assert 0 < one < everything
    assert n(count, default_graph_uri="https://example.org/none") == 0
    assert n(named, named_graph_uri=EXAMPLE_GRAPH) == one
    assert n(count, named_graph_uri=EXAMPLE_GRAPH) == 0
    assert client.get("/sparql", params={"query": count, "default-graph-uri": "not an iri"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT * {\n ?s ?p @@ }", 400, "bad-query"),
        ("SELECT ?x ?y", 400, "bad-query"),
        ("nonsense", 400, "bad-query"),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", 400, "bad-query"),
        ("PREFIX x: <a:b> # hm\nDELETE WHERE { ?s ?p ?o }", 400, "bad-query"),
        ("DROP ALL", 400, "bad-query"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "service-refused"),
        ("SELECT * {" + "{" * 5000 + "}" * 5000 + "}", 400, "query-too-deep"),
    ],
)
def test_queries_that_are_refused(client: httpx.Client, query: str, status: int, code: str) -> None:
    response = client.post("/sparql", data={"query": query})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_syntax_error_has_its_place(client: httpx.Client) -> None:
    body = client.get("/sparql", params={"query": "SELECT * {\n ?s ?p }"}).json()
    assert body["line"] == 2
    assert body["column"] > 1
    assert "line 2" in body["detail"]


def test_requests_that_break_the_protocol(client: httpx.Client) -> None:
    assert client.post("/sparql", data={"other": "x"}).status_code == 400
    assert client.get("/sparql", params=[("query", LABELS), ("query", LABELS)]).status_code == 400
    assert client.get("/sparql", params={"update": "DROP ALL"}).status_code == 400
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 403
    kinds = {"application/sparql-update": 403, "text/plain": 415, "application/sparql-query; charset=utf-16": 415}
    for content_type, status in kinds.items():
        response = client.post("/sparql", content=b"DROP ALL", headers={"Content-Type": content_type})
        assert response.status_code == status, content_type
    headers = {"Content-Type": "application/sparql-query"}
    assert client.post("/sparql", content=b"\xff\xfe", headers=headers).status_code == 400
    assert client.post("/sparql", content=b"#" * 200_000, headers=headers).status_code == 413
    assert client.get("/healthz").json()["generation"] == 2


@pytest.fixture
def canary() -> Iterator[tuple[int, list[bytes]]]:
    """A listener on the loopback interface, and what it heard."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(1)
                heard.append(connection.recv(1000))

    thread = threading.Thread(target=listen)
    thread.start()
    yield listener.getsockname()[1], heard
    stop.set()
    thread.join()
    listener.close()


def test_no_query_makes_the_service_call_another_one(client: httpx.Client, canary: tuple[int, list[bytes]]) -> None:
    port, heard = canary
    target = f"http://127.0.0.1:{port}/"
    for query in (
        f"SELECT * {{ SERVICE <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{target}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICEsilent<{target}>{{}} }}",
        f"SELECT * {{ ?s ?p trueSERVICE<{target}>{{}} }}",
        f"PREFIX : <{target}> SELECT * {{ SERVICE:x {{?s ?p ?o}} }}",
        f"SELECT * {{ FILTER(1<2#>'''\n)SERVICE<{target}>{{?a ?b ?c}}#'''\n }}",
        f"SELECT * {{ VALUES ?x {{ <{target}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{target}> {{ ?s ?p ?o }}",
        f"LOAD <{target}>",
    ):
        # FROM names a graph of this store and fetches nothing.
        assert client.post("/sparql", data={"query": query}).status_code in (200, 400, 403)
        page = client.post("/sparql", data={"query": query}, headers=BROWSER)
        assert page.status_code in (200, 400, 403)
    # The canary does hear who calls.
    assert heard == []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"chirp")
    for _ in range(50):
        if heard:
            break
        threading.Event().wait(0.05)
    assert heard == [b"chirp"]


def test_the_page_for_people(client: httpx.Client) -> None:
    empty = client.get("/sparql", headers=BROWSER)
    assert empty.status_code == 200
    assert "<textarea" in empty.text
    assert "Who works on a theme" in empty.text
    query = "SELECT ?o { ?o a <http://www.w3.org/ns/org#FormalOrganization> } ORDER BY ?o"
    filled = client.post("/sparql", data={"query": query}, headers=BROWSER)
    assert '<a href="/id/organisation/example-agency">Example Agency</a>' in filled.text
    assert "Yes" in client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}, headers=BROWSER).text
    graph = client.get("/sparql", params={"query": CONSTRUCT}, headers=BROWSER)
    assert "&lt;" in graph.text
    broken = client.get("/sparql", params={"query": "SELECT * {\n ?s ?p @@ }"}, headers=BROWSER)
    assert broken.status_code == 400
    assert "line 2" in broken.text


def test_sparqlwrapper_works_unchanged(address: str) -> None:
    wrapper = SPARQLWrapper(address + "/sparql")
    wrapper.setQuery(LABELS)
    wrapper.setReturnFormat(JSON)
    assert wrapper.query().convert()["results"]["bindings"][0]["label"]["value"] == "Example Agency"
    wrapper.setMethod("POST")
    assert wrapper.query().convert()["results"]["bindings"][0]["label"]["value"] == "Example Agency"
    wrapper.setReturnFormat(XML)
    assert "Example Agency" in wrapper.query().convert().toxml()
    wrapper.setReturnFormat(CSV)
    assert b"Example Agency" in wrapper.query().convert()
    wrapper.setQuery(CONSTRUCT)
    wrapper.setReturnFormat(TURTLE)
    assert wrapper.query().convert()


def test_rdflibs_sparqlstore_works_unchanged(address: str) -> None:
    store = SPARQLStore(address + "/sparql")
    found = [str(row[0]) for row in store.query(LABELS)]
    assert found == ["Example Agency"]
    agency = URIRef("https://w3id.org/commonground/id/organisation/example-agency")
    assert any(triple[0][0] == agency for triple in store.triples((agency, None, None)))


def test_the_contract_names_the_formats(client: httpx.Client) -> None:
    operation = json.loads(client.get("/openapi.json").text)["paths"]["/sparql"]["get"]
    offered = set(operation["responses"]["200"]["content"])
    assert {"application/sparql-results+json", "text/csv", "text/turtle", "application/ld+json"} <= offered


def test_answers_are_packed_for_who_asks(client: httpx.Client) -> None:
    long = {"query": "SELECT * { ?s ?p ?o } LIMIT 300"}
    plain = client.get("/sparql", params=long, headers={"Accept-Encoding": "identity"})
    packed = client.get("/sparql", params=long, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.json()["results"]["bindings"]) == len(plain.json()["results"]["bindings"]) == 300
    streamed = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}, headers={"Accept-Encoding": "gzip"})
    assert streamed.headers["content-encoding"] == "gzip"
    assert "content-length" not in streamed.headers
    assert len(streamed.json()["results"]["bindings"]) > 1000


def test_a_client_that_has_the_answer_is_told_so(client: httpx.Client) -> None:
    first = client.get("/sparql", params={"query": LABELS})
    assert first.headers["etag"].startswith(f'W/"g{first.headers["common-ground-generation"]}-')
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("/sparql", params={"query": LABELS}, headers=known).status_code == 304
    assert client.get("/sparql", params={"query": LABELS + " "}, headers=known).status_code == 200
    other = client.get("/sparql", params={"query": LABELS}, headers={**known, "Accept": "text/csv"})
    assert other.status_code == 200
    assert "etag" not in client.get("/sparql", params={"query": "SELECT (NOW() AS ?n) {}"}).headers


def test_head_is_get_without_the_body(client: httpx.Client) -> None:
    for query in (LABELS, "SELECT * { ?s ?p ?o }"):
        response = client.head("/sparql", params={"query": query})
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/sparql-results+json"
        assert response.content == b""


def test_pages_of_other_sites_may_ask(client: httpx.Client) -> None:
    origin = {"Origin": "https://example.org"}
    for response in (
        client.get("/sparql", params={"query": LABELS}, headers=origin),
        client.get("/sparql", params={"query": "nonsense"}, headers=origin),
    ):
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
    preflight = client.options("/sparql", headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "authorization" not in preflight.headers["access-control-allow-headers"].lower()
    store = client.options("/rdf-graph-store", headers=origin)
    assert store.headers["access-control-allow-methods"] == "GET, HEAD"


def test_what_was_sent_before_a_failure_is_not_taken_for_the_whole() -> None:
    store = EmbeddedStore()
    graph, p = ox.NamedNode("urn:g"), ox.NamedNode("urn:p")
    store.write(
        Change(
            added=frozenset(ox.Quad(ox.NamedNode(f"urn:s{n}"), p, ox.Literal("x" * 200), graph) for n in range(3000))
        )
    )
    app = create_app(Settings(data_dir=Path("unused")), store)
    engine = app.state.site.engine
    ask = engine.ask

    async def broken(*arguments: object, **options: object) -> object:
        result = await ask(*arguments, **options)
        whole = result.pieces

        async def pieces() -> AsyncIterator[bytes]:
            count = 0
            async for piece in whole():
                yield piece
                count += 1
                if count == 3:
                    raise QueryTooLarge("result-too-large", "broken on purpose")

        result.pieces = pieces
        return result

    engine.ask = broken
    with (
        serving_app(app) as url,
        httpx.stream("GET", url + "/sparql", params={"query": "SELECT * { ?s ?p ?o }"}) as response,
    ):
        assert response.status_code == 200
        with pytest.raises(httpx.HTTPError):
            response.read()
