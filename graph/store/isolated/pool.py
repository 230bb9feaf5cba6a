"""The pool: generations, lanes, and the one place where a worker is killed.

Everything here runs in one event loop. A query holds a slot of the fast lane, later perhaps of the slow lane; a
task of its own takes its frames in, so that a client that reads slowly, or not at all, cannot keep the slot.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from graph.errors import GraphError, NotAcceptable, QueryError, QueryTimeout, QueryTooLarge, TooBusy
from graph.store.isolated import frames
from graph.store.isolated.limits import Limits

_CODES: dict[str, type[GraphError]] = {
    "syntax": QueryError,
    "evaluation": QueryError,
    "not-acceptable": NotAcceptable,
    "result-too-large": QueryTooLarge,
}


class Lane:
    """A number of slots, and those who wait for one."""

    def __init__(self, slots: int, queue: int) -> None:
        self._semaphore = asyncio.Semaphore(slots)
        self._queue = queue
        self.waiting = 0

    async def enter(self, seconds: float) -> None:
        """Take a slot; raises TooBusy where too many wait or none is free in time."""
        if self.waiting >= self._queue:
            raise _busy()
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._semaphore.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self.waiting -= 1

    def enter_now(self) -> bool:
        """Take a slot if one is free this moment."""
        if self._semaphore.locked():
            return False
        # Not locked: acquire() takes the slot without giving way to others.
        with contextlib.suppress(StopIteration):
            self._semaphore.acquire().send(None)
        return True

    def leave(self) -> None:
        self._semaphore.release()


def _busy() -> TooBusy:
    return TooBusy("too-busy", "All places for queries are taken.", "Ask again in a few seconds.")


@dataclass(eq=False)
class Generation:
    """One immutable state of the data, and the zygote that has it open."""

    number: int
    checkpoint: str
    channel: socket.socket
    pid: int
    users: int = 0
    retired: bool = False
    forking: asyncio.Lock = field(default_factory=asyncio.Lock)
    on_drop: Any = None


@dataclass(eq=False)
class Worker:
    """A forked process and the stream to it."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    generation: Generation | None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.writer.close()


class Result:
    """A result under way: its head is known, its pieces come. Iterate it to the end, or ``abandon`` it."""

    def __init__(self, head: dict[str, Any], run: _Run) -> None:
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


class _Run:
    """One request on one worker: takes frames in until the end, the deadline, or nobody's interest."""

    def __init__(self, pool: Pool, worker: Worker, seconds: float) -> None:
        self._pool, self._worker = pool, worker
        self.generation = worker.generation.number if worker.generation else 0
        self._lane = pool.fast
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._changed = asyncio.Event()
        self._finished = False
        self._whole = False
        self._failure: GraphError | None = None
        self.head: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        self._timers = [
            loop.call_later(pool.limits.fast_seconds, self._to_slow_lane),
            loop.call_later(seconds, self.stop, _too_long(seconds)),
        ]
        self._task = loop.create_task(self._take_in())

    async def _take_in(self) -> None:
        try:
            while True:
                kind, body = await frames.read(self._worker.reader)
                if kind == frames.DATA:
                    self._pieces.append(body)
                    self._held += len(body)
                    self._changed.set()
                    while self._held > self._pool.limits.buffer:
                        self._changed.clear()
                        await self._changed.wait()
                elif kind == frames.HEAD:
                    self.head.set_result(json.loads(body))
                elif kind == frames.ERROR:
                    self._finish(_as_error(json.loads(body)), reusable=True)
                    return
                else:
                    if not self.head.done():
                        self.head.set_result({"form": "done", "type": "", **json.loads(body)})
                    self._whole = True
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

    def _to_slow_lane(self) -> None:
        if self._finished or self._lane is self._pool.slow:
            return
        if not self._pool.slow.enter_now():
            self.stop(_busy())
            return
        self._lane.leave()
        self._lane = self._pool.slow
        self._pool.count["slow"] += 1
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._worker.pid, 15)

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
        self._lane.leave()
        outcome = failure.code if failure else "ok"
        self._pool.count[outcome] += 1
        self._pool.give_back(self._worker, reusable=reusable and self._lane is self._pool.fast)

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


def _as_error(described: dict[str, Any]) -> GraphError:
    code = described.get("code", "evaluation")
    error = _CODES.get(code, QueryError)(code, described.get("message", ""))
    if isinstance(error, QueryError):
        error.line, error.column = described.get("line"), described.get("column")
    return error


class Pool:
    """Publishes generations and answers requests on them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fast = Lane(limits.fast_slots, limits.queue)
        self.slow = Lane(limits.slow_slots, 0)
        self.count: Counter[str] = Counter()
        self.current: Generation | None = None
        self._idle: list[Worker] = []
        self._hub: asyncio.subprocess.Process | None = None
        self._hub_channel: socket.socket | None = None
        self._hub_lock = asyncio.Lock()

    async def _ask_hub(self, request: str) -> tuple[socket.socket, int]:
        """Have the hub fork a child; returns our end of its channel and its pid. Starts the hub where none runs."""
        async with self._hub_lock:
            for attempt in (1, 2):
                if self._hub is None or self._hub.returncode is not None:
                    await self._start_hub()
                try:
                    assert self._hub_channel is not None
                    return await _fork(self._hub_channel, request)
                except (OSError, EOFError):
                    await self._stop_hub()
                    if attempt == 2:
                        raise
        raise AssertionError("unreachable")

    async def _start_hub(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._hub = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "graph.store.isolated.children", str(theirs.fileno()), pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self._hub_channel = ours
        if await asyncio.get_running_loop().sock_recv(ours, 1) != b"R":
            raise GraphError("no-workers", "The process that makes query workers did not start.")

    async def _stop_hub(self) -> None:
        if self._hub_channel:
            self._hub_channel.close()
        if self._hub and self._hub.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._hub.kill()
            await self._hub.wait()
        self._hub = None

    async def publish(self, checkpoint: str, number: int, on_drop: Any = None) -> None:
        """Open a checkpoint as the current generation; the one before goes when nobody uses it."""
        channel, pid = await self._ask_hub(f"open {checkpoint}")
        if await asyncio.get_running_loop().sock_recv(channel, 1) != b"R":
            raise GraphError("not-published", f"Generation {number} could not be opened.")
        fresh = Generation(number, checkpoint, channel, pid, on_drop=on_drop)
        warm = [await self._fork_worker(fresh) for _ in range(self.limits.fast_slots)]
        before, idle = self.current, self._idle
        self.current, self._idle = fresh, warm
        for worker in idle:
            self._dismiss(worker)
        if before is not None:
            before.retired = True
            self._drop_if_unused(before)

    async def _fork_worker(self, generation: Generation) -> Worker:
        async with generation.forking:
            channel, pid = await _fork(generation.channel, str(self.limits.memory))
        return await self._worker(channel, pid, generation)

    async def _worker(self, channel: socket.socket, pid: int, generation: Generation | None) -> Worker:
        reader, writer = await asyncio.open_connection(sock=channel, limit=1 << 18)
        if generation is not None:
            generation.users += 1
        return Worker(pid, reader, writer, generation)

    def give_back(self, worker: Worker, *, reusable: bool) -> None:
        """Keep a worker that ended well for the next request; end any other."""
        if reusable and worker.generation is self.current and len(self._idle) < self.limits.fast_slots:
            self._idle.append(worker)
            return
        if not reusable:
            worker.kill()
        self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.writer.close()
        if worker.generation is not None:
            worker.generation.users -= 1
            self._drop_if_unused(worker.generation)

    def _drop_if_unused(self, generation: Generation) -> None:
        if generation.retired and generation.users == 0:
            generation.channel.close()
            if generation.on_drop is not None:
                generation.on_drop()

    async def start(self, request: dict[str, Any], seconds: float | None = None) -> Result:
        """Run a request on the current generation; returns when the head of its result is known.

        Raises QueryError, QueryTimeout, QueryTooLarge, NotAcceptable, TooBusy.
        """
        await self.fast.enter(self.limits.queue_seconds)
        try:
            worker = await self._ready_worker()
        except BaseException:
            self.fast.leave()
            raise
        return await self._run(worker, request, seconds or self.limits.seconds)

    async def _ready_worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            # A worker that died while idle has closed its end.
            if not worker.reader.at_eof():
                return worker
            self._dismiss(worker)
        current = self.current
        if current is None:
            raise GraphError("no-generation", "No data is published yet.", "Ask again in a moment.")
        try:
            return await self._fork_worker(current)
        except (OSError, EOFError):
            # The zygote has died; its checkpoint is still there. Whoever notices first opens it again.
            if self.current is current:
                on_drop, current.on_drop = current.on_drop, None
                await self.publish(current.checkpoint, current.number, on_drop)
            return await self._fork_worker(self.current or current)

    async def parse(self, request: dict[str, Any]) -> dict[str, Any]:
        """Parse an upload in a guarded child; returns its last word. Raises as ``start``."""
        await self.fast.enter(self.limits.queue_seconds)
        try:
            channel, pid = await self._ask_hub(f"parse {self.limits.parse_memory}")
            worker = await self._worker(channel, pid, None)
        except BaseException:
            self.fast.leave()
            raise
        run = _Run(self, worker, self.limits.parse_seconds)
        await frames.write(worker.writer, frames.CALL, request)
        return await run.head

    async def _run(self, worker: Worker, request: dict[str, Any], seconds: float) -> Result:
        run = _Run(self, worker, seconds)
        try:
            with contextlib.suppress(OSError):  # A dead worker is told by its missing answer.
                await frames.write(worker.writer, frames.CALL, {**request, "limit": self.limits.result})
            return Result(await run.head, run)
        except asyncio.CancelledError:
            run.stop(None)
            raise

    async def close(self) -> None:
        """End all children."""
        for worker in self._idle:
            worker.writer.close()
        self._idle.clear()
        if self.current is not None:
            self.current.channel.close()
            self.current = None
        await self._stop_hub()


async def _fork(channel: socket.socket, request: str) -> tuple[socket.socket, int]:
    """Send one end of a new socket pair with a request; returns the other end and the pid of the child."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    try:
        socket.send_fds(channel, [request.encode()], [theirs.fileno()])
        answer = b""
        while len(answer) < 4:
            piece = await loop.sock_recv(channel, 4 - len(answer))
            if not piece:
                raise EOFError
            answer += piece
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    ours.setblocking(False)
    return ours, int.from_bytes(answer, "big")
