"""That the rules for SKOS schemes find what they are there to find."""

import pytest
from rdflib import RDF, SKOS, BNode, Graph, Literal, URIRef

from tests.ontology.skos import ambiguous, faults

SCHEME, ONE, TWO = (URIRef(f"https://example.org/{name}") for name in ("scheme", "one", "two"))
GOOD = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <https://example.org/> .
:scheme a skos:ConceptScheme ; skos:hasTopConcept :one .
:one a skos:Concept ; skos:inScheme :scheme ; skos:topConceptOf :scheme ; skos:notation "1" ;
  skos:prefLabel "one"@en, "один"@ru .
:two a skos:Concept ; skos:inScheme :scheme ; skos:broader :one ; skos:notation "2" ;
  skos:prefLabel "two"@en, "два"@ru ; skos:altLabel "pair"@en .
"""


@pytest.fixture
def graph() -> Graph:
    return Graph().parse(data=GOOD, format="turtle")


def test_a_good_scheme_has_no_faults(graph: Graph) -> None:
    assert faults(graph) == []
    assert ambiguous(graph) == {}


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ((ONE, SKOS.broader, TWO), "broader than itself"),
        ((ONE, SKOS.broader, SCHEME), "which is no concept"),
        ((ONE, SKOS.prefLabel, Literal("uno", "en")), "2 preferred labels in en"),
        ((ONE, SKOS.prefLabel, Literal("Two", "en")), "label of 2 concepts"),
        ((TWO, SKOS.hiddenLabel, Literal("pair", "en")), "the same label twice in en"),
        ((TWO, SKOS.inScheme, ONE), "not in the scheme"),
        ((TWO, SKOS.topConceptOf, SCHEME), "top concept in one direction only"),
        ((ONE, SKOS.note, BNode()), "blank node"),
    ],
)
def test_a_planted_fault_is_found(graph: Graph, planted: tuple[URIRef, URIRef, Literal], fault: str) -> None:
    graph.add(planted)
    assert any(fault in found for found in faults(graph))


@pytest.mark.parametrize("missing", [SKOS.notation, SKOS.inScheme])
def test_a_missing_property_is_found(graph: Graph, missing: URIRef) -> None:
    graph.remove((TWO, missing, None))
    assert len(faults(graph)) == 1


def test_a_spelling_of_two_concepts_is_found(graph: Graph) -> None:
    graph.add((ONE, SKOS.hiddenLabel, Literal("P-air", "en")))
    assert ambiguous(graph) == {"pair": {str(ONE), str(TWO)}}
    assert set(graph.subjects(RDF.type, SKOS.Concept)) == {ONE, TWO}
