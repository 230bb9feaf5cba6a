"""What files hold when they arrive: tables of ours, sheets that are none of them, lines that keep what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from graph.ingest.layout import layouts
from graph.ingest.marks import Line, sort_out
from graph.ingest.messages import fault
from graph.ingest.originals import Original
from graph.ingest.readers import Sheet, Statements, Tell, reader_for, readers, silent
from graph.ingest.tables import Table, recognise
from graph.model import CellRef, ValidationResult

#: Which row: file, sheet, row number.
RowKey = tuple[str, str, int]
#: Called with a stage, how much is done and of how much: of "read" in bytes of all files together.
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Arrivals:
    """``foreign`` are sheets that are none of our tables, each with the reason; ``statements`` are
    what RDF files say; ``rows`` counts by file name."""

    tables: list[Table] = field(default_factory=list)
    foreign: list[tuple[Sheet, tuple[ValidationResult, ...]]] = field(default_factory=list)
    statements: list[Statements] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    faults: list[ValidationResult] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)


def read(
    files: tuple[Original, ...], progress: Progress | None = None, skip: frozenset[RowKey] = frozenset()
) -> Arrivals:
    """Read files. Rows in ``skip`` are left out and still counted."""
    found = Arrivals()
    total, begun = sum(len(original.data) for original in files) or 1, 0
    if progress is not None:
        progress("read", 0, total)
    for original in files:
        tell = silent if progress is None else _within(progress, begun, len(original.data), total)
        begun += len(original.data)
        suffix = PurePath(original.name).suffix.lower()
        reader = reader_for(suffix, original.data)
        if reader is None:
            words = {"known": ", ".join(sorted(readers()))}
            found.faults.append(fault("unknown-format", CellRef(original.name, "", 1), value=suffix, words=words))
            continue
        reading = reader.read(original.name, original.data, tell)
        found.faults += reading.faults
        if reading.statements is not None:
            found.statements.append(reading.statements)
            found.rows[original.name] += len(set(reading.statements.rows.values()))
        sorted_out = [sort_out(sheet) for sheet in reading.sheets]
        # Of a workbook with many sheets most may stay empty.
        filled = sum(bool(one.sheet and one.sheet.rows) for one in sorted_out)
        for one in sorted_out:
            found.lines += [line for line in one.kept if (original.name, line.ref.sheet, line.ref.row) not in skip]
            found.rows[original.name] += len(one.kept)
            found.faults += [f for f in one.notes if f.ref and (f.ref.file, f.ref.sheet, f.ref.row) not in skip]
            if one.sheet is not None and (one.sheet.rows or not filled):
                found.rows[original.name] += len(one.sheet.rows)
                _take(found, one.sheet, skip)
    if progress is not None:
        progress("read", total, total)
    return found


def _within(progress: Progress, begun: int, size: int, total: int) -> Tell:
    """How far the reader of one file is, whatever it counts in, as bytes of all of them."""

    def tell(done: int, of: int) -> None:
        # The beginning and the end are told once, for all files.
        if of and 0 < (now := begun + size * done // of) < total:
            progress("read", now, total)

    return tell


def _take(found: Arrivals, sheet: Sheet, skip: frozenset[RowKey]) -> None:
    if skip:
        rows = tuple(row for row in sheet.rows if (sheet.file, sheet.name, row[0]) not in skip)
        sheet = replace(sheet, rows=rows)
    recognised = recognise(sheet, layouts())
    if any(one.rule == "unknown-table" for one in recognised.faults):
        found.foreign.append((sheet, recognised.faults))
        return
    found.faults += recognised.faults
    if recognised.table is not None:
        found.tables.append(recognised.table)
