"""The layouts of ``ontology/tables`` are sound, and a sheet finds its own."""

from __future__ import annotations

import pytest

from graph.ingest.layout import TableSchema, layouts, variables
from graph.ingest.messages import KIND_WORDS
from graph.ingest.readers import Sheet
from graph.ingest.tables import fold, recognise
from graph.ingest.values import _TYPES

SCHEMAS = sorted(layouts().values(), key=lambda schema: schema.name)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_a_layout_is_sound(schema: TableSchema) -> None:
    names = [column.name for column in schema.columns]
    assert len(names) == len(set(names))
    assert set(variables(schema.about)) <= set(names)
    for column in (*schema.columns, *schema.virtual):
        assert {*variables(column.about), *variables(column.value), *column.when} <= set(names)
    for column in schema.columns:
        assert column.titles.keys() >= {"en", "ru"}
        assert column.property or column.name in ("id", schema.record_column)
        assert not column.datatype or column.datatype in _TYPES
        assert not column.refers_to or column.refers_to.partition(":")[0] in KIND_WORDS
    titles = [fold(t) for column in schema.columns for t in {*map(fold, column.titles.values())}]
    assert len(titles) == len(set(titles)), "two columns of one layout have the same title"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_sheet_is_known_by_its_name_or_title(schema: TableSchema, lang: str) -> None:
    headers = tuple(c.titles[lang].upper() for c in schema.columns)
    for name in (schema.name.upper(), schema.titles[lang]):
        found = recognise(Sheet(f"{name}.csv", "", 1, headers, ((2, ("x",) * len(headers)),)), layouts())
        assert found.table is not None
        assert found.table.schema is schema
        assert not found.faults
        assert set(found.table.rows[0].cells) == {c.name for c in schema.columns}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_a_sheet_is_known_by_its_headings(schema: TableSchema) -> None:
    headers = tuple(c.name for c in schema.columns)
    found = recognise(Sheet("Sheet1.csv", "", 1, headers, ((2, ("x",) * len(headers)),)), layouts())
    assert found.table is not None
    assert found.table.schema is schema


@pytest.mark.parametrize(("word", "name"), [("unit", "organisations"), ("session", "events"), ("goal", "statements")])
def test_the_same_headings_are_told_apart_by_their_words(word: str, name: str) -> None:
    headers = ("id", "name", "kind") if name != "statements" else ("id", "text", "kind", "event")
    found = recognise(Sheet("Sheet1.csv", "", 1, headers, ((2, ("x", "X", word, "x")[: len(headers)]),)), layouts())
    assert found.table is not None
    assert found.table.schema.name == name


def test_a_column_without_cells_and_heading_is_no_fault() -> None:
    found = recognise(Sheet("people.csv", "", 1, ("id", "name", ""), ((2, ("a", "A", "")),)), layouts())
    assert found.faults == ()
