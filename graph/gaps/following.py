"""Keeping the book of gaps while a service runs: after each generation, in the background, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from graph.errors import GraphError
from graph.gaps import child
from graph.gaps.book import MOST, NAME
from graph.gaps.chronicle import Chronicle
from graph.store.engine import Engine

#: Seconds without a new generation before one is looked at: a load of many writes is looked at once, at its end ...
QUIET = 5.0
#: ... or after so many seconds, where writing never stops; and seconds until a look that failed is tried again.
LATEST, AGAIN = 120.0, 60.0

_log = logging.getLogger(__name__)


class Following:
    """One for an app. ``start`` and ``stop`` belong to its event loop."""

    def __init__(self, engine: Engine, base: str, data_dir: Path, *, quiet: float = QUIET, most: int = MOST) -> None:
        self.engine, self.base = engine, base
        self.chronicle = Chronicle(data_dir / NAME)
        #: The generation whose gaps are in the book; None before the first look.
        self.noted: int | None = None
        self._data_dir, self._quiet, self._most = data_dir, quiet, most
        #: Copies of the data in memory are large: one answer of the past at a time.
        self._past = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _follow(self) -> None:
        while True:
            await self._settled()
            try:
                await self.look()
            except (GraphError, OSError) as error:
                _log.warning("the gaps of generation %d are not noted: %s", self.engine.generation, error)
                await asyncio.sleep(AGAIN)
            except Exception:
                _log.exception("the gaps of generation %d are not noted", self.engine.generation)
                await asyncio.sleep(AGAIN)

    async def _settled(self) -> None:
        """Return when there is a generation that is not noted, and no newer one is to be expected in a moment."""
        loop = asyncio.get_running_loop()
        seen, since, first = self.engine.generation, loop.time(), loop.time()
        pace = min(1.0, self._quiet / 4) or 0.05
        while True:
            await asyncio.sleep(pace)
            now = self.engine.generation
            if now == self.noted:
                seen, since, first = now, loop.time(), loop.time()
            elif now != seen:
                seen, since = now, loop.time()
            if now != self.noted and (loop.time() - since >= self._quiet or loop.time() - first >= LATEST):
                return

    async def look(self) -> int:
        """Note the gaps of the published state: the number of lines that this added to the book."""
        async with self.engine.checkpoint() as path:
            generation = self.engine.generation
            given = {
                "checkpoint": str(path.resolve()),
                "base": self.base,
                "journal": str((self._data_dir / NAME).resolve()),
                "most": self._most,
            }
            lines: int = await child.run("note", given, guarded=self.engine.guarded, seconds=child.NOTING)
        self.noted = generation
        return lines

    async def known(self, batches: Path, days: tuple[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        """What became of gaps between what was known at the end of two days (``format.between_to_dict``)."""
        async with self._past, self.engine.checkpoint() as path:
            given = {
                "checkpoint": str(path.resolve()),
                "base": self.base,
                "batches": str(batches.resolve()),
                "days": days,
                "asked": asked,
            }
            found: dict[str, Any] = await child.run(
                "known", given, guarded=self.engine.guarded, seconds=child.ANSWERING
            )
        return found
