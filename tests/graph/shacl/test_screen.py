"""The screen misses nothing that pySHACL finds: on the W3C's suites, and on faulty data of our own."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import example as explicitly
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH
from rdflib.term import BNode

from graph.ingest import validation
from graph.ingest.mapping import SourceMap
from graph.ingest.validation import Shapes, check, load_shapes
from graph.model import CellRef
from graph.shacl import Screen, compile_shapes
from graph.shacl.screen import Suspects, Term, keeps
from tests.graph.shacl.w3c import MISSING, SUITE, Case, cases

#: What is not expressed, by test of the suites; the list is exact.
UNSUPPORTED = {
    "core/property/qualifiedMinCountDisjoint-001": "sh:qualifiedValueShapesDisjoint",
    "core/property/qualifiedValueShapesDisjoint-001": "sh:qualifiedValueShapesDisjoint",
    "sparql/component/nodeValidator-001": "a constraint component of its own",
    "sparql/component/optional-001": "a constraint component of its own",
    "sparql/component/propertyValidator-select-001": "a constraint component of its own",
    "sparql/component/validator-001": "a constraint component of its own",
    "sparql/node/prefixes-001": "sh:sparql",
    "sparql/node/sparql-001": "sh:sparql",
    "sparql/node/sparql-002": "sh:sparql",
    "sparql/node/sparql-003": "sh:sparql",
    "sparql/pre-binding/pre-binding-001": "sh:sparql",
    "sparql/pre-binding/pre-binding-002": "sh:sparql",
    "sparql/pre-binding/pre-binding-003": "sh:sparql",
    "sparql/pre-binding/pre-binding-004": "sh:sparql",
    "sparql/pre-binding/pre-binding-005": "sh:sparql",
    "sparql/pre-binding/pre-binding-007": "sh:sparql",
    "sparql/pre-binding/shapesGraph-001": "sh:sparql",
    "sparql/property/sparql-001": "sh:sparql",
}
#: Tests whose data hold literals that the engine does not keep: nothing is screened there.
NOT_KEPT = {
    "core/node/maxExclusive-001",
    "core/node/maxInclusive-001",
    "core/node/minExclusive-001",
    "core/property/datatype-ill-formed",
}

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")


@cache
def suite() -> dict[str, Case]:
    return {case.name: case for case in cases() if case.expected is not None} if SUITE.exists() else {}


def loaded(graph: rdflib.Graph) -> tuple[ox.Store, bool]:
    quads = list(ox.parse(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES))
    store = ox.Store()
    store.extend(quads)
    return store, all(keeps(quad.object) for quad in quads if isinstance(quad.object, ox.Literal))


def text(node: object) -> str:
    """A node to be compared across libraries; blank ones have no name of their own."""
    if isinstance(node, BNode | ox.BlankNode):
        return "_"
    return node.value if isinstance(node, ox.NamedNode | ox.Literal) else str(node)


@pytest.mark.skipif(not SUITE.exists(), reason=MISSING)
def test_every_expected_focus_node_of_the_suites_is_suspected() -> None:
    unsupported, not_kept, missed = {}, set(), {}
    for name, case in suite().items():
        assert case.expected is not None
        screen = compile_shapes(case.shapes)
        data, kept = loaded(case.data)
        if screen.unsupported:
            (unsupported[name],) = set(screen.unsupported.values())
        if not kept:
            not_kept.add(name)
            continue
        about, _ = screen.neighbourhood(data, screen.suspects(data).nodes)
        lost = {text(node) for node in case.expected} - {text(node) for node in about}
        if lost:
            missed[name] = lost
    assert missed == {}
    assert unsupported == UNSUPPORTED
    assert not_kept == NOT_KEPT
    assert len(suite()) > 100


def reported(data: rdflib.Graph, shapes: rdflib.Graph) -> Counter[tuple[str, ...]]:
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    assert isinstance(report, rdflib.Graph)
    return Counter(
        tuple(
            text(report.value(found, part))
            for part in (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent)
        )
        for found in report.subjects(RDF.type, SH.ValidationResult)
    )


@pytest.mark.skipif(not SUITE.exists(), reason=MISSING)
@pytest.mark.parametrize("part", ["core/complex", "core/node", "core/path", "core/property"])
def test_the_neighbourhood_of_the_suspects_is_enough(part: str) -> None:
    """pySHACL says the same of the suspects when it is given their neighbourhood alone."""
    compared = 0
    for name, case in suite().items():
        # rdflib makes one value of the two ill-formed booleans of that test.
        if not name.startswith(part) or name in NOT_KEPT or name == "core/property/or-datatypes-001":
            continue
        screen = compile_shapes(case.shapes)
        data, _ = loaded(case.data)
        about, quads = screen.neighbourhood(data, screen.suspects(data).nodes)
        wanted = {text(node) for node in about}
        near = rdflib.Graph().parse(
            data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES), format="nt"
        )
        # The shapes bring their own classes along, as our vocabulary does.
        for triple in case.shapes.triples((None, rdflib.RDFS.subClassOf, None)):
            near.add(triple)
        whole = Counter({row: n for row, n in reported(case.data, case.shapes).items() if row[0] in wanted})
        found = Counter({row: n for row, n in reported(near, case.shapes).items() if row[0] in wanted})
        assert found == whole, name
        compared += 1
    assert compared >= 2


class Everything(Screen):
    """Suspects all, so that pySHACL judges all of the data at once: what validation is without a screen."""

    def suspects(self, data: ox.Store) -> Suspects:
        return Suspects({"": frozenset(quad.subject for quad in data)})

    def neighbourhood(self, data: ox.Store, nodes: object) -> tuple[frozenset[Term], list[ox.Quad]]:  # noqa: ARG002
        quads = list(data)
        return frozenset(quad.subject for quad in quads), quads


@cache
def example() -> tuple[tuple[ox.Quad, ...], tuple[ox.Quad, ...]]:
    """The records of the example graph, and what they refer to."""
    root = Path(__file__).parent.parent
    quads = tuple(ox.parse(path=root / "example.trig", format=ox.RdfFormat.TRIG))
    records = tuple(q for q in quads if isinstance(q.graph_name, ox.NamedNode) and "/source/" in q.graph_name.value)
    from graph.ingest.reference import load_reference
    from graph.store.embedded import EmbeddedStore

    store = EmbeddedStore()
    load_reference(store)
    return records, tuple(validation.referred(records, store.quads()))


LITERALS = [
    ox.Literal("text"),
    ox.Literal("text", language="en"),
    ox.Literal("текст", language="ru"),
    ox.Literal(""),
    ox.Literal("2010-13-40", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    ox.Literal("1999", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYear")),
    ox.Literal(7),
    ox.Literal(True),
    ox.NamedNode("https://w3id.org/commonground/id/nothing"),
]


def spoilt(seed: int, count: int) -> list[ox.Quad]:
    """The example with some of its statements dropped, doubled, moved to another property or given another value."""
    chance = random.Random(seed)
    quads = list(example()[0])
    for _ in range(count):
        at = chance.randrange(len(quads))
        quad = quads[at]
        match chance.randrange(5):
            case 0:
                del quads[at]
            case 1:
                quads.append(ox.Quad(quad.subject, quad.predicate, chance.choice(LITERALS), quad.graph_name))
            case 2:
                other = chance.choice(quads)
                quads.append(ox.Quad(quad.subject, quad.predicate, other.object, quad.graph_name))
            case 3:
                wrong = ox.NamedNode(quad.predicate.value + chance.choice(["s", "x"]))
                quads[at] = ox.Quad(quad.subject, wrong, quad.object, quad.graph_name)
            case 4:
                other = chance.choice(quads)
                quads[at] = ox.Quad(quad.subject, other.predicate, quad.object, quad.graph_name)
    return quads


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 12))
# What a nested shape says of a value is a detail of the result (sh:detail), and no result on that value.
@explicitly(414, 2)
def test_faulty_records_get_the_same_report_as_without_a_screen(seed: int, count: int) -> None:
    shapes = load_shapes()
    quads, context = spoilt(seed, count), example()[1]
    screened = check(quads, context, shapes, SourceMap())
    plain = Shapes(shapes.shapes, shapes.vocabulary, Everything((), depth=None))
    assert screened == check(quads, context, plain, SourceMap())


def test_of_several_results_with_one_sentence_the_same_is_told_in_whatever_order_they_come() -> None:
    (dated, *_) = [quad for quad in example()[0] if quad.predicate.value.endswith("#statedOn")]
    values = [ox.Literal("7"), ox.Literal(7), ox.Literal("7", language="en")]
    more = [ox.Quad(dated.subject, dated.predicate, value, dated.graph_name) for value in values]
    first, *others = (
        check([*quads, *example()[0]], example()[1], load_shapes(), SourceMap())
        for quads in (more, more[::-1], [more[1], more[0], more[2]])
    )
    assert all(other == first for other in others)
    assert [result.term for result in first if result.value == "7"] == ['"7"']


def test_sound_records_are_not_given_to_pyshacl(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("pySHACL was called")

    # One record of the example has a warning.
    faulty = {result.focus for result in check(*example(), load_shapes(), SourceMap())}
    assert len(faulty) == 1
    monkeypatch.setattr("pyshacl.validate", never)
    sound = [quad for quad in example()[0] if quad.subject.value not in faulty]  # type: ignore[union-attr]
    assert check(sound, example()[1], load_shapes(), SourceMap()) == ()


def test_our_shapes_are_expressed_without_exception() -> None:
    screen = load_shapes().screen
    assert screen.unsupported == {}
    assert screen.depth is not None
    assert len(screen.rules) >= 30


def test_literals_that_the_engine_rewrites_are_not_screened() -> None:
    """``01`` would be screened as 1, for which the rule is kept."""
    assert not keeps(ox.Literal("01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    assert not keeps(ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#int")))
    assert keeps(ox.Literal(1))
    assert keeps(ox.Literal("2010-05", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYearMonth")))


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    quads = [quad for quad in example()[0] if not quad.predicate.value.endswith("#prefLabel")]
    all_of_them = check(quads, example()[1], load_shapes(), SourceMap())
    nodes = {result.focus for result in all_of_them}
    assert len(nodes) > 3
    monkeypatch.setattr(validation, "MOST_REPORTED", 1)
    monkeypatch.setattr(validation, "_PIECE", 1)
    some = check(quads, example()[1], load_shapes(), SourceMap())
    (rest,) = [result for result in some if result.rule == "more-faults"]
    assert len({result.focus for result in some} - {""}) == 1
    assert rest.ref == CellRef("", "", 0)
    left = int(rest.message["en"].split()[2])
    assert left >= len(nodes) - 1
    assert rest.message == {
        "en": f"Up to {left} more records may be at fault; they were not looked at one by one. Correct those above "
        "first: most faults repeat.",
        "ru": f"Ещё не проверены по одной записи, в которых могут быть ошибки: {left}. Сначала исправьте указанные "
        "выше: ошибки обычно повторяются.",
    }
