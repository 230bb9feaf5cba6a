"""What it costs that a query runs in another process: the same lookups through both engines, without HTTP."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from pathlib import Path
from statistics import median

import pyoxigraph as ox

from graph.store.isolated import IsolatedStore
from tests.benchmarks.data import queries

ROWS = "application/sparql-results+json"
ACCEPT: dict[str, str | None] = {"solutions": ROWS, "boolean": ROWS, "graph": "application/n-triples"}


def cost(folder: Path, data: Path, triples: int, count: int = 500) -> tuple[float, float]:
    """Median seconds of a lookup: in this process, and isolated. Both write the result as JSON."""
    return _here(folder, data, triples, count), asyncio.run(_isolated(folder, triples, count))


def _here(folder: Path, data: Path, triples: int, count: int) -> float:
    store = ox.Store(folder / "plain")
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES)
    store.flush()
    times = []
    for text in islice(queries("lookup", triples), count):
        begun = time.perf_counter()
        result = store.query(text, use_default_graph_as_union=True)
        assert isinstance(result, ox.QuerySolutions)
        assert result.serialize(format=ox.QueryResultsFormat.JSON)
        times.append(time.perf_counter() - begun)
    return median(times)


async def _isolated(folder: Path, triples: int, count: int) -> float:
    store = IsolatedStore(folder / "plain", folder / "run")
    await store.start()
    try:
        # A generation that lasts is copied into memory meanwhile; measured is what it is afterwards.
        await asyncio.sleep(3)
        times = []
        for text in islice(queries("lookup", triples), count):
            begun = time.perf_counter()
            assert await (await store.ask(text, dict(ACCEPT))).read()
            times.append(time.perf_counter() - begun)
        return median(times)
    finally:
        await store.stop()
