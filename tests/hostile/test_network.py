"""Whatever is asked or written, the service calls nobody."""

from __future__ import annotations

import httpx
import pytest

from tests.hostile.conftest import Canary
from tests.service.conftest import BROWSER

pytestmark = [pytest.mark.xdist_group("hostile"), pytest.mark.usefixtures("unharmed")]

QUERIES = (
    "SELECT * {{ SERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICEsilent<{url}/>{{}} }}",
    "select * {{ service silent <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ S\\u0045RVIC\\u0045 <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\U00000053ERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p trueSERVICE<{url}/>{{}} }}",
    "SELECT * {{ SERVICE#comment\n<{url}/>#another\n{{ ?s ?p ?o }} }}",
    "PREFIX : <{url}/> SELECT * {{ SERVICE:x {{?s ?p ?o}} }}",
    "BASE <{url}/> SELECT * {{ SERVICE <x> {{?s ?p ?o}} }}",
    "SELECT * {{ FILTER(1<2#>'''\n)SERVICE<{url}/>{{?a ?b ?c}}#'''\n }}",
    "SELECT * {{ VALUES ?x {{ <{url}/> }} SERVICE ?x {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(IRI('{url}/') AS ?x) SERVICE SILENT ?x {{ ?s ?p ?o }} }}",
    "SELECT * {{ OPTIONAL {{ {{ SELECT * {{ SERVICE <{url}/> {{ ?s ?p ?o }} }} }} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{url}/> {{ ?s ?p ?o }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ SERVICE <{url}/> {{ ?s ?p ?o }} }} }}",
    "SELECT * FROM <{url}/> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{url}/> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
)
UPDATES = (
    "LOAD <{url}/>",
    "LOAD SILENT <{url}/>",
    "load silent<{url}/>into graph<urn:g>",
    "LOAD <{url}/> INTO GRAPH <urn:g>",
    "\\u004cOAD <{url}/>",
    "L#c\n OAD <{url}/>",
    "INSERT DATA {{}} ; LOAD <{url}/>",
    "PREFIX : <{url}/> LOAD :x",
    "BASE <{url}/> LOAD <x>",
    "INSERT DATA {{}} ; PREFIX : <{url}/> LOAD SILENT :x",
    "LOAD <file:///etc/passwd>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{url}/> {{ ?s ?p ?o }} }}",
    "DELETE {{ ?s ?p ?o }} WHERE {{ \\u0053ERVICE SILENT <{url}/> {{ ?s ?p ?o }} }}",
    "INSERT {{ ?s ?p ?o }} USING <{url}/> WHERE {{ ?s ?p ?o }}",
    "COPY <{url}/> TO <urn:g>",
    "ADD SILENT <{url}/> TO <urn:g>",
    "DELETE WHERE {{ GRAPH <{url}/> {{ ?s ?p ?o }} }}",
)
#: FROM, USING and the like name a graph of this store and fetch nothing.
LOCAL = ("FROM", "USING", "COPY", "ADD", "DELETE WHERE")


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_calls_another_service(anybody: httpx.Client, canary: Canary, query: str) -> None:
    text = query.format(url=canary.url)
    for headers in ({}, BROWSER):
        for response in (
            anybody.post("/sparql", data={"query": text}, headers=headers),
            anybody.get("/sparql", params={"query": text}, headers=headers),
        ):
            assert response.status_code in ((200,) if any(word in query for word in LOCAL) else (400, 403))
    direct = anybody.post("/sparql", content=text, headers={"Content-Type": "application/sparql-query"})
    assert direct.status_code < 500
    canary.assert_silence()


@pytest.mark.parametrize("update", UPDATES)
def test_no_update_calls_another_service(curator: httpx.Client, canary: Canary, update: str) -> None:
    text = update.format(url=canary.url)
    response = curator.post("/sparql", content=text, headers={"Content-Type": "application/sparql-update"})
    if any(update.lstrip().startswith(word) for word in LOCAL) or "USING" in update:
        assert response.status_code in (200, 204, 400, 404, 409), response.text
    else:
        assert 400 <= response.status_code < 500, response.text
    canary.assert_silence()


def test_a_refusal_says_so(anybody: httpx.Client, curator: httpx.Client, canary: Canary) -> None:
    asked = anybody.post("/sparql", data={"query": QUERIES[0].format(url=canary.url)})
    assert (asked.status_code, asked.json()["code"]) == (403, "service-refused")
    written = curator.post("/sparql", data={"update": UPDATES[0].format(url=canary.url)})
    assert (written.status_code, written.json()["code"]) == (403, "load-refused")


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_a_dataset_is_not_fetched(anybody: httpx.Client, canary: Canary, parameter: str) -> None:
    response = anybody.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }", parameter: canary.url})
    assert response.status_code == 200
    assert response.json()["results"]["bindings"] == []
    canary.assert_silence()


def test_words_that_are_no_clauses_are_let_through(anybody: httpx.Client) -> None:
    text = "PREFIX service: <urn:> SELECT ?service ?load { ?service service:load ?load FILTER(?load != 'SERVICE <x>') }"
    assert anybody.post("/sparql", data={"query": text}).status_code == 200
