"""The scheme of themes."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from tests.material import shared
from tests.ontology.skos import CG, IATI, THEME, ambiguous, faults, parse, text

#: Code -> codes that are narrower, as the partners' themes are ordered.
TREE = {
    "": "education child-protection disability advocacy research policy participation partnership support-services",
    "education": "inclusive-education special-educational-needs early-childhood-education "
    "segregated-education teacher-training",
    "inclusive-education": "defining-inclusive-education integration-in-mainstream-education",
    "early-childhood-education": "early-assessment",
    "child-protection": "deinstitutionalisation residential-institutions childcare-reform",
    "disability": "defining-disability attitudes-to-disability",
    "attitudes-to-disability": "defectology",
    "advocacy": "disability-advocacy awareness-campaigns film-advocacy coalition-building",
    "awareness-campaigns": "public-education-campaigns",
    "research": "participatory-research data-collection situation-analysis",
    "policy": "policy-development",
    "participation": "parent-participation community-participation school-participation civil-society",
    "partnership": "regional-networks interagency-coordination resource-sharing",
}
CONFLICTING = [
    "inclusive-education",
    "integration-in-mainstream-education",
    "special-educational-needs",
    "deinstitutionalisation",
    "residential-institutions",
    "disability",
    "defectology",
]
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)


@pytest.fixture(scope="module")
def themes() -> Graph:
    return parse("themes.ttl")


def concepts(themes: Graph) -> list[URIRef]:
    return sorted(themes.subjects(RDF.type, CG.Theme))


def matches(themes: Graph, start: str) -> set[str]:
    """Objects of mapping properties that begin with ``start``."""
    return {str(o) for p in MATCHES for o in themes.objects(None, p) if str(o).startswith(start)}


def test_the_scheme_is_sound(themes: Graph) -> None:
    assert faults(themes) == []
    assert set(concepts(themes)) == set(themes.subjects(RDF.type, SKOS.Concept))


def test_codes_and_hierarchy_are_those_that_were_agreed(themes: Graph) -> None:
    expected = {(child, parent) for parent, children in TREE.items() for child in children.split()}
    found = set()
    for concept in concepts(themes):
        (code,) = themes.objects(concept, SKOS.notation)
        assert concept == THEME[str(code)]
        parents = [str(parent).removeprefix(str(THEME)) for parent in themes.objects(concept, SKOS.broader)]
        found |= {(str(code), parent) for parent in parents or [""]}
        assert ((concept, SKOS.topConceptOf, URIRef(str(THEME).rstrip("/"))) in themes) is (not parents)
    assert found == expected


def test_no_name_or_spelling_belongs_to_two_themes(themes: Graph) -> None:
    assert ambiguous(themes) == {}


def test_every_theme_has_one_plain_definition_in_each_language(themes: Graph) -> None:
    for concept in concepts(themes):
        for lang in ("en", "ru"):
            assert len(text(themes, concept, SKOS.definition, lang)) == 1, (concept, lang)


def test_russian_is_written_in_cyrillic_and_english_in_latin_letters(themes: Graph) -> None:
    for _, predicate, literal in themes:
        if isinstance(literal, Literal) and literal.language == "ru":
            assert re.search("[а-яё]", str(literal).lower()), (predicate, literal)
        if isinstance(literal, Literal) and literal.language == "en":
            assert not re.search("[а-яё]", str(literal).lower()), (predicate, literal)


@pytest.mark.parametrize("code", CONFLICTING)
def test_conflicting_definitions_stand_side_by_side_each_with_its_source(themes: Graph, code: str) -> None:
    nodes = [o for o in themes.objects(THEME[code], SKOS.definition) if isinstance(o, URIRef)]
    assert len(nodes) >= 2
    for node in nodes:
        assert {o.language for o in themes.objects(node, RDF.value)} == {"en", "ru"}
        (source,) = themes.objects(node, DCTERMS.source)
        assert list(themes.objects(source, DCTERMS.title)), source
        assert list(themes.objects(source, DCTERMS.issued)), source
    for lang in ("en", "ru"):
        assert len(text(themes, THEME[code], SKOS.editorialNote, lang)) == 1


def test_no_definition_with_a_source_stands_alone(themes: Graph) -> None:
    with_nodes = {s for s, o in themes.subject_objects(SKOS.definition) if isinstance(o, URIRef)}
    assert with_nodes == {THEME[code] for code in CONFLICTING}
    used = set(themes.objects(None, DCTERMS.source))
    assert used == set(themes.subjects(RDF.type, DCTERMS.BibliographicResource))


def test_related_themes_are_related_both_ways_and_not_along_the_hierarchy(themes: Graph) -> None:
    pairs = list(themes.subject_objects(SKOS.related))
    assert (THEME.deinstitutionalisation, THEME["residential-institutions"]) in pairs
    for one, other in pairs:
        assert (other, SKOS.related, one) in themes
        assert other not in themes.transitive_objects(one, SKOS.broader)


def test_a_foreign_concept_is_matched_in_one_way_only(themes: Graph) -> None:
    for concept in concepts(themes):
        objects = [o for p in MATCHES for o in themes.objects(concept, p)]
        assert len(objects) == len(set(objects)), concept


@pytest.mark.parametrize(
    ("code", "spelling", "lang"),
    [
        ("deinstitutionalisation", "Deinstitutionalization", "en"),
        ("deinstitutionalisation", "DI", "en"),
        ("deinstitutionalisation", "Деинституционализация", "ru"),
        ("inclusive-education", "IE", "en"),
        ("special-educational-needs", "SEN", "en"),
        ("early-childhood-education", "ECD", "en"),
        ("interagency-coordination", "Inter-agency coordination", "en"),
        ("defectology", "Дефектология", "ru"),
    ],
)
def test_spellings_and_acronyms_find_their_theme(themes: Graph, code: str, spelling: str, lang: str) -> None:
    names = set().union(
        *(text(themes, THEME[code], naming, lang) for naming in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel))
    )
    assert spelling in names


def test_matched_unesco_concepts_exist(themes: Graph) -> None:
    content = shared("datasets", "vocab", "unesco-thesaurus.ttl").read_text(encoding="utf-8")
    start = "http://vocabularies.unesco.org/thesaurus/"
    known = set(re.findall(r"^:(concept\d+) a skos:Concept", content, re.M))
    wanted = {iri.removeprefix(start) for iri in matches(themes, start)}
    assert wanted
    assert wanted <= known


def test_matched_sdg_goals_and_targets_exist(themes: Graph) -> None:
    content = shared("datasets", "vocab", "sdg-kos-goals-targets-indicators.ttl").read_text(encoding="utf-8")
    known = set(re.findall(r"^sdg:(\S+) a sdgo:(?:Goal|Target)", content, re.M))
    wanted = {iri.removeprefix("http://metadata.un.org/sdg/") for iri in matches(themes, "http://metadata.un.org/sdg/")}
    assert wanted
    assert wanted <= known


@pytest.mark.parametrize("name", ["Sector", "PolicyMarker"])
def test_matched_dac_codes_exist_and_are_not_withdrawn(themes: Graph, name: str) -> None:
    items = ElementTree.parse(shared("datasets", "vocab", "iati", f"{name}.xml")).iter("codelist-item")
    known = {item.findtext("code") for item in items if item.get("status", "active") == "active"}
    wanted = {iri.partition("#")[2] for iri in matches(themes, f"{IATI}{name}/#")}
    assert wanted
    assert wanted <= known


def test_every_match_is_of_a_scheme_that_a_test_looks_up(themes: Graph) -> None:
    known = ("http://vocabularies.unesco.org/thesaurus/concept", "http://metadata.un.org/sdg/", IATI)
    assert [iri for iri in matches(themes, "") if not iri.startswith(known)] == []
