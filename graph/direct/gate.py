"""Through which every direct write goes: one at a time it is rehearsed, and then made or refused.

Between a rehearsal and its write others may write (batches do). So a rehearsed write says of which generation it
speaks; on another one it is not made but rehearsed anew. No two writes can break together what neither broke alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from graph.batches.report import from_rows
from graph.direct.rehearsal import rehearse
from graph.direct.view import load_rules
from graph.errors import GraphError, QueryTimeout, QueryTooLarge, TooBusy, WriteRefused
from graph.store.engine import Engine, Written
from graph.store.failures import as_error
from graph.store.isolated import answers, frames
from graph.store.isolated.hub import Child, Hub
from graph.store.isolated.limits import Limits

#: How often a write is rehearsed where others write meanwhile.
_TRIES = 5
#: Seconds for the generation of an earlier write to be shown, and between looks.
_SHOWN_SECONDS, _LOOK_AGAIN = 10.0, 0.01
_SMALLER = "Write less at once, or bring it as a batch (/batches)."


class Gate:
    """One for a service. All methods are for the event loop of its engine."""

    def __init__(self, engine: Engine, base: str, limits: Limits | None = None) -> None:
        self._engine, self._base = engine, base
        self._limits = limits or getattr(engine, "limits", None) or Limits()
        self._hub = Hub("graph.direct.rehearser")
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._number = 0
        #: The generation of the newest write that went through here.
        self._newest = 0

    async def stop(self) -> None:
        """End the process that rehearses, if there is one."""
        while self._hub.exchanges:
            await asyncio.wait(self._hub.exchanges)
        await self._hub.stop()

    async def write(self, write: dict[str, Any], *, validate: bool = True, wait: bool = True) -> Written:
        """Rehearse a write and make it; without ``validate`` just make it. Returns as ``Engine.submit`` does.

        Raises WriteRefused with the report, and what ``submit`` raises; QueryTimeout, QueryTooLarge where the
        rehearsal passes its bounds. The store is unchanged then.
        """
        if not validate:
            return await self._engine.submit(write, wait=wait)
        if self._waiting >= self._limits.write_queue:
            raise TooBusy("too-busy", "Too many writes are waiting.", "Write again in a few seconds.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._in_turn(write, wait=wait)
        finally:
            self._waiting -= 1

    async def _in_turn(self, write: dict[str, Any], *, wait: bool) -> Written:
        for _ in range(_TRIES):
            await self._shown()
            async with self._engine.checkpoint() as checkpoint:
                self._number += 1
                folder = checkpoint.parent / f"rehearsal-{self._number}"
                try:
                    found = await self._rehearse(checkpoint, folder, write)
                    if "refused" in found:
                        raise _refused(found)
                    # What was rehearsed is in the folder, so that stays until it is written.
                    written = await self._engine.submit(found["write"], wait=wait)
                except GraphError as error:
                    if error.code != "generation-moved":
                        raise
                else:
                    self._newest = max(self._newest, written.generation)
                    return written
                finally:
                    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise TooBusy(
            "too-busy",
            "Others changed the data each time that this write was about to be made; nothing of it was written.",
            "Write it again in a moment.",
        )

    async def _shown(self) -> None:
        """Until readers see what was written here: that is what the next write is rehearsed on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SHOWN_SECONDS):
                while self._engine.generation < self._newest:
                    await asyncio.sleep(_LOOK_AGAIN)

    async def _rehearse(self, checkpoint: Path, folder: Path, write: dict[str, Any]) -> dict[str, Any]:
        if not self._engine.guarded:
            return await asyncio.to_thread(lambda: rehearse(checkpoint, folder, write, self._base, load_rules()))
        call = {"checkpoint": str(checkpoint), "folder": str(folder), "write": write, "base": self._base}
        child = await self._hub.ask(str(self._limits.rehearsal_memory))
        try:
            return await self._told(child, call)
        finally:
            child.kill()

    async def _told(self, child: Child, call: dict[str, Any]) -> dict[str, Any]:
        """What the child says, within the time that it has: first for the change, then for judging it."""
        reader, writer = await asyncio.open_connection(sock=child.channel, limit=1 << 20)
        seconds = self._limits.update_seconds if call["write"]["write"] == "update" else self._limits.rehearsal_seconds
        try:
            while True:
                async with asyncio.timeout(seconds):
                    if call:
                        await frames.write(writer, frames.CALL, call)
                        call = {}
                    kind, body = await frames.read(reader)
                told: dict[str, Any] = json.loads(body)
                if kind == frames.END:
                    return told
                if kind == frames.ERROR:
                    raise answers.disk_full() if told["code"] == "disk-full" else as_error(told)
                seconds = self._limits.rehearsal_seconds
        except TimeoutError:
            raise QueryTimeout(
                "rehearsal-timeout",
                f"Trying this write out, and checking what it would change, took longer than the {seconds:g} seconds "
                "that it may; it was ended, and nothing was written.",
                _SMALLER,
            ) from None
        except (OSError, asyncio.IncompleteReadError):
            raise QueryTooLarge(
                "rehearsal-died",
                "Trying this write out needed more memory than it may have, or brought its process down; nothing was "
                "written.",
                _SMALLER,
            ) from None
        finally:
            writer.close()


def _refused(found: dict[str, Any]) -> WriteRefused:
    report = from_rows(found["refused"])
    count = len(report.results)
    more = found["more"]
    return WriteRefused(
        "violations",
        f"This write would leave {count} violation{'' if count == 1 else 's'} of the shapes that the data do not have "
        f"now{f', and perhaps more in {more} other nodes' if more else ''}; nothing was written.",
        "Correct what the report names and write again. What was at fault before stands in nobody's way.",
        report=report,
        more=more,
    )
