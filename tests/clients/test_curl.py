"""curl, as the documentation tells people to use it."""

import json
import shutil
import subprocess

import pytest

from tests.clients.conftest import GRAPH, NAMES, ROWS, Service

pytestmark = [
    pytest.mark.xdist_group("clients"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


def curl(*arguments: str, body: str = "") -> tuple[int, str]:
    """(status, body)."""
    command = ["curl", "--noproxy", "*", "-sS", "-m", "30", "-w", "\n%{http_code}", *arguments]
    done = subprocess.run(command, input=body.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    answer, _, status = done.stdout.decode("utf-8").rpartition("\n")
    return int(status), answer


def names(answer: str) -> set[str]:
    return {row["name"]["value"] for row in json.loads(answer)["results"]["bindings"]}


def test_a_query_in_the_address(service: Service) -> None:
    status, answer = curl("-G", service.endpoint, "--data-urlencode", f"query={ROWS}")
    assert (status, names(answer)) == (200, NAMES)


def test_a_query_as_a_form(service: Service) -> None:
    status, answer = curl(service.endpoint, "--data-urlencode", f"query={ROWS}")
    assert (status, names(answer)) == (200, NAMES)


def test_a_query_as_the_body(service: Service) -> None:
    kind = "Content-Type: application/sparql-query"
    status, answer = curl(service.endpoint, "-H", kind, "--data-binary", "@-", body=ROWS)
    assert (status, names(answer)) == (200, NAMES)


def test_a_compressed_answer(service: Service) -> None:
    status, answer = curl("--compressed", "-G", service.endpoint, "--data-urlencode", f"query={ROWS}")
    assert (status, names(answer)) == (200, NAMES)


def test_a_table(service: Service) -> None:
    status, answer = curl("-H", "Accept: text/csv", service.endpoint, "--data-urlencode", f"query={ROWS}")
    assert status == 200
    assert answer.splitlines()[0] == "s,name"


def test_a_graph_up_and_down(service: Service) -> None:
    token = f"Authorization: Bearer {service.running.token}"
    where = f"{service.store}?graph=urn:curl"
    kind = "Content-Type: text/turtle"
    assert curl("-T", "-", "-H", token, "-H", kind, where, body="<urn:s> <urn:p> 1 .")[0] == 201
    status, answer = curl("-H", "Accept: application/n-triples", where)
    assert (status, answer.strip()) == (200, '<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .')
    assert curl("-X", "DELETE", "-H", token, where)[0] in (200, 204)
    assert curl(where)[0] == 404


def test_an_update(service: Service) -> None:
    token = f"Authorization: Bearer {service.running.token}"
    text = "update=INSERT DATA { GRAPH <urn:curl> { <urn:s> <urn:p> 2 } }"
    assert curl(service.endpoint, "--data-urlencode", text)[0] == 401
    assert curl("-H", token, service.endpoint, "--data-urlencode", text)[0] in (200, 204)
    _, answer = curl("-G", service.endpoint, "--data-urlencode", "query=ASK { <urn:s> <urn:p> 2 }")
    assert json.loads(answer)["boolean"] is True


def test_head_and_options(service: Service) -> None:
    assert curl("-I", f"{service.store}?graph={GRAPH}")[0] == 200
    status, head = curl("-i", "-X", "OPTIONS", "-H", "Origin: https://example.org", service.endpoint)
    assert status in (200, 204)
    assert "POST" in head
