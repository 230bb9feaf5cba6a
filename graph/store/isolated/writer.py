"""The writer: the only process that has the database open for writing.

It takes a group of writes at a time, makes the group durable with one flush, publishes a checkpoint, and answers
for each write. What it cannot do (a full disk, a damaged file) it says and ends; its parent starts it anew.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from graph.errors import GraphError
from graph.store.embedded import EmbeddedStore
from graph.store.isolated import frames, guard
from graph.store.writes import apply


class Writer:
    """One store open for writing, and the calls that its parent may make."""

    def __init__(self, path: Path, base: str) -> None:
        self._store = EmbeddedStore(path, base)

    @property
    def generation(self) -> int:
        return self._store.generation

    def group(self, call: dict[str, Any]) -> dict[str, Any]:
        """Apply writes in order, each whole or not at all; one flush for all; then a checkpoint."""
        results: list[dict[str, Any]] = []
        before = self._store.generation
        for one in call["writes"]:
            try:
                results.append(apply(self._store, one, flush=False))
            except GraphError as error:
                place = {"line": getattr(error, "line", None), "column": getattr(error, "column", None)}
                results.append({"code": error.code, "message": error.message, **place})
        self._store.flush()
        if self._store.generation != before or call.get("checkpoint_anyway"):
            self._store.checkpoint(Path(call["checkpoint"]))
        return {"results": results, "generation": self._store.generation, "changed": self._store.generation != before}

    def backup(self, call: dict[str, Any]) -> dict[str, Any]:
        """A checkpoint of the present state for a backup."""
        self._store.checkpoint(Path(call["checkpoint"]))
        return {"generation": self._store.generation}


def run(channel: socket.socket, path: Path, base: str) -> NoReturn:
    """Open the store, say so, answer calls until the parent is gone."""
    guard.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        writer = Writer(path, base)
    except GraphError as error:
        frames.send(channel, frames.ERROR, {"code": error.code, "message": error.message})
        sys.exit(1)
    frames.send(channel, frames.END, {"generation": writer.generation})
    while True:
        try:
            _, body = frames.receive(channel)
        except frames.Closed:
            sys.exit(0)
        call = json.loads(body)
        try:
            answer = writer.group(call) if call["call"] == "group" else writer.backup(call)
        except (OSError, RuntimeError) as error:
            # The engine does not recover by itself from a failed write to disk: end, and be started anew.
            if "checkpoint" in call:
                shutil.rmtree(call["checkpoint"], ignore_errors=True)
            full = getattr(error, "errno", None) == errno.ENOSPC or "no space" in str(error).lower()
            code = "disk-full" if full else "write-failed"
            frames.send(channel, frames.ERROR, {"code": code, "message": " ".join(str(error).split())[:300]})
            os._exit(1)
        frames.send(channel, frames.END, answer)


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3])
