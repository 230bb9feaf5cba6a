"""Export, edit, import: exactly what was edited changes. Over the whole roundtable, read back by a second reader."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.batches.states import State
from graph.errors import GraphError
from graph.ingest import ingest, load_reference
from graph.ingest.keeping import ORIGIN
from graph.ingest.layout import layouts
from graph.ingest.originals import Original
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import expand, node
from graph.workbooks import wording
from graph.workbooks.exporting import Exported, export, sources
from graph.workbooks.sheets import sheet_names
from tests.graph.batches.conftest import Clock, silent

ROUNDTABLE = Path(__file__).parents[3] / "data" / "roundtable-2010"
SOURCE = "roundtable-2010"
#: Of each table of the roundtable a column that is no part of an IRI, and another valid value.
EDITS = {
    "appearances": ("note", "Edited"),
    "collaborations": ("description", "Edited"),
    "documents": ("name_ru", "Исправлено"),
    "engagements": ("description", "Edited"),
    "events": ("venue", "Edited"),
    "links": ("basis_note", "Edited"),
    "memberships": ("basis_note", "Edited"),
    "organisations": ("name", "Edited"),
    "people": ("name", "Edited"),
    "resources": ("description", "Edited"),
    "seats": ("locality", "Edited"),
    "statements": ("text", "Edited"),
    "talks": ("note", "Edited"),
    "units": ("basis_note", "Edited"),
}


def fresh() -> EmbeddedStore:
    store = EmbeddedStore()
    load_reference(store)
    ingest(store, [ROUNDTABLE], source=SOURCE, by="Anna", clock=lambda: datetime(2026, 1, 31, tzinfo=UTC))
    return store


@pytest.fixture(scope="module")
def roundtable() -> EmbeddedStore:
    """Nothing here changes it."""
    return fresh()


@pytest.fixture
def stage(roundtable: EmbeddedStore, tmp_path: Path) -> Callable[..., tuple[LocalBench, Record]]:
    def stage(data: bytes, store: EmbeddedStore | None = None, **said: bool) -> tuple[LocalBench, Record]:
        bench = LocalBench(Folders(tmp_path / "batches", Clock()), tmp_path / "files", store or roundtable)
        original = Original(f"{SOURCE}.xlsx", data, hashlib.sha256(data).hexdigest())
        record = bench.folders.receive([original], source=SOURCE, by="Anna", **said)
        return bench, bench.stage(record, silent)

    return stage


def opened(exported: Exported) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(exported.data))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(table: str, name: str) -> int:
    return [c.name for c in layouts()[table].columns].index(name) + 1


def changes(bench: LocalBench, record: Record) -> list[tuple[str, str]]:
    return [(row["what"], row["iri"]) for row in bench.folders.read(record.id, "preview.json")]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_brought_back_as_it_is_it_changes_nothing(
    roundtable: EmbeddedStore, stage: Callable[..., tuple[LocalBench, Record]], lang: str
) -> None:
    exported = export(roundtable, SOURCE, lang)
    assert exported.kept == 0
    bench, record = stage(exported.data)
    assert record.state is State.UNCHANGED
    assert record.outcome is not None
    assert (record.outcome.added, record.outcome.removed, record.outcome.rejected_rows) == (0, 0, 0)
    assert record.outcome.rows == exported.rows == sum(1 for p in ROUNDTABLE.glob("*.csv") for _ in rows_of(p))
    staged = (bench.folders.path(record.id) / "staged.nq").read_bytes()
    assert staged == "".join(sorted(f"{q} .\n" for q in roundtable.quads(f"{roundtable.base}source/{SOURCE}"))).encode()


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_every_row_of_a_table_that_has_ids_has_its_id(roundtable: EmbeddedStore) -> None:
    book = opened(export(roundtable, SOURCE, "en"))
    for name, title in sheet_names(layouts().values(), "en").items():
        if "id" in {c.name for c in layouts()[name].columns}:
            ids = [cell.value for (cell,) in book[title].iter_rows(min_row=2, max_col=1)]
            assert all(ids)
            assert len(ids) == len(set(ids))


def test_every_table_is_edited_below() -> None:
    assert {path.stem for path in ROUNDTABLE.glob("*.csv")} == EDITS.keys() | {"evidence"}


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("table", EDITS)
def test_an_edited_cell_changes_its_record_alone(
    roundtable: EmbeddedStore, stage: Callable[..., tuple[LocalBench, Record]], table: str, lang: str
) -> None:
    name, value = EDITS[table]
    book = opened(export(roundtable, SOURCE, lang))
    page = book[sheet_names(layouts().values(), lang)[table]]
    page.cell(2, column(table, name)).value = value
    bench, record = stage(saved(book))
    ((what, iri),) = changes(bench, record)
    assert (record.state, what) == (State.PREVIEWED, "changed")
    before = {q for q in roundtable.quads(f"{roundtable.base}source/{SOURCE}") if about(q, iri)}
    change = bench.change(record)
    assert change.removed <= before
    assert {q.predicate.value for q in change.added if q.predicate != ORIGIN} == {
        layouts()[table].column(name).property
    }
    assert all(about(q, iri) for q in change.added)


def about(quad: Quad, iri: str) -> bool:
    return isinstance(quad.subject, NamedNode) and quad.subject.value.partition("#")[0] == iri


def starts(page: Any) -> Iterator[tuple[Any, int]]:
    """The rows of a sheet, with the position of the column in which quotations start."""
    headings = [cell.value for cell in next(page.iter_rows(max_row=1))]
    if "Quotation starts at" in headings:
        yield from ((row, headings.index("Quotation starts at")) for row in page.iter_rows(min_row=2))


def without(book: Workbook, table: str, row: int) -> None:
    """Delete a row, and the further quotations of its record, as a fault would ask for."""
    code = book[sheet_names(layouts().values(), "en")[table]].cell(row, 1).value
    page = book["Further evidence"]
    for number in reversed([r[0].row for r in page.iter_rows() if str(r[0].value).endswith(f"/{code}")]):
        page.delete_rows(number)
    book[sheet_names(layouts().values(), "en")[table]].delete_rows(row)


def test_an_edited_quotation_changes_the_quotation_and_what_rests_on_it(
    roundtable: EmbeddedStore, stage: Callable[..., tuple[LocalBench, Record]]
) -> None:
    book = opened(export(roundtable, SOURCE, "en"))
    page = book["Further evidence"]
    # One that no other row has too: a quotation stands at one place of its document.
    everywhere = [str(row[at].value) for sheet in book for row, at in starts(sheet)]
    start = column("evidence", "quote_start") - 1
    row = next(row for row in page.iter_rows(min_row=2) if everywhere.count(str(row[start].value)) == 1)
    row[column("evidence", "quote") - 1].value = "Edited words"
    bench, record = stage(saved(book))
    change = bench.change(record)
    assert {q.predicate.value for q in change.added if q.predicate != ORIGIN} == {expand("oa:exact")}
    assert len([q for q in change.removed if q.predicate != ORIGIN]) == 1


@pytest.mark.parametrize("table", ["people", "engagements", "seats"])
def test_a_deleted_row_withdraws_its_record_alone(stage: Callable[..., tuple[LocalBench, Record]], table: str) -> None:
    store = fresh()
    book = opened(export(store, SOURCE, "en"))
    page = book[sheet_names(layouts().values(), "en")[table]]
    if table == "people":
        # Nobody else speaks of this one.
        page.append(["invented-person", "Invented Person", None, None, "Stated"])
        bench, record = stage(saved(book), store)
        assert changes(bench, record) == [("created", f"{store.base}person/invented-person")]
        bench.accept(record, "Anna", replace_source=False, progress=silent)
        book = opened(export(store, SOURCE, "en"))
        page = book["People"]
        (gone,) = [row[0].row for row in page.iter_rows() if row[0].value == "invented-person"]
    else:
        gone = 2
    without(book, table, gone)
    bench, record = stage(saved(book), store, replace_source=True)
    found = changes(bench, record)
    assert [what for what, _ in found if what == "withdrawn"] == ["withdrawn"]
    # Where it sits is said on the organisation's own page too.
    assert len(found) == (2 if table == "seats" else 1)
    done = bench.accept(record, "Anna", replace_source=True, progress=silent)
    assert done.state is State.ACCEPTED
    _, again = stage(export(store, SOURCE, "ru").data, store)
    assert again.state is State.UNCHANGED


def said_by_hand(store: EmbeddedStore) -> set[Quad]:
    """Statements that no table can say, and texts that no cell gives back as they are."""
    graph = NamedNode(f"{store.base}source/{SOURCE}")
    unicef, blank = NamedNode(f"{store.base}organisation/unicef"), BlankNode("b1")
    label, note = node("skos:prefLabel"), node("skos:note")
    return {
        Quad(unicef, label, Literal("UNICEF en français", language="fr"), graph),
        Quad(unicef, node("skos:altLabel"), Literal("One; two", language="en"), graph),
        Quad(unicef, node("skos:altLabel"), Literal(" blanks around ", language="en"), graph),
        Quad(unicef, node("skos:altLabel"), Literal("=1+1", language="en"), graph),
        Quad(unicef, note, Literal('a\x01b\r\n"c" _x0041_ \\ ' + "long " * 20_000, language="en"), graph),
        Quad(unicef, note, blank, graph),
        Quad(blank, label, Literal("inside", language="en"), graph),
        Quad(NamedNode("https://example.org/elsewhere"), label, Literal("another", language="en"), graph),
        Quad(graph, node("dcterms:description"), Literal("of the source", language="en"), graph),
    }


def test_what_no_sheet_can_say_is_told_and_stays(stage: Callable[..., tuple[LocalBench, Record]]) -> None:
    store = fresh()
    more = said_by_hand(store)
    store.write(Change(frozenset(), frozenset(more)))
    assert len(set(store.quads())) == len(set(fresh().quads())) + len(more), "the store keeps them"
    exported = export(store, SOURCE, "en")
    # The formula is a name like any other.
    assert exported.kept == len(more) - 1
    book = opened(exported)
    names = [c.value for c in next(book[wording.OTHER["en"]].iter_rows(max_row=1))]
    assert names[1:4] == ["Record", "Property", "Value"]
    guide = " ".join(str(row[0].value) for row in book[wording.GUIDE["en"]].iter_rows())
    assert f"{len(more) - 1} statements that fit into no column" in guide
    bench, record = stage(exported.data, store)
    assert changes(bench, record) == []
    assert record.state is State.UNCHANGED

    # What is deleted there goes, and nothing else.
    page = book[wording.OTHER["en"]]
    (row,) = [r[0].row for r in page.iter_rows() if "français" in str(r[3].value)]
    page.delete_rows(row)
    bench, record = stage(saved(book), store)
    assert changes(bench, record) == [("changed", f"{store.base}organisation/unicef")]
    assert {str(q.object) for q in bench.change(record).removed if q.predicate != ORIGIN} == {'"UNICEF en français"@fr'}


def test_what_belongs_to_a_record_goes_with_it(stage: Callable[..., tuple[LocalBench, Record]]) -> None:
    store = fresh()
    graph = f"{store.base}source/{SOURCE}"
    book = opened(export(store, SOURCE, "en"))
    iri = NamedNode(f"{store.base}engagement/{SOURCE}/{book['Engagements'].cell(2, 1).value}")
    french = Quad(iri, node("cg:basisNote"), Literal("en français", language="fr"), NamedNode(graph))
    store.write(Change(frozenset(), frozenset({french})))
    book = opened(export(store, SOURCE, "en"))
    (row,) = [r[0].row for r in book["Engagements"].iter_rows() if iri.value.endswith(f"/{r[0].value}")]
    without(book, "engagements", row)
    bench, record = stage(saved(book), store, replace_source=True)
    assert changes(bench, record) == [("withdrawn", iri.value)]
    assert french in bench.change(record).removed


def test_formulas_are_texts_and_come_back_as_they_were(stage: Callable[..., tuple[LocalBench, Record]]) -> None:
    store = fresh()
    graph = NamedNode(f"{store.base}source/{SOURCE}")
    unicef = NamedNode(f"{store.base}organisation/unicef")
    texts = ['=HYPERLINK("https://example.org")', "+1", "-1", "@SUM(A1)", "'quoted"]
    quads = {Quad(unicef, node("skos:altLabel"), Literal(text, language="en"), graph) for text in texts}
    store.write(Change(frozenset(), frozenset(quads)))
    exported = export(store, SOURCE, "en")
    assert exported.kept == 0
    cells = [c for page in opened(exported) for row in page.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    assert stage(exported.data, store)[1].state is State.UNCHANGED


def test_names_that_two_things_have_and_what_another_source_describes(tmp_path: Path) -> None:
    store = fresh()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "organisations.csv").write_text(
        "id,name,kind\ntwin-1,Twin,organisation\ntwin-2,Twin,organisation\n"
    )
    (tmp_path / "in" / "engagements.csv").write_text(
        "id,organisations,themes,places\ne1,twin-1;twin-2;unicef,advocacy,Armenia;GE\n"
    )
    ingest(store, tmp_path / "in", source="twins", by="Anna", clock=Clock())
    assert sources(store) == (SOURCE, "twins")
    exported = export(store, "twins", "ru")
    assert (exported.rows, exported.kept) == (3, 0)
    (tmp_path / "twins.xlsx").write_bytes(exported.data)
    assert ingest(store, tmp_path / "twins.xlsx", source="twins", by="Anna", clock=Clock()).status == "unchanged"


def test_a_source_that_is_too_large_or_not_there_is_refused_with_a_hint(roundtable: EmbeddedStore) -> None:
    with pytest.raises(GraphError, match="a workbook is made of up to 100") as large:
        export(roundtable, SOURCE, "en", most=100)
    assert (large.value.code, "commonground workbook" in large.value.hint) == ("workbook-too-large", True)
    for name in ("nobody", "no body", "<>"):
        with pytest.raises(GraphError) as missing:
            export(roundtable, name, "en")
        assert missing.value.code == "not-found"
