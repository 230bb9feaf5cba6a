"""A process that writes without pause and says what was acknowledged, until somebody kills it: for test_recovery.

Arguments: folder, seed. A line of JSON for each acknowledged write: {"single": n} | {"pair": n} | {"version": n} |
{"backup": path}, each with its "generation".
"""

import asyncio
import json
import random
import sys
from itertools import count
from pathlib import Path

from graph.store import Change
from graph.store.isolated import IsolatedStore, Limits
from graph.store.writes import LARGE
from tests.graph.recovering import ROWS, big_graph, pair, quad

LIMITS = Limits(fast_slots=2, reserve=0, resident_after=0.05)


def say(generation: int, **what: object) -> None:
    print(json.dumps({**what, "generation": generation}), flush=True)


async def main(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    store = IsolatedStore(folder / "store", folder / "run", limits=LIMITS)
    await store.start()
    numbers = count(store.generation * 1000)
    print("started", flush=True)

    async def singles() -> None:
        while True:
            n = next(numbers)
            written = await store.submit({"write": "update", "text": f"INSERT DATA {{ {quad(n, 'single')} }}"})
            say(written.generation, single=n)

    async def pairs() -> None:
        while True:
            n = next(numbers)
            say(await asyncio.to_thread(store.write, Change(added=pair(n))), pair=n)
            await asyncio.sleep(chance.random() * 0.02)

    async def versions() -> None:
        while True:
            n = next(numbers)
            path = folder / "run" / f"upload-{n}.nq"
            # Every other one is large enough, by a comment, to be made on a copy of the database.
            comment = f"# {'x' * LARGE}\n" if n % 2 else ""
            path.write_text(comment + big_graph(n), encoding="utf-8")
            write = {"write": "put", "graph": "https://example.org/big", "path": str(path), "replace": True}
            say((await store.submit(write)).generation, version=n)
            path.unlink()

    async def backups() -> None:
        for n in count():
            target = folder / "backups" / f"{seed}-{n}.tar.gz"
            manifest = await store.backup(folder, target)
            say(manifest.generation, backup=str(target))

    await asyncio.gather(singles(), singles(), pairs(), versions(), backups())


if __name__ == "__main__":
    assert ROWS > 0
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
