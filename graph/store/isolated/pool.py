"""The pool: it publishes generations and answers requests on them. Everything here runs in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from graph.errors import GraphError, TooBusy
from graph.store.isolated import frames
from graph.store.isolated.hub import Child, Hub, fork
from graph.store.isolated.lanes import Lane
from graph.store.isolated.limits import Limits
from graph.store.isolated.run import Checkpoint, Generation, Result, Run, Watch, Worker


class Pool:
    """Publishes generations and answers requests on them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fast = Lane("fast", limits.fast_slots, limits.queue)
        self.slow = Lane("slow", limits.slow_slots, 0)
        #: For the service's own question whether all is well, which hostile queries must not keep out.
        self.own = Lane("own", 1, limits.queue)
        #: Ended requests by outcome ("ok" or the error's code) and lane.
        self.count: Counter[tuple[str, str]] = Counter()
        #: Workers that were ended, or died, in the middle of a request, by the error's code.
        self.killed: Counter[str] = Counter()
        self.current: Generation | None = None
        self._hub = Hub()
        self._idle: list[Worker] = []
        self._residing: asyncio.Task[None] | None = None
        self._reviving = asyncio.Lock()
        self._runs: WeakSet[Run] = WeakSet()

    # --- generations ----------------------------------------------------------------------------------------------

    async def publish(self, checkpoint: Checkpoint) -> None:
        """Open a checkpoint as the current generation; the one before goes when nobody uses it. Raises GraphError."""
        fresh = await self._open(checkpoint, resident=False)
        assert fresh is not None
        await self._make_current(fresh)
        if self.limits.resident_quads:
            if self._residing is not None:
                self._residing.cancel()
            self._residing = asyncio.get_running_loop().create_task(self._make_resident(fresh))

    async def _open(self, checkpoint: Checkpoint, *, resident: bool) -> Generation | None:
        """A zygote for a checkpoint; None where it is too large to be resident. Raises TooBusy."""
        most = self.limits.resident_quads if resident else 0
        checkpoint.take()
        child: Child | None = None
        try:
            child = await self._hub.ask(f"open {most} {checkpoint.path}")
            async with asyncio.timeout(None if resident else self.limits.publish_seconds):
                told = await asyncio.get_running_loop().sock_recv(child.channel, 1)
            if told == b"R":
                return Generation(checkpoint, child, resident=resident)
            if told != b"X":
                raise OSError("the zygote ended")
        except BaseException as error:
            if child is not None:
                # It may be in the middle of a copy that fills memory.
                child.kill()
                child.close()
            checkpoint.release()
            if isinstance(error, OSError):  # TimeoutError is one.
                raise TooBusy("not-published", f"Generation {checkpoint.number} could not be opened.") from None
            raise
        child.close()
        checkpoint.release()
        return None

    async def _make_current(self, fresh: Generation) -> None:
        warm: list[Worker] = []
        try:
            while len(warm) < self.limits.fast_slots:
                warm.append(await self._fork_worker(fresh))
        except BaseException as error:
            # Given up, perhaps because a newer generation is there: its zygote ends with its channel.
            for worker in warm:
                self._dismiss(worker)
            self._close(fresh)
            if isinstance(error, OSError | EOFError):
                raise TooBusy("not-published", f"Generation {fresh.number} could not be opened.") from None
            raise
        before, idle = self.current, self._idle
        if before is not None and before.number > fresh.number:
            # A newer one came in the meantime.
            for worker in warm:
                self._dismiss(worker)
            self._close(fresh)
            return
        self.current, self._idle = fresh, warm
        for worker in idle:
            self._dismiss(worker)
        if before is not None:
            before.retired = True
            self._drop_if_unused(before)

    async def _make_resident(self, generation: Generation) -> None:
        """Put a copy in memory in the place of a generation that lasts."""
        await asyncio.sleep(self.limits.resident_after)
        if self.current is not generation:
            return
        # Where this task is cancelled, a copy that is being made is ended.
        with contextlib.suppress(GraphError):
            copy = await self._open(generation.checkpoint, resident=True)
            if copy is None:
                return
            if self.current is not generation:
                self._close(copy)
                return
            await self._make_current(copy)

    async def _revive(self, dead: Generation) -> None:
        """Open a generation again whose zygote has died; its checkpoint is still there."""
        # One at a time: whoever notices first does it for all.
        async with self._reviving:
            if self.current is dead:
                again = await self._open(dead.checkpoint, resident=False)
                assert again is not None
                await self._make_current(again)

    @contextmanager
    def hold(self) -> Iterator[Checkpoint]:
        """The published checkpoint, which stays on the disk meanwhile. Raises TooBusy where there is none."""
        if self.current is None:
            raise TooBusy("no-generation", "No data can be read at the moment.", "Ask again in a moment.")
        checkpoint = self.current.checkpoint.take()
        try:
            yield checkpoint
        finally:
            checkpoint.release()

    def _drop_if_unused(self, generation: Generation) -> None:
        if generation.retired and generation.users == 0:
            self._close(generation)

    def _close(self, generation: Generation) -> None:
        """End a zygote, but not in the middle of an exchange: who waits on a closed socket waits for ever."""

        if generation.closed:
            return
        generation.closed = True

        async def close() -> None:
            async with generation.forking:
                generation.zygote.close()
            generation.checkpoint.release()

        self._hub.see_to(close())

    # --- workers --------------------------------------------------------------------------------------------------

    async def _fork_worker(self, generation: Generation) -> Worker:
        async def ask() -> Worker:
            # Counted beforehand: the end of a zygote is the end of its workers.
            generation.users += 1
            try:
                async with generation.forking:
                    child = await fork(generation.zygote.channel, str(self.limits.memory))
                return await self._worker(child, generation)
            except BaseException:
                self._left(generation)
                raise

        return await self._hub.to_the_end(ask(), self._dismiss)

    async def _worker(self, child: Child, generation: Generation | None) -> Worker:
        reader, writer = await asyncio.open_connection(sock=child.channel, limit=1 << 18)
        return Worker(child, reader, writer, generation)

    async def _ready_worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            # A worker that died while idle has closed its end.
            if not worker.reader.at_eof():
                return worker
            self._dismiss(worker)
        for attempt in range(3):
            current = self.current
            if current is None:
                break
            try:
                return await self._fork_worker(current)
            except (OSError, EOFError):
                # The zygote has died, or was retired meanwhile.
                if attempt < 2:
                    await self._revive(current)
        raise TooBusy("no-generation", "No data can be read at the moment.", "Ask again in a moment.")

    def give_back(self, worker: Worker, *, reusable: bool, outcome: str, lane: str) -> None:
        """Keep a worker that ended well for the next request; end any other."""
        self.count[outcome, lane] += 1
        lasting = worker.generation is not None and worker.generation is self.current
        if reusable and lasting and len(self._idle) < self.limits.fast_slots:
            self._idle.append(worker)
            return
        if not reusable:
            if outcome != "ok":
                self.killed[outcome] += 1
            worker.child.kill()
        self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.close()
        if worker.generation is not None:
            self._left(worker.generation)

    def _left(self, generation: Generation) -> None:
        generation.users -= 1
        self._drop_if_unused(generation)

    # --- requests -------------------------------------------------------------------------------------------------

    async def start(self, request: dict[str, Any], seconds: float | None = None, watch: Watch | None = None) -> Result:
        """Run a request on the current generation; returns when the head of its result is known.

        Raises QueryError, QueryTimeout, QueryTooLarge, NotAcceptable, TooBusy.
        """
        return await self._begin(self.fast, request, seconds or self.limits.seconds, watch)

    async def check(self, request: dict[str, Any], seconds: float) -> Result:
        """As ``start``, for the service's own question whether all is well: beside the queue of the others."""
        return await self._begin(self.own, request, seconds)

    async def _begin(self, lane: Lane, request: dict[str, Any], seconds: float, watch: Watch | None = None) -> Result:
        await lane.enter(self.limits.queue_seconds)
        try:
            worker = await self._ready_worker()
        except BaseException:
            lane.leave()
            raise
        run = Run(self, worker, lane, seconds, watch)
        return Result(await self._head(run, worker, {"limit": self.limits.result, **request}), run)

    async def parse(self, request: dict[str, Any]) -> dict[str, Any]:
        """Parse an upload in a guarded child; returns its last word. Raises as ``start``."""

        async def parser() -> Worker:
            return await self._worker(await self._hub.ask(f"parse {self.limits.parse_memory}"), None)

        await self.fast.enter(self.limits.queue_seconds)
        try:
            worker = await self._hub.to_the_end(parser(), self._dismiss)
        except BaseException:
            self.fast.leave()
            raise
        return await self._head(Run(self, worker, self.fast, self.limits.parse_seconds), worker, request)

    async def _head(self, run: Run, worker: Worker, request: dict[str, Any]) -> dict[str, Any]:
        """Send the request and wait for the first word of its result."""
        self._runs.add(run)
        try:
            with contextlib.suppress(OSError):  # A dead worker is told by its missing answer.
                await frames.write(worker.writer, frames.CALL, request)
            return await run.head
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
        idle, self._idle = self._idle, []
        for worker in idle:
            self._dismiss(worker)
        if self.current is not None:
            self._close(self.current)
            self.current = None
        while self._hub.exchanges:
            await asyncio.wait(self._hub.exchanges)
        await asyncio.sleep(0)
        await self._hub.stop()
