"""The edge of the service, around everything: security headers, limits, HEAD, and errors nobody foresaw."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import Problem, problem_of

log = logging.getLogger("commonground")

HEADERS = {
    # Pages have no scripts at all, and everything they load comes from here.
    "content-security-policy": (
        "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Edge:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, longest_url: int, respond: Callable[[Request, Problem], Response]) -> None:
        self.app = app
        self.longest_url = longest_url
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        without_body = scope["method"] == "HEAD"
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body" and without_body:
                message = {**message, "body": b""}
            await send(message)

        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self.longest_url:
            problem = Problem(
                414,
                "address-too-long",
                f"The address is longer than {self.longest_url} characters.",
                "Send a long SPARQL query with POST; names of things are short.",
            )
            await self.respond(Request(scope), problem)(scope, receive, send_with_headers)
            return
        if without_body:
            # HEAD is GET without the body (RFC 9110, section 9.3.2); the routes know GET only.
            scope = {**scope, "method": "GET"}
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            log.exception("unexpected error at %s", scope["path"])
            if started:
                raise
            await self.respond(Request(scope), problem_of(error))(scope, receive, send_with_headers)
