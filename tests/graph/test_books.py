"""No update can change the store's own records: who wrote what and when, the counter of generations."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from graph.store import Change
from graph.store.books import may_reach
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE

PROVENANCE, STATE = f"{DEFAULT_BASE}graph/provenance", f"{DEFAULT_BASE}graph/state"
NOTE = frozenset(
    {ox.Quad(ox.NamedNode("urn:write"), ox.NamedNode("urn:by"), ox.Literal("Anna"), ox.NamedNode(PROVENANCE))}
)

REACHING = [
    "DROP ALL",
    "clear\nsilent all",
    "DROP NAMED",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE { GRAPH $g { ?s ?p ?o } } INSERT { GRAPH $g { ?s ?p 1 } } WHERE { GRAPH # any\n $g { ?s ?p ?o } }",
    f"DROP GRAPH <{PROVENANCE}>",
    f"CLEAR GRAPH <{STATE}>",
    f"WITH <{PROVENANCE}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p 'Boris' }} WHERE {{ ?s ?p ?o }}",
    f"PREFIX g: <{DEFAULT_BASE}graph/> DROP GRAPH g:provenance",
    f"PREFIX g: <{DEFAULT_BASE}graph/prov> DROP GRAPH g:enance",
    f"BASE <{DEFAULT_BASE}> PREFIX g: <graph/prov> DROP GRAPH g:enance",
    f"BASE <{DEFAULT_BASE}x/y> DROP GRAPH <../graph/provenance>",
    f"MOVE DEFAULT TO <{PROVENANCE}>",
    f"COPY <urn:g> TO <{STATE}>",
    f"ADD <{PROVENANCE}> TO DEFAULT ; INSERT DATA {{ GRAPH <{STATE}> {{ <urn:x> <urn:y> 1 }} }}",
    f"DROP GRAPH <{DEFAULT_BASE}graph/\\u0070rovenance>",
]


@pytest.fixture
def store() -> Iterator[EmbeddedStore]:
    store = EmbeddedStore()
    store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } <urn:a> <urn:b> 2 }", note=NOTE)
    yield store
    store.close()


@pytest.mark.parametrize("update", REACHING)
def test_what_was_noted_stays(store: EmbeddedStore, update: str) -> None:
    generation = store.update(update)
    assert generation == 2
    assert set(store.quads(PROVENANCE)) == NOTE
    assert [quad.object.value for quad in store.quads(STATE)] == ["2"]  # type: ignore[union-attr]


def test_what_sources_said_once_stays_too(store: EmbeddedStore) -> None:
    history = ox.NamedNode(f"{DEFAULT_BASE}graph/history/mine")
    said = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("once"), history)
    store.write(Change(added=frozenset({said})))
    for update in ("DROP ALL", f"DROP GRAPH {history}", f"INSERT DATA {{ GRAPH {history} {{ <urn:x> <urn:y> 1 }} }}"):
        store.update(update)
        assert set(store.quads(history.value)) == {said}


def test_the_rest_of_the_update_is_done(store: EmbeddedStore) -> None:
    store.update("DROP ALL ; INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:b> 3 } }")
    found = {quad.graph_name.value for quad in store.quads() if isinstance(quad.graph_name, ox.NamedNode)}
    assert found == {"urn:h", PROVENANCE, STATE}
    assert not store.has_graph("")


def test_its_own_note_is_added_after_the_old_ones(store: EmbeddedStore) -> None:
    more = ox.Quad(ox.NamedNode("urn:next"), ox.NamedNode("urn:by"), ox.Literal("Boris"), ox.NamedNode(PROVENANCE))
    store.update("DROP ALL", note=[more])
    assert set(store.quads(PROVENANCE)) == NOTE | {more}


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "PREFIX e: <http://example.org/> DELETE { GRAPH e:g { ?s e:p ?o } } WHERE { GRAPH e:g { ?s e:p ?o } }",
        "DROP SILENT GRAPH <http://example.org/graph/of/mine>",
    ],
)
def test_an_update_about_something_else_is_not_held_up(update: str) -> None:
    books = (ox.NamedNode(PROVENANCE), ox.NamedNode(STATE))
    assert not may_reach(update, books, "http://127.0.0.1:8000/sparql")
