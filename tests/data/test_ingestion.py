"""The dataset goes in through the door that everybody's sheets go through, without a remark."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.ingest import ingest, load_reference
from graph.store.embedded import EmbeddedStore
from tests.data import dataset

EXACT = "SELECT ?quote WHERE { ?selector <http://www.w3.org/ns/oa#exact> ?quote }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    store = EmbeddedStore(Path(tmp_path_factory.mktemp("roundtable")) / "store")
    load_reference(store)
    batch = ingest(
        store,
        dataset.FOLDER,
        source="roundtable-2010",
        by="the tests",
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert batch.report.results == ()
    assert batch.status == "accepted"
    assert batch.rows == sum(len(dataset.rows(table)) for table in dataset.names())
    return store


def test_every_quotation_arrives_as_it_is_written(store: EmbeddedStore) -> None:
    answer = store.query(EXACT)
    assert {row["quote"].value for row in answer} == {row["quote"] for _, _, row in dataset.quoted()}  # type: ignore[union-attr]


def test_the_records_of_further_evidence_are_minted_as_it_names_them(store: EmbeddedStore) -> None:
    """A misspelt record would be a thing of its own, with evidence and without a type."""
    untyped = store.query(
        "SELECT ?record WHERE { ?record <http://www.w3.org/ns/prov#hadPrimarySource> ?quotation "
        "FILTER NOT EXISTS { ?record a ?class } }"
    )
    assert [str(row) for row in untyped] == []  # type: ignore[union-attr]
