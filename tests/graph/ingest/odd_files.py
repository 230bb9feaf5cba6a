"""Files as they arrive: broken, hostile, odd. Made here, all of them; what is in them is invented."""

from __future__ import annotations

import datetime
import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from tests.graph.ingest.odd_rdf import RDF_FILES
from tests.graph.ingest.odd_xml import XML_FILES

Rows = list[list[Any]]
PEOPLE: Rows = [["id", "name"], ["anna", "Anna Blue"], ["boris", "Boris Red"]]


def xlsx(rows: Rows = PEOPLE, change: Callable[[openpyxl.Workbook], object] = lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "people"
    for row in rows:
        book.active.append(row)
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(rows: Rows = PEOPLE) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="people")
    for row in rows:
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    file = io.BytesIO()
    document.write(file)
    return file.getvalue()


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part of its archive changed, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *([part] if part not in old.namelist() else [])]:
            content = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(content) if name == part else content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def _hide(book: openpyxl.Workbook) -> None:
    sheet = book["people"]
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["C"].hidden = True


def _merge(book: openpyxl.Workbook) -> None:
    sheet = book["people"]
    sheet.merge_cells("B2:B3")


def _second_hidden(book: openpyxl.Workbook) -> None:
    more = book.create_sheet("more")
    more.sheet_state = "hidden"
    more.append(["id", "name"])
    more.append(["carla", "Carla Green"])
    book.create_sheet("empty")


def _corner(book: openpyxl.Workbook) -> None:
    sheet = book["people"]
    sheet["XFD1048576"] = "x"


def bomb() -> bytes:
    return rewritten(xlsx(), SHEET, lambda old: old.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>"))


def entities() -> bytes:
    definitions = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
    head = b"<!DOCTYPE worksheet [" + definitions + b"]>"
    return rewritten(xlsx(), SHEET, lambda old: head + old.partition(b"?>")[2].replace(b"Anna Blue", b"&a9;"))


def encrypted() -> bytes:
    """The beginning of an OLE container, with the name of the stream that holds an encrypted package."""
    return struct.pack("<Q", 0xE11AB1A1E011CFD0) + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


#: Name of the case -> (file name, bytes). What is said of each is in odd_files.csv.
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "windows-1251": ("people.csv", lambda: ("id,name\n" + "анна,Анна Синяя из Еревана\n" * 9).encode("cp1251")),
    "windows-1252": ("people.csv", lambda: ("id,name\n" + "zoe,Zoë Müller à Genève\n" * 9).encode("cp1252")),
    "utf-16": ("people.csv", lambda: "id,name\nanna,Анна\n".encode("utf-16")),
    "mixed encodings": (
        "people.csv",
        lambda: "id,name\nanna,Анна\nboris,Борис\nvera,Вера\n".encode() + "zoe,Zoë\n".encode("cp1252"),
    ),
    "half of a utf-16 letter": ("people.csv", lambda: b"\xff\xfei\x00d"),
    "title rows": ("people.csv", lambda: b"Who is who\n\nid,name,role,place\nanna,Anna Blue,x,y\n"),
    "decimal commas": ("people.csv", lambda: b"id;share\nanna;3,5\nboris;12\n"),
    "a web page": ("people.xls.csv", lambda: b"<html><table><tr><td>id</td></tr></table></html>"),
    "a broken archive": ("people.csv.gz", lambda: gzip.compress(b"id,name\nanna,Anna\n" * 99)[:-20]),
    "an archive": ("people.csv.gz", lambda: gzip.compress(b"id,name\nanna,Anna\n")),
    "an archive in an archive": ("people.csv.gz", lambda: gzip.compress(gzip.compress(b"id,name\n"))),
    "a bomb in gzip": ("people.csv.gz", lambda: gzip.compress(bytes(600 * 1024 * 1024), 1)),
    "control characters": ("people.csv", lambda: b"id,name\nanna,An\x0bna\nboris,Boris\n\x1a,\n\x1a"),
    "sixteen thousand columns": ("people.csv", lambda: b",".join(b"c%d" % n for n in range(16_000)) + b"\n1,2\n"),
    "ten million blank rows": ("people.csv", lambda: b"id,name\nanna,Anna\n" + b"\n" * 10_000_000),
    "ten million empty records": ("people.csv", lambda: b"id,name\nanna,Anna\n" + b",\n" * 10_000_000),
    "a table called workbook": ("people.xlsx", lambda: b"id,name\nanna,Anna\n"),
    "a workbook called table": ("people.csv", xlsx),
    "a cut-off workbook": ("people.xlsx", lambda: xlsx()[:-400]),
    "an empty workbook": ("people.xlsx", lambda: xlsx([])),
    "an archive of something else": ("people.xlsx", lambda: rewritten(xlsx(), "xl/workbook.xml", lambda _: b"")),
    "a password": ("people.xlsx", encrypted),
    "half of an old workbook": ("people.xls", lambda: struct.pack("<Q", 0xE11AB1A1E011CFD0) + bytes(3000)),
    "macros": ("people.xlsm", lambda: rewritten(xlsx(), "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0")),
    "a formula's error": ("people.xlsx", lambda: xlsx([*PEOPLE, ["carla", "#REF!"]])),
    "a formula without a value": ("people.xlsx", lambda: xlsx([*PEOPLE, ["carla", "=A2"]])),
    "hidden rows and columns": ("people.xlsx", lambda: xlsx(PEOPLE, _hide)),
    "merged cells": ("people.xlsx", lambda: xlsx(PEOPLE, _merge)),
    "a hidden sheet": ("people.xlsx", lambda: xlsx(PEOPLE, _second_hidden)),
    "a cell in the last corner": ("people.xlsx", lambda: xlsx(PEOPLE, _corner)),
    "a bomb in a workbook": ("people.xlsx", bomb),
    "entities in a workbook": ("people.xlsx", entities),
    "entities in an OpenDocument": (
        "people.ods",
        lambda: rewritten(
            ods(), "content.xml", lambda old: b'<!DOCTYPE d [<!ENTITY a "b">]>' + old.partition(b"?>")[2]
        ),
    ),
    "a repeated cell in an OpenDocument": (
        "people.ods",
        lambda: rewritten(
            ods(),
            "content.xml",
            lambda old: old.replace(
                b"<table:table-row><table:table-cell",
                b'<table:table-row table:number-rows-repeated="1048576">'
                b'<table:table-cell table:number-columns-repeated="16384"',
                1,
            ),
        ),
    ),
    "an OpenDocument": ("people.ods", ods),
    "every kind of value": (
        "values.xlsx",
        lambda: xlsx(
            [
                ["day", "moment", "whole", "part", "flag", "text"],
                [datetime.date(2010, 5, 11), datetime.datetime(2010, 5, 11, 9, 30), 2010, 0.1, True, " Ð  x "],
            ]
        ),
    ),
}
FILES |= XML_FILES | RDF_FILES
