"""A name that any country may have is certain only where the country agrees. All organisations are invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from graph.ingest import ingest, load_reference
from graph.ingest.pipeline import stage
from graph.matching import Matcher, Verdict
from graph.matching.generic import is_generic
from graph.model import Severity
from graph.store.embedded import EmbeddedStore
from graph.terms import PLACE, node
from service.workspace import now
from tests.graph.matching.invented import GRAPH, iri, reference, thing

ARMENIA, GEORGIA, MOLDOVA = (frozenset({PLACE + code}) for code in ("AM", "GE", "MD"))


def at_work(organisation: str, place: str) -> list[Quad]:
    record = NamedNode(f"https://example.org/engagement/{organisation}-{place}")
    return [
        Quad(record, node("cg:partner"), NamedNode(iri(organisation)), GRAPH),
        Quad(record, node("cg:place"), NamedNode(PLACE + place), GRAPH),
    ]


ONE = [*thing("moe-am", "Ministry of Education", "MoE"), *at_work("moe-am", "AM")]
TWO = [*ONE, *thing("moe-ge", "Ministry of Education"), *at_work("moe-ge", "GE")]


def matcher(*quads: Quad) -> Matcher:
    return Matcher.from_quads("organisation", [*reference(), *quads])


@pytest.mark.parametrize(
    "text", ["Ministry of Education", "MINISTRY OF EDUCATION", "MoE", "Ministry of Education (MoE)"]
)
def test_one_that_is_known_is_only_likely_unless_its_country_is_meant(text: str) -> None:
    known = matcher(*ONE)
    for countries in (frozenset[str](), GEORGIA):
        found = known.match(text, countries=countries)
        assert (found.verdict, found.candidates[0].iri) == (Verdict.LIKELY, iri("moe-am")), text
        assert "nothing says that this one is meant" in found.why["en"]
        assert "многих странах" in found.why["ru"]
    assert known.match(text, countries=ARMENIA).iri == iri("moe-am")
    assert known.match(text, countries=ARMENIA | GEORGIA).iri == iri("moe-am")


def test_of_several_the_country_says_which() -> None:
    known = matcher(*TWO)
    assert known.match("Ministry of Education", countries=GEORGIA).iri == iri("moe-ge")
    for countries in (frozenset[str](), MOLDOVA, ARMENIA | GEORGIA):
        assert known.match("Ministry of Education", countries=countries).verdict is Verdict.LIKELY


def test_those_of_two_countries_are_not_proposed_to_be_one() -> None:
    assert matcher(*TWO).others(iri("moe-am")) == ()
    nowhere = [*ONE, *thing("moe-ge", "Ministry of Education")]
    assert [one.iri for one in matcher(*nowhere).others(iri("moe-am"))] == [iri("moe-ge")]


def test_a_seat_and_a_part_of_a_country_tell_the_country_too() -> None:
    site, part = NamedNode("https://example.org/site"), NamedNode("https://example.org/tavush")
    seated = [
        *thing("moe", "Ministry of Education"),
        Quad(NamedNode(iri("moe")), node("org:hasSite"), site, GRAPH),
        Quad(site, node("schema:addressCountry"), NamedNode(PLACE + "AM"), GRAPH),
    ]
    within = [
        *thing("moe", "Ministry of Education"),
        Quad(part, node("schema:containedInPlace"), NamedNode(PLACE + "AM"), GRAPH),
        Quad(site, node("cg:partner"), NamedNode(iri("moe")), GRAPH),
        Quad(site, node("cg:place"), part, GRAPH),
    ]
    for quads in (seated, within):
        assert matcher(*quads).match("Ministry of Education", countries=ARMENIA).verdict is Verdict.CERTAIN
        assert matcher(*quads).match("Ministry of Education", countries=GEORGIA).verdict is Verdict.LIKELY


def test_a_code_or_a_country_in_the_name_is_certain_as_ever() -> None:
    known = matcher(
        *thing("moe", "Ministry of Education", codes=["AM-MOE"]), *thing("of", "Ministry of Health of Armenia")
    )
    assert known.match("Ministry of Education", codes=["AM-MOE"]).iri == iri("moe")
    assert known.match("Ministry of Health of Armenia").iri == iri("of")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Министерство образования и науки", True),
        ("Ministère de l'Éducation", True),
        ("Ministerio de Salud", True),
        ("Department of Justice", True),
        ("Croix-Rouge", True),
        ("Department for Invented Development", False),
        ("Blue House Foundation", False),
        ("UNICEF", False),
        ("Modern School", False),
        ("", False),
    ],
)
def test_which_names_any_country_may_have(text: str, expected: bool) -> None:
    assert is_generic(text) is expected


def test_a_sheet_keeps_the_ministries_of_two_countries_apart(tmp_path: Path) -> None:
    store = EmbeddedStore()
    load_reference(store)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("Country,Partner,Sector\nArmenia,Ministry of Education,Water\n")
    ingest(store, first, source="first", by="Anna", clock=now)
    second.write_text("Country,Partner,Sector\n" + "".join(f"{c},Ministry of Education,Water\n" for c in PLACES))
    made = stage(store, second, source="second")
    base = f"{store.base}organisation/ministry-of-education"
    pairs = {
        (
            next(q.object for q in made.quads if (q.subject, q.predicate) == (one.subject, node("cg:partner"))),
            one.object,
        )
        for one in made.quads
        if one.predicate == node("cg:place")
    }
    assert pairs == {
        (NamedNode(f"{base}-{tail}"), NamedNode(f"{PLACE}{code}"))
        for tail, code in (("am", "AM"), ("ge", "GE"), ("md", "MD"))
    }, "the Armenian one is that of the first source"
    told = [r for r in made.report.results if r.rule == "perhaps-known"]
    assert len(told) == 2
    assert all(r.severity is Severity.INFO and "Many countries have" in r.message["en"] for r in told)
    described = {q.subject for q in made.quads if q.predicate == node("skos:prefLabel")}
    assert NamedNode(f"{base}-am") not in described


PLACES = ("Armenia", "Georgia", "Moldova")
