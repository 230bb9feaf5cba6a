"""One service for all tests of this folder: empty, with a default graph of its own, as the suites expect."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.running import Running, running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("w3c") / "data", "--empty", "--default-graph", "plain") as started:
        yield started


@pytest.fixture(scope="session")
def client(service: Running) -> Iterator[httpx.Client]:
    """Somebody who may do everything."""
    with httpx.Client(base_url=service.url, headers=service.bearer, timeout=60, trust_env=False) as client:
        yield client
