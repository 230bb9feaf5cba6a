"""The roundtable dataset goes in by the way that everybody's tables go in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.ingest import ingest
from graph.store.embedded import EmbeddedStore
from graph.terms import node
from tests.graph.ingest.conftest import clock

FOLDER = Path(__file__).parents[3] / "data" / "roundtable-2010"


@pytest.mark.skipif(not FOLDER.exists(), reason="data/roundtable-2010 is not in this checkout")
def test_the_roundtable_goes_in_whole_and_once(store: EmbeddedStore) -> None:
    def put() -> tuple[str, int]:
        batch = ingest(store, FOLDER, source="roundtable-2010", by="Test", clock=clock, as_of=date(2010, 5, 12))
        assert batch.report.results == ()
        return batch.status, batch.generation

    assert put() == ("accepted", 2)
    assert put() == ("unchanged", 2)
    talks = [q for q in store.quads(f"{store.base}source/roundtable-2010") if q.object == node("cg:Talk")]
    assert len(talks) == 14
