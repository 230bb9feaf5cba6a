"""The Reconciliation Service API, asked as OpenRefine asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from graph.store.embedded import EmbeddedStore
from tests.graph.ingest.recipes.approve import store
from tests.service.conftest import serving


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    found: EmbeddedStore = store()
    with serving(found, lifespan="on") as address, httpx.Client(base_url=address, timeout=60) as made:
        yield made


def ask(client: httpx.Client, **queries: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_manifest_tells_what_can_be_asked(client: httpx.Client) -> None:
    answer = client.get("/reconcile", headers={"origin": "http://127.0.0.1:3333"})
    assert answer.headers["access-control-allow-origin"] == "*"
    manifest = answer.json()
    assert {
        "versions",
        "name",
        "identifierSpace",
        "schemaSpace",
        "view",
        "preview",
        "suggest",
        "extend",
    } <= manifest.keys()
    assert {one["id"] for one in manifest["defaultTypes"]} == {"organisation", "theme", "place", "person"}
    for what in ("entity", "type", "property"):
        service = manifest["suggest"][what]
        answer = client.get(
            "/reconcile" + service["service_path"], params={"prefix": "arm" if what == "entity" else "p"}
        )
        assert answer.json()["result"], what
    assert client.get("/reconcile/propose", params={"type": "place"}).json()["properties"]


def test_names_are_matched_with_their_reasons(client: httpx.Client) -> None:
    found = ask(
        client,
        q0={"query": "UNICEF", "type": "organisation", "limit": 3},
        q1={"query": "Turkmenistn", "type": "place"},
        q2={"query": "Other"},
        q3={"query": "Land", "type": "place", "properties": [{"pid": "alpha2", "v": "AM"}]},
        q4={"query": "Инклюзивное образование"},
    )
    first = found["q0"]["result"][0]
    assert first["match"]
    assert {"id", "name", "score", "match", "type", "description"} <= first.keys()
    assert first["type"] == [{"id": "organisation", "name": "Organisation"}]
    best = found["q1"]["result"][0]
    assert (best["id"].rpartition("/")[2], best["match"]) == ("TM", False)
    assert found["q2"]["result"] == []
    assert found["q3"]["result"][0]["id"].endswith("/AM")
    assert found["q4"]["result"][0]["id"].endswith("theme/inclusive-education")


def test_a_script_may_ask_with_a_callback(client: httpx.Client) -> None:
    answer = client.get("/reconcile", params={"queries": '{"q0": {"query": "Armenia"}}', "callback": "jQuery17_1"})
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text.startswith("/**/jQuery17_1({")
    assert client.get("/reconcile", params={"callback": "alert(1)//"}).status_code == 422


def test_a_table_is_extended(client: httpx.Client) -> None:
    iri = ask(client, q={"query": "Armenia", "type": "place"})["q"]["result"][0]["id"]
    asked = {"ids": [iri, "https://example.org/nothing"], "properties": [{"id": "alpha3"}, {"id": "within"}]}
    found = client.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert [one["id"] for one in found["meta"]] == ["alpha3", "within"]
    assert found["rows"][iri]["alpha3"] == [{"str": "ARM"}]
    assert all({"id", "name"} == one.keys() for one in found["rows"][iri]["within"])
    assert found["rows"]["https://example.org/nothing"] == {"alpha3": [], "within": []}


def test_a_preview_may_be_framed(client: httpx.Client) -> None:
    iri = ask(client, q={"query": "Armenia", "type": "place"})["q"]["result"][0]["id"]
    answer = client.get("/reconcile/preview", params={"id": iri})
    assert "Armenia" in answer.text
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert client.get("/reconcile/preview", params={"id": "https://example.org/no"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"queries": "{"}, "bad-json"),
        ({"queries": "[" * 50_000}, "bad-json"),
        ({"queries": "[]"}, "bad-queries"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(51)})}, "too-many-queries"),
        ({"queries": '{"q": 5}'}, "bad-query"),
        ({"queries": '{"q": {"query": 5}}'}, "bad-query"),
        ({"queries": '{"q": {"query": "a", "type": 5}}'}, "bad-query"),
        ({"queries": '{"q": {"query": "a", "type": "car"}}'}, "unknown-type"),
        ({"extend": "[]"}, "bad-extend"),
        ({"extend": '{"ids": 5}'}, "bad-extend"),
        ({"extend": '{"ids": [], "properties": [{"id": "wheels"}]}'}, "unknown-property"),
    ],
)
def test_what_cannot_be_answered_is_said(client: httpx.Client, fields: dict[str, str], code: str) -> None:
    answer = client.post("/reconcile", data=fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_nothing_else_is_suggested(client: httpx.Client) -> None:
    assert client.get("/reconcile/suggest/cars").status_code == 404
    assert client.get("/reconcile/suggest/entity").json() == {"result": []}
