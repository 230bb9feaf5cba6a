"""A backup has what a data folder holds beside its database: batches that wait, what undoes old ones, recipes. All data
are invented."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from pathlib import Path

from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from graph.batches.past import as_known
from graph.batches.record import Record
from graph.batches.states import State
from graph.durable import write_whole
from graph.errors import StoreBusy
from graph.ingest import load_reference
from graph.ingest.recipes import Shelf, from_csvw
from graph.store import beside
from graph.store.backup import backup, backup_running, restore
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE
from tests.graph.batches.conftest import ORGANISATIONS, Clock, files, silent

GRAPH = f"{DEFAULT_BASE}source/houses"
RECIPE = {
    "@context": "http://www.w3.org/ns/csvw",
    "tableSchema": {"columns": [{"titles": "Organisation", "cg:tag": "#org+impl+name"}]},
}


def bench_of(data_dir: Path) -> LocalBench:
    store = EmbeddedStore(data_dir / "store")
    load_reference(store)
    return LocalBench(Folders(data_dir / "batches", Clock()), data_dir / "files", store)


def bring(bench: LocalBench, text: str, source: str = "houses") -> Record:
    return bench.stage(bench.folders.receive(files(organisations=text), source=source, by="Anna"), silent)


def contents(data_dir: Path) -> dict[str, bytes]:
    kept = [data_dir / name for name in beside.ALL]
    found = (path for one in kept for path in (one, *one.rglob("*")) if path.is_file())
    return {path.relative_to(data_dir).as_posix(): path.read_bytes() for path in found}


def test_batches_and_recipes_come_back_and_can_be_gone_on_with(tmp_path: Path) -> None:
    data_dir, again = tmp_path / "data", tmp_path / "again"
    bench = bench_of(data_dir)
    first = bench.accept(bring(bench, ORGANISATIONS), "Boris", replace_source=False, progress=silent)
    before = frozenset(bench.store.quads(GRAPH))
    second = bring(bench, ORGANISATIONS.replace("Blue House", "Blue Roof"))
    second = bench.accept(second, "Boris", replace_source=False, progress=silent)
    waiting = bring(bench, ORGANISATIONS.replace("house", "mill"), "mills")
    Shelf(data_dir / "recipes").save(from_csvw(RECIPE), "their-3w")
    (data_dir / "gaps.jsonl").write_text('{"what": "begins"}\n')
    # What is made anew is left out.
    (bench.folders.path(first.id) / "progress.json").write_text("{}")
    (bench.folders.path(first.id) / "marked-0-en.xlsx").write_bytes(b"made")
    (bench.folders.path(first.id) / ".batch.json.123").write_text("half-written")
    backup(bench.store, data_dir, tmp_path / "a.tar.gz")
    bench.store.close()
    restore(tmp_path / "a.tar.gz", again)
    left_out = ("progress.json", "marked-0-en.xlsx", ".batch.json.123")
    assert contents(again) == {k: v for k, v in contents(data_dir).items() if not k.endswith(left_out)}
    assert not list(again.glob(".*"))

    bench = bench_of(again)
    assert [one.id for one in bench.folders.all()] == [one.id for one in Folders(data_dir / "batches", Clock()).all()]
    assert Shelf(again / "recipes").find(["Organisation"]) is not None
    past = as_known(bench.store, bench.folders, bench.folders.clock().date())
    assert frozenset(past.quads(GRAPH)) == frozenset(bench.store.quads(GRAPH))
    done = bench.accept(bench.folders.load(waiting.id), "Boris", replace_source=False, progress=silent)
    assert done.state is State.ACCEPTED
    undone = bench.withdraw(bench.folders.load(second.id), "Clara")
    assert undone.state is State.WITHDRAWN
    assert frozenset(bench.store.quads(GRAPH)) == before
    bench.store.close()


def test_an_archive_of_the_first_version_is_read(tmp_path: Path) -> None:
    bench = bench_of(tmp_path / "data")
    backup(bench.store, tmp_path / "data", tmp_path / "a.tar.gz")
    count = sum(1 for _ in bench.store.quads())
    bench.store.close()
    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        members = [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]
    manifest = json.loads(members[0][1])
    assert manifest["version"] == 2
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as tar:
        for info, content in [(members[0][0], json.dumps(manifest | {"version": 1}).encode()), *members[1:]]:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    assert restore(tmp_path / "b.tar.gz", tmp_path / "again").quads == count


def test_each_batch_is_of_one_moment(tmp_path: Path) -> None:
    batch = tmp_path / "data" / "batches" / "20260131-120000-0123abcd"
    batch.mkdir(parents=True)
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            for name, text in (
                (beside.RECORD, f"changing {number}"),
                ("difference.nq", str(number)),
                (beside.RECORD, str(number)),
            ):
                write_whole(batch / name, text.encode())
                time.sleep(0.001)

    write_whole(batch / "difference.nq", b"0")
    write_whole(batch / beside.RECORD, b"0")
    writer = threading.Thread(target=change)
    writer.start()
    try:
        seen = set()
        for number in range(200):
            try:
                held = beside.hold(tmp_path / "data", tmp_path / f"held-{number}")
            except StoreBusy:
                continue
            record = held[f"batches/{batch.name}/{beside.RECORD}"].read_text()
            difference = held[f"batches/{batch.name}/difference.nq"].read_text()
            assert record.startswith("changing") or record == difference
            seen.add(record)
    finally:
        stop.set()
        writer.join()
    assert len(seen) > 1


def test_beside_a_service_the_database_is_not_older_than_the_batches(tmp_path: Path) -> None:
    data_dir, run = tmp_path / "data", tmp_path / "run"
    run.mkdir()
    bench = bench_of(data_dir)
    record = bring(bench, ORGANISATIONS)
    bench.store.checkpoint(run / "1")
    record = bench.accept(record, "Boris", replace_source=False, progress=silent)
    assert record.activity in set(beside.written(beside.hold(data_dir, tmp_path / "held")))

    def publish() -> None:
        time.sleep(0.5)
        bench.store.checkpoint(run / "2")

    later = threading.Thread(target=publish)
    later.start()
    manifest = backup_running(tmp_path / "no-tally", run, DEFAULT_BASE, data_dir, tmp_path / "a.tar.gz")
    later.join()
    assert manifest.generation == bench.store.generation
    bench.store.close()
