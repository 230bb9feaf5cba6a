"""A running service over reference data, the roundtable and hostile labels, and a listener that must hear nothing."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from graph.store import Change
from graph.terms import DEFAULT_BASE
from service.workspace import Workspace
from tests.running import Running, running
from tests.service.conftest import HOSTILE


class Canary:
    """A listener on the loopback interface. Whoever is made to call it shows up in ``heard``."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                try:
                    self.heard.append(connection.recv(1000))
                except OSError:
                    self.heard.append(b"")

    def assert_silence(self) -> None:
        """Nobody has called. That it would hear a call is tried each time."""
        assert self.heard == []
        with socket.create_connection(self._listener.getsockname()) as connection:
            connection.sendall(b"chirp")
        deadline = time.monotonic() + 10
        while not self.heard and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.heard == [b"chirp"]
        self.heard.clear()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


@pytest.fixture(scope="session")
def service(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(workspace, folder)
    store = Workspace(folder).open(DEFAULT_BASE)
    store.write(Change(added=frozenset(ox.parse(HOSTILE.encode(), format=ox.RdfFormat.TRIG))))
    store.close()
    with running(folder) as started:
        yield started
        assert started.alive()


@pytest.fixture(scope="session")
def anybody(service: Running) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def curator(service: Running) -> Iterator[httpx.Client]:
    """Somebody who may write."""
    with httpx.Client(base_url=service.url, headers=service.bearer, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def unharmed(curator: httpx.Client, service: Running) -> Iterator[None]:
    """After the test the data are what they were, and the service answers."""
    before = facts(curator)
    yield
    assert service.alive()
    assert facts(curator) == before


def facts(client: httpx.Client) -> int:
    """How many triples there are outside of the service's own records."""
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), '{DEFAULT_BASE}graph/')) }}"
    response = client.post("/sparql", data={"query": query})
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])
