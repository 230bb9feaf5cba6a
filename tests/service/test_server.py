"""The server under clients that hold on without getting on: each loses its connection, nobody else notices."""

import contextlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, StreamingResponse

from graph.errors import QueryTimeout
from service.access import Access
from service.logs import Log
from service.metrics import Metrics
from service.middleware import Aborted, Edge
from service.server import Connections, GuardedConfig, messages_to
from service.settings import Settings
from service.tokens import TokenBook
from tests.service.raw import connect, exchange, status
from tests.service.test_logs import lines

END = b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def small_app(tmp_path: Path, settings: Settings, log: Log | None = None) -> FastAPI:
    """The edge around an app that sends without end, or breaks off."""
    app = FastAPI()

    @app.get("/ok")
    def ok() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/endless")
    def endless() -> StreamingResponse:
        return StreamingResponse(iter(lambda: b"x" * 65536, b""))

    @app.get("/broken/{kind}")
    def broken(kind: str) -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            yield b"first piece"
            if kind == "foreseen":
                raise QueryTimeout("query-timeout", "It took too long.")
            raise RuntimeError("nobody foresaw this")

        return StreamingResponse(pieces())

    def respond(_: Request, problem: object) -> PlainTextResponse:
        return PlainTextResponse(str(problem), 500)

    access = Access(TokenBook(tmp_path / "tokens.json"))
    app.add_middleware(Edge, settings=settings, respond=respond, access=access, metrics=Metrics(), log=log)
    return app


@contextmanager
def guarded(tmp_path: Path, log: Log | None = None, **changed: float) -> Iterator[tuple[str, GuardedConfig]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    settings = Settings(data_dir=tmp_path, port=listener.getsockname()[1])
    config = GuardedConfig(small_app(tmp_path, settings, log), settings, lifespan="off")
    for name, value in changed.items():
        setattr(config, name, value)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://127.0.0.1:{settings.port}", config
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(20)
        listener.close()


def closed(connection: socket.socket, seconds: float = 20) -> bool:
    """Whether the server ends the connection; what it sends meanwhile is read."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize("said", [b"", b"GET /ok HT", b"GET /ok HTTP/1.1\r\nHost: localhost\r\n"])
def test_who_does_not_finish_a_head_is_let_go(tmp_path: Path, said: bytes) -> None:
    with guarded(tmp_path, head_seconds=0.3) as (url, _), connect(url) as connection:
        connection.sendall(said)
        assert closed(connection)


def test_who_drips_a_head_is_let_go(tmp_path: Path) -> None:
    with guarded(tmp_path, head_seconds=0.5) as (url, _), connect(url) as connection:
        connection.sendall(b"GET /ok HTTP/1.1\r\n")
        deadline = time.monotonic() + 20
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < deadline:
                connection.sendall(b"X")
                time.sleep(0.05)
        assert time.monotonic() < deadline


def test_a_second_head_has_its_deadline_too(tmp_path: Path) -> None:
    with guarded(tmp_path, head_seconds=0.3) as (url, _), connect(url) as connection:
        connection.sendall(b"GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status(connection.recv(65536)) == 200
        connection.sendall(b"GET /ok")
        assert closed(connection)


def test_a_request_that_takes_longer_than_a_head_may_is_answered(tmp_path: Path) -> None:
    with guarded(tmp_path, head_seconds=0.2) as (url, _), connect(url) as connection:
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(20):
            assert connection.recv(65536)
            time.sleep(0.05)


def test_who_does_not_read_is_let_go(tmp_path: Path) -> None:
    with guarded(tmp_path, stalled_seconds=0.3) as (url, config), connect(url) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /endless HTTP/1.1" + END)
        deadline = time.monotonic() + 20
        # The server has let go when the peer's side of the socket is gone: what is buffered ends in a reset.
        while not _reset(connection):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert status(exchange(url, b"GET /ok HTTP/1.1" + END)) == 200
        assert config.loaded


def _reset(connection: socket.socket) -> bool:
    """Whether the connection has an error pending (Linux: the state in TCP_INFO is not ESTABLISHED)."""
    if not hasattr(socket, "TCP_INFO"):
        pytest.skip("the state of a connection can be had on Linux only")
    (state,) = struct.unpack("B", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))
    return bool(state != 1)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("kind", [b"foreseen", b"unforeseen"])
def test_a_stream_that_fails_does_not_look_whole(tmp_path: Path, version: bytes, kind: bytes) -> None:
    with guarded(tmp_path) as (url, _):
        response = exchange(url, b"GET /broken/" + kind + b" HTTP/" + version + END)
    assert response.endswith(b"<reset>")
    assert not response.endswith(b"0\r\n\r\n")


def test_what_the_log_says_of_streams_that_end_early(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    with messages_to(log), guarded(tmp_path, log) as (url, _):
        exchange(url, b"GET /broken/foreseen HTTP/1.1" + END)
        foreseen = lines(tmp_path / "log", 1)
        exchange(url, b"GET /broken/unforeseen HTTP/1.1" + END)
        unforeseen = lines(tmp_path / "log", 3)[1:]
        with connect(url) as connection:
            connection.sendall(b"GET /endless HTTP/1.1" + END)
            assert connection.recv(65536)
        gone = lines(tmp_path / "log", 4)[3:]
    log.close(20)
    assert [(r["status"], r["outcome"]) for r in foreseen] == [(200, "query-timeout")]
    # A fault of ours is told with its trace, once; one that was foreseen is only named.
    assert "nobody foresaw this" in unforeseen[0]["trace"]
    assert (unforeseen[1]["status"], unforeseen[1]["outcome"]) == (200, "unexpected")
    assert gone[0]["outcome"] == "client-gone"
    assert not any("Aborted" in str(record) for record in lines(tmp_path / "log", 4))


def test_the_loggers_are_left_as_they_were(tmp_path: Path) -> None:
    logger = logging.getLogger("uvicorn")
    before = (list(logger.handlers), logger.propagate, logger.level)
    log = Log(tmp_path / "log")
    with messages_to(log):
        logging.getLogger("uvicorn.error").warning("heard")
        try:
            raise Aborted
        except Aborted:
            logging.getLogger("uvicorn.error").exception("not heard")
    log.close(20)
    assert [r["message"] for r in lines(tmp_path / "log", 1)] == ["heard"]
    assert (list(logger.handlers), logger.propagate, logger.level) == before


def test_one_client_cannot_hold_all_connections() -> None:
    connections = Connections(["10.0.0.1"], most=3)
    keys = [connections.opened(("198.51.100.7", n)) for n in range(4)]
    assert keys[3] is not None
    assert connections.too_many(keys[3])
    connections.closed(keys[3])
    assert not connections.too_many(keys[3])
    other = connections.opened(("198.51.100.8", 1))
    assert other is not None
    assert not connections.too_many(other)
    # Proxies, and programs on this machine, speak for many.
    assert connections.opened(("10.0.0.1", 1)) is None
    assert connections.opened(("127.0.0.1", 1)) is None
