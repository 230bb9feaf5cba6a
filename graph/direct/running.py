"""Runs an update on a copy of the data, and tells what it changed."""

from __future__ import annotations

import io
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from graph.direct.operations import Operation, Unsure, operations
from graph.direct.states import Changed, Graph

#: Quads from which on they are loaded in bulk.
_LARGE = 50_000


def copy_of(checkpoint: Path, target: Path) -> ox.Store:
    """A checkpoint as a database of its own that can be written to: its large files are linked, not copied."""
    target.mkdir(parents=True)
    for entry in os.scandir(checkpoint):
        # RocksDB never changes these; all others it may.
        if entry.name.endswith(".sst"):
            try:
                os.link(entry.path, target / entry.name)
                continue
            except OSError:
                pass  # A file system without links.
        if entry.is_file():
            shutil.copyfile(entry.path, target / entry.name)
    return ox.Store(target)


@dataclass(frozen=True, slots=True)
class Ran:
    """What an update changed: quads, and the graphs that are there now or no more, empty ones too."""

    change: Changed
    created: tuple[ox.NamedNode, ...]
    dropped: tuple[ox.NamedNode, ...]


def run(
    before: ox.Store, copying: Callable[[], ox.Store], text: str, base_iri: str | None, book: Callable[[Graph], bool]
) -> Ran:
    """Run an update. ``copying`` makes a copy of ``before`` that may be spoilt. Raises what the engine raises.

    What it did to the books is left out: it is not to be done.
    """
    journal = ox.NamedNode(f"urn:uuid:{secrets.token_hex(16)}")
    try:
        told = operations(text, journal.value)
        after = copying()
        runner = _Runner(after, journal, base_iri)
        for one in told:
            runner.run(one)
        change = runner.change(before, book)
    except (Unsure, SyntaxError):
        after = copying()
        after.update(text, base_iri=base_iri)
        change = _compared(before, after, book)
    there, now = _graphs(before), _graphs(after) - {journal}
    return Ran(
        change,
        tuple(sorted((graph for graph in now - there if not book(graph)), key=str)),
        tuple(sorted((graph for graph in there - now if not book(graph)), key=str)),
    )


def _graphs(store: ox.Store) -> set[ox.NamedNode]:
    return {graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}


def _compared(before: ox.Store, after: ox.Store, book: Callable[[Graph], bool]) -> Changed:
    """All quads of both, compared as lines."""
    old, new = (set(_lines(store)) for store in (before, after))
    change = Changed()
    for target, lines in ((change.removed, old - new), (change.added, new - old)):
        parsed = ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS)
        target.bulk_extend(quad for quad in parsed if not book(quad.graph_name))
    return change


def _lines(store: ox.Store) -> list[bytes]:
    target = io.BytesIO()
    store.dump(target, ox.RdfFormat.N_QUADS)
    return target.getvalue().split(b"\n")


@dataclass(slots=True)
class _Runner:
    """``after`` is what is written to. ``triples`` and ``quads`` are all that may have been changed."""

    after: ox.Store
    journal: ox.NamedNode
    base_iri: str | None
    triples: ox.Store = field(default_factory=ox.Store)
    quads: ox.Store = field(default_factory=ox.Store)

    def run(self, one: Operation) -> None:
        match one.name:
            case "INSERT DATA":
                self._put(self._data(one))
            case "DELETE DATA":
                for quad in self._data(one):
                    self.after.remove(quad)
            case "MODIFY":
                self.after.update(one.text, base_iri=self.base_iri)
                self.triples.bulk_extend(
                    ox.Quad(quad.subject, quad.predicate, quad.object) for quad in self._of(self.journal)
                )
                self.after.remove_graph(self.journal)
            case _:
                for name in one.graphs if one.name != "CREATE" else ():
                    self.quads.bulk_extend(self._named(one, name))
                self.after.update(one.text, base_iri=self.base_iri)
                if one.name in ("COPY", "MOVE", "ADD"):
                    self.quads.bulk_extend(self._named(one, one.graphs[-1]))

    def _data(self, one: Operation) -> ox.Store:
        """The quads that stand in an operation; blank nodes have got their names."""
        found = ox.Store()
        found.update(one.text, base_iri=self.base_iri)
        self.quads.bulk_extend(found)
        return found

    def _put(self, quads: ox.Store) -> None:
        if len(quads) > _LARGE:
            self.after.bulk_extend(quads)
        else:
            self.after.extend(quads)

    def _of(self, graph: ox.NamedNode | ox.DefaultGraph | None) -> Iterator[ox.Quad]:
        yield from self.after.quads_for_pattern(None, None, None, graph)

    def _named(self, one: Operation, name: str) -> Iterator[ox.Quad]:
        match name.upper():
            case "DEFAULT":
                yield from self._of(ox.DefaultGraph())
            case "ALL":
                yield from self._of(None)
            case "NAMED":
                yield from (q for q in self._of(None) if q.graph_name != ox.DefaultGraph())
            case _:
                query = f"{one.prologue}\nSELECT ({name} AS ?graph) {{}}"
                solutions = ox.Store().query(query, base_iri=self.base_iri)
                for solution in solutions:  # type: ignore[union-attr]
                    if not isinstance(graph := solution["graph"], ox.NamedNode):
                        raise Unsure("no graph")
                    yield from self._of(graph)

    def change(self, before: ox.Store, book: Callable[[Graph], bool]) -> Changed:
        """What of all that may have been changed was."""
        change = Changed()
        change.removed.bulk_extend(_beyond(self._candidates(before), self.after, book))
        change.added.bulk_extend(_beyond(self._candidates(self.after), before, book))
        return change

    def _candidates(self, state: ox.Store) -> Iterator[ox.Quad]:
        yield from (quad for quad in self.quads if quad in state)
        for one in self.triples:
            yield from state.quads_for_pattern(one.subject, one.predicate, one.object)


def _beyond(quads: Iterable[ox.Quad], other: ox.Store, book: Callable[[Graph], bool]) -> Iterator[ox.Quad]:
    return (quad for quad in quads if quad not in other and not book(quad.graph_name))
