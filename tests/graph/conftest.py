"""Stores that several tests of the library look at. Nobody may write to a session-scoped one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from graph.ingest import ingest, load_reference
from graph.store import Change
from graph.store.embedded import EmbeddedStore

ROUNDTABLE = Path(__file__).parents[2] / "data" / "roundtable-2010"


@pytest.fixture
def example_store() -> EmbeddedStore:
    """The reference data and ``example.trig``, in memory."""
    store = EmbeddedStore()
    load_reference(store)
    example = Path(__file__).with_name("example.trig").read_bytes()
    store.write(Change(added=frozenset(parse(example, RdfFormat.TRIG))))
    return store


@pytest.fixture(scope="session")
def roundtable_store() -> EmbeddedStore:
    """The reference data and the roundtable's tables, ingested as any user's tables are."""
    store = EmbeddedStore()
    load_reference(store)
    batch = ingest(
        store,
        [ROUNDTABLE],
        source="roundtable-2010",
        by="the tests",
        clock=lambda: datetime(2010, 6, 1, 12, tzinfo=UTC),
    )
    assert batch.status == "accepted", batch.report
    return store
