"""Values that would do harm if they were pasted into a query, a page, a path or a header: every parameter of every
address that the contract names gets each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.hostile.conftest import Canary
from tests.service.conftest import BROWSER

pytestmark = [pytest.mark.xdist_group("hostile"), pytest.mark.usefixtures("unharmed")]

VALUES = {
    "closes an IRI": "> } ; DROP ALL #",
    "closes a string": '" . } ; DROP ALL ; INSERT DATA { <urn:a> <urn:b> "',
    "closes a long string": "''' } ; CLEAR ALL #",
    "a union": "film> . } UNION { ?s ?p ?o } #",
    "a federated query": "> SERVICE <{canary}> { ?s ?p ?o } #",
    "an escape": "\\u003E } ; DROP ALL",
    "an IRI of elsewhere": "{canary}/thing",
    "javascript": "javascript:alert(1)",
    "markup": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)',
    "a template": "{{ 7 * 7 }}${7*7}",
    "a path": "../../../../etc/passwd",
    "an encoded path": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "a line break": "film\r\nSet-Cookie: taken=1",
    "a NUL": "film\x00",
    "no character": "\ufffe\u202e",
    "a formula": '=HYPERLINK("{canary}")',
    "long": "a" * 3000,
    "a pattern": "(a+)+" * 20,
    "a number": "-1e999",
}


def operations(client: httpx.Client) -> list[tuple[str, list[str]]]:
    """(address, its parameters) of all that answers to GET, from the contract; the parts of a path filled in."""
    paths: dict[str, Any] = client.get("/openapi.json").json()["paths"]
    found = []
    for path, methods in paths.items():
        if "get" not in methods or path == "/sparql":
            continue
        names = [p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"]
        found.append((path, names))
    return found


#: Answered with one of these it was understood and refused, or taken for a name that nothing has.
FINE = (200, 303, 400, 404, 406, 414, 422)
_GUARDED = ("/batches", "/files", "/recipes", "/judgements")


def test_the_contract_names_what_is_tried(anybody: httpx.Client) -> None:
    tried = dict(operations(anybody))
    for path in ("/gaps.json", "/coverage.json", "/ask/who-works-on.json"):
        assert {"theme", "place"} <= set(tried[path]), path


@pytest.fixture
def asker(anybody: httpx.Client, curator: httpx.Client) -> Callable[[str], httpx.Client]:
    """Who may ask an address: of some only somebody with a token learns anything."""
    return lambda address: curator if address.startswith(_GUARDED) else anybody


@pytest.mark.parametrize("name", VALUES)
def test_every_parameter(
    anybody: httpx.Client, asker: Callable[[str], httpx.Client], canary: Canary, name: str
) -> None:
    value = VALUES[name].replace("{canary}", canary.url)
    for path, parameters in operations(anybody):
        address = re.sub(r"\{[^}]*\}", "film-advocacy", path)
        for parameter in parameters:
            # As programs and as browsers ask: pages are made by other code.
            for headers in ({}, BROWSER):
                response = asker(address).get(address, params={parameter: value}, headers=headers)
                assert response.status_code in FINE, (address, parameter, response.status_code, response.text[:300])
                harmless(response, value)
    canary.assert_silence()


@pytest.mark.parametrize("name", VALUES)
def test_every_part_of_a_path(
    anybody: httpx.Client, asker: Callable[[str], httpx.Client], canary: Canary, name: str
) -> None:
    value = VALUES[name].replace("{canary}", canary.url)
    for path, _ in operations(anybody):
        if "{" in path:
            address = re.sub(r"\{[^}]*\}", lambda _: httpx.URL("/", params={"v": value}).query[2:].decode(), path)
            for headers in ({}, BROWSER):
                response = asker(address).get(address, headers=headers)
                assert response.status_code in FINE, (address, response.status_code, response.text[:300])
                harmless(response, value)
    canary.assert_silence()


def harmless(response: httpx.Response, value: str) -> None:
    """Nothing of the value works: no markup, no handler, no header, no file, no computed template."""
    assert "set-cookie" not in response.headers
    assert "root:" not in response.text
    if response.headers.get("content-type", "").startswith("text/html"):
        page = response.text
        assert "<script>alert" not in page
        assert not re.search(r"<[a-z][^<>]*\sonmouseover\s*=", page, re.IGNORECASE)
        assert not re.search(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", page, re.IGNORECASE)
        if "7" in value and "{" in value:
            assert ">49<" not in page
    else:
        assert response.headers["x-content-type-options"] == "nosniff"


def test_a_parameter_of_a_query_is_a_value(anybody: httpx.Client) -> None:
    """A name with a quote in it is searched for as it is, and told back as it is."""
    response = anybody.get("/ask/who-works-on.json", params={"theme": VALUES["closes an IRI"]})
    assert response.status_code == 422
    assert VALUES["closes an IRI"] in response.json()["detail"]
