"""The isolated engine: a store whose queries run in processes that may die, and whose writes are in one that is ours.

Made for a service that anybody may ask. The event loop that started it carries all its traffic; the ``Store``
methods may be called from any other thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox

from graph.errors import GraphError, QueryError, StoreDamaged
from graph.store import Change
from graph.store.archive import Manifest, Member
from graph.store.engine import Written
from graph.store.health import Health
from graph.store.isolated.cache import Cache, KeptResult
from graph.store.isolated.checkup import Checkup
from graph.store.isolated.commits import Commits
from graph.store.isolated.limits import Limits
from graph.store.isolated.pool import Pool
from graph.store.isolated.run import Result
from graph.store.recent import Recent
from graph.store.snapshot import Snapshot
from graph.store.writes import as_write
from graph.terms import DEFAULT_BASE

T = TypeVar("T")

JSON_RESULTS = "application/sparql-results+json"
#: What the ``Store`` methods ask for: forms that the engine's own parsers read back.
_INTERNAL = {"solutions": JSON_RESULTS, "boolean": JSON_RESULTS, "graph": "application/n-triples"}


class IsolatedStore:
    """``path`` is the database's folder, ``run`` one for checkpoints, emptied at the start."""

    writable = True
    guarded = True

    def __init__(self, path: Path, run: Path, base: str = DEFAULT_BASE, limits: Limits | None = None) -> None:
        self.base = base
        self.limits = limits or Limits()
        self.pool = Pool(self.limits)
        self.cache = Cache(self.limits.cache)
        self.recent = Recent()
        self.commits = Commits(path, run, base, self.limits, self.pool)
        self._checkup = Checkup(self.pool, self.commits)
        self._run = run
        self._loop: asyncio.AbstractEventLoop | None = None

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the writer and publish what is there. Raises StoreBusy where another process has the store."""
        self._loop = asyncio.get_running_loop()
        self._checkup = Checkup(self.pool, self.commits)  # What was found out in a life before does not hold.
        try:
            await self.commits.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Finish pending writes, end all children."""
        await self.commits.stop()
        await self.pool.close()
        if self.commits.opened:
            # Where the database never was ours, the folder is another's.
            shutil.rmtree(self._run, ignore_errors=True)

    # --- writing --------------------------------------------------------------------------------------------------

    async def submit(self, write: dict[str, Any], *, wait: bool = True) -> Written:
        """One write; returns when it is durable *and* visible, or without ``wait`` as soon as it is known in which
        generation it will be. Raises QueryError, DiskFull, WriterLost, NotVisible, StoreDamaged, TooBusy."""
        written = await self.commits.submit(write, wait=wait)
        self.recent.note(written.generation, write)
        return written

    # --- reading --------------------------------------------------------------------------------------------------

    async def ask(
        self,
        text: str,
        accept: dict[str, str | None],
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        prefixes: dict[str, str] | None = None,
        base: str | None = None,
        rows: int | None = None,
        aside: Sequence[str] | None = None,
    ) -> Result | KeptResult:
        """Start a query; ``accept`` names the media type for each form (solutions, boolean, graph) or None."""
        request = {
            "call": "query",
            "text": text,
            "accept": accept,
            "default_graphs": default_graphs,
            "named_graphs": named_graphs,
            "union": union,
            "prefixes": prefixes,
            "base": base,
            "rows": rows,
            "aside": aside,
        }
        return await self.cache.ask(self.generation, request, lambda watch: self.pool.start(request, watch=watch))

    async def dump(
        self,
        media_type: str,
        graph: str | None = None,
        *,
        prefixes: dict[str, str] | None = None,
        to_file: bool = False,
        existing: bool = False,
    ) -> Result:
        """The whole dataset, or one graph, in a media type."""
        request = {"call": "dump", "type": media_type, "graph": graph, "quads": graph is None, "prefixes": prefixes}
        request["existing"] = existing
        if to_file:
            return await self.pool.start(request | {"limit": sys.maxsize}, self.limits.file_seconds)
        return await self.pool.start(request)

    async def parse(self, call: dict[str, Any]) -> dict[str, Any]:
        """Read something hostile in a guarded child that has no store."""
        return await self.pool.parse(call)

    @contextlib.asynccontextmanager
    async def checkpoint(self) -> AsyncIterator[Path]:
        """The published checkpoint, which stays on the disk meanwhile."""
        with self.pool.hold() as held:
            yield held.path

    async def backup(self, data_dir: Path, target: Path) -> Manifest:
        """A backup of the generation that is published now, while everything goes on. Raises as ``backup.backup``."""
        with self.pool.hold() as checkpoint:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "graph.store.isolated.saver",
                str(os.getpid()),
                str(checkpoint.path),
                self.base,
                str(data_dir),
                str(target),
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                output, _ = await process.communicate()
            except asyncio.CancelledError:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                await process.wait()
                raise
        try:
            told = json.loads(output)
        except ValueError:
            raise GraphError("backup-failed", "The process that made the backup ended.", "Look at the log.") from None
        if "manifest" not in told:
            kind = StoreDamaged if told["code"] == "kept-file-damaged" else GraphError
            raise kind(told["code"], told["message"], told["hint"])
        members = {name: Member(**member) for name, member in told["manifest"]["members"].items()}
        return Manifest(**{**told["manifest"], "members": members})

    async def health(self) -> Health:
        """Whether it can do its work, found out by doing some of it."""
        return await self._checkup.now()

    # --- the Store protocol, for other threads --------------------------------------------------------------------

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise GraphError("not-started", "The store has not been started, or is stopped.")
        with contextlib.suppress(RuntimeError):
            if asyncio.get_running_loop() is self._loop:
                work.close()
                raise GraphError("wrong-thread", "The event loop of the store cannot wait for itself.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def look(self, work: Callable[[Snapshot], T]) -> T:
        """Do something with the published state, in a thread of this process."""

        async def looking() -> T:
            async with self.checkpoint() as path:
                return await asyncio.to_thread(lambda: work(Snapshot(path, self.base)))

        return self._wait(looking())

    @property
    def generation(self) -> int:
        return self.pool.current.number if self.pool.current else 0

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]:
        given = bool(default_graphs or named_graphs)

        async def run() -> tuple[str, bytes]:
            result = await self.ask(
                text,
                dict(_INTERNAL),
                default_graphs=default_graphs if given else None,
                named_graphs=named_graphs if given else None,
            )
            return result.form, await result.read()

        form, body = self._wait(run())
        if form == "graph":
            return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)

    def select(self, text: str) -> ox.QuerySolutions:
        result = self.query(text)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("not-a-select", "A SELECT query is needed here.")
        return result

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        async def run() -> bytes:
            request = {"call": "dump", "type": "application/n-quads", "graph": graph, "quads": True}
            return await (await self.pool.start(request)).read()

        return iter(ox.parse(self._wait(run()), format=ox.RdfFormat.N_QUADS))

    def write(self, change: Change) -> int:
        if not change:
            return self.generation
        return self._wait(self.submit(as_write(change))).generation

    def close(self) -> None:
        """Its event loop stops it (``stop``); there is nothing more to release here."""
