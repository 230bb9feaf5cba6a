"""The SPARQL 1.1 Protocol: a test for each one of the W3C's protocol test suite, by its name, and some beside them.

The suite describes requests; these are our own of the same purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from tests.w3c.over_http import QUERY, WRITE

pytestmark = pytest.mark.xdist_group("w3c")

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
G1, G2, G3, OUT = (f"http://example.org/protocol/{name}" for name in ("g1", "g2", "g3", "out"))
TYPES = {
    "rows": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "graph": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}
TYPES["boolean"] = TYPES["rows"] - {"text/csv", "text/tab-separated-values"}


@pytest.fixture(scope="module", autouse=True)
def _data(client: httpx.Client) -> Iterator[None]:
    """Three graphs that each say of themselves that they are documents."""
    fill(client)
    yield
    update(client, "DROP ALL")


def fill(client: httpx.Client) -> None:
    graphs = "\n".join(f"GRAPH <{g}> {{ <{g}> a <http://example.org/Document> }}" for g in (G1, G2, G3))
    update(client, f"DROP ALL ; INSERT DATA {{ {graphs} }}")


def update(client: httpx.Client, text: str, **params: list[str]) -> None:
    response = client.post("/sparql", params=dashed(params), content=text, headers=WRITE)
    assert response.is_success, response.text


def dashed(params: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, values in params.items() for value in values]


def verdict(response: httpx.Response) -> bool:
    assert response.status_code == 200, response.text
    found = response.json()["boolean"]
    assert isinstance(found, bool)
    return found


def asked(client: httpx.Client, text: str, **params: list[str]) -> bool:
    return verdict(client.post("/sparql", params=dashed(params), content=text, headers=QUERY))


def refused(response: httpx.Response, *statuses: int) -> None:
    assert response.status_code in (statuses or range(400, 500)), response.text
    assert response.headers["content-type"] == "application/problem+json"


BOTH = f"ASK {{ <{G1}> a ?t . <{G2}> a ?t }}"
BOTH_NAMED = f"ASK {{ GRAPH ?g1 {{ <{G1}> a ?t }} GRAPH ?g2 {{ <{G2}> a ?t }} }}"


def test_query_get(client: httpx.Client) -> None:
    assert verdict(client.get("/sparql", params={"query": "ASK {}"}))


def test_query_post_form(client: httpx.Client) -> None:
    assert verdict(client.post("/sparql", content="query=ASK%20%7B%7D", headers=FORM))


def test_query_post_direct(client: httpx.Client) -> None:
    assert verdict(client.post("/sparql", content="ASK {}", headers=QUERY))


def test_query_dataset_default_graphs_get(client: httpx.Client) -> None:
    assert verdict(
        client.get("/sparql", params=[("query", BOTH), ("default-graph-uri", G1), ("default-graph-uri", G2)])
    )
    assert not verdict(client.get("/sparql", params=[("query", BOTH), ("default-graph-uri", G1)]))


def test_query_dataset_default_graphs_post(client: httpx.Client) -> None:
    assert asked(client, BOTH, default_graph_uri=[G1, G2])
    assert not asked(client, BOTH, default_graph_uri=[G2])
    form = urlencode([("query", BOTH), ("default-graph-uri", G1), ("default-graph-uri", G2)])
    assert verdict(client.post("/sparql", content=form, headers=FORM))


def test_query_dataset_named_graphs_get(client: httpx.Client) -> None:
    names = [("named-graph-uri", G1), ("named-graph-uri", G2)]
    assert verdict(client.get("/sparql", params=[("query", BOTH_NAMED), *names]))
    assert not verdict(client.get("/sparql", params=[("query", BOTH_NAMED), *names[:1]]))


def test_query_dataset_named_graphs_post(client: httpx.Client) -> None:
    assert asked(client, BOTH_NAMED, named_graph_uri=[G1, G2])
    assert not asked(client, BOTH_NAMED, named_graph_uri=[G1, G3])


def test_query_dataset_full(client: httpx.Client) -> None:
    full = f"ASK {{ <{G3}> a ?t GRAPH ?g1 {{ <{G1}> a ?t }} GRAPH ?g2 {{ <{G2}> a ?t }} }}"
    assert asked(client, full, default_graph_uri=[G3], named_graph_uri=[G1, G2])
    assert not asked(client, full, default_graph_uri=[G1], named_graph_uri=[G1, G2])
    assert not asked(client, full, default_graph_uri=[G3], named_graph_uri=[G1])


def test_query_multiple_dataset(client: httpx.Client) -> None:
    """The dataset of the protocol wins over the query's own."""
    text = BOTH_NAMED.replace("ASK", f"ASK FROM <{G3}>")
    assert asked(client, text, named_graph_uri=[G1, G2])
    assert not asked(client, text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT (1 AS ?value) {}", "rows"),
        ("ASK {}", "boolean"),
        ("DESCRIBE <http://example.org/>", "graph"),
        ("CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}", "graph"),
    ],
    ids=["select", "ask", "describe", "construct"],
)
def test_query_content_type(client: httpx.Client, text: str, form: str) -> None:
    for accept in (None, "*/*", *sorted(TYPES[form])):
        headers = {**QUERY, **({"Accept": accept} if accept else {})}
        response = client.post("/sparql", content=text, headers=headers)
        assert response.status_code == 200
        kind = response.headers["content-type"].partition(";")[0]
        assert kind in TYPES[form]
        assert accept in (None, "*/*", kind)


INSERT_WHERE = f"INSERT {{ GRAPH <{OUT}> {{ ?s a <urn:Found> }} }} WHERE {{ %s }}"
NAMED = "GRAPH ?g { ?s a <http://example.org/Document> }"
FOUND = f"ASK {{ GRAPH <{OUT}> {{ <%s> a <urn:Found> }} }}"


def found(client: httpx.Client) -> set[str]:
    return {graph for graph in (G1, G2, G3) if asked(client, FOUND % graph)}


def test_update_dataset_default_graph(client: httpx.Client) -> None:
    fill(client)
    update(client, INSERT_WHERE % "?s a <http://example.org/Document>", using_graph_uri=[G1])
    assert found(client) == {G1}


def test_update_dataset_default_graphs(client: httpx.Client) -> None:
    fill(client)
    update(client, INSERT_WHERE % "?s a <http://example.org/Document>", using_graph_uri=[G1, G2])
    assert found(client) == {G1, G2}


def test_update_dataset_named_graphs(client: httpx.Client) -> None:
    fill(client)
    update(client, INSERT_WHERE % NAMED, using_named_graph_uri=[G1, G2])
    assert found(client) == {G1, G2}


def test_update_dataset_full(client: httpx.Client) -> None:
    fill(client)
    text = (
        f"INSERT {{ GRAPH <{OUT}> {{ ?s <urn:in> ?in }} }} WHERE {{ "
        f"{{ {NAMED} BIND(?g AS ?in) }} UNION {{ ?s a <http://example.org/Document> BIND('default' AS ?in) }} }}"
    )
    update(client, text, using_graph_uri=[G1], using_named_graph_uri=[G2])
    assert asked(client, f"ASK {{ GRAPH <{OUT}> {{ <{G1}> <urn:in> 'default' . <{G2}> <urn:in> <{G2}> }} }}")
    rows = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{OUT}> {{ ?s <urn:in> ?in }} }}"
    answer = client.post("/sparql", content=rows, headers=QUERY).json()
    assert answer["results"]["bindings"][0]["n"]["value"] == "2"


def test_update_dataset_of_several_operations(client: httpx.Client) -> None:
    """The dataset is that of every operation with a WHERE; the others keep their meaning."""
    fill(client)
    text = (
        f"DROP GRAPH <{G3}> ; INSERT DATA {{ GRAPH <{G2}> {{ <{G3}> a <http://example.org/Document> }} }} ; "
        f"{INSERT_WHERE % '?s a <http://example.org/Document>'} ; "
        f"DELETE {{ GRAPH <{G1}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    )
    update(client, text, using_graph_uri=[G2])
    assert found(client) == {G2, G3}
    assert asked(client, f"ASK {{ GRAPH <{G1}> {{ <{G1}> a ?t }} }}")


def test_update_post_form(client: httpx.Client) -> None:
    response = client.post("/sparql", content="update=CLEAR+ALL", headers=FORM)
    assert response.is_success, response.text
    assert not asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_update_post_direct(client: httpx.Client) -> None:
    fill(client)
    update(client, "CLEAR ALL")
    assert not asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_update_base_uri(client: httpx.Client) -> None:
    update(client, f"INSERT DATA {{ GRAPH <{OUT}> {{ <urn:s> <urn:p> <test> }} }}")
    assert asked(client, f"ASK {{ GRAPH <{OUT}> {{ <urn:s> <urn:p> ?o FILTER(isIRI(?o) && STR(?o) != 'test') }} }}")


def test_bad_query_method(client: httpx.Client) -> None:
    refused(client.request("PUT", "/sparql", params={"query": "ASK {}"}), 405)


def test_bad_multiple_queries(client: httpx.Client) -> None:
    two = [("query", "ASK {}"), ("query", "SELECT * {}")]
    refused(client.get("/sparql", params=two), 400)
    refused(client.post("/sparql", content=urlencode(two), headers=FORM), 400)


def test_bad_query_wrong_media_type(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="ASK {}", headers={"Content-Type": "text/plain"}), 415)


def test_bad_query_missing_form_type(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="query=ASK%20%7B%7D"), 400, 415)


def test_bad_query_missing_direct_type(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="ASK {}"), 400, 415)


def test_bad_query_non_utf8(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/sparql-query; charset=UTF-16"}
    refused(client.post("/sparql", content="ASK {}".encode("utf-16"), headers=headers), 400, 415)
    refused(client.post("/sparql", content="ASK {}".encode("utf-16"), headers=QUERY), 400)


def test_bad_query_syntax(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": "ASK {"})
    refused(response, 400)
    assert response.json()["line"] == 1


def test_bad_update_get(client: httpx.Client) -> None:
    fill(client)
    refused(client.get("/sparql", params={"update": "CLEAR ALL"}))
    assert asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_bad_multiple_updates(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", headers=FORM), 400)


def test_bad_update_wrong_media_type(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="CLEAR NAMED", headers={"Content-Type": "text/plain"}), 415)


def test_bad_update_missing_form_type(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="update=CLEAR%20NAMED"), 400, 415)


def test_bad_update_non_utf8(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/sparql-update; charset=UTF-16"}
    refused(client.post("/sparql", content="CLEAR NAMED".encode("utf-16"), headers=headers), 400, 415)
    refused(client.post("/sparql", content="CLEAR NAMED".encode("utf-16"), headers=WRITE), 400)


def test_bad_update_syntax(client: httpx.Client) -> None:
    response = client.post("/sparql", content="update=CLEAR%20XYZ", headers=FORM)
    refused(response, 400)
    assert response.json()["line"] == 1


@pytest.mark.parametrize("parameter", ["using-graph-uri", "using-named-graph-uri"])
@pytest.mark.parametrize("clause", ["WITH", "USING", "USING NAMED"])
def test_bad_update_dataset_conflict(client: httpx.Client, parameter: str, clause: str) -> None:
    fill(client)
    if clause == "WITH":
        text = f"WITH <{G1}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"
    else:
        text = f"DELETE {{ GRAPH <{G1}> {{ ?s ?p ?o }} }} {clause} <{G1}> WHERE {{ ?s ?p ?o }}"
    refused(client.post("/sparql", params={parameter: G1}, content=text, headers=WRITE), 400)
    assert asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_bad_query_and_update_together(client: httpx.Client) -> None:
    refused(client.post("/sparql", content="query=ASK%20%7B%7D&update=CLEAR%20ALL", headers=FORM), 400)


def test_an_update_without_a_token_changes_nothing(client: httpx.Client) -> None:
    fill(client)
    with httpx.Client(base_url=client.base_url, trust_env=False, timeout=60) as anybody:
        for response in (
            anybody.post("/sparql", content="CLEAR ALL", headers=WRITE),
            anybody.post("/sparql", content="update=CLEAR+ALL", headers=FORM),
        ):
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Bearer")
    assert asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_an_update_is_whole_or_not_at_all(client: httpx.Client) -> None:
    fill(client)
    refused(
        client.post("/sparql", content=f"DROP GRAPH <{G1}> ; DROP GRAPH <urn:not-there>", headers=WRITE), 400, 404, 409
    )
    assert asked(client, f"ASK {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}")


def test_prologues_between_operations(client: httpx.Client) -> None:
    """SPARQL 1.1, rule 29: each operation may have a prologue of its own."""
    text = f"PREFIX a: <urn:a:> INSERT DATA {{ GRAPH <{OUT}> {{ a:x a:y a:z }} }} ; PREFIX b: <urn:b:> "
    update(client, text + f"INSERT DATA {{ GRAPH <{OUT}> {{ a:x a:y b:z }} }} ;")
    assert asked(client, f"ASK {{ GRAPH <{OUT}> {{ <urn:a:x> <urn:a:y> <urn:a:z>, <urn:b:z> }} }}")
