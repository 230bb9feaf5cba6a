"""The Graph Store Protocol and updates over HTTP, where the W3C's tests do not look: rights, records, limits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from service.tokens import Role, TokenBook
from tests.service.conftest import example_store, serving

STORE = "/rdf-graph-store"
ONE = {"graph": "https://example.org/one"}
TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA { GRAPH <https://example.org/one> { <urn:s> <urn:p> 1 } }"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> TokenBook:
    return TokenBook(tmp_path_factory.mktemp("written") / "tokens.json")


@pytest.fixture(scope="module")
def writable(book: TokenBook) -> Iterator[str]:
    with serving(example_store(), data_dir=book.path.parent, longest_upload=5_000) as url:
        yield url


def caller(url: str, book: TokenBook, name: str, role: Role) -> httpx.Client:
    token = book.add(name, role, datetime.now(UTC))
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.fixture(scope="module")
def curator(writable: str, book: TokenBook) -> Iterator[httpx.Client]:
    with caller(writable, book, "Ada", Role.CURATE) as client:
        yield client


def test_without_any_token_writing_is_off(client: httpx.Client) -> None:
    for response in (
        client.put(STORE, params=ONE, content="", headers=TURTLE),
        client.post("/sparql", content=INSERT, headers=UPDATE),
        client.post("/sparql", data={"update": INSERT}),
        client.delete("/id/source/example"),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "writes-off")


def test_a_role_that_is_too_low_writes_nothing(writable: str, book: TokenBook, curator: httpx.Client) -> None:
    with caller(writable, book, "Bob", Role.CONTRIBUTE) as client:
        for response in (
            client.put(STORE, params=ONE, content="", headers=TURTLE),
            client.post("/sparql", content=INSERT, headers=UPDATE),
        ):
            assert (response.status_code, response.json()["code"]) == (403, "role-too-low")
    assert curator.get(STORE, params=ONE).status_code == 404


def test_every_write_is_recorded_with_who(curator: httpx.Client) -> None:
    before = curator.get("/healthz").json()["generation"]
    written = curator.post("/sparql", content=INSERT, headers=UPDATE)
    assert written.json() == {"generation": before + 1}
    assert written.headers["common-ground-generation"] == str(before + 1)
    assert curator.put(STORE, params=ONE, content="<urn:s> <urn:p> 2 .", headers=TURTLE).status_code == 204
    assert curator.delete(STORE, params=ONE).json() == {"generation": before + 3}
    query = """PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?what ?who { GRAPH ?g { ?a a prov:Activity ; skos:prefLabel ?what ; prov:startedAtTime ?at ;
      prov:wasAssociatedWith/skos:prefLabel ?who } FILTER(STRENDS(STR(?g), "graph/provenance")) }"""
    rows = curator.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    found = [(row["what"]["value"], row["who"]["value"]) for row in rows if row["who"]["value"] == "Ada"]
    assert sorted(found) == [
        ("Graph removed: https://example.org/one", "Ada"),
        ("Graph replaced: https://example.org/one", "Ada"),
        ("SPARQL update", "Ada"),
    ]


def test_an_update_may_be_answered_before_it_is_seen(curator: httpx.Client) -> None:
    response = curator.post("/sparql", params={"async": "1"}, content=INSERT, headers=UPDATE)
    assert response.status_code == 202
    assert response.json()["generation"] >= 1
    curator.delete(STORE, params=ONE)


def test_the_services_own_graphs_are_not_for_others(curator: httpx.Client) -> None:
    for name in ("state", "provenance"):
        graph = {"graph": f"https://w3id.org/commonground/id/graph/{name}"}
        assert curator.put(STORE, params=graph, content="", headers=TURTLE).json()["code"] == "own-graph"
        assert curator.delete(f"/id/graph/{name}").json()["code"] == "own-graph"


def test_what_is_too_long_is_refused(curator: httpx.Client) -> None:
    response = curator.put(STORE, params=ONE, content="#" * 6_000, headers=TURTLE)
    assert (response.status_code, response.json()["code"]) == (413, "too-long")
    chunks = (b"#" * 1000 for _ in range(6))
    assert curator.put(STORE, params=ONE, content=chunks, headers=TURTLE).status_code == 413


def test_a_fault_in_a_graph_has_its_place(curator: httpx.Client) -> None:
    response = curator.put(STORE, params=ONE, content="<urn:s> <urn:p>\n , .", headers=TURTLE)
    assert response.status_code == 400
    assert response.json()["line"] == 2
    named = "<urn:g> { <urn:s> <urn:p> 1 }"
    headers = {"Content-Type": "application/trig"}
    assert curator.put(STORE, params=ONE, content=named, headers=headers).status_code == 400
    assert curator.get(STORE, params=ONE).status_code == 404


def test_a_part_of_a_form_is_known_by_its_name(curator: httpx.Client) -> None:
    files = [
        ("a", ("a.nt", b"<urn:s> <urn:p> <urn:o> .", "")),
        ("b", ("b.jsonld", b'{"@id": "urn:s", "urn:q": 1}', "")),
    ]
    assert curator.post(STORE, params=ONE, files=files).status_code == 201
    held = curator.get(STORE, params=ONE, headers={"Accept": "application/n-triples"}).text
    assert held.count("\n") == 2
    curator.delete(STORE, params=ONE)


def test_nothing_of_an_upload_is_left(curator: httpx.Client, book: TokenBook) -> None:
    run: Path = book.path.parent / "run"
    run.mkdir(exist_ok=True)
    curator.put(STORE, params=ONE, content="<urn:s> <urn:p> 1 .", headers=TURTLE)
    curator.put(STORE, params=ONE, content="broken", headers=TURTLE)
    curator.delete(STORE, params=ONE)
    assert not list(run.iterdir())


def test_a_graph_of_a_source_has_two_addresses(client: httpx.Client) -> None:
    graph = "https://w3id.org/commonground/id/source/example"
    accept = {"Accept": "application/n-triples"}
    direct = client.get("/id/source/example", headers=accept)
    indirect = client.get(STORE, params={"graph": graph}, headers=accept)
    assert sorted(direct.text.splitlines()) == sorted(indirect.text.splitlines())
    again = client.get(STORE, params={"graph": graph}, headers={**accept, "If-None-Match": indirect.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_other_methods_are_not_allowed(client: httpx.Client) -> None:
    for method in ("PATCH", "TRACE"):
        assert client.request(method, STORE, params=ONE).status_code == 405
    assert client.put("/sparql", content="ASK {}").status_code == 405
