"""The processes that may die: a hub, a zygote for each generation, and the workers they fork.

The hub has the engine loaded and no store open; it forks a zygote for each generation, which opens the checkpoint
read-only, and forks guarded workers from it. (Forking a process that has a store open for *writing* hangs.) A
worker answers one request at a time; when it passes a limit it is killed, and nothing else is touched.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from itertools import islice
from typing import Any, NoReturn

import pyoxigraph as ox

from graph.store import calls
from graph.store.isolated import frames, guard


def hub(channel: socket.socket, parent: int) -> NoReturn:
    """Fork a zygote, or a worker without a store, for each request; each comes with its own channel."""
    guard.die_with_parent(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell(channel, b"R")
    while True:
        request, own = accept(channel)
        if forked(channel, own):
            match request.split(" ", 2):
                case ["parse", memory]:
                    work(own, None, int(memory))
                case ["open", most, checkpoint]:
                    zygote(own, checkpoint, int(most))
            os._exit(2)


def forked(channel: socket.socket, own: socket.socket) -> bool:
    """Fork; true in the child. The asker is told its pid, or 0 where the system has no room for another process."""
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        pid = -1
    if pid == 0:
        guard.die_with_parent(parent)
        channel.close()
        return True
    own.close()
    tell(channel, max(pid, 0).to_bytes(4, "big"))
    return False


def zygote(channel: socket.socket, checkpoint: str, resident: int) -> NoReturn:
    """Open one generation, then fork a worker for each request.

    With ``resident`` not 0 the generation is held in memory, which the workers share: joins are several times
    faster than from disk. A generation of more than ``resident`` quads is refused.
    """
    try:
        store = ox.Store.read_only(checkpoint)
        if resident:
            copy = _in_memory(store, resident)
            if copy is None:
                tell(channel, b"X")
                os._exit(0)
            store = copy
    except (OSError, RuntimeError):
        # The checkpoint has gone meanwhile, or there is no memory for it: the parent learns it from the silence.
        os._exit(1)
    next(iter(store.quads_for_pattern(None, None, None)), None)
    # What exists now is shared with the workers; the collector would copy those pages by touching them.
    gc.freeze()
    tell(channel, b"R")
    while True:
        request, own = accept(channel)
        if forked(channel, own):
            work(own, store, int(request))


def _in_memory(store: ox.Store, most: int) -> ox.Store | None:
    copy = ox.Store()
    for graph in store.named_graphs():
        copy.add_graph(graph)
    quads = store.quads_for_pattern(None, None, None)
    count = 0
    # In pieces, so that one that is too large is noticed before it fills the memory.
    while piece := list(islice(quads, 100_000)):
        count += len(piece)
        if count > most:
            return None
        copy.bulk_extend(piece)
    return copy


def tell(channel: socket.socket, answer: bytes) -> None:
    """Say something to the asker; without him there is nothing more to do."""
    try:
        channel.sendall(answer)
    except OSError:
        os._exit(0)


def accept(channel: socket.socket) -> tuple[str, socket.socket]:
    """Wait for a request and the channel for its answer."""
    data, descriptors, _, _ = socket.recv_fds(channel, 8192, 1)
    if not data:
        os._exit(0)
    return data.decode(), socket.socket(fileno=descriptors[0])


def work(channel: socket.socket, store: ox.Store | None, memory: int) -> NoReturn:
    """Answer requests until the channel closes."""
    guard.bound_memory(memory)
    guard.no_network_no_exec()
    os.nice(5)
    # A panic of the engine writes to standard error whatever the query says: not into our logs.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        while True:
            _, body = frames.receive(channel)
            _answer(channel, store, body)
    except (frames.Closed, OSError):
        os._exit(0)


def _answer(channel: socket.socket, store: ox.Store | None, body: bytes) -> None:
    request: dict[str, Any] = json.loads(body)
    sink = calls.Sink(lambda piece: frames.send(channel, frames.DATA, piece), request.get("limit", 1 << 62))

    def head(form: str, media_type: str) -> None:
        frames.send(channel, frames.HEAD, {"form": form, "type": media_type})

    try:
        end = calls.answer(store, request, head, sink)
        frames.send(channel, frames.END, {**end, "bytes": sink.size})
    except MemoryError:
        # What is left of this process is not to be trusted.
        os._exit(1)
    except Exception as error:
        # What of the result is still held is dropped: a broken result is of no use.
        frames.send(channel, frames.ERROR, calls.describe(error))


if __name__ == "__main__":
    # No core files, whatever happens.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hub(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
