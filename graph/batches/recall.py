"""Questions of a running service about the past: what was known on a day, answered in a process of its own, one at a
time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from graph import alone
from graph.batches.recalled import raised, unpacked
from graph.errors import TooBusy
from graph.model import Answer
from graph.store.engine import Engine

#: Bytes that such a process may have beyond what it has at the start, seconds that it may take, and how many may wait.
MEMORY, SECONDS, MOST_WAITING = 2 * 1024 * 1024 * 1024, 60.0, 8


class Recall:
    """Asks the published data of an engine as they were; ``batches`` is the folder of what was brought."""

    def __init__(self, engine: Engine, base: str, batches: Path) -> None:
        self._engine, self._base, self._batches = engine, base, batches
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def ask(self, question: str, values: Mapping[str, str], lang: str, day: date) -> Answer:
        """The answer as it would have been at the end of a day (UTC). Raises what ``graph.ask.ask`` raises, and
        TooBusy."""
        if self._waiting >= MOST_WAITING:
            raise TooBusy("too-busy", "Others ask about the past as well.", "Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn, self._engine.checkpoint() as checkpoint:
                asked = {"question": question, "values": dict(values), "lang": lang, "day": day.isoformat()}
                return await self._answer(checkpoint, json.dumps(asked))
        finally:
            self._waiting -= 1

    async def _answer(self, checkpoint: Path, asked: str) -> Answer:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "graph.batches.recalled",
            str(os.getpid()),
            str(MEMORY if self._engine.guarded else 0),
            str(checkpoint.resolve()),
            self._base,
            str(self._batches.resolve()),
            asked,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            raise TooBusy(
                "past-timeout",
                f"To put the data together as they were took longer than {SECONDS:g} seconds.",
                "Ask on the server's command line: commonground ask --as-known.",
            ) from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode == 0:
            told = json.loads(output)
            if "answer" in told:
                return unpacked(told["answer"])
            raise raised(told["error"])
        alone.raise_told(output)
        raise TooBusy(
            "past-ended",
            "The process that put the data together as they were was ended before it was done.",
            "Ask on the server's command line: commonground ask --as-known.",
        )
