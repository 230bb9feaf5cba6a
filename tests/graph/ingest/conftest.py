"""A store with the reference data, and files made of literal text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.ingest import load_reference
from graph.store.embedded import EmbeddedStore

NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOON


@pytest.fixture
def store() -> EmbeddedStore:
    store = EmbeddedStore()
    load_reference(store)
    return store


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """``write(people="id,name\\n...")`` -> a folder with people.csv."""

    def make(folder: str = "in", **files: str | bytes) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / folder / f"{name}.csv").write_bytes(data)
        return tmp_path / folder

    return make
