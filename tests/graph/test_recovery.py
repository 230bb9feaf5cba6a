"""Recovery: whatever is killed, whenever, what was acknowledged is there, whole; what is full or lost is told."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.errors import DiskFull, GraphError, NotVisible, StoreDamaged, WriterLost
from graph.store import tally
from graph.store.backup import backup_running, restore
from graph.store.bulk import beside
from graph.store.embedded import EmbeddedStore
from graph.store.isolated import IsolatedStore, Limits, supported
from tests.graph.recovering import ROWS, P, numbers, quad, versions
from tests.running import small_disk, tree

pytestmark = pytest.mark.skipif(not supported(), reason="the guards need Linux on x86-64 or ARM64")

ROOT = Path(__file__).parent.parent.parent
JSON = "application/sparql-results+json"
ACCEPT: dict[str, str | None] = {"solutions": JSON, "boolean": JSON, "graph": "application/n-triples"}
QUICK = Limits(fast_slots=2, slow_slots=2, resident_quads=0, reserve=0)

#: With COMMONGROUND_SOAK=1 as often as the service is meant to stand it; otherwise what fits into seconds.
SOAK = os.environ.get("COMMONGROUND_SOAK") == "1"
WRITER_KILLS, WORKER_KILLS, KILLS_OF_ALL = (50, 50, 20) if SOAK else (8, 8, 5)
#: The next query is to be answered in a second; a loaded machine of two cores gets more.
AT_ONCE = 4.0


def insert(n: int, kind: str = "single") -> dict[str, Any]:
    return {"write": "update", "text": f"INSERT DATA {{ {quad(n, kind)} }}"}


async def ask(store: IsolatedStore, text: str) -> bool:
    answer: dict[str, Any] = json.loads(await (await store.ask(text, ACCEPT)).read())
    return bool(answer["boolean"])


async def everything(store: IsolatedStore) -> set[ox.Quad]:
    return set(await asyncio.to_thread(lambda: list(store.quads())))


async def healthy_in_time(store: IsolatedStore, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (await store.health()).sound:
            return True
        await asyncio.sleep(0.1)
    return False


def test_everything_is_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(20101214)
    acknowledged: list[dict[str, Any]] = []
    for life in range(KILLS_OF_ALL):
        descendants, heard = one_life(tmp_path, life, chance.uniform(0.05, 1.2))
        acknowledged += heard
        until = time.monotonic() + 5
        while any(map(runs, descendants)) and time.monotonic() < until:
            time.sleep(0.02)
        assert not any(map(runs, descendants)), "children outlive their parent"
        (tmp_path / "store" / "bulk-123.sst").write_bytes(b"left by a bulk load that was killed")
        asyncio.run(look_after(tmp_path, acknowledged))
    assert sum("single" in a for a in acknowledged) > KILLS_OF_ALL, "hardly anything was written"
    for told in (a for a in acknowledged if "backup" in a):
        restored = tmp_path / "restored"
        assert restore(Path(told["backup"]), restored).generation == told["generation"]
        shutil.rmtree(restored)


def one_life(folder: Path, seed: int, seconds: float) -> tuple[list[int], list[dict[str, Any]]]:
    """Let the writing process run for a while, kill it alone; returns its descendants and what it had confirmed."""
    command = [sys.executable, "-m", "tests.graph.crashing", str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(seconds)
        descendants = tree(process.pid)
        process.kill()
        lines = process.stdout.read().splitlines(keepends=True)
    return descendants, [json.loads(line) for line in lines if line.endswith("}\n")]


def runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


async def look_after(folder: Path, acknowledged: list[dict[str, Any]]) -> None:
    store = IsolatedStore(folder / "store", folder / "run", limits=QUICK)
    await store.start()
    try:
        begun = time.monotonic()
        assert not await ask(store, f"ASK {{ <{P}nothing> ?p ?o }}")
        assert time.monotonic() - begun < AT_ONCE
        assert (await store.health()).sound
        quads = await everything(store)
        assert {a["single"] for a in acknowledged if "single" in a} <= numbers(quads, "single")
        assert {a["pair"] for a in acknowledged if "pair" in a} <= numbers(quads, "left")
        assert numbers(quads, "left") == numbers(quads, "right"), "a write is there by half"
        present = versions(quads)
        newest = max((a["version"] for a in acknowledged if "version" in a), default=0)
        assert not newest or present, "the graph has gone"
        for version, rows in present.items():
            assert rows == ROWS, "a graph is there by half"
            assert version >= newest, "an older version has come back"
        assert store.generation >= max((a["generation"] for a in acknowledged), default=0)
        assert [path.name for path in (folder / "run").iterdir()] == ["1"], "leftovers of the life before"
        assert not list((folder / "store").glob("bulk-*.sst"))
        assert not beside(folder / "store").exists()
        before = store.generation
        assert (await store.submit(insert(10**9 + before))).generation == before + 1
    finally:
        await store.stop()


def test_the_writer_is_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(7)

    async def run() -> None:
        store = IsolatedStore(tmp_path / "store", tmp_path / "run", limits=QUICK)
        await store.start()
        confirmed: dict[int, int] = {}
        refused: set[int] = set()
        unsure: set[int] = set()
        kept: set[int] = set()
        told: set[str] = set()
        numbers_left = iter(range(10**6))
        going_on = True

        async def write() -> None:
            while going_on:
                n = next(numbers_left)
                try:
                    confirmed[n] = (await store.submit(insert(n))).generation
                except NotVisible:
                    kept.add(n)  # Durable, though a busy machine could not open the generation in time.
                except WriterLost as error:
                    # Of a write that may have been kept the answer says just that.
                    (unsure if "may or may not" in error.message else refused).add(n)
                    told.add(error.message)

        writers = [asyncio.create_task(write()) for _ in range(4)]
        for _ in range(WRITER_KILLS):
            await asyncio.sleep(chance.uniform(0.0, 0.25))
            # It may have ended since, as writers do that are killed.
            with contextlib.suppress(ProcessLookupError):
                if store.commits.writer.running:
                    os.kill(store.commits.writer.pid, signal.SIGKILL)
            begun = time.monotonic()
            assert not await ask(store, f"ASK {{ <{P}nothing> ?p ?o . FILTER({begun} > 0) }}")
            assert time.monotonic() - begun < AT_ONCE
        going_on = False
        await asyncio.gather(*writers)
        assert await healthy_in_time(store)
        assert store.commits.restarts >= 1
        found = numbers(await everything(store), "single")
        assert confirmed.keys() | kept <= found, "an acknowledged write is lost"
        assert not refused & found, "a write was said to be lost, and is there"
        assert all("nothing" in message or "may or may not" in message for message in told), told
        assert len(unsure) <= len(refused) + len(confirmed)
        assert len(set(confirmed.values())) == len(confirmed), "a generation was given twice"
        assert await healthy_in_time(store)
        await store.stop()

    asyncio.run(run())


def test_workers_are_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(11)

    async def run() -> None:
        store = IsolatedStore(tmp_path / "store", tmp_path / "run", limits=QUICK)
        await store.start()
        await store.submit(insert(1))
        for n in range(WORKER_KILLS):
            victims = [pid for pid in tree(os.getpid())[1:] if pid != store.commits.writer.pid]
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
            await asyncio.sleep(chance.uniform(0, 0.02))
            begun = time.monotonic()
            # One that was killed with the query in it says so; the next is answered.
            with contextlib.suppress(GraphError):
                await ask(store, f"ASK {{ <{P}1> ?p {n} }}")
            assert await ask(store, f"ASK {{ <{P}1> ?p 1 . FILTER({n} >= 0) }}")
            assert time.monotonic() - begun < AT_ONCE
        await store.stop()

    asyncio.run(run())


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=256m", str(folder)], check=True)


@pytest.mark.parametrize("reserve", [0, 8 * 1024 * 1024])
def test_a_full_disk_refuses_writes_and_nothing_else(tmp_path: Path, reserve: int) -> None:
    """On 32 MB, of which there is more in the end."""

    async def run(disk: Path) -> None:
        store = IsolatedStore(
            disk / "store",
            disk / "run",
            limits=Limits(
                fast_slots=2, slow_slots=2, resident_quads=0, reserve=reserve, cache=0, checkpoint_seconds=10
            ),
        )
        await store.start()
        await store.submit(insert(0))
        padding = os.urandom(400).hex()
        kept: list[int] = []
        failure: GraphError | None = None
        for n in range(1, 200):
            text = " ".join(f"GRAPH <{P}padding> {{ <{P}{n}> <{P}{i}> '{i}{padding}' }}" for i in range(400))
            try:
                await store.submit({"write": "update", "text": f"INSERT DATA {{ {quad(n, 'single')} {text} }}"})
                kept.append(n)
            except GraphError as error:
                failure = error
                break
        assert isinstance(failure, DiskFull), failure
        # With a reserve nothing is even begun; without one the engine itself ran out of room.
        assert failure.code == "disk-full"
        if reserve:
            assert "nothing was written" in failure.message
            # Somebody else fills it up, though the engine, tidying up, makes room meanwhile.
            with (disk / "other").open("ab", buffering=0) as other:
                while not (await store.health()).parts["disk"]:
                    other.write(bytes(max(0, shutil.disk_usage(disk).free - reserve // 2)))
                    await asyncio.sleep(0.1)
            with pytest.raises(DiskFull):
                await store.submit(insert(10**5))
        assert await ask(store, f"ASK {{ <{P}0> ?p ?o }}")
        for n in kept:
            assert await ask(store, f"ASK {{ <{P}{n}> <{P}p> {n} }}")
        grow(disk)
        assert await healthy_in_time(store, 60)
        assert (await store.submit(insert(10**6))).generation == store.generation
        found = numbers(await everything(store), "single")
        assert {0, 10**6, *kept} <= found
        await store.stop()

    with small_disk(tmp_path / "disk", "32m") as folder:
        asyncio.run(run(folder))


def test_a_store_that_went_back_is_noticed(tmp_path: Path) -> None:
    async def run() -> None:
        store = IsolatedStore(tmp_path / "store", tmp_path / "run", limits=QUICK)
        await store.start()
        await store.submit(insert(1))
        await store.stop()
        shutil.copytree(tmp_path / "store", tmp_path / "older")
        await store.start()
        await store.submit(insert(2))
        assert (await store.health()).sound
        await store.stop()
        shutil.rmtree(tmp_path / "store")
        (tmp_path / "older").rename(tmp_path / "store")

        again = IsolatedStore(tmp_path / "store", tmp_path / "run", limits=QUICK)
        await again.start()
        health = await again.health()
        assert "generation 1, but generation 2 was confirmed" in health.parts["data"]
        assert not health.parts["reading"]
        assert await ask(again, f"ASK {{ <{P}1> ?p 1 }}")
        with pytest.raises(StoreDamaged) as raised:
            await again.submit(insert(3))
        assert "backup" in raised.value.hint
        await again.stop()

        # Somebody decides that what there is has to do.
        tally.path_for(tmp_path / "store").unlink()
        await again.start()
        assert (await again.health()).sound
        await again.submit(insert(3))
        await again.stop()

    asyncio.run(run())


def copy_of_a_living_one(path: Path, target: Path) -> None:
    """The engine may be tidying up, so that a file goes while we copy."""
    for _ in range(20):
        try:
            shutil.copytree(path, target)
            return
        except shutil.Error:
            shutil.rmtree(target)
    raise AssertionError("the files do not stay as they are")


def test_a_bit_flip_in_the_log_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = EmbeddedStore(path)
    store.update(f"INSERT DATA {{ {quad(1, 'single')} }}")
    for n in range(2, 6):
        store.update(f"INSERT DATA {{ {quad(n, 'single')} }}", flush=False)
    copy_of_a_living_one(path, tmp_path / "killed")  # what a killed process leaves: the log, not yet in the tables
    store.flush()
    store.close()
    shutil.copy(tally.path_for(path), tally.path_for(tmp_path / "killed"))
    log = max((tmp_path / "killed").glob("*.log"), key=lambda found: found.stat().st_size)
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    again = EmbeddedStore(tmp_path / "killed")
    assert 1 <= again.generation < 5, "the engine itself opens it without a complaint"
    assert "are lost" in again.lost
    with pytest.raises(StoreDamaged):
        again.update(f"INSERT DATA {{ {quad(7, 'single')} }}")
    again.close()


def test_quads_that_are_missing_in_the_same_generation_are_noticed(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    store.update(f"INSERT DATA {{ {quad(1, 'single')} }}")
    store.close()
    behind = ox.Store(tmp_path / "store")
    behind.update(f"DELETE DATA {{ {quad(1, 'single')} }}")
    behind.flush()
    del behind
    assert "1 quads, but 2" in EmbeddedStore(tmp_path / "store").lost


def test_a_store_newer_than_its_note_is_no_loss(tmp_path: Path) -> None:
    """A writer that died between the flush and the note leaves that."""
    store = EmbeddedStore(tmp_path / "store")
    store.update(f"INSERT DATA {{ {quad(1, 'single')} }}")
    note = tally.path_for(tmp_path / "store").read_bytes()
    store.update(f"INSERT DATA {{ {quad(2, 'single')} }}")
    store.close()
    tally.path_for(tmp_path / "store").write_bytes(note)
    again = EmbeddedStore(tmp_path / "store")
    assert (again.lost, again.writable, again.generation) == ("", True, 2)
    assert again.update(f"INSERT DATA {{ {quad(3, 'single')} }}") == 3
    again.close()


def test_a_backup_beside_a_service_has_what_it_acknowledged(tmp_path: Path) -> None:
    async def run() -> None:
        store = IsolatedStore(tmp_path / "store", tmp_path / "run", limits=QUICK)
        await store.start()
        for n in range(5):
            await store.submit(insert(n))

        async def write() -> None:
            for n in range(100, 120):
                await store.submit(insert(n))

        writing = asyncio.create_task(write())
        made = await asyncio.gather(
            store.backup(tmp_path, tmp_path / "inside.tar.gz"),
            asyncio.to_thread(
                backup_running,
                tmp_path / "store",
                tmp_path / "run",
                store.base,
                tmp_path,
                tmp_path / "outside.tar.gz",
            ),
        )
        await writing
        for name, manifest in zip(("inside", "outside"), made, strict=True):
            assert restore(tmp_path / f"{name}.tar.gz", tmp_path / name) == manifest
            again = EmbeddedStore(tmp_path / name / "store")
            assert again.generation == manifest.generation >= 5
            assert set(range(5)) <= numbers(set(again.quads()), "single")
            again.close()
        await store.stop()
        assert sorted(path.name for path in tmp_path.glob(".*")) == []
        with pytest.raises(GraphError, match="no checkpoint"):
            backup_running(tmp_path / "store", tmp_path / "run", store.base, tmp_path, tmp_path / "none.tar.gz")

    asyncio.run(run())


def test_a_checkpoint_of_a_past_life_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.backup._PATIENCE", 0.0)
    store = EmbeddedStore(tmp_path / "store")
    store.update(f"INSERT DATA {{ {quad(1, 'single')} }}")
    store.checkpoint(tmp_path / "run" / "1")  # as a service that was killed leaves it
    store.update(f"INSERT DATA {{ {quad(2, 'single')} }}")
    with pytest.raises(GraphError, match="no checkpoint"):
        backup_running(tmp_path / "store", tmp_path / "run", store.base, tmp_path, tmp_path / "a.tar.gz")
    store.close()
