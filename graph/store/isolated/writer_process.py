"""The parent's side of the writer process: starts it, takes groups of writes to it, notices its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import DiskFull, GraphError, StoreBusy, WriterLost
from graph.store.isolated import frames
from graph.store.isolated.limits import Limits

#: Seconds for a start: a write-ahead log of some size is read, and another process may just be letting go.
_START_SECONDS = 120.0
#: The same on a full disk, where the engine may wait for room instead of failing.
_CRAMPED_SECONDS = 5.0
#: Free bytes below which the engine cannot do its work.
_CRAMPED = 16 * 1024 * 1024
#: Seconds in which a writer that may end in order does so.
_END_SECONDS = 15.0

_ERRORS: dict[str, type[GraphError]] = {"store-busy": StoreBusy, "disk-full": DiskFull}


class Gone(Exception):
    """The writer ended, or was ended, in the middle of a group. ``code``: writer-lost, write-failed, disk-full,
    write-timeout."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class Progress:
    """How far the writer came with a group: the write it began last, and what became of those it finished.

    ``heard`` takes number and result of each as it is finished.
    """

    heard: Callable[[int, dict[str, Any]], None] | None = None
    begun: int = -1
    results: list[dict[str, Any]] = field(default_factory=list)

    def add(self, told: dict[str, Any]) -> None:
        if "begun" in told:
            self.begun = told["begun"]
            return
        self.results.append(told["result"])
        if self.heard is not None:
            self.heard(told["done"], told["result"])


@dataclass(frozen=True, slots=True)
class State:
    """What the writer says of its store: the newest durable generation, and what is lost, as a sentence."""

    generation: int
    lost: str
    checkpointed: bool = False


def cramped(path: Path, reserve: int) -> bool:
    """Whether the disk has too little room for the engine to do anything."""
    try:
        return shutil.disk_usage(path).free < max(_CRAMPED, reserve)
    except OSError:
        return False  # Not there yet, or not to be reached: the engine will say which.


class WriterProcess:
    """``ended`` is called when it is no more, for whatever reason."""

    def __init__(self, path: Path, base: str, limits: Limits, ended: Callable[[], None]) -> None:
        self._path, self._base, self._limits, self._ended = path, base, limits, ended
        self._process: asyncio.subprocess.Process | None = None
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process; 0 where there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def running(self) -> bool:
        """Whether it has the store open."""
        return self._watching is not None and self._process is not None and self._process.returncode is None

    async def start(self) -> State:
        """Raises StoreBusy, DiskFull, or GraphError where the store cannot be opened or no process be made."""
        await self.end(now=True)
        ours: socket.socket | None = None
        full = cramped(self._path, 0)
        try:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "graph.store.isolated.writer",
                    str(theirs.fileno()),
                    str(os.getpid()),
                    str(self._limits.writer_memory),
                    str(self._path),
                    self._base,
                    pass_fds=[theirs.fileno()],
                )
            self._stream = await asyncio.open_connection(sock=ours, limit=1 << 20)
            ours = None
            async with asyncio.timeout(_CRAMPED_SECONDS if full else _START_SECONDS):
                kind, body = await frames.read(self._stream[0])
        except (OSError, asyncio.IncompleteReadError):  # TimeoutError is an OSError.
            if ours is not None:
                ours.close()
            await self.end(now=True)
            if full:
                raise DiskFull("disk-full", "The disk is full; the store cannot be opened.", "Make room.") from None
            raise WriterLost(
                "no-writer", "The process that writes did not start; nothing was written.", "Look at the log."
            ) from None
        except BaseException:
            await self.end(now=True)
            raise
        told = json.loads(body)
        if kind == frames.ERROR:
            await self.end(now=True)
            raise _ERRORS.get(told["code"], GraphError)(told["code"], told["message"])
        self._watching = asyncio.get_running_loop().create_task(self._watch(self._process))
        return State(told["generation"], told["lost"])

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._ended()

    async def group(self, writes: list[dict[str, Any]], checkpoint: Path, progress: Progress) -> State:
        """Have a group applied, made durable and a checkpoint made; ``progress`` is kept. Raises Gone."""
        if self._stream is None:
            raise Gone("writer-lost")
        try:
            call = {"call": "group", "writes": writes, "checkpoint": str(checkpoint)}
            async with asyncio.timeout(self._limits.write_seconds):
                await frames.write(self._stream[1], frames.CALL, call)
            while True:
                async with asyncio.timeout(self._seconds(writes, progress)):
                    kind, body = await frames.read(self._stream[0])
                told = json.loads(body)
                if kind == frames.END:
                    return State(told["generation"], told["lost"], told["checkpointed"])
                if kind == frames.ERROR:
                    raise Gone(told["code"], told["message"])
                progress.add(told)
        except TimeoutError:
            await self.end(now=True)
            raise Gone("write-timeout") from None
        except (OSError, asyncio.IncompleteReadError):
            await self.end(now=True)
            raise Gone("writer-lost") from None
        except BaseException:
            await self.end(now=True)
            raise

    def _seconds(self, writes: list[dict[str, Any]], progress: Progress) -> float:
        """How long the next word may take."""
        if len(progress.results) == len(writes):
            return self._limits.checkpoint_seconds
        at = progress.begun
        in_update = len(progress.results) == at < len(writes) and writes[at]["write"] == "update"
        return self._limits.update_seconds if in_update else self._limits.write_seconds

    async def end(self, *, now: bool = False) -> None:
        """End it, in order or ``now``."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        process, self._process = self._process, None
        if self._stream is not None:
            self._stream[1].close()
            self._stream = None
        if process is None or process.returncode is not None:
            return
        if not now:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    await process.wait()
                    return
        # Not Process.kill(): it may take the exit status away from under wait().
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()
