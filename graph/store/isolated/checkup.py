"""Finds out whether the isolated engine is well, by a real read through a worker and from the writer's state."""

from __future__ import annotations

import asyncio

from graph.errors import GraphError
from graph.store.health import Health
from graph.store.isolated.commits import Commits
from graph.store.isolated.pool import Pool

_JSON = "application/sparql-results+json"
_QUESTION = {"call": "query", "text": "ASK { ?s ?p ?o }", "accept": {"boolean": _JSON}}
#: Seconds that the read may take, on a machine that is busy with hostile queries too.
_SECONDS = 5.0
#: Seconds for which what was found out holds: anybody may ask, as often as he likes.
_HOLDS = 0.5


class Checkup:
    """One check at a time, for all who ask meanwhile."""

    def __init__(self, pool: Pool, commits: Commits) -> None:
        self._pool, self._commits = pool, commits
        self._last: tuple[float, Health] | None = None
        self._lock = asyncio.Lock()

    async def now(self) -> Health:
        async with self._lock:
            loop = asyncio.get_running_loop()
            if self._last is None or loop.time() - self._last[0] > _HOLDS:
                found = await self._look()
                self._last = loop.time(), found
            return self._last[1]

    async def _look(self) -> Health:
        generation = self._pool.current.number if self._pool.current else 0
        parts = {"reading": "", "writing": self._commits.trouble, "disk": "", "data": self._commits.lost}
        try:
            async with asyncio.timeout(2 * _SECONDS):
                result = await self._pool.check(_QUESTION, _SECONDS)
                generation = result.generation
                await result.read()
        except GraphError as error:
            parts["reading"] = f"A query cannot be answered: {error.message}"
        except (OSError, EOFError):  # TimeoutError is an OSError.
            parts["reading"] = "A query is not answered."
        try:
            self._commits.room()
        except GraphError:
            parts["disk"] = "The disk is full: nothing can be written."
        except OSError:
            parts["disk"] = "The disk cannot be reached."
        return Health(generation, parts)
