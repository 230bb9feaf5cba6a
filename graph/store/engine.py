"""What the edges of a service ask and write through: the ``Engine`` protocol.

Its engines are ``isolated`` (queries and writes run in processes that may die) and ``inprocess`` (they do not, and
it says so). All methods are for the event loop that started it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from graph.store.health import Health
from graph.store.recent import Recent

#: The default graph of a query that names no dataset: the union of all graphs, or a graph of its own.
UNION, PLAIN = "union", "plain"

#: Rows for a page: ``{"columns": [...], "rows": [[[kind, value] or null, ...], ...], "more": bool}``.
TABLE = "application/x-commonground-table+json"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: the generation in which it is visible, and whether the graph was there before."""

    generation: int
    existed: bool = True


class Result(Protocol):
    """A result under way: its head is known, its pieces come. Read it to the end, or ``abandon`` it."""

    #: "solutions", "boolean" or "graph".
    form: str
    media_type: str
    generation: int

    def pieces(self) -> AsyncIterator[bytes]:
        """The result's bytes. A clean end means that it is whole; anything else raises GraphError."""
        ...

    async def read(self) -> bytes:
        """The whole result."""
        ...

    def abandon(self) -> None:
        """Nobody wants the rest. Harmless after the end."""
        ...


@runtime_checkable
class Engine(Protocol):
    """Answers queries and takes writes for one store."""

    #: Whether queries, uploads and updates run where they may die, with bounded time and memory.
    guarded: bool
    #: What the last writes through it changed.
    recent: Recent

    @property
    def generation(self) -> int:
        """Number of the state that the next query sees."""
        ...

    async def start(self) -> None:
        """Begin; only then may anything be asked. Raises StoreBusy."""
        ...

    async def stop(self) -> None:
        """Finish pending writes and end everything that runs."""
        ...

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
    ) -> Result:
        """Start a query; ``accept`` names the media type for each form (solutions, boolean, graph) or None.

        ``base`` resolves relative IRIs of the text; ``rows`` cuts what is written as ``TABLE``; ``aside`` are graphs
        that only a query with a dataset of its own sees. Raises QueryError,
        QueryTimeout, QueryTooLarge, NotAcceptable, TooBusy.
        """
        ...

    async def dump(
        self,
        media_type: str,
        graph: str | None = None,
        *,
        prefixes: dict[str, str] | None = None,
        to_file: bool = False,
        existing: bool = False,
    ) -> Result:
        """The whole dataset (in a media type for quads), or one graph ("" is the default graph), which with
        ``existing`` has to be there: raises QueryError (``no-such-graph``).

        ``to_file``: we read it ourselves, at once, so it may take longer and be larger than what a client reads at its
        own pace.
        """
        ...

    async def submit(self, write: dict[str, Any], *, wait: bool = True) -> Written:
        """One write, as ``graph.store.writes`` has it; returns when it is durable *and* visible, or without ``wait``
        as soon as it is known in which generation it will be.

        Raises QueryError, DiskFull, WriterLost.
        """
        ...

    async def parse(self, call: dict[str, Any]) -> dict[str, Any]:
        """Read something hostile where it may die: an upload, the text of an update. Calls: ``graph.store.calls``."""
        ...

    def checkpoint(self) -> AbstractAsyncContextManager[Path]:
        """The folder of one published state, for ``graph.store.snapshot`` in another thread or process; it stays as
        long as this lasts. Raises TooBusy where there is none."""
        ...

    async def health(self) -> Health:
        """Whether it can do its work, found out by doing some of it."""
        ...
