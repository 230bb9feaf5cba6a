"""Batches in a running service: jobs in processes of their own, one after the other, writes through the engine.

All methods are for the event loop that started it. A batch that was being looked into when the service ended is looked
into again at the next start; one that was being written is settled by asking the provenance graph.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from graph.batches import accepting
from graph.batches import folder as places
from graph.batches.bench import MOVED, Bench
from graph.batches.folder import Folders
from graph.batches.job import Job
from graph.batches.record import Outcome, Record
from graph.batches.states import State
from graph.errors import GraphError, TooBusy
from graph.store import Change, Readable
from graph.store.engine import Engine
from graph.store.snapshot import Snapshot
from graph.store.writes import as_write

T = TypeVar("T")

#: How often an acceptance looks again where others write meanwhile.
_TRIES = 6

_log = logging.getLogger(__name__)


class Desk:
    """``jobs`` of them at once; the others wait in the order in which they came."""

    def __init__(self, engine: Engine, base: str, folders: Folders, keep: Path, *, jobs: int = 1) -> None:
        self.engine, self.base, self.folders = engine, base, folders
        self.bench = Bench(folders, keep)
        self.running: dict[str, Job] = {}
        self._waiting: deque[str] = deque()
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._writing = asyncio.Lock()
        #: Held by whoever has faults marked in a file: one at a time.
        self.marking = asyncio.Lock()
        self._jobs = jobs
        self._workers: list[asyncio.Task[None]] = []

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Settle what the last life left, and begin."""
        await asyncio.to_thread(self.folders.tidy)
        for record in reversed(await asyncio.to_thread(self.folders.all)):
            if record.state in (State.RECEIVED, State.STAGING):
                self._enqueue(record.id)
            elif record.state is State.ACCEPTING or (record.state is State.ACCEPTED and record.undo):
                await self._settle(record)
        self._workers = [asyncio.get_running_loop().create_task(self._work()) for _ in range(self._jobs)]

    async def stop(self) -> None:
        """End the jobs; their batches are looked into again at the next start."""
        for task in self._workers:
            task.cancel()
        for job in self.running.values():
            job.kill()
        if self._workers:
            await asyncio.wait(self._workers)
        self._workers = []

    async def _settle(self, record: Record) -> Record:
        return await self.look(lambda store: self.bench.settle(store, store.generation, record))

    async def look(self, work: Callable[[Snapshot], T]) -> T:
        """Do something with the published state, in a thread."""
        async with self.engine.checkpoint() as path:
            return await asyncio.to_thread(lambda: work(Snapshot(path, self.base)))

    async def change(self, plan: Callable[[Readable], Change]) -> int:
        """Write what ``plan`` makes of the published state, while no batch is written; the generation in which it is
        visible. Raises what it raises, and what the engine raises."""
        async with self._writing:
            change = await self.look(plan)
            if not change:
                return self.engine.generation
            return (await self.engine.submit(as_write(change))).generation

    # --- jobs -----------------------------------------------------------------------------------------------------

    def _enqueue(self, batch: str) -> None:
        self._waiting.append(batch)
        self._wake.set()

    def place(self, batch: str) -> int:
        """How many batches are before this one; 0 for one that a job is at."""
        return self._waiting.index(batch) + 1 if batch in self._waiting else 0

    async def looked(self, record: Record, seconds: float) -> Record:
        """The batch after a job has been at it anew (``look_into``), or as it is after so many seconds."""
        events = len(record.events)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self.folders.load(record.id).events) < events + 2:
                    await self._changed.wait()
        return self.folders.load(record.id)

    def look_into(self, record: Record) -> None:
        """Have a job look into a batch, as soon as one is free."""
        self._enqueue(record.id)

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            batch = self._waiting.popleft()
            try:
                record = self.folders.load(batch)
                if record.state in (
                    State.RECEIVED,
                    State.STAGING,
                    State.REJECTED,
                    State.FAILED,
                    State.PREVIEWED,
                    State.WAITING,
                ):
                    await self._stage(record)
            except GraphError as error:
                _log.warning("batch %s: %s", batch, error.message)
            except Exception:
                # Whatever it is, the next batch must not wait for ever.
                _log.exception("the job of batch %s failed", batch)
                with contextlib.suppress(GraphError):
                    self.folders.turn(
                        self.folders.load(batch), State.FAILED, "service", "Something unforeseen; see the log."
                    )
            finally:
                self._tell()

    async def _stage(self, record: Record) -> None:
        job = self.running[record.id] = Job()
        try:
            record = self.folders.turn(record, State.STAGING, record.by)
            self._tell()
            try:
                outcome = await self._run(record, job)
            except GraphError as error:
                if job.cancelled:
                    self.folders.turn(record, State.CANCELLED, job.by, "Stopped while it was looked into.")
                else:
                    self.folders.turn(record, State.FAILED, "service", f"{error.message} {error.hint}".strip())
                return
            self.bench.staged(record, outcome, record.by)
        finally:
            del self.running[record.id]

    async def _run(self, record: Record, job: Job) -> Outcome:
        """Stage a batch in a child. Raises GraphError: what it says, or that it ended."""
        async with self.engine.checkpoint() as checkpoint:
            return await job.run(self.folders, record, checkpoint, self.base, guarded=self.engine.guarded)

    async def settled(self, batch: str, seconds: float) -> Record:
        """The batch as soon as no job is at it or to be, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.folders.load(batch).state in (State.RECEIVED, State.STAGING):
                    changed = self._changed
                    await changed.wait()
        return self.folders.load(batch)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # --- decisions ------------------------------------------------------------------------------------------------

    async def accept(self, batch: str, by: str, *, replace_source: bool = False) -> Record:
        """Take a batch in, whole. It is previewed again where it would change something else than was shown.

        Raises GraphError as ``Bench.ready``, and what the engine raises; then nothing of it is in, and it can be tried
        again.
        """
        task = asyncio.get_running_loop().create_task(self._accept(batch, by, replace_source))
        # Whoever asked may go away; what was begun is finished.
        return await asyncio.shield(task)

    async def _accept(self, batch: str, by: str, replace_source: bool) -> Record:
        async with self._writing:
            record = self.folders.load(batch)
            self.bench.ready(record, replace_source=replace_source)
            # Without what an earlier try has left: only this one may be asked for afterwards.
            record = self.folders.turn(record, State.ACCEPTING, by, activity="")
            seen = record.outcome
            assert seen is not None
            try:
                # What it refers to may have gone since it was looked at, and so may what it changes.
                if seen.generation != self.engine.generation:
                    record = await self._again(record, seen)
                for _ in range(_TRIES):
                    if record.state is not State.ACCEPTING:
                        return record
                    now = record
                    plan = await self.look(lambda store, r=now: self.bench.plan(store, store.generation, r, by))  # type: ignore[misc]
                    if plan is not None:
                        record = await asyncio.to_thread(self.bench.accepting, record, plan, by)
                        try:
                            # Others may write other graphs meanwhile, and do; this one is looked at by the writer.
                            written = await self.engine.submit(as_write(plan.change, (plan.graph, plan.before)))
                        except GraphError as error:
                            if error.code != "moved-on":
                                raise
                        else:
                            return self.bench.accepted(record, written.generation, by)
                    record = await self._again(record, seen)
                raise TooBusy("too-busy", "Others write all the time; this batch is not in.", "Try again in a moment.")
            except BaseException as error:
                await self._after_failure(record, error)
                raise
            finally:
                self._tell()

    async def _again(self, record: Record, seen: Outcome) -> Record:
        """Look into a batch anew; it is shown again where it would change something else than was ``seen``."""
        job = self.running[record.id] = Job()
        try:
            outcome = await self._run(record, job)
        finally:
            del self.running[record.id]
        if outcome.digest != seen.digest or outcome.conforms != seen.conforms:
            return self.bench.staged(record, outcome, record.by, MOVED)
        return self.folders.save(replace(record, outcome=outcome))

    async def _after_failure(self, record: Record, error: BaseException) -> None:
        """All of it is in or nothing; only the store knows, where its writer ended."""
        with contextlib.suppress(GraphError, OSError):
            record = self.folders.load(record.id)
            if record.state is not State.ACCEPTING:
                return
            written = False
            if record.activity:
                written = await self.look(lambda store: accepting.is_in(store, record.activity))
            if written:
                self.bench.accepted(record, self.engine.generation, record.accepted_by)
                return
            back = State.WAITING if record.contributed else State.PREVIEWED
            message = error.message if isinstance(error, GraphError) else "It was cut off; nothing of it is in."
            self.folders.turn(record, back, "service", message)

    async def withdraw(self, batch: str, by: str, *, force: bool = False) -> Record:
        """Undo a batch, exactly. Raises GraphError as ``Bench.undoing``, and what the engine raises."""
        return await asyncio.shield(asyncio.get_running_loop().create_task(self._withdraw(batch, by, force)))

    async def _withdraw(self, batch: str, by: str, force: bool) -> Record:
        async with self._writing:
            record = self.folders.load(batch)
            if record.state is State.ACCEPTED and record.undo:
                # An earlier try did not hear what became of it.
                record = await self._settle(record)
                if record.state is State.WITHDRAWN:
                    return record
            # Where the graph changes between the look and the write, the next look says why it cannot be undone.
            for _ in range(2):
                now = record
                plan = await self.look(lambda store, r=now: self.bench.undoing(store, r, by, force=force))  # type: ignore[misc]
                record = self.folders.save(replace(record, undo=plan.activity))
                try:
                    await self.engine.submit(as_write(plan.change, (plan.graph, plan.before)))
                except GraphError as error:
                    if error.code != "moved-on":
                        raise
                else:
                    return self.folders.turn(record, State.WITHDRAWN, by)
            raise TooBusy("too-busy", "Others change this source; nothing was withdrawn.", "Try again in a moment.")

    def give_back(self, batch: str, by: str, reason: str) -> Record:
        """Return a batch to whoever brought it, with a reason."""
        return self.folders.turn(self.folders.load(batch), State.RETURNED, by, reason)

    def cancel(self, batch: str, by: str) -> Record:
        """Stop a batch that is not in. One that a job is at is cancelled as soon as that has ended (``settled``)."""
        record = self.folders.load(batch)
        job = self.running.get(batch)
        if job is not None and record.state is State.STAGING:
            job.cancelled, job.by = True, by
            job.kill()
            return record
        if batch in self._waiting:
            self._waiting.remove(batch)
        record = self.folders.turn(record, State.CANCELLED, by)
        self._tell()
        return record

    def progress(self, record: Record) -> dict[str, Any]:
        """How far a job is: ``stage``, ``done``, ``total``, ``before`` (batches that come first)."""
        found = self.folders.read(record.id, places.PROGRESS) if record.id in self.running else None
        told = found if isinstance(found, dict) else {"stage": "waiting", "done": 0, "total": 0}
        return {**told, "before": self.place(record.id)}
