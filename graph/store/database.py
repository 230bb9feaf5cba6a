"""The database of the embedded engine on the disk: opening it, and telling its failures from those of a text."""

from __future__ import annotations

import errno
import re
import shutil
import time
from pathlib import Path

import pyoxigraph as ox

from graph.errors import DiskFull, GraphError, StoreBusy
from graph.store import bulk

#: How RocksDB's own failures begin, where everything else that raises OSError is the fault of an update's text.
_STORAGE = re.compile(r"^(IO error|Corruption|No space)|No space left", re.IGNORECASE)


def open_database(path: Path, until: float) -> ox.Store:
    """Open a database, trying again where another process has it, until that time of the monotonic clock."""
    while True:
        try:
            path.mkdir(parents=True, exist_ok=True)
            engine = ox.Store(path)
            # Leftovers of a bulk load that was killed: RocksDB neither uses nor removes them. Not before the store
            # is ours: they might be of one that is under way.
            for leftover in path.glob("bulk-*.sst"):
                leftover.unlink(missing_ok=True)
            # Of a large write: the version before it, or one that did not come to its end.
            shutil.rmtree(bulk.beside(path), ignore_errors=True)
            return engine
        except OSError as error:
            if "lock" not in str(error).lower():
                kind = DiskFull if is_full(error) else GraphError
                raise kind("store-unusable", f"The store {path} cannot be opened: {error}.") from error
            if time.monotonic() >= until:
                raise StoreBusy(
                    "store-busy",
                    f"Another process has the store {path} open.",
                    "Stop the service or command that has it open, then try again.",
                ) from None
        time.sleep(0.05)


def is_storage(error: Exception) -> bool:
    """Whether the database itself failed: it is to be opened anew. (A refused LOAD raises OSError too.)"""
    return isinstance(error, OSError) and bool(_STORAGE.search(str(error)))


def is_full(error: Exception) -> bool:
    """Whether it is for want of room on the disk (the engine passes no error number on)."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or bool(
        re.search("no space left|quota exceeded|file too large", str(error), re.IGNORECASE)
    )
