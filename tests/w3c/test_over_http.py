"""The suites over HTTP, against a running service: nothing fails that the engine itself passes in-process."""

from __future__ import annotations

import httpx
import pytest

from graph.terms import DEFAULT_BASE
from tests.w3c.manifest import MISSING, Case, cases
from tests.w3c.over_http import QUERY, WRITE, Runner
from tests.w3c.test_engine import failures

pytestmark = [pytest.mark.skipif(not cases(), reason=MISSING), pytest.mark.xdist_group("w3c")]

#: Not failures but what the service is made to do: nothing of it reaches another host, be it SILENT.
REFUSED = {"update-silent/load-silent", "update-silent/load-into-silent"}

#: By data, so that tests over the same data load them once.
CASES = sorted((case for case in cases() if case.name not in REFUSED), key=lambda case: (str(case.data), case.name))


@pytest.fixture(scope="session")
def runner(client: httpx.Client) -> Runner:
    return Runner(client, DEFAULT_BASE + "graph/")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_over_http(case: Case, runner: Runner) -> None:
    known = failures().get(case.name)
    try:
        runner.run(case)
    except AssertionError:
        if known is None:
            raise


@pytest.mark.parametrize("case", [case for case in cases() if case.name in REFUSED], ids=lambda case: case.name)
def test_loading_from_elsewhere_is_refused(case: Case, client: httpx.Client) -> None:
    response = client.post("/sparql", content=case.text, headers=WRITE)
    assert response.status_code == 403
    assert response.json()["code"] == "load-refused"


@pytest.mark.parametrize("case", cases("syntax-fed/manifest.ttl"), ids=lambda case: case.name)
def test_federation_is_refused(case: Case, client: httpx.Client) -> None:
    response = client.post("/sparql", content=case.text, headers=QUERY)
    assert response.status_code == 403
    assert response.json()["code"] == "service-refused"
