"""The desk over the isolated engine: others write meanwhile, jobs are guarded, a restart goes on. Data are invented."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.batches.desk import Desk
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.batches.states import State
from graph.errors import GraphError
from graph.ingest import load_reference
from graph.store.embedded import EmbeddedStore
from graph.store.isolated.guard import supported
from graph.terms import DEFAULT_BASE
from tests.graph.batches.conftest import ORGANISATIONS, files

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not supported(), reason="the isolated engine needs Linux on x86-64 or arm64"
)

Work = Callable[[Desk], Awaitable[None]]


def at_desk(tmp_path: Path, work: Work) -> None:
    from graph.store.isolated import IsolatedStore

    if not (tmp_path / "store").exists():
        store = EmbeddedStore(tmp_path / "store")
        load_reference(store)
        store.close()

    async def run() -> None:
        engine = IsolatedStore(tmp_path / "store", tmp_path / "run")
        folders = Folders(tmp_path / "batches", lambda: datetime.now(UTC))
        desk = Desk(engine, DEFAULT_BASE, folders, tmp_path / "files")
        await engine.start()
        try:
            await desk.start()
            await work(desk)
        finally:
            await desk.stop()
            await engine.stop()

    asyncio.run(run())


async def bring(desk: Desk, text: str, source: str = "houses") -> Record:
    record = desk.folders.receive(files(organisations=text), source=source, by="Anna")
    desk.look_into(record)
    return await desk.settled(record.id, 60)


async def holds(desk: Desk, text: str) -> bool:
    result = await desk.engine.ask(text, {"boolean": "application/sparql-results+json"})
    return b"true" in await result.read()


def test_a_batch_goes_in_whole_while_others_write(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        records = [await bring(desk, ORGANISATIONS.replace("house", f"h{n}"), f"source {n}") for n in range(3)]
        stop = False

        async def write() -> None:
            number = 0
            while not stop:
                number += 1
                update = f"INSERT DATA {{ GRAPH <urn:others> {{ <urn:s{number}> <urn:p> {number} }} }}"
                await desk.engine.submit({"write": "update", "text": update})
                await asyncio.sleep(0.02)

        writing = asyncio.get_running_loop().create_task(write())
        done = await asyncio.gather(*(desk.accept(record.id, "Boris") for record in records))
        stop = True
        await writing
        assert [one.state for one in done] == [State.ACCEPTED] * 3
        for one in done:
            assert await holds(desk, f"ASK {{ GRAPH ?g {{ <{one.activity}> a ?class }} }}")

    at_desk(tmp_path, work)


def test_two_who_accept_at_once_get_one_write(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        record = await bring(desk, ORGANISATIONS)
        before = desk.engine.generation
        answers = await asyncio.gather(
            *(desk.accept(record.id, name) for name in ("Boris", "Clara")), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in answers) == ["GraphError", "Record"]
        assert desk.engine.generation == before + 1

    at_desk(tmp_path, work)


def test_of_two_versions_that_were_seen_beside_each_other_the_second_is_shown_again(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        first = await bring(desk, ORGANISATIONS)
        second = await bring(desk, ORGANISATIONS.replace("Red House", "Red Roof"))
        assert (await desk.accept(first.id, "Boris")).state is State.ACCEPTED
        again = await desk.accept(second.id, "Boris")
        assert again.state is State.PREVIEWED
        assert again.outcome is not None
        assert (again.outcome.changed, again.outcome.created) == (1, 0)
        with pytest.raises(GraphError) as error:
            await desk.withdraw(second.id, "Boris")
        assert error.value.code == "wrong-state"

    at_desk(tmp_path, work)


def test_a_withdrawal_whose_answer_was_lost_is_found_to_be_done(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        record = await desk.accept((await bring(desk, ORGANISATIONS)).id, "Boris")
        undone = await desk.withdraw(record.id, "Clara")
        # As it is where the service lost its writer just after it had written.
        desk.folders.save(replace(undone, state=State.ACCEPTED))
        before = desk.engine.generation
        assert (await desk.withdraw(record.id, "Clara")).state is State.WITHDRAWN
        assert desk.engine.generation == before

    at_desk(tmp_path, work)


def test_what_an_earlier_try_left_is_not_taken_for_this_one(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        slow = await bring(desk, ORGANISATIONS)
        same = await desk.accept((await bring(desk, ORGANISATIONS)).id, "Boris")
        # It was to be the same activity, and was not written; another batch of the same files was.
        desk.folders.save(replace(slow, activity=same.activity))
        found = await desk.accept(slow.id, "Boris")
        assert found.state is State.UNCHANGED

    at_desk(tmp_path, work)


def test_what_waited_for_its_turn_is_looked_into_after_a_restart(tmp_path: Path) -> None:
    waiting: list[str] = []

    async def leave(desk: Desk) -> None:
        for number in range(3):
            record = desk.folders.receive(files(organisations=ORGANISATIONS), source=f"s{number}", by="Anna")
            desk.look_into(record)
            waiting.append(record.id)
        assert desk.place(waiting[2]) == 3
        await asyncio.sleep(0.1)

    async def find(desk: Desk) -> None:
        found = [await desk.settled(batch, 60) for batch in waiting]
        assert [one.state for one in found] == [State.PREVIEWED] * 3

    at_desk(tmp_path, leave)
    at_desk(tmp_path, find)


def test_a_job_has_no_network_and_bounded_memory(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        rows = "".join(f"big-{n},Big {n},organisation\n" for n in range(1200))
        record = desk.folders.receive(files(organisations="id,name,kind\n" + rows), source="big", by="Anna")
        desk.look_into(record)
        seen = ""
        while desk.folders.load(record.id).state in (State.RECEIVED, State.STAGING):
            job = desk.running.get(record.id)
            if job is not None and job.process is not None and job.process.returncode is None:
                path = Path(f"/proc/{job.process.pid}")
                try:
                    status, limits = (path / "status").read_text(), (path / "limits").read_text()
                except OSError:
                    await asyncio.sleep(0)  # It has ended; the loop is to hear of it.
                    continue
                if "Seccomp:\t2" in status:
                    seen = limits
            await asyncio.sleep(0.02)
        assert seen, "a job runs with a filter on its system calls"
        line = next(line for line in seen.splitlines() if line.startswith("Max address space"))
        assert "unlimited" not in line
        assert desk.folders.load(record.id).state is State.PREVIEWED

    at_desk(tmp_path, work)


def test_files_that_need_more_memory_than_a_job_has_are_said_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.batches.job.MEMORY", 330 * 1024**2)  # What it takes to begin, and little more.

    async def work(desk: Desk) -> None:
        rows = "".join(f"big-{n},Big {n},organisation\n" for n in range(40_000))
        record = await bring(desk, "id,name,kind\n" + rows, "big")
        assert record.state is State.FAILED
        assert "more memory than a batch may have" in record.message
        assert "Cut them into parts" in record.message

    at_desk(tmp_path, work)
