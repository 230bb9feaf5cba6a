"""Reference data go in once, one graph a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import GraphError
from graph.ingest import load_reference
from graph.ingest.reference import reference_files
from graph.store.embedded import EmbeddedStore
from graph.terms import REFERENCE_BASE


def test_every_graph_is_there_and_a_second_start_changes_nothing(store: EmbeddedStore) -> None:
    for graph in reference_files():
        assert next(store.quads(graph), None), f"{graph} is empty"
    assert REFERENCE_BASE + "code/basis" in reference_files()
    assert store.generation == 1
    assert load_reference(store) == 1


def test_only_the_difference_is_written(tmp_path: Path) -> None:
    store, themes = EmbeddedStore(), tmp_path / "themes.ttl"
    themes.write_text("<https://example.org/a> <https://example.org/p> 0.10, 1 .")
    assert load_reference(store, tmp_path) == 1
    assert load_reference(store, tmp_path) == 1
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "themes.ttl").write_text("<https://example.org/a> <https://example.org/p> 1, 2 .")
    assert load_reference(store, tmp_path / "later") == 2
    assert {q.object.value for q in store.quads(REFERENCE_BASE + "theme")} == {"1", "2"}  # type: ignore[union-attr]


def test_a_blank_node_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places.ttl").write_text("[] <https://example.org/p> 1 .")
    with pytest.raises(GraphError, match=r"places\.ttl"):
        load_reference(EmbeddedStore(), tmp_path)
