"""Part of the matrix of a store that is elsewhere: the same cells, without reading all that the store has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from threading import Lock
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graph.coverage import coverage
from graph.ingest.reference import load_reference
from graph.names import Names
from graph.projection import projection_of
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore
from graph.terms import CODE, DEFAULT_BASE, node
from tests.graph.networks import NETWORKS, NORTH, PART, SOURCE, THEMES, WORLD, A, drawn
from tests.graph.test_store_remote import serving

PARTS = [
    (theme, place)
    for theme in (None, THEMES[0], THEMES[4])
    for place in (None, WORLD, NORTH, A, PART)
    if theme or place
]


class Elsewhere:
    """A store that is asked and not looked into; it counts the rows it gives."""

    writable = False

    def __init__(self, store: EmbeddedStore | RemoteStore) -> None:
        self.store, self.base = store, store.base
        self.rows = 0
        self._lock = Lock()

    @property
    def generation(self) -> int:
        return self.store.generation

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        return self.store.query(text, default_graphs=default_graphs, named_graphs=named_graphs)

    def select(self, text: str) -> ox.QuerySolutions:
        rows = sum(1 for _ in self.store.select(text))
        with self._lock:
            self.rows += rows
        return self.store.select(text)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        return self.store.quads(graph)

    def write(self, change: Change) -> int:
        return self.store.write(change)

    def close(self) -> None:
        self.store.close()


@settings(deadline=None, max_examples=60)
@given(NETWORKS, st.sampled_from(PARTS), st.sampled_from([None, date(2016, 1, 1)]), st.booleans())
def test_the_cells_are_those_of_the_whole(
    seed: int, part: tuple[str | None, str | None], day: date | None, blank: bool
) -> None:
    theme, place = part
    store = drawn(seed)
    if blank:
        # Elsewhere periods may have no names.
        periods = {q.object for q in store.quads() if q.predicate.value.endswith("temporal")}
        nodes: dict[Any, Any] = {period: BlankNode() for period in periods}
        quads = [
            Quad(nodes.get(q.subject, q.subject), q.predicate, nodes.get(q.object, q.object), q.graph_name)
            for q in store.quads()
        ]
        store = EmbeddedStore()
        store.engine.extend(quads)
    names = Names.of(store)
    whole = coverage(store, theme=theme, place=place, as_of=day, names=names, projection=projection_of(store))
    assert coverage(Elsewhere(store), theme=theme, place=place, as_of=day, names=names) == whole
    # One of ours is read whole, and so is one of which everything is asked.
    assert coverage(store, theme=theme, place=place, as_of=day, names=names) == whole


@pytest.fixture(scope="module")
def endpoint() -> Iterator[tuple[EmbeddedStore, Elsewhere]]:
    """A store with the real themes and places and some thousand invented engagements, and the same over HTTP."""
    store = EmbeddedStore()
    load_reference(store)
    known, chance = projection_of(store), Random(5)
    places = [known.places.iris[at] for at in known.are("Country").nonzero()[0]]
    added: set[Quad] = set()
    for number in range(2_000):
        record = NamedNode(f"{DEFAULT_BASE}engagement/invented/{number}")
        said = (
            ("rdf:type", node("cg:Engagement").value),
            ("cg:partner", f"{DEFAULT_BASE}organisation/o{chance.randrange(50)}"),
            ("cg:theme", chance.choice(known.themes.iris)),
            ("cg:place", chance.choice(places)),
            ("cg:basis", f"{CODE}basis/stated"),
        )
        added |= {Quad(record, node(name), NamedNode(value), SOURCE) for name, value in said}
        added.add(Quad(record, node("cg:statedOn"), Literal("2010-05-12", datatype=node("xsd:date")), SOURCE))
    store.write(Change(added=frozenset(added)))
    with serving(store) as address:
        yield store, Elsewhere(RemoteStore(f"{address}/sparql"))


@pytest.mark.parametrize(
    ("theme", "place", "at_most"), [("education", None, 0.5), (None, "Romania", 0.2), ("education", "Romania", 0.15)]
)
def test_over_http_far_less_is_read(
    theme: str | None, place: str | None, at_most: float, endpoint: tuple[EmbeddedStore, Elsewhere]
) -> None:
    store, elsewhere = endpoint
    names = Names.of(store)
    elsewhere.rows = 0
    found = coverage(elsewhere, theme=theme, place=place, names=names)
    part, elsewhere.rows = elsewhere.rows, 0
    whole = coverage(elsewhere, theme=theme, place=place, names=names, projection=projection_of(elsewhere))
    assert found == whole == coverage(store, theme=theme, place=place, names=names)
    assert any(one.state.startswith("covered") for one in found.cells)
    assert part < at_most * elsewhere.rows
