"""What an update changed is told without comparing all data, and is the same as if they had been compared."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.direct import running
from graph.direct.operations import Unsure, operations
from graph.direct.running import Ran, run
from graph.direct.states import is_book
from graph.terms import DEFAULT_BASE

BOOK = is_book(DEFAULT_BASE)
PREFIXES = "PREFIX ex: <http://example.org/>\n"

GIVEN = """
<http://example.org/a> <http://example.org/p> <http://example.org/b> .
<http://example.org/a> <http://example.org/p> "one"@en .
<http://example.org/b> <http://example.org/q> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <http://example.org/g> .
<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .
<http://example.org/c> <http://example.org/p> <http://example.org/c> <http://example.org/h> .
_:blank <http://example.org/p> <http://example.org/a> <http://example.org/h> .
"""

#: Updates that are told apart, with whatever makes that hard.
TOLD = (
    "INSERT DATA { ex:a ex:p ex:b . ex:new ex:p 1 . GRAPH ex:g { ex:new ex:q '}' } }",
    "INSERT DATA { _:x ex:p _:y . GRAPH ex:g { _:x ex:q _:y } }",
    "DELETE DATA { ex:a ex:p ex:b . ex:never ex:p 1 GRAPH ex:h { ex:c ex:p ex:c } }",
    "DELETE WHERE { ?s ex:p ?o . GRAPH ?g { ?s ex:p ?o } }",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { ?o ?p ?s . GRAPH ex:new { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o = ex:b || ?o = '}') } # the end }",
    'INSERT { ?s ex:is \'a;b\', """c" ; } d""" } WHERE { ?s ex:p ?o }',
    "WITH ex:g DELETE { ?s ?p ?o } INSERT { ?s ex:r ?o . } WHERE { ?s ?p ?o }",
    "WITH ex:g INSERT { ?s ex:r ?o # and { this\n } USING ex:h WHERE { ?s ?p ?o }",
    "DELETE { ?s ex:p ?o } INSERT { ?s ex:p ?o } WHERE { ?s ex:p ?o }",
    "INSERT { _:n ex:of ?s } WHERE { ?s ex:p ?o }",
    "INSERT { ?s ex:made ?id } WHERE { ?s ex:p ?o BIND(UUID() AS ?id) }",
    "CLEAR GRAPH ex:g ; CREATE GRAPH ex:empty",
    "CLEAR DEFAULT ; INSERT DATA { ex:a ex:p ex:b }",
    "DROP SILENT GRAPH <http://example.org/g>;",
    "CLEAR NAMED",
    "DROP ALL ; INSERT DATA { GRAPH ex:g { ex:a ex:p ex:b } }",
    "COPY ex:g TO ex:h",
    "MOVE DEFAULT TO GRAPH ex:new",
    "ADD SILENT ex:g TO DEFAULT",
    "INSERT DATA { ex:a ex:t 1 } ; DELETE { ?s ex:t ?o } INSERT { ?s ex:t 2 } WHERE { ?s ex:t ?o } ; "
    "DELETE WHERE { ?s ex:p ?o }",
    "INSERT DATA { GRAPH ex:j { ex:a ex:p 1 } } ; INSERT { ?g ex:named true } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { ?s ex:small true } WHERE { ?s ex:p ?o FILTER(1<2 && 3>2) }",
    "INSERT {?s ex:a.b ?o.?s ex:c\\;d ?o.} WHERE {?s ex:p ?o.}",
    "",
    "DELETE {} INSERT {} WHERE {}",
)
#: Updates of which that is not sure: there everything is compared.
UNSURE = (
    "INSERT { ?s ex:of [ ex:q ?o ] } WHERE { ?s ex:p ?o }",
    "INSERT { ?s ex:of (?o 1) } WHERE { ?s ex:p ?o }",
    "INSERT { ?s ex:is 'x' } WHERE { ?s ex:p ?o FILTER(?o<ex:b#> nothing\n) }",
    "INSERT DATA { ex:a ex:is '\\u0027' }",
)


def given() -> ox.Store:
    store = ox.Store()
    store.bulk_extend(ox.parse(GIVEN.encode(), format=ox.RdfFormat.N_QUADS))
    return store


def copying(store: ox.Store, made: list[ox.Store]) -> Callable[[], ox.Store]:
    def copy() -> ox.Store:
        made.append(ox.Store())
        made[-1].bulk_extend(store)
        for graph in store.named_graphs():
            made[-1].add_graph(graph)
        return made[-1]

    return copy


def ran(store: ox.Store, text: str) -> tuple[Ran, ox.Store]:
    made: list[ox.Store] = []
    found = run(store, copying(store, made), text, None, BOOK)
    return found, made[-1]


def check(store: ox.Store, text: str) -> None:
    """That the change leads from the one state just to the other."""
    found, after = ran(store, text)
    journal = {str(graph) for graph in after.named_graphs() if graph.value.startswith("urn:uuid:")}
    assert not journal
    assert set(found.change.removed) == set(store) - set(after)
    assert set(found.change.added) == set(after) - set(store)
    graphs = set(store.named_graphs())
    assert (graphs | set(found.created)) - set(found.dropped) == set(after.named_graphs())


@pytest.mark.parametrize("text", TOLD)
def test_the_change_is_just_what_is_different(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("all data were compared")

    monkeypatch.setattr(running, "_compared", never)
    check(given(), PREFIXES + text)


@pytest.mark.parametrize("text", UNSURE)
def test_where_that_is_not_sure_everything_is_compared(text: str) -> None:
    with pytest.raises(Unsure):
        operations(PREFIXES + text, "urn:journal")
    check(given(), PREFIXES + text)


@pytest.mark.parametrize("text", TOLD)
def test_the_same_comes_of_it_as_of_the_text_itself(text: str) -> None:
    """But for new blank nodes and random values, whose names are others each time."""
    whole = given()
    whole.update(PREFIXES + text)
    _, after = ran(given(), PREFIXES + text)
    assert named(after) == named(whole)
    assert len(after) == len(whole)
    assert set(after.named_graphs()) == set(whole.named_graphs())


def named(store: ox.Store) -> set[str]:
    return {str(quad) for quad in store if "_:" not in str(quad) and "urn:uuid:" not in str(quad)}


def test_updates_at_random_are_told_rightly() -> None:
    chance = random.Random(20100511)
    store = given()
    plain = [text.rstrip(" ;") for text in TOLD if text and "#" not in text]
    for _ in range(300):
        text = " ;\n".join(chance.choice(plain) for _ in range(3))
        try:
            check(store, PREFIXES + text)
        except (RuntimeError, OSError):  # Such as for a graph that is to be made and is there.
            continue
        store = ran(store, PREFIXES + text)[1] if chance.random() < 0.5 else given()


def test_the_books_are_left_as_they_are() -> None:
    store = given()
    state = ox.NamedNode(f"{DEFAULT_BASE}graph/state")
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(1), state))
    found, _ = ran(store, "DROP ALL")
    assert state not in found.dropped
    assert all(quad.graph_name != state for quad in found.change.quads())
    assert found.change.count == len(store) - 1


def test_a_copy_of_a_checkpoint_leaves_it_as_it_is(tmp_path: Path) -> None:
    live = ox.Store(tmp_path / "live")
    live.bulk_extend(given())
    live.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("only in the log so far")))
    live.backup(tmp_path / "checkpoint")
    before = {path.name: path.read_bytes() for path in (tmp_path / "checkpoint").iterdir()}
    copy = running.copy_of(tmp_path / "checkpoint", tmp_path / "copies" / "one")
    assert len(copy) == len(given()) + 1
    copy.update("DROP ALL ; INSERT DATA { <urn:s> <urn:p> 2 }")
    copy.optimize()
    assert {path.name: path.read_bytes() for path in (tmp_path / "checkpoint").iterdir()} == before
    assert len(ox.Store.read_only(str(tmp_path / "checkpoint"))) == len(given()) + 1
