"""The embedded engine: pyoxigraph, on disk or in memory, in this process.

It has no guard against hostile queries: a query cannot be cancelled and may take the process with it. It is
for one-shot commands, tests, and services whose askers are trusted.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from graph.errors import GraphError, QueryError, StoreDamaged
from graph.store import Change, books, bulk, tally
from graph.store.database import is_storage, open_database
from graph.store.fingerprint import fingerprint
from graph.store.probe import has_dataset_clause
from graph.store.update_text import Graphs, changing, data, reference, syntax_error
from graph.terms import DEFAULT_BASE, node

_GENERATION = node("cg:generation")


#: Quads, and bytes of N-Quads, from which on a change is not one transaction, whose time grows faster than its size.
LARGE, LARGE_FILE = 50_000, 8 * 1024 * 1024
#: Seconds for the kernel, and for a command that looks in, to let go of a database that was just exchanged.
_REOPEN_SECONDS = 5.0


class EmbeddedStore:
    """``path`` None keeps everything in memory. One process can have a path open at a time; another waits up to
    ``patience`` seconds for it.

    A store on disk that has less than was confirmed (``lost`` says what) is not ``writable``.
    """

    def __init__(self, path: Path | None = None, base: str = DEFAULT_BASE, *, patience: float = 0.0) -> None:
        self.base = base
        self.lost = ""
        self._path = path
        self._lock = threading.RLock()
        self._state_graph = ox.NamedNode(base + "graph/state")
        self._subject = ox.NamedNode(base + "store")
        self._tally_path = None if path is None else tally.path_for(path)
        self._engine = ox.Store() if path is None else open_database(path, time.monotonic() + patience)
        self._generation = self._read_generation()
        self._tally = None if self._tally_path is None else tally.read(self._tally_path)
        if self._tally is not None:
            self.lost = self._compare(self._tally)
        self.writable = not self.lost

    def _compare(self, confirmed: tally.Tally) -> str:
        """What of the confirmed data is missing, as a sentence; empty where nothing is."""
        if self._generation < confirmed.generation:
            return (
                f"The store has generation {self._generation}, but generation {confirmed.generation} was confirmed: "
                "the writes after it are lost."
            )
        if self._generation == confirmed.generation and confirmed.quads is not None:
            count = len(self._engine)
            if count != confirmed.quads:
                return f"The store has {count} quads, but {confirmed.quads} of this generation were confirmed."
        return ""

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

    def write(self, change: Change, *, flush: bool = True, unchanged: tuple[str, str] | None = None) -> int:
        """As the protocol has it. ``unchanged`` is a graph and its fingerprint: where it has another one it raises
        GraphError (``moved-on``), so that nobody's write is undone by somebody who has not seen it."""
        if not change:
            return self._generation
        removed, added, more = change.removed, change.added, change.more
        large = len(removed) + len(added) > LARGE or sum(lines.size for lines in more) > LARGE_FILE
        if large and self.can_copy():
            with self._lock:
                self._refuse_if_lost()
                self._refuse_if_moved_on(unchanged)
                return self._on_a_copy(lambda copy: bulk.change(copy, removed, added, more=more))
        coming = chain(added, *(lines.quads() for lines in more))
        return self._transact(changing(removed, coming), flush=flush, unchanged=unchanged)

    def alone(self) -> AbstractContextManager[object]:
        """Nobody else writes meanwhile."""
        return self._lock

    def change_graphs(
        self,
        removed: Iterable[ox.Quad],
        added: Iterable[ox.Quad],
        graphs: Graphs,
        note: Iterable[ox.Quad] = (),
        *,
        flush: bool = True,
    ) -> int:
        """Take quads out, put others in, make graphs and remove them: one transaction. No quad to be taken out has a
        blank node; those of the others become new ones."""
        return self._transact(changing(removed, added, graphs), note=note, flush=flush)

    def change_on_a_copy(
        self, removed: Iterable[ox.Quad], added: Iterable[ox.Quad], graphs: Graphs, note: Iterable[ox.Quad] = ()
    ) -> int:
        """The same of any size and with any blank nodes, made durable at once: see ``graph.store.bulk``."""
        with self._lock:
            self._refuse_if_lost()
            return self._on_a_copy(lambda copy: bulk.change(copy, removed, added, graphs), note)

    def update(
        self, text: str, *, base_iri: str | None = None, note: Iterable[ox.Quad] = (), flush: bool = True
    ) -> int:
        """Run a SPARQL 1.1 update whole or not at all; returns the new generation. Raises QueryError.

        ``note``: quads that are added with it, after whatever it does. The store's own books (``books``) stay as they
        are, whatever it does.
        """
        return self._transact(text, base_iri=base_iri, note=note, flush=flush, foreign=True)

    @property
    def books(self) -> tuple[ox.NamedNode, ...]:
        """The graphs that the store keeps itself: its state, who wrote what and when, what sources said once, and what
        people have judged to be one."""
        provenance, history = ox.NamedNode(self.base + "graph/provenance"), self.base + "graph/history/"
        kept = (g for g in self._engine.named_graphs() if isinstance(g, ox.NamedNode) and g.value.startswith(history))
        return self._state_graph, provenance, ox.NamedNode(self.base + "graph/judgements"), *kept

    def has_graph(self, graph: str) -> bool:
        """Whether there is a graph of that name, be it empty; the default graph "" is there if it holds something."""
        if not graph:
            return next(iter(self._engine.quads_for_pattern(None, None, None, ox.DefaultGraph())), None) is not None
        return self._engine.contains_named_graph(ox.NamedNode(graph))

    def put_graph(
        self,
        graph: str,
        quads: Iterable[ox.Quad],
        *,
        replace: bool,
        note: Iterable[ox.Quad] = (),
        flush: bool = True,
    ) -> int:
        """Add quads to one graph, which is made if need be; with ``replace`` they are all that it has then."""
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        begin = f"DROP SILENT {reference(graph)} ;\n" if replace else ""
        begin += f"CREATE SILENT GRAPH {name} ;\n" if graph else ""
        moved = (ox.Quad(q.subject, q.predicate, q.object, name) for q in quads)
        return self._transact(f"{begin}INSERT DATA {{ {data(moved)} }}", note=note, flush=flush)

    def load_graph(self, graph: str, file: Path, *, replace: bool, note: Iterable[ox.Quad] = ()) -> int:
        """As ``put_graph`` for a large file of N-Quads, made durable at once: see ``graph.store.bulk``."""
        if not self.can_copy():
            parsed = ox.parse(path=file, format=ox.RdfFormat.N_QUADS)
            return self.put_graph(graph, parsed, replace=replace, note=note)
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        with self._lock:
            self._refuse_if_lost()
            return self._on_a_copy(lambda copy: bulk.put_graph(copy, name, file, replace=replace), note)

    def can_copy(self) -> bool:
        """Whether large changes can be made on a copy of the database."""
        return self._path is not None and bulk.possible(self._path.parent)

    def _on_a_copy(self, work: Callable[[ox.Store], None], note: Iterable[ox.Quad] = ()) -> int:
        """Do a large write on a copy of the database, which then takes its place."""
        assert self._path is not None
        following = self._generation + 1
        copy = bulk.beside(self._path)
        shutil.rmtree(copy, ignore_errors=True)
        self._engine.backup(copy)
        engine = ox.Store(copy)
        work(engine)
        engine.update(self._counting(following, note))
        engine.flush()
        # Both are closed first: RocksDB knows its files by their folder's name.
        del engine
        self._engine = ox.Store()
        try:
            bulk.exchange(copy, self._path)
            self._generation = following
        finally:
            self._engine = open_database(self._path, time.monotonic() + _REOPEN_SECONDS)
        self._flush()
        return following

    def drop_graph(self, graph: str, *, note: Iterable[ox.Quad] = (), flush: bool = True) -> int:
        """Remove one graph; one that is not there is no error."""
        return self._transact(f"DROP SILENT {reference(graph)}", note=note, flush=flush)

    def _transact(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        note: Iterable[ox.Quad] = (),
        flush: bool,
        foreign: bool = False,
        unchanged: tuple[str, str] | None = None,
    ) -> int:
        # pyoxigraph does not serialise updates of several threads (writes get lost without an error): one lock.
        # One update of several operations is atomic, so the counter can never disagree with the data.
        with self._lock:
            self._refuse_if_lost()
            self._refuse_if_moved_on(unchanged)
            following = self._generation + 1
            own = self.books if foreign else ()
            reached = own if books.may_reach(text, own, base_iri) else ()
            restored = "".join(
                books.restoring(book, self._engine.quads_for_pattern(None, None, None, book)) for book in reached
            )
            try:
                self._update(text, restored + self._counting(following, note), base_iri)
            except (SyntaxError, ValueError) as error:
                found = syntax_error("update", error)
                lines = text.split("\n")
                if found.line is not None and found.line > len(lines):
                    # The complaint is about what we appended: the text ended too early.
                    found.line, found.column = len(lines), len(lines[-1]) + 1
                raise found from None
            except (RuntimeError, OSError) as error:
                if is_storage(error):
                    raise
                raise QueryError("evaluation", f"The update cannot be done: {error}.") from None
            self._generation = following
            if flush:
                self._flush()
            return following

    def _refuse_if_moved_on(self, unchanged: tuple[str, str] | None) -> None:
        if unchanged is not None and fingerprint(self.quads(unchanged[0])) != unchanged[1]:
            raise GraphError("moved-on", f"The graph {unchanged[0]} has changed meanwhile.", "Look again.")

    def _refuse_if_lost(self) -> None:
        if self.lost:
            raise StoreDamaged(
                "store-lost-data",
                f"{self.lost} Nothing is written to it, so that nothing more gets lost.",
                f"Restore a backup into another folder; or remove {self._tally_path} to accept what there is.",
            )

    def _counting(self, following: int, note: Iterable[ox.Quad]) -> str:
        """Operations for the end of a write: whatever it did to the counter, afterwards it stands there once."""
        counter = f"{self._subject} {_GENERATION}"
        return (
            f"DELETE WHERE {{ GRAPH {self._state_graph} {{ {counter} ?generation }} }} ;\n"
            f"INSERT DATA {{ GRAPH {self._state_graph} {{ {counter} {ox.Literal(following)} }} {data(note)} }}"
        )

    def _update(self, text: str, count: str, base_iri: str | None) -> None:
        try:
            self._engine.update(f"{text}\n;\n{count}", base_iri=base_iri)
        except SyntaxError:
            # A text that ends with its own ";", or has no operation at all, takes no second one.
            try:
                self._engine.update(f"{text}\n{count}", base_iri=base_iri)
            except (SyntaxError, ValueError):
                pass
            else:
                return
            raise

    def flush(self) -> None:
        """Make every write so far durable, and note outside of the database that it is."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        self._engine.flush()
        if self._tally_path is None or self.lost or self._generation == 0:
            return
        if self._tally is None or self._tally.generation != self._generation:
            self._note(tally.Tally(self._generation))

    def _note(self, found: tally.Tally) -> None:
        assert self._tally_path is not None
        tally.write(self._tally_path, found)
        self._tally = found

    def checkpoint(self, path: Path) -> None:
        """A copy of the present state in a new folder, by hard links where the file system can."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._tally_path is None:
            ox.Store(path).bulk_extend(self._engine)  # One in memory has no files to link.
        else:
            self._engine.backup(path)

    @property
    def parent(self) -> Path | None:
        """The folder that the database's folder is in; None for a store in memory."""
        return None if self._tally_path is None else self._tally_path.parent

    @property
    def engine(self) -> ox.Store:
        """What evaluates the queries, for the in-process engine, which writes results out itself."""
        return self._engine

    def close(self) -> None:
        if self._tally is not None and self._tally.quads is None and not self.lost:
            # A complete note; where it cannot be made, the one without a number of quads does.
            with contextlib.suppress(OSError):
                self._flush()
                self._note(tally.Tally(self._generation, len(self._engine)))
        self._tally = None
        # RocksDB gives its lock back when the last reference to the engine goes.
        self._engine = ox.Store()
