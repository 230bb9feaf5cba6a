"""CSV as people save it: any usual encoding; comma, semicolon, tab or bar; RFC 4180 quoting."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from graph.ingest.messages import fault
from graph.ingest.readers import Reading
from graph.ingest.readers._grid import Interned, sheet
from graph.ingest.readers._text import decode
from graph.model import CellRef, Severity, ValidationResult

SUFFIXES = (".csv", ".tsv")
SIGNATURES: tuple[bytes, ...] = ()
_DELIMITERS = (",", ";", "\t", "|")
#: Bytes of text in one file.
LARGEST = 512 * 1024 * 1024
#: Columns that a table may have.
MOST_COLUMNS = 2000
#: Lines that are looked at to find the delimiter, and the share of them that it has to cut alike.
_LINES = 50
#: Spreadsheets of languages with a decimal comma save 3,5 between semicolons.
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,15}")
#: What XML, and so half of the world's programs, cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: The end of a file on old systems.
_DOS_END = "\x1a"


def read(name: str, data: bytes) -> Reading:
    """The one sheet of a CSV file, or why it cannot be read."""
    if len(data) > LARGEST:
        return _unreadable(name, "file-too-large", limit=LARGEST // 1024**2)
    if data[:2000].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<table")):
        return _unreadable(name, "html-table")
    decoded = decode(data.rstrip(_DOS_END.encode()))
    if decoded.rule:
        return _unreadable(name, decoded.rule, decoded.row, encoding=decoded.encoding)
    if not decoded.text.strip():
        return _unreadable(name, "empty-file")
    notes: list[ValidationResult] = []
    if decoded.guessed:
        ref = CellRef(name, "", 1)
        words = {"encoding": decoded.encoding}
        notes.append(fault("encoding-guessed", ref, value=decoded.encoding, severity=Severity.WARNING, words=words))
    reading = _parse(name, decoded.text, _delimiter(decoded.text))
    return Reading(reading.sheets, (*notes, *reading.faults))


def _unreadable(name: str, rule: str, row: int = 1, **words: object) -> Reading:
    return Reading(faults=(fault(rule, CellRef(name, "", row), words={"row": row, **words}),))


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into most cells, alike in most of them; a comma where none cuts any."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = []
        records = csv.reader(io.StringIO(text[: 1024 * 1024], newline=""), delimiter=delimiter)
        try:
            for record in records:
                if any(record):
                    widths.append(len(record))
                if len(widths) == _LINES:
                    break
        except csv.Error:
            pass  # Said by whoever reads it all.
        usual = max(widths, key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) * (usual - 1), usual)

    return max(_DELIMITERS, key=score)


def _parse(name: str, text: str, delimiter: str) -> Reading:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    faults: list[ValidationResult] = []
    same = Interned()

    def cells() -> Iterator[tuple[int, tuple[str, ...]]]:
        nonlocal row
        for row, record in enumerate(records, start=1):
            if len(record) > MOST_COLUMNS:
                while record and not record[-1].strip():
                    record.pop()
            found = tuple(same(cell.strip()) for cell in record)
            if any(found) and "".join(found) != _DOS_END:
                if len(found) > MOST_COLUMNS:
                    raise _TooWide
                faults.extend(_control(name, row, found))
                yield row, found

    try:
        found = sheet(name, "", cells())
    except _TooWide:
        return _unreadable(name, "too-many-columns", row, limit=MOST_COLUMNS)
    except csv.Error as error:
        # The csv module has no error classes: its words are what tells the cases apart.
        rule = {"unexpected end of data": "unclosed-quote"}.get(str(error), "bad-quote")
        if "field limit" in str(error):
            rule = "cell-too-long"
        return _unreadable(name, rule, row + 1, limit=csv.field_size_limit())
    if found is None:
        return _unreadable(name, "empty-file")
    made, notes = found
    if delimiter == ";":
        notes += _decimal_commas(name, made.headers, made.rows)
    return Reading((made,), (*notes, *faults))


class _TooWide(Exception):
    pass


def _control(name: str, row: int, cells: tuple[str, ...]) -> Iterator[ValidationResult]:
    for cell in cells:
        if not cell.isprintable() and (found := _CONTROL.search(cell)):
            words = {"code": f"U+{ord(found[0]):04X}"}
            yield fault("control-character", CellRef(name, "", row), value=cell, words=words)


def _decimal_commas(
    name: str, headers: tuple[str, ...], rows: tuple[tuple[int, tuple[str, ...]], ...]
) -> Iterator[ValidationResult]:
    """Columns of numbers with a decimal comma: told, since they are read as text until a recipe says otherwise."""
    for position, heading in enumerate(headers):
        filled = [cells[position] for _, cells in rows if position < len(cells) and cells[position]]
        if filled and all(_DECIMAL_COMMA.fullmatch(cell) or cell.lstrip("+-").isdigit() for cell in filled):
            first = next((cell for cell in filled if "," in cell), "")
            if first:
                ref = CellRef(name, "", rows[0][0], heading)
                yield fault("decimal-comma", ref, value=first, severity=Severity.INFO)
