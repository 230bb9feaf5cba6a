"""Workbooks: Excel (.xlsx, .xlsm, .xlsb, the old .xls) and OpenDocument (.ods). Values as the sheet shows them; merged
cells filled; what is hidden is read, and told.

The values come from calamine; what it does not say, and whether it may be let at the file at all, from
``_workbook_xml``.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Sheet, Tell, silent
from graph.ingest.readers._grid import Interned, sheet
from graph.ingest.readers._workbook_xml import MOST_CELLS, Facts, Refused, open_archive, sheets_of_ods, sheets_of_xlsx
from graph.model import CellRef, Severity, ValidationResult

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SIGNATURES = (_ZIP, _OLE)
#: How the parts of an encrypted workbook are called, in UTF-16, in the container around it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: Places that are named in one sentence.
_NAMED = 10
#: Rows between two words on how far it is.
_PACE = 1_000


def read(name: str, data: bytes, tell: Tell = silent) -> Reading:
    """All sheets of a workbook that have any text, or why it cannot be read."""
    try:
        return _read(name, data, tell)
    except Refused as refused:
        return Reading(faults=(fault(refused.rule, CellRef(name, "", 1), words=refused.words),))


def _read(name: str, data: bytes, tell: Tell) -> Reading:
    if not data.strip():
        raise Refused("empty-file")
    if not data.startswith(SIGNATURES):
        raise Refused("no-workbook")
    if _ENCRYPTED in data and data.startswith(_OLE):
        raise Refused("password")
    # Its XML is gone through twice: for what is hidden and how large it is, then for its values.
    facts, macros = _facts(data, lambda done, total: tell(done, 2 * total))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = list(_sheets(name, book, facts, lambda done, total: tell(total + done, 2 * total)))
    except PasswordError:
        raise Refused("password") from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Refused("damaged-workbook") from None
    except BaseException as error:
        # A panic of the library is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | Refused | MemoryError):
            raise
        raise Refused("damaged-workbook") from None
    notes = [note for _, found in sheets for note in found]
    if macros:
        notes.append(fault("macros", CellRef(name, "", 1), severity=Severity.INFO))
    if not sheets:
        raise Refused("empty-file")
    return Reading(tuple(made for made, _ in sheets), tuple(notes))


def _facts(data: bytes, tell: Tell) -> tuple[dict[str, Facts], bool]:
    """What the XML says of each sheet, and whether there are macros."""
    if data.startswith(_OLE):
        return {}, b"_VBA_PROJECT" in data or "_VBA_PROJECT".encode("utf-16-le") in data
    archive = open_archive(data)
    names = set(archive.namelist())
    macros = any(part.endswith("vbaProject.bin") for part in names)
    if "xl/workbook.xml" in names:
        return sheets_of_xlsx(archive, tell), macros
    if "content.xml" in names:
        encrypted = "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml")
        if encrypted:
            raise Refused("password")
        return sheets_of_ods(archive, tell), macros
    if "xl/workbook.bin" in names:
        return {}, macros
    raise Refused("no-workbook")


def _sheets(
    file: str, book: CalamineWorkbook, facts: dict[str, Facts], tell: Tell
) -> Iterator[tuple[Sheet, list[ValidationResult]]]:
    abouts = book.sheets_metadata
    for done, about in enumerate(abouts):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        found = book.get_sheet_by_name(about.name)
        if found.total_height * found.total_width > MOST_CELLS:
            raise Refused(
                "sheet-too-large", cells=f"{MOST_CELLS:,}", rows=found.total_height, columns=found.total_width
            )
        read_as = sheet(file, about.name, _rows(found, _part(tell, done, len(abouts))))
        if read_as is None:
            continue
        made, notes = read_as
        top = CellRef(file, about.name, made.header_row)
        if about.visible is not SheetVisibleEnum.Visible:
            notes.append(fault("hidden-sheet", top, value=about.name, severity=Severity.INFO))
        merged = found.merged_cell_ranges or ()
        if merged:
            places = ", ".join(_name(r + 1, c + 1) for (r, c), _ in merged[:_NAMED])
            notes.append(
                fault("merged-cells", top, severity=Severity.INFO, words={"count": len(merged), "places": places})
            )
        yield made, [*notes, *_told(top, made, facts.get(about.name, Facts()))]


def _part(tell: Tell, done: int, parts: int) -> Tell:
    """The same, for one part of several that count alike."""
    return lambda row, rows: tell(done * rows + row, parts * rows)


def _rows(found: CalamineSheet, tell: Tell) -> Iterator[tuple[int, tuple[str, ...]]]:
    same = Interned()
    # Rows come from the first one of the sheet on, but from the first filled column.
    before = [""] * (found.start[1] if found.start else 0)
    begin: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in found.merged_cell_ranges or ():
        begin.setdefault(top, []).append((left, bottom, right))
    # Ranges that are still to be filled: first column, last row and column, the text of the first cell.
    ranges: list[tuple[int, int, int, str]] = []
    for row, values in enumerate(found.iter_rows()):
        if not row % _PACE:
            tell(row, found.total_height)
        cells = before + [same(_text(value)) for value in values]
        for left, _, right, text in ranges:
            cells[left : right + 1] = [text] * len(cells[left : right + 1])
        for left, bottom, right in begin.get(row, ()):
            # Ranges that overlap are damage, and would take for ever if there were many.
            apart = all(right < other or last < left for other, _, last, _ in ranges)
            if apart and left < len(cells) and (text := cells[left]):
                cells[left : right + 1] = [text] * len(cells[left : right + 1])
                ranges.append((left, bottom, right, text))
        ranges = [one for one in ranges if one[1] > row]
        yield row + 1, tuple(cells)


def _text(value: Any) -> str:
    """A value as the sheet shows it: whole numbers without decimals, days without a time, true and false."""
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime.datetime():
            midnight = value.time() == datetime.time()
            return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case None:
            return ""
    return str(value)


def _told(top: CellRef, made: Sheet, facts: Facts) -> Iterator[ValidationResult]:
    def at(row: int, column: int) -> CellRef:
        heading = made.headers[column - 1] if column <= len(made.headers) else ""
        return CellRef(top.file, top.sheet, row, heading or _name(row, column))

    for row, column, shown in facts.errors:
        yield fault("formula-error", at(row, column), value=shown)
    for row, column in facts.unsaved_formulas:
        yield fault("formula-without-value", at(row, column), severity=Severity.WARNING)
    if facts.hidden_rows:
        rows = ", ".join(map(str, facts.hidden_rows[:_NAMED])) + (" …" if len(facts.hidden_rows) > _NAMED else "")
        yield fault("hidden-rows", top, severity=Severity.INFO, words={"rows": rows})
    if facts.hidden_columns:
        words = {"count": len(facts.hidden_columns)}
        yield fault("hidden-columns", top, severity=Severity.INFO, words=words)


def _name(row: int, column: int) -> str:
    """A cell's name: row 3, column 2 is B3."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
