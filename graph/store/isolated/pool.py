"""The pool: it publishes generations and answers requests on them. Everything here runs in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

from graph.errors import GraphError
from graph.store.isolated import frames
from graph.store.isolated.lanes import Lane
from graph.store.isolated.limits import Limits
from graph.store.isolated.run import Generation, Result, Run, Worker

T = TypeVar("T")


class Pool:
    """Publishes generations and answers requests on them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fast = Lane(limits.fast_slots, limits.queue)
        self.slow = Lane(limits.slow_slots, 0)
        #: Ended requests by outcome ("ok" or the error's code) and lane.
        self.count: Counter[tuple[str, str]] = Counter()
        #: Workers that were ended, or died, in the middle of a request, by the error's code.
        self.killed: Counter[str] = Counter()
        self.current: Generation | None = None
        self._idle: list[Worker] = []
        self._hub: asyncio.subprocess.Process | None = None
        self._hub_channel: socket.socket | None = None
        self._hub_lock = asyncio.Lock()
        self._residing: asyncio.Task[None] | None = None
        self._runs: WeakSet[Run] = WeakSet()
        self._exchanges: set[asyncio.Task[Any]] = set()

    async def _ask_hub(self, request: str) -> tuple[socket.socket, int]:
        """Have the hub fork a child; returns our end of its channel and its pid. Starts the hub where none runs."""

        async def ask() -> tuple[socket.socket, int]:
            async with self._hub_lock:
                if self._hub is None or self._hub.returncode is not None:
                    await self._start_hub()
                assert self._hub_channel is not None
                try:
                    return await _fork(self._hub_channel, request)
                except (OSError, EOFError):
                    await self._stop_hub()
                    await self._start_hub()
                    return await _fork(self._hub_channel, request)

        return await self._to_the_end(ask(), lambda answer: answer[0].close())

    async def _to_the_end(self, exchange: Coroutine[Any, Any, T], unwanted: Callable[[T], None]) -> T:
        """Await an exchange that must not be cut short, or the next answer would be taken for this one's.

        Where the asker goes away meanwhile, ``unwanted`` takes what came of it; its child ends with its channel.
        """
        task = asyncio.get_running_loop().create_task(exchange)
        self._exchanges.add(task)
        task.add_done_callback(self._exchanges.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(
                lambda done: None if done.cancelled() or done.exception() else unwanted(done.result())
            )
            raise

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
            # Not Process.kill(): it may take the exit status away from under wait().
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._hub.pid, signal.SIGKILL)
            await self._hub.wait()
        self._hub = None

    async def publish(self, checkpoint: str, number: int, on_drop: Callable[[], None] | None = None) -> None:
        """Open a checkpoint as the current generation; the one before goes when nobody uses it."""
        fresh = await self._open(checkpoint, number, resident=False)
        assert fresh is not None
        fresh.on_drop = on_drop
        await self._make_current(fresh)
        if self.limits.resident_quads:
            if self._residing is not None:
                self._residing.cancel()
            self._residing = asyncio.get_running_loop().create_task(self._make_resident(fresh))

    async def _open(self, checkpoint: str, number: int, *, resident: bool) -> Generation | None:
        """A zygote for a checkpoint; None where it is too large to be resident."""
        channel, pid = await self._ask_hub(f"open {self.limits.resident_quads if resident else 0} {checkpoint}")
        try:
            told = await asyncio.get_running_loop().sock_recv(channel, 1)
        except BaseException:
            channel.close()
            raise
        if told == b"R":
            return Generation(number, checkpoint, channel, pid, resident=resident)
        channel.close()
        if told == b"X":
            return None
        raise GraphError("not-published", f"Generation {number} could not be opened.")

    async def _make_current(self, fresh: Generation) -> None:
        warm: list[Worker] = []
        try:
            while len(warm) < self.limits.fast_slots:
                warm.append(await self._fork_worker(fresh))
        except BaseException:
            # Given up, perhaps because a newer generation is there: its zygote ends with its channel.
            for worker in warm:
                self._dismiss(worker)
            self._close(fresh)
            raise
        before, idle = self.current, self._idle
        self.current, self._idle = fresh, warm
        for worker in idle:
            self._dismiss(worker)
        if before is not None:
            before.retired = True
            self._drop_if_unused(before)

    async def _make_resident(self, generation: Generation) -> None:
        """Put a copy in memory in the place of a generation that lasts."""
        await asyncio.sleep(self.limits.resident_after)
        # Closing its channel, as happens when this task is cancelled, ends a copy that is being made.
        with contextlib.suppress(GraphError, OSError, EOFError):
            copy = await self._open(generation.checkpoint, generation.number, resident=True)
            if copy is None:
                return
            if self.current is not generation:
                self._close(copy)
                return
            copy.on_drop, generation.on_drop = generation.on_drop, None
            await self._make_current(copy)

    async def _fork_worker(self, generation: Generation) -> Worker:
        async def fork() -> Worker:
            async with generation.forking:
                channel, pid = await _fork(generation.channel, str(self.limits.memory))
            return await self._worker(channel, pid, generation)

        return await self._to_the_end(fork(), self._dismiss)

    async def _worker(self, channel: socket.socket, pid: int, generation: Generation | None) -> Worker:
        reader, writer = await asyncio.open_connection(sock=channel, limit=1 << 18)
        if generation is not None:
            generation.users += 1
        return Worker(pid, reader, writer, generation)

    def give_back(self, worker: Worker, *, reusable: bool, outcome: str, lane: str) -> None:
        """Keep a worker that ended well for the next request; end any other."""
        self.count[outcome, lane] += 1
        if reusable and worker.generation is self.current and len(self._idle) < self.limits.fast_slots:
            self._idle.append(worker)
            return
        if not reusable:
            if outcome != "ok":
                self.killed[outcome] += 1
            worker.kill()
        self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.writer.close()
        if worker.generation is not None:
            worker.generation.users -= 1
            self._drop_if_unused(worker.generation)

    def _drop_if_unused(self, generation: Generation) -> None:
        if generation.retired and generation.users == 0:
            self._close(generation)
            if generation.on_drop is not None:
                generation.on_drop()

    def _close(self, generation: Generation) -> None:
        """End a zygote, but not in the middle of an exchange: who waits on a closed socket waits for ever."""

        async def close() -> None:
            async with generation.forking:
                generation.channel.close()

        task = asyncio.get_running_loop().create_task(close())
        self._exchanges.add(task)
        task.add_done_callback(self._exchanges.discard)

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

    async def _parser(self) -> Worker:
        channel, pid = await self._ask_hub(f"parse {self.limits.parse_memory}")
        return await self._worker(channel, pid, None)

    async def parse(self, request: dict[str, Any]) -> dict[str, Any]:
        """Parse an upload in a guarded child; returns its last word. Raises as ``start``."""
        await self.fast.enter(self.limits.queue_seconds)
        try:
            worker = await self._to_the_end(self._parser(), self._dismiss)
        except BaseException:
            self.fast.leave()
            raise
        run = self._started(worker, self.limits.parse_seconds)
        await frames.write(worker.writer, frames.CALL, request)
        return await run.head

    def _started(self, worker: Worker, seconds: float) -> Run:
        run = Run(self, worker, seconds)
        self._runs.add(run)
        return run

    async def _run(self, worker: Worker, request: dict[str, Any], seconds: float) -> Result:
        run = self._started(worker, seconds)
        try:
            with contextlib.suppress(OSError):  # A dead worker is told by its missing answer.
                await frames.write(worker.writer, frames.CALL, {"limit": self.limits.result, **request})
            return Result(await run.head, run)
        except asyncio.CancelledError:
            run.stop(None)
            raise

    async def close(self) -> None:
        """End all children."""
        if self._residing is not None:
            self._residing.cancel()
            await asyncio.wait([self._residing])
        for run in list(self._runs):
            run.stop(None)
        for worker in self._idle:
            worker.writer.close()
        self._idle.clear()
        if self.current is not None:
            self._close(self.current)
            self.current = None
        while self._exchanges:
            await asyncio.wait(self._exchanges)
        await asyncio.sleep(0)
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
