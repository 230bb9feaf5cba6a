"""Reports as RDF are SHACL's own: every fault that tables can have, and every example of the shapes."""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import PROV, RDF, SH

from graph.batches.report import explanation, from_rows, to_rows
from graph.ingest import load_reference, validate
from graph.ingest.messages import SENTENCES
from graph.ingest.rules import describe_rules
from graph.ingest.validation import load_shapes, result_of
from graph.model import CellRef, Severity, ValidationReport, ValidationResult
from graph.shacl.explain import explain
from graph.shacl.report import REPORT_PREFIXES, RULES, to_triples
from graph.store.embedded import EmbeddedStore
from tests.graph.ingest.cases import CASES, Case
from tests.graph.ingest.test_faults import DAY, put

#: What SHACL, section 3.6, asks of a report, as shapes.
REPORT_SHAPES = rdflib.Graph().parse(Path(__file__).with_name("report_shapes.ttl"))


def locate(ref: CellRef) -> str:
    return f"http://example.org/file/{ref.file}" + (f"#row={ref.row}" if ref.row else "")


def read(report: ValidationReport) -> rdflib.Graph:
    """The report in Turtle, as a reader of SHACL takes it in, after it was seen to be one."""
    target = io.BytesIO()
    triples = to_triples(report, load_shapes().shapes, locate)
    ox.serialize(triples, target, format=ox.RdfFormat.TURTLE, prefixes=REPORT_PREFIXES)
    graph = rdflib.Graph().parse(data=target.getvalue(), format="turtle")
    conforms, _, text = pyshacl.validate(graph, shacl_graph=REPORT_SHAPES, inplace=True)
    assert conforms, text
    (whole,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert (whole, SH.conforms, rdflib.Literal(not report.results)) in graph
    assert len(set(graph.objects(whole, SH.result))) == len(report.results)
    return graph


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore()
    load_reference(store)
    return store


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_every_fault_of_a_table_is_a_result(case: Case, store: EmbeddedStore, tmp_path: Path) -> None:
    report = from_rows(to_rows(validate(store, put(case, tmp_path), as_of=DAY).results))
    graph = read(report)
    (result,) = graph.subjects(RDF.type, SH.ValidationResult)
    assert graph.value(result, SH.sourceConstraintComponent) == rdflib.URIRef(RULES + case.rule)
    assert graph.value(result, SH.sourceShape) is None
    place = locate(CellRef(case.file, "", case.row))
    assert graph.value(result, PROV.wasDerivedFrom) == rdflib.URIRef(place)
    assert {str(m) for m in graph.objects(result, SH.resultMessage)} == {case.en, case.ru}
    assert str(graph.value(result, SH.value) or "") == case.value


def test_nothing_at_fault_conforms() -> None:
    assert len(read(ValidationReport())) == 2


def test_a_value_keeps_its_type_and_a_path_its_form() -> None:
    """What shapes found, as pySHACL tells it, comes out as it was."""
    data = rdflib.Graph().parse(
        format="turtle",
        data="""@prefix cg: <https://w3id.org/commonground/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <urn:e> a cg:Engagement ; cg:partner <urn:nobody> ; cg:statedOn "10"^^xsd:integer ; <urn:p> "x"@fr .
        <urn:a> a cg:Appearance .""",
    )
    shapes = load_shapes()
    _, theirs, _ = pyshacl.validate(data, shacl_graph=shapes.shapes, ont_graph=shapes.vocabulary, advanced=True)
    assert isinstance(theirs, rdflib.Graph)
    store = ox.Store()
    store.load(data.serialize(format="nt").encode(), ox.RdfFormat.N_TRIPLES)
    found = explain(store, {quad.subject for quad in store}, shapes.shapes, shapes.vocabulary)
    ours = read(from_rows(to_rows(result_of(one) for one in found)))
    assert told(ours) == told(theirs)
    assert len(told(ours)) > 10


def told(report: rdflib.Graph) -> set[tuple[str, ...]]:
    """Each result's own words, its path as text."""
    parts = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape, SH.value)
    return {
        (
            *(str(report.value(one, part).n3() if report.value(one, part) is not None else "") for part in parts),  # type: ignore[union-attr]
            path(report, report.value(one, SH.resultPath)),
        )
        for one in report.objects(None, SH.result)
    }


def path(report: rdflib.Graph, part: rdflib.term.Node | None) -> str:
    if not isinstance(part, rdflib.BNode):
        return str(part)
    if (part, RDF.first, None) in report:
        return "/".join(path(report, step) for step in report.items(part))
    return "|".join(path(report, one) for one in report.items(report.value(part, SH.alternativePath)))  # type: ignore[arg-type]


def test_a_report_of_an_earlier_version_can_still_be_told() -> None:
    row = to_rows([ValidationResult(Severity.WARNING, "no-rows", {"en": "a", "ru": "б"}, CellRef("a.csv", "", 0))])[0]
    for key in ("component", "path", "term"):
        del row[key]
    graph = read(from_rows([row]))
    assert set(graph.objects(None, SH.focusNode)) == {rdflib.URIRef(locate(CellRef("a.csv", "", 0)))}


def test_every_rule_is_described_and_has_its_place() -> None:
    described = {triple.subject.value for triple in describe_rules()}  # type: ignore[union-attr]
    assert described == {RULES + rule for rule in SENTENCES}
    assert {explanation(rule) for rule in SENTENCES} == {f"/ns/rules#{rule}" for rule in SENTENCES}
    assert explanation("urn:other") == ""
