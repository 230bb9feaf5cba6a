"""The writer: the only process that has the database open for writing.

It takes a group of writes at a time, says of each how it went, makes the group durable with one flush, and makes a
checkpoint. What it cannot do (a full disk, a damaged file) it says and ends; its parent starts it anew and finds out
what was kept: each write counts the generation, so the number tells.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from graph.errors import GraphError
from graph.store.calls import describe
from graph.store.database import is_full, is_storage
from graph.store.embedded import EmbeddedStore
from graph.store.isolated import frames, guard
from graph.store.writes import apply

#: Seconds for a writer before this one to let go of the database: the kernel may still be ending it.
_PATIENCE = 5.0

Tell = Callable[[dict[str, Any]], None]


class Writer:
    """One store open for writing, and the call that its parent may make."""

    def __init__(self, path: Path, base: str) -> None:
        self.store = EmbeddedStore(path, base, patience=_PATIENCE)
        # What an earlier writer had applied and not flushed is durable before anybody hears of it.
        self.store.flush()

    @property
    def state(self) -> dict[str, Any]:
        return {"generation": self.store.generation, "lost": self.store.lost}

    def group(self, call: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """Apply writes in order, each whole or not at all; one flush for all; then a checkpoint.

        A group without writes is for its checkpoint.
        """
        before = self.store.generation
        for at, one in enumerate(call["writes"]):
            tell({"begun": at})
            tell({"done": at, "result": self._apply(one)})
        changed = self.store.generation != before
        if changed:
            self.store.flush()
        if changed or not call["writes"]:
            self.store.checkpoint(Path(call["checkpoint"]))
        return {**self.state, "checkpointed": changed or not call["writes"]}

    def _apply(self, one: dict[str, Any]) -> dict[str, Any]:
        try:
            return apply(self.store, one, flush=False)
        except GraphError as error:
            place = {"line": getattr(error, "line", None), "column": getattr(error, "column", None)}
            return {"code": error.code, "message": error.message, "hint": error.hint, **place}
        except Exception as error:
            if is_storage(error) or isinstance(error, MemoryError):
                raise
            return describe(error)


def run(channel: socket.socket, parent: int, memory: int, path: Path, base: str) -> NoReturn:
    """Open the store, say so, answer calls until the parent is gone."""
    guard.die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # It goes to the whole group; our parent ends us in order.
    # Before the engine makes its threads, which would not have the filter.
    guard.bound_memory(memory, dispensable=False)
    guard.no_network_no_exec()
    try:
        writer = Writer(path, base)
    except (GraphError, OSError) as error:
        code = error.code if isinstance(error, GraphError) else "store-unusable"
        _fail(channel, error, "disk-full" if is_full(error) else code)
    frames.send(channel, frames.END, writer.state)
    while True:
        try:
            _, body = frames.receive(channel)
        except frames.Closed:
            writer.store.close()
            sys.exit(0)
        call = json.loads(body)
        try:
            answer = writer.group(call, lambda progress: frames.send(channel, frames.PROGRESS, progress))
        except (OSError, RuntimeError) as error:
            # The engine does not recover by itself from a failed write to disk: end, and be started anew.
            shutil.rmtree(call["checkpoint"], ignore_errors=True)
            _fail(channel, error, "disk-full" if is_full(error) else "write-failed")
        frames.send(channel, frames.END, answer)


def _fail(channel: socket.socket, error: Exception, code: str) -> NoReturn:
    frames.send(channel, frames.ERROR, {"code": code, "message": " ".join(str(error).split())[:300]})
    os._exit(1)


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), sys.argv[5])
