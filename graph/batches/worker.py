"""Stages one batch in a process of its own, which may die: hostile files harm nobody else.

It reads a checkpoint, writes into the batch's folder, and prints one line of JSON where something cannot be
done at all.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from graph import alone
from graph.batches import folder as places
from graph.batches.folder import Folders
from graph.batches.job import too_large
from graph.batches.staging import prepare
from graph.store.snapshot import Snapshot

#: Seconds between two words on how far it is.
_PACE = 0.2


def run(path: Path, checkpoint: Path, base: str) -> None:
    """Stage the batch in a folder against a checkpoint."""
    from datetime import UTC, datetime

    folders = Folders(path.parent, lambda: datetime.now(UTC))
    record = folders.load(path.name)
    last = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _PACE and 0 < done < total:
            return
        last = now
        # Not synced: who loses it loses nothing.
        beside = path / f".progress.{os.getpid()}"
        beside.write_text(json.dumps({"stage": stage, "done": done, "total": total}), encoding="utf-8")
        beside.replace(path / places.PROGRESS)

    store = Snapshot(checkpoint, base)
    prepare(path, record, folders.originals(record), store, store.generation, tell)


#: Arguments: pid of the parent, bytes of memory (0: no guards), folder of the batch, checkpoint, base.
def main() -> None:
    folder, checkpoint, base = Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5]
    alone.run(int(sys.argv[1]), int(sys.argv[2]), lambda: run(folder, checkpoint, base), too_large())


if __name__ == "__main__":
    main()
