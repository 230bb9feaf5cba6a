"""Requests as no client library sends them: bytes over a socket."""

import contextlib
import socket
from urllib.parse import urlsplit


def connect(url: str, seconds: float = 30) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), seconds)


def exchange(url: str, request: bytes, seconds: float = 30) -> bytes:
    """Send bytes, and return all that comes until the server closes; what was cut off ends with ``<reset>``."""
    with connect(url, seconds) as connection:
        with contextlib.suppress(ConnectionError):  # It may have answered already.
            connection.sendall(request)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:
            received += b"<reset>"
        return received


def status(response: bytes) -> int:
    """The status of a response's first line; 0 where there is none."""
    first = response.split(b"\r\n", 1)[0].split(b" ")
    return int(first[1]) if len(first) > 1 and first[1].isdigit() else 0
