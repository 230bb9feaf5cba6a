"""The edge of the service, around everything: who asks and how much, headers, sizes, HEAD, errors nobody foresaw,
and one line of log a request."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.errors import GraphError
from service import cors
from service.access import ANYBODY, Access, Caller
from service.clients import Client, Clients
from service.exchange import Exchange
from service.hosts import Hosts
from service.logs import Log
from service.metrics import Metrics
from service.problems import Problem, Refusal, problem_of
from service.rate import Rate
from service.settings import Settings
from service.tokens import Role

log = logging.getLogger("commonground")

HEADERS = {
    # Pages have no scripts at all, and everything they load comes from here.
    "content-security-policy": (
        "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-permitted-cross-domain-policies": "none",
}

#: Always answered, and at nobody's cost: what these give is small and made in this process.
UNCOUNTED = ("/static/", "/healthz", "/metrics")
#: Bytes of names and values of headers.
LONGEST_HEAD = 16_384
#: Steps of a path that mean something to a file system or to a careless proxy, and nothing to us.
_TRICKS = re.compile(r"(^|/)\.{1,2}(/|$)|//|\\|[\x00-\x1f\x7f]")


class Aborted(Exception):
    """A response was cut off on purpose and has been logged; the server need only close the connection."""


class Edge:
    """An ASGI application around another one. Reads ``settings`` once."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        respond: Callable[[Request, Problem], Response],
        access: Access,
        metrics: Metrics,
        log: Log | None,
    ) -> None:
        self.app, self.settings, self.respond = app, settings, respond
        self.access, self.metrics, self.log = access, metrics, log
        self.clients = Clients(settings.trusted_proxies, proxied=settings.behind_proxy)
        self.hosts = Hosts.of(settings.host, (settings.public_url, settings.base), settings.allowed_hosts)
        self.rate = Rate(settings.seconds_a_minute, settings.client_queries)
        self.headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        if settings.hsts_seconds:
            self.headers.append((b"strict-transport-security", f"max-age={settings.hsts_seconds}".encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # HEAD is GET without the body (RFC 9110, section 9.3.2); the routes know GET only. Of ``Range``, which a server
        # may ignore, hostile uses are known and useful ones of small answers are not.
        method = scope["method"]
        headers = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]
        scope = {**scope, "headers": headers, "method": "GET" if method == "HEAD" else method}
        client = self.clients.of(scope)
        scope["commonground.client"] = client
        scope["commonground.method"] = method
        exchange = Exchange(scope, receive, self._with_headers(scope, send))
        self.metrics.under_way += 1
        try:
            await self._answer(scope, exchange, client)
        finally:
            self.metrics.under_way -= 1
            self._record(scope, method, client, exchange)

    async def _answer(self, scope: Scope, exchange: Exchange, client: Client) -> None:
        request = Request(scope)
        entered = False
        try:
            self._check_request(scope)
            caller = self.access.who(request)
            entered = self._enter(scope, caller, client)
            exchange.longest = (
                self.settings.longest_upload if caller.may(Role.CONTRIBUTE) else self.settings.longest_body
            )
            await self.app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            exchange.outcome = "cancelled"
            raise
        except Exception as error:
            problem = problem_of(error)
            exchange.outcome = problem.code
            if not isinstance(error, Refusal | GraphError):
                log.exception("unexpected error at %r", scope["path"][:300])
            if exchange.started:
                # Cut off for certain: over HTTP/1.0 a mere close would look like the end of a whole answer.
                abort = scope.get("state", {}).get("abort")
                if abort is not None:
                    abort()
                raise Aborted from None
            await self.respond(request, problem)(scope, exchange.receive, exchange.send)
        finally:
            if entered:
                self.rate.leave(client.key, exchange.worked)

    def _check_request(self, scope: Scope) -> None:
        """Refuse what no honest client sends. Raises Refusal."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1 or (not hosts and scope["http_version"] != "1.0"):
            raise Refusal(Problem(400, "bad-host", "A request has one Host header.", "Send one."))
        for value in hosts:
            name = self.hosts.name_of(value.decode("latin-1"))
            if name is None:
                raise Refusal(Problem(400, "bad-host", "The Host header is not a host name with an optional port."))
            if not self.hosts.allows(name):
                raise Refusal(
                    Problem(
                        421,
                        "unknown-host",
                        "This service does not answer under the name in the Host header.",
                        "Who runs it lets it answer under more names with --allowed-host or --public-url.",
                    )
                )
        longest = self.settings.longest_url
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > longest:
            raise Refusal(
                Problem(
                    414,
                    "address-too-long",
                    f"The address is longer than {longest} characters.",
                    "Send a long SPARQL query with POST; names of things are short.",
                )
            )
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEAD:
            raise Refusal(Problem(431, "headers-too-long", f"The headers are longer than {LONGEST_HEAD} bytes."))
        path = scope["path"]
        if not path.startswith("/") or _TRICKS.search(path):
            raise Refusal(
                Problem(404, "not-found", "No page, question or thing has this address.", "Start from the first page.")
            )

    def _enter(self, scope: Scope, caller: Caller, client: Client) -> bool:
        """Whether this request counts against its client's budget, which has room. Raises Refusal where it has not."""
        if caller != ANYBODY or scope["path"].startswith(UNCOUNTED):
            return False
        if client.local and self.settings.client_seconds is None:
            return False
        wait = self.rate.enter(client.key)
        if wait:
            raise Refusal(
                Problem(
                    429,
                    "too-many-requests",
                    f"Without a token a client may use {self.rate.seconds:g} seconds of work a minute here, and "
                    f"{self.rate.at_once} requests at once.",
                    f"Ask again in {wait} seconds, load the download into a store of your own, or ask for a token.",
                    headers={"retry-after": str(wait)},
                )
            )
        return True

    def _headers_for(self, path: str) -> list[tuple[bytes, bytes]]:
        """What every response at a path has, unless it says otherwise itself."""
        shared = [(name.encode(), value.encode()) for name, value in cors.headers_for(path).items()]
        named = {name for name, _ in shared}
        if path in cors.FRAMED:
            named.add(b"x-frame-options")
        return shared + [pair for pair in self.headers if pair[0] not in named] if shared else self.headers

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        without_body = scope["commonground.method"] == "HEAD"
        own = self._headers_for(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [pair for pair in message["headers"] if pair[0] != b"accept-ranges"]
                names = {name for name, _ in given}
                message = {**message, "headers": given + [pair for pair in own if pair[0] not in names]}
            elif message["type"] == "http.response.body" and without_body:
                message = {**message, "body": b""}
            await send(message)

        return send_with_headers

    def _record(self, scope: Scope, method: str, client: Client, exchange: Exchange) -> None:
        seconds = time.monotonic() - exchange.began
        self.metrics.seen(_route(scope), method, exchange.status, seconds)
        if self.log is None:
            return
        caller = scope.get("commonground.caller")
        self.log.write(
            exchange.line(
                datetime.now(UTC), method, client.address, caller.name if isinstance(caller, Caller) else "", seconds
            )
        )


def _route(scope: Scope) -> str:
    """The template of the route that took the request: of a bounded set, unlike paths."""
    route = scope.get("route")
    template = getattr(route, "path", None)
    if isinstance(template, str):
        return template
    return "/static" if scope["path"].startswith("/static/") and scope.get("endpoint") else "other"
