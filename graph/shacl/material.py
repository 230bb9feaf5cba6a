"""Data that shapes are to be asked of, held as plain quads, and loaded into an engine by parts: some nodes and all that
the shapes can look at from them. So memory is bounded by a part, and parts are screened side by side (the engine lets
go of the interpreter while it works). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from graph.shacl.likeness import Term, alike
from graph.shacl.screen import Screen

#: Nodes of a part, and parts at once.
PART, _AT_ONCE = 20_000, 2


class Material:
    """``data`` are judged, ``context`` only describes what they refer to. The graphs of quads do not count: a statement
    that two sources make is one to a shape."""

    def __init__(
        self, screen: Screen, data: Iterable[ox.Quad], context: Iterable[ox.Quad], vocabulary: Sequence[ox.Quad]
    ) -> None:
        self.screen, self.vocabulary = screen, vocabulary
        self._about: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in data:
            self._about[quad.subject].append(quad)
        self.nodes = tuple(self._about)
        for quad in context:
            self._about[quad.subject].append(quad)

    def store(self, nodes: Iterable[Term]) -> ox.Store:
        """An engine with these nodes and all that shapes can look at from them."""
        store = ox.Store()
        # By way of text: making a quad anew for another graph costs more, and this lets go of the interpreter.
        text = ox.serialize((quad.triple for quad in self._reached(nodes)), format=ox.RdfFormat.N_TRIPLES)
        store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        store.extend(self.vocabulary)
        return store

    def _reached(self, nodes: Iterable[Term]) -> Iterable[ox.Quad]:
        depth = self.screen.depth
        if depth is None:
            return (quad for quads in self._about.values() for quad in quads)
        found: list[ox.Quad] = []
        about = self._about
        seen = set(nodes)
        edge: Iterable[Term] = tuple(seen)
        for _ in range(depth * (2 if self.screen.nested else 1) + 1):
            reached: set[Term] = set()
            for node in edge:
                quads = about.get(node)
                if quads:
                    found += quads
                    reached.update(quad.object for quad in quads if quad.object in about)
            edge = reached - seen
            seen |= reached
            if not edge:
                break
        return found

    def suspects(self, advance: Callable[[int], None] = lambda _: None) -> set[Term]:
        """The nodes of ``data`` that may be at fault. Of those that are alike one is asked about. ``advance`` is told
        now and then how many were looked at."""
        screen = self.screen
        if screen.depth is None:
            return set(self.nodes) & screen.suspects(self.store(self.nodes)).nodes
        groups = {group[0]: group for group in alike(screen.looks, self._about, screen.depth, self.nodes, advance)}
        asked = tuple(groups)
        parts = [asked[at : at + PART] for at in range(0, len(asked), PART)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return {node for found in pool.map(self._suspects_of, parts) for one in found for node in groups[one]}

    def _suspects_of(self, nodes: Sequence[Term]) -> set[Term]:
        # What else is there may be cut off where the shapes would look further from it: only these nodes are judged.
        return set(nodes) & self.screen.suspects(self.store(nodes)).nodes
