"""Runs an app on the network: uvicorn, with what it leaves open closed.

Against clients that open connections and then say nothing, or ask and do not read: none of them may hold a place for
long, and one client may not hold them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import struct
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from service.clients import Clients
from service.logs import Log, Messages
from service.middleware import HEADERS, Aborted
from service.settings import Settings

try:
    import resource
except ImportError:  # Not on Windows.
    resource = None  # type: ignore[assignment]

#: Open files that the process asks for.
FILES = 16_384
#: Seconds for a request's line and headers, and for a client to take in what is waiting to be sent to it.
HEAD_SECONDS = 15.0
STALLED_SECONDS = 30.0
#: Connections of one client at once; a trusted proxy may have any number.
CONNECTIONS = 200


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol on h11, which bounds what a request's head may be, with deadlines.

    The pure Python parser is taken on purpose: uvicorn's other one reads headers without a limit.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config, GuardedConfig)
        self._guards = config
        self._key: str | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # An app can cut a response off for certain; a mere close would end it as if it were whole.
        self.app_state = {**self.app_state, "abort": self._reset}
        self._key = self._guards.connections.opened(self.client)
        if self._key is not None and self._guards.connections.too_many(self._key):
            self._reset()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        if self._key is not None:
            self._guards.connections.closed(self._key)
            self._key = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            # The head is not whole, or what comes is the rest of a body that nobody wants.
            self._expect_head()
        else:
            self._cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self._guards.stalled_seconds, self._reset)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def on_response_complete(self) -> None:
        self._cancel()
        super().on_response_complete()

    def _reset(self) -> None:
        """End the connection so that its client sees an error, and the system keeps nothing that is still unsent.

        Without the option a socket is closed as if all had been said, and lingers for a client that does not read.
        """
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _expect_head(self) -> None:
        if self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(self._guards.head_seconds, self._reset)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def send_400_response(self, msg: str) -> None:
        """As uvicorn's, with our headers: this answer never passes the edge."""
        text = msg.encode("ascii", "replace")
        named = {**HEADERS, "content-type": "text/plain; charset=utf-8", "content-length": str(len(text))}
        headers = [(name.encode(), value.encode()) for name, value in {**named, "connection": "close"}.items()]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=text),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class GuardedConfig(uvicorn.Config):
    """How uvicorn runs the app. Proxies are our own business (``clients``), and so is the log of requests."""

    def __init__(self, app: FastAPI, settings: Settings, **more: Any) -> None:
        self.connections = Connections(settings.trusted_proxies)
        self.head_seconds, self.stalled_seconds = HEAD_SECONDS, STALLED_SECONDS
        ours: dict[str, Any] = {
            "host": settings.host,
            "port": settings.port,
            "http": GuardedProtocol,
            "ws": "none",
            # Also against WEB_CONCURRENCY in the environment: only one process can have the store.
            "workers": 1,
            "access_log": False,
            "log_config": None,
            "proxy_headers": False,
            "server_header": False,
            "timeout_graceful_shutdown": 10,
        }
        super().__init__(app, **{**ours, **more})


def run(app: FastAPI, settings: Settings) -> None:
    """Serve until a signal to stop. Exits with 3 where the service does not start."""
    _allow_files()
    log: Log | None = app.state.log
    try:
        with messages_to(log), _sigterm_ends_in_order():
            server = uvicorn.Server(GuardedConfig(app, settings))
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C is how one stops it.
                server.run()
    finally:
        if log is not None:
            log.close()
    if not server.started:
        sys.exit(3)


@contextlib.contextmanager
def _sigterm_ends_in_order() -> Iterator[None]:
    """uvicorn stops on SIGTERM and then sends itself the signal again, which by default would end the process at once:
    with the announcement of its address left behind."""

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def messages_to(log: Log | None) -> Iterator[None]:
    """Have what the server and we complain about written to the log, as long as this lasts."""
    handler = Messages(log) if log is not None else None
    if handler is None:
        yield
        return
    # A response that was cut off on purpose has its line already.
    handler.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], Aborted)))
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "commonground", "asyncio")]
    before = [(logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, (propagate, level) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
            logger.setLevel(level)


def _allow_files() -> None:
    """Each connection is an open file, and many systems begin with 1,024: take what this process may have."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connections:
    """Counts open connections by client."""

    def __init__(self, trusted: Sequence[str], most: int = CONNECTIONS) -> None:
        # Trusted proxies are not counted, nor is this machine: there an attacker has other means.
        self._clients = Clients((), proxied=False)
        self._proxies = Clients(trusted, proxied=False)
        self._open: Counter[str] = Counter()
        self._most = most

    def opened(self, peer: tuple[str, int] | None) -> str | None:
        """A connection is there; its key, or None where it is not counted."""
        client = self._clients.of({"client": peer, "headers": []})
        if client.local or self._proxies.trusts(client.address):
            return None
        self._open[client.key] += 1
        return client.key

    def closed(self, key: str) -> None:
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]

    def too_many(self, key: str) -> bool:
        return self._open[key] > self._most
