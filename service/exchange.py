"""One request and its response, as the edge follows them: how far they are, how long the service worked."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

from starlette.types import Message, Receive, Scope, Send

from service.logs import LONGEST, begin_facts, stamp
from service.problems import Problem, Refusal

#: Seconds in which the next piece of a body has to come.
BODY_SECONDS = 30.0


class Exchange:
    """Stands between the server and the application: its ``receive`` and ``send`` are the application's.

    ``worked`` is the time in seconds in which neither the client's sending nor its reading was waited for: that is
    what its budget is charged with, so that a slow line costs nothing.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._facts = begin_facts(scope)
        self.began = time.monotonic()
        self._waited = 0.0
        self._body_ended = False
        self._received = 0
        #: Bytes of body that are taken; set when it is known who asks.
        self.longest = 0
        self.started = False
        self.complete = False
        self.status = 0
        self.sent = 0
        self.outcome = ""

    @property
    def worked(self) -> float:
        return max(0.0, time.monotonic() - self.began - self._waited)

    async def receive(self) -> Message:
        """The next piece of the body; after its end, word that the client has gone.

        Raises Refusal (413) where the body is, or says that it is, too long, and 408 where it does not go on. Nothing
        is asked of a client before the application wants the body, which by then knows whether the client may send it.
        """
        if self._body_ended:
            return await self._receive()
        if self._declared() > self.longest:
            raise self._too_long()
        before = time.monotonic()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await self._receive()
        except TimeoutError:
            problem = Problem(408, "body-stalled", "The rest of the request did not come.", "Send it again.")
            raise Refusal(problem) from None
        finally:
            self._waited += time.monotonic() - before
        self._received += len(message.get("body", b""))
        if self._received > self.longest:
            raise self._too_long()
        self._body_ended = not message.get("more_body", False)
        return message

    def _declared(self) -> int:
        declared = next((value for name, value in self._scope["headers"] if name == b"content-length"), b"")
        # More digits than any size has are not worth making a number of.
        return int(declared[:19]) if declared.isdigit() else 0

    def _too_long(self) -> Refusal:
        return Refusal(
            Problem(
                413,
                "too-long",
                f"The body of the request is longer than the {self.longest} bytes it may have.",
                "Send less at once; callers with a token may send more.",
            )
        )

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            for name, value in message["headers"]:
                if name.lower() == b"common-ground-generation" and value.isdigit():
                    self._facts.setdefault("generation", int(value))
        before = time.monotonic()
        await self._send(message)
        self._waited += time.monotonic() - before
        if message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
            self.complete = not message.get("more_body", False)

    def line(self, now: datetime, method: str, client: str, caller: str, seconds: float) -> dict[str, object]:
        """What the log says. Neither the query string nor any header is in it: both may hold what is nobody else's."""
        facts = dict(self._facts)
        outcome = self.outcome or facts.pop("outcome", "") or ("ok" if self.status < 400 else f"http-{self.status}")
        facts.pop("outcome", None)
        return {
            "time": stamp(now),
            "client": client,
            "caller": caller,
            "method": method[:20],
            "path": self._scope["path"][:LONGEST],
            "status": self.status,
            "ms": round(seconds * 1000, 1),
            "bytes": 0 if method == "HEAD" else self.sent,
            "outcome": outcome if self.complete or self.outcome or method == "HEAD" else "client-gone",
            **facts,
        }
