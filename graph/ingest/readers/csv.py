"""CSV as people save it: any usual encoding; comma, semicolon, tab or bar; RFC 4180 quoting."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Tell, silent
from graph.ingest.readers._grid import Interned, sheet
from graph.ingest.readers._text import blank, encoding_of, opened
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
#: Characters in which these are.
_HEAD = 1024 * 1024
#: Spreadsheets of languages with a decimal comma save 3,5 between semicolons.
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,15}")
#: Rows between two words on how far it is.
_PACE = 5_000
#: What XML, and so half of the world's programs, cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: The end of a file on old systems.
_DOS_END = "\x1a"


def read(name: str, data: bytes, tell: Tell = silent) -> Reading:
    """The one sheet of a CSV file, or why it cannot be read."""
    if len(data) > LARGEST:
        return _unreadable(name, "file-too-large", limit=LARGEST // 1024**2)
    if data[:2000].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<table")):
        return _unreadable(name, "html-table")
    data = data.rstrip(_DOS_END.encode())
    encoding = encoding_of(data)
    if encoding.rule:
        return _unreadable(name, encoding.rule, encoding.row, encoding=encoding.name)
    if blank(data, encoding.codec):
        return _unreadable(name, "empty-file")
    notes: list[ValidationResult] = []
    if encoding.guessed:
        ref = CellRef(name, "", 1)
        words = {"encoding": encoding.name}
        notes.append(fault("encoding-guessed", ref, value=encoding.name, severity=Severity.WARNING, words=words))
    reading = _parse(name, data, encoding.codec, tell)
    return Reading(reading.sheets, (*notes, *reading.faults))


def _unreadable(name: str, rule: str, row: int = 1, **words: object) -> Reading:
    return Reading(faults=(fault(rule, CellRef(name, "", row), words={"row": row, **words}),))


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into most cells, alike in most of them; a comma where none cuts any."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = []
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
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


def _parse(name: str, data: bytes, codec: str, tell: Tell) -> Reading:
    delimiter = _delimiter(opened(data, codec)[0].read(_HEAD))
    text, raw = opened(data, codec)
    records = csv.reader(text, delimiter=delimiter, strict=True)
    row = 0
    faults: list[ValidationResult] = []
    same = Interned()

    def cells() -> Iterator[tuple[int, tuple[str, ...]]]:
        nonlocal row
        for row, record in enumerate(records, start=1):
            if not row % _PACE:
                tell(raw.tell(), len(data))
            if not any(record):
                continue
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
        first = ""
        for _, cells in rows:
            cell = cells[position] if position < len(cells) else ""
            if not cell:
                continue
            if not _DECIMAL_COMMA.fullmatch(cell) and not cell.lstrip("+-").isdigit():
                break
            first = first or (cell if "," in cell else "")
        else:
            if first:
                ref = CellRef(name, "", rows[0][0], heading)
                yield fault("decimal-comma", ref, value=first, severity=Severity.INFO)
