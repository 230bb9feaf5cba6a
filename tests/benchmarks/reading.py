"""Measures the time and memory that reading files takes: ``python -m tests.benchmarks.reading FILE ...``; without a
file, that of a CSV of a million invented rows.

Each is read in a process of its own. ``peak`` is what that needs at most beyond the bytes of the file, ``kept`` what is
left of it when it is done: the rows. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from graph.ingest.readers import reader_for, readers

ROWS = 1_000_000


def table(path: Path, rows: int) -> None:
    """Seven columns, one of them different in each row; made up."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,organisation,theme,place,start,end,note\n")
        for n in range(rows):
            names = f"Invented organisation {n * 7919 % 5_000},Theme {n * 31 % 40},Place {n * 17 % 200}"
            file.write(f"e-{n},{names},{2000 + n % 20},{2020 + n % 6},remark {n * 101 % 100_000}\n")


def _memory(which: str) -> float:
    """MB that the process has (VmRSS) or had at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) / 1024


def measure(path: Path) -> None:
    readers()
    data = path.read_bytes()
    reader = reader_for(path.suffix.lower(), data)
    if reader is None:
        print(f"{path.name}: no reader")
        return
    before, begun, cpu = _memory("VmRSS"), time.perf_counter(), time.process_time()
    reading = reader.read(path.name, data)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    rows = sum(len(sheet.rows) for sheet in reading.sheets)
    print(
        f"{path.name}: {len(data) / 1024**2:.1f} MB, {rows} rows, {seconds:.2f} s ({cpu:.2f} s of processor), "
        f"peak {_memory('VmHWM') - before:.0f} MB, kept {_memory('VmRSS') - before:.0f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            files = [Path(folder) / "invented.csv"]
            table(files[0], ROWS)
        for path in files:
            child = get_context("spawn").Process(target=measure, args=(path,))
            child.start()
            child.join()


if __name__ == "__main__":
    main()
