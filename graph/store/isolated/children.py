"""The processes that may die: a hub, a zygote for each generation, and the workers they fork.

The hub has the engine loaded and no store open; it forks a zygote for each generation, which opens the checkpoint
read-only, and forks guarded workers from it. (Forking a process that has a store open for *writing* hangs.) A
worker answers one request at a time; when it passes a limit it is killed, and nothing else is touched.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import signal
import socket
import sys
from itertools import islice
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import pyoxigraph as ox

from graph.store.isolated import frames, guard
from graph.store.probe import has_dataset_clause

#: The engine writes in small pieces; frames of this size keep the number of system calls low.
_PIECE = 64 * 1024

_SOLUTIONS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_POSITION = re.compile(r"\bat (\d+):(\d+)")


class TooLarge(Exception):
    """The result passed its limit."""


class Sink:
    """The file that the engine's serialisers write into: frames on the channel, up to ``limit`` bytes."""

    def __init__(self, channel: socket.socket, limit: int) -> None:
        self._channel, self._limit = channel, limit
        self._pieces: list[bytes] = []
        self._held = 0
        self.size = 0

    @property
    def file(self) -> IO[bytes]:
        """This, as the engine's type hints want it: it only ever calls ``write`` and ``flush``."""
        return cast(IO[bytes], self)

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._held += len(data)
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge
        if self._held >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            frames.send(self._channel, frames.DATA, b"".join(self._pieces))
            self._pieces.clear()
            self._held = 0


def hub(channel: socket.socket) -> NoReturn:
    """Fork a zygote, or a worker without a store, for each request; each comes with its own channel."""
    guard.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _tell(channel, b"R")
    while True:
        request, own = _accept(channel)
        pid = os.fork()
        if pid == 0:
            channel.close()
            match request.split(" ", 2):
                case ["parse", memory]:
                    work(own, None, int(memory))
                case ["open", most, checkpoint]:
                    zygote(own, checkpoint, int(most))
            os._exit(2)
        own.close()
        _tell(channel, pid.to_bytes(4, "big"))


def zygote(channel: socket.socket, checkpoint: str, resident: int) -> NoReturn:
    """Open one generation, then fork a worker for each request.

    With ``resident`` not 0 the generation is held in memory, which the workers share: joins are several times
    faster than from disk. A generation of more than ``resident`` quads is refused.
    """
    guard.die_with_parent()
    try:
        store = ox.Store.read_only(checkpoint)
        if resident:
            copy = _in_memory(store, resident)
            if copy is None:
                _tell(channel, b"X")
                os._exit(0)
            store = copy
    except (OSError, RuntimeError):
        # The checkpoint has gone meanwhile, or there is no memory for it: the parent learns it from the silence.
        os._exit(1)
    next(iter(store.quads_for_pattern(None, None, None)), None)
    # What exists now is shared with the workers; the collector would copy those pages by touching them.
    gc.freeze()
    _tell(channel, b"R")
    while True:
        request, own = _accept(channel)
        pid = os.fork()
        if pid == 0:
            channel.close()
            work(own, store, int(request))
        own.close()
        _tell(channel, pid.to_bytes(4, "big"))


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


def _tell(channel: socket.socket, answer: bytes) -> None:
    try:
        channel.sendall(answer)
    except OSError:
        os._exit(0)


def _accept(channel: socket.socket) -> tuple[str, socket.socket]:
    data, descriptors, _, _ = socket.recv_fds(channel, 8192, 1)
    if not data:
        os._exit(0)
    return data.decode(), socket.socket(fileno=descriptors[0])


def work(channel: socket.socket, store: ox.Store | None, memory: int) -> NoReturn:
    """Answer requests until the channel closes."""
    guard.die_with_parent()
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
    sink = Sink(channel, request.get("limit", 1 << 62))
    try:
        if store is None:
            end = _parse(request)
        elif request["call"] == "dump":
            end = _dump(store, request, channel, sink)
        else:
            end = _query(store, request, channel, sink)
        sink.flush()
        frames.send(channel, frames.END, {**end, "bytes": sink.size})
    except MemoryError:
        # What is left of this process is not to be trusted.
        os._exit(1)
    except Exception as error:
        # What of the result is still held is dropped: a broken result is of no use.
        frames.send(channel, frames.ERROR, _describe(error))


def _describe(error: Exception) -> dict[str, Any]:
    """An error as the parent passes it on: a code, a sentence, and the place in the text where there is one."""
    message = " ".join(str(error).split())[:300]
    if isinstance(error, TooLarge):
        return {"code": "result-too-large", "message": "The result is larger than this service returns."}
    if isinstance(error, NotAcceptable):
        return {"code": "not-acceptable", "message": str(error)}
    if isinstance(error, SyntaxError | ValueError):
        place = _POSITION.search(message)
        found = {"line": int(place[1]), "column": int(place[2])} if place else {}
        return {"code": "syntax", "message": message, **found}
    return {"code": "evaluation", "message": message}


class NotAcceptable(Exception):
    """The result has a form for which the client takes none of our media types."""


def _query(store: ox.Store, request: dict[str, Any], channel: socket.socket, sink: Sink) -> dict[str, Any]:
    options: dict[str, Any] = {"base_iri": request.get("base")}
    if request.get("default_graphs") is not None or request.get("named_graphs") is not None:
        options["default_graph"] = [ox.NamedNode(g) for g in request.get("default_graphs") or ()]
        options["named_graphs"] = [ox.NamedNode(g) for g in request.get("named_graphs") or ()]
    else:
        options["use_default_graph_as_union"] = request.get("union", True) and not has_dataset_clause(request["text"])
    result = store.query(request["text"], **options)
    accepted: dict[str, str | None] = request["accept"]
    form = "graph" if isinstance(result, ox.QueryTriples) else "solutions"
    if isinstance(result, ox.QueryBoolean):
        form = "boolean"
    media_type = accepted.get(form)
    if media_type is None:
        raise NotAcceptable(f"The result is a {form}; none of the media types asked for can carry it.")
    frames.send(channel, frames.HEAD, {"form": form, "type": media_type})
    if isinstance(result, ox.QueryTriples):
        chosen = ox.RdfFormat.from_media_type(media_type)
        assert chosen is not None
        ox.serialize(result, sink.file, format=chosen, prefixes=request.get("prefixes") or None)
    else:
        result.serialize(sink.file, format=_SOLUTIONS[media_type])
    return {}


def _dump(store: ox.Store, request: dict[str, Any], channel: socket.socket, sink: Sink) -> dict[str, Any]:
    frames.send(channel, frames.HEAD, {"form": "graph", "type": request["type"]})
    chosen = ox.RdfFormat.from_media_type(request["type"])
    assert chosen is not None
    graph = ox.NamedNode(request["graph"]) if request.get("graph") else None
    quads = store.quads_for_pattern(None, None, None, graph)
    found: Any = quads if request.get("quads") else (quad.triple for quad in quads)
    ox.serialize(found, sink.file, format=chosen, prefixes=request.get("prefixes") or None)
    return {}


def _parse(request: dict[str, Any]) -> dict[str, Any]:
    """Read an upload and write it as N-Quads: what comes out holds no surprise for the writer."""
    chosen = ox.RdfFormat.from_media_type(request["type"])
    assert chosen is not None
    graph = ox.NamedNode(request["graph"]) if request.get("graph") else ox.DefaultGraph()
    count = 0
    with Path(request["target"]).open("wb") as target:
        parsed = ox.parse(
            path=request["path"],
            format=chosen,
            base_iri=request.get("base"),
            without_named_graphs=bool(request.get("graph")),
            rename_blank_nodes=True,
        )

        def counted() -> Any:
            nonlocal count
            for quad in parsed:
                count += 1
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph) if request.get("graph") else quad

        ox.serialize(counted(), target, format=ox.RdfFormat.N_QUADS)
    return {"quads": count}


if __name__ == "__main__":
    # No core files, whatever happens.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hub(socket.socket(fileno=int(sys.argv[1])))
