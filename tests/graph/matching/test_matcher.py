"""What is certain is taken, what is likely proposed, what is new created, what is no name reported."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from graph.matching import Match, Matcher, Verdict
from graph.names_text import key
from graph.terms import PLACE, THEME, node
from tests.graph.matching.invented import GRAPH, iri, reference, thing

ORGANISATIONS = [
    *thing("bhf", "Blue House Foundation", "BHF", "Fondation Maison bleue", codes=["XX-TST-4711", "052011"]),
    *thing("orion", "Orion", hidden=["Oryon"]),
    *thing("bells-f", "BELLS - F"),
    *thing("bells", "Bells without Towers", "BELLS"),
    *thing("council", "Marsh Refugee Council", "MRC"),
    *thing("other-mrc", "Museum for Rivers and Canals", "MRC"),
    *thing("willow", "Willow Children Trust"),
    *thing("lamp-lebanon", "Lamp Lebanon"),
    *thing("congo", "Congo Helpers", "DRC"),
    *thing("agency", "Example Agency for Inclusive Education"),
]
PEOPLE = [*thing("p1", "Ada Example", kind="person"), *thing("p2", "Иван Примеров", kind="person")]


@pytest.fixture(scope="module")
def places() -> Matcher:
    return Matcher.from_quads("place", reference())


@pytest.fixture(scope="module")
def organisations() -> Matcher:
    return Matcher.from_quads("organisation", [*reference(), *ORGANISATIONS])


def names(match: Match) -> list[str]:
    return [one.iri.rpartition("/")[2] for one in match.candidates]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bosnia-Herzegovina", "BA"),
        ("Guinea-Bissau", "GW"),
        ("Trinidad and Tobago", "TT"),
        ("trinidad & tobago", "TT"),
        ("COTE D'IVOIRE", "CI"),
        ("Армения", "AM"),
        ("Niger", "NE"),
        (PLACE + "AM", "AM"),
    ],
)
def test_a_place_by_its_name_is_certain(places: Matcher, text: str, code: str) -> None:
    match = places.match(text)
    assert (match.verdict, match.iri) == (Verdict.CERTAIN, PLACE + code)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Thailand-Myanmar", ["TH", "MM"]),
        ("Serbia and Montenegro", ["RS", "ME"]),
        ("France, Germany and Trinidad and Tobago", ["FR", "DE", "TT"]),
        ("Mali Situation", ["ML"]),
        ("Syria crisis", ["SY"]),
        ("Regional", []),
        ("N/A", []),
        ("NA", []),
        ("Various", []),
        ("Другое", []),
        ("varios países", []),
        ("plusieurs pays", []),
        ("-", []),
        ("", []),
        ("12", []),
    ],
)
def test_what_is_no_place_is_reported_with_the_places_in_it(places: Matcher, text: str, named: list[str]) -> None:
    match = places.match(text)
    assert match.verdict is Verdict.NOT_A_NAME
    assert names(match) == named
    assert match.iri == ""
    assert set(match.why) == {"en", "ru"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Congo (Brazzavile)", "CG"),
        ("Romenia", "RO"),
        ("Lebannon", "LB"),
        ("AM", "AM"),
        ("Nigerr", "NE"),
        ("Tukey", "TR"),
    ],
)
def test_a_misspelt_place_or_a_code_as_name_is_only_likely(places: Matcher, text: str, code: str) -> None:
    match = places.match(text)
    assert (match.verdict, names(match)[0]) == (Verdict.LIKELY, code)


def test_a_code_is_certain_when_given_as_a_code(places: Matcher) -> None:
    for code in ("NA", "NAM", "516", " na "):
        assert places.match("", codes=[code]).iri == PLACE + "NA"
    assert places.match("Namibia", codes=["NA"]).iri == PLACE + "NA"
    clash = places.match("Kenya", codes=["UG"])
    assert (clash.verdict, sorted(names(clash))) == (Verdict.LIKELY, ["KE", "UG"])
    both = places.match("Kenya", codes=["UG", "KE"])
    assert both.iri == PLACE + "KE"
    assert places.match("Kenya", codes=["ZZZ"]).iri == PLACE + "KE"


def test_within_says_which_of_several_is_meant(places: Matcher) -> None:
    assert places.match("Armenia", within=PLACE + "cee-cis").iri == PLACE + "AM"
    elsewhere = places.match("Armenia", within=PLACE + "m49-002")
    assert (elsewhere.verdict, names(elsewhere)) == (Verdict.LIKELY, ["AM"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Blue House Foundation", "bhf"),
        ("BLUE-HOUSE  foundation", "bhf"),
        ("Fondation maison bleue", "bhf"),
        ("BHF", "bhf"),
        ("B.H.F.", "bhf"),
        ("Oryon", "orion"),
        ("BELLS-F", "bells-f"),
        ("Bells-F", "bells-f"),
        ("Blue House Foundation (BHF)", "bhf"),
        ("BHF - Blue House Foundation", "bhf"),
        ("Marsh Refugee Council (MRC)", "council"),
        ("Willow Children Trust (WCT)", "willow"),
    ],
)
def test_an_organisation_by_its_names_is_certain(organisations: Matcher, text: str, name: str) -> None:
    match = organisations.match(text)
    assert (match.verdict, match.iri) == (Verdict.CERTAIN, iri(name))


def test_codes_of_organisations_ignore_leading_zeros_and_case(organisations: Matcher) -> None:
    assert organisations.match("whoever", codes=["xx-tst-4711"]).iri == iri("bhf")
    assert organisations.match("whoever", codes=["52011"]).iri == iri("bhf")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Blue Huose Foundation", "bhf"),
        ("Marsh Refuge Council", "council"),
        ("Refugee Council, Marsh", "council"),
        ("Example Agency for Inclusive Edu", "agency"),
        ("EAIE", "agency"),
        ("Орион", "orion"),
        ("Willow Childrens Trust", "willow"),
        ("WillowChilden Trust", "willow"),
        ("Marsh Refuge Council (MRC)", "council"),
        ("MRC", "council"),
        ("Lamp Lebannon", "lamp-lebanon"),
    ],
)
def test_what_is_spelt_nearly_so_is_only_likely(organisations: Matcher, text: str, name: str) -> None:
    match = organisations.match(text)
    assert match.verdict is Verdict.LIKELY
    assert name in names(match)
    assert all(0 < one.score <= 100 and set(one.why) == {"en", "ru"} for one in match.candidates)


@pytest.mark.parametrize(
    ("text", "parent", "word"),
    [
        ("BHF Chad", "bhf", "an office is not its parent"),
        ("Orion Armenia", "orion", "an office is not its parent"),
        ("Armenia Orion", "orion", "an office is not its parent"),
        ("Орион Армения", "orion", "an office is not its parent"),
        ("Congo Helpers (Kenya)", "congo", "an office is not its parent"),
        ("DRC Iraq", "congo", "an office is not its parent"),
        ("BELLS-CH", "bells", "an office is not its parent"),
        ("BELLS - H", "bells", "an office is not its parent"),
        ("Lamp", "lamp-lebanon", "an office is not its parent"),
        ("Lamp Kenya", "lamp-lebanon", "another office"),
    ],
)
def test_an_office_is_new_and_told_of_its_family(organisations: Matcher, text: str, parent: str, word: str) -> None:
    match = organisations.match(text)
    assert (match.verdict, names(match)[0]) == (Verdict.NEW, parent)
    assert word in match.candidates[0].why["en"]


@pytest.mark.parametrize(
    "text",
    [
        *("Other.", "Various", "TBD", "N/A", "government", "Inter - Agence", "Прочие", "ONG", "?"),
        "University, college or other teaching institution, research institute or think-tank",
        "Third Country Government (Delegated co-operation)",
        "United Nations agency, fund or commission (UN)",
        "PUBLIC-PRIVATE PARTNERSHIPS (PPPs) and NETWORKS",
    ],
)
def test_placeholders_are_no_organisations(organisations: Matcher, text: str) -> None:
    assert organisations.match(text).verdict is Verdict.NOT_A_NAME


def test_a_code_of_a_sort_of_organisations_decides_nothing() -> None:
    """OECD-DAC 51000 is any university; 41122 is UNICEF alone."""
    named = [*thing("red", "Red University", codes=["51000"]), *thing("fund", "Red Fund", codes=["41122"])]
    matcher = Matcher.from_quads("organisation", [*reference(), *named])
    assert matcher.match("Blue College", codes=["51000"]).verdict is Verdict.NEW
    assert matcher.match("Blue Fund", codes=["41122"]).verdict is Verdict.CERTAIN


def test_a_place_or_two_organisations_are_no_organisation(organisations: Matcher) -> None:
    assert "place" in organisations.match("Sweden").why["en"]
    both = organisations.match("BHF / Orion")
    assert (both.verdict, sorted(names(both))) == (Verdict.NOT_A_NAME, ["bhf", "orion"])


@pytest.mark.parametrize("text", ["Government of Sweden", "Unheard of", "MRD", "Oriel", "BFH"])
def test_what_nobody_knows_is_new(organisations: Matcher, text: str) -> None:
    assert organisations.match(text).verdict is Verdict.NEW


def test_what_is_called_so_goes_before_what_is_no_name() -> None:
    matcher = Matcher.from_quads("organisation", [*reference(), *thing("other", "Other"), *thing("na", "Nadir", "NA")])
    assert matcher.match("other").iri == iri("other")
    assert matcher.match("N/A").iri == iri("na")


def test_a_real_name_goes_before_somebody_elses_misspelling() -> None:
    matcher = Matcher.from_quads("organisation", [*thing("a", "Alpha One", hidden=["Alfa"]), *thing("b", "Alfa")])
    assert matcher.match("Alfa").iri == iri("b")


def test_initials_of_people_are_only_likely() -> None:
    matcher = Matcher.from_quads("person", PEOPLE)
    assert matcher.match("Ada Example").iri == iri("p1", "person")
    for text, name in [("A. Example", "p1"), ("Example, Ada", "p1"), ("Ivan Primerov", "p2"), ("И. Примеров", "p2")]:
        match = matcher.match(text)
        assert (match.verdict, names(match)[0]) == (Verdict.LIKELY, name), text
    assert matcher.match("B. Example").verdict is Verdict.NEW
    assert matcher.match("Example").verdict is Verdict.NEW


def test_themes_are_found_by_either_spelling_and_language() -> None:
    matcher = Matcher.from_quads("theme", reference())
    for text in ("De-institutionalization", "деинституционализация"):
        assert matcher.match(text).iri == THEME + "deinstitutionalisation"
    assert matcher.match("deinstitusionalisation").verdict is Verdict.LIKELY


def test_what_somebody_judged_to_be_another_is_proposed_no_more() -> None:
    def match(text: str, **apart: str) -> Match:
        judged = {key(text): frozenset({iri(name)}) for name in apart.values()}
        return Matcher.from_quads("organisation", ORGANISATIONS, judged).match(text)

    assert match("Blue Huose Foundation").verdict is Verdict.LIKELY
    told = match("Blue Huose Foundation", other="bhf")
    assert (told.verdict, names(told)) == (Verdict.NEW, ["bhf"])
    assert match("BHF", other="bhf").iri == ""
    assert match("MRC", other="other-mrc").iri == iri("council")


def test_letters_that_are_a_country_too_may_be_an_organisation() -> None:
    found = Matcher.from_quads("organisation", [*ORGANISATIONS, *reference()])
    assert found.match("DRC").verdict is not Verdict.NOT_A_NAME
    assert found.match("Chad").verdict is Verdict.NOT_A_NAME


def test_others_are_what_a_known_thing_may_be_the_same_as() -> None:
    twin = thing("twin", "Blue Huose Foundation")
    matcher = Matcher.from_quads("organisation", [*ORGANISATIONS, *twin])
    assert [one.iri for one in matcher.others(iri("twin"))] == [iri("bhf")]
    assert iri("twin") in [one.iri for one in matcher.others(iri("bhf"))]
    assert matcher.others(iri("nobody")) == ()


def test_match_all_answers_each_different_text_once(organisations: Matcher) -> None:
    texts = ["BHF", "Other", "BHF"]
    assert organisations.match_all(texts) == {text: organisations.match(text) for text in texts}


LABELS = st.text(alphabet="abcdefgh ÀéЖя-.'()/&12", min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(st.lists(LABELS, min_size=1, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_a_name_finds_itself_in_whatever_order_things_come(labels: list[str], chance: random.Random) -> None:
    quads = [quad for number, label in enumerate(labels) for quad in thing(f"o{number}", label)]
    straight = Matcher.from_quads("organisation", quads)
    chance.shuffle(quads)
    shuffled = Matcher.from_quads("organisation", quads)
    for number, label in enumerate(labels):
        match = straight.match(label)
        assert match == shuffled.match(label)
        if match.verdict is Verdict.CERTAIN:
            assert match.iri == iri(f"o{number}")
        elif any(character.isalnum() for character in label):
            assert iri(f"o{number}") in [one.iri for one in match.candidates]
            assert "2" in match.why["en"] or match.verdict is Verdict.LIKELY


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_an_answer_and_never_certainty_without_a_name(text: str) -> None:
    match = _MATCHER.match(text, acronym=text[:4], codes=[text])
    assert match.text == text
    assert [one.score for one in match.candidates] == sorted((one.score for one in match.candidates), reverse=True)
    assert all(sentence for one in (match, *match.candidates) for sentence in one.why.values())


_MATCHER = Matcher.from_quads("organisation", ORGANISATIONS)


def test_rings_and_odd_quads_do_no_harm() -> None:
    one, two = NamedNode(iri("bhf")), NamedNode(iri("orion"))
    ring = [Quad(one, node("org:unitOf"), two, GRAPH), Quad(two, node("org:unitOf"), one, GRAPH)]
    matcher = Matcher.from_quads("organisation", [*ORGANISATIONS, *ring])
    assert matcher.match("Orion", within=iri("bhf")).iri == iri("orion")
    assert matcher.match("Orion", within=iri("nobody")).verdict is Verdict.LIKELY
    assert Matcher.from_quads("organisation", []).match("Orion").verdict is Verdict.NEW
