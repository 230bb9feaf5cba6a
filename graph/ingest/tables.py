"""From a sheet as read to a table of a known layout: which layout it has, which column each heading means."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from rapidfuzz import fuzz, process

from graph.ingest.layout import Column, TableSchema
from graph.ingest.messages import fault
from graph.ingest.readers import Sheet
from graph.model import CellRef, Row, Severity, ValidationResult

#: Below this rapidfuzz score (0 .. 100) a suggestion misleads more than it helps.
_LIKENESS = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose columns are understood. Cells of ``rows`` are by column *name*; ``headings`` are the file's."""

    schema: TableSchema
    file: str
    sheet: str
    headings: Mapping[str, str]
    rows: tuple[Row, ...]

    def cell(self, row: Row, column: str) -> CellRef:
        heading = self.headings.get(column, column)
        return CellRef(row.ref.file, row.ref.sheet, row.ref.row, heading)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A table (None where the layout is not clear) and what is wrong with its headings and the length of its rows."""

    table: Table | None
    faults: tuple[ValidationResult, ...]


def nearest(text: str, choices: Iterable[str]) -> str:
    """The most similar of the choices, or empty where none is similar.

    >>> nearest("organisaton", ["themes", "organisation"])
    'organisation'
    """
    found = process.extractOne(fold(text), {c: fold(c) for c in choices}, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
    return str(found[2]) if found else ""


def fold(text: str) -> str:
    """Headings and codes differ in case, blanks and underscores only by accident."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def fold_heading(text: str) -> str:
    """A heading as ``fold`` has it, without the asterisk that marks a column as required.

    >>> fold_heading("Organisations *")
    'organisations'
    """
    return fold(text.rstrip().rstrip("*"))


def recognise(sheet: Sheet, schemas: Mapping[str, TableSchema]) -> Recognised:
    """The table that a sheet is: by its name (file stem or sheet name), otherwise by its headings."""
    name = sheet.name or PurePath(sheet.file).stem
    top = CellRef(sheet.file, sheet.name, sheet.header_row)
    known = {fold(word): s.name for s in schemas.values() for word in (s.name, *s.titles.values())}
    by_name = known.get(fold(name))
    by_headings = _by_headings(sheet, name, schemas)
    if by_name is None and by_headings is None:
        close = nearest(name, known)
        return Recognised(None, (fault("unknown-table", top, value=name, nearest=known.get(close, close)),))
    if by_name and by_headings and by_name != by_headings and _missing(sheet.headers, schemas[by_name]):
        return Recognised(
            None, (fault("wrong-table", top, value=name, nearest=by_headings, words={"other": by_headings}),)
        )
    return _bind(sheet, schemas[by_name or by_headings or ""], top)


def _titles(schema: TableSchema) -> dict[str, Column]:
    """Folded heading -> column. A column's name wins over another column's title."""
    titles = {fold(title): c for c in schema.columns for title in c.titles.values()}
    return titles | {fold(c.name): c for c in schema.columns}


def _missing(headers: tuple[str, ...], schema: TableSchema) -> list[Column]:
    titles = _titles(schema)
    present = {titles[fold_heading(h)].name for h in headers if fold_heading(h) in titles}
    return [c for c in schema.columns if c.required and not c.default and c.name not in present]


def _by_headings(sheet: Sheet, name: str, schemas: Mapping[str, TableSchema]) -> str | None:
    """The one layout that has its required columns here and knows most of the headings; None if there are several.

    Layouts with the same headings (organisations, events) are told apart by the words of their kind column, and
    where these do not tell either, by which is named more like the sheet."""
    scores: dict[str, tuple[int, int, int]] = {}
    filled = [h for h in sheet.headers if h]
    for schema in schemas.values():
        titles = _titles(schema)
        known = sum(fold_heading(h) in titles for h in filled)
        if 2 * known > len(filled) and not _missing(sheet.headers, schema):
            scores[schema.name] = known, sum(c.required for c in schema.columns), _valid_words(sheet, titles)
    best = [table for table, score in scores.items() if score == max(scores.values())]
    return best[0] if len(best) == 1 else nearest(name, best) or None


def _valid_words(sheet: Sheet, titles: Mapping[str, Column]) -> int:
    """How many cells hold one of the words that their column is limited to."""
    limited = {
        position: {word.casefold() for word in titles[fold_heading(heading)].values}
        for position, heading in enumerate(sheet.headers)
        if fold_heading(heading) in titles
    }
    return sum(
        cell.casefold() in limited.get(position, ()) for _, cells in sheet.rows for position, cell in enumerate(cells)
    )


def _bind(sheet: Sheet, schema: TableSchema, top: CellRef) -> Recognised:
    titles, faults = _titles(schema), list[ValidationResult]()
    places: dict[str, int] = {}  # column name -> position in the row
    for position, heading in enumerate(sheet.headers):
        ref = CellRef(top.file, top.sheet, top.row, heading)
        column = titles.get(fold_heading(heading))
        if not heading:
            if any(len(cells) > position and cells[position] for _, cells in sheet.rows):
                faults.append(fault("column-without-heading", top, value=str(position + 1)))
        elif column is None:
            options = [word for c in schema.columns for word in (c.name, *c.titles.values())]
            close = nearest(heading, options)
            faults.append(fault("unknown-column", ref, value=heading, nearest=close, words=schema.words()))
        elif column.name in places:
            other = sheet.headers[places[column.name]]
            faults.append(fault("duplicate-column", ref, value=heading, words={"other": other, **column.words()}))
        else:
            places[column.name] = position
    for column in _missing(sheet.headers, schema):
        ref = CellRef(top.file, top.sheet, top.row, column.name)
        faults.append(fault("missing-column", ref, nearest=column.name, words=schema.words() | column.words()))
    rows = tuple(_row(sheet, number, cells, places) for number, cells in sheet.rows)
    for number, cells in sheet.rows:
        outside = [cell for cell in cells[len(sheet.headers) :] if cell]
        if outside:
            ref = CellRef(sheet.file, sheet.name, number)
            faults.append(
                fault(
                    "too-many-cells", ref, value=outside[0], words={"cells": len(cells), "headers": len(sheet.headers)}
                )
            )
    if not rows:
        faults.append(fault("no-rows", top, severity=Severity.WARNING))
    headings = {name: sheet.headers[position] for name, position in places.items()}
    return Recognised(Table(schema, sheet.file, sheet.name, headings, rows), tuple(faults))


def _row(sheet: Sheet, number: int, cells: tuple[str, ...], places: Mapping[str, int]) -> Row:
    return Row(
        CellRef(sheet.file, sheet.name, number),
        {name: cells[position] if position < len(cells) else "" for name, position in places.items()},
    )
