"""The servers that are measured side by side, each over the same data, each started as its makers say."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox

from graph.store.tally import path_for
from graph.terms import DEFAULT_BASE
from service.workspace import Workspace
from tests.running import free_port, running

OXIGRAPH = Path(sys.executable).parent / "oxigraph"


class System:
    """``query`` and ``update`` are addresses; ``headers`` go with updates."""

    def __init__(self, name: str, query: str, update: str | None, headers: dict[str, str] | None = None) -> None:
        self.name, self.query, self.update, self.headers = name, query, update, headers or {}


@contextmanager
def common_ground(folder: Path, data: Path) -> Iterator[System]:
    """Ours, as ``commonground serve`` runs it."""
    workspace = Workspace(folder / "commonground")
    workspace.open(DEFAULT_BASE, empty=True).close()
    store = ox.Store(workspace.store)
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("http://example.org/data"))
    store.flush()
    del store
    # What was loaded past the writer is to be counted anew.
    path_for(workspace.store).unlink(missing_ok=True)
    with running(workspace.data_dir) as service:
        yield System("Common Ground", f"{service.url}/sparql", f"{service.url}/sparql", service.bearer)


@contextmanager
def oxigraph(folder: Path, data: Path) -> Iterator[System]:
    """The server of the engine that we use too, without anything between."""
    location = folder / "oxigraph"
    subprocess.run([OXIGRAPH, "load", "--location", location, "--file", data], check=True, capture_output=True)
    port = free_port()
    with _process([OXIGRAPH, "serve", "--location", location, "--bind", f"127.0.0.1:{port}"]):
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/query", 60)
        yield System("oxigraph serve", f"{url}/query", f"{url}/update")


@contextmanager
def rdflib_endpoint(program: Path, data: Path) -> Iterator[System]:
    """A server in Python over rdflib's own store, in memory."""
    port = free_port()
    with _process([program, "serve", "--host", "127.0.0.1", "--port", str(port), "--enable-update", data]):
        url = f"http://127.0.0.1:{port}/"
        _wait(url, 300)
        yield System("rdflib-endpoint", url, None)


@contextmanager
def _process(command: list[str | Path]) -> Iterator[None]:
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _wait(url: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, params={"query": "ASK {}"}, timeout=5, trust_env=False).status_code == 200:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} does not answer")
        time.sleep(0.1)
