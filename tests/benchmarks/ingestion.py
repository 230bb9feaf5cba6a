"""Measures a sheet from its bytes to the store: ``python -m tests.benchmarks.ingestion --rows 100000``.

An invented 3W sheet of realistic skew (few organisations do most), read by a guessed recipe, matched, checked, compared
and written into a store on disk, as the command line does it. Times say little to another machine; nothing is asserted.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from graph.ingest import load_reference, originals
from graph.store.embedded import EmbeddedStore

_COUNTRIES = [
    "Armenia",
    "Georgia",
    "Moldova",
    "Albania",
    "Serbia",
    "Kyrgyzstan",
    "Tajikistan",
    "Romania",
    "Bulgaria",
    "Ukraine",
]
_SECTORS = (
    "Inclusive education",
    "Water",
    "Health",
    "Shelter",
    "Protection",
    "Livelihoods",
    "Food security",
    "Nutrition",
)
_FIRST = ["Blue", "Red", "Green", "North", "River", "Lake", "Hill", "Stone"]
_SECOND = ["House", "Bridge", "School", "Care", "Light", "Home", "Hand", "Path"]
_THIRD = ["Foundation", "Centre", "Union", "Network", "Society", "Fund", "Trust", "Group"]


def sheet(path: Path, rows: int) -> None:
    """Write an invented sheet."""
    chance = random.Random(20100512)
    partners = [f"{a} {b} {c}" for a in _FIRST for b in _SECOND for c in _THIRD]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Country", "Admin 1", "Admin 2", "Organisation", "Sector", "Activity", "Report date"])
        for _ in range(rows):
            country = chance.choice(_COUNTRIES)
            out.writerow(
                [
                    country,
                    f"{country} province {chance.randrange(12)}",
                    f"district {chance.randrange(20)}",
                    partners[min(int(chance.paretovariate(0.7)), len(partners) - 1)],
                    chance.choice(_SECTORS),
                    f"Activity {chance.randrange(4000)}",
                    f"2024-0{chance.randrange(1, 9)}-01",
                ]
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        sheet(data / "sheet.csv", arguments.rows)
        store = EmbeddedStore(data / "store")
        load_reference(store)
        bench = LocalBench(Folders(data / "batches", lambda: datetime.now(UTC)), data / "files", store)
        marks = [("read", time.monotonic(), time.process_time())]

        def mark(stage: str) -> None:
            if stage != marks[-1][0]:
                marks.append((stage, time.monotonic(), time.process_time()))

        def tell(stage: str, _done: int, _total: int) -> None:
            mark(stage)

        record = bench.folders.receive(originals.load(data / "sheet.csv"), source="benchmark", by="benchmark")
        record = bench.stage(record, tell)
        mark("write")
        record = bench.accept(record, "benchmark", replace_source=False, progress=tell)
        mark("done")
        store.close()
    for (stage, begun, busy), (_, ended, idle) in itertools.pairwise(marks):
        print(f"{stage:10} {ended - begun:8.2f} s {idle - busy:8.2f} s of a processor")
    seconds, of_processors = marks[-1][1] - marks[0][1], marks[-1][2] - marks[0][2]
    added = record.outcome.added if record.outcome else 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{record.state}: {arguments.rows:,} rows, {added:,} statements")
    print(f"{seconds:.1f} s, {of_processors:.1f} s of a processor")
    print(f"{arguments.rows / seconds:,.0f} rows a second, {memory:,} MB at most")


if __name__ == "__main__":
    main()
