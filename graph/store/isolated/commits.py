"""Groups of writes: each is made durable, then visible, then answered for.

When the writer ends in the middle of a group, whoever waits gets a true answer: the writer is started anew, and its
generation tells which writes were kept. Those that it had not begun are given to it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graph.errors import GraphError, StoreDamaged, TooBusy
from graph.store.engine import Written
from graph.store.failures import as_error
from graph.store.isolated import answers, hub
from graph.store.isolated.limits import Limits
from graph.store.isolated.pending import Pending, first_group, written
from graph.store.isolated.pool import Pool
from graph.store.isolated.run import Checkpoint
from graph.store.isolated.writer_process import Gone, Progress, WriterProcess, cramped

#: Seconds between tries to publish what is durable, while somebody waits for it.
_PUBLISH_PAUSES = (0.1, 0.5)
#: Seconds between tries to find out what became of a group whose writer ended: somebody waits to know.
_SETTLE_PAUSES = (0.1, 0.5)
#: Seconds between tries to start a writer that does not start, or does not stay.
_SHORTEST, _LONGEST = 0.25, 5.0
#: A writer that has run for so many seconds has started well.
_PROVEN = 5.0
#: Seconds for the writes under way when the service stops.
_STOP_SECONDS = 30.0

_log = logging.getLogger(__name__)


class Commits:
    """``run`` is the folder for checkpoints, on the file system of the database: they are hard links."""

    def __init__(self, path: Path, run: Path, base: str, limits: Limits, pool: Pool) -> None:
        self.writer = WriterProcess(path, base, limits, self._writer_ended)
        #: What the store lacks of what was confirmed; then nothing is written.
        self.lost = ""
        #: Why there is no writer, or why what it wrote cannot be shown.
        self.fault: GraphError | None = None
        #: How often the writer was started anew.
        self.restarts = 0
        self._path, self._run, self._limits, self._pool = path, run, limits, pool
        self._generation = -1
        self._stale = True
        self._queue: list[Pending] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._checkpoints = 0
        self._pause = 0.0
        self._opened = self._not_before = 0.0

    @property
    def opened(self) -> bool:
        """Whether the database was ever ours."""
        return self._opened > 0.0

    @property
    def trouble(self) -> str:
        """Why nothing can be written at present, as a sentence; empty where all is well."""
        if self.fault is not None:
            return self.fault.message
        return "" if self.writer.running or not self._pause else "The process that writes does not stay alive."

    async def start(self) -> None:
        """Start the writer, publish what is there. Raises GraphError."""
        self._stopping = False
        await self._open_writer()
        # Only now: the database is ours, so these are checkpoints and uploads of a life that has ended.
        shutil.rmtree(self._run, ignore_errors=True)
        self._run.mkdir(parents=True)
        await self._show()
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Finish what waits, within reason, and end the writer."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_STOP_SECONDS)
            self._task.cancel()
            await asyncio.wait([self._task])
        self._fail(self._queue, answers.stopping())
        self._queue = []
        await self.writer.end()

    async def submit(self, write: dict[str, Any], *, wait: bool = True) -> Written:
        """Queue one write. Returns when it is durable and visible, or, without ``wait``, as soon as it is known in
        which generation it will be. Raises what is wrong with it, DiskFull, WriterLost, StoreDamaged, TooBusy."""
        if self._task is None or self._stopping:
            raise answers.stopping()
        if len(self._queue) >= self._limits.write_queue:
            raise TooBusy("too-busy", "Too many writes are waiting.", "Write again in a few seconds.")
        pending = Pending(write)
        self._queue.append(pending)
        self._wake.set()
        return await (pending.done if wait else pending.applied)

    def room(self, wanted: int = 0) -> None:
        """Raises DiskFull where the disk has too little room for a write of so many bytes."""
        if shutil.disk_usage(self._path).free < self._limits.reserve + 4 * wanted:
            raise answers.disk_full()

    def _cause(self, gone: Gone) -> Gone:
        """Why a writer ended: one that took too long on a disk without room was waiting for it."""
        stuck = gone.code == "write-timeout" and cramped(self._path, self._limits.reserve)
        return Gone("disk-full") if stuck else gone

    # --- the one task that writes ---------------------------------------------------------------------------------

    def _writer_ended(self) -> None:
        self._wake.set()

    async def _work(self) -> None:
        while self._queue or not self._stopping:
            if not self._queue:
                await self._idle()
            group, self._queue = first_group(self._queue, self._limits.group_bytes)
            try:
                if group:
                    await self._commit(group)
                else:
                    await self._mend()
            except asyncio.CancelledError:
                self._fail(group, answers.unsure(Gone("writer-lost")))
                raise
            except Exception:
                # Whatever it is, the next one who writes must not wait for ever.
                _log.exception("a group of writes failed")
                self._fail(group, answers.unsure(Gone("write-failed", "an error that nobody foresaw")))

    async def _idle(self) -> None:
        """Until somebody writes, the writer ends, or it is time to mend what is broken."""
        now = asyncio.get_running_loop().time()
        broken = self._stale or not self.writer.running
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._not_before - now) if broken else None):
                await self._wake.wait()
        self._wake.clear()

    async def _commit(self, group: list[Pending]) -> None:
        left = await self._attempt(group)
        if left:
            left = await self._attempt(left)
        self._fail(left, answers.not_kept(Gone("writer-lost")))

    async def _attempt(self, group: list[Pending]) -> list[Pending]:
        """Returns those writes of the group that were certainly not kept, through no fault of theirs."""
        try:
            await self._ready()
            self.room(sum(pending.size for pending in group))
            if self.lost:
                raise StoreDamaged("store-lost-data", f"{self.lost} Nothing is written to it.", answers.RESTORE)
        except GraphError as error:
            self._fail(group, error)
            return []
        before, folder = self._generation, self._next_folder()
        progress = Progress(lambda at, result: group[at].hear(result))
        try:
            state = await self.writer.group([pending.write for pending in group], folder, progress)
        except Gone as gone:
            shutil.rmtree(folder, ignore_errors=True)
            return await self._settle(group, before, progress, self._cause(gone))
        kept: list[tuple[Pending, Written]] = []
        for pending, result in zip(group, progress.results, strict=True):
            if "code" in result:
                pending.fail(as_error(result))
            else:
                kept.append((pending, written(result)))
        self._generation = state.generation
        self._stale = self._stale or state.checkpointed
        await self._confirm(kept, Checkpoint(folder, state.generation) if state.checkpointed else None)
        return []

    async def _settle(self, group: list[Pending], before: int, progress: Progress, gone: Gone) -> list[Pending]:
        """Find out what became of a group whose writer ended, and say it; returns what may be tried again."""
        for pause in (*_SETTLE_PAUSES, None):
            try:
                await self._open_writer()
                break
            except GraphError:
                if pause is None:
                    self._fail(group[: progress.begun + 1], answers.unsure(gone))
                    self._fail(group[progress.begun + 1 :], answers.not_kept(gone))
                    return []
                await asyncio.sleep(pause)
        last, found = before, self._generation
        kept: list[tuple[Pending, Written]] = []
        again: list[Pending] = []
        for at, pending in enumerate(group):
            if at < len(progress.results):
                result = progress.results[at]
                if "code" in result:
                    pending.fail(as_error(result))
                    continue
                last = result["generation"]
                if last <= found:
                    kept.append((pending, written(result)))
                    continue
            elif at == progress.begun:
                # Each write that is kept counts one, so it is there or it is not.
                if found > last:
                    kept.append((pending, Written(found)))
                else:
                    pending.fail(answers.ended_in(gone))
                continue
            again.append(pending)
        await self._confirm(kept, None)
        if gone.code == "disk-full":
            self._fail(again, answers.disk_full())
            return []
        return again

    async def _confirm(self, kept: list[tuple[Pending, Written]], checkpoint: Checkpoint | None) -> None:
        """Show what is durable, then answer."""
        try:
            if checkpoint is not None:
                await self._publish(checkpoint)
            elif self._stale:
                await self._show()
        except GraphError:
            for pending, confirmed in kept:
                pending.fail(answers.not_visible(confirmed.generation))
            return
        for pending, confirmed in kept:
            pending.say(confirmed)

    def _fail(self, group: Iterable[Pending], error: GraphError) -> None:
        for pending in group:
            pending.fail(error)

    # --- the writer, and what readers see of it -------------------------------------------------------------------

    async def _ready(self) -> None:
        if self.writer.running:
            return
        if self.fault is not None and asyncio.get_running_loop().time() < self._not_before:
            raise self.fault
        await self._open_writer()

    async def _open_writer(self) -> None:
        loop = asyncio.get_running_loop()
        first = not self.opened
        stayed = first or loop.time() - self._opened > _PROVEN
        self._pause = 0.0 if stayed and self.fault is None else min(max(2 * self._pause, _SHORTEST), _LONGEST)
        try:
            state = await self.writer.start()
        except GraphError as error:
            self.fault = error
            self._not_before = loop.time() + self._pause
            raise
        self.restarts += not first
        self.fault = None
        self._opened = loop.time()
        self._not_before = self._opened + self._pause
        self.lost, self._generation = state.lost, state.generation
        shown = self._pool.current
        # What was shown once is never taken back, not even for a store that has less.
        self._stale = shown is None or shown.number < state.generation

    async def _mend(self) -> None:
        """Start the writer, show what is durable, where that is due."""
        if asyncio.get_running_loop().time() < self._not_before:
            return
        with contextlib.suppress(GraphError):
            await self._ready()
            if self._stale:
                await self._show()

    async def _show(self) -> None:
        """Publish what the writer has. Raises GraphError."""
        folder = self._next_folder()
        try:
            state = await self.writer.group([], folder, Progress())
        except Gone as gone:
            shutil.rmtree(folder, ignore_errors=True)
            failure = answers.not_kept(self._cause(gone))
            self._failed(failure)
            raise failure from None
        await self._publish(Checkpoint(folder, state.generation))

    async def _publish(self, checkpoint: Checkpoint) -> None:
        pauses = [*_PUBLISH_PAUSES, None]
        try:
            for pause in pauses:
                try:
                    await self._pool.publish(checkpoint)
                except (GraphError, OSError, EOFError) as error:
                    if pause is None:
                        failure = error if isinstance(error, GraphError) else hub.no_room()
                        self._failed(failure)
                        raise failure from None
                    await asyncio.sleep(pause)
                else:
                    self._stale = False
                    self.fault = None
                    return
        finally:
            checkpoint.release()

    def _failed(self, error: GraphError) -> None:
        self.fault = error
        self._pause = min(max(2 * self._pause, _SHORTEST), _LONGEST)
        self._not_before = asyncio.get_running_loop().time() + self._pause

    def _next_folder(self) -> Path:
        self._checkpoints += 1
        return self._run / str(self._checkpoints)
