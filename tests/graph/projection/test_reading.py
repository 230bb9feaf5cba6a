"""A store is read whole, whichever way its terms are looked up, and its terms are as a table of results writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from graph.projection import reading
from graph.projection.columns import lexical
from graph.projection.dictionary import Dictionary
from graph.projection.reading import projection_of, read, read_engine
from graph.projection.relations import OF, ONLY, PROPERTIES, Relations, text_of
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, node
from tests.graph.networks import NETWORKS, Drawn

XSD = "http://www.w3.org/2001/XMLSchema#"
#: A named object, and those that a query cannot name, or names otherwise than it is written.
OBJECTS = [
    *(NamedNode(DEFAULT_BASE + name) for name in ("theme/a", "theme/a-b", "theme/ä")),
    *(Literal(text, datatype=NamedNode(XSD + kind)) for text, kind in (("2010", "gYear"), ("2010-05-12", "date"))),
    *(Literal(text, datatype=NamedNode(XSD + kind)) for text, kind in (("5", "integer"), ("true", "boolean"))),
    *(Literal(text, datatype=NamedNode(XSD + kind)) for text, kind in (("0.5", "decimal"), ("1e3", "double"))),
    Literal("2010", language="en"),
    *map(Literal, ("", "2010", "5", 'a "word"', "a\ttab", "two\nlines", "back\\slash", "\x01")),
    BlankNode("period"),
]
SUBJECTS = [*(NamedNode(f"{DEFAULT_BASE}engagement/{n}") for n in range(5)), BlankNode("somebody")]
GRAPHS = [NamedNode(DEFAULT_BASE + "source/one"), NamedNode(DEFAULT_BASE + "source/two"), DefaultGraph()]
NAMES = ["theme", "place", "partner", "stated_on", "creator"]
STATEMENTS = st.lists(
    st.builds(
        lambda subject, name, value, graph: Quad(subject, NamedNode(PROPERTIES[name]), value, graph),
        *(st.sampled_from(some) for some in (SUBJECTS, NAMES, OBJECTS, GRAPHS)),
    ),
    max_size=40,
)
CLASSES = st.lists(
    st.builds(
        lambda subject, name, graph: Quad(subject, node("rdf:type"), node(name), graph),
        *(st.sampled_from(some) for some in (SUBJECTS, ("cg:Engagement", "cg:Talk", "skos:Concept"), GRAPHS)),
    ),
    max_size=10,
)
#: Everything pair by pair, everything object by object, everything gathered, some of each.
WAYS = {"pairs": (100, 0, 1), "by object": (1, 100, 1), "gathered": (1, 0, 1), "some of each": (4, 2, 2)}


def said(relations: Relations) -> dict[str, Counter[tuple[str, str]]]:
    """In how many graphs each pair is, by the texts of its terms."""
    terms = relations.dictionary.terms
    found = {}
    for name, relation in relations.by_name.items():
        rows = zip(relation.subjects.tolist(), relation.objects.tolist(), relation.counts.tolist(), strict=True)
        found[name] = Counter({(terms[one], terms[other]): count for one, other, count in rows})
    return found


def expected(quads: Iterable[Quad]) -> dict[str, Counter[tuple[str, str]]]:
    """The same of quads."""
    found: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in PROPERTIES}
    names = {iri: name for name, iri in PROPERTIES.items()}
    quads = list(quads)
    definitions = {quad.object for quad in quads if names.get(quad.predicate.value) in OF.values()}
    for quad in quads:
        name = names.get(quad.predicate.value, "")
        kept = (
            not isinstance(quad.object, Literal)
            if name in OF.values()
            else name not in OF or quad.subject in definitions
        )
        if name and kept and (name not in ONLY or text_of(quad.object) in ONLY[name]):
            found[name][text_of(quad.subject), text_of(quad.object)] += 1
    return found


@pytest.mark.parametrize("way", WAYS)
@settings(deadline=None, max_examples=80)
@given(statements=STATEMENTS, classes=CLASSES, piece=st.sampled_from((1, 200)))
def test_nothing_is_lost_or_changed(way: str, statements: list[Quad], classes: list[Quad], piece: int) -> None:
    engine = ox.Store()
    engine.extend([*statements, *classes])
    large, few, each = WAYS[way]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_LARGE", large), ("_FEW", few), ("_EACH", each), ("_PIECE", piece)):
            patch.setattr(reading, name, value)
        relations = read_engine(engine)
    # What the engine keeps: it rewrites some literals when it takes them in.
    assert said(relations) == expected(engine)


@pytest.mark.parametrize("way", ["by object", "gathered"])
def test_a_large_store_is_not_read_pair_by_pair(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = ox.Store()
    engine.extend(Drawn(Random(7)).quads)
    for name, value in zip(("_LARGE", "_FEW", "_EACH"), WAYS[way], strict=True):
        monkeypatch.setattr(reading, name, value)
    asked: list[str] = []
    pairs = reading._Reading.pairs

    def noted(self: reading._Reading, name: str) -> reading.Pairs:
        asked.append(name)
        return pairs(self, name)

    monkeypatch.setattr(reading._Reading, "pairs", noted)
    relations = read_engine(engine)
    assert said(relations) == expected(engine)
    assert not {"theme", "place", "partner", "basis"} & set(asked)


@settings(deadline=None, max_examples=30)
@given(NETWORKS)
def test_any_store_is_read_alike(seed: int) -> None:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(Drawn(Random(seed)).quads)))
    assert {name: set(some) for name, some in said(read(store)).items()} == {
        name: set(some) for name, some in said(projection_of(store).relations).items()
    }


@pytest.mark.parametrize("same", [False, True], ids=["as they come", "all alike"])
def test_a_term_keeps_its_number(same: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if same:
        monkeypatch.setattr("graph.projection.dictionary.hash", lambda _: 1, raising=False)
    texts = ["<a>", "<ab>", "", '"ё"', "<b>"]
    dictionary = Dictionary(texts)
    assert [dictionary[text] for text in texts] == [dictionary.get(text) for text in texts] == list(range(5))
    assert dictionary.get("<c>") is None
    assert (dictionary["<c>"], dictionary["<ab>"], dictionary["<c>"], dictionary["<d>"]) == (5, 1, 5, 6)
    assert list(dictionary.terms) == [*texts, "<c>", "<d>"]
    assert dictionary.terms[1:6:2] == ["<ab>", '"ё"', "<c>"]
    for wrong in (-1, 7):
        with pytest.raises(IndexError):
            dictionary.terms[wrong]


@pytest.mark.parametrize("term", [one for one in OBJECTS if isinstance(one, Literal)], ids=repr)
def test_a_literal_is_read_back(term: Literal) -> None:
    assert lexical(text_of(term)) == term.value
