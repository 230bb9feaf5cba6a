"""A bench over a store with the reference data, and files of literal text. All data are invented."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.ingest import load_reference
from graph.ingest.originals import Original
from graph.store.embedded import EmbeddedStore

NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)

ORGANISATIONS = "id,name,kind\nblue-house,Blue House,organisation\nred-house,Red House,organisation\n"
ENGAGEMENTS = (
    "id,organisations,themes,places,as_of\n"
    "one,blue-house,deinstitutionalisation,Armenia,2010-05-12\n"
    "two,red-house,teacher training,Bulgaria,2010-05-12\n"
)


class Clock:
    """A minute later each time it is looked at."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def original(name: str, text: str | bytes) -> Original:
    data = text.encode() if isinstance(text, str) else text
    return Original(name, data, hashlib.sha256(data).hexdigest())


def files(**given: str) -> list[Original]:
    return [original(f"{name}.csv", text) for name, text in given.items()]


def silent(stage: str, done: int, total: int) -> None:
    assert 0 <= done <= total, stage


@pytest.fixture
def bench(tmp_path: Path) -> LocalBench:
    store = EmbeddedStore()
    load_reference(store)
    return LocalBench(Folders(tmp_path / "batches", Clock()), tmp_path / "files", store)


@pytest.fixture
def bring(bench: LocalBench) -> Callable[..., Record]:
    """``bring(organisations="id,...", policy=...)`` -> the batch after staging."""

    def bring(
        source: str = "houses",
        policy: str = "all-or-nothing",
        replace_source: bool = False,
        contributed: bool = False,
        **given: str,
    ) -> Record:
        record = bench.folders.receive(
            files(**given),
            source=source,
            by="Anna",
            policy=policy,
            replace_source=replace_source,
            contributed=contributed,
        )
        return bench.stage(record, silent)

    return bring
