"""What the last writes changed, by generation: for who keeps something that was made of the data.

Only writes are kept whose change is known beforehand, quad by quad, and only so many bytes of them. Where one is
missing between two generations, what lies between them is not known.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import pyoxigraph as ox

from graph.store import Change, Lines

#: Bytes of N-Quads that are kept in all, and of how many writes.
MOST, _WRITES = 64 * 1024 * 1024, 10_000


class Recent:
    """The changes of the last writes. Any thread may ask."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[bytes, bytes] | None] = OrderedDict()
        self._lock = Lock()

    def note(self, generation: int, write: Mapping[str, Any]) -> None:
        """A write was made, and this is the generation in which it is visible."""
        texts = _texts(write)
        with self._lock:
            # Each write that changes something has a generation of its own; a later one of the same changed nothing.
            self._kept.setdefault(generation, texts)
            while len(self._kept) > _WRITES or sum(map(_size, self._kept.values())) > self._most:
                self._kept.popitem(last=False)

    def between(self, before: int, after: int) -> tuple[Change, ...] | None:
        """The changes that led from one generation to a later one, in order; None where they are not all known."""
        with self._lock:
            found = [self._kept.get(generation) for generation in range(before + 1, after + 1)]
        if any(texts is None for texts in found):
            return None
        return tuple(Change(_quads(texts[0]), _quads(texts[1])) for texts in found if texts is not None)


def _texts(write: Mapping[str, Any]) -> tuple[bytes, bytes] | None:
    note = str(write.get("note", "")).encode()
    if write["write"] == "change":
        more = tuple(Lines(Path(path), begin) for path, begin in write.get("more", ()))
        with suppress(OSError):  # The file may be gone by now: it was another's.
            if sum(lines.size for lines in more) <= MOST // 4:
                coming = b"".join(piece for lines in more for piece in lines.pieces(MOST))
                return write["removed"].encode(), write["added"].encode() + note + coming
    if write["write"] == "patch":
        paths = [Path(write[name]) for name in ("removed", "added")]
        if sum(path.stat().st_size for path in paths) <= MOST // 4:
            removed, added = (path.read_bytes() for path in paths)
            return removed, added + note
    return None


def _size(texts: tuple[bytes, bytes] | None) -> int:
    return sum(map(len, texts)) if texts else 0


def _quads(text: bytes) -> frozenset[ox.Quad]:
    return frozenset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
