"""Measures the service beside other SPARQL servers: ``python -m tests.benchmarks.sparql --help``.

Times on one machine say little to another; the ratios in one run say something. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from tests.benchmarks.data import queries, write
from tests.benchmarks.isolation import cost
from tests.benchmarks.systems import OXIGRAPH, System, common_ground, oxigraph, rdflib_endpoint

TARGET = Path(__file__).parent.parent.parent / "docs" / "benchmarks.md"
KINDS = ("lookup", "repeated lookup", "join", "aggregate", "repeated aggregate", "large")
CLIENTS = (1, 16)
ROWS = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement: median seconds of an answer, answers a second, and how many did not come."""

    median: float
    rate: float
    failed: int


class Asker(threading.Thread):
    """One client with one connection, that asks until its time is over."""

    def __init__(self, url: str, texts: Iterator[str], until: float) -> None:
        super().__init__()
        self._url, self._texts, self._until = urlsplit(url), texts, until
        self.times: list[float] = []
        self.failed = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(self._url.netloc, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": ROWS}
        while time.perf_counter() < self._until or not self.times:
            body = urlencode({"query": next(self._texts)})
            begun = time.perf_counter()
            try:
                connection.request("POST", self._url.path, body, headers)
                response = connection.getresponse()
                response.read()
                self.failed += response.status != 200
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
            self.times.append(time.perf_counter() - begun)
        connection.close()


class Shared:
    """An iterator that several threads may use."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts, self._lock = texts, threading.Lock()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        with self._lock:
            return next(self._texts)


def measure(system: System, kind: str, triples: int, clients: int, seconds: float) -> Cell:
    texts = Shared(queries(kind, triples))
    begun = time.perf_counter()
    askers = [Asker(system.query, texts, begun + seconds) for _ in range(clients)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    times = [one for asker in askers for one in asker.times]
    return Cell(median(times), len(times) / (time.perf_counter() - begun), sum(asker.failed for asker in askers))


def publish_time(system: System, count: int = 10) -> float:
    """Median seconds from sending a small update to its acknowledgement; with ours it is visible by then."""
    assert system.update is not None
    url = urlsplit(system.update)
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    times = []
    for number in range(count):
        text = f"INSERT DATA {{ GRAPH <http://example.org/new> {{ <urn:s> <urn:p> {number} }} }}"
        begun = time.perf_counter()
        connection.request("POST", url.path, text, {"Content-Type": "application/sparql-update", **system.headers})
        response = connection.getresponse()
        body = response.read()
        assert response.status < 300, body
        times.append(time.perf_counter() - begun)
    connection.close()
    return median(times)


def systems(
    arguments: argparse.Namespace, folder: Path, data: Path, triples: int
) -> list[AbstractContextManager[System]]:
    found: list[AbstractContextManager[System]] = [common_ground(folder, data)]
    if OXIGRAPH.exists():
        found.append(oxigraph(folder, data))
    # It takes minutes and gigabytes to load a million triples, and then most answers take minutes.
    if arguments.rdflib_endpoint and triples <= 100_000:
        found.append(rdflib_endpoint(arguments.rdflib_endpoint, data))
    return found


def run(arguments: argparse.Namespace) -> Iterator[str]:
    """The report, line by line, as Markdown."""
    for triples in arguments.triples:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data = folder / "data.nt"
            write(data, triples)
            yield from _compare(arguments, folder, data, triples)
            here, isolated = cost(folder, data, triples)
            yield (
                f"A lookup takes {here * 1000:.2f} ms in the process that asks and {isolated * 1000:.2f} ms isolated: "
                f"{(isolated - here) * 1000:.2f} ms is the cost of the isolation.\n"
            )


def _compare(arguments: argparse.Namespace, folder: Path, data: Path, triples: int) -> Iterator[str]:
    cells: dict[tuple[str, int], dict[str, Cell]] = {}
    published: dict[str, float] = {}
    names = []
    for context in systems(arguments, folder, data, triples):
        with context as system:
            names.append(system.name)
            # A generation of ours that lasts is copied into memory; that is part of how it runs.
            time.sleep(arguments.settle)
            for kind in KINDS:
                for clients in CLIENTS:
                    cell = measure(system, kind, triples, clients, arguments.seconds)
                    cells.setdefault((kind, clients), {})[system.name] = cell
                    print(triples, system.name, kind, clients, cell, flush=True)
            if system.update is not None:
                published[system.name] = publish_time(system)
    yield f"## {triples:,} triples\n"
    ours, *others = names
    heads = ["query", "clients", f"{ours}: median ms", "answers/s"]
    heads += [f"{name}: {what}" for name in others for what in ("median ms", "time, ours = 1")]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for (kind, clients), by_name in cells.items():
        mine = by_name[ours]
        row = [kind, str(clients), _shown(mine), f"{mine.rate:.0f}"]
        for name in others:
            row += [_shown(by_name[name]), f"{by_name[name].median / mine.median:.2f}"]
        yield "| " + " | ".join(row) + " |"
    times = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in published.items())
    yield f"\nA small update is acknowledged after: {times}.\n"


def _shown(cell: Cell) -> str:
    failed = f" ({cell.failed} failed)" if cell.failed else ""
    return f"{cell.median * 1000:.2f}{failed}"


HEAD = """# Benchmarks

<!-- Written by `python -m tests.benchmarks.sparql`. -->

Times on one machine say little about another; the ratios of one run say something. All servers ran one after the
other on the same machine, a virtual one with {cores} cores and other work on it, with the clients beside them. The
clients send each query once (a comment makes it differ), except for the repeated ones. "large" is a result of up
to 100,000 rows; what takes time there is to write, send and read it.

Ours acknowledges an update when it is on the disk *and* visible to all readers, of whom none is disturbed; the
others acknowledge before it is on the disk.

What it takes to bring data in, to match names and to check them: [ingestion measured](ingestion-measured.md).
What coverage and gaps take: [gaps measured](gaps-measured.md).

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[10_000, 1_000_000], help="sizes of the data")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each cell of the table is measured")
    parser.add_argument("--settle", type=float, default=5.0, help="seconds that a server gets after its start")
    parser.add_argument("--rdflib-endpoint", type=Path, help="the program of that name, in an environment of its own")
    parser.add_argument("--output", type=Path, default=TARGET)
    arguments = parser.parse_args()
    report = HEAD.format(cores=os.cpu_count()) + "\n".join(run(arguments)) + "\n"
    arguments.output.write_text(report, encoding="utf-8")
    print(json.dumps({"written": str(arguments.output)}))


if __name__ == "__main__":
    main()
