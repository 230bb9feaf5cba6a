"""How the processes talk: one byte of kind, four bytes of length, the payload; over a Unix stream socket.

H  head of a result, JSON: its form and media type          D  a piece of the result
E  an error, JSON: code and message; ends the exchange      Z  the end of a whole result, JSON
C  a call, JSON                                             P  how far the writer is, JSON
"""

from __future__ import annotations

import json
import socket
import struct
from asyncio import StreamReader, StreamWriter
from typing import Any

HEAD, DATA, ERROR, END, CALL, PROGRESS = b"H", b"D", b"E", b"Z", b"C", b"P"
_FRAME = struct.Struct("!cI")
#: No honest frame is longer; a longer one means that the two sides lost step.
LONGEST = 1 << 30


class Closed(Exception):
    """The other side has gone."""


def send(channel: socket.socket, kind: bytes, payload: bytes | dict[str, Any]) -> None:
    """Write one frame; raises OSError where nobody reads any more."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    channel.sendall(_FRAME.pack(kind, len(body)) + body)


def receive(channel: socket.socket) -> tuple[bytes, bytes]:
    """Read one frame; raises Closed at the end."""
    kind, length = _FRAME.unpack(_exactly(channel, _FRAME.size))
    return kind, _exactly(channel, length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    got = bytearray()
    while len(got) < length:
        piece = channel.recv(min(length - len(got), 1 << 20))
        if not piece:
            raise Closed
        got += piece
    return bytes(got)


async def read(reader: StreamReader) -> tuple[bytes, bytes]:
    """Read one frame; raises asyncio.IncompleteReadError at the end."""
    kind, length = _FRAME.unpack(await reader.readexactly(_FRAME.size))
    if length > LONGEST:
        raise ConnectionError("a frame of impossible length")
    return kind, await reader.readexactly(length) if length else b""


async def write(writer: StreamWriter, kind: bytes, payload: bytes | dict[str, Any]) -> None:
    """Write one frame and wait until it is taken."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    writer.write(_FRAME.pack(kind, len(body)) + body)
    await writer.drain()
