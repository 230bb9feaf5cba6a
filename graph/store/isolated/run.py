"""One request on one worker, and the result that comes of it.

A task of its own takes the frames in, so that a client that reads slowly, or not at all, cannot keep the slot.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from graph.errors import GraphError, QueryError, QueryTimeout, QueryTooLarge
from graph.store.failures import as_error
from graph.store.isolated import frames
from graph.store.isolated.hub import Child
from graph.store.isolated.lanes import Lane, busy
from graph.store.isolated.limits import Limits


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request ended: with a ``failure``, or with a whole result, whose ``body`` is here where it is small."""

    generation: int
    failure: GraphError | None = None
    form: str = ""
    media_type: str = ""
    body: bytes | None = None


Watch = Callable[[Ended], None]

#: Seconds between looks whether the slow lane has room for a query whose time in the fast one is over.
_LOOK_AGAIN = 0.1


@dataclass(eq=False)
class Checkpoint:
    """The folder that a generation is read from. It goes when the last of its holders has released it."""

    path: Path
    number: int
    holders: int = 1

    def take(self) -> Checkpoint:
        self.holders += 1
        return self

    def release(self) -> None:
        self.holders -= 1
        if not self.holders:
            shutil.rmtree(self.path, ignore_errors=True)


@dataclass(eq=False)
class Generation:
    """One immutable state of the data, and the zygote that has it open."""

    checkpoint: Checkpoint
    zygote: Child
    resident: bool = False
    users: int = 0
    retired: bool = False
    closed: bool = False
    forking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def number(self) -> int:
        return self.checkpoint.number


@dataclass(eq=False)
class Worker:
    """A forked process and the stream to it."""

    child: Child
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    generation: Generation | None

    def close(self) -> None:
        """Let it end when it has done what it does."""
        self.writer.close()
        self.child.release()


class Owner(Protocol):
    """What a run needs of its pool."""

    limits: Limits
    fast: Lane
    slow: Lane

    def give_back(self, worker: Worker, *, reusable: bool, outcome: str, lane: str) -> None:
        """The run has ended: the worker may be used again, or is to be killed."""
        ...


class Result:
    """A result under way: its head is known, its pieces come. Iterate it to the end, or ``abandon`` it."""

    def __init__(self, head: dict[str, Any], run: Run) -> None:
        self.form: str = head["form"]
        self.media_type: str = head["type"]
        self.generation = run.generation
        self._run = run

    async def pieces(self) -> AsyncIterator[bytes]:
        """The result's bytes. A clean end means that it is whole; anything else raises."""
        try:
            while (piece := await self._run.next_piece()) is not None:
                yield piece
        finally:
            self.abandon()

    async def read(self) -> bytes:
        """The whole result."""
        return b"".join([piece async for piece in self.pieces()])

    def abandon(self) -> None:
        """Nobody wants the rest: end the worker if it is still at it. Harmless after the end."""
        self._run.stop(None)


class Run:
    """One request on one worker: takes frames in until the end, the deadline, or nobody's interest."""

    def __init__(self, pool: Owner, worker: Worker, lane: Lane, seconds: float, watch: Watch | None = None) -> None:
        self._pool, self._worker, self._watch = pool, worker, watch
        self.generation = worker.generation.number if worker.generation else 0
        self._lane = lane
        self._kept: list[bytes] | None = [] if watch else None
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._changed = asyncio.Event()
        self._finished = False
        self._failure: GraphError | None = None
        self.head: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        self._timers = [
            loop.call_later(seconds, self.stop, _too_long(seconds)),
        ]
        if lane is pool.fast:
            self._timers.append(loop.call_later(pool.limits.fast_seconds, self._to_slow_lane))
        self._task = loop.create_task(self._take_in())

    async def _take_in(self) -> None:
        try:
            while True:
                kind, body = await frames.read(self._worker.reader)
                if kind == frames.DATA:
                    self._pieces.append(body)
                    self._held += len(body)
                    self._keep(body)
                    self._changed.set()
                    while self._held > self._pool.limits.buffer:
                        self._changed.clear()
                        await self._changed.wait()
                elif kind == frames.HEAD:
                    self.head.set_result(json.loads(body))
                elif kind == frames.ERROR:
                    self._finish(as_error(json.loads(body)), reusable=True)
                    return
                else:
                    if not self.head.done():
                        self.head.set_result({"form": "done", "type": "", **json.loads(body)})
                    self._finish(None, reusable=True)
                    return
        except (asyncio.IncompleteReadError, OSError):
            self._finish(
                QueryTooLarge(
                    "query-died",
                    "The query needed more memory than it may have, or brought its process down; it was ended.",
                    "Ask for less: a LIMIT, fewer patterns that share no variable, shorter paths.",
                ),
                reusable=False,
            )

    def _keep(self, piece: bytes) -> None:
        if self._kept is not None:
            self._kept.append(piece)
            if sum(map(len, self._kept)) > self._pool.limits.cached_result:
                self._kept = None

    def _to_slow_lane(self) -> None:
        """Its time in the fast lane is over. Where the slow one is full it stays as long as nobody else wants the
        place."""
        if self._finished:
            return
        if self._pool.slow.enter_now():
            self._leave_lane()
            self._lane = self._pool.slow
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._worker.child.pid, 15)
        elif self._lane.waiting:
            self.stop(busy())
        else:
            self._lane.overdue.setdefault(self, lambda: self.stop(busy()))
            self._timers.append(asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._to_slow_lane))

    def _leave_lane(self) -> None:
        self._lane.overdue.pop(self, None)
        self._lane.leave()

    def stop(self, failure: GraphError | None) -> None:
        """End it now; without a failure because nobody wants the rest."""
        if not self._finished:
            self._task.cancel()
            self._finish(failure or QueryError("abandoned", "The client has gone."), reusable=False)

    def _finish(self, failure: GraphError | None, *, reusable: bool) -> None:
        self._finished = True
        self._failure = failure
        for timer in self._timers:
            timer.cancel()
        if failure is not None and not self.head.done():
            self.head.set_exception(failure)
            self.head.exception()  # Marks it as seen: the asker may have gone.
        self._changed.set()
        self._leave_lane()
        self._pool.give_back(
            self._worker,
            # A slow query's process has a low priority, and perhaps a large heap: it is not used again.
            reusable=reusable and self._lane is not self._pool.slow,
            outcome=failure.code if failure else "ok",
            lane=self._lane.name,
        )
        watch, self._watch = self._watch, None
        if watch is not None:
            if failure is not None or self._kept is None or self.head.cancelled():
                watch(Ended(self.generation, failure))
            else:
                head = self.head.result()
                watch(Ended(self.generation, None, head["form"], head["type"], b"".join(self._kept)))
            self._kept = None

    async def next_piece(self) -> bytes | None:
        while not self._pieces:
            if self._finished:
                if self._failure is not None:
                    raise self._failure
                return None
            self._changed.clear()
            await self._changed.wait()
        piece = self._pieces.popleft()
        self._held -= len(piece)
        self._changed.set()
        return piece


def _too_long(seconds: float) -> QueryTimeout:
    return QueryTimeout(
        "query-timeout",
        f"The query took longer than the {seconds:g} seconds it may take; it was ended.",
        "Ask for less, or load the download of the whole dataset into a store of your own.",
    )
