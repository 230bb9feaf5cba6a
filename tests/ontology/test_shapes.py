"""The shapes: complete in both languages, each property shape with an example that passes and one that fails."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef

from tests.ontology import shape_examples as given
from tests.ontology.shape_examples import EXAMPLES, ONTOLOGY, SHAPE, local

FILES = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
PROPERTY_SHAPES = sorted(given.shapes().subjects(RDF.type, SH.PropertyShape))
CLOSED = sorted(given.shapes().subjects(SH.closed, Literal(True)))
INVALID = [path for path in given.examples() if path.name != "valid.ttl"]

#: A part that other shapes use by sh:node; what it means is seen in their examples.
PARTS = {"PartialDate"}


def _messages(shape: URIRef | BNode) -> dict[str | None, str]:
    return {m.language: str(m) for m in given.shapes().objects(shape, SH.message) if isinstance(m, Literal)}


def test_the_shapes_are_valid_shapes() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=given.shapes(), meta_shacl=True, advanced=True)
    assert conforms, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_the_one_shape_it_is_named_for(path: Path) -> None:
    graph = Graph().parse(path)
    node_shapes = set(graph.subjects(RDF.type, SH.NodeShape))
    assert URIRef(SHAPE + path.stem) in node_shapes
    # Others are only parts for sh:node and sh:qualifiedValueShape: they have no target.
    targeting = {s for p in (SH.targetClass, SH.target) for s in graph.subjects(p)}
    assert targeting <= {URIRef(SHAPE + path.stem)}
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        assert local(shape).startswith(f"{path.stem}-")
        assert (URIRef(SHAPE + path.stem), SH.property, shape) in graph


@pytest.mark.parametrize("shape", PROPERTY_SHAPES, ids=local)
def test_a_property_shape_has_a_severity_and_says_what_to_do_in_both_languages(shape: URIRef) -> None:
    assert isinstance(shape, URIRef)
    assert len(list(given.shapes().objects(shape, SH.path))) == 1
    assert given.shapes().value(shape, SH.severity) in {SH.Violation, SH.Warning, SH.Info}
    messages = _messages(shape)
    assert set(messages) == {"en", "ru"}
    for text in messages.values():
        # The field, a colon, and one sentence or more.
        assert re.fullmatch(r"[^:.]+: .+\.", text), text
    assert re.search("[а-я]", messages["ru"])


@pytest.mark.parametrize("shape", CLOSED, ids=local)
def test_a_closed_shape_explains_unknown_properties_in_both_languages(shape: URIRef) -> None:
    assert set(_messages(shape)) == {"en", "ru"}
    assert list(given.shapes().objects(shape, SH.targetClass))


def test_property_shapes_are_no_blank_nodes() -> None:
    assert all(isinstance(shape, URIRef) for shape in given.shapes().objects(None, SH.property))
    assert all(isinstance(shape, URIRef) for shape in given.shapes().subjects(SH.path))


def test_patterns_are_anchored_and_cannot_backtrack() -> None:
    """pySHACL hangs on a pattern like ``(a+)+$``: so no repetition of a group that holds a repetition."""
    for pattern in given.shapes().objects(None, SH.pattern):
        assert str(pattern).startswith("^")
        bounded = re.sub(r"\{[0-9]+(,[0-9]+)?\}", "", str(pattern))
        assert not re.search(r"\([^()]*[*+][^()]*\)[*+]", bounded), pattern


@pytest.mark.parametrize("path", [p for p in FILES if p.stem not in PARTS], ids=lambda path: path.stem)
def test_every_shape_has_its_examples_and_no_others(path: Path) -> None:
    graph = Graph().parse(path)
    expected = {"valid.ttl"}
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        expected |= {f"invalid-{local(shape)}.ttl", f"invalid-{local(shape)}.txt"}
    if (URIRef(SHAPE + path.stem), SH.closed, Literal(True)) in graph:
        expected |= {"invalid-closed.ttl", "invalid-closed.txt"}
    assert {p.name for p in (EXAMPLES / path.stem).iterdir()} == expected


def test_every_folder_of_examples_belongs_to_a_shape() -> None:
    assert {p.name for p in EXAMPLES.iterdir() if p.is_dir()} == {p.stem for p in FILES} - PARTS


@pytest.mark.parametrize(
    "path", [EXAMPLES, *EXAMPLES.glob("*/*.ttl")], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_examples_say_that_they_are_invented(path: Path) -> None:
    file = path / "context.ttl" if path.is_dir() else path
    assert file.read_text(encoding="utf-8").startswith("# Invented: ")


@pytest.mark.parametrize("folder", sorted(p for p in EXAMPLES.iterdir() if p.is_dir()), ids=lambda path: path.name)
def test_a_valid_example_conforms_and_has_a_value_for_every_property_shape(folder: Path) -> None:
    path = folder / "valid.ttl"
    assert given.report_text(given.reports()[path]) == ""
    present = set(given.examples()[path].predicates())
    for shape in Graph().parse(ONTOLOGY / "shapes" / f"{folder.name}.ttl").subjects(RDF.type, SH.PropertyShape):
        (shape_path,) = given.shapes().objects(shape, SH.path)
        assert present & set(given.paths(given.shapes(), shape_path)), f"nothing in valid.ttl for {local(shape)}"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_invalid_example_is_reported_in_the_approved_words(path: Path) -> None:
    found = given.reports()[path]
    rule = path.parent.name if path.stem == "invalid-closed" else path.stem.removeprefix("invalid-")
    assert rule in {result.shape for result in found}
    assert given.report_text(found) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_the_example_of_the_architecture_has_no_violation() -> None:
    data = given.trig(given.REPOSITORY / "tests" / "graph" / "example.trig")
    found = given.validate(data)
    assert [result for result in found if result.severity == "Violation"] == []
    # The warning that it should give: an inference without its reason.
    assert sorted({(result.shape, result.focus.strip("<>").split("/")[0]) for result in found}) == [
        ("Record-inferredNote", "relation"),
    ]


def test_the_reference_data_conform() -> None:
    found = given.validate(given.reference())
    assert given.report_text(found) == ""


@pytest.mark.parametrize(
    ("start", "end", "bad"),
    [
        ('"2010"^^xsd:gYear', '"2010"^^xsd:gYear', False),
        ('"2010-05-12"^^xsd:date', '"2010"^^xsd:gYear', False),
        ('"2010"^^xsd:gYear', '"2010-05-12"^^xsd:date', False),
        ('"2010-05"^^xsd:gYearMonth', '"2010-05-01"^^xsd:date', False),
        ('"2010-05-12"^^xsd:date', '"2010-05-11"^^xsd:date', True),
        ('"2010-05"^^xsd:gYearMonth', '"2010-04-30"^^xsd:date', True),
        ('"2010-05-12"^^xsd:date', '"2009"^^xsd:gYear', True),
        ('"2010"^^xsd:gYear', '"2009-12"^^xsd:gYearMonth', True),
    ],
)
def test_partial_dates_are_compared_as_far_as_both_are_exact(start: str, end: str, bad: bool) -> None:
    data = Graph().parse(
        data=f"""
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <https://example.org/p> a dcterms:PeriodOfTime ; dcat:startDate {start} ; dcat:endDate {end} .""",
        format="turtle",
    )
    assert [r.shape for r in given.validate(data)] == (["PeriodOrder-end"] if bad else [])


def test_hundreds_of_records_are_checked_in_seconds() -> None:
    """A SPARQL constraint on every record would cost some 15 ms for each: 300 of them must stay far below that."""
    data = Graph()
    data += given.context()
    (example,) = set(given.examples()[EXAMPLES / "Engagement" / "valid.ttl"].subjects())
    for number in range(300):
        for p, o in given.examples()[EXAMPLES / "Engagement" / "valid.ttl"].predicate_objects(example):
            data.add((URIRef(f"{example}-{number}"), p, o))
    began = time.process_time()
    assert given.validate(data) == []
    assert time.process_time() - began < 10
