"""The vocabulary: complete in both languages, and no term in use that it does not define or list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, FOAF, ORG, PROV, QB, SDO

from graph.terms import NS, PREFIXES, REFERENCE_BASE, expand
from ontology import HERE
from tests.ontology.shape_examples import shapes
from tests.ontology.terms_in_use import REPOSITORY, terms_in_use

ONTOLOGY = URIRef(NS.removesuffix("#"))
VOCABULARY = Graph().parse(HERE / "vocabulary.ttl")
OURS = sorted(VOCABULARY.subjects(RDFS.isDefinedBy, ONTOLOGY))
REUSED = sorted(set(VOCABULARY.subjects(RDFS.isDefinedBy, None)) - set(OURS))
IN_USE = terms_in_use()
#: What the files are written in; rdflib knows all of their terms.
LANGUAGES = {str(RDF): RDF, str(RDFS): RDFS, str(OWL): OWL, str(SH): SH, str(XSD): XSD}
#: The reused vocabularies whose terms rdflib knows. It lacks Web Annotation.
KNOWN = {str(n): n for n in (DCAT, DCTERMS, FOAF, ORG, PROV, QB, SDO, SKOS, RDF)}
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype, RDF.Property}


def _short(term: str) -> str:
    return next((f"{p}:{term.removeprefix(n)}" for p, n in PREFIXES.items() if term.startswith(n)), term)


def _languages(subject: URIRef, predicate: URIRef) -> list[str | None]:
    return sorted(o.language for o in VOCABULARY.objects(subject, predicate) if isinstance(o, Literal))


def _namespace(term: str) -> str:
    return term[: max(term.rfind("#"), term.rfind("/")) + 1]


def test_the_ontology_says_its_title_licence_and_version() -> None:
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in VOCABULARY
    assert _languages(ONTOLOGY, DCTERMS.title) == ["en", "ru"]
    assert VOCABULARY.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert VOCABULARY.value(ONTOLOGY, OWL.versionInfo)


def test_nothing_is_anonymous_and_no_domain_is_claimed() -> None:
    assert not [t for triple in VOCABULARY for t in triple if isinstance(t, BNode)]
    assert not list(VOCABULARY.subject_objects(RDFS.domain))


def test_every_subject_is_the_ontology_or_a_listed_term() -> None:
    assert set(VOCABULARY.subjects()) == {ONTOLOGY, *OURS, *REUSED}
    assert {str(term) for term in OURS} == {str(s) for s in VOCABULARY.subjects() if str(s).startswith(NS)}


@pytest.mark.parametrize("term", OURS, ids=_short)
def test_a_term_of_ours_is_named_and_defined_in_both_languages(term: URIRef) -> None:
    assert _languages(term, RDFS.label) == ["en", "ru"]
    assert _languages(term, SKOS.definition) == ["en", "ru"]
    assert all(str(d).endswith(".") for d in VOCABULARY.objects(term, SKOS.definition))
    assert _languages(term, SKOS.scopeNote) in ([], ["en", "ru"])
    types = set(VOCABULARY.objects(term, RDF.type))
    assert len(types) == 1
    assert types <= KINDS


@pytest.mark.parametrize("term", OURS, ids=_short)
def test_the_example_of_a_term_parses_and_uses_it(term: URIRef) -> None:
    examples = list(VOCABULARY.objects(term, SKOS.example))
    assert examples
    header = f"@base <{REFERENCE_BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
    for example in examples:
        graph = Graph().parse(data=header + str(example), format="turtle")
        assert any(term in triple for triple in graph)
        # An example is no place for terms that do not exist either.
        for _, predicate, _ in graph:
            assert predicate in {*OURS, *REUSED} or _namespace(predicate) in LANGUAGES, predicate


@pytest.mark.parametrize("term", REUSED, ids=_short)
def test_a_reused_term_is_named_and_its_use_explained_in_both_languages(term: URIRef) -> None:
    assert _languages(term, RDFS.label) == ["en", "ru"]
    assert _languages(term, SKOS.scopeNote) == ["en", "ru"]
    types = set(VOCABULARY.objects(term, RDF.type))
    assert len(types) == 1
    assert types <= KINDS
    (vocabulary,) = VOCABULARY.objects(term, RDFS.isDefinedBy)
    assert str(vocabulary) == _namespace(term)


@pytest.mark.parametrize("term", [t for t in REUSED if _namespace(t) in KNOWN], ids=_short)
def test_a_reused_term_exists_in_its_vocabulary(term: URIRef) -> None:
    assert term in KNOWN[_namespace(term)]


@pytest.mark.parametrize("term", sorted(IN_USE), ids=_short)
def test_a_term_in_use_is_defined_or_listed(term: str) -> None:
    if _namespace(term) in LANGUAGES:
        assert term in LANGUAGES[_namespace(term)], IN_USE[term]
    else:
        assert URIRef(term) in {*OURS, *REUSED}, f"in {', '.join(sorted(IN_USE[term]))}"


def test_the_search_for_terms_finds_them_in_every_kind_of_file() -> None:
    """A search that finds nothing would make the test above pass."""
    suffixes = {Path(file).suffix for file in IN_USE[expand("cg:theme")]}
    assert {".ttl", ".trig", ".rq", ".json", ".md"} <= suffixes
    assert "graph/ingest/provenance.py" in IN_USE[expand("cg:fileName")]


def test_an_engagement_is_never_an_organisation() -> None:
    above = set(VOCABULARY.transitive_objects(URIRef(expand("cg:Engagement")), RDFS.subClassOf))
    assert not above & {URIRef(expand(c)) for c in ("org:Organization", "schema:Organization", "schema:Project")}
    organisations = set(VOCABULARY.transitive_subjects(RDFS.subClassOf, ORG.Organization))
    assert not organisations & set(VOCABULARY.transitive_subjects(RDFS.subClassOf, URIRef(expand("cg:Engagement"))))


def test_the_hierarchies_have_no_circle_and_stay_among_listed_terms() -> None:
    for relation in (RDFS.subClassOf, RDFS.subPropertyOf):
        for below, above in VOCABULARY.subject_objects(relation):
            assert above in {*OURS, *REUSED}
            assert below not in set(VOCABULARY.transitive_objects(above, relation))


def test_the_range_of_a_property_is_no_narrower_than_what_the_shapes_ask_for() -> None:
    compared = 0
    for shape, asked in shapes().subject_objects(SH["class"]):
        path = shapes().value(shape, SH.path)
        for claimed in VOCABULARY.objects(path, RDFS.range) if isinstance(path, URIRef) else ():
            compared += 1
            assert claimed in set(VOCABULARY.transitive_objects(asked, RDFS.subClassOf)), (shape, claimed)
    assert compared > 20


def test_every_property_of_a_table_is_allowed_by_a_shape() -> None:
    """A column whose property no shape names would be refused as a misspelling wherever it is filled."""
    paths = set(shapes().objects(None, SH.path))
    for file in sorted((REPOSITORY / "ontology" / "tables").rglob("*.json")):
        for column in json.loads(file.read_text(encoding="utf-8"))["columns"]:
            term = column.get("propertyUrl", "rdf:type")
            if term not in {"rdf:type", "prov:wasDerivedFrom"}:
                assert URIRef(expand(term)) in paths, (file.name, term)
