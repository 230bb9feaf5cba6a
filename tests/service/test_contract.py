"""The OpenAPI document against the service: Schemathesis sends what the document allows, and what it does not."""

import contextlib
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from graph.ask import questions

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_service_keeps_its_contract(address: str) -> None:
    operations = [found.ok() for found in schemathesis.openapi.from_url(address + "/openapi.json").get_all_operations()]
    assert len(operations) > 2 * len(questions())
    for operation in operations:
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            _examine(operation, mode)


def _examine(operation: Any, mode: schemathesis.GenerationMode) -> None:
    @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def examine(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, timeout=60)

    with contextlib.suppress(Unsatisfiable):  # An operation without parameters has no wrong ones.
        examine()


def test_every_operation_says_what_it_does(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for name in questions():
        assert f"/ask/{name}.json" in paths
        assert f"/ask/{name}.csv" in paths
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert "200" in operation["responses"]
    # The page lists every operation, without a script from elsewhere.
    page = client.get("/docs").text
    for path in paths:
        assert path in page
