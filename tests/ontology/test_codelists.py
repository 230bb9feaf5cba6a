"""The code lists."""

import xml.etree.ElementTree as ElementTree

import pytest
from rdflib import RDF, SKOS, Graph, URIRef

from ontology import HERE
from tests.material import shared
from tests.ontology.skos import IATI, SCHEMA, faults, parse, text

CODE = "https://w3id.org/commonground/id/code/"
#: The lists and their codes, in the order of ``schema:position`` where a list is ordered.
CODES = {
    "absence": "nobody not-needed",
    "attendance": "attended absent not-stated",
    "availability": "existing proposed",
    "basis": "stated inferred inferred-name inferred-seat inferred-session inferred-profile inferred-project proposed",
    "cell-state": "covered covered-by-one combination-not-stated regional-only inferred-only known-absence "
    "none-listed lapsed unknown",
    "delivery": "given presenter-absent not-stated",
    "engagement-role": "research advocacy implementation policy training coordination funding exchange",
    "grade": "stated regional inferred regional-inferred combination-not-stated proposed history",
    "organisation-role": "1 2 3 4",
    "organisation-type": "10 11 15 21 22 23 24 30 40 60 70 71 72 73 80 90",
    "project-status": "1 2 3 4 5 6",
    "resource-kind": "film survey database document slides dataset tool website",
}
ORDERED = ("cell-state", "grade")


@pytest.fixture(params=sorted(CODES))
def codelist(request: pytest.FixtureRequest) -> tuple[str, Graph]:
    return request.param, parse(f"codelists/{request.param}.ttl")


def codes(graph: Graph) -> set[str]:
    return {str(o) for o in graph.objects(None, SKOS.notation)}


def test_there_is_one_file_for_each_list() -> None:
    assert sorted(path.stem for path in (HERE / "codelists").glob("*.ttl")) == sorted(CODES)


def test_a_list_is_sound(codelist: tuple[str, Graph]) -> None:
    assert faults(codelist[1]) == []


def test_a_list_holds_its_codes_under_its_address(codelist: tuple[str, Graph]) -> None:
    name, graph = codelist
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {URIRef(CODE + name)}
    assert codes(graph) == set(CODES[name].split())
    for concept, notation in graph.subject_objects(SKOS.notation):
        assert concept == URIRef(f"{CODE}{name}/{notation}")


def test_lists_and_codes_are_named_and_defined_in_two_languages(codelist: tuple[str, Graph]) -> None:
    _, graph = codelist
    for subject in set(graph.subjects()):
        for naming in (SKOS.prefLabel, SKOS.definition):
            for lang in ("en", "ru"):
                assert len(text(graph, subject, naming, lang)) == 1, (subject, naming, lang)


def test_ordered_lists_carry_positions_and_others_do_not(codelist: tuple[str, Graph]) -> None:
    name, graph = codelist
    positions = sorted((int(o), str(s).rsplit("/", 1)[1]) for s, o in graph.subject_objects(SCHEMA.position))
    assert positions == (list(enumerate(CODES[name].split(), 1)) if name in ORDERED else [])


def test_what_is_inferred_is_inferred() -> None:
    graph = parse("codelists/basis.ttl")
    narrower = {str(s).rsplit("/", 1)[1] for s in graph.subjects(SKOS.broader, URIRef(CODE + "basis/inferred"))}
    assert narrower == {"inferred-name", "inferred-seat", "inferred-session", "inferred-project", "inferred-profile"}
    assert len(list(graph.triples((None, SKOS.broader, None)))) == 5


@pytest.mark.parametrize(
    ("name", "iati"), [("organisation-type", "OrganisationType"), ("organisation-role", "OrganisationRole")]
)
def test_iati_codes_and_names_are_those_of_iati(name: str, iati: str) -> None:
    graph = parse(f"codelists/{name}.ttl")
    items = ElementTree.parse(shared("datasets", "vocab", "iati", f"{iati}.xml")).iter("codelist-item")
    published = {item.findtext("code"): item.findtext("name/narrative") for item in items}
    ours = {str(o): next(iter(text(graph, s, SKOS.prefLabel, "en"))) for s, o in graph.subject_objects(SKOS.notation)}
    assert ours == published
    assert {str(o) for o in graph.objects(None, SKOS.exactMatch)} == {f"{IATI}{iati}/#{code}" for code in published}
