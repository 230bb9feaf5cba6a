"""RDF files as statements: every syntax says the same, rows are where a thing is described, and what goes out of the
service comes in again unchanged."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.ingest import ingest, load_reference
from graph.ingest.pipeline import stage
from graph.ingest.rdf import as_sheet
from graph.ingest.readers import _rdf_syntax as syntaxes
from graph.ingest.readers import rdf
from graph.ingest.readers._rdf_blank import BLANK, Circle, named
from graph.store.embedded import EmbeddedStore
from tests.graph.ingest.conftest import clock
from tests.graph.ingest.odd_rdf import TURTLE
from tests.graph.ingest.rdf.test_alignments import FILES

DATA = Path(__file__).parents[4] / "data" / "roundtable-2010"
DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"
DAY = date(2010, 5, 12)
SYNTAXES = {
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def fresh() -> EmbeddedStore:
    store = EmbeddedStore()
    load_reference(store)
    return store


@pytest.fixture(scope="module")
def roundtable() -> EmbeddedStore:
    store = fresh()
    assert ingest(store, DATA, source="roundtable-2010", by="Anna", clock=clock, as_of=DAY).status == "accepted"
    return store


def said(store: EmbeddedStore, source: str = "roundtable-2010") -> set[ox.Quad]:
    """What a source says, but for the rows where it stood."""
    return {q for q in store.quads(f"{store.base}source/{source}") if q.predicate.value != DERIVED}


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_what_went_out_comes_in_again(suffix: str, roundtable: EmbeddedStore, tmp_path: Path) -> None:
    syntax = SYNTAXES[suffix]
    quads = list(roundtable.quads(f"{roundtable.base}source/roundtable-2010"))
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads]
    path = tmp_path / f"export.{suffix}"
    path.write_bytes(ox.serialize(quads if syntax.supports_datasets else triples, format=syntax))
    store = fresh()
    batch = ingest(store, path, source="roundtable-2010", by="Anna", clock=clock, as_of=DAY)
    assert (batch.status, {r.severity.value for r in batch.report.results}) == ("accepted", {"info"})
    assert said(store) == said(roundtable)
    # Where it stood in the tables is kept beside where it stands now.
    assert {q for q in quads if q.predicate.value == DERIVED} < set(store.quads(f"{store.base}source/roundtable-2010"))
    again = ingest(store, path, source="roundtable-2010", by="Anna", clock=clock, as_of=DAY)
    assert again.status == "unchanged"


def test_a_dump_of_everything_comes_in_again(roundtable: EmbeddedStore, tmp_path: Path) -> None:
    """Our own lists, the vocabulary and the service's records are no statements of a source."""
    path = tmp_path / "dump.trig"
    path.write_bytes(ox.serialize(list(roundtable.quads()), format=ox.RdfFormat.TRIG))
    store = fresh()
    batch = ingest(store, path, source="roundtable-2010", by="Anna", clock=clock, as_of=DAY)
    assert batch.status == "accepted"
    assert said(store) == said(roundtable)


def test_every_syntax_says_the_same() -> None:
    quads = [*ox.parse(TURTLE, format=ox.RdfFormat.TURTLE)]
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in quads]
    for suffix, syntax in SYNTAXES.items():
        found = rdf.read(f"a.{suffix}", ox.serialize(triples, format=syntax)).statements
        assert found is not None
        assert set(found.quads) == set(quads), suffix


def test_a_row_is_the_line_where_a_thing_is_first_described() -> None:
    found = rdf.read("a.ttl", TURTLE.encode()).statements
    assert found is not None
    assert (found.lines, found.rows) == (True, {"http://blue.example/blue": 4, "http://blue.example/red": 6})
    one = rdf.read("a.ttl", TURTLE.replace("\n", " ").encode()).statements
    assert one is not None
    assert (one.lines, one.rows) == (False, {"http://blue.example/blue": 1, "http://blue.example/red": 2})


def test_a_context_of_our_own_export_is_known_and_no_other() -> None:
    document = {
        "@context": "https://somewhere.example/ns/context.jsonld",
        "id": "http://blue.example/",
        "type": "Network",
    }
    found = rdf.read("a.jsonld", json.dumps(document).encode()).statements
    assert found is not None
    assert [q.object.value for q in found.quads] == ["https://w3id.org/commonground/ns#Network"]  # type: ignore[union-attr]


def test_a_file_of_more_statements_than_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntaxes, "MOST_STATEMENTS", 3)
    reading = rdf.read("a.ttl", TURTLE.encode())
    assert reading.statements is None
    assert [(r.rule, r.ref.row) for r in reading.faults if r.ref] == [("rdf-too-many", 6)]
    assert "more than 3 statements" in reading.faults[0].message["en"]


# --- nodes without an address -----------------------------------------------------------------------------------------


TERMS = st.sampled_from([ox.NamedNode("http://a.example/" + c) for c in "abc"])
TREES = st.recursive(
    st.one_of(TERMS, st.sampled_from([ox.Literal("x"), ox.Literal("y")])),
    lambda inner: st.lists(st.tuples(st.sampled_from("pqr"), inner), min_size=1, max_size=3),
    max_leaves=12,
)


def quads_of(tree: object, label: random.Random, out: list[ox.Quad]) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    if isinstance(tree, ox.NamedNode | ox.Literal):
        return tree
    assert isinstance(tree, list)
    me = ox.BlankNode(f"n{label.randrange(10**12)}")
    for name, inner in tree:
        out.append(ox.Quad(me, ox.NamedNode("http://a.example/" + name), quads_of(inner, label, out)))
    return me


@given(st.lists(st.tuples(TERMS, TREES), min_size=1, max_size=4), st.randoms())
@settings(max_examples=200, deadline=None)
def test_names_do_not_depend_on_order_or_labels(
    forest: list[tuple[ox.NamedNode, object]], order: random.Random
) -> None:
    results = []
    for seed in (1, 2):
        quads: list[ox.Quad] = []
        for root, tree in forest:
            quads.append(
                ox.Quad(root, ox.NamedNode("http://a.example/root"), quads_of(tree, random.Random(seed), quads))
            )
        order.shuffle(quads)
        results.append(frozenset(named(quads)))
    assert results[0] == results[1]


@given(st.lists(st.tuples(TERMS, TREES), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_change_elsewhere_changes_no_name(forest: list[tuple[ox.NamedNode, object]]) -> None:
    quads: list[ox.Quad] = []
    for root, tree in forest:
        quads.append(ox.Quad(root, ox.NamedNode("http://a.example/root"), quads_of(tree, random.Random(1), quads)))
    more = ox.Quad(ox.NamedNode("http://a.example/z"), ox.NamedNode("http://a.example/p"), ox.BlankNode())
    assert frozenset(named(quads)) < frozenset(named([*quads, more]))


def test_nodes_that_say_different_things_are_two() -> None:
    text = b"@prefix : <http://a.example/> . :a :p [ :q 1 ], [ :q 2 ], [ :q 1 ] . :b :p [ :q 1 ] ."
    found = rdf.read("a.ttl", text).statements
    assert found is not None
    # Two of :a that say the same of the same are one; that of :b is another.
    assert len({s for s in found.rows if s.startswith(BLANK)}) == 3


def test_nodes_in_a_circle_are_told_apart_or_refused() -> None:
    p = ox.NamedNode("http://a.example/p")
    a, b = ox.BlankNode("a"), ox.BlankNode("b")
    ring = [ox.Quad(a, p, b), ox.Quad(b, p, a)]
    with pytest.raises(Circle):
        named(ring)
    mark = ox.NamedNode("http://a.example/mark")
    first = named([*ring, ox.Quad(a, p, mark)])
    other = named([ox.Quad(b, p, mark), ox.Quad(a, p, b), ox.Quad(b, p, a)])
    assert set(first) == set(other)


# --- rows that stay out -----------------------------------------------------------------------------------------------


def test_a_fault_is_at_its_row_and_property_and_the_row_can_stay_out(tmp_path: Path) -> None:
    text = (FILES / "ours.ttl").read_text(encoding="utf-8").replace("place:AM", '"Armenia"')
    path = tmp_path / "ours.ttl"
    path.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index(":work a")].count("\n")
    found = stage(fresh(), path, source="x", as_of=DAY)
    faults = [(r.ref.row, r.ref.column) for r in found.report.results if r.severity.value == "violation" and r.ref]
    assert faults == [(line, "cg:place")]
    rest = stage(fresh(), path, source="x", as_of=DAY, skip=frozenset({("ours.ttl", "", line)}))
    assert rest.report.conforms
    assert rest.rows == found.rows
    assert not any(q.subject.value == "http://blue.example/work" for q in rest.quads)  # type: ignore[union-attr]
    statements = rdf.read("ours.ttl", path.read_bytes()).statements
    assert statements is not None
    sheet = as_sheet(statements, {line})
    ((row, cells),) = sheet.rows
    assert row == line
    assert dict(zip(sheet.headers, cells, strict=True))["cg:place"] == "Armenia"


def test_a_property_of_ours_that_is_misspelt_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "ours.ttl"
    path.write_text(
        (FILES / "ours.ttl").read_text(encoding="utf-8").replace("cg:place ", "cg:plase "), encoding="utf-8"
    )
    report = stage(fresh(), path, source="x", as_of=DAY).report
    assert [r.rule.rpartition("#")[2] for r in report.results if r.severity.value == "violation"] == ["Engagement"]


def test_files_of_one_source_may_refer_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "organisations.csv").write_text("id,name,kind\nblue-house,Blue House,organisation\n")
    (tmp_path / "work.ttl").write_text(
        """@base <https://w3id.org/commonground/id/> .
@prefix cg: <https://w3id.org/commonground/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://blue.example/work> a cg:Engagement ; cg:partner <organisation/blue-house> ;
  cg:theme <theme/inclusive-education> ; cg:basis <code/basis/stated> ; cg:statedOn "2010"^^xsd:gYear ."""
    )
    found = stage(fresh(), tmp_path, source="x", as_of=DAY)
    assert (found.report.conforms, found.rows.total()) == (True, 2)
