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
import socket
import sys
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox

from graph.errors import DiskFull, GraphError, QueryError, StoreBusy, WriterLost
from graph.store import Change
from graph.store.engine import Written
from graph.store.isolated import frames
from graph.store.isolated.limits import Limits
from graph.store.isolated.pool import Pool
from graph.store.isolated.run import Result
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
        self._path, self._run = path, run
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: asyncio.subprocess.Process | None = None
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._pending: list[tuple[dict[str, Any], asyncio.Future[Written]]] = []
        self._wake = asyncio.Event()
        self._committer: asyncio.Task[None] | None = None
        self._checkpoints = 0

    # --- start and stop -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the writer and publish what is there. Raises StoreBusy where another process has the store."""
        self._loop = asyncio.get_running_loop()
        # Checkpoints of an earlier life are of no use: nobody has them open.
        shutil.rmtree(self._run, ignore_errors=True)
        self._run.mkdir(parents=True)
        await self._commit([])
        self._committer = self._loop.create_task(self._commit_groups())

    async def stop(self) -> None:
        """Finish pending writes, end all children."""
        if self._committer is not None:
            self._committer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._committer
        if self._pending:
            await self._commit(self._take_pending())
        await self.pool.close()
        await self._end_writer()
        shutil.rmtree(self._run, ignore_errors=True)

    async def _start_writer(self) -> None:
        ours, theirs = socket.socketpair()
        command = [
            sys.executable,
            "-m",
            "graph.store.isolated.writer",
            str(theirs.fileno()),
            str(self._path),
            self.base,
        ]
        self._writer = await asyncio.create_subprocess_exec(*command, pass_fds=[theirs.fileno()])
        theirs.close()
        self._stream = await asyncio.open_connection(sock=ours, limit=1 << 20)
        kind, body = await frames.read(self._stream[0])
        if kind == frames.ERROR:
            told = json.loads(body)
            await self._end_writer()
            raise (StoreBusy if told["code"] == "store-busy" else GraphError)(told["code"], told["message"])

    async def _end_writer(self) -> None:
        if self._stream is not None:
            self._stream[1].close()
            self._stream = None
        if self._writer is not None and self._writer.returncode is None:
            try:
                async with asyncio.timeout(5):
                    await self._writer.wait()
            except TimeoutError:
                os.kill(self._writer.pid, signal.SIGKILL)
                await self._writer.wait()
        self._writer = None

    # --- writing --------------------------------------------------------------------------------------------------

    async def submit(self, write: dict[str, Any]) -> Written:
        """Queue one write; returns when it is durable *and* visible. Raises QueryError, DiskFull, WriterLost."""
        future: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._pending.append((write, future))
        self._wake.set()
        return await future

    def _take_pending(self) -> list[tuple[dict[str, Any], asyncio.Future[Written]]]:
        taken, self._pending = self._pending, []
        return taken

    async def _commit_groups(self) -> None:
        """Whatever has come in while the last group was written is the next group."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._commit(self._take_pending())

    async def _commit(self, group: list[tuple[dict[str, Any], asyncio.Future[Written]]]) -> None:
        try:
            answer = await self._write([write for write, _ in group])
        except GraphError as error:
            if not group:
                raise
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(group, answer["results"], strict=True):
            if future.done():
                continue
            if "code" in result:
                failure = QueryError(result["code"], result["message"])
                failure.line, failure.column = result.get("line"), result.get("column")
                future.set_exception(failure)
            else:
                future.set_result(Written(result["generation"], result.get("existed", True)))

    async def _write(self, writes: list[dict[str, Any]]) -> dict[str, Any]:
        fresh = self._writer is None or self._writer.returncode is not None or self._stream is None
        if fresh:
            await self._end_writer()
            await self._start_writer()
        assert self._stream is not None
        self._checkpoints += 1
        checkpoint = self._run / str(self._checkpoints)
        call = {"call": "group", "writes": writes, "checkpoint": str(checkpoint), "checkpoint_anyway": fresh}
        try:
            await frames.write(self._stream[1], frames.CALL, call)
            kind, body = await frames.read(self._stream[0])
        except (asyncio.IncompleteReadError, OSError):
            await self._end_writer()
            raise WriterLost(
                "writer-lost",
                "The writer ended before it confirmed the write. It may or may not have been kept.",
                "Ask whether it is there, and write again if not.",
            ) from None
        answer: dict[str, Any] = json.loads(body)
        if kind == frames.ERROR:
            await self._end_writer()
            if answer["code"] == "disk-full":
                raise DiskFull("disk-full", "The disk is full; nothing was written.", "Make room and write again.")
            raise WriterLost("write-failed", f"The write failed: {answer['message']}", "Look at the service's log.")
        if answer["changed"] or fresh:
            await self.pool.publish(
                str(checkpoint), answer["generation"], lambda: shutil.rmtree(checkpoint, ignore_errors=True)
            )
        return answer

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
    ) -> Result:
        """Start a query; ``accept`` names the media type for each form (solutions, boolean, graph) or None."""
        return await self.pool.start(
            {
                "call": "query",
                "text": text,
                "accept": accept,
                "default_graphs": default_graphs,
                "named_graphs": named_graphs,
                "union": union,
                "prefixes": prefixes,
                "base": base,
                "rows": rows,
            }
        )

    async def dump(
        self,
        media_type: str,
        graph: str | None = None,
        *,
        prefixes: dict[str, str] | None = None,
        to_file: bool = False,
    ) -> Result:
        """The whole dataset, or one graph, in a media type."""
        request = {"call": "dump", "type": media_type, "graph": graph, "quads": graph is None, "prefixes": prefixes}
        if to_file:
            return await self.pool.start(request | {"limit": sys.maxsize}, self.limits.file_seconds)
        return await self.pool.start(request)

    async def parse(self, call: dict[str, Any]) -> dict[str, Any]:
        """Read something hostile in a guarded child that has no store."""
        return await self.pool.parse(call)

    # --- the Store protocol, for other threads --------------------------------------------------------------------

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            work.close()
            raise GraphError("not-started", "The store has not been started.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

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
