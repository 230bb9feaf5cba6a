"""The projection of the generation that is published, kept for as long as it is, and turned into the next by what was
written meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from pyoxigraph import BlankNode

from graph.projection.projection import Projection
from graph.projection.reading import give_back
from graph.projection.relations import leads
from graph.store import Change
from graph.store.recent import Recent


class KeptProjection:
    """One for a service. ``make`` reads the projection anew, and says of which generation it is; ``recent`` knows what
    was written."""

    def __init__(self, make: Callable[[], tuple[int, Projection]], recent: Recent) -> None:
        self._make, self._recent = make, recent
        self._now: tuple[int, Projection] | None = None
        self._lock = Lock()
        #: How often it was read anew, and how often changed: what a write costs.
        self.made = self.changed = 0

    def at(self, generation: int) -> Projection:
        """The projection of the generation that is published now. One makes it, others wait."""
        with self._lock:
            if self._now is None or self._now[0] != generation:
                self._now = self._changed(generation) or self._anew()
            return self._now[1]

    def _anew(self) -> tuple[int, Projection]:
        self.made += 1
        made = self._make()
        give_back()
        return made

    def _changed(self, generation: int) -> tuple[int, Projection] | None:
        if self._now is None or self._now[0] > generation:
            return None
        changes = self._recent.between(self._now[0], generation)
        if changes is None:
            return None
        found = self._now[1]
        for change in changes:
            if not _exact(found, change):
                return None
            found = found.after(change.removed, change.added)
        self.changed += 1
        return generation, found


def _exact(projection: Projection, change: Change) -> bool:
    """Whether it is known what a change does: what it takes out is there, and what it puts in was not. (A statement may
    be there already, of the same source or another; a projection only knows of how many. And what a blank node is
    called means nothing elsewhere.)"""
    relations = projection.relations
    both = (change.removed, change.added)
    every = [quad for quads in both for quad in quads]
    if any(isinstance(term, BlankNode) for quad in every for term in (quad.subject, quad.object)):
        return False
    if any(leads(quad) for quad in every):
        return False
    return all(relations.states(quad) is not False for quad in change.removed) and not any(
        relations.states(quad) for quad in change.added
    )
