"""The projection of a service is always that of the published state, made anew only where it has to be."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graph.projection import Projection, projection_of
from graph.projection.kept import KeptProjection
from graph.projection.relations import PROPERTIES
from graph.store import Change, Lines
from graph.store.embedded import EmbeddedStore
from graph.store.recent import Recent
from graph.store.writes import as_write
from graph.terms import DEFAULT_BASE, THEME, node
from tests.graph.networks import NETWORKS, SOURCE, Drawn

OTHER = NamedNode(DEFAULT_BASE + "source/other")
RECORD = NamedNode(DEFAULT_BASE + "engagement/drawn/new")


class Service:
    """A store that is written, and what is kept of it."""

    def __init__(self, seed: int = 1) -> None:
        self.store = EmbeddedStore()
        self.recent = Recent()
        self.write(Change(added=frozenset(Drawn(Random(seed)).quads)))
        self.kept = KeptProjection(lambda: (self.store.generation, projection_of(self.store)), self.recent)
        self.now()

    def write(self, change: Change, note: bool = True) -> None:
        generation = self.store.write(change)
        if note:
            self.recent.note(generation, as_write(change))

    def now(self) -> Projection:
        return self.kept.at(self.store.generation)


def pairs(projection: Projection) -> dict[str, set[tuple[str, str]]]:
    """Everything that a projection is made of, as texts."""
    terms = projection.terms
    found = {}
    for name in PROPERTIES:
        relation = projection.relations[name]
        found[name] = {
            (terms[one], terms[other])
            for one, other in zip(relation.subjects.tolist(), relation.objects.tolist(), strict=True)
        }
    return found


@settings(deadline=None, max_examples=60)
@given(NETWORKS, NETWORKS)
def test_after_any_writes_it_is_that_of_the_store(seed: int, other: int) -> None:
    service = Service(seed)
    chance = Random(other)
    quads = set(Drawn(Random(seed)).quads)
    for number in range(4):
        wanted = set(Drawn(Random(other + number % 2)).quads) if chance.random() < 0.5 else set(quads)
        wanted |= {Quad(q.subject, q.predicate, q.object, OTHER) for q in chance.sample(sorted(quads, key=str), 5)}
        wanted -= set(chance.sample(sorted(wanted, key=str), 5))
        service.write(Change(frozenset(quads - wanted), frozenset(wanted - quads)), note=chance.random() < 0.8)
        quads = wanted
        assert pairs(service.now()) == pairs(projection_of(service.store))


def test_a_write_is_taken_in_without_reading_the_rest_again() -> None:
    service = Service()
    assert (service.kept.made, service.kept.changed) == (1, 0)
    added = frozenset({Quad(RECORD, node("rdf:type"), node("cg:Engagement"), OTHER)})
    service.write(Change(added=added))
    assert len(service.now().records) == len(projection_of(service.store).records)
    service.write(Change(removed=added))
    service.now()
    assert (service.kept.made, service.kept.changed) == (1, 2)
    assert service.now() is service.now()


def test_of_sources_only_those_of_definitions_are_taken_in() -> None:
    service = Service()
    theme, one, other = (NamedNode(THEME + name) for name in ("new", "definition/new", "definition/other"))
    book, definition, source = (node(name) for name in ("cg:book", "skos:definition", "dcterms:source"))
    text = Literal("Our own.", language="en")
    first = {Quad(theme, definition, one, OTHER), Quad(theme, definition, text, OTHER), Quad(one, source, book, SOURCE)}
    service.write(Change(added=frozenset({*first, Quad(other, source, book, OTHER)})))
    # Which definitions there are says which sources matter: then all is read anew.
    assert pairs(service.now()) == pairs(projection_of(service.store))
    assert (service.kept.made, service.kept.changed) == (2, 0)
    found = pairs(service.now())
    assert (str(one), str(book)) in found["definer"]
    assert (str(other), str(book)) not in found["definer"]
    assert not any(value.startswith('"') for _, value in found["definition"])
    more = {Quad(one, source, node("cg:paper"), OTHER), Quad(other, source, node("cg:paper"), OTHER)}
    service.write(Change(removed=frozenset({Quad(one, source, book, SOURCE)}), added=frozenset(more)))
    assert pairs(service.now()) == pairs(projection_of(service.store))
    assert (service.kept.made, service.kept.changed) == (2, 1)
    service.write(Change(added=frozenset({Quad(theme, definition, other, OTHER)})))
    assert pairs(service.now()) == pairs(projection_of(service.store))
    assert (str(other), str(book)) in pairs(service.now())["definer"]


@pytest.mark.parametrize(
    ("kind", "text"), [("decimal", "3"), ("decimal", "-0.5"), ("integer", "7"), ("boolean", "true"), ("double", "1000")]
)
def test_a_number_that_is_taken_in_is_that_which_would_be_read(kind: str, text: str) -> None:
    service = Service()
    quad = Quad(RECORD, node("cg:value"), Literal(text, datatype=node(f"xsd:{kind}")), OTHER)
    service.write(Change(added=frozenset({quad})))
    assert pairs(service.now()) == pairs(projection_of(service.store))
    service.write(Change(removed=frozenset({quad})))
    assert pairs(service.now()) == pairs(projection_of(service.store))
    assert (service.kept.made, service.kept.changed) == (1, 2)


@pytest.mark.parametrize("why", ["unknown", "stated already", "a blank node", "not there"])
def test_where_it_cannot_be_told_what_a_write_did_it_is_read_again(why: str) -> None:
    service = Service()
    known = next(q for q in service.store.quads() if q.predicate == node("cg:basis"))
    if why == "unknown":
        service.store.write(Change(added=frozenset({Quad(RECORD, node("cg:partner"), OTHER, OTHER)})))
    elif why == "stated already":
        service.write(Change(added=frozenset({Quad(known.subject, known.predicate, known.object, OTHER)})))
    elif why == "a blank node":
        period = BlankNode("period")
        added = {
            Quad(RECORD, node("dcterms:temporal"), period, OTHER),
            Quad(period, node("dcat:endDate"), Literal("2010"), OTHER),
        }
        service.write(Change(added=frozenset(added)))
    else:
        new = Quad(RECORD, node("skos:prefLabel"), Literal("New", language="en"), OTHER)
        gone = Quad(RECORD, node("cg:partner"), OTHER, OTHER)
        service.write(Change(frozenset({gone}), frozenset({new})))
    found = pairs(service.now())
    assert service.kept.made == 2
    anew = pairs(projection_of(service.store))
    assert {name: len(some) for name, some in found.items()} == {name: len(some) for name, some in anew.items()}


def test_what_comes_from_a_file_is_known_too_or_known_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quad = Quad(RECORD, node("skos:prefLabel"), Literal("New"), OTHER)
    file = tmp_path / "more.nq"
    file.write_text(f"# removed\n{quad} .\n")
    change = Change(more=(Lines(file, len("# removed\n")),))
    recent = Recent()
    recent.note(1, as_write(change))
    assert recent.between(0, 1) == (Change(added=frozenset({quad})),)
    monkeypatch.setattr("graph.store.recent.MOST", 8)
    recent.note(2, as_write(change))
    assert recent.between(1, 2) is None
    monkeypatch.undo()
    write = as_write(change)
    file.unlink()
    recent.note(3, write)
    assert recent.between(2, 3) is None


def test_old_writes_are_forgotten() -> None:
    recent = Recent(most=200)
    for generation in range(1, 5):
        quad = Quad(RECORD, node("skos:prefLabel"), Literal(str(generation) * 40), OTHER)
        recent.note(generation, as_write(Change(added=frozenset({quad}))))
    assert recent.between(0, 4) is None
    last = recent.between(3, 4)
    assert last is not None
    assert [len(change.added) for change in last] == [1]
    # A write that changed nothing is told in a generation that there is already.
    recent.note(4, {"write": "update", "text": "", "base_iri": None})
    assert recent.between(3, 4) == last
    recent.note(5, {"write": "update", "text": "", "base_iri": None})
    assert recent.between(4, 5) is None
