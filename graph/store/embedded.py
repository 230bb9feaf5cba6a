"""The embedded engine: pyoxigraph, on disk or in memory, in this process.

It has no guard against hostile queries: a query cannot be cancelled and may take the process with it. It is
for one-shot commands, tests, and services whose askers are trusted.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from graph.errors import GraphError, QueryError, StoreBusy
from graph.store import Change
from graph.store.probe import has_dataset_clause
from graph.terms import DEFAULT_BASE, node

_GENERATION = node("cg:generation")


class EmbeddedStore:
    """``path`` None keeps everything in memory. One process can have a path open at a time."""

    writable = True

    def __init__(self, path: Path | None = None, base: str = DEFAULT_BASE) -> None:
        self.base = base
        self._lock = threading.Lock()
        self._state_graph = ox.NamedNode(base + "graph/state")
        self._subject = ox.NamedNode(base + "store")
        try:
            if path is None:
                self._engine = ox.Store()
            else:
                path.mkdir(parents=True, exist_ok=True)
                # Leftovers of a bulk load that was killed: RocksDB neither uses nor removes them.
                for leftover in path.glob("bulk-*.sst"):
                    leftover.unlink()
                self._engine = ox.Store(path)
        except OSError as error:
            if "lock" in str(error).lower():
                raise StoreBusy(
                    "store-busy",
                    f"Another process has the store {path} open.",
                    "Stop the service or command that has it open, then try again.",
                ) from None
            raise GraphError("store-unusable", f"The store {path} cannot be opened: {error}.") from error
        self._generation = self._read_generation()

    def _read_generation(self) -> int:
        for quad in self._engine.quads_for_pattern(self._subject, _GENERATION, None, self._state_graph):
            if isinstance(quad.object, ox.Literal):
                return int(quad.object.value)
        return 0

    @property
    def generation(self) -> int:
        return self._generation

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        try:
            if default_graphs or named_graphs:
                return self._engine.query(
                    text,
                    default_graph=[ox.NamedNode(g) for g in default_graphs],
                    named_graphs=[ox.NamedNode(g) for g in named_graphs],
                )
            # The engine's union option overrides FROM, which is to win.
            return self._engine.query(text, use_default_graph_as_union=not has_dataset_clause(text))
        except (SyntaxError, ValueError) as error:
            raise syntax_error("query", error) from None
        except (RuntimeError, OSError) as error:
            raise QueryError("query-failed", f"The query cannot be evaluated: {error}.") from None

    def select(self, text: str) -> ox.QuerySolutions:
        result = self.query(text)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("not-a-select", "A SELECT query is needed here.")
        return result

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        name = None if graph is None else ox.NamedNode(graph)
        return iter(self._engine.quads_for_pattern(None, None, None, name))

    def write(self, change: Change, *, flush: bool = True) -> int:
        if not change:
            return self._generation
        return self._transact(
            f"DELETE DATA {{ {_data(change.removed)} }} ;\nINSERT DATA {{ {_data(change.added)} }}", flush=flush
        )

    def update(self, text: str, *, base_iri: str | None = None, flush: bool = True) -> int:
        """Run a SPARQL 1.1 update whole or not at all; returns the new generation. Raises QueryError."""
        return self._transact(text, base_iri=base_iri, flush=flush)

    def has_graph(self, graph: str) -> bool:
        """Whether there is a graph of that name, be it empty."""
        return self._engine.contains_named_graph(ox.NamedNode(graph))

    def put_graph(self, graph: str, quads: Iterable[ox.Quad], *, replace: bool, flush: bool = True) -> int:
        """Add quads to one graph, which is made if need be; with ``replace`` they are all that it has then."""
        name = ox.NamedNode(graph)
        drop = f"DROP SILENT GRAPH {name} ;\n" if replace else ""
        moved = (ox.Quad(q.subject, q.predicate, q.object, name) for q in quads)
        return self._transact(f"{drop}CREATE SILENT GRAPH {name} ;\nINSERT DATA {{ {_data(moved)} }}", flush=flush)

    def drop_graph(self, graph: str, *, flush: bool = True) -> int:
        """Remove one graph; one that is not there is no error."""
        return self._transact(f"DROP SILENT GRAPH {ox.NamedNode(graph)}", flush=flush)

    def _transact(self, text: str, *, base_iri: str | None = None, flush: bool) -> int:
        # pyoxigraph does not serialise updates of several threads (writes get lost without an error): one lock.
        # One update of several operations is atomic, so the counter can never disagree with the data.
        with self._lock:
            following = self._generation + 1
            counter = (self._subject, _GENERATION)
            old = ox.Quad(*counter, _number(self._generation), self._state_graph)
            new = ox.Quad(*counter, _number(following), self._state_graph)
            count = f"DELETE DATA {{ {_data([old])} }} ;\nINSERT DATA {{ {_data([new])} }}"
            try:
                self._engine.update(f"{text}\n;\n{count}", base_iri=base_iri)
            except (SyntaxError, ValueError) as error:
                found = syntax_error("update", error)
                lines = text.split("\n")
                if found.line is not None and found.line > len(lines):
                    # The complaint is about what we appended: the text ended too early.
                    found.line, found.column = len(lines), len(lines[-1]) + 1
                raise found from None
            if flush:
                self._engine.flush()
            self._generation = following
            return following

    def flush(self) -> None:
        """Make every write so far durable."""
        self._engine.flush()

    def checkpoint(self, path: Path) -> None:
        """A copy of the present state in a new folder, by hard links where the file system can."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine.backup(path)

    @property
    def engine(self) -> ox.Store:
        """What evaluates the queries, for the in-process engine, which writes results out itself."""
        return self._engine

    def close(self) -> None:
        # RocksDB gives its lock back when the last reference to the engine goes.
        self._engine = ox.Store()


def syntax_error(what: str, error: Exception) -> QueryError:
    """The engine's complaint about a text, shortened (it lists whole character classes), with its position."""
    message = " ".join(str(error).split())
    place = re.search(r"\bat (\d+):(\d+)", message)
    found = QueryError("syntax", f"The {what} cannot be read: {message[:200]}", "Check the text at the position given.")
    if place:
        found.line, found.column = int(place[1]), int(place[2])
    return found


def _number(value: int) -> ox.Literal:
    return ox.Literal(value)


def _data(quads: Iterable[ox.Quad]) -> str:
    """Quads as the body of INSERT DATA / DELETE DATA; terms are written by the engine's own serialiser."""
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        by_graph.setdefault(str(quad.graph_name), []).append(str(quad.triple))
    return "\n".join(f"GRAPH {name} {{ {' . '.join(triples)} }}" for name, triples in by_graph.items())
