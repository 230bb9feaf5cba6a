"""One service for all clients: empty at first, its default graph the union of all graphs, as people run it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.running import Running, running

GRAPH = "http://example.org/clients"
#: What a client may get wrong: languages, types, quotes, line ends, a character beyond the basic plane.
DATA = r"""
@prefix e: <http://example.org/> .
e:one e:name "One"@en, "Один"@ru ; e:size 1 ; e:next e:two .
e:two e:name "two \"quoted\"\nlines \U0001F30D, and a comma" ; e:size 2.5 ; e:next e:three .
e:three e:size 3e0 ; e:flag true ; e:day "2010-05-12"^^<http://www.w3.org/2001/XMLSchema#date> ; e:part [ e:size 4 ] .
"""
ROWS = "SELECT ?s ?name { ?s <http://example.org/name> ?name } ORDER BY ?s ?name"
NAMES = {"One", "Один", 'two "quoted"\nlines \U0001f30d, and a comma'}


@dataclass(frozen=True, slots=True)
class Service:
    """``endpoint`` takes queries and updates; ``token`` may write."""

    running: Running

    @property
    def endpoint(self) -> str:
        return f"{self.running.url}/sparql"

    @property
    def store(self) -> str:
        return f"{self.running.url}/rdf-graph-store"

    @property
    def bearer(self) -> dict[str, str]:
        return self.running.bearer


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("clients") / "data", "--empty") as started:
        service = Service(started)
        response = httpx.put(
            service.store,
            params={"graph": GRAPH},
            content=DATA.encode(),
            headers={**service.bearer, "Content-Type": "text/turtle"},
            trust_env=False,
            timeout=60,
        )
        assert response.status_code == 201, response.text
        yield service
