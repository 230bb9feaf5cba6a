"""Measures what checking direct writes costs: ``python -m tests.benchmarks.direct --help``.

Each write is made twice on a running engine, with the check and without it, on the roundtable and on a large store.
Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.direct.gate import Gate
from graph.errors import GraphError
from graph.store.isolated import IsolatedStore
from graph.terms import DEFAULT_BASE, node
from service.workspace import Workspace
from tests.benchmarks.validation import records

Quads = list[ox.Quad]


def sound(quads: int, name: str) -> Iterator[ox.Quad]:
    """About so many statements without a fault, under names of their own; made up. A single one is another name of
    something that is there."""
    if quads < 20:
        there = ox.NamedNode(f"{DEFAULT_BASE}organisation/unicef-armenia")
        yield from (
            ox.Quad(there, node("skos:altLabel"), ox.Literal(f"{name} {n}", language="en")) for n in range(quads)
        )
        return
    for quad in records(int((quads - 3) / 10.15)):
        predicate = node("cg:basis") if quad.predicate == node("cg:bassis") else quad.predicate
        subject, value = (_renamed(term, name) for term in (quad.subject, quad.object))
        yield ox.Quad(subject, predicate, value)


def _renamed(term: Any, name: str) -> Any:
    invented = isinstance(term, ox.NamedNode) and ("invented" in term.value or "/benchmark/" in term.value)
    return ox.NamedNode(term.value.replace("invented", name).replace("benchmark", name)) if invented else term


def put(folder: Path, quads: Iterator[ox.Quad], graph: str) -> dict[str, Any]:
    path = folder / f"{time.monotonic_ns()}.nq"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{quad} .\n" for quad in quads)
    return {"write": "put", "graph": graph, "path": str(path), "replace": False}


def updates(size: int, name: str) -> Iterator[tuple[str, str]]:
    """Updates that change so many triples: put new ones in, and take some out that are there."""
    triples = " . ".join(str(quad.triple) for quad in sound(size, name))
    yield "INSERT DATA", f"INSERT DATA {{ GRAPH <{DEFAULT_BASE}source/{name}> {{ {triples} }} }}"
    theme, one, other = node("cg:theme"), node("theme:advocacy"), node("theme:teacher-training")
    least = (
        f"DELETE {{ GRAPH ?g {{ ?e {theme} ?t }} }} INSERT {{ GRAPH ?g {{ ?e {theme} {other} }} }} "
        f"WHERE {{ {{ SELECT ?g ?e ?t {{ VALUES ?t {{ {one} }} GRAPH ?g {{ ?e {theme} ?t }} }} "
        f"LIMIT {max(1, size // 2)} }} }}"
    )
    yield "DELETE/INSERT WHERE", least


async def measure(gate: Gate, write: dict[str, Any], *, validate: bool) -> str:
    begun = time.perf_counter()
    try:
        await gate.write(write, validate=validate)
    except GraphError as error:
        return f"{time.perf_counter() - begun:8.3f} s: {error.message}"
    return f"{time.perf_counter() - begun:8.3f} s"


async def run(sizes: list[int], base: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace(folder / "data")
        workspace.open(DEFAULT_BASE).close()
        engine = IsolatedStore(workspace.store, workspace.run, DEFAULT_BASE)
        await engine.start()
        gate = Gate(engine, DEFAULT_BASE)
        try:
            if base:
                await gate.write(put(folder, sound(base, "large"), f"{DEFAULT_BASE}source/large"), validate=False)
            await gate.write({"write": "update", "text": "INSERT DATA { <urn:warm> <urn:p> 1 }"})
            print(f"on {'the roundtable' if not base else f'{base:,} quads more'}", flush=True)
            for size in sizes:
                for number, validate in enumerate((False, True)):
                    writes = {
                        what: {"write": "update", "text": text} for what, text in updates(size, f"n{size}-{number}")
                    }
                    graph = f"{DEFAULT_BASE}source/put-{size}-{number}"
                    writes["graph store PUT"] = put(folder, sound(size, f"p{size}-{number}"), graph)
                    for what, write in writes.items():
                        told = await measure(gate, write, validate=validate)
                        print(f"  {size:>7,} {what:<20} {'checked' if validate else 'plain':<8} {told}", flush=True)
        finally:
            await gate.stop()
            await engine.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 1_000, 100_000], help="changed triples")
    parser.add_argument("--bases", type=int, nargs="+", default=[0, 1_000_000], help="quads beside the roundtable")
    arguments = parser.parse_args()
    for base in arguments.bases:
        asyncio.run(run(arguments.sizes, base))


if __name__ == "__main__":
    main()
