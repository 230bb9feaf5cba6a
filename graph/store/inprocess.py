"""The in-process engine: the ``Engine`` protocol over an embedded store, in threads of this process.

For one-shot commands, tests, and systems without the guards of ``isolated``: a query here cannot be ended, has no
bound on its memory, and may take the process with it. Only the size of a result is bounded.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from graph.errors import DiskFull, GraphError, QueryError, WriterLost
from graph.store import calls
from graph.store.embedded import EmbeddedStore
from graph.store.engine import Written
from graph.store.failures import as_error
from graph.store.health import Health
from graph.store.recent import Recent
from graph.store.writes import apply

#: Bytes of one result.
LARGEST_RESULT = 256 * 1024 * 1024
#: Pieces of a result that wait for a client that reads slowly.
_HELD = 64
_THREADS = 8
#: Seconds between looks at whether there is still somebody to take a piece.
_WAIT = 1.0


class Abandoned(Exception):
    """Nobody reads this result any more."""


class InProcessResult:
    """A result that a thread writes while the event loop reads it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, generation: int) -> None:
        self.form = self.media_type = ""
        self.generation = generation
        self.head: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._pieces: asyncio.Queue[bytes | GraphError | None] = asyncio.Queue(_HELD)
        self._abandoned = False

    # --- in the thread --------------------------------------------------------------------------------------------

    def run(self, store: EmbeddedStore, request: dict[str, Any]) -> None:
        """Answer the request whole, or say what went wrong."""
        sink = calls.Sink(self._put, request.get("limit", LARGEST_RESULT))
        last: GraphError | None = None
        try:
            calls.answer(store.engine, request, self._begin, sink)
        except Abandoned:
            return
        except Exception as error:
            # Made anew: the frames of the engine's error hold results that only this thread may release.
            last = as_error(calls.describe(error))
        try:
            if last is not None and not self.form:
                self._loop.call_soon_threadsafe(self._fail, last)
            else:
                self._put(last)
        except (Abandoned, RuntimeError):
            return  # RuntimeError: the event loop has ended.

    def _begin(self, form: str, media_type: str) -> None:
        self.form, self.media_type = form, media_type
        self._loop.call_soon_threadsafe(self._tell, None)

    def _put(self, piece: bytes | GraphError | None) -> None:
        if self._abandoned:
            raise Abandoned
        handing_over = self._pieces.put(piece)
        try:
            taken = asyncio.run_coroutine_threadsafe(handing_over, self._loop)
        except RuntimeError:
            handing_over.close()
            raise
        while True:
            try:
                return taken.result(_WAIT)
            except TimeoutError:
                # An event loop that has ended takes nothing, and does not say so.
                if self._loop.is_closed():
                    handing_over.close()
                    raise Abandoned from None

    # --- in the event loop ----------------------------------------------------------------------------------------

    def _tell(self, _: None) -> None:
        if not self.head.done():
            self.head.set_result(None)

    def _fail(self, error: GraphError) -> None:
        if not self.head.done():
            self.head.set_exception(error)
            self.head.exception()  # Marks it as seen: the asker may have gone.

    async def pieces(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await self._pieces.get()) is not None:
                if isinstance(piece, GraphError):
                    raise piece
                yield piece
        finally:
            self.abandon()

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self.pieces()])

    def abandon(self) -> None:
        self._abandoned = True
        # Makes room for the piece that the thread may be waiting to hand over; it stops at the next one.
        while not self._pieces.empty():
            self._pieces.get_nowait()


class InProcessEngine:
    """``store`` belongs to the caller, who closes it."""

    guarded = False

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self.recent = Recent()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")

    @property
    def generation(self) -> int:
        return self._store.generation

    async def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        # Not waited for: a query cannot be ended, and the process is about to.
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _begin(self, request: dict[str, Any]) -> InProcessResult:
        loop = asyncio.get_running_loop()
        result = InProcessResult(loop, self.generation)
        loop.run_in_executor(self._threads, result.run, self._store, request)
        try:
            await result.head
        except asyncio.CancelledError:
            result.abandon()
            raise
        return result

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
    ) -> InProcessResult:
        return await self._begin(
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
                "aside": aside,
            }
        )

    async def dump(
        self,
        media_type: str,
        graph: str | None = None,
        *,
        prefixes: dict[str, str] | None = None,
        to_file: bool = False,
        existing: bool = False,
    ) -> InProcessResult:
        request = {"call": "dump", "type": media_type, "graph": graph, "quads": graph is None, "prefixes": prefixes}
        request["existing"] = existing
        return await self._begin(request | ({"limit": sys.maxsize} if to_file else {}))

    async def submit(self, write: dict[str, Any], *, wait: bool = True) -> Written:  # noqa: ARG002 - it never waits
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._threads, apply, self._store, write)
        except OSError as error:
            if "no space" in str(error).lower():
                raise DiskFull(
                    "disk-full", "The disk is full; nothing was written.", "Make room and write again."
                ) from None
            raise WriterLost("write-failed", f"The write failed: {error}", "Look at the service's log.") from None
        self.recent.note(done["generation"], write)
        return Written(done["generation"], done.get("existed", True))

    async def parse(self, call: dict[str, Any]) -> dict[str, Any]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, calls.without_store, call)
        except (SyntaxError, ValueError, OSError, QueryError, calls.TooLarge) as error:
            raise as_error(calls.describe(error)) from None

    @asynccontextmanager
    async def checkpoint(self) -> AsyncIterator[Path]:
        """A copy of the present state, by hard links where the store is on the disk."""
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory(prefix=".checkpoint-", dir=self._store.parent) as folder:
            path = Path(folder) / "state"
            await loop.run_in_executor(self._threads, self._store.checkpoint, path)
            yield path

    async def health(self) -> Health:
        parts = {"reading": "", "writing": "", "disk": "", "data": self._store.lost}
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._store.query, "ASK { ?s ?p ?o }")
        except (GraphError, OSError, RuntimeError):
            # RuntimeError is also what an executor raises that has ended.
            parts["reading"] = "The store cannot be read."
        return Health(self.generation, parts)
