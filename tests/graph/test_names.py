"""Names of things: what people type finds the thing that is meant, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from graph.errors import GraphError, UnknownName
from graph.kinds import KINDS
from graph.names import Names
from graph.names_text import fold, key
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, PLACE, THEME

PLACES_AND_THEMES = """
@prefix cg: <https://w3id.org/commonground/ns#> .
@prefix theme: <https://w3id.org/commonground/id/theme/> .
@prefix place: <https://w3id.org/commonground/id/place/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix id: <https://w3id.org/commonground/id/> .
theme:deinstitutionalisation a skos:Concept ;
  skos:prefLabel "Deinstitutionalisation"@en, "Деинституционализация"@ru ; skos:altLabel "DI"@en .
theme:interagency-coordination a skos:Concept ; skos:prefLabel "Inter-agency coordination"@en .
theme:ro a skos:Concept ; skos:prefLabel "Reading out"@en .
place:RO a cg:Country, skos:Concept ; skos:prefLabel "Romania"@en, "Румыния"@ru ; skos:altLabel "Romanian lands"@en ;
  skos:notation "RO", "ROU", "642" .
place:AM a cg:Country, skos:Concept ; skos:prefLabel "Armenia"@en ; skos:notation "AM", "ARM", "051" .
place:CI a cg:Country, skos:Concept ; skos:prefLabel "Côte d’Ivoire"@en ; skos:notation "CI" .
place:am-armenia a cg:Subdivision, skos:Concept ; skos:prefLabel "Armenia"@en .
place:ro-lands a cg:Subdivision, skos:Concept ; skos:prefLabel "Romanian lands"@en .
place:ro-mures a cg:Subdivision, skos:Concept ; skos:prefLabel "Mureş"@ro .
<https://w3id.org/commonground/id/code/basis/stated> a skos:Concept ; skos:prefLabel "stated"@en .
<https://w3id.org/commonground/id/organisation/a> a <http://www.w3.org/ns/org#FormalOrganization> ;
  skos:prefLabel "Save & Care"@en ; skos:altLabel "SC" ; skos:hiddenLabel "Safe and Care"@en .
<https://w3id.org/commonground/id/organisation/b> a <http://www.w3.org/ns/org#FormalOrganization> ;
  skos:prefLabel "Social Centre"@en ; skos:altLabel "SC" .
<https://w3id.org/commonground/id/organisation/c> a <http://www.w3.org/ns/org#FormalOrganization> ;
  skos:prefLabel "Safe and Care"@en .
"""


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.from_quads(parse(PLACES_AND_THEMES, RdfFormat.TURTLE))


@pytest.mark.parametrize(
    "text",
    [
        "deinstitutionalisation",
        "Deinstitutionalization",
        "DE-INSTITUTIONALISATION",
        "  «деинституционализация» ",
        "di",
        "theme:deinstitutionalisation",
        THEME + "deinstitutionalisation",
        f"<{THEME}deinstitutionalisation>",
    ],
)
def test_a_theme_is_found_by_iri_code_label_and_acronym(names: Names, text: str) -> None:
    assert names.resolve("theme", text).iri == THEME + "deinstitutionalisation"


@pytest.mark.parametrize("text", ["AM", "am", "ARM", "051", "51", "Armenia", "ARMÉNIA", "place:AM"])
def test_a_place_is_found_by_its_codes(names: Names, text: str) -> None:
    assert names.resolve("place", text).iri == PLACE + "AM"


def test_a_code_means_the_thing_of_the_kind_asked_for(names: Names) -> None:
    assert names.resolve("place", "RO").iri == PLACE + "RO"
    assert names.resolve("theme", "RO").iri == THEME + "ro"
    with pytest.raises(UnknownName):
        names.resolve("theme", "AM")
    with pytest.raises(UnknownName):
        names.resolve("place", THEME + "ro")


@pytest.mark.parametrize(
    "text", ["Interagency coordination", "inter agency co-ordination", "INTER‑AGENCY\u00a0coordination"]
)
def test_dashes_and_blanks_do_not_matter(names: Names, text: str) -> None:
    assert names.resolve("theme", text).iri == THEME + "interagency-coordination"


@pytest.mark.parametrize("text", ["Cote d'Ivoire", "COTE D`IVOIRE", "Côte dʼIvoire"])
def test_quotes_and_diacritics_do_not_matter(names: Names, text: str) -> None:
    assert names.resolve("place", text).iri == PLACE + "CI"


def test_an_unknown_name_says_so_and_suggests_the_nearest(names: Names) -> None:
    with pytest.raises(UnknownName) as caught:
        names.resolve("theme", "deinstitusionalisation")
    assert caught.value.code == "unknown-theme"
    assert caught.value.message == "No theme is called 'deinstitusionalisation'."
    assert caught.value.suggestions[0] == "Deinstitutionalisation (deinstitutionalisation)"
    with pytest.raises(UnknownName) as caught:
        names.resolve("place", "Rumania")
    assert caught.value.suggestions[0] == "Romania (RO)"
    assert caught.value.hint == "Did you mean Romania (RO)?"


def test_suggestions_never_come_from_another_kind(names: Names) -> None:
    assert {t.kind for t in names.suggest("place", "Deinstitutionalisation", limit=50)} <= {"place"}
    assert [t.iri for t in names.suggest("theme", "деинституционализаци")] == [THEME + "deinstitutionalisation"]


@pytest.mark.parametrize(
    ("text", "segment"),
    [("Armenia", "AM"), ("Romanian lands", "RO"), ("Mures", "ro-mures"), ("am-armenia", "am-armenia")],
)
def test_a_part_of_a_country_is_only_meant_where_no_country_is_called_so(names: Names, text: str, segment: str) -> None:
    assert names.resolve("place", text).iri == PLACE + segment


def test_a_name_of_two_things_is_ambiguous_unless_one_is_really_called_so(names: Names) -> None:
    with pytest.raises(GraphError) as caught:
        names.resolve("organisation", "SC")
    assert caught.value.code == "ambiguous-name"
    assert [s.partition(" (")[0] for s in caught.value.suggestions] == ["Save & Care", "Social Centre"]
    # A preferred name comes before the same words as somebody else's misspelling.
    assert names.resolve("organisation", "safe and care").iri == DEFAULT_BASE + "organisation/c"
    assert names.resolve("organisation", "save and care").iri == DEFAULT_BASE + "organisation/a"


@pytest.mark.parametrize("text", ["", "   ", "–", "https://example.org/x", "(", "\ud7ff" * 2000])
def test_what_names_nothing_is_unknown_rather_than_an_accident(names: Names, text: str) -> None:
    for kind in KINDS:
        with pytest.raises(UnknownName):
            names.resolve(kind, text)


def test_one_of_several_kinds_can_be_asked_for(names: Names) -> None:
    assert names.resolve("theme|place", "Romania").kind == "place"
    with pytest.raises(UnknownName, match=r"No theme or place is called 'Foo'\."):
        names.resolve("theme|place", "Foo")


def test_labels_fall_back_from_the_language_asked_for_to_the_last_segment(names: Names) -> None:
    assert names.thing(PLACE + "RO", "ru").label == "Румыния"
    assert names.thing(PLACE + "AM", "ru").label == "Armenia"
    assert names.thing(DEFAULT_BASE + "organisation/nobody-knows").label == "nobody-knows"
    assert names.thing(DEFAULT_BASE + "organisation/nobody-knows").kind == "organisation"
    assert names.thing(DEFAULT_BASE + "code/basis/stated").label == "stated"


def test_codes_are_no_themes(names: Names) -> None:
    assert names.thing(DEFAULT_BASE + "code/basis/stated").kind == ""
    with pytest.raises(UnknownName):
        names.resolve("theme", "stated")


def test_a_store_gives_the_same_names_as_its_quads() -> None:
    quads = list(parse(Path(__file__).with_name("example.trig").read_bytes(), RdfFormat.TRIG))
    store = EmbeddedStore()
    store.write(Change(added=frozenset(quads)))
    of_store, of_quads = Names.of(store), Names.from_quads(quads)
    for kind in KINDS:
        assert of_store.all(kind) == of_quads.all(kind)
    assert of_store.resolve("organisation", "EA").label == "Example Agency"
    assert of_store.resolve("source", "example").label == "Example source"
    assert of_store.resolve("collaboration", "Example database partnership").kind == "collaboration"
    assert of_store.resolve("engagement", DEFAULT_BASE + "engagement/example/e1").kind == "engagement"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert " " not in key(text)


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЙ", min_size=1))
def test_cyrillic_letters_stay(text: str) -> None:
    assert fold(text) == text.lower().replace("ё", "е")
