"""The searches for things that may be one: kept for each generation, gone on with at each request."""

from __future__ import annotations

import threading

from graph.judgements import Judgements, Search
from graph.store.snapshot import Snapshot

#: Seconds for which a request goes on with a search.
SECONDS = 2.0


class Searches:
    """Those of one service, one for each kind of thing."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, Search]] = {}
        self._lock = threading.Lock()

    def go_on(self, store: Snapshot, judgements: Judgements, kind: str) -> Search:
        """The search of this state of the data, which has gone on a little."""
        with self._lock:
            generation, search = self._kept.get(kind, (-1, None))
            if search is None or generation != store.generation:
                search = Search.of(kind, store.quads(), search)
                self._kept[kind] = store.generation, search
            search.go_on(judgements, SECONDS)
            return search
