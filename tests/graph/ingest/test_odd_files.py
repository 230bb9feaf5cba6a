"""Whatever file arrives, it is read or it is said what is wrong with it and what to do, within bounds.

``odd_files.csv`` is what was approved: for each file each thing that is said of it. Written anew, to be read again,
by ``python -m tests.graph.ingest.test_odd_files``.
"""

from __future__ import annotations

import csv
import io
import resource
import time
from multiprocessing import get_context
from pathlib import Path, PurePath

import pytest

from graph.ingest.readers import Reading, reader_for, workbook
from graph.ingest.readers import csv as csv_reader
from tests.graph.ingest.odd_files import FILES, PEOPLE, ods, xlsx

APPROVED = Path(__file__).with_suffix(".csv").with_name("odd_files.csv")
COLUMNS = ("file", "severity", "rule", "sheet", "row", "column", "value", "en", "ru")
SECONDS, MEMORY = 20, 1024**3
ROWS = ((2, ("anna", "Anna Blue")), (3, ("boris", "Boris Red")))


def read(name: str) -> Reading:
    file, make = FILES[name]
    data = make()
    reader = reader_for(PurePath(file).suffix, data)
    assert reader is not None
    return reader.read(file, data)


def said(name: str, reading: Reading) -> list[tuple[str, ...]]:
    rows = []
    for fault in reading.faults:
        assert fault.ref is not None
        place = fault.ref.sheet, str(fault.ref.row), fault.ref.column
        value = fault.value.encode("unicode_escape").decode() if not fault.value.isprintable() else fault.value
        rows.append((name, fault.severity.value, fault.rule, *place, value, *fault.message.values()))
    return rows or [(name, "", "", "", "", "", "", "", "")]


def approved() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    with APPROVED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["file"], []).append(tuple(row[column] for column in COLUMNS))
    return found


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_was_approved(name: str) -> None:
    assert said(name, read(name)) == approved()[name]


def test_nothing_is_approved_that_is_gone() -> None:
    assert approved().keys() == FILES.keys()


def _bounded(name: str) -> None:
    file, make = FILES[name]
    data = make()
    pages = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (pages + MEMORY, pages + MEMORY))
    reader = reader_for(PurePath(file).suffix, data)
    assert reader is not None
    reader.read(file, data)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the bound on memory needs Linux")
@pytest.mark.parametrize(
    "name",
    [
        "a bomb in gzip",
        "a bomb in a workbook",
        "a cell in the last corner",
        "entities in a workbook",
        "a repeated cell in an OpenDocument",
        "sixteen thousand columns",
        "ten million blank rows",
        "ten million empty records",
        "a bomb in XML",
        "XML as deep as a well",
        "a million elements in one",
        "fifty thousand kinds of elements",
        "a bomb in RDF/XML",
        "a slow bomb in RDF/XML",
        "RDF/XML as deep as a well",
        "JSON-LD as deep as a well",
        "quoted triples as deep as a well",
        "a chain of blank nodes",
        "a nest of blank nodes",
        "a ring of blank nodes",
    ],
)
def test_what_is_made_to_harm_stays_within_bounds(name: str) -> None:
    begun = time.monotonic()
    child = get_context("spawn").Process(target=_bounded, args=(name,))
    child.start()
    child.join(SECONDS)
    ended = child.exitcode
    child.kill()
    child.join()
    assert ended == 0, f"ended with {ended} after {time.monotonic() - begun:.1f} s"


@pytest.mark.parametrize("data", [xlsx(), ods()], ids=["xlsx", "ods"])
def test_the_same_rows_from_every_format(data: bytes) -> None:
    (sheet,) = workbook.read("people.xlsx", data).sheets
    assert (sheet.name, sheet.headers, sheet.rows) == ("people", tuple(PEOPLE[0]), ROWS)


def test_values_are_what_the_sheet_shows() -> None:
    (sheet,) = read("every kind of value").sheets
    assert sheet.rows == ((2, ("2010-05-11", "2010-05-11T09:30:00", "2010", "0.1", "true", "Ð  x")),)


def test_merged_cells_are_filled_and_hidden_sheets_read() -> None:
    (sheet,) = read("merged cells").sheets
    assert [cells[1] for _, cells in sheet.rows] == ["Anna Blue", "Anna Blue"]
    assert [sheet.name for sheet in read("a hidden sheet").sheets] == ["people", "more"]


def test_tags_are_found_below_titles() -> None:
    text = "Who does what,,\n,,\nOrganisation,Country,Sector\n#org,#country +name,#sector\nRed House,Chad,Health\n"
    (sheet,) = csv_reader.read("who.csv", text.encode()).sheets
    assert (sheet.header_row, sheet.headers) == (3, ("Organisation", "Country", "Sector"))
    assert (sheet.tag_row, sheet.tags) == (4, ("#org", "#country +name", "#sector"))
    assert sheet.rows == ((5, ("Red House", "Chad", "Health")),)


if __name__ == "__main__":
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in FILES:
        writer.writerows(said(each, read(each)))
    APPROVED.write_text(out.getvalue(), encoding="utf-8")
