"""The data before a write and after it: one store, and what the write takes out and puts in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.shacl.screen import Term

Graph = ox.NamedNode | ox.DefaultGraph | ox.BlankNode


def is_book(base: str) -> Callable[[Graph], bool]:
    """Whether a graph is one of the service's own records (``graph.store.books``): they are no data that shapes speak
    of, and no direct write changes them."""
    own, history = {f"{base}graph/state", f"{base}graph/provenance"}, f"{base}graph/history/"

    def book(graph: Graph) -> bool:
        return isinstance(graph, ox.NamedNode) and (graph.value in own or graph.value.startswith(history))

    return book


@dataclass(frozen=True, slots=True)
class Changed:
    """What a write takes out and puts in, as quads of stores in memory: a large one is not a million objects."""

    removed: ox.Store = field(default_factory=ox.Store)
    added: ox.Store = field(default_factory=ox.Store)

    def quads(self) -> Iterator[ox.Quad]:
        yield from self.removed
        yield from self.added

    @property
    def count(self) -> int:
        return len(self.removed) + len(self.added)


_NOTHING = Changed()


@dataclass(frozen=True, slots=True)
class State:
    """One state: ``store`` with a change made to it. All graphs count as one, the books not at all."""

    store: ox.Store
    book: Callable[[Graph], bool]
    change: Changed = _NOTHING

    def about(self, node: Term, predicate: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The statements about a node."""
        if isinstance(node, ox.NamedNode | ox.BlankNode):
            yield from self._found(node, predicate, None)

    def pointing(self, node: Term, predicate: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The statements whose object is a node."""
        yield from self._found(None, predicate, node)

    def quads(self) -> Iterator[ox.Quad]:
        """Everything."""
        yield from self._found(None, None, None)

    def _found(
        self, subject: ox.NamedNode | ox.BlankNode | None, predicate: ox.NamedNode | None, value: Term | None
    ) -> Iterator[ox.Quad]:
        removed, added = self.change.removed, self.change.added
        for quad in self.store.quads_for_pattern(subject, predicate, value):
            if not self.book(quad.graph_name) and quad not in removed:
                yield quad
        yield from added.quads_for_pattern(subject, predicate, value)
