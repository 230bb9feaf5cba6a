"""Results on their way to a client: nothing runs on for one who has gone, and what ends well is whole.

The first piece is waited for before the status is sent, so that most failures still get one of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Message, Receive, Scope, Send

from graph.store.engine import Result
from service.describe_response import has
from service.negotiation import takes_gzip

T = TypeVar("T")

#: Bytes that are gathered before a result is sent in pieces, its length unknown.
_WHOLE = 64 * 1024
#: Smaller answers are not worth packing.
_PACKED = 1000
#: Packing is done between the answers to others, so it is to be quick.
_LEVEL = 3


class Gone(Exception):
    """The client is no longer there."""


async def while_there(request: Request, work: Awaitable[T]) -> T:
    """Await something for a client, and end it when the client goes. Raises Gone."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request.receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            gone.result()  # May say what is wrong with the rest of the request.
            raise Gone
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        # Told of its end before this returns, so that nothing is left behind.
        await asyncio.wait({task, gone})
        for one in (task, gone):
            if not one.cancelled():
                one.exception()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def respond(request: Request, asked: Awaitable[Result], name: Mapping[str, str], etag: str = "") -> Response:
    """The answer to a request for a result. ``name``: the content type for each form that the result can have.

    ``etag`` is what its tag is made of beside the generation; without one it has none. Raises GraphError.
    """

    async def begin() -> tuple[Result, bytes, AsyncIterator[bytes] | None]:
        result = await asked
        return result, *await _begin(result)

    try:
        result, first, rest = await while_there(request, begin())
    except Gone:
        return Response(status_code=499)  # Nobody will see it but the log.
    headers = _headers(result.generation) | {"content-type": name[result.form]}
    if etag:
        headers["etag"] = tag(result.generation, etag)
    packed = takes_gzip(request.headers.get("accept-encoding"))
    if rest is None:
        if packed and len(first) >= _PACKED:
            first = gzip.compress(first, _LEVEL, mtime=0)
            headers["content-encoding"] = "gzip"
        return Response(first, headers=headers)
    if request.scope.get("commonground.method") == "HEAD":
        result.abandon()
        return Response(headers=headers)
    if packed:
        headers["content-encoding"] = "gzip"
    return _Streamed(result, _packed(first, rest) if packed else _joined(first, rest), headers)


def unchanged(request: Request, generation: int, etag: str) -> Response | None:
    """304 where the client has the answer of this generation."""
    if request.method != "GET" or not etag or not has(request, now := tag(generation, etag)):
        return None
    return Response(status_code=304, headers=_headers(generation) | {"etag": now})


def _headers(generation: int) -> dict[str, str]:
    return {
        "vary": "Accept, Accept-Encoding",
        "cache-control": "no-cache",
        "common-ground-generation": str(generation),
    }


def tag(generation: int, what: str) -> str:
    """The tag of an answer: weak, as solutions come in any order."""
    return f'W/"g{generation}-{what}"'


async def _begin(result: Result) -> tuple[bytes, AsyncIterator[bytes] | None]:
    """The beginning of a result, and the rest of it if there is more."""
    pieces = result.pieces()
    begun: list[bytes] = []
    size = 0
    async for piece in pieces:
        begun.append(piece)
        size += len(piece)
        if size > _WHOLE:
            return b"".join(begun), pieces
    return b"".join(begun), None


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _packed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    async for piece in _joined(first, rest):
        if made := packer.compress(piece):
            yield made
    yield packer.flush()


class _Streamed(Response):
    """A result of which only the beginning is known. Where the rest fails, the failure is raised in the middle of the
    response, and the edge cuts the connection."""

    def __init__(self, result: Result, pieces: AsyncIterator[bytes], headers: Mapping[str, str]) -> None:
        self._result, self._pieces = result, pieces
        super().__init__(headers=headers)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        sending = asyncio.ensure_future(self._send(send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            self._result.abandon()
            for one in (sending, gone):
                one.cancel()
            await asyncio.wait({sending, gone})
            with contextlib.suppress(asyncio.CancelledError, Exception):
                gone.result()

    async def _send(self, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        async for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
