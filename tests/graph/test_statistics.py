"""The numbers of a store, compared with the same counted one by one."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox
import pytest

from graph.errors import QueryTimeout
from graph.statistics import Numbers, statistics
from graph.steady import steady
from graph.store.embedded import EmbeddedStore
from tests.service.conftest import example_store

TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

#: The same statement in two graphs and in the one without a name; blank nodes; an empty graph; links; a batch.
TANGLED = """
PREFIX : <https://example.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
INSERT DATA {
  :a a :Thing ; :says "one" ; skos:exactMatch <https://other.example/x/1> .
  GRAPH :first { :a a :Thing ; :says "one" , "two"@en . :b a :Thing , :Other . _:n a :Thing ; :knows _:n }
  GRAPH :second {
    :a a :Thing ; :says "one" .
    :c a :Thing ; skos:exactMatch <https://other.example/x/1> , <https://other.example/x/2> ;
      skos:closeMatch <https://elsewhere.example#3> .
    :second dcterms:title "Second"@en ; dcterms:license <https://licence.example/by> .
  }
  GRAPH :provenance {
    :batch1 prov:generated :second ; prov:endedAtTime "2026-01-02T03:04:05Z"^^xsd:dateTime ; prov:used :file1 .
    :batch2 prov:generated :second ; prov:endedAtTime "2026-02-02T03:04:05Z"^^xsd:dateTime ;
      prov:wasAssociatedWith :somebody .
  }
} ;
CREATE GRAPH :empty
"""


def tangled() -> EmbeddedStore:
    store = EmbeddedStore()
    store.update(TANGLED)
    return store


def numbers(triples: set[ox.Triple]) -> Numbers:
    return Numbers(len(triples), len({t.subject for t in triples}), len({t.object for t in triples}))


@pytest.mark.parametrize("make", [example_store, tangled])
def test_every_number_is_that_of_a_count_by_hand(make: type) -> None:
    store = make()
    quads = list(store.quads())
    triples = {quad.triple for quad in quads}
    found = statistics(store)
    assert found.missing == ()
    assert found.generation == store.generation
    assert found.numbers == numbers(triples)
    typed = {t.subject for t in triples if t.predicate == TYPE}
    assert found.entities == len({s for s in typed if isinstance(s, ox.NamedNode)})
    properties, classes, graphs = defaultdict(set), defaultdict(set), defaultdict(set)
    for quad in quads:
        properties[quad.predicate.value].add(quad.triple)
        if quad.predicate == TYPE:
            classes[quad.object.value].add(quad.subject)
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.graph_name.value].add(quad.triple)
    assert dict(found.properties) == {iri: numbers(of) for iri, of in properties.items()}
    assert dict(found.classes) == {iri: len(of) for iri, of in classes.items()}
    assert {g.iri: g.numbers for g in found.graphs} == {iri: numbers(of) for iri, of in graphs.items()}
    for graph in found.graphs:
        own = graphs[graph.iri]
        assert graph.properties == len({t.predicate for t in own})
        assert dict(graph.classes) == {
            c.value: len({t.subject for t in own if t.predicate == TYPE and t.object == c})
            for c in {t.object for t in own if t.predicate == TYPE}
        }


def test_a_statement_of_several_graphs_is_one_triple() -> None:
    found = statistics(tangled())
    assert found.numbers
    assert dict(found.properties)["https://example.org/says"] == Numbers(2, 1, 2)
    assert sum(g.numbers.triples for g in found.graphs) > found.numbers.triples


def test_links_are_counted_by_property_and_target() -> None:
    links = {(link.property.rpartition("#")[2], link.target): link.triples for link in statistics(tangled()).linksets}
    assert links == {
        ("closeMatch", "https://elsewhere.example#"): 1,
        # Of three statements one is said twice.
        ("exactMatch", "https://other.example/x/"): 3,
    }


def test_a_graph_is_told_of_by_its_own_data_and_its_batches() -> None:
    graphs = {g.iri.rpartition("/")[2]: g for g in statistics(tangled()).graphs}
    second = graphs["second"]
    assert [(prop.rpartition("/")[2], value.value) for prop, value in second.notes] == [
        ("license", "https://licence.example/by"),
        ("title", "Second"),
    ]
    assert second.ended == ("2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z")
    assert second.agents == ("https://example.org/somebody",)
    assert second.files == ("https://example.org/file1",)
    assert graphs["first"].ended == ()


def test_how_often_a_term_is_used() -> None:
    found = statistics(tangled())
    assert found.used("https://example.org/Thing") == 4
    assert found.used("https://example.org/says") == 2
    assert found.used("https://example.org/nothing") == 0


@pytest.mark.parametrize("word", ["COUNT(DISTINCT ?p)", "EXISTS", "a ?c } GROUP BY ?c", "isIRI(?s)", "VALUES"])
def test_what_cannot_be_counted_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    store, select, whole = tangled(), EmbeddedStore.select, statistics(tangled())

    def slow(self: EmbeddedStore, text: str) -> ox.QuerySolutions:
        if word in text:
            raise QueryTimeout("query-timeout", "too long")
        return select(self, text)

    monkeypatch.setattr(EmbeddedStore, "select", slow)
    found = statistics(store)
    assert found.missing
    # Whatever is told is true.
    assert found.numbers in (None, whole.numbers)
    assert found.entities in (None, whole.entities)
    assert {*found.classes} <= {*whole.classes}
    assert {*found.properties} <= {*whole.properties}
    assert {*found.linksets} <= {*whole.linksets}
    for iri in ("https://example.org/Thing", "https://example.org/says"):
        assert found.used(iri) in (None, whole.used(iri))


def test_work_is_done_anew_where_a_generation_comes_between() -> None:
    store = EmbeddedStore()
    begun = []

    def work() -> int:
        begun.append(store.generation)
        if len(begun) < 2:
            store.update(
                "INSERT DATA { GRAPH <https://example.org/g> { <https://example.org/a> a <https://example.org/B> } }"
            )
        return len(list(store.quads()))

    found, generation, still = steady(store, work)
    assert begun == [0, 1]
    assert (found, generation, still) == (2, 1, True)


def test_constant_writing_ends_the_attempts() -> None:
    store = EmbeddedStore()
    begun = []

    def work() -> None:
        begun.append(store.generation)
        store.update(f"INSERT DATA {{ <https://example.org/{len(begun)}> a <https://example.org/B> }}")

    _, generation, still = steady(store, work)
    assert not still
    assert generation == begun[-1]
    assert len(begun) == 3
