"""The search for things that may be one goes on from where it stopped. All names are invented."""

from __future__ import annotations

import itertools

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.judgements import Judgement, Judgements, Search, likely_pairs
from graph.judgements import pairs as module
from graph.terms import node

GRAPH = NamedNode("https://example.org/source")


def said(*names: str) -> list[Quad]:
    """Organisations of those names; their IRIs sort as they are given."""
    found = []
    for number, name in enumerate(names):
        me = NamedNode(f"https://example.org/{number:05}")
        found.append(Quad(me, node("rdf:type"), node("org:FormalOrganization"), GRAPH))
        found.append(Quad(me, node("skos:prefLabel"), Literal(name, language="en"), GRAPH))
    return found


NAMES = ("Blue House Foundation", "Red Mill", "Blue House Fundation", "Green Bridge Trust", "Green Brigde Trust")


def test_it_goes_on_from_where_it_stopped() -> None:
    search = Search.of("organisation", said(*NAMES))
    ticks = itertools.count()
    seen = []
    while search.done < search.total:
        before = search.done
        search.go_on(Judgements(), 2, lambda: float(next(ticks)))
        assert search.done > before
        seen.append((search.done, len(search.pairs(Judgements()))))
    assert len(seen) > 1, "it stopped in between"
    assert seen[-1] == (len(NAMES), 2)
    assert search.pairs(Judgements()) == likely_pairs(said(*NAMES), Judgements())


def test_it_goes_on_past_what_one_request_may_compare() -> None:
    vowels, letters = "aeiou", "bdfgklmnprstvz"
    syllables = ["".join(pair) for pair in itertools.product(letters, vowels)]
    words = ["".join(three) for three in itertools.islice(itertools.product(syllables, repeat=3), 0, 200_000, 38)]
    names = [word.capitalize() for word in words[:5_200]]
    search = Search.of("organisation", said(*names, "Blue House Foundation", "Blue House Fundation"))
    rounds = 0
    while search.done < search.total:
        search.go_on(Judgements(), 1.0)
        rounds += 1
    assert search.total == 5_202
    labels = [{pair.left_label, pair.right_label} for pair in search.pairs(Judgements())]
    assert {"Blue House Foundation", "Blue House Fundation"} in labels


def test_a_judgement_that_changes_no_name_does_not_begin_it_anew() -> None:
    quads = said(*NAMES)
    search = Search.of("organisation", quads)
    search.go_on(Judgements())
    judged = [*quads, Quad(NamedNode("urn:j"), node("cg:verdict"), Literal("different"), NamedNode("urn:judgements"))]
    assert Search.of("organisation", judged, search) is search
    first, second = search.pairs(Judgements())
    book = Judgements([Judgement("urn:j", first.right, first.left, "different", "Anna", "2026-01-01T00:00:00Z")])
    assert search.pairs(book) == (second,)
    assert Search.of("organisation", said(*NAMES, "Another"), search) is not search


def test_with_pairs_enough_it_rests_until_some_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 1)
    search = Search.of("organisation", said(*NAMES))
    search.go_on(Judgements())
    assert search.done < search.total
    (pair,) = search.pairs(Judgements())
    book = Judgements([Judgement("urn:j", pair.left, pair.right, "unsure", "Anna", "2026-01-01T00:00:00Z")])
    search.go_on(book)
    assert len(search.pairs(book)) == 1
