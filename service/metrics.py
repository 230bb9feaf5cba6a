"""Figures about the running service, in the text format that Prometheus reads (exposition format 0.0.4)."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Upper bounds in seconds, from a cached answer to the longest query.
BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
#: What of a request's method is kept: anybody can invent methods.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})

Labels = Mapping[str, str]
#: Labels and value.
Sample = tuple[Labels, float]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: ``kind`` is counter or gauge."""

    name: str
    kind: str
    about: str
    samples: tuple[Sample, ...]

    @classmethod
    def one(cls, name: str, kind: str, about: str, value: float) -> Family:
        return cls(name, kind, about, (({}, value),))

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            yield line(self.name, labels, value)


@dataclass(slots=True)
class _Durations:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0


class Metrics:
    """Counts requests. Routes are named by their template, so that nobody can make up new ones without end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._durations: dict[str, _Durations] = {}
        self.under_way = 0

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request has ended. ``status`` 0: it was given up before there was one."""
        with self._lock:
            self._requests[route, method if method in _METHODS else "other", status] += 1
            durations = self._durations.setdefault(route, _Durations())
            durations.counts[bisect_left(BUCKETS, seconds)] += 1
            durations.total += seconds

    def text(self, families: Iterable[Family]) -> str:
        """Everything, with ``families`` from elsewhere."""
        with self._lock:
            requests = sorted(self._requests.items())
            durations = {route: (list(d.counts), d.total) for route, d in sorted(self._durations.items())}
        own = [
            Family(
                "commonground_requests_total",
                "counter",
                "Requests that have ended, by route, method and status (0: given up before there was one).",
                tuple(
                    ({"route": route, "method": method, "status": str(status)}, n)
                    for (route, method, status), n in requests
                ),
            ),
            Family.one("commonground_requests_under_way", "gauge", "Requests under way.", self.under_way),
        ]
        lines = [text for family in (*own, *families) for text in family.lines()]
        return "\n".join([*lines, *_histogram(durations)]) + "\n"


def _histogram(durations: Mapping[str, tuple[list[int], float]]) -> Iterator[str]:
    name = "commonground_request_seconds"
    yield f"# HELP {name} How long requests took, waiting and sending included, by route."
    yield f"# TYPE {name} histogram"
    for route, (counts, total) in durations.items():
        so_far = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            so_far += count
            yield line(f"{name}_bucket", {"route": route, "le": bound}, so_far)
        yield line(f"{name}_sum", {"route": route}, round(total, 6))
        yield line(f"{name}_count", {"route": route}, so_far)


def line(name: str, labels: Labels, value: float) -> str:
    """One sample as text."""
    escaped = (f'{key}="{_escape(text)}"' for key, text in labels.items())
    told = f"{{{','.join(escaped)}}}" if labels else ""
    return f"{name}{told} {value:.15g}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def engine_families(engine: object) -> Iterator[Family]:
    """What the engine counts. One that runs queries in this process has no lanes and kills nothing."""
    yield Family.one(
        "commonground_generation",
        "gauge",
        "Number of the published state of the data.",
        getattr(engine, "generation", 0),
    )
    pool = getattr(engine, "pool", None)
    if pool is None:
        return
    counted: Counter[tuple[str, str]] = pool.count
    yield Family(
        "commonground_queries_total",
        "counter",
        "Queries that have ended, by outcome (ok, or the code of the problem) and lane.",
        tuple(({"outcome": outcome, "lane": lane}, n) for (outcome, lane), n in sorted(counted.items())),
    )
    killed: Counter[str] = pool.killed
    yield Family(
        "commonground_worker_kills_total",
        "counter",
        "Processes that were ended, or died, in the middle of a query, by reason.",
        tuple(({"reason": reason}, n) for reason, n in sorted(killed.items())),
    )
    lanes = {"fast": pool.fast, "slow": pool.slow}
    yield Family(
        "commonground_queries_waiting",
        "gauge",
        "Queries that wait for a place.",
        tuple(({"lane": name}, lane.waiting) for name, lane in lanes.items()),
    )
    yield Family(
        "commonground_places_free",
        "gauge",
        "Places for queries that are free.",
        tuple(({"lane": name}, lane.free) for name, lane in lanes.items()),
    )


class DiskUse:
    """Bytes that a folder takes, counted again after ``seconds`` at the earliest: it has many files."""

    def __init__(self, folder: Path, seconds: float = 15.0) -> None:
        self._folder, self._seconds = folder, seconds
        self._counted: tuple[float, int] | None = None

    def bytes(self) -> int:
        """The size; files that vanish while it is counted do not matter."""
        now = time.monotonic()
        if self._counted is None or now - self._counted[0] > self._seconds:
            self._counted = (now, _size(self._folder))
        return self._counted[1]


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118 - many files
            except OSError:
                continue
    return total
