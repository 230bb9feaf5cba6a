"""What our own workbooks hold beside data: sheets that explain, rows of examples, statements that no sheet can say.

All of them say so in words that no table of anybody else has in that place, so that nothing else is taken for them.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graph.ingest.messages import fault
from graph.ingest.readers import Sheet
from graph.model import CellRef, Severity, ValidationResult

#: Every cell of an example begins with this. A row is an example where all of its cells do.
EXAMPLE: Mapping[str, str] = {"en": "[example] ", "ru": "[пример] "}
#: A sheet that has this among its headings holds no data.
NOT_DATA: Mapping[str, str] = {"en": "[not data]", "ru": "[не данные]"}
#: The first heading of a sheet of statements that stay as they are.
KEPT: Mapping[str, str] = {"en": "[stays as it is]", "ru": "[остаётся как есть]"}

_EXAMPLES = tuple(mark.strip() for mark in EXAMPLE.values())
#: Places that are named in one sentence.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that is to stay: where it stands, and its text as N-Triples."""

    ref: CellRef
    text: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """A sheet without what is no data (None where nothing else is in it), the statements that stay, and what is to be
    told."""

    sheet: Sheet | None
    kept: tuple[Line, ...] = ()
    notes: tuple[ValidationResult, ...] = ()


def sort_out(sheet: Sheet) -> Sorted:
    """Take what is no data out of a sheet.

    A row in which only some cells are marked as an example is a fault: somebody began to write over it.
    """
    top = CellRef(sheet.file, sheet.name, sheet.header_row)
    if any(heading in NOT_DATA.values() for heading in sheet.headers):
        return Sorted(None, notes=(fault("not-data", top, value=sheet.name or sheet.file, severity=Severity.INFO),))
    if sheet.headers and sheet.headers[0] in KEPT.values():
        return Sorted(None, tuple(_line(sheet, number, cells) for number, cells in sheet.rows))
    examples = {number for number, cells in sheet.rows if all(map(_marked, filter(None, cells)))}
    notes: list[ValidationResult] = []
    if examples:
        named = sorted(examples)
        rows = ", ".join(map(str, named[:_NAMED])) + (" …" if len(named) > _NAMED else "")
        first = CellRef(sheet.file, sheet.name, named[0])
        notes.append(fault("example-row", first, severity=Severity.INFO, words={"rows": rows}))
    for number, cells in sheet.rows:
        if number not in examples:
            for at, cell in enumerate(cells):
                if _marked(cell):
                    heading = sheet.headers[at] if at < len(sheet.headers) else ""
                    notes.append(fault("example-left", CellRef(sheet.file, sheet.name, number, heading), value=cell))
    kept = tuple(row for row in sheet.rows if row[0] not in examples)
    return Sorted(replace(sheet, rows=kept) if examples else sheet, notes=tuple(notes))


def _marked(cell: str) -> bool:
    return cell.startswith(_EXAMPLES)


def _line(sheet: Sheet, number: int, cells: tuple[str, ...]) -> Line:
    # A long value goes on in the cells to the right of it.
    subject, predicate, *value = [*cells[1:], *[""] * 3][: max(3, len(cells) - 1)]
    return Line(CellRef(sheet.file, sheet.name, number), f"{subject} {predicate} {''.join(value)} .")
