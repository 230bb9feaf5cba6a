"""The SPARQL 1.1 Graph Store HTTP Protocol: a test for each one of the W3C's suite, by its name, and some beside them.

The suite describes requests; these are our own of the same purpose. Direct identification needs graphs whose IRIs the
service answers for: those under its base, reached by their path.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest

from tests.w3c.results import same_graph

pytestmark = pytest.mark.xdist_group("w3c")

STORE = "/rdf-graph-store"
TURTLE = {"Content-Type": "text/turtle; charset=utf-8"}
ONE, TWO, NEVER = (f"http://example.org/store/{name}.ttl" for name in ("1", "2", "never"))

JOHN = "<http://example.org/1> a <urn:Person> ; <urn:card> [ a <urn:Card> ; <urn:name> 'John' ] ."
JANE = JOHN.replace("John", "Jane")
ALICE = "[] a <urn:Person> ; <urn:card> [ a <urn:Card> ; <urn:given> 'Alice' ] ."

Client = httpx.Client
Where = dict[str, str]
INDIRECT: dict[str, Where] = {"graph": {"graph": ONE}, "default": {"default": ""}}


@pytest.fixture(autouse=True)
def _empty(client: Client) -> Iterator[None]:
    yield
    response = client.post("/sparql", content="DROP ALL", headers={"Content-Type": "application/sparql-update"})
    assert response.is_success, response.text


def triples(turtle: str | bytes) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]


def holds(client: Client, wanted: str, url: str = STORE, **where: str) -> None:
    """That a GET gives a graph of the same meaning."""
    response = client.get(url, params=where or None, headers={"Accept": "text/turtle"})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert same_graph(triples(wanted), triples(response.content))


def put(client: Client, turtle: str, url: str = STORE, **where: str) -> httpx.Response:
    return client.put(url, params=where or None, content=turtle, headers=TURTLE)


def multipart(client: Client, url: str = STORE, **where: str) -> httpx.Response:
    files = [
        ("last.ttl", ("last.ttl", "<http://example.org/1> <urn:family> 'Doe' .", "text/turtle; charset=utf-8")),
        ("first.nt", ("first.nt", '<http://example.org/1> <urn:given> "Jane" .', "application/n-triples")),
    ]
    return client.post(url, params=where or None, files=files)


BOTH_NAMES = "<http://example.org/1> <urn:family> 'Doe' ; <urn:given> 'Jane' ."


def test_put_get_repeat_indirect(client: Client) -> None:
    response = put(client, JOHN, graph=ONE)
    assert response.status_code == 201
    holds(client, JOHN, graph=ONE)
    assert put(client, JANE, graph=ONE).status_code in (200, 204)
    holds(client, JANE, graph=ONE)


def test_put_get_default(client: Client) -> None:
    assert put(client, ALICE, default="").status_code in (200, 201, 204)
    holds(client, ALICE, default="")


def test_put_delete_get_delete_indirect(client: Client) -> None:
    put(client, ALICE, graph=TWO)
    assert client.delete(STORE, params={"graph": TWO}).status_code in (200, 204)
    assert client.get(STORE, params={"graph": TWO}).status_code == 404
    assert client.delete(STORE, params={"graph": TWO}).status_code == 404


def test_post_get_post_get_indirect(client: Client) -> None:
    response = client.post(STORE, params={"graph": ONE}, content=JANE, headers=TURTLE)
    assert response.status_code == 201
    holds(client, JANE, graph=ONE)
    assert multipart(client, graph=ONE).status_code in (200, 204)
    holds(client, JANE + BOTH_NAMES, graph=ONE)


def test_post_get_new_graph(client: Client) -> None:
    response = client.post(STORE, content=ALICE, headers=TURTLE)
    assert response.status_code == 201
    location = response.headers["location"]
    holds(client, ALICE, graph=location)
    again = client.post(STORE, content=ALICE, headers=TURTLE)
    assert again.headers["location"] != location


@pytest.mark.parametrize("where", INDIRECT.values(), ids=INDIRECT)
def test_head_existing_indirect(client: Client, where: Where) -> None:
    put(client, JOHN, **where)
    response = client.head(STORE, params=where, headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert response.content == b""


def test_head_non_existing_indirect(client: Client) -> None:
    assert client.head(STORE, params={"graph": NEVER}).status_code == 404


def test_put_get_uri_pct_encoded_indirect(client: Client) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in ONE.encode())
    response = client.put(f"{STORE}?graph={encoded}", content=JOHN, headers=TURTLE)
    assert response.status_code == 201
    holds(client, JOHN, graph=ONE)


def test_put_get_uri_pct_encoded_twice(client: Client) -> None:
    """What is encoded twice is another graph: the address is decoded once."""
    other = ONE.replace("1.ttl", "%31.ttl")
    assert put(client, JOHN, graph=ONE).status_code == 201
    assert put(client, JANE, graph=other).status_code == 201
    holds(client, JOHN, graph=ONE)
    holds(client, JANE, graph=other)


# --- direct -----------------------------------------------------------------------------------------------------------

DIRECT = "/id/source/direct"


def test_put_get_repeat_direct(client: Client) -> None:
    assert put(client, JOHN, DIRECT).status_code == 201
    holds(client, JOHN, DIRECT)
    assert put(client, JANE, DIRECT).status_code in (200, 204)
    holds(client, JANE, DIRECT)


def test_put_delete_get_delete_direct(client: Client) -> None:
    put(client, ALICE, DIRECT)
    assert client.delete(DIRECT).status_code in (200, 204)
    assert client.get(DIRECT, headers={"Accept": "text/turtle"}).status_code == 404
    assert client.delete(DIRECT).status_code == 404


def test_post_get_post_get_direct(client: Client) -> None:
    assert client.post(DIRECT, content=JANE, headers=TURTLE).status_code == 201
    holds(client, JANE, DIRECT)
    assert multipart(client, DIRECT).status_code in (200, 204)
    holds(client, JANE + BOTH_NAMES, DIRECT)


def test_head_existing_direct(client: Client) -> None:
    put(client, JOHN, DIRECT)
    response = client.head(DIRECT, headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert response.content == b""


# --- beside the suite -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/turtle", "<urn:s> <urn:p> 'ü' ."),
        ("application/n-triples", '<urn:s> <urn:p> "ü" .'),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
            '<rdf:Description rdf:about="urn:s"><u:p>ü</u:p></rdf:Description></rdf:RDF>',
        ),
        ("application/ld+json", '{"@id": "urn:s", "urn:p": "ü"}'),
    ],
)
def test_every_format_goes_in_and_comes_out(client: Client, kind: str, body: str) -> None:
    response = client.put(STORE, params={"graph": ONE}, content=body.encode(), headers={"Content-Type": kind})
    assert response.status_code == 201, response.text
    holds(client, "<urn:s> <urn:p> 'ü' .", graph=ONE)
    out = client.get(STORE, params={"graph": ONE}, headers={"Accept": kind})
    assert out.headers["content-type"].partition(";")[0] == kind
    found = ox.RdfFormat.from_media_type(kind)
    assert found is not None
    assert len(list(ox.parse(out.content, format=found))) == 1


def test_post_adds_and_put_replaces(client: Client) -> None:
    put(client, "<urn:s> <urn:p> 1 .", graph=ONE)
    client.post(STORE, params={"graph": ONE}, content="<urn:s> <urn:p> 2 .", headers=TURTLE)
    holds(client, "<urn:s> <urn:p> 1, 2 .", graph=ONE)
    put(client, "<urn:s> <urn:p> 3 .", graph=ONE)
    holds(client, "<urn:s> <urn:p> 3 .", graph=ONE)


def test_an_empty_graph_is_there(client: Client) -> None:
    assert put(client, "", graph=ONE).status_code == 201
    holds(client, "", graph=ONE)


def test_relative_iris_are_of_the_graph(client: Client) -> None:
    """Graph Store Protocol, section 5.2: the graph's IRI is the base of what is in it."""
    put(client, "<> <urn:p> <#x> .", graph=ONE)
    holds(client, f"<{ONE}> <urn:p> <{ONE}#x> .", graph=ONE)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 400),
        ({"graph": "not an iri"}, 400),
        ({"graph": "relative"}, 400),
        ({"graph": ONE, "default": ""}, 400),
        ([("graph", ONE), ("graph", TWO)], 400),
    ],
    ids=["nothing", "no iri", "relative", "both", "twice"],
)
def test_a_graph_that_is_not_identified(
    client: Client, params: dict[str, str] | list[tuple[str, str]], status: int
) -> None:
    assert client.get(STORE, params=params).status_code == status
    assert client.put(STORE, params=params, content=JOHN, headers=TURTLE).status_code == status


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (TURTLE, "<urn:s> <urn:p> ", 400),
        ({"Content-Type": "image/png"}, JOHN, 415),
        ({"Content-Type": "text/turtle; charset=utf-16"}, JOHN, 415),
        ({}, JOHN, 415),
    ],
    ids=["syntax", "type", "charset", "no type"],
)
def test_bad_content(client: Client, headers: dict[str, str], body: str, status: int) -> None:
    response = client.put(STORE, params={"graph": ONE}, content=body, headers=headers)
    # Without a type the content may be read as RDF/XML (section 5.3), which this is not.
    assert response.status_code in (status, 400)
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get(STORE, params={"graph": ONE}).status_code == 404


def test_none_of_the_formats_asked_for(client: Client) -> None:
    put(client, JOHN, graph=ONE)
    assert client.get(STORE, params={"graph": ONE}, headers={"Accept": "image/png"}).status_code == 406


def test_writing_needs_a_token_and_reading_none(client: Client) -> None:
    put(client, JOHN, graph=ONE)
    with httpx.Client(base_url=client.base_url, trust_env=False, timeout=60) as anybody:
        holds(anybody, JOHN, graph=ONE)
        for url, params in ((STORE, {"graph": ONE}), (DIRECT, None)):
            for method in ("PUT", "POST", "DELETE"):
                response = anybody.request(method, url, params=params, content=JANE, headers=TURTLE)
                assert response.status_code == 401, (method, url)
    holds(client, JOHN, graph=ONE)
