"""Judgements: a merge says of one what was said of both, leads on, and is undone exactly. All names are invented."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import BadParameter, GraphError
from graph.ingest import ingest, load_reference
from graph.judgements import GRAPH, Judgements, judge, likely_pairs, redirected, undo
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import node

SHEET = (
    "Country,Partner,Sector\n"
    "Armenia,Blue House Foundation,Water\n"
    "Georgia,Blue House Fundation,Water\n"
    "Georgia,Red House,Health\n"
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    found = EmbeddedStore()
    load_reference(found)
    (tmp_path / "sheet.csv").write_text(SHEET)
    ingest(found, tmp_path / "sheet.csv", source="theirs", by="Anna", clock=Clock())
    return found


def iri(store: EmbeddedStore, name: str) -> str:
    return f"{store.base}organisation/{name}"


LEFT, RIGHT = "blue-house-fundation", "blue-house-foundation"


def decide(store: EmbeddedStore, left: str, right: str, verdict: str, clock: Clock) -> str:
    made, change = judge(store, iri(store, left), iri(store, right), verdict, by="Anna", clock=clock)
    store.write(change)
    return made


def data(store: EmbeddedStore) -> frozenset[Quad]:
    own = store.base + "graph/"
    return frozenset(q for q in store.quads() if not q.graph_name.value.startswith(own))  # type: ignore[union-attr]


def book(store: EmbeddedStore) -> Judgements:
    return Judgements.from_quads(store.quads(store.base + GRAPH))


def test_a_likely_pair_is_proposed_until_it_is_judged(store: EmbeddedStore) -> None:
    (pair,) = likely_pairs(store.quads(), book(store))
    assert {pair.left, pair.right} == {iri(store, LEFT), iri(store, RIGHT)}
    assert set(pair.why) == {"en", "ru"}
    decide(store, LEFT, RIGHT, "different", Clock())
    assert likely_pairs(store.quads(), book(store)) == ()


def test_a_merge_leads_on_and_is_undone_exactly(store: EmbeddedStore, tmp_path: Path) -> None:
    clock = Clock()
    before = data(store)
    made = decide(store, LEFT, RIGHT, "same", clock)
    assert not any(iri(store, LEFT) in str(quad) for quad in data(store))
    assert book(store).standing(iri(store, LEFT)) == iri(store, RIGHT)
    assert book(store).standing(iri(store, RIGHT)) == iri(store, RIGHT)
    names = {
        q.object.value
        for q in store.quads()
        if q.subject == NamedNode(iri(store, RIGHT)) and "Label" in q.predicate.value
    }  # type: ignore[union-attr]
    assert names >= {"Blue House Foundation", "Blue House Fundation"}
    # The next file of the source does not bring the old IRI back, and changes nothing else.
    again = ingest(store, tmp_path / "sheet.csv", source="theirs", by="Anna", clock=clock)
    assert (again.status, again.added, again.removed) == ("unchanged", 0, 0)
    store.write(undo(store, made, by="Boris", clock=clock))
    assert data(store) == before
    assert book(store).standing(iri(store, LEFT)) == iri(store, LEFT)
    (judgement,) = book(store).all
    assert judgement.undone
    assert (judgement.left, judgement.right) == (iri(store, LEFT), iri(store, RIGHT))
    with pytest.raises(GraphError, match="taken back"):
        undo(store, made, by="Boris", clock=clock)


def test_chains_lead_to_the_end_and_are_undone_from_it(store: EmbeddedStore) -> None:
    clock = Clock()
    first = decide(store, LEFT, RIGHT, "same", clock)
    middle = data(store)
    second = decide(store, RIGHT, "red-house", "same", clock)
    assert book(store).standing(iri(store, LEFT)) == iri(store, "red-house")
    assert book(store).redirects[iri(store, LEFT)] == iri(store, "red-house")
    with pytest.raises(GraphError, match="merged itself"):
        undo(store, first, by="Anna", clock=clock)
    store.write(undo(store, second, by="Anna", clock=clock))
    assert data(store) == middle
    # A circle cannot be made: what was merged is described no more.
    with pytest.raises(BadParameter, match="Nothing is described"):
        judge(store, iri(store, RIGHT), iri(store, LEFT), "same", by="Anna", clock=clock)


def test_what_cannot_be_one_thing_is_not_merged(store: EmbeddedStore) -> None:
    graph = NamedNode(store.base + "source/more")
    unit = Quad(NamedNode(iri(store, "red-house")), node("org:unitOf"), NamedNode(iri(store, RIGHT)), graph)
    store.write(Change(added=frozenset({unit})))
    clock = Clock()

    def refused(left: str, right: str, verdict: str = "same") -> str:
        with pytest.raises(GraphError) as error:
            judge(store, left, right, verdict, by="Anna", clock=clock)
        return error.value.code

    base = store.base
    assert refused(iri(store, "red-house"), iri(store, RIGHT)) == "cannot-merge"
    assert refused(iri(store, LEFT), iri(store, LEFT)) == "same-thing"
    assert refused(iri(store, LEFT), base + "theme/theirs-themes/water") == "two-kinds"
    assert refused(base + "theme/education", base + "theme/theirs-themes/water") == "cannot-merge"
    assert refused(iri(store, LEFT), iri(store, RIGHT), "maybe") == "bad-verdict"
    assert refused(iri(store, LEFT), base + "organisation/nobody") == "unknown-thing"
    decide(store, LEFT, RIGHT, "unsure", clock)
    decide(store, LEFT, RIGHT, "same", clock)
    assert [one.verdict for one in book(store).all if not one.undone] == ["same"]


def test_an_update_that_reaches_all_graphs_leaves_judgements(store: EmbeddedStore) -> None:
    decide(store, LEFT, RIGHT, "different", Clock())
    store.update("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert len(book(store).all) == 1


def test_what_was_judged_to_be_another_is_proposed_no_more(store: EmbeddedStore, tmp_path: Path) -> None:
    decide(store, LEFT, RIGHT, "different", Clock())
    (tmp_path / "new.csv").write_text("Country,Partner,Sector\nArmenia,Blue House Fundation,Water\n")
    batch = ingest(store, tmp_path / "new.csv", source="others", by="Anna", clock=Clock())
    assert batch.status == "accepted"
    assert not [one for one in batch.report.results if one.rule == "perhaps-known"]


terms = st.sampled_from([f"https://example.org/{name}" for name in "abcd"])
literals = st.sampled_from([Literal("x", language="en"), Literal("y", language="ru")])
predicates = st.sampled_from([node("skos:prefLabel"), node("skos:altLabel"), node("org:linkedTo"), node("cg:partner")])
graphs = st.sampled_from(
    [NamedNode("https://w3id.org/commonground/id/source/one"), NamedNode("https://w3id.org/commonground/id/source/two")]
)
quads = st.builds(Quad, terms.map(NamedNode), predicates, st.one_of(terms.map(NamedNode), literals), graphs)


@settings(max_examples=60, deadline=None)
@given(st.frozensets(quads, max_size=12), st.permutations("abcd"))
def test_undoing_restores_any_graph(given_: frozenset[Quad], order: list[str]) -> None:
    store = EmbeddedStore()
    graph = NamedNode(store.base + "source/one")
    typed = frozenset(
        quad
        for name in "abcd"
        for me in [NamedNode(f"https://example.org/{name}")]
        for quad in (
            Quad(me, node("rdf:type"), node("org:Organization"), graph),
            Quad(me, node("skos:prefLabel"), Literal(name, language="en"), graph),
        )
    )
    store.write(Change(added=given_ | typed))
    before, clock = data(store), Clock()
    made = []
    for left, right in itertools.pairwise(f"https://example.org/{name}" for name in order):
        found, change = judge(store, left, right, "same", by="A", clock=clock)
        store.write(change)
        made.append(found)
        assert not any(f"<{left}>" in str(quad) for quad in data(store))
    for found in reversed(made):
        store.write(undo(store, found, by="A", clock=clock))
    assert data(store) == before


def test_nothing_merged_is_nothing_changed() -> None:
    one = Quad(NamedNode("https://example.org/a"), node("skos:prefLabel"), Literal("a", language="en"))
    assert redirected({one}, {}) == {one}
