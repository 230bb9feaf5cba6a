"""Large writes: made on a copy of the database beside it, which then takes its place.

A transaction of a million quads takes minutes of time and gigabytes of memory; a bulk load takes seconds and can end
half done. On a copy (hard links, milliseconds) that harms nobody, and the exchange of two folders is one step: either
all of the write is there or nothing.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from graph.durable import sync_folder
from graph.store import Lines
from graph.store.update_text import Graphs

#: Quads that are looked up before any of them is taken out.
_PIECE = 20_000
#: Bytes of N-Quads that are loaded at a time, and how many at once. The engine sorts a load as a whole, in one thread
#: and in memory; pieces of this size take a third of the memory, and two of them half of the time.
_LOADED, _AT_ONCE = 20 * 1024 * 1024, 2
_NONE = Graphs()
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def beside(path: Path) -> Path:
    """Where the copy of a database is made."""
    return path.with_name(f"{path.name}-next")


def exchange(one: Path, other: Path) -> None:
    """Let two folders of one file system change their names, in one step that a crash cannot halve. Raises OSError
    where the system has no such call (renameat2(2) of Linux)."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if call is None:
        raise OSError("folders cannot be exchanged here")
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        raise OSError(ctypes.get_errno(), "the folders cannot be exchanged", str(one))
    sync_folder(one.parent)


def possible(folder: Path) -> bool:
    """Whether folders can be exchanged in this one."""
    with tempfile.TemporaryDirectory(prefix=".exchange-", dir=folder) as trial:
        one, other = Path(trial, "one"), Path(trial, "other")
        one.mkdir()
        other.mkdir()
        try:
            exchange(one, other)
        except OSError:
            return False
    return True


def put_graph(copy: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, file: Path, *, replace: bool) -> None:
    """Load a file of N-Quads into one graph of a copy; with ``replace`` it has nothing else then. Not atomic."""
    if replace and next(copy.quads_for_pattern(None, None, None, graph), None) is not None:
        # Mostly it is a new version of what is there: what stays is not taken out first.
        new = ox.Store()
        new.bulk_extend(_moved(file, graph))
        gone = (quad for quad in copy.quads_for_pattern(None, None, None, graph) if quad not in new)
        # The iterator sees the state at which it began, so it goes on behind what is gone.
        while piece := list(islice(gone, _PIECE)):
            for quad in piece:
                copy.remove(quad)
    if isinstance(graph, ox.NamedNode):
        copy.add_graph(graph)
    copy.bulk_extend(_moved(file, graph))


def change(
    copy: ox.Store,
    removed: Iterable[ox.Quad],
    added: Iterable[ox.Quad],
    graphs: Graphs = _NONE,
    more: Iterable[Lines] = (),
) -> None:
    """Take quads out of a copy, then put others in, make graphs and remove them. Not atomic."""
    for quad in removed:
        copy.remove(quad)
    copy.bulk_extend(added)
    for lines in more:
        _load(copy, lines)
    for graph in graphs.created:
        copy.add_graph(ox.NamedNode(graph))
    for graph in graphs.dropped:
        copy.remove_graph(ox.NamedNode(graph))


def _load(copy: ox.Store, lines: Lines) -> None:
    under_way: deque[Future[None]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for piece in lines.pieces(_LOADED):
            under_way.append(pool.submit(_load_piece, copy, piece))
            if len(under_way) > _AT_ONCE:
                under_way.popleft().result()
        for one in under_way:
            one.result()


def _load_piece(copy: ox.Store, piece: bytes) -> None:
    if b"_:" in piece:
        # A load would give blank nodes other names.
        copy.bulk_extend(ox.parse(piece, format=ox.RdfFormat.N_QUADS))
    else:
        copy.bulk_load(piece, format=ox.RdfFormat.N_QUADS)


def _moved(file: Path, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    for quad in ox.parse(path=file, format=ox.RdfFormat.N_QUADS):
        yield quad if quad.graph_name == graph else ox.Quad(quad.subject, quad.predicate, quad.object, graph)
