"""The searches for things that may be one: kept for each generation, gone on with at each request."""

from __future__ import annotations

import threading

from graph.judgements import Judgements, Search
from graph.names import Names
from graph.store.snapshot import Snapshot

#: Seconds for which a request goes on with a search.
SECONDS = 2.0


class Searches:
    """Those of one service, one for each kind of thing."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, Search, Names]] = {}
        self._lock = threading.Lock()

    def go_on(self, store: Snapshot, judgements: Judgements, kind: str) -> tuple[Search, Names]:
        """The search of this state of the data, which has gone on a little, and the names of what was judged."""
        with self._lock:
            kept = self._kept.get(kind)
            if kept is None or kept[0] != store.generation:
                quads = list(store.quads())
                judged = {iri for one in judgements.all for iri in (one.left, one.right, one.by)}
                names = Names.from_quads(quad for quad in quads if getattr(quad.subject, "value", "") in judged)
                kept = store.generation, Search.of(kind, quads, kept[1] if kept else None), names
                self._kept[kind] = kept
            _, search, names = kept
            search.go_on(judgements, SECONDS)
            return search, names
