"""What every answer of data says of itself: the state of the data that it speaks of; and that it is sent packed.

Routes that know better (a result that was streamed, a file) say so themselves, and are left alone. The others answer
from one state of the data with one body; for them the state is a tag, so that who has the answer of this state gets
304 without anything being asked again.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import secrets

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.store.engine import Engine
from service.negotiation import takes_gzip

#: Addresses whose answers are not about the data.
APART = ("/healthz", "/metrics", "/static", "/openapi.json")
#: Smaller answers are not worth packing; larger ones are packed beside the answers to others.
_PACKED, _ASIDE = 1000, 256 * 1024
_LEVEL = 3
_TEXT = re.compile(rb"^(?:text/|application/(?:[\w.]+\+)?(?:json|xml))", re.IGNORECASE)
#: Of a request, what an answer depends on beside its address.
_DEPENDS = (b"accept", b"cookie", b"authorization")


class Representation:
    """An ASGI application around another one. Tags hold for one life of the process: another may be another version."""

    def __init__(self, app: ASGIApp, *, engine: Engine) -> None:
        self.app, self._engine = app, engine
        self._life = secrets.token_hex(4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(APART):
            await self.app(scope, receive, send)
            return
        generation = self._engine.generation
        tag = f'W/"g{generation}-{self._name(scope)}"'
        # Only a tag that was given out: "*" would be there for what is not.
        if tag.encode() in _value(scope["headers"], b"if-none-match"):
            await Response(status_code=304, headers=_headers(generation) | {"etag": tag})(scope, receive, send)
            return
        await self.app(scope, receive, _Answer(self._engine, generation, tag, scope, send).send)

    def _name(self, scope: Scope) -> str:
        parts = [self._life.encode(), scope.get("raw_path") or scope["path"].encode(), scope["query_string"]]
        parts += [value for name, value in scope["headers"] if name in _DEPENDS]
        return hashlib.sha256(b"\n".join(parts)).hexdigest()[:16]


class _Answer:
    """One answer on its way: its head waits for the first piece of its body."""

    def __init__(self, engine: Engine, generation: int, tag: str, scope: Scope, send: Send) -> None:
        self._engine, self._generation, self._tag, self._send = engine, generation, tag, send
        self._packs = takes_gzip(_value(scope["headers"], b"accept-encoding").decode("latin-1"))
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        head, self._head = self._head, None
        if head is None:
            await self._send(message)
            return
        headers = list(head["headers"])
        if not message.get("more_body", False):
            message = await self._pack(head["status"], headers, message)
        await self._send({**head, "headers": self._told(head["status"], headers)})
        await self._send(message)

    async def _pack(self, status: int, headers: list[tuple[bytes, bytes]], message: Message) -> Message:
        body = message.get("body", b"")
        kind = _value(headers, b"content-type")
        if status != 200 or len(body) < _PACKED or not _TEXT.match(kind) or _value(headers, b"content-encoding"):
            return message
        _vary(headers, b"Accept-Encoding")
        if not self._packs:
            return message
        if len(body) > _ASIDE:
            body = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
        else:
            body = gzip.compress(body, _LEVEL, mtime=0)
        headers[:] = [pair for pair in headers if pair[0].lower() != b"content-length"]
        headers += [(b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
        return {**message, "body": body}

    def _told(self, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """With the generation, and a tag where the answer is all of that one."""
        # What may not be kept is not about the data alone: a batch changes its state within a generation.
        if _value(headers, b"common-ground-generation") or b"no-store" in _value(headers, b"cache-control"):
            return headers
        told = _headers(self._generation)
        # Where another was published meanwhile, it may speak of that one in part.
        if status == 200 and self._engine.generation == self._generation:
            told["etag"] = self._tag
            _vary(headers, b"Accept")
        for name, value in told.items():
            if not _value(headers, name.encode()):
                headers.append((name.encode(), value.encode()))
        return headers


def _headers(generation: int) -> dict[str, str]:
    return {"common-ground-generation": str(generation), "cache-control": "no-cache"}


def _value(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    return next((value for found, value in headers if found.lower() == name), b"")


def _vary(headers: list[tuple[bytes, bytes]], name: bytes) -> None:
    before = _value(headers, b"vary")
    if name.lower() in [part.strip() for part in before.lower().split(b",")]:
        return
    headers[:] = [pair for pair in headers if pair[0].lower() != b"vary"]
    headers.append((b"vary", b", ".join(part for part in (before, name) if part)))
