"""CSV as people save it: UTF-8 with or without a byte order mark; comma, semicolon or tab; RFC 4180 quoting."""

from __future__ import annotations

import csv
import io

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Sheet
from graph.model import CellRef

SUFFIXES = (".csv", ".tsv")
_DELIMITERS = (",", ";", "\t")


def read(name: str, data: bytes) -> Reading:
    """The one sheet of a CSV file, or why it cannot be read."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _unreadable(name, "workbook")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _unreadable(name, "utf-16")
    if (nul := data.find(b"\0")) >= 0:
        return _unreadable(name, "nul-byte", 1 + data.count(b"\n", 0, nul))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unreadable(name, "not-utf-8", 1 + data.count(b"\n", 0, error.start), position=error.start)
    if not text.strip():
        return _unreadable(name, "empty-file")
    return _parse(name, text, _delimiter(text))


def _unreadable(name: str, rule: str, row: int = 1, **words: object) -> Reading:
    return Reading(faults=(fault(rule, CellRef(name, "", row), words={"row": row, **words}),))


def _delimiter(text: str) -> str:
    """The one that cuts the heading line into most cells; a comma where none cuts it."""
    line = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([line], delimiter=delimiter), [])))


def _parse(name: str, text: str, delimiter: str) -> Reading:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headers: tuple[str, ...] = ()
    header_row = row = 0
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for row, record in enumerate(records, start=1):
            cells = tuple(cell.strip() for cell in record)
            if not any(cells):
                continue
            if header_row:
                rows.append((row, cells))
            else:
                headers, header_row = cells, row
    except csv.Error as error:
        # The csv module has no error classes: its words are what tells the cases apart.
        rule = {"unexpected end of data": "unclosed-quote"}.get(str(error), "bad-quote")
        if "field limit" in str(error):
            rule = "cell-too-long"
        return _unreadable(name, rule, row + 1, limit=csv.field_size_limit())
    return Reading(sheets=(Sheet(name, "", header_row, headers, tuple(rows)),))
