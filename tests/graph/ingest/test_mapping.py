"""Mapping is pure: literal rows in, quads and faults out, whatever stands in the cells."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import GraphError, UnknownName
from graph.ingest.layout import layouts
from graph.ingest.mapping import Mapped, map_tables
from graph.ingest.readers import Sheet
from graph.ingest.records import Context, declare
from graph.ingest.tables import Table, recognise
from graph.model import CellRef
from graph.terms import expand

BASE = "https://example.org/"
CONTEXT = Context(BASE, "test", {f"{name}.csv": "00ff" for name in layouts()}, "2010-05-12")


class Everything:
    """A lookup to which most texts are known."""

    def resolve(self, kind: str, text: str) -> str:
        if text.startswith("?"):
            raise UnknownName(f"unknown-{kind}", "", "", ("near",))
        if text.startswith("!"):
            raise GraphError("ambiguous-name", "", "", ("one", "two"))
        return f"{BASE}{kind.replace(':', '/')}/{text.encode().hex()}"

    def known(self, iri: str) -> bool:
        return iri.endswith("known")


def table(name: str, headers: tuple[str, ...], *rows: tuple[str, ...]) -> Table:
    numbered = tuple((number, tuple(c.strip() for c in row)) for number, row in enumerate(rows, start=2))
    found = recognise(Sheet(f"{name}.csv", "", 1, headers, numbered), layouts()).table
    assert found is not None
    return found


def mapped(*tables: Table) -> Mapped:
    return map_tables(tables, CONTEXT, Everything())


def texts(result: Mapped, predicate: str) -> set[tuple[str, str]]:
    return {
        (str(q.subject), q.object.value)  # type: ignore[union-attr]
        for q in result.quads
        if q.predicate.value == expand(predicate)
    }


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "a", "a;b", "?x", "!x", "2010", "32.13.2010", "stated", "true", "meeting", "12", "%zz", "#", "../x"]
    ),
)


@st.composite
def any_table(draw: st.DrawFn) -> Table:
    schema = draw(st.sampled_from(sorted(layouts().values(), key=lambda s: s.name)))
    headers = tuple(c.name for c in schema.columns)
    rows = draw(st.lists(st.lists(CELL, min_size=len(headers), max_size=len(headers)).map(tuple), max_size=4))
    return table(schema.name, headers, *rows)


@given(st.lists(any_table(), max_size=3))
def test_any_cells_give_quads_and_faults(tables: list[Table]) -> None:
    declared = declare(tables, CONTEXT)
    result = mapped(*tables)
    every = {row.ref for t in tables for row in t.rows}
    assert result.rows == sum(len(t.rows) for t in tables)
    assert result.rejected <= every
    accepted = every - result.rejected
    # Every row that is not rejected has a record that says which row it is from.
    origins = {iri.rpartition("=")[2] for _, iri in texts(result, "prov:wasDerivedFrom")}
    assert {str(ref.row) for ref in accepted} <= origins
    assert all(f.ref and f.message["en"] and f.message["ru"] for f in result.faults)
    for quad in (*result.quads, *declared):
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
    store = ox.Store()
    store.extend(result.quads)
    assert frozenset(store) == result.quads
    assert mapped(*tables) == result


def test_a_record_without_id_is_named_by_its_content() -> None:
    headers = ("organisations", "themes", "places")
    one = texts(mapped(table("engagements", headers, ("a", "t", ""))), "cg:partner")
    other = texts(mapped(table("engagements", ("Themes", "Организации"), ("t", "a"))), "cg:partner")
    assert one == other
    ((subject, _),) = one
    segment = subject.strip("<>").removeprefix(f"{BASE}engagement/test/")
    assert len(segment) == 12
    assert set(segment) <= set("0123456789abcdef")


def test_a_relation_is_a_triple_and_a_statement() -> None:
    result = mapped(table("units", ("unit", "parent", "basis"), ("u", "p", "inferred-name")))
    unit, parent = f"{BASE}organisation/{b'u'.hex()}", f"{BASE}organisation/{b'p'.hex()}"
    about = f"<{BASE}relation/test/unit-{b'u'.hex()}-{b'p'.hex()}>"
    assert texts(result, "org:unitOf") == {(f"<{unit}>", parent)}
    assert texts(result, "rdf:subject") == {(about, unit)}
    assert texts(result, "rdf:object") == {(about, parent)}
    assert texts(result, "rdf:predicate") == {(about, expand("org:unitOf"))}
    assert texts(result, "cg:basis") == {(about, f"{BASE}code/basis/{b'inferred-name'.hex()}")}


def test_a_quotation_is_a_place_in_a_document() -> None:
    headers = ("id", "name", "kind", "document", "quote", "quote_start", "quote_end")
    result = mapped(table("organisations", headers, ("a", "A", "network", "d", "some words", "010", "20")))
    place = f"{BASE}evidence/{b'd'.hex()}/10-20"
    assert texts(result, "prov:hadPrimarySource") == {(f"<{BASE}organisation/a>", place)}
    assert texts(result, "oa:hasSource") == {(f"<{place}>", f"{BASE}document/{b'd'.hex()}")}
    assert texts(result, "oa:hasSelector") == {(f"<{place}>", f"{place}#quote"), (f"<{place}>", f"{place}#position")}
    assert texts(result, "oa:exact") == {(f"<{place}#quote>", "some words")}
    assert texts(result, "oa:start") == {(f"<{place}#position>", "10")}
    assert texts(result, "oa:end") == {(f"<{place}#position>", "20")}
    ref = result.source_map.locate(f"{place}#position", expand("oa:start"))
    assert ref == CellRef("organisations.csv", "", 2, "quote_start")


def test_half_a_quotation_is_a_fault_for_each_missing_cell() -> None:
    headers = ("id", "name", "document", "quote", "quote_start", "quote_end")
    rows = [("a", "A", "d", "words", "", "20"), ("b", "B", "d", "", "", ""), ("c", "C", "", "", "1", "2")]
    result = mapped(table("people", (*headers, "basis"), *[(*row, "") for row in rows]))
    assert [(f.rule, f.ref and f.ref.row, f.ref and f.ref.column) for f in result.faults] == [
        ("needs-column", 2, "quote_start"),
        ("needs-column", 3, "quote"),
        ("needs-column", 4, "quote"),
    ]
    assert {ref.row for ref in result.rejected} == {2, 3, 4}


def test_further_evidence_needs_its_record() -> None:
    headers = ("record", "document", "quote", "quote_start", "quote_end")
    rows = [("person/a", "d", "x", "1", "2"), ("person/a", "d", "y", "3", "4"), ("person/known", "d", "z", "5", "6"),
            ("person/b", "d", "z", "5", "6")]  # fmt: skip
    result = mapped(table("evidence", headers, *rows), table("people", ("id", "name"), ("a", "A")))
    assert [(f.rule, f.ref and f.ref.row, f.nearest) for f in result.faults] == [("unknown-record", 5, "person/a")]
    assert len(texts(result, "prov:hadPrimarySource")) == 4


def test_the_same_record_in_two_tables_is_described_twice() -> None:
    first, second = table("people", ("id", "name"), ("a", "A")), table("people", ("id", "name"), ("a", "B"))
    (fault,) = mapped(first, second).faults
    assert (fault.rule, fault.focus) == ("duplicate-record", f"{BASE}person/a")


def test_an_empty_cell_is_where_its_value_is_missing() -> None:
    result = mapped(table("memberships", ("organisation", "person", "member_organisation"), ("o", "", "m")))
    (subject,) = {s.strip("<>") for s, _ in texts(result, "org:organization")}
    assert result.source_map.locate(subject, expand("org:member")) == CellRef(
        "memberships.csv", "", 2, "member_organisation"
    )
    assert result.source_map.locate(subject, expand("cg:roleTitle")) == CellRef("memberships.csv", "", 2, "role")
    assert result.source_map.locate(subject, expand("skos:note")) == CellRef("memberships.csv", "", 2)
    assert result.source_map.locate("https://example.org/else") is None


def test_labels_have_their_language() -> None:
    result = mapped(table("people", ("id", "name", "name_ru", "as_written"), ("a", "Anna", "Анна", "Ana; Anne")))
    labels = {(q.predicate.value, q.object) for q in result.quads if isinstance(q.object, ox.Literal)}
    assert {
        (expand("skos:prefLabel"), ox.Literal("Anna", language="en")),
        (expand("skos:prefLabel"), ox.Literal("Анна", language="ru")),
        (expand("skos:hiddenLabel"), ox.Literal("Ana", language="en")),
        (expand("skos:hiddenLabel"), ox.Literal("Anne", language="en")),
    } <= labels
