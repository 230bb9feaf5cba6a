"""A running service for the tests: the example graph with hostile labels beside it, and the roundtable."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import httpx
import pyoxigraph as ox
import pytest
import uvicorn
from fastapi import FastAPI

from graph.ingest import load_reference
from graph.store import Change, Store
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE
from service.app import create_app
from service.server import GuardedConfig
from service.settings import Settings
from service.workspace import Workspace

EXAMPLE = Path(__file__).parent.parent / "graph" / "example.trig"

#: What a browser sends.
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

#: Labels and addresses that would do harm if they were written into a page as they are.
HOSTILE = """
@prefix cg: <https://w3id.org/commonground/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix basis: <https://w3id.org/commonground/id/code/basis/> .
@prefix theme: <https://w3id.org/commonground/id/theme/> .
@prefix place: <https://w3id.org/commonground/id/place/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/commonground/id/source/hostile> {
  <https://w3id.org/commonground/id/source/hostile> a cg:Source ; skos:prefLabel "Hostile source"@en .
  <https://w3id.org/commonground/id/organisation/hostile> a org:FormalOrganization ;
    skos:prefLabel "<script>alert('label')</script>"@en ;
    foaf:homepage "javascript:alert('home')" , <javascript:alert(1)> ; foaf:page "https://example.org/page" ;
    cg:basis basis:stated .
  <https://w3id.org/commonground/id/engagement/hostile/h1> a cg:Engagement ;
    cg:partner <https://w3id.org/commonground/id/organisation/hostile> ;
    cg:theme theme:film-advocacy ; cg:place place:AL ; cg:basis basis:stated ;
    cg:basisNote "=HYPERLINK(\\"https://example.org\\")"@en ; cg:statedOn "2010-05-12"^^xsd:date .
}
"""


@contextmanager
def serving(store: Store, *, lifespan: Literal["on", "off"] = "off", **settings: object) -> Iterator[str]:
    """A real server on a free port of the loopback interface; yields its address. Jobs need its ``lifespan``."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        chosen = Settings(**{"data_dir": Path("unused"), "port": port, **settings})  # type: ignore[arg-type]
        with serving_app(create_app(chosen, store), chosen, listener, lifespan) as url:
            yield url


@contextmanager
def serving_app(
    app: FastAPI,
    settings: Settings | None = None,
    listener: socket.socket | None = None,
    lifespan: Literal["on", "off"] = "off",
) -> Iterator[str]:
    """The same of an app that is made already."""
    if listener is None:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
    settings = settings or Settings(data_dir=Path("unused"))
    server = uvicorn.Server(GuardedConfig(app, settings, log_level="critical", lifespan=lifespan))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def example_store() -> EmbeddedStore:
    store = EmbeddedStore()
    load_reference(store)
    quads = [*ox.parse(path=str(EXAMPLE), format=ox.RdfFormat.TRIG)]
    quads += ox.parse(HOSTILE.encode(), format=ox.RdfFormat.TRIG)
    store.write(Change(added=frozenset(quads)))
    return store


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of a service over the example."""
    with serving(example_store()) as url:
        yield url


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        yield client


@pytest.fixture(scope="session")
def roundtable_address(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service over the roundtable. A copy, because one process can have a store open."""
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(workspace, folder)
    store = Workspace(folder).open(DEFAULT_BASE)
    with serving(store) as url:
        yield url
    store.close()


@pytest.fixture(scope="session")
def roundtable(roundtable_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=roundtable_address, timeout=60, follow_redirects=True) as client:
        yield client
