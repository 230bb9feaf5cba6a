"""Results that are kept for the next asker of the same: by generation, so that nothing old is ever served.

Whoever asks what is just being found out waits for that, instead of having it found out again.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from graph.errors import GraphError, QueryError
from graph.store.isolated.run import Ended, Result, Watch

#: Functions of SPARQL 1.1 whose value is another each time, and escapes, which may spell one.
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\s*\(|\\u", re.IGNORECASE)
#: What one entry takes beside its text and body, in bytes, about.
_OVERHEAD = 500

#: Starts the request; the watch is to be told of its end.
Start = Callable[[Watch], Awaitable[Result]]


class KeptResult:
    """A whole result from memory, in the shape of one that is under way."""

    def __init__(self, found: Ended) -> None:
        self.form, self.media_type, self.generation = found.form, found.media_type, found.generation
        self._body = found.body or b""

    async def pieces(self) -> AsyncIterator[bytes]:
        if self._body:
            yield self._body

    async def read(self) -> bytes:
        return self._body

    def abandon(self) -> None:
        """There is nothing to end."""


class Cache:
    """Up to ``size`` bytes; what was asked for longest ago goes first. With 0 nothing is kept or shared."""

    def __init__(self, size: int) -> None:
        self._limit = size
        self._generation = 0
        self._kept: OrderedDict[str, Ended] = OrderedDict()
        #: Runs that others wait for; the value is whether it is worth waiting for the next one instead.
        self._under_way: dict[tuple[int, str], asyncio.Future[bool]] = {}
        #: Bytes that are held.
        self.size = 0
        #: Requests that were answered without a run of their own, and those that were not.
        self.hits = 0
        self.misses = 0

    async def ask(self, generation: int, request: dict[str, Any], start: Start) -> Result | KeptResult:
        """The result of a request on a generation, from here or by ``start``. Raises what that raises."""
        if not self._limit or _CHANGING.search(request["text"]):
            return await start(lambda _: None)
        self._turn_to(generation)
        key = json.dumps(request, sort_keys=True, ensure_ascii=False)
        again = True
        while again:
            if (found := self._kept.get(key)) is not None and found.generation >= generation:
                self._kept.move_to_end(key)
                self.hits += 1
                return KeptResult(found)
            leader = self._under_way.get((generation, key))
            if leader is None:
                break
            # Shielded: one who goes away must not take the others' future along.
            again = await asyncio.shield(leader)
        self.misses += 1
        return await self._lead(generation, key, start)

    async def _lead(self, generation: int, key: str, start: Start) -> Result:
        place = (generation, key)
        future: asyncio.Future[bool] | None = None
        if place not in self._under_way:
            future = self._under_way[place] = asyncio.get_running_loop().create_future()

        def done(ended: Ended) -> None:
            if ended.body is not None:
                self._keep(key, ended)
            if future is None or future.done():
                return
            del self._under_way[place]
            if ended.failure is None or ended.failure.code == "abandoned":
                # A whole result that is not kept is too large: who waits runs it for himself.
                future.set_result(ended.body is not None or ended.failure is not None)
            else:
                future.set_exception(ended.failure)
                future.exception()  # Marks it as seen: perhaps nobody waits.

        try:
            return await start(done)
        except BaseException as error:
            # Without a run nobody has told it.
            done(Ended(generation, error if isinstance(error, GraphError) else QueryError("abandoned", "")))
            raise

    def _turn_to(self, generation: int) -> None:
        """A generation that has passed is never asked for again."""
        if generation > self._generation:
            self._generation = generation
            self._kept.clear()
            self.size = 0

    def _keep(self, key: str, found: Ended) -> None:
        self._turn_to(found.generation)
        if found.generation < self._generation or key in self._kept:
            return
        self._kept[key] = found
        self.size += _weight(key, found)
        while self.size > self._limit:
            self.size -= _weight(*self._kept.popitem(last=False))


def _weight(key: str, found: Ended) -> int:
    return _OVERHEAD + 2 * len(key) + len(found.body or b"")
