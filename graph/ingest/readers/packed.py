"""Files packed with gzip: unpacked within bounds, and read by the reader of what is in them."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import PurePath

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Tell, reader_for, readers, silent
from graph.model import CellRef

SUFFIXES = (".gz",)
SIGNATURES = (b"\x1f\x8b",)
#: Bytes of what is in one file.
LARGEST = 512 * 1024 * 1024
#: What it may be of its packed size, beyond a first MB: real tables are ten to twenty times as large.
RATIO = 60


def read(name: str, data: bytes, tell: Tell = silent) -> Reading:
    """What the reader of the packed file makes of it; ``people.csv.gz`` holds ``people.csv``."""
    largest = min(LARGEST, 1024**2 + RATIO * len(data))
    unpacked = _unpack(data, largest)
    if unpacked is None:
        return _unreadable(name, "damaged-archive")
    if len(unpacked) > largest:
        return _unreadable(name, "file-too-large", limit=largest // 1024**2)
    if unpacked.startswith(SIGNATURES):
        return _unreadable(name, "packed-twice")
    inner = PurePath(name.lower().removesuffix(".gz")).suffix
    # A table without an ending of its own, as it was before other files could be packed.
    reader = reader_for(inner, unpacked) or readers()[".csv"]
    return reader.read(name, unpacked, tell)


def _unpack(data: bytes, largest: int) -> bytes | None:
    """What is in a gzip file, up to one byte more than is taken; None where it is damaged."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return packed.read(largest + 1)
    except (OSError, EOFError, zlib.error):
        return None


def _unreadable(name: str, rule: str, **words: object) -> Reading:
    return Reading(faults=(fault(rule, CellRef(name, "", 1), words=words),))
