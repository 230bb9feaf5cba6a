"""The process that rehearses: it has the shapes compiled and no store open, and forks a child for each write.

A child has bounded memory, no network and no exec, and the lowest priority but the slow queries'; its parent ends it
when it passes its time. See ``graph.store.isolated.children``, whose ways these are.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from graph.direct.rehearsal import rehearse
from graph.direct.view import load_rules
from graph.store import calls
from graph.store.database import is_full
from graph.store.isolated import frames, guard
from graph.store.isolated.children import accept, forked, tell

_NICE = 10


def main(channel: socket.socket, parent: int) -> NoReturn:
    """Fork a child for each request: the memory that it may use beyond what it has."""
    guard.die_with_parent(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_rules()
    gc.freeze()
    tell(channel, b"R")
    while True:
        memory, own = accept(channel)
        if forked(channel, own):
            _work(own, int(memory))


def _work(channel: socket.socket, memory: int) -> NoReturn:
    guard.bound_memory(memory)
    guard.no_network_no_exec()
    os.nice(_NICE)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        _, body = frames.receive(channel)
        call = json.loads(body)
        frames.send(channel, *_answer(channel, call))
    except MemoryError:
        os._exit(1)
    except (frames.Closed, OSError):
        pass
    os._exit(0)


def _answer(channel: socket.socket, call: dict[str, str]) -> tuple[bytes, dict[str, object]]:
    try:
        found = rehearse(
            Path(call["checkpoint"]),
            Path(call["folder"]),
            call["write"],  # type: ignore[arg-type]
            call["base"],
            load_rules(),
            lambda: frames.send(channel, frames.PROGRESS, {"stage": "judge"}),
        )
    except MemoryError:
        raise
    except Exception as error:
        if is_full(error):
            return frames.ERROR, {"code": "disk-full", "message": ""}
        return frames.ERROR, calls.describe(error)
    return frames.END, found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
