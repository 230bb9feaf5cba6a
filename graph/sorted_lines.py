"""Sorts the lines of a file that may be larger than the memory it may take (external merge sort)."""

from __future__ import annotations

import heapq
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO

#: Lines sorted at a time: a sort holds up every other thread of the process while it lasts.
AT_ONCE = 40_000


def sort_lines(source: Path, target: Path, at_once: int = AT_ONCE) -> None:
    """Write the lines of ``source`` into ``target`` in the order of their bytes, as ``LC_ALL=C sort`` does.

    Sorted runs are kept beside the target meanwhile. Every line ends with a line feed.
    """
    runs: list[Path] = []
    try:
        with source.open("rb") as lines:
            while run := sorted(islice(lines, at_once)):
                runs.append(target.with_name(f"{target.name}.run{len(runs)}"))
                runs[-1].write_bytes(b"".join(run))
        with ExitStack() as stack, target.open("wb") as merged:
            opened: list[BinaryIO] = [stack.enter_context(run.open("rb")) for run in runs]
            merged.writelines(heapq.merge(*opened))
    finally:
        for path in runs:
            path.unlink(missing_ok=True)
