"""The one way to the graph: the ``Store`` protocol. Engines are the modules beside this file.

Every named graph is one source; the default graph of a query is the union of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import Quad, QueryBoolean, QuerySolutions, RdfFormat, Triple, parse


@dataclass(frozen=True, slots=True)
class Lines:
    """Quads as the lines of a file of N-Quads, from byte ``begin`` to its end: very many need no memory so."""

    path: Path
    begin: int = 0

    @property
    def size(self) -> int:
        """Their bytes. Raises OSError."""
        return max(0, self.path.stat().st_size - self.begin)

    def quads(self) -> Iterator[Quad]:
        """Them, one by one. Raises OSError, SyntaxError."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            yield from parse(file, format=RdfFormat.N_QUADS)

    def lines(self) -> Iterator[bytes]:
        """They as they stand in the file. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            yield from file

    def pieces(self, size: int) -> Iterator[bytes]:
        """Them in pieces of whole lines of about ``size`` bytes. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            while piece := file.read(size):
                yield piece + file.readline()


@dataclass(frozen=True, slots=True)
class Change:
    """What one write takes out and puts in, as quads of named graphs without blank nodes; ``more`` comes in as well."""

    removed: AbstractSet[Quad] = frozenset()
    added: AbstractSet[Quad] = frozenset()
    more: tuple[Lines, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or any(lines.size for lines in self.more))


class Readable(Protocol):
    """What those need that only look: a ``Store``, or one immutable state of it (``graph.store.snapshot``)."""

    base: str

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one named graph."""
        ...


class Store(Protocol):
    """A graph that can be asked and, where ``writable``, written in whole batches."""

    #: Base of the IRIs minted for what is ingested here; ends with "/".
    base: str
    writable: bool

    @property
    def generation(self) -> int:
        """Number of the published state: 0 for an empty store, one more with every effective write."""
        ...

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> QuerySolutions | QueryBoolean | Iterable[Triple]:
        """Evaluate a SPARQL 1.1 query. Without a dataset the default graph is the union of all graphs.

        Raises QueryError with line and column where the text does not parse.
        """
        ...

    def select(self, text: str) -> QuerySolutions:
        """As ``query``, for a SELECT. Raises QueryError for any other form."""
        ...

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one named graph (none if there is no such graph)."""
        ...

    def write(self, change: Change) -> int:
        """Apply a change whole or not at all, make it durable, return the generation in which it is visible.

        An empty change writes nothing and keeps the generation.
        """
        ...

    def close(self) -> None:
        """Release files. Calling it twice is fine."""
        ...


def difference(before: Iterable[Quad], after: Iterable[Quad]) -> Change:
    """The change that turns one set of quads into another."""
    old, new = frozenset(before), frozenset(after)
    return Change(removed=old - new, added=new - old)
