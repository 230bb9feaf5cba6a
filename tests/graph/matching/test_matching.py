"""Names that people write meet the names that are known, and nothing is taken for what it is not.

The organisations and places are the roundtable's; spellings are ours unless a test says where they come from.
"""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from graph.matching import Match, Matcher, Verdict
from graph.matching.likeness import Likeness
from graph.terms import node
from tests.graph.ingest.recipes.approve import store

KNOWN = {
    "blue": ("Blue House Foundation", "BHF"),
    "red": ("Red House Foundation",),
    "rescue": ("International River Rescue Committee",),
    "hope": ("Надежда",),
    "river": ("River Without Borders", "RWB"),
    "river-2": ("Red River",),
    "river-3": ("Red River",),
}


def organisations() -> list[Quad]:
    """Invented."""
    quads = []
    for name, labels in KNOWN.items():
        iri = NamedNode(f"https://example.org/{name}")
        quads.append(Quad(iri, node("rdf:type"), node("org:Organization")))
        for at, text in enumerate(labels):
            lang = "ru" if ord(text[0]) > 1000 else "en"
            quads.append(Quad(iri, node("skos:altLabel" if at else "skos:prefLabel"), Literal(text, language=lang)))
    quads.append(Quad(NamedNode("https://example.org/blue"), node("dcterms:identifier"), Literal("XX-007")))
    return quads


@functools.cache
def matcher(kind: str) -> Matcher:
    return Matcher.from_quads(kind, [*store().quads(), *organisations()])


def got(match: Match) -> tuple[str, list[str]]:
    return match.verdict.value, [one.iri.rpartition("/")[2] for one in match.candidates]


@pytest.mark.parametrize(
    ("text", "verdict", "candidates"),
    [
        ("blue-house FOUNDATION", "certain", ["blue"]),
        ("BHF", "certain", ["blue"]),
        ("Blue House Fundation", "likely", ["blue"]),
        ("Foundation Blue House", "likely", ["blue"]),
        ("Nadezhda", "likely", ["hope"]),
        ("IRRC", "likely", ["rescue"]),
        ("Red River", "likely", ["river-2", "river-3"]),
        ("Blue House Foundation Armenia", "new", ["blue"]),
        ("Green House Foundation", "new", []),
        ("Red House Foundation 2", "new", []),
        ("XX-007", "new", []),
        ("Other.", "not-a-name", []),
        ("Разные", "not-a-name", []),
        ("-", "not-a-name", []),
    ],
)
def test_an_organisation(text: str, verdict: str, candidates: list[str]) -> None:
    assert got(matcher("organisation").match(text)) == (verdict, candidates)


@pytest.mark.parametrize(
    ("text", "verdict", "candidates"),
    [
        ("Chad", "certain", ["TD"]),
        ("Côte d'Ivoire", "certain", ["CI"]),
        ("Bosnia-Herzegovina", "certain", ["BA"]),
        ("Guinea-Bissau", "certain", ["GW"]),
        ("Молдова", "certain", ["MD"]),
        ("N/A", "not-a-name", []),
        ("NA", "not-a-name", []),
        ("Mali Situation", "not-a-name", ["ML"]),
        ("Thailand-Myanmar", "not-a-name", ["TH", "MM"]),
        ("Turkmenistn", "likely", ["TM"]),
        ("Narnia", "new", []),
    ],
)
def test_a_place(text: str, verdict: str, candidates: list[str]) -> None:
    found = matcher("place").match(text)
    assert got(found)[0] == verdict
    assert got(found)[1][: len(candidates)] == candidates


def test_a_code_is_a_code_only_where_it_is_given_as_one() -> None:
    places = matcher("place")
    assert places.match("Land", codes=("NA",)).iri.endswith("/NA")
    assert places.match("Land", codes=("51",)).iri.endswith("/AM")
    assert got(matcher("organisation").match("anything", codes=("xx-007",))) == ("certain", ["blue"])


def test_an_acronym_confirms_a_name_that_is_spelt_alike() -> None:
    found = matcher("organisation")
    assert found.match("River Without Boarders").verdict is Verdict.LIKELY
    assert found.match("River Without Boarders", acronym="RWB").verdict is Verdict.CERTAIN
    assert found.match("Rest Without Work", acronym="RWB").verdict is Verdict.LIKELY


def test_what_was_judged_to_be_something_else_is_proposed_no_more() -> None:
    blue = frozenset({"https://example.org/blue"})
    apart = {"bluehousefundation": blue}
    found = Matcher.from_quads("organisation", organisations(), apart)
    assert got(found.match("Blue House Fundation")) == ("new", [])
    assert got(found.match("Blue House Foundation")) == ("certain", ["blue"])


def test_themes_are_not_places_nor_codes() -> None:
    themes = matcher("theme")
    assert themes.match("Inclusive education").iri.endswith("theme/inclusive-education")
    assert themes.match("Armenia").verdict is Verdict.NEW
    assert themes.match("Implementing").verdict is Verdict.NEW


def test_every_reason_is_told_in_both_languages() -> None:
    for text in ("BHF", "Nadezhda", "Narnia", "Other", "Blue House Foundation Armenia", "Red River"):
        found = matcher("organisation").match(text)
        assert set(found.why) == {"en", "ru"}
        assert all(set(one.why) == {"en", "ru"} for one in found.candidates)


names = st.text("abcdeабвг -.", min_size=1, max_size=20)


@given(st.lists(names, min_size=1, max_size=8))
def test_a_name_is_itself_whatever_the_order(texts: list[str]) -> None:
    def quads(order: list[str]) -> list[Quad]:
        made = []
        for text in order:
            iri = NamedNode(f"https://example.org/{texts.index(text)}")
            made.append(Quad(iri, node("rdf:type"), node("org:Organization")))
            made.append(Quad(iri, node("skos:prefLabel"), Literal(text, language="en")))
        return made

    one = Matcher.from_quads("organisation", quads(texts))
    other = Matcher.from_quads("organisation", list(reversed(quads(texts))))
    for text in texts:
        found = one.match(text)
        assert got(found) == got(other.match(text))
        # Unless several are called so, or it is nothing but blanks and points.
        assert found.verdict in (Verdict.CERTAIN, Verdict.LIKELY, Verdict.NOT_A_NAME)
        if found.verdict is Verdict.CERTAIN:
            assert "".join(c for c in texts[int(found.iri.rpartition("/")[2])] if c.isalpha()).replace("iz", "is") == (
                "".join(c for c in text if c.isalpha()).replace("iz", "is")
            )


def test_likeness_weighs_rare_words() -> None:
    likeness = Likeness()
    for at, text in enumerate(["Save the River Norway", "Save the River Sweden", "Committee for Rescue"] * 20):
        likeness.add(str(at), text)
    likeness.close()
    best = likeness.nearest("Save the Rivers Norway", 0.5)
    assert {identity for identity, score, _ in best if score > 0.9} == {str(at) for at in range(0, 60, 3)}
    assert all(score < 0.9 for identity, score, _ in best if int(identity) % 3)
