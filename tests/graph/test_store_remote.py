"""The remote store: what an endpoint says over HTTP is what the store says, and what goes wrong is said."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from graph.errors import BadParameter, GraphError, QueryError
from graph.store import Change
from graph.store.backup import backup
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore
from graph.terms import DEFAULT_BASE

EXAMPLE = Path(__file__).parent / "example.trig"
SOURCE = DEFAULT_BASE + "source/example"
ORGANISATIONS = "SELECT ?o WHERE { ?o a <http://www.w3.org/ns/org#FormalOrganization> } ORDER BY ?o"


@pytest.fixture(scope="module")
def embedded() -> EmbeddedStore:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(ox.parse(path=EXAMPLE))))
    return store


def endpoint(store: EmbeddedStore) -> FastAPI:
    """A small SPARQL endpoint, and addresses beside it that answer as others do."""
    app = FastAPI()

    @app.post("/sparql")
    async def sparql(request: Request) -> Response:
        form = await request.form()
        assert set(form) <= {"query", "default-graph-uri", "named-graph-uri"}, "nothing but the protocol's parameters"
        try:
            result = store.query(
                str(form["query"]),
                default_graphs=[str(g) for g in form.getlist("default-graph-uri")],
                named_graphs=[str(g) for g in form.getlist("named-graph-uri")],
            )
        except QueryError as error:
            problem = {"title": "Bad query", "detail": error.message, "hint": "Look at line 1."}
            return Response(json.dumps(problem), 400, media_type="application/problem+json")
        accepted = [part.split(";")[0].strip() for part in request.headers["accept"].split(",")]
        if isinstance(result, ox.QueryTriples):
            form_of = ox.RdfFormat.N_TRIPLES
            assert form_of.media_type in accepted
            return Response(result.serialize(format=form_of), media_type=form_of.media_type)
        assert "application/sparql-results+json" in accepted
        return Response(
            result.serialize(format=ox.QueryResultsFormat.JSON), media_type="application/sparql-results+json"
        )

    def add(path: str, status: int, media_type: str, body: str) -> None:
        app.add_api_route(path, lambda: Response(body, status, media_type=media_type), methods=["POST"])

    add("/page", 200, "text/html", "<h1>Welcome</h1>")
    add("/broken", 200, "application/sparql-results+json", '{"head": {')
    add("/overloaded", 503, "application/problem+json", '{"detail": "Out of time after 10 s", "hint": "Ask for less."}')
    add("/private", 401, "text/html", "<h1>Log in</h1>")
    add("/failing", 500, "text/plain", "it's broken \N{SNOWMAN}\n\nResponse:\nnot this")
    add("/odd", 400, "application/json", "[")
    return app


@pytest.fixture(scope="module")
def address(embedded: EmbeddedStore) -> Iterator[str]:
    with serving(embedded) as address:
        yield address


@contextmanager
def serving(store: EmbeddedStore) -> Iterator[str]:
    """The address of an endpoint of a store; its queries are answered at ``/sparql`` there."""
    server = uvicorn.Server(uvicorn.Config(endpoint(store), port=0, log_level="error", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def remote(address: str) -> RemoteStore:
    return RemoteStore(address + "/sparql")


def wait_until(ready: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)


def test_select_gives_the_same_terms(remote: RemoteStore, embedded: EmbeddedStore) -> None:
    text = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"
    expected = [(row["s"], row["p"], row["o"]) for row in embedded.select(text)]
    found = [(row["s"], row["p"], row["o"]) for row in remote.select(text)]
    assert found == expected
    assert len(found) > 100


def test_unbound_is_none(remote: RemoteStore) -> None:
    assert [row["y"] for row in remote.select("SELECT ?x ?y WHERE { VALUES (?x ?y) { (1 UNDEF) } }")] == [None]


def test_ask(remote: RemoteStore) -> None:
    assert bool(remote.query(f"ASK {{ <{SOURCE}> ?p ?o }}"))
    assert not bool(remote.query("ASK { <https://example.org/nothing> ?p ?o }"))


def test_construct(remote: RemoteStore, embedded: EmbeddedStore) -> None:
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    expected, found = embedded.query(text), remote.query(text)
    assert isinstance(found, ox.QueryTriples)
    assert isinstance(expected, ox.QueryTriples)
    assert set(found) == set(expected)


def test_the_form_of_a_query_is_not_guessed_from_its_words(remote: RemoteStore) -> None:
    text = "# construct, insert data\nPREFIX ask: <https://example.org/ask#> # describe\n" + ORGANISATIONS
    assert len(list(remote.select(text))) == 2


def test_the_dataset_is_handed_on(remote: RemoteStore) -> None:
    everything = "SELECT * WHERE { ?s ?p ?o }"
    inside = remote.query(everything, default_graphs=[SOURCE])
    outside = remote.query(everything, default_graphs=["https://example.org/none"])
    named = remote.query("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }", named_graphs=[SOURCE])
    assert isinstance(inside, ox.QuerySolutions)
    assert isinstance(outside, ox.QuerySolutions)
    assert isinstance(named, ox.QuerySolutions)
    assert len(list(inside)) == len(list(named)) > 100
    assert list(outside) == []


def test_quads(remote: RemoteStore, embedded: EmbeddedStore) -> None:
    assert set(remote.quads(SOURCE)) == set(embedded.quads(SOURCE))
    assert set(remote.quads()) == set(embedded.quads())


def test_the_generation_is_the_endpoints(remote: RemoteStore, embedded: EmbeddedStore, address: str) -> None:
    assert remote.generation == embedded.generation == 1
    assert RemoteStore(address + "/sparql", base="https://example.org/other/").generation == 0


def test_a_backup_over_the_network_is_the_same(remote: RemoteStore, embedded: EmbeddedStore, tmp_path: Path) -> None:
    here = backup(embedded, tmp_path, tmp_path / "here.tar.gz")
    assert backup(remote, tmp_path, tmp_path / "there.tar.gz") == here
    assert (tmp_path / "here.tar.gz").read_bytes() == (tmp_path / "there.tar.gz").read_bytes()


def test_it_is_read_only(remote: RemoteStore, embedded: EmbeddedStore) -> None:
    assert not remote.writable
    with pytest.raises(GraphError, match="read-only"):
        remote.write(Change(added=frozenset(embedded.quads())))
    assert remote.write(Change()) == 1
    with pytest.raises(QueryError):
        remote.query("INSERT DATA { <https://example.org/a> <https://example.org/b> 1 }")


def test_a_syntax_error_is_a_query_error_in_the_servers_words(remote: RemoteStore) -> None:
    with pytest.raises(QueryError, match=r"answered 400: The query cannot be read.*1:") as caught:
        remote.query("SELECT ?x WHERE {")
    assert caught.value.hint == "Look at line 1."


def test_select_wants_a_select(remote: RemoteStore) -> None:
    with pytest.raises(QueryError, match="SELECT"):
        remote.select("ASK { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("path", "code", "problem", "hint"),
    [
        ("/nowhere", "not-an-endpoint", "answered 404: Not Found|answered 404", "/sparql"),
        ("/page", "bad-remote-answer", "text/html", "/sparql"),
        ("/broken", "bad-remote-answer", "broken application/sparql-results", ""),
        ("/overloaded", "query-failed", "answered 503: Out of time after 10 s", "Ask for less."),
        ("/private", "remote-refused", r"answered 401\.", "login"),
        ("/failing", "query-failed", "answered 500: it's broken \N{SNOWMAN} Response: not this", "Ask for less"),
        ("/odd", "bad-query", r"answered 400\.", ""),
    ],
)
def test_other_answers_say_what_is_wrong(address: str, path: str, code: str, problem: str, hint: str) -> None:
    with pytest.raises(GraphError, match=problem) as caught:
        RemoteStore(address + path).query(ORGANISATIONS)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert "<" not in caught.value.message, "no HTML in a sentence"


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/sparql"
        with pytest.raises(GraphError, match=r"No answer from .*refused") as caught:
            RemoteStore(url).query(ORGANISATIONS)
    assert caught.value.code == "remote-unreachable"


def test_somebody_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(GraphError, match="timed out"):
        RemoteStore(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.3).query(ORGANISATIONS)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "127.0.0.1:8000", "http:///sparql", ""])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(BadParameter, match="not the address"):
        RemoteStore(url)


def oxigraph_binary() -> str | None:
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


def test_an_external_store(embedded: EmbeddedStore, tmp_path: Path) -> None:
    """Oxigraph's own server: a store that is not ours, with the example loaded by its own command."""
    binary = oxigraph_binary()
    if binary is None:
        pytest.skip("no 'oxigraph' command here: pip install oxigraph")
    location = str(tmp_path / "db")
    quads = tmp_path / "all.nq"
    quads.write_text("".join(f"{quad} .\n" for quad in embedded.quads()), encoding="utf-8")
    subprocess.run([binary, "load", "--location", location, "--file", str(quads)], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    command = [binary, "serve-read-only", "--location", location, "--bind", host, "--union-default-graph"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: is_listening(host))
            remote = RemoteStore(f"http://{host}/query")
            assert remote.generation == embedded.generation
            assert set(remote.quads()) == set(embedded.quads())
            assert [row["o"] for row in remote.select(ORGANISATIONS)] == [
                row["o"] for row in embedded.select(ORGANISATIONS)
            ]
            assert bool(remote.query(f"ASK {{ <{SOURCE}> ?p ?o }}"))
            described = remote.query(f"CONSTRUCT WHERE {{ <{SOURCE}> ?p ?o }}")
            assert isinstance(described, ox.QueryTriples)
            assert len(list(described)) == 2
            with pytest.raises(QueryError, match=r"answered 400: .*1:"):
                remote.query("SELECT ?x WHERE {")
            with pytest.raises(QueryError):
                remote.query("DROP ALL")
            with pytest.raises(GraphError, match="404") as caught:
                RemoteStore(f"http://{host}/elsewhere").query(ORGANISATIONS)
            assert caught.value.code == "not-an-endpoint"
        finally:
            server.terminate()


def is_listening(host: str) -> bool:
    name, _, port = host.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((name, int(port))) == 0
