"""The embedded store: whole writes, counted generations, one owner."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import QueryError, StoreBusy
from graph.store import Change, difference
from graph.store.embedded import EmbeddedStore

G = ox.NamedNode("https://example.org/graph")


def quad(n: int) -> ox.Quad:
    subject, predicate = ox.NamedNode(f"https://example.org/{n}"), ox.NamedNode("https://example.org/p")
    return ox.Quad(subject, predicate, ox.Literal(f'"{n}\n'), G)


def test_a_write_is_visible_and_counted() -> None:
    store = EmbeddedStore()
    assert store.generation == 0
    assert store.write(Change(added=frozenset({quad(1), quad(2)}))) == 1
    assert store.write(difference({quad(1), quad(2)}, {quad(2), quad(3)})) == 2
    assert set(store.quads(G.value)) == {quad(2), quad(3)}


def test_an_empty_change_keeps_the_generation() -> None:
    store = EmbeddedStore()
    store.write(Change(added=frozenset({quad(1)})))
    assert store.write(Change()) == 1


def test_it_is_there_after_reopening(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "db")
    store.write(Change(added=frozenset({quad(1)})))
    with pytest.raises(StoreBusy):
        EmbeddedStore(tmp_path / "db")
    store.close()
    again = EmbeddedStore(tmp_path / "db")
    assert again.generation == 1
    assert list(again.quads(G.value)) == [quad(1)]


def test_a_syntax_error_is_a_query_error() -> None:
    with pytest.raises(QueryError, match=r"cannot be read.*1"):
        EmbeddedStore().query("SELECT ?x WHERE {")


def test_the_default_graph_is_the_union() -> None:
    store = EmbeddedStore()
    store.write(Change(added=frozenset({quad(1)})))
    assert len(list(store.select("SELECT * { <https://example.org/1> ?p ?o }"))) == 1


def test_from_names_the_dataset_instead_of_the_union() -> None:
    store = EmbeddedStore()
    other = ox.NamedNode("https://example.org/other")
    store.write(Change(added=frozenset({quad(1), ox.Quad(quad(2).subject, quad(2).predicate, quad(2).object, other)})))
    pattern = "WHERE { ?s <https://example.org/p> ?o }"
    assert len(list(store.select(f"SELECT * {pattern}"))) == 2
    assert len(list(store.select(f"SELECT * FROM <{other.value}> {pattern}"))) == 1
    assert len(list(store.select(f"SELECT * FROM <https://example.org/none> {pattern}"))) == 0
    assert len(list(store.select(f"SELECT * # from <here>\n {pattern}"))) == 2
    assert (
        len(list(store.select("SELECT * WHERE { ?s <https://example.org/p> ?from FILTER(?from != 'from <x>') }"))) == 2
    )
