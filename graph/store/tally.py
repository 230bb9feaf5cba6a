"""A note outside of the database of what it holds: how a silent loss is noticed.

A database that lost its newest writes, or was put back to an older copy, opens without a complaint (RocksDB takes a
damaged write-ahead log for its end). The note says what was confirmed to somebody. It is written *after* the data
are durable, so a store that is newer than its note is a matter of course, and one that is older has lost something.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.durable import write_whole


@dataclass(frozen=True, slots=True)
class Tally:
    """The newest durable generation, and the number of quads it has where they were counted."""

    generation: int
    quads: int | None = None


def path_for(store: Path) -> Path:
    """Where the note on a database stands: beside its folder."""
    return store.with_name(f"{store.name}-tally.json")


def read(path: Path) -> Tally | None:
    """The note, or None where there is none, or none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        quads = found["quads"]
        return Tally(int(found["generation"]), None if quads is None else int(quads))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, tally: Tally) -> None:
    """Replace the note, whole or not at all; it is on the disk when this returns. Raises OSError."""
    write_whole(path, (json.dumps(asdict(tally)) + "\n").encode())
